//! First stage of the voice line.

use super::{PitchRequest, VoiceLine};
use crate::audio::Frame;
use crate::stages::{PrepareInput, Requests, Stamped};

/// Asks the pitch network about each frame. The network keeps its own past, so a frame needs no
/// company.
pub struct VoiceInput;

impl PrepareInput<VoiceLine> for VoiceInput {
    fn frame(&mut self, frame: Stamped<Frame>, requests: &mut Requests<VoiceLine>) {
        requests.infer(frame.position, PitchRequest { frame: frame.body });
    }
}
