//! The search over note states: silence, and pitches in half semitones.
//!
//! Going on costs nothing; beginning a note costs much unless the network's onset head peaks, so
//! that vibrato, slides and flicker stay one note and a syllable repeated on one pitch becomes two.
//! One step a frame (Viterbi's algorithm); who reads the path off, and when, is the caller's matter:
//! [`NoteDecoder`](super::NoteDecoder) some frames later, [`refined`](super::refined) at the end.

use super::evidence::Evidence;
use super::tuning::Tuning;

/// MIDI pitch of the lowest note state.
const LOWEST: f32 = 33.0;
/// Note states, half a semitone apart: up to MIDI 96.5.
const PITCHES: usize = 128;
/// State 0 is silence, pitches follow.
pub const STATES: usize = PITCHES + 1;

/// How each state is best reached at one frame.
#[derive(Clone, Copy)]
pub struct Step {
    /// The state before, on the cheapest path to each state.
    from: [u8; STATES],
    /// Whether that path begins a note here; one bit a state.
    begins: [u64; STATES.div_ceil(64)],
}

impl Step {
    /// Nothing reached from anywhere.
    pub const NONE: Self = Self {
        from: [0; STATES],
        begins: [0; STATES.div_ceil(64)],
    };

    /// The state before `state`.
    pub fn from(&self, state: usize) -> usize {
        usize::from(self.from[state])
    }

    /// Whether a note begins here on the way to `state`.
    pub fn begins(&self, state: usize) -> bool {
        self.begins[state / 64] >> (state % 64) & 1 == 1
    }
}

/// Costs, in nats, of the cheapest path to each state.
pub struct NoteSearch {
    costs: [f32; STATES],
}

impl Default for NoteSearch {
    fn default() -> Self {
        let mut costs = [1e9; STATES];
        costs[0] = 0.0;
        Self { costs }
    }
}

impl NoteSearch {
    /// The state at the end of the cheapest path.
    pub fn best(&self) -> usize {
        cheapest(&self.costs)
    }

    /// Goes on by one frame.
    pub fn step(&mut self, heard: &Evidence, tuning: &Tuning) -> Step {
        let mut step = Step::NONE;
        let voicing = heard
            .voicing
            .clamp(tuning.voicing_floor, 1.0 - tuning.voicing_floor);
        let discount = tuning.onset_gain * heard.peak;
        let best = cheapest(&self.costs[1..]) + 1;
        let left = self.costs[best] + (tuning.leave - tuning.offset_gain * heard.offset).max(0.0);
        let entered = self.costs[0] + tuning.enter - discount;
        let changed = self.costs[best] + tuning.change - discount;
        let again = tuning.repeat - discount;

        let mut next = [0.0; STATES];
        next[0] = self.costs[0].min(left) - tuning.voicing_power * (1.0 - voicing).ln();
        step.from[0] = if self.costs[0] <= left { 0 } else { best as u8 };
        let voiced = -tuning.voicing_power * voicing.ln();
        for (state, next) in next.iter_mut().enumerate().skip(1) {
            let mut way = (self.costs[state], state, false);
            let change = if state == best {
                f32::INFINITY
            } else {
                changed
            };
            for (price, source) in [
                (self.costs[state] + again, state),
                (entered, 0),
                (change, best),
            ] {
                if price < way.0 {
                    way = (price, source, true);
                }
            }
            let place = pitch_of_state(state);
            let fine = tuning.far(heard.pitch - place);
            let off = fine + tuning.note_share * (tuning.far(heard.centre - place) - fine);
            *next = way.0 + voiced + off;
            step.from[state] = way.1 as u8;
            step.begins[state / 64] |= u64::from(way.2) << (state % 64);
        }
        let least = next[cheapest(&next)];
        for (cost, next) in self.costs.iter_mut().zip(next) {
            *cost = next - least;
        }
        step
    }
}

fn pitch_of_state(state: usize) -> f32 {
    LOWEST + 0.5 * (state as f32 - 1.0)
}

/// Place of the first lowest cost.
fn cheapest(costs: &[f32]) -> usize {
    (0..costs.len())
        .min_by(|a, b| costs[*a].total_cmp(&costs[*b]))
        .unwrap_or(0)
}
