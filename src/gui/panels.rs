//! The editor's parts, from top to bottom: title and state, the voice, the parameters.

use super::calibrating::Calibrating;
use super::controls::{picker, slider, switch};
use super::heard::{Heard, SPAN_S};
use super::{performing, theme, timing};
use crate::music::pitch;
use crate::plugin::{View, VocaliseParams};
use crate::stages::EngineState;
use egui::{Align, Align2, Color32, FontId, Layout, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};
use nih_plug::prelude::ParamSetter;

/// Lowest level that the meter shows, in dB below full scale.
const METER_FLOOR_DB: f32 = -60.0;
/// Semitones that the pitch picture shows at least.
const LEAST_RANGE: f32 = 14.0;

/// Shows everything.
pub fn show(
    ui: &mut Ui,
    params: &VocaliseParams,
    view: &View,
    heard: &Heard,
    calibrating: &mut Calibrating,
    setter: &ParamSetter<'_>,
) {
    egui::CentralPanel::default().show(ui, |ui| {
        title(ui, view);
        ui.add_space(4.0);
        let below = 426.0;
        let picture = vec2(
            ui.available_width(),
            (ui.available_height() - below).max(80.0),
        );
        voice(ui, heard, picture);
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            now(ui, heard);
            meter(ui, heard.level_db, params.gate.value());
        });
        ui.add_space(6.0);
        controls(ui, params, calibrating, setter);
        ui.separator();
        performing::show(ui, params, setter);
        ui.separator();
        timing::show(ui, params, setter);
    });
}

/// The name and how the engine is doing.
fn title(ui: &mut Ui, view: &View) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Vocalise").size(20.0).strong());
        let (dropped, late) = view.overload();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (colour, words) = match view.engine() {
                EngineState::Idle => (theme::DIM, "Waits for audio".to_owned()),
                EngineState::Loading => (theme::DIM, "Loads its models…".to_owned()),
                EngineState::Ready if dropped > 0 => (
                    theme::WARN,
                    format!("Overload: {dropped} frames dropped, {late} late"),
                ),
                EngineState::Ready => (theme::GOOD, "Listens".to_owned()),
                EngineState::Failed(_) => (theme::WARN, "No notes: see below".to_owned()),
            };
            ui.label(RichText::new(words).color(colour));
            let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 4.0, colour);
        });
    });
    if let EngineState::Failed(reason) = view.engine() {
        ui.label(RichText::new(reason).color(theme::WARN).small());
    }
}

/// The last seconds of pitch over the notes that were made of it.
fn voice(ui: &mut Ui, heard: &Heard, size: egui::Vec2) {
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter_at(area);
    painter.rect_filled(area, 6.0, theme::PANEL);
    if heard.track.is_empty() {
        let words = "Sing or hum: the notes go out as MIDI on channel 1.";
        let font = FontId::proportional(14.0);
        painter.text(
            area.center(),
            Align2::CENTER_CENTER,
            words,
            font,
            theme::DIM,
        );
        return;
    }
    let voiced = || {
        heard
            .track
            .iter()
            .filter(|p| p.hz > 0.0)
            .filter_map(|p| Some((p.time_s, pitch::from_hz(f64::from(p.hz))? as f32)))
    };
    let (low, high) = voiced().fold((f32::MAX, f32::MIN), |(l, h), (_, p)| (l.min(p), h.max(p)));
    let centre = if low <= high {
        0.5 * (low + high)
    } else {
        60.0
    };
    let range = (high - low + 4.0).max(LEAST_RANGE);
    let end = heard.time_s();
    let place = |time: f64, midi: f32| {
        let x = area.right() - ((end - time) / SPAN_S) as f32 * area.width();
        let y = area.center().y - (midi - centre) / range * area.height();
        pos2(x, y)
    };
    let (first, last) = (centre - 0.5 * range, centre + 0.5 * range);
    for key in first.ceil() as i32..=last.floor() as i32 {
        let y = place(end, key as f32).y;
        if key.rem_euclid(12) == 0 {
            painter.hline(area.x_range(), y, Stroke::new(1.0, theme::FAINT));
            let name = pitch::key_name(key.clamp(0, 127) as u8);
            let at = pos2(area.left() + 4.0, y);
            painter.text(
                at,
                Align2::LEFT_BOTTOM,
                name,
                FontId::proportional(10.0),
                theme::DIM,
            );
        }
    }
    let height = (area.height() / range * 0.8).min(12.0);
    let block = |from: f64, to: f64, key: u8, colour: Color32| {
        let (a, b) = (place(from, f32::from(key)), place(to, f32::from(key)));
        let rect = Rect::from_min_max(pos2(a.x, a.y - height / 2.0), pos2(b.x, b.y + height / 2.0));
        painter.rect_filled(rect.intersect(area), 3.0, colour);
    };
    for note in &heard.notes {
        block(
            note.onset_s,
            note.offset_s,
            note.key(),
            theme::VOICE.gamma_multiply(0.35),
        );
    }
    if let Some(note) = &heard.now {
        block(
            note.onset_s,
            end,
            note.key(),
            theme::VOICE.gamma_multiply(0.7),
        );
    }
    let mut previous: Option<(f64, f32)> = None;
    for (time, midi) in voiced() {
        if let Some((last_time, last_midi)) = previous
            && time - last_time < 0.03
        {
            let line = [place(last_time, last_midi), place(time, midi)];
            painter.line_segment(line, Stroke::new(1.6, theme::TEXT));
        }
        previous = Some((time, midi));
    }
}

/// The note that is being sung.
fn now(ui: &mut Ui, heard: &Heard) {
    let (name, detail) = match &heard.now {
        Some(note) => {
            let cents = (note.pitch - f32::from(note.key())) * 100.0;
            (pitch::key_name(note.key()), format!("{cents:+.0} cents"))
        }
        None => ("–".to_owned(), "no note".to_owned()),
    };
    let size = vec2(150.0, 26.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(size.x);
        ui.label(RichText::new(name).size(20.0).color(theme::VOICE).strong());
        ui.label(RichText::new(detail).color(theme::DIM));
    });
}

/// The input level with the gate's threshold.
fn meter(ui: &mut Ui, level_db: f32, gate_db: f32) {
    ui.label(RichText::new("Input").color(theme::DIM));
    let size = vec2(ui.available_width() - 64.0, 12.0);
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    let share = |db: f32| ((db - METER_FLOOR_DB) / -METER_FLOOR_DB).clamp(0.0, 1.0);
    let painter = ui.painter_at(area);
    painter.rect_filled(area, 4.0, theme::PANEL);
    let mut filled = area;
    filled.set_width(area.width() * share(level_db));
    let colour = if level_db > -3.0 {
        theme::WARN
    } else {
        theme::GOOD
    };
    painter.rect_filled(filled, 4.0, colour.gamma_multiply(0.8));
    let gate = area.left() + area.width() * share(gate_db);
    painter.vline(gate, area.y_range(), Stroke::new(2.0, theme::TEXT));
    response.on_hover_text("Level after the input gain. The line is the gate.");
    ui.label(RichText::new(format!("{level_db:.0} dB")).color(theme::DIM));
}

/// The parameters.
fn controls(
    ui: &mut Ui,
    params: &VocaliseParams,
    calibrating: &mut Calibrating,
    setter: &ParamSetter<'_>,
) {
    ui.horizontal(|ui| {
        picker(
            ui,
            &params.genre,
            setter,
            "The style of what is played along.",
        );
        picker(
            ui,
            &params.instrument,
            setter,
            "What the melody is meant for.",
        );
        picker(
            ui,
            &params.response,
            setter,
            "Fast decides notes sooner, Sure errs less.",
        );
    });
    ui.horizontal(|ui| {
        let gain = "Gain before listening; the audio that passes is not touched.";
        slider(ui, &params.gain, setter, gain);
        slider(ui, &params.gate, setter, "Nothing quieter counts as voice.");
        switch(ui, &params.bypass, setter, "Sends no notes while on.");
    });
    ui.horizontal(|ui| calibrating.show(ui, params, setter));
}
