//! The transport: play, tempo, meter, and where the song is.

use crate::clock::{Song, TEMPOS};
use crate::studio::Studio;
use crate::tap::Tap;
use egui::{Align, Button, DragValue, Layout, RichText, Sense, Ui, vec2};
use std::sync::atomic::Ordering;
use std::time::Instant;
use vocalise::gui::theme;
use vocalise::music::Meter;

/// Meters to choose from; `--meter` takes any.
const METERS: [&str; 8] = ["4/4", "3/4", "2/4", "6/8", "9/8", "12/8", "5/4", "7/8"];
/// Height of the row's controls, in points.
const HEIGHT: f32 = 26.0;

/// The row of the transport.
#[derive(Default)]
pub struct Bar {
    tap: Tap,
}

impl Bar {
    /// Shows it; `devices` is whether the devices are shown below.
    pub fn show(&mut self, ui: &mut Ui, studio: &Studio, devices: &mut bool) {
        let song = &studio.song;
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = HEIGHT;
            let playing = song.playing();
            let (words, colour) = if playing {
                ("Stop", theme::VOICE)
            } else {
                ("Play", theme::GOOD)
            };
            let button = Button::new(RichText::new(words).color(colour)).min_size(vec2(60.0, HEIGHT));
            let help = "The song's clock; it begins at bar 1. While it stands, the beat is found in \
                        what you sing.";
            if ui.add(button).on_hover_text(help).clicked() {
                song.play(!playing);
            }
            let mut tempo = song.tempo();
            let drag = DragValue::new(&mut tempo)
                .range(TEMPOS)
                .speed(0.2)
                .max_decimals(2)
                .suffix(" BPM");
            let help = "Drag, or click and type.";
            if ui.add_sized([84.0, HEIGHT], drag).on_hover_text(help).changed() {
                song.set_tempo(tempo);
            }
            let tap = ui.add(Button::new("Tap").min_size(vec2(40.0, HEIGHT)));
            if tap.on_hover_text("Tap the beat: the tempo follows.").clicked()
                && let Some(bpm) = self.tap.hit(Instant::now())
            {
                song.set_tempo((10.0 * bpm).round() / 10.0);
            }
            meter(ui, song);
            place(ui, song);
            let mut click = song.click();
            let help = "Hear the beat. Use headphones: the microphone would hear it too.";
            if ui.checkbox(&mut click, "Click").on_hover_text(help).changed() {
                song.set_click(click);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.toggle_value(devices, "Devices").on_hover_text(state(studio));
                warning(ui, studio);
            });
        });
    }
}

fn meter(ui: &mut Ui, song: &Song) {
    let chosen = song.meter();
    egui::ComboBox::from_id_salt("meter")
        .width(54.0)
        .selected_text(chosen.to_string())
        .show_ui(ui, |ui| {
            for name in METERS {
                let Ok(meter) = name.parse::<Meter>() else {
                    continue;
                };
                if ui.selectable_label(meter == chosen, name).clicked() {
                    song.set_meter(meter);
                }
            }
        });
}

/// Bar and beat, in numbers and as lamps.
fn place(ui: &mut Ui, song: &Song) {
    let place = song.place();
    let playing = song.playing();
    let colour = if playing { theme::TEXT } else { theme::DIM };
    let words = format!("{:>3}.{:<2}", place.bar, place.beat);
    ui.label(RichText::new(words).monospace().size(17.0).color(colour));
    let beats = song.meter().beats().min(16);
    let (apart, radius) = if beats > 7 { (8.0, 3.0) } else { (12.0, 4.0) };
    let size = vec2(apart * f32::from(beats), HEIGHT);
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    for beat in 1..=u32::from(beats) {
        let centre = area.left_center() + vec2(apart * (beat as f32 - 0.5), 0.0);
        let lit = playing && beat == place.beat;
        let colour = match (lit, beat) {
            (true, 1) => theme::VOICE,
            (true, _) => theme::GOOD,
            (false, _) => theme::FAINT,
        };
        // A lamp fades over its beat, so that the eye sees when it began.
        let bright = if lit {
            1.0 - 0.6 * place.into_beat as f32
        } else {
            1.0
        };
        ui.painter()
            .circle_filled(centre, radius, colour.gamma_multiply(bright));
    }
}

/// What the devices hide while they are not shown.
fn warning(ui: &mut Ui, studio: &Studio) {
    let lost = studio.health.xruns.load(Ordering::Relaxed) + studio.counts().1;
    let words = match studio.running() {
        None => "No sound".to_owned(),
        Some(_) if lost > 0 => format!("{lost} lost"),
        Some(_) => return,
    };
    ui.label(RichText::new(words).color(theme::WARN))
        .on_hover_text(state(studio));
}

/// How the sound is doing.
fn state(studio: &Studio) -> String {
    let Some(running) = studio.running() else {
        return "No sound comes in.".to_owned();
    };
    let facts = &running.facts;
    let block_ms = 1e3 * facts.block as f64 / facts.rate;
    let health = &studio.health;
    let (notes, unsent) = studio.counts();
    format!(
        "{} Hz, {} samples a block.\nA note leaves {:.0} ms after it was decided: two blocks and 5 \
         ms.\nBlocks lost: {}. Output joined anew: {}. Notes sent: {notes}. Messages lost: \
         {unsent}.",
        facts.rate,
        facts.block,
        2.0 * block_ms + 5.0,
        health.xruns.load(Ordering::Relaxed),
        health.resyncs.load(Ordering::Relaxed),
    )
}

/// Rate, block and delay in a few words, with the rest behind them.
pub fn facts(ui: &mut Ui, studio: &Studio) {
    let Some(running) = studio.running() else {
        return;
    };
    let facts = &running.facts;
    let block_ms = 1e3 * facts.block as f64 / facts.rate;
    let words = format!(
        "{} kHz · {} samples · {block_ms:.1} ms a block",
        facts.rate / 1e3,
        facts.block
    );
    ui.label(RichText::new(words).color(theme::DIM))
        .on_hover_text(state(studio));
}
