//! What the beat tracker takes people to be like.

/// The constants of the beat tracker's model of a player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listener {
    /// The tempo that is said before anything is known of it, beats a minute.
    pub usual_bpm: f64,
    /// How far an onset lies from where it was meant, in seconds.
    pub slip_s: f64,
    /// The same, as a share of the beat; the two add as errors do.
    pub slip_beats: f64,
    /// How much of what an onset says is believed, 0 – 1: onsets repeat each other.
    pub trust: f64,
    /// How far the tempo wanders in one beat, as a share of itself.
    pub wander: f64,
    /// How far the beat itself wanders in one beat, as a share of it.
    pub sway: f64,
    /// The chance in one beat that everything is different from here on.
    pub surprise: f64,
    /// The chance in one beat that the kind of playing changes.
    pub change: f64,
    /// Silence longer than this, in seconds, is a rest and says nothing of the beat.
    pub rest_s: f64,
    /// Another tempo is taken only when it is believed so many times as much as the present one;
    /// less in the first bars.
    pub hold_tempo: f64,
    /// The same for another place of the beat at the present tempo. It is that many because the
    /// first bars tell the beat from the off-beat better than all that is played later.
    pub hold_place: f64,
}

impl Listener {
    /// Tuned on the training part of the corpus.
    pub const USUAL: Self = Self {
        usual_bpm: 110.0,
        slip_s: 0.02,
        slip_beats: 0.022,
        trust: 0.5,
        wander: 0.008,
        sway: 0.018,
        surprise: 0.002,
        change: 0.02,
        rest_s: 1.5,
        hold_tempo: 100.0,
        hold_place: 10_000.0,
    };
}

impl Default for Listener {
    fn default() -> Self {
        Self::USUAL
    }
}
