//! A bar that is asked for, and the bar that comes.

use super::bar_note::BarNote;
use super::condition::{HeardBar, HeardNote};
use super::tracks::TrackSettings;
use crate::music::{Genre, HarmonyNote, PlannedBar, Track};

/// The tracks that the band plays, in the order in which they are made: what leans on another comes
/// after it.
pub const BAND: [Track; 4] = [Track::Drums, Track::Chords, Track::Bass, Track::Counter];

/// Sixteenths in a bar that the band plays at most; longer bars rest at their end.
pub const MOST_STEPS: usize = 64;

/// How one track of a bar is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// What the user wants of it.
    pub wanted: TrackSettings,
    /// The style; that of the bar it was locked in if it is.
    pub genre: Genre,
    /// The bar whose chance it is drawn by.
    pub bar: i64,
    /// How often others were asked for.
    pub take: u32,
}

/// A bar that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct BarCall {
    /// Which one it is; an older one is no longer wanted.
    pub number: u64,
    /// Where in the song it begins, in quarter notes.
    pub start: f64,
    /// How long it is, in quarter notes.
    pub quarters: f64,
    /// Its place among the song's bars.
    pub bar: i64,
    /// Its harmony; `None` before anything was sung, when only drums play.
    pub plan: Option<PlannedBar>,
    /// The bar that was sung last, or the bar itself with hindsight.
    pub heard: HeardBar,
    /// Whether [`Self::heard`] is the bar itself.
    pub hindsight: bool,
    /// The user's seed.
    pub seed: u64,
    /// Its tracks, in the order of [`BAND`]; `None` for one that rests.
    pub parts: [Option<Part>; BAND.len()],
}

impl BarCall {
    /// Whole sixteenths in the bar, as far as they are played.
    pub fn steps(&self) -> usize {
        let steps = (self.quarters * 4.0 + 1e-6).floor();
        // A bar of no length, or not a number, has none.
        (steps.max(0.0) as usize).min(MOST_STEPS)
    }
}

/// The bar that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// The call's number.
    pub number: u64,
    /// Where in the song it begins, in quarter notes.
    pub start: f64,
    /// How long it is, in quarter notes.
    pub quarters: f64,
    /// Its harmony.
    pub plan: Option<PlannedBar>,
    /// What its tracks play, in the order of [`BAND`].
    pub notes: [Vec<BarNote>; BAND.len()],
    /// How long the first of two eighths is to the second, for each track.
    pub swing: [f64; BAND.len()],
}

impl From<&HeardNote> for HarmonyNote {
    fn from(note: &HeardNote) -> Self {
        Self {
            key: note.key,
            start: note.start,
            length: note.length,
            velocity: note.velocity,
        }
    }
}
