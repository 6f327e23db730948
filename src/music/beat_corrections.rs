//! What the user can say to the beat tracker: taps, nudges, where a bar begins.

use super::beat_belief::SURE_RATIO;
use super::beat_peaks::Peak;
use super::beat_tracker::{BeatTracker, is_moment};

/// Taps further apart than this, in seconds, do not belong together.
const SLOWEST_TAP_S: f64 = 1.45;
/// A tap so soon after another, in seconds, is a finger that bounced.
const FASTEST_TAP_S: f64 = 0.24;
/// Taps that a tempo is taken from at most.
const TAPS: usize = 8;
/// How sure the tempo is when only one beat was tapped.
const UNSURE_RATIO: f64 = 1.3;

impl BeatTracker {
    /// The user taps the beat: it is here. From the second tap on the taps are the tempo, too, and
    /// what is heard only carries it on.
    pub fn tap(&mut self, at_s: f64) {
        if !is_moment(at_s)
            || self
                .taps
                .last()
                .is_some_and(|last| at_s < last + FASTEST_TAP_S)
        {
            return;
        }
        self.taps.push(at_s);
        let tapped_s = self.tapped_period_s();
        if self.state.is_none() {
            self.begin(at_s);
        }
        self.announce(at_s);
        let Some(state) = &self.state else { return };
        let period_s = tapped_s.unwrap_or(state.peak.period_s);
        let ratio = tapped_s.map_or(UNSURE_RATIO, |_| SURE_RATIO);
        self.put_beat(at_s, period_s, ratio);
        self.held = true;
    }

    /// The user moves the beat by so many seconds, later if positive, against what is heard; it
    /// stays moved.
    pub fn nudge(&mut self, by_s: f64) {
        let Some(state) = self.state else { return };
        if !by_s.is_finite() || by_s.abs() > SLOWEST_TAP_S {
            return;
        }
        self.nudge_s += by_s;
        if self.nudge_s.abs() > 0.25 * state.peak.period_s {
            // So far off, it is another beat that is meant.
            self.put_beat(
                self.next_beat_s(&state) + by_s,
                state.peak.period_s,
                SURE_RATIO,
            );
            self.held = true;
        }
    }

    /// The user says that a bar begins here, at the beat nearest to it.
    pub fn set_one(&mut self, at_s: f64) {
        if !is_moment(at_s) {
            return;
        }
        if self.state.is_none() {
            self.begin(at_s);
        }
        let Some(state) = &mut self.state else { return };
        let beats = (at_s - state.last_s) / state.peak.period_s;
        if (beats - beats.round()).abs() > 0.25 {
            let period_s = state.peak.period_s;
            self.put_beat(at_s, period_s, SURE_RATIO);
            self.held = true;
        }
        let Some(state) = &mut self.state else { return };
        state.one_said_s = Some(at_s);
        state.one = state.count_at(at_s);
        // A tempo that was found is meant, too: the bar would not survive another.
        self.held |= state.peak.share > 0.5;
    }

    /// Takes back what the user said: the beat is looked for again, from where it is.
    pub fn release(&mut self) {
        self.held = false;
        self.nudge_s = 0.0;
        self.taps.clear();
        if let Some(state) = &mut self.state {
            state.one_said_s = None;
            state.free_from = state.count;
        }
    }

    /// Puts a beat at a moment, whatever was heard, of a tempo that is sure to within `ratio`.
    fn put_beat(&mut self, at_s: f64, period_s: f64, ratio: f64) {
        self.nudge_s = 0.0;
        let Some(state) = &mut self.state else { return };
        state.peak = Peak {
            period_s,
            phase: 0.0,
            share: 1.0,
        };
        state.clock_s = at_s;
        if (state.last_s..=state.now_s).contains(&at_s) {
            state.count = state.count_at(at_s);
            state.last_s = at_s;
        }
        self.belief.pass(at_s.min(state.now_s));
        let phase = state.phase_at(self.belief.clock_s());
        self.belief.settle(period_s, phase.rem_euclid(1.0), ratio);
        state.peak.phase = phase;
        state.clock_s = self.belief.clock_s();
    }

    /// The beat's length that the last taps have, once there are two in a row.
    fn tapped_period_s(&mut self) -> Option<f64> {
        let [.., before, last] = self.taps[..] else {
            return None;
        };
        let gap_s = last - before;
        if gap_s > SLOWEST_TAP_S {
            self.taps.drain(..self.taps.len() - 1);
            return None;
        }
        // Taps before a change of mind are none of this tempo.
        let apart = |pair: &[f64]| ((pair[1] - pair[0]) / gap_s - 1.0).abs() > 0.25;
        let kept = self.taps.windows(2).rposition(apart).map_or(0, |at| at + 1);
        let kept = kept.max(self.taps.len().saturating_sub(TAPS));
        self.taps.drain(..kept);
        Some((last - self.taps[0]) / (self.taps.len() - 1) as f64)
    }
}
