//! A note as it was sung.

use super::pitch;

/// A note of the singer's, before any quantising or adaptation. Times are seconds of audio from
/// the start of the take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SungNote {
    /// When it is heard to begin (acoustic, not when it was recognised).
    pub onset_s: f64,
    /// When it is heard to end; after `onset_s`.
    pub offset_s: f64,
    /// Fractional MIDI pitch; 60.0 is C4. The fraction is how far the voice was off the key.
    pub pitch: f32,
    /// How loud, 0 – 1.
    pub velocity: f32,
    /// How much audio had been consumed when the pitch became final and the note-on could leave:
    /// all algorithmic delay is in it. Equal to `onset_s` where nothing had to be heard, as in a
    /// melody read from a MIDI file.
    pub decided_s: f64,
}

impl SungNote {
    /// How long it sounds, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.offset_s - self.onset_s
    }

    /// The key nearest to the sung pitch, 0 – 127.
    pub fn key(&self) -> u8 {
        pitch::nearest_key(self.pitch)
    }
}
