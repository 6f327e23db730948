//! What a take is made of.

use crate::music::{PlannedBar, Track};

/// Which note it is, whatever becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoteId(pub(super) u64);

/// A note of one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TakeNote {
    /// Which one it is.
    pub id: NoteId,
    /// Whose it is.
    pub track: Track,
    /// When it begins, in seconds of the take.
    pub start_s: f64,
    /// When it ends; `None` while it sounds.
    pub end_s: Option<f64>,
    /// MIDI key, 0 – 127.
    pub key: u8,
    /// How loud, above 0, at most 1.
    pub velocity: f32,
}

/// A bar of the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TakeBar {
    /// When it begins, in seconds of the take.
    pub start_s: f64,
    /// How long it lasted, in seconds.
    pub length_s: f64,
    /// How long it would have been without a stop or a jump, in seconds.
    pub whole_s: f64,
    /// The same in quarter notes.
    pub quarters: f64,
    /// Its place among the song's bars, from 0.
    pub number: i64,
    /// Its harmony, if one was planned.
    pub plan: Option<PlannedBar>,
}

impl TakeBar {
    /// Whether a stop or a jump cut it short.
    pub fn is_cut(&self) -> bool {
        self.length_s < 0.98 * self.whole_s
    }
}

/// The pitch of the voice at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TracePoint {
    /// When, in seconds of the take.
    pub time_s: f64,
    /// Fractional MIDI pitch; `None` without a voice.
    pub pitch: Option<f32>,
}
