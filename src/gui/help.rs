//! A page of shortcuts and of the way to the first sound.

use super::theme;
use egui::{RichText, Ui, vec2};

/// The way to the first sound in a host.
const STEPS: [&str; 4] = [
    "Put Vocalise on the track of the microphone; the audio passes unchanged.",
    "On an instrument track, choose Vocalise as MIDI input and switch monitoring on. Melody is on \
     channel 1, chords 2, bass 3, answers 4, the second melody 5, drums 10.",
    "Press Calibrate: two seconds of silence, then one loud note.",
    "Press play in the host and sing: the band joins in at the next bar.",
];

/// The same in a program of its own.
const STEPS_ALONE: [&str; 4] = [
    "Put headphones on; choose microphone and loudspeaker under Devices.",
    "Press Calibrate: two seconds of silence, then one loud note.",
    "Choose genre, tempo and meter, press Play and sing: the band joins in at the next bar. With Monitor \
     (page Voice) you hear it; Notes go to sends it to another program.",
    "Press Stop, then Refine, Quantise, Listen; Save… writes a MIDI file.",
];

/// Keys and hands on the roll.
const SHORTCUTS: [(&str, &str); 12] = [
    ("Click", "choose a note; with Shift or Ctrl another one too"),
    (
        "Drag a note",
        "move it; at its end: make it longer or shorter",
    ),
    ("Drag along the top", "select bars"),
    ("Drag elsewhere", "scroll"),
    (
        "Wheel",
        "scroll in time; with Shift in pitch, with Ctrl zoom",
    ),
    (
        "Up, Down",
        "move what is chosen by a semitone; with Shift an octave",
    ),
    ("Ctrl+Up, Ctrl+Down", "louder, softer"),
    ("Delete", "delete what is chosen"),
    ("Ctrl+A", "choose all notes"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
    ("Ctrl+S", "save as a MIDI file"),
    ("Tab, Space", "go through the controls, press one"),
];

/// Width of the way to the first sound, in points.
const WAY: f32 = 330.0;

/// Shows the page, in a host or in a program of its own.
pub fn show(ui: &mut Ui, in_host: bool) {
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(WAY);
            ui.label(RichText::new("First notes").strong());
            let steps = if in_host { STEPS } else { STEPS_ALONE };
            for (number, step) in (1..).zip(steps) {
                ui.label(format!("{number}. {step}"));
            }
        });
        ui.add_space(14.0);
        ui.vertical(|ui| {
            ui.label(RichText::new("Keys and hands").strong());
            let gap = vec2(10.0, 2.0);
            let rows = egui::Grid::new("shortcuts")
                .spacing(gap)
                .min_row_height(0.0);
            rows.show(ui, |ui| {
                for (hand, does) in SHORTCUTS {
                    ui.label(RichText::new(hand).color(theme::ACCENT));
                    ui.label(does);
                    ui.end_row();
                }
            });
        });
    });
}
