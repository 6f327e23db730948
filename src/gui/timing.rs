//! When what is sung is played: the parameters of musical time.

use super::controls::{picker, slider};
use crate::plugin::VocaliseParams;
use egui::{Ui, vec2};
use nih_plug::prelude::ParamSetter;

/// Shows the parameters.
pub fn show(ui: &mut Ui, params: &VocaliseParams, setter: &ParamSetter<'_>) {
    let gap = vec2(18.0, 4.0);
    egui::Grid::new("timing").spacing(gap).show(ui, |ui| {
        let help = "Live: notes go out as soon as they are sure. Aligned: everything is a quarter of \
                    a second late, the host makes up for it, and each note sits on its onset.";
        picker(ui, &params.timing_mode, setter, help);
        let help = "The grid that notes are drawn to while the transport runs. Live, a note that is \
                    sung before its line waits for it, one after it goes out at once.";
        picker(ui, &params.quantise, setter, help);
        let help = "0 leaves notes where they were sung, 1 puts them onto the grid.";
        slider(ui, &params.strength, setter, help);
        ui.end_row();
        let help = "How long the first of two grid steps is to the second: 1 is straight, 2 a \
                    triplet's long and short.";
        slider(ui, &params.swing, setter, help);
        slider(ui, &params.humanise, setter, "Spreads notes around their time.");
        let help = "The round trip of your audio device: what you sing to the beat reaches the \
                    plugin that much later.";
        slider(ui, &params.singer_offset, setter, help);
        ui.end_row();
    });
}
