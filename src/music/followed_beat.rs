//! The beat that the tracker follows, and what it has announced of it.

use super::beat_peaks::Peak;

/// What is known once something was heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// Up to when time has passed.
    pub now_s: f64,
    /// The beat that is followed, at `clock_s`.
    pub peak: Peak,
    pub clock_s: f64,
    pub last_s: f64,
    pub count: i64,
    /// The count from when on nobody but the tracker says where the beat is.
    pub free_from: i64,
    /// The count of some downbeat.
    pub one: i64,
    /// Where the user said that a bar begins, in seconds.
    pub one_said_s: Option<f64>,
}

impl State {
    /// Beats from the clock's beat to a moment, fractions allowed.
    pub fn phase_at(&self, at_s: f64) -> f64 {
        self.peak.phase + (at_s - self.clock_s) / self.peak.period_s
    }

    /// The count of the beat nearest to a moment.
    pub fn count_at(&self, at_s: f64) -> i64 {
        self.count + ((at_s - self.last_s) / self.peak.period_s).round() as i64
    }

    /// When so many beats will have passed since the clock's beat.
    pub fn moment_of(&self, phase: f64) -> f64 {
        self.clock_s + (phase - self.peak.phase) * self.peak.period_s
    }
}
