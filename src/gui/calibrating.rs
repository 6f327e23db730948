//! The button that finds gain and gate, and the words that lead through it.

use super::controls::set;
use super::theme;
use crate::plugin::VocaliseParams;
use crate::voice::Report;
use crate::voice::calibration::{Calibration, Levels, Step};
use egui::{RichText, Ui};
use nih_plug::prelude::{Param, ParamSetter};

/// What there is to show of calibrations.
#[derive(Default)]
pub enum Calibrating {
    /// None was made.
    #[default]
    Idle,
    /// One hears.
    Hears(Calibration),
    /// One has set levels in place of these.
    Done(Levels),
    /// The room is too loud: dB between it and the voice.
    TooNoisy(f32),
}

impl Calibrating {
    /// Hears what was reported.
    pub fn take(&mut self, report: &Report) {
        if let (
            Self::Hears(calibration),
            Report::Frame {
                level_db, voicing, ..
            },
        ) = (self, report)
        {
            calibration.hear(*level_db, *voicing);
        }
    }

    /// Sets what was found, once it was.
    pub fn settle(&mut self, params: &VocaliseParams, setter: &ParamSetter<'_>) {
        let Self::Hears(calibration) = self else {
            return;
        };
        match calibration.step() {
            Step::Quiet | Step::Sing => {}
            Step::Done(found) => {
                let before = Levels {
                    gain_db: params.gain.value(),
                    gate_db: params.gate.value(),
                };
                apply(found, params, setter);
                *self = Self::Done(before);
            }
            Step::TooNoisy(apart_db) => *self = Self::TooNoisy(apart_db),
        }
    }

    /// Whether it listens now.
    pub fn hears(&self) -> bool {
        matches!(self, Self::Hears(_))
    }

    /// Whether there is nothing to say of it.
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// Shows the button, or what is to be done now.
    pub fn show(&mut self, ui: &mut Ui, params: &VocaliseParams, setter: &ParamSetter<'_>) {
        let words = match self {
            Self::Idle => String::new(),
            Self::Hears(calibration) => {
                let task = match calibration.step() {
                    Step::Quiet => "Be quiet for two seconds …",
                    _ => "Now sing one note, as loud as you will sing …",
                };
                format!("{task} {:.0} %", 100.0 * calibration.progress())
            }
            Self::Done(_) => "Gain and gate are set.".to_owned(),
            Self::TooNoisy(apart_db) => format!(
                "Your voice is only {apart_db:.0} dB above the room: come closer to the microphone."
            ),
        };
        if self.hears() {
            if ui.button("Cancel").clicked() {
                *self = Self::Idle;
            }
        } else {
            let help =
                "Finds gain and gate: hears two seconds of the room, then one note of yours.";
            if ui.button("Calibrate").on_hover_text(help).clicked() {
                *self = Self::Hears(Calibration::new(params.gain.value()));
            }
            if let Self::Done(before) = *self
                && ui.button("Undo").clicked()
            {
                apply(before, params, setter);
                *self = Self::Idle;
            }
        }
        ui.label(RichText::new(words).color(theme::DIM));
    }
}

/// Sets gain and gate, held within their ranges.
fn apply(levels: Levels, params: &VocaliseParams, setter: &ParamSetter<'_>) {
    for (param, db) in [
        (&params.gain, levels.gain_db),
        (&params.gate, levels.gate_db),
    ] {
        let (low, high) = (param.preview_plain(0.0), param.preview_plain(1.0));
        set(setter, param, db.clamp(low, high));
    }
}

#[cfg(test)]
mod tests;
