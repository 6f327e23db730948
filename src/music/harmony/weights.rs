//! How much the planner trusts what.

use serde::Deserialize;

/// See the file's head; fitted on training pieces, and kept with the tables in models/harmony.json.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Weights {
    /// How much of what a note says about key and chord is believed: notes repeat each other.
    pub trust: f32,
    /// The chance at each bar line that the key is another from here on.
    pub key_change: f32,
    /// Another key is taken only when it is believed so many times as much.
    pub key_hold: f32,
    /// How much of the belief in the last chord is put on the one that was played.
    pub played: f32,
    /// Weighs the chords' own order, live.
    pub way: f32,
    /// Weighs what the expected notes say about the chord.
    pub notes: f32,
    /// Weighs the share of expected strong notes that the chord holds.
    pub cover: f32,
    /// Weighs the genre's liking for a quality.
    pub quality: f32,
    /// Weighs what the last note sung says about the next bar's first.
    pub lead: f32,
    /// ... and about the first note of its second half.
    pub lead_within: f32,
    /// How much of what is expected are the notes that half bars began with of late.
    pub usual: f32,
    /// How much likelier a repetition is when the last bar was like the one there ...
    pub alike: f32,
    /// ... and when the three before it were.
    pub alike_before: f32,
    /// How much likelier a repetition of the bar of the same number is.
    pub same_number: f32,
    /// How much likelier a repetition is that is a multiple of four bars away.
    pub in_phase: f32,
    /// How much less likely a repetition at another pitch is.
    pub moved: f32,
    /// How unlikely a repetition is before anything speaks for it.
    pub doubt: f32,
    /// Weighs the chord that was played at the place that comes again.
    pub recall: f32,
    /// What a change of chord is worth over a bar line ...
    pub stir: f32,
    /// ... and within a bar ...
    pub stir_within: f32,
    /// ... and for each bar more that the chord has been held, up to three.
    pub tired: f32,
    /// How much of an expectation is left a bar further on.
    pub later: f32,
    /// The like of `way`, `notes`, `cover` and `quality`, with hindsight.
    pub back_way: f32,
    pub back_notes: f32,
    pub back_cover: f32,
    pub back_quality: f32,
    pub back_stir: f32,
    pub back_stir_within: f32,
}
