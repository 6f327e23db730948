//! First stage of the voice line.

use super::answering::Call;
use super::{PitchRequest, VoiceLine};
use crate::audio::Frame;
use crate::stages::{PrepareInput, Requests, Stamped};

/// Asks the pitch network about each frame, and the symbolic networks what the output stage wants
/// to know of them. The pitch network keeps its own past, so a frame needs no company.
pub struct VoiceInput;

impl PrepareInput<VoiceLine> for VoiceInput {
    fn frame(&mut self, frame: Stamped<Frame>, requests: &mut Requests<VoiceLine>) {
        requests.infer(frame.position, PitchRequest { frame: frame.body });
    }

    fn feedback(&mut self, call: Stamped<Call>, requests: &mut Requests<VoiceLine>) {
        requests.plan(call.position, call.body);
    }
}
