//! The voice: what note is sung, how far off it is, and how loud it comes in.

use super::calibrating::Calibrating;
use super::heard::Heard;
use super::{header, theme};
use crate::music::pitch;
use crate::plugin::VocaliseParams;
use egui::{Align2, FontId, RichText, Sense, Stroke, Ui, pos2, vec2};
use nih_plug::prelude::ParamSetter;

/// Lowest level that the meter shows, in dB below full scale.
const METER_FLOOR_DB: f32 = -60.0;
/// Width of the tuner and the meter, in points.
const WIDTH: f32 = 190.0;

/// Shows it.
pub fn show(
    ui: &mut Ui,
    params: &VocaliseParams,
    heard: &Heard,
    calibrating: &mut Calibrating,
    setter: &ParamSetter<'_>,
) {
    let narrow = header::is_narrow(ui.available_width());
    ui.horizontal(|ui| {
        tuner(ui, heard);
        ui.add_space(10.0);
        meter(ui, heard.level_db, params.gate.value());
        ui.add_space(10.0);
        calibrating.show(ui, params, setter);
        if narrow && calibrating.is_idle() {
            header::song(ui, heard);
        }
    });
}

/// The note that is sung, and a needle for how far off it is.
fn tuner(ui: &mut Ui, heard: &Heard) {
    let (area, response) = ui.allocate_exact_size(vec2(WIDTH, 30.0), Sense::hover());
    let painter = ui.painter_at(area);
    painter.rect_filled(area, 5.0, theme::PANEL);
    let sung = heard.track.back().filter(|point| point.hz > 0.0);
    let sung = sung.and_then(|point| pitch::from_hz(f64::from(point.hz)));
    let (name, cents) = match sung {
        Some(midi) => {
            let key = pitch::nearest_key(midi as f32);
            let cents = (midi - f64::from(key)) * 100.0;
            (pitch::key_name(key), Some(cents as f32))
        }
        None => ("–".to_owned(), None),
    };
    let at = pos2(area.left() + 8.0, area.center().y);
    painter.text(
        at,
        Align2::LEFT_CENTER,
        name,
        FontId::proportional(18.0),
        theme::VOICE,
    );
    let scale = area.with_min_x(area.left() + 58.0).shrink2(vec2(10.0, 0.0));
    let x = |cents: f32| scale.center().x + cents.clamp(-50.0, 50.0) / 50.0 * 0.5 * scale.width();
    for mark in [-50.0, -25.0, 0.0, 25.0, 50.0] {
        let half = if mark == 0.0 { 8.0 } else { 4.0 };
        let y = area.center().y;
        painter.vline(x(mark), y - half..=y + half, Stroke::new(1.0, theme::FAINT));
    }
    if let Some(cents) = cents {
        let colour = if cents.abs() < 15.0 {
            theme::GOOD
        } else {
            theme::VOICE
        };
        let range = area.top() + 5.0..=area.bottom() - 5.0;
        painter.vline(x(cents), range, Stroke::new(3.0, colour));
    }
    let words = cents.map_or("No voice.".to_owned(), |cents| format!("{cents:+.0} cents"));
    response.on_hover_text(words);
}

/// The input level with the gate's threshold.
fn meter(ui: &mut Ui, level_db: f32, gate_db: f32) {
    let (area, response) = ui.allocate_exact_size(vec2(WIDTH, 12.0), Sense::hover());
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
    response
        .on_hover_text("Level after the input gain. The line is the gate: nothing below counts.");
    let text = RichText::new(format!("{:>4} dB", level_db.round() as i32));
    ui.label(text.small().monospace().color(theme::DIM));
}
