//! The button that finds the *Singer Offset*, and the words that lead through it.

use super::controls::set;
use super::theme;
use crate::plugin::VocaliseParams;
use crate::voice::Report;
use crate::voice::offset_calibration::{OffsetCalibration, OffsetStep};
use egui::{RichText, Ui};
use nih_plug::prelude::ParamSetter;

/// What there is to show.
#[derive(Default)]
pub struct OffsetButton {
    hears: Option<OffsetCalibration>,
    /// What came of the last one.
    words: String,
    /// The offset before, for undoing, in ms.
    before: Option<f32>,
}

impl OffsetButton {
    /// Whether it listens now.
    pub fn hears(&self) -> bool {
        self.hears.is_some()
    }

    /// Hears what was reported.
    pub fn take(&mut self, report: &Report) {
        if let Some(calibration) = &mut self.hears {
            calibration.hear(report);
        }
    }

    /// Sets what was found, once it was.
    pub fn settle(&mut self, params: &VocaliseParams, setter: &ParamSetter<'_>) {
        let Some(calibration) = &self.hears else {
            return;
        };
        self.words = match calibration.step() {
            OffsetStep::NoBeat => "Let the transport play, with its click on …".to_owned(),
            OffsetStep::Sing(heard, of) => {
                format!("Sing “ta” on each beat: {heard} of {of} …")
            }
            OffsetStep::Done(ms) => {
                self.before = Some(params.singer_offset.value());
                set(setter, &params.singer_offset, ms);
                self.hears = None;
                format!("You reach the plugin {ms:.0} ms late; that is taken off now.")
            }
            OffsetStep::Loose(ms) => {
                self.hears = None;
                format!("The notes lay {ms:.0} ms apart from each other: try once more.")
            }
        };
    }

    /// Shows the button, or what is to be done now.
    pub fn show(&mut self, ui: &mut Ui, params: &VocaliseParams, setter: &ParamSetter<'_>) {
        ui.horizontal(|ui| {
            if self.hears.is_some() {
                if ui.button("Cancel").clicked() {
                    *self = Self::default();
                }
            } else {
                let help = "Finds the Singer Offset: sing eight short notes on the host's beat.";
                if ui.button("Find offset").on_hover_text(help).clicked() {
                    self.hears = Some(OffsetCalibration::default());
                    self.before = None;
                }
                if let Some(before) = self.before
                    && ui.button("Undo").clicked()
                {
                    set(setter, &params.singer_offset, before);
                    *self = Self::default();
                }
            }
            ui.label(RichText::new(&self.words).small().color(theme::DIM));
        });
    }
}
