//! The harmony under what is sung: chords for the coming bar, planned from what was heard before it,
//! and the chords of a whole take with hindsight.
//!
//! `table` holds what the training pieces say (models/harmony.json), `heard` one bar of song,
//! `belief` which key and chord it is likely in, `memory` where the like was sung before, `hope` what is
//! likely to be sung next, `way` the best way through the chords to come; `planner` and `hindsight` put them together.

mod belief;
mod heard;
mod hindsight;
mod hope;
mod memory;
mod planner;
mod table;
mod way;
mod weights;

pub use planner::HarmonyPlanner;

use super::{Chord, Key};

/// A note as the planner hears it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HarmonyNote {
    /// MIDI key.
    pub key: u8,
    /// Where it begins, in quarters from the bar's beginning; what lies outside the bar counts as at
    /// its edge.
    pub start: f64,
    /// How long it sounds, in quarters.
    pub length: f64,
    /// How loud, 0 – 1; what has no loudness is not heard.
    pub velocity: f32,
}

/// The harmony of a bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedBar {
    /// The key it stands in: the user's, or the one believed in (major or minor).
    pub key: Key,
    /// The chord at its beginning.
    pub first: Chord,
    /// The chord from half the bar on; the same if it does not change.
    pub second: Chord,
    /// How likely a note on a strong beat is one of its tones, as far as can be told, 0 – 1.
    pub confidence: f32,
}

#[cfg(test)]
mod tests;
