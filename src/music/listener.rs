//! What the beat tracker takes people to be like.

/// The constants of the beat tracker's model of a player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listener {
    /// The tempo expected before anything is heard, beats a minute.
    pub usual_bpm: f64,
    /// How far tempos spread around it, as a natural logarithm.
    pub tempo_spread: f64,
    /// How much likelier it is that the first onset is on a beat than the model of onsets says.
    pub first_on_beat: f64,
    /// How far an onset lies from where it was meant, in seconds.
    pub slip_s: f64,
    /// The same, as a share of the beat; the two add as errors do.
    pub slip_beats: f64,
    /// Onsets a beat that belong to no place at all.
    pub stray: f64,
    /// How much of what an onset says is believed, 0 – 1: onsets repeat each other.
    pub trust: f64,
    /// How far the tempo wanders in one beat, as a share of itself.
    pub wander: f64,
    /// How far the beat itself wanders in one beat, as a share of it.
    pub sway: f64,
    /// The chance in one beat that everything is different from here on.
    pub surprise: f64,
    /// How much of the expectation of usual tempos is felt anew with every onset, 0 – 1.
    pub pull: f64,
    /// The chance in one beat that the kind of playing changes.
    pub change: f64,
    /// Silence longer than this, in seconds, is a rest and says nothing of the beat.
    pub rest_s: f64,
    /// Another beat is taken only when it is believed so many times as much as the present one;
    /// less in the first bars.
    pub hold: f64,
}

impl Listener {
    /// Tuned on the training part of the corpus.
    pub const USUAL: Self = Self {
        usual_bpm: 110.0,
        tempo_spread: 0.3,
        first_on_beat: 6.0,
        slip_s: 0.02,
        slip_beats: 0.022,
        stray: 0.1,
        trust: 0.5,
        wander: 0.008,
        sway: 0.018,
        surprise: 0.002,
        pull: 0.02,
        change: 0.02,
        rest_s: 1.5,
        hold: 2.5,
    };
}

impl Default for Listener {
    fn default() -> Self {
        Self::USUAL
    }
}
