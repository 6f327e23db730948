//! Where voices meet.

use super::silence;

/// Where voices are mixed, a tick at a time.
pub struct Buses {
    pub left: Box<[f32]>,
    pub right: Box<[f32]>,
    /// What is sent to the chorus and to the reverb.
    pub chorus: Box<[f32]>,
    pub reverb: Box<[f32]>,
    /// The voice at work.
    pub scratch: Box<[f32]>,
}

impl Buses {
    /// Room for a tick.
    pub fn new(samples: usize) -> Self {
        Self {
            left: silence(samples),
            right: silence(samples),
            chorus: silence(samples),
            reverb: silence(samples),
            scratch: silence(samples),
        }
    }

    /// Silence of `count` samples.
    pub fn clear(&mut self, count: usize) {
        for bus in [
            &mut self.left,
            &mut self.right,
            &mut self.chorus,
            &mut self.reverb,
        ] {
            bus[..count].fill(0.0);
        }
    }
}
