//! A strip for each track: on, solo, lock, again, level, density, variation, intensity, octave,
//! channel, program and range.

use super::controls::{number, picker_small, press, slider_small, switch, toggle};
use super::theme;
use crate::music::Track;
use crate::plugin::VocaliseParams;
use egui::{RichText, Sense, Ui, vec2};
use nih_plug::prelude::ParamSetter;

/// Width, in points, below which the strips stand closer.
const ROOMY: f32 = 930.0;

/// Shows the strips; `track` is the one whose notes stand out in the roll.
pub fn show(
    ui: &mut Ui,
    params: &VocaliseParams,
    setter: &ParamSetter<'_>,
    track: &mut Option<Track>,
) {
    egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        let is_roomy = ui.available_width() >= ROOMY;
        let gap = vec2(if is_roomy { 10.0 } else { 6.0 }, 5.0);
        ui.spacing_mut().slider_width = if is_roomy { 64.0 } else { 48.0 };
        egui::Grid::new("strips").spacing(gap).show(ui, |ui| {
            heads(ui);
            for own in Track::ALL {
                strip(ui, own, params, setter, track);
                ui.end_row();
            }
        });
        ui.horizontal(|ui| {
            let help = "The band plays to the beat of your singing while the host's transport stands; \
                        else it waits for the host.";
            switch(ui, &params.follows_voice, setter, help);
            let help = "Tells the receiver of each track which General MIDI program to play.";
            switch(ui, &params.programs, setter, help);
        });
    });
}

fn heads(ui: &mut Ui) {
    for head in [
        "Track",
        "",
        "Level",
        "Density",
        "Variation",
        "Intensity",
        "Octave",
        "Channel",
        "Program",
        "Lowest",
        "Highest",
    ] {
        ui.label(RichText::new(head).small().color(theme::DIM));
    }
    ui.end_row();
}

fn strip(
    ui: &mut Ui,
    track: Track,
    params: &VocaliseParams,
    setter: &ParamSetter<'_>,
    chosen: &mut Option<Track>,
) {
    let own = params.track(track);
    let made = !matches!(track, Track::Melody | Track::Answer);
    ui.horizontal(|ui| {
        let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
        ui.painter()
            .circle_filled(dot.center(), 5.0, theme::track(track));
        let is_chosen = *chosen == Some(track);
        let help = "Makes this track's notes stand out in the roll, and edits work on it alone.";
        let name = ui.selectable_label(is_chosen, track.name());
        if name.on_hover_text(help).clicked() {
            *chosen = (!is_chosen).then_some(track);
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        toggle(ui, "On", &own.on, setter, "Whether this track plays.");
        toggle(
            ui,
            "Solo",
            &own.solo,
            setter,
            "Only this track is heard, and others in solo.",
        );
        if made {
            let help = "Holds on to the pattern that plays; it still follows the harmony.";
            toggle(ui, "Lock", &own.locked, setter, help);
        }
        if track != Track::Melody {
            let help = "Other bars than these, from the next one on.";
            press(ui, "Again", &own.again, setter, help);
        }
    });
    slider_small(ui, &own.level, setter, "Factor on how loud notes are.");
    if made {
        slider_small(
            ui,
            &own.density,
            setter,
            "How many notes; 0.5 is usual in the genre.",
        );
        let help = "How much bars differ: 0 repeats a phrase, 1 is always new.";
        slider_small(ui, &own.variation, setter, help);
        slider_small(
            ui,
            &own.intensity,
            setter,
            "How forcefully; 0.5 is usual in the genre.",
        );
    } else {
        for _ in 0..3 {
            ui.label("");
        }
    }
    number(
        ui,
        &own.octave,
        setter,
        "Octaves by which the track is moved.",
    );
    number(ui, &own.channel, setter, "MIDI channel.");
    if track == Track::Melody {
        picker_small(
            ui,
            &params.instrument,
            setter,
            "What the melody is meant for.",
        );
    } else {
        let help = "What plays it, where programs are sent; Auto is what is usual in the genre.";
        picker_small(ui, &own.program, setter, help);
    }
    number(
        ui,
        &own.lowest,
        setter,
        "Lower notes are sent octaves higher.",
    );
    number(
        ui,
        &own.highest,
        setter,
        "Higher notes are sent octaves lower.",
    );
}
