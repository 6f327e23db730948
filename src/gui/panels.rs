//! The editor's parts and where they lie.

use super::roll::Areas;
use super::shape::SMALLEST;
use super::{Editor, header, performing, roll, shape, strips, take_bar, theme, timing, voice_bar};
use egui::{Align, Align2, FontId, Key, Layout, Modifiers, Sense, Ui, Vec2, vec2};
use nih_plug::prelude::ParamSetter;

/// Height of the pages below the roll, in points.
const PAGE: f32 = 276.0;
/// The least height of the roll.
const LEAST_ROLL: f32 = 140.0;
/// What the window keeps free at its edges.
const MARGINS: Vec2 = Vec2::new(16.0, 16.0);

/// What is shown below the roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// A strip for each track.
    #[default]
    Tracks,
    /// How what is sung is heard and played.
    Voice,
    /// Musical time and key.
    Time,
    /// Keys and hands.
    Help,
}

/// Shows everything.
pub fn show(ui: &mut Ui, editor: &mut Editor, setter: &ParamSetter<'_>) {
    egui::CentralPanel::default().show(ui, |ui| {
        let (there, least) = (ui.available_size(), vec2(SMALLEST.0, SMALLEST.1) - MARGINS);
        if there.x >= least.x && there.y >= least.y {
            return parts(ui, editor, setter);
        }
        egui::ScrollArea::both().show(ui, |ui| {
            ui.allocate_ui(there.max(least), |ui| parts(ui, editor, setter));
        });
    });
}

/// Everything, in the room that there is.
fn parts(ui: &mut Ui, editor: &mut Editor, setter: &ParamSetter<'_>) {
    let params = editor.params.clone();
    let shared = editor.view.clone();
    let presets = &mut editor.presets;
    header::show(ui, &params, &shared, &editor.heard, presets, setter);
    ui.add_space(4.0);
    voice_bar::show(ui, &params, &editor.heard, &mut editor.calibrating, setter);
    ui.add_space(4.0);
    let take = shared.take().clone();
    let mut take = take.lock();
    editor.refining.settle(&mut take);
    take_bar::show(
        ui,
        &params,
        &shared,
        &mut take,
        &mut editor.viewport,
        &mut editor.marks,
        &mut editor.refining,
        &mut editor.saving,
    );
    let selection = take_bar::selection(&editor.marks);
    let key = editor.heard.key.map(|found| found.key);
    editor.saving.show(ui, &params, &take, selection, key);
    let height = (ui.available_height() - PAGE).max(LEAST_ROLL);
    show_roll(ui, editor, &mut take, height);
    drop(take);
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::S)) {
        editor.saving.toggle();
    }
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        for (page, name) in [
            (Page::Tracks, "Tracks"),
            (Page::Voice, "Voice"),
            (Page::Time, "Time and key"),
            (Page::Help, "Help"),
        ] {
            ui.selectable_value(&mut editor.page, page, name);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), shape::zoom);
    });
    ui.separator();
    match editor.page {
        Page::Tracks => strips::show(ui, &params, setter, &mut editor.marks.track),
        Page::Voice => scrolled(ui, |ui| performing::show(ui, &params, setter)),
        Page::Time => scrolled(ui, |ui| {
            timing::show(ui, &params, &editor.heard, setter);
            editor.offset.show(ui, &params, setter);
        }),
        Page::Help => scrolled(ui, |ui| super::help::show(ui, editor.window.is_some())),
    }
}

fn scrolled(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    egui::ScrollArea::both().auto_shrink(false).show(ui, show);
}

/// The piano roll and what hands do on it.
fn show_roll(
    ui: &mut Ui,
    editor: &mut Editor,
    take: &mut crate::voice::recording::Take,
    height: f32,
) {
    let size = vec2(ui.available_width(), height);
    let (area, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let areas = Areas::of(area);
    editor.areas = Some(areas);
    let view = &mut editor.viewport;
    view.follow(take.now_s());
    if view.follows {
        let in_sight =
            take.notes().iter().rev().take(200).filter(|note| {
                note.track != crate::music::Track::Drums && note.start_s > view.from_s
            });
        let keys = in_sight.map(|note| f32::from(note.key));
        let (low, high) = keys.fold((127.0f32, 0.0f32), |(l, h), k| (l.min(k), h.max(k)));
        view.settle(low, high);
    }
    editor
        .hands
        .work(ui, &response, &areas, view, take, &mut editor.marks);
    roll::draw(ui, &areas, view, take, &editor.marks);
    if take.notes().is_empty() && take.trace().iter().all(|point| point.pitch.is_none()) {
        let words = if editor.window.is_some() {
            "Sing or hum. The melody goes out as MIDI on channel 1; press play in your host and the \
             band joins in."
        } else {
            "Sing or hum. Press Play and the band joins in."
        };
        let font = FontId::proportional(14.0);
        let at = areas.notes.center();
        ui.painter_at(area)
            .text(at, Align2::CENTER_CENTER, words, font, theme::DIM);
    }
}
