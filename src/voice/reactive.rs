//! Second stage of the voice line, reactive lane: the pitch network, one call a hop.

use super::{Analysis, PitchAnswer, PitchRequest, brightness};
use crate::audio::frame::BANDS;
use crate::nn::PitchModel;
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
}

impl Infer for PitchLane {
    type Request = PitchRequest;
    type Response = Analysis;

    fn infer(
        &mut self,
        request: Stamped<PitchRequest>,
    ) -> Result<Option<Analysis>, Box<dyn Error + Send + Sync>> {
        let frame = &request.body.frame;
        let output = self.model.run(&frame.features)?;
        let mut mel = [0.0; BANDS];
        mel.copy_from_slice(&frame.features[..BANDS]);
        Ok(Some(Analysis {
            pitch: PitchAnswer::new(frame, output),
            brightness: brightness::of(&mel),
            mel,
        }))
    }

    fn event(&mut self, event: &Stamped<HostEvent>) {
        match event.body {
            HostEvent::Reset { .. } => self.model.reset(),
            HostEvent::Gap(frames) => self.model.decay(frames),
            _ => {}
        }
    }
}
