//! First stage of the voice line.

use super::generative::Ask;
use super::watch::Recorder;
use super::{PitchRequest, VoiceLine};
use crate::audio::Frame;
use crate::stages::{HostEvent, PrepareInput, Requests, Stamped};

/// Asks the pitch network about each frame, and the symbolic networks what the output stage wants
/// to know of them. The pitch network keeps its own past, so a frame needs no company.
pub struct VoiceInput {
    recorder: Recorder,
}

impl VoiceInput {
    pub fn new(recorder: Recorder) -> Self {
        Self { recorder }
    }
}

impl PrepareInput<VoiceLine> for VoiceInput {
    fn frame(&mut self, frame: Stamped<Frame>, requests: &mut Requests<VoiceLine>) {
        self.recorder.record(&frame.body);
        requests.infer(frame.position, PitchRequest { frame: frame.body });
    }

    fn event(&mut self, event: &Stamped<HostEvent>, _: &mut Requests<VoiceLine>) {
        if let HostEvent::Reset { .. } = event.body {
            self.recorder.restart();
        }
    }

    fn feedback(&mut self, ask: Stamped<Ask>, requests: &mut Requests<VoiceLine>) {
        requests.plan(ask.position, ask.body);
    }
}
