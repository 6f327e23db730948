//! Musical time and key: what is heard of them, and how far notes are held to them.

use super::controls::{picker, press, slider, toggle};
use super::heard::Heard;
use super::theme;
use crate::plugin::VocaliseParams;
use egui::{RichText, Ui, vec2};
use nih_plug::prelude::ParamSetter;

/// Shows the parameters.
pub fn show(ui: &mut Ui, params: &VocaliseParams, heard: &Heard, setter: &ParamSetter<'_>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(song(heard)).color(theme::DIM));
        let help = "Tap the beat; it counts while the transport stands.";
        press(ui, "Tap", &params.tap, setter, help);
        press(ui, "Set one", &params.set_one, setter, "A bar begins now.");
    });
    let gap = vec2(18.0, 4.0);
    egui::Grid::new("timing").spacing(gap).show(ui, |ui| {
        let help = "Live: notes go out as soon as they are sure. Aligned: everything is a quarter of \
                    a second late, the host makes up for it, and each note sits on its onset.";
        picker(ui, &params.timing_mode, setter, help);
        let help = "The grid that notes are drawn to. Live, a note that is sung before its line \
                    waits for it, one after it goes out at once.";
        picker(ui, &params.quantise, setter, help);
        let help = "0 leaves notes where they were sung, 1 puts them onto the grid.";
        slider(ui, &params.strength, setter, help);
        ui.end_row();
        let help = "How much of the genre's own feel there is: 0 as sung, 1 as the genre would \
                    play it.";
        slider(ui, &params.feel, setter, help);
        let help = "How long the first of two grid steps is to the second: 1 is straight, 2 a \
                    triplet's long and short.";
        slider(ui, &params.swing, setter, help);
        slider(ui, &params.humanise, setter, "Spreads notes around their time.");
        ui.end_row();
        picker(ui, &params.key, setter, "The song's key, or leave to find it.");
        picker(ui, &params.scale, setter, "The scale, where the key is chosen.");
        let help = "What happens to notes outside the key: nothing, moved to the nearest, dropped.";
        picker(ui, &params.snap, setter, help);
        ui.end_row();
        slider(ui, &params.nudge, setter, "Moves the beat that is heard.");
        let help = "The round trip of your audio device: what you sing to the beat reaches the \
                    plugin that much later.";
        slider(ui, &params.singer_offset, setter, help);
        let help = "How daring the answers are: 0 is always the likeliest.";
        slider(ui, &params.temperature, setter, help);
        let help = "Other numbers, other bars and answers; the same number, the same ones.";
        slider(ui, &params.seed, setter, help);
        ui.end_row();
    });
    degrees(ui, params, setter);
}

/// What is heard of key and beat, in words.
fn song(heard: &Heard) -> String {
    let key = heard.key.map_or("no key yet".to_owned(), |found| {
        if found.locked {
            format!("{} (chosen)", found.key)
        } else {
            format!("{} {:.0} %", found.key, 100.0 * found.confidence)
        }
    });
    let tempo = heard.tempo.map_or("no beat yet".to_owned(), |found| {
        format!("{:.0} BPM {:.0} %", found.bpm, 100.0 * found.confidence)
    });
    let beat = heard.beat.map_or(String::new(), |beat| {
        format!(", beat {}", beat.beat_of_bar + 1)
    });
    format!("Heard: {key} · {tempo}{beat}")
}

/// A switch for each degree of the scale.
fn degrees(ui: &mut Ui, params: &VocaliseParams, setter: &ParamSetter<'_>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Degrees").small().color(theme::DIM));
        let count = params.scale.value().degrees().len();
        for (degree, own) in params.degrees.iter().take(count).enumerate() {
            let label = (degree + 1).to_string();
            let help = "Whether this degree of the scale is played.";
            toggle(ui, &label, &own.allowed, setter, help);
        }
    });
}
