//! How what is sung is played: the parameters of the output stage.

use super::controls::{picker, slider, switch};
use crate::plugin::VocaliseParams;
use egui::{Ui, vec2};
use nih_plug::prelude::ParamSetter;

/// Shows the parameters.
pub fn show(ui: &mut Ui, params: &VocaliseParams, setter: &ParamSetter<'_>) {
    let gap = vec2(18.0, 4.0);
    egui::Grid::new("performing").spacing(gap).show(ui, |ui| {
        let help = "Fast decides notes sooner, Sure errs less.";
        picker(ui, &params.response, setter, help);
        let help = "Gain before listening; the audio that passes is not touched.";
        slider(ui, &params.gain, setter, help);
        slider(ui, &params.gate, setter, "Nothing quieter counts as voice.");
        ui.end_row();
        let help = "0 is always in tune, 1 follows every inflection of the voice.";
        slider(ui, &params.bend, setter, help);
        let help = "How far a full bend goes. The receiver is told.";
        slider(ui, &params.bend_range, setter, help);
        let help = "All tracks, or one alone: for hosts that merge channels, one Vocalise a track.";
        picker(ui, &params.output, setter, help);
        ui.end_row();
        let help = "Shorter gaps within a phrase are held, as a consonant is no rest.";
        slider(ui, &params.hold_gaps, setter, help);
        slider(ui, &params.min_note, setter, "Shorter notes are drawn out.");
        let help = "More lets softer and breathier voices in, and more of the room.";
        slider(ui, &params.sensitivity, setter, help);
        ui.end_row();
        slider(ui, &params.lowest, setter, "Nothing lower is played.");
        slider(ui, &params.highest, setter, "Nothing higher is played.");
        ui.end_row();
    });
    ui.horizontal(|ui| {
        let help = "Plays what is sent with the built-in synthesiser, to hear the band without other \
                    instruments.";
        switch(ui, &params.monitor, setter, help);
        slider(ui, &params.monitor_level, setter, "How loud it plays, and auditions.");
    });
    ui.horizontal(|ui| {
        switch(ui, &params.bypass, setter, "Sends no notes while on.");
        let help = "Follows the voice's loudness within a note (CC 11; with MPE pressure as well).";
        switch(ui, &params.loudness, setter, help);
        let help = "Follows the voice's colour within a note (CC 74).";
        switch(ui, &params.brightness, setter, help);
        let help = "A channel for each note. Only where Output is Melody.";
        switch(ui, &params.mpe, setter, help);
        let help =
            "Sends note expressions in place of bends and controllers, where there is no MPE.";
        switch(ui, &params.note_expressions, setter, help);
    });
}
