//! Second stage of the voice line, reactive lane: the pitch network, one call a hop.

use super::{PitchAnswer, PitchRequest};
use crate::audio::Frame;
use crate::nn::{NnError, PitchModel};
use crate::stages::{HostEvent, Infer, Stamped};
use std::error::Error;

/// The pitch network and its state.
pub struct PitchLane {
    model: PitchModel,
}

impl PitchLane {
    pub fn new(model: PitchModel) -> Self {
        Self { model }
    }

    /// Frames that an answer lags behind its newest input.
    pub fn delay_frames(&self) -> u32 {
        self.model.delay_frames()
    }

    /// The network's answer to the next frame.
    ///
    /// # Errors
    /// When ONNX Runtime fails.
    pub fn hear(&mut self, frame: &Frame) -> Result<PitchAnswer, NnError> {
        let output = self.model.run(&frame.features)?.clone();
        Ok(PitchAnswer {
            index: frame.index,
            level_db: frame.level_db,
            gate_open: frame.gate_open,
            output,
        })
    }
}

impl Infer for PitchLane {
    type Request = PitchRequest;
    type Response = PitchAnswer;

    fn infer(
        &mut self,
        request: Stamped<PitchRequest>,
    ) -> Result<Option<PitchAnswer>, Box<dyn Error + Send + Sync>> {
        Ok(Some(self.hear(&request.body.frame)?))
    }

    fn event(&mut self, event: &Stamped<HostEvent>) {
        match event.body {
            HostEvent::Reset { .. } => self.model.reset(),
            HostEvent::Gap(frames) => self.model.decay(frames),
            _ => {}
        }
    }
}
