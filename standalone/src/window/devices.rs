//! The choice of devices, and what is wrong with them.

use crate::audio::{Choice, DEFAULT, NONE, System};
use crate::midi;
use crate::studio::Studio;
use crate::window::transport;
use egui::{Align, Layout, RichText, Ui};
use std::sync::atomic::Ordering;
use vocalise::gui::theme;

/// Block sizes to choose from; 0 leaves it to the system.
const BLOCKS: [u32; 7] = [0, 64, 128, 256, 512, 1_024, 2_048];
/// Width of a list, in points.
const WIDTH: f32 = 190.0;

/// Shows the choices. What is chosen is opened at once.
pub fn show(ui: &mut Ui, studio: &mut Studio) {
    let before = (studio.settings.audio.clone(), studio.settings.midi.clone());
    let choices = studio.choices.clone();
    let recording = studio.plays_recording();
    egui::Grid::new("devices")
        .num_columns(4)
        .spacing([10.0, 6.0])
        .show(ui, |ui| {
            let settings = &mut studio.settings;
            label(ui, "Microphone");
            let none = [];
            let inputs = if recording {
                &none[..]
            } else {
                &choices.inputs[..]
            };
            list(
                ui,
                "input",
                &mut settings.audio.input,
                inputs,
                recording.then_some("a recording"),
            );
            label(ui, "Notes go to");
            let mut ports = vec![Choice {
                id: "virtual".to_owned(),
                name: midi::VIRTUAL.to_owned(),
            }];
            ports.extend(studio.ports.iter().map(|port| Choice {
                id: port.clone(),
                name: port.clone(),
            }));
            ports.push(nothing());
            list(ui, "midi", &mut settings.midi.output, &ports, None);
            ui.end_row();

            label(ui, "Loudspeaker");
            let mut outputs = choices.outputs.clone();
            outputs.push(nothing());
            list(
                ui,
                "output",
                &mut settings.audio.output,
                &outputs,
                recording.then_some("nothing"),
            );
            label(ui, "System");
            ui.horizontal(|ui| {
                let system = System::ALL.map(|system| Choice {
                    id: system.id().to_owned(),
                    name: system.name().to_owned(),
                });
                let mut systems = vec![Choice {
                    id: "auto".to_owned(),
                    name: format!(
                        "Auto ({})",
                        studio.running().map_or("–", |_| studio.system().name())
                    ),
                }];
                systems.extend(system);
                let chosen = &mut studio.settings.audio.system;
                picker(ui, "system", chosen, &systems, None, 84.0);
                let block = &mut studio.settings.audio.buffer;
                let words = |block: u32| match block {
                    0 => "any block".to_owned(),
                    block => format!("{block} samples"),
                };
                egui::ComboBox::from_id_salt("block")
                    .width(96.0)
                    .selected_text(words(*block))
                    .show_ui(ui, |ui| {
                        for size in BLOCKS {
                            ui.selectable_value(block, size, words(size));
                        }
                    });
            });
            ui.end_row();
        });
    ui.horizontal(|ui| {
        let help = "Looks for devices that were plugged in, and opens them.";
        if ui.button("Look again").on_hover_text(help).clicked() {
            studio.look_again();
        }
        let channels = studio.running().map_or(1, |running| running.facts.channels);
        if channels > 1 {
            ui.add_space(8.0);
            label(ui, "Channel");
            let channel = &mut studio.settings.audio.channel;
            ui.selectable_value(channel, 0, "all");
            for n in 1..=channels.min(8) {
                ui.selectable_value(channel, n, n.to_string());
            }
        }
        ui.add_space(8.0);
        let mut hear = studio.song.hear_voice();
        let help = "Lets your voice into the loudspeaker. Use headphones, or it howls.";
        if ui
            .checkbox(&mut hear, "Hear my voice")
            .on_hover_text(help)
            .changed()
        {
            studio.song.set_hear_voice(hear);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            transport::facts(ui, studio);
            if studio.health.over.load(Ordering::Relaxed) {
                let words = "The recording is over: start again to sing more.";
                ui.label(RichText::new(words).color(theme::WARN).size(12.0));
            }
        });
    });
    if studio.settings.audio.system != before.0.system {
        // The devices of one system mean nothing to the other.
        studio.settings.audio.input = DEFAULT.to_owned();
        studio.settings.audio.output = DEFAULT.to_owned();
    }
    if studio.settings.audio != before.0 {
        studio.open_audio();
    }
    if studio.settings.midi != before.1 {
        studio.open_midi();
    }
}

/// Shows what is wrong, and what can be done.
pub fn troubles(ui: &mut Ui, studio: &mut Studio) {
    let mut line = |about: &str, reason: &str| {
        let words = format!("{about}: {reason}");
        ui.label(RichText::new(words).color(theme::WARN).size(12.0));
    };
    if let Some(reason) = &studio.audio_trouble {
        line("No sound", &format!("{reason}. Then press Look again."));
    }
    if let Some(lack) = studio
        .running()
        .and_then(|running| running.facts.lack.as_ref())
    {
        line("Sound", lack);
    }
    if studio.is_deaf() {
        line(
            "Sound",
            "the microphone gives no sound at all: is it muted, or not allowed to Vocalise?",
        );
    }
    if let Some(reason) = &studio.midi_trouble {
        line("No notes go out", reason);
    }
    if let Some(reason) = studio.settings_trouble.clone() {
        ui.horizontal(|ui| {
            ui.label(
                RichText::new(format!("Settings: {reason}"))
                    .color(theme::WARN)
                    .size(12.0),
            );
            if ui.small_button("OK").clicked() {
                studio.settings_trouble = None;
            }
        });
    }
}

fn label(ui: &mut Ui, words: &str) {
    ui.label(RichText::new(words).small().color(theme::DIM));
}

fn nothing() -> Choice {
    Choice {
        id: NONE.to_owned(),
        name: "nothing".to_owned(),
    }
}

fn list(ui: &mut Ui, salt: &str, chosen: &mut String, choices: &[Choice], instead: Option<&str>) {
    picker(ui, salt, chosen, choices, instead, WIDTH);
}

fn picker(
    ui: &mut Ui,
    salt: &str,
    chosen: &mut String,
    choices: &[Choice],
    instead: Option<&str>,
    width: f32,
) {
    let known = choices.iter().find(|choice| choice.id == *chosen);
    let words = match (instead, known) {
        (Some(words), _) => words.to_owned(),
        (None, Some(choice)) => choice.name.clone(),
        (None, None) if chosen == DEFAULT => "none is there".to_owned(),
        (None, None) => format!("{chosen} (not there)"),
    };
    ui.add_enabled_ui(instead.is_none(), |ui| {
        egui::ComboBox::from_id_salt(salt)
            .width(width)
            .truncate()
            .selected_text(words)
            .show_ui(ui, |ui| {
                for choice in choices {
                    ui.selectable_value(chosen, choice.id.clone(), &choice.name);
                }
            });
    });
}
