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
    /// How long it is, in seconds.
    pub length_s: f64,
    /// How long it is, in quarter notes.
    pub quarters: f64,
    /// Its place among the song's bars, from 0.
    pub number: i64,
    /// Its harmony, if one was planned.
    pub plan: Option<PlannedBar>,
}

/// The pitch of the voice at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TracePoint {
    /// When, in seconds of the take.
    pub time_s: f64,
    /// Fractional MIDI pitch; `None` without a voice.
    pub pitch: Option<f32>,
}
