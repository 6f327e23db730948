//! The top of the editor: name, genre and instrument, what is heard of key and beat, and how the
//! engine is doing.

use super::controls::picker;
use super::heard::Heard;
use super::preset_bar::PresetBar;
use super::theme;
use crate::plugin::{View, VocaliseParams};
use crate::stages::EngineState;
use egui::{Align, Layout, RichText, Sense, Ui, vec2};
use nih_plug::prelude::ParamSetter;

/// Width of what is heard of the song, in points.
const SONG: f32 = 220.0;
/// Width from which on that has room beside the pickers.
const WIDE: f32 = 930.0;

/// Shows it.
pub fn show(
    ui: &mut Ui,
    params: &VocaliseParams,
    view: &View,
    heard: &Heard,
    presets: &mut PresetBar,
    setter: &ParamSetter<'_>,
) {
    let narrow = is_narrow(ui.available_width());
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.label(RichText::new("Vocalise").size(20.0).strong());
            state(ui, view);
        });
        ui.add_space(6.0);
        presets.show(ui, params, setter);
        let help = "The style of the band: drums, chords, bass, and how time is felt.";
        picker(ui, &params.genre, setter, help);
        let help = "What the melody is meant for; Auto goes by how your voice sounds.";
        picker(ui, &params.instrument, setter, help);
        if !narrow {
            ui.add_space((ui.available_width() - SONG).max(0.0));
            song(ui, heard);
        }
    });
    presets.keep(ui, setter);
    if let EngineState::Failed(reason) = view.engine() {
        ui.label(RichText::new(reason).color(theme::WARN).small());
    }
}

/// How the engine is doing.
fn state(ui: &mut Ui, view: &View) {
    let (dropped, late) = view.overload();
    let (colour, words, more) = match view.engine() {
        EngineState::Idle => (
            theme::DIM,
            "Waits for audio".to_owned(),
            "The engine starts when the host processes audio.".to_owned(),
        ),
        EngineState::Loading => (
            theme::DIM,
            "Loads its models…".to_owned(),
            "What is sung meanwhile is caught up with.".to_owned(),
        ),
        EngineState::Ready if dropped > 0 => (
            theme::WARN,
            format!("Overload: {dropped} lost"),
            format!(
                "{dropped} frames of 10 ms were dropped and {late} messages were late: the computer \
                 is too busy. Larger audio blocks help."
            ),
        ),
        EngineState::Ready => (
            theme::GOOD,
            "Listens".to_owned(),
            format!("No frame was dropped; {late} messages were late."),
        ),
        EngineState::Failed(reason) => (theme::WARN, "No notes: see below".to_owned(), reason),
    };
    let row = ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
        ui.painter().circle_filled(dot.center(), 4.0, colour);
        ui.label(RichText::new(words).small().color(colour));
    });
    row.response.on_hover_text(more);
}

/// Whether a line of this width, in points, leaves no room for what is heard of the song.
pub fn is_narrow(width: f32) -> bool {
    width < WIDE
}

/// What is heard of key and beat.
pub fn song(ui: &mut Ui, heard: &Heard) {
    let key = heard.key.map(|found| {
        let sure = if found.locked {
            "chosen".to_owned()
        } else {
            format!("{:.0} % sure", 100.0 * found.confidence)
        };
        (found.key.to_string(), sure)
    });
    // The host's clock, or the one that is heard, once there are bars.
    let playing = heard
        .bar
        .map(|(bar, bpm)| (format!("{bpm:.0} BPM"), format!("bar {}", bar + 1)));
    let tempo = playing.or_else(|| {
        let found = heard.tempo?;
        let sure = format!("{:.0} % sure", 100.0 * found.confidence);
        Some((format!("{:.0} BPM", found.bpm), sure))
    });
    for (what, help, found) in [
        (
            "Key",
            "The key of what is sung, or the one that was chosen.",
            key,
        ),
        (
            "Beat",
            "The host's clock while it plays, else what is heard of the beat.",
            tempo,
        ),
    ] {
        let (words, detail) = found.unwrap_or_else(|| ("–".to_owned(), what.to_lowercase()));
        let size = vec2(0.5 * SONG - 8.0, 40.0);
        let column = ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
            ui.set_min_width(size.x);
            ui.label(RichText::new(words).size(15.0).strong());
            ui.label(RichText::new(detail).small().color(theme::DIM));
        });
        column.response.on_hover_text(help);
    }
}
