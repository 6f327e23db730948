//! Finds the beat in what is heard, as it is heard: tempo, the last and the next beat, the bar.
//!
//! For where no host clock plays. It is fed with onsets and with the passing of time, never looks
//! ahead, and never takes back a beat that it has announced. It keeps one opinion at a time and
//! changes it only for one that is clearly better; what the user says (a tap, a nudge, a *one*)
//! stands until [`BeatTracker::release`].

use super::Meter;
use super::beat_belief::{BeatBelief, SURE_RATIO};
use super::beat_peaks::Peak;
use super::followed_beat::State;
use super::listener::Listener;
use super::rhythm_patterns::ACCENTS;

/// Moments later than this, in seconds, are no times of a take (30 years).
const LATEST_S: f64 = 1e9;
/// An onset may come so much later than it happened, in seconds: a voice is understood late.
const LATENESS_S: f64 = 0.5;
/// The belief is moved on at least so often, in seconds, while nothing is heard.
const STEP_S: f64 = 0.1;
/// Beats after which the place of the beat is held as much as the listener holds one.
const PLACE_SETTLES: f64 = 8.0;
/// Beats that it takes to hold a tempo ever more, from half as many on.
const TEMPO_SETTLES: f64 = 16.0;
/// Tempos that differ by less than this, as a natural logarithm, are the same.
const SAME_TEMPO: f64 = 0.06;
/// Another beat of the bar is taken for its first when that is so many times as likely.
const BAR_HOLD: f64 = 2.5;
/// Onsets that the usual strength is taken over.
const STRENGTH_MEMORY: f32 = 8.0;
/// How much of the usual strength parts one accent from the next.
const ACCENT_STEPS: [f32; ACCENTS - 1] = [0.75, 1.2];

/// A tempo that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundTempo {
    /// Beats a minute.
    pub bpm: f64,
    /// How sure it is, 0 – 1.
    pub confidence: f32,
}

/// Where the beat is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundBeat {
    /// When the last beat was announced, in seconds.
    pub last_s: f64,
    /// When the next one will be, in seconds.
    pub next_s: f64,
    /// The last beat's place in the bar, 0 is the downbeat.
    pub beat_of_bar: u32,
    /// The last beat's number since the first onset.
    pub count: i64,
    /// The user has said where the bar begins; otherwise it is a guess.
    pub bar_is_known: bool,
}

/// See the file's head. Times are seconds from the start of the take.
#[derive(Clone, Debug)]
pub struct BeatTracker {
    pub(super) listener: Listener,
    pub(super) meter: Meter,
    pub(super) belief: BeatBelief,
    /// None until something was heard.
    pub(super) state: Option<State>,
    /// The usual strength of late.
    pub(super) strength: f32,
    /// The last taps, oldest first.
    pub(super) taps: Vec<f64>,
    /// The user has said where the beat is.
    pub(super) held: bool,
    /// How much later than what is heard the beat is, as the user wants it, in seconds.
    pub(super) nudge_s: f64,
}

impl Default for BeatTracker {
    fn default() -> Self {
        Self::new(Meter::COMMON)
    }
}

impl BeatTracker {
    /// Nothing heard yet.
    pub fn new(meter: Meter) -> Self {
        Self::with_listener(meter, Listener::USUAL)
    }

    /// The same, with another idea of what people are like.
    pub fn with_listener(meter: Meter, listener: Listener) -> Self {
        Self {
            listener,
            meter,
            belief: BeatBelief::new(listener, modelled_beats(meter)),
            state: None,
            strength: 0.0,
            taps: Vec::new(),
            held: false,
            nudge_s: 0.0,
        }
    }

    /// Beats to the bar: the meter's, but for meters in dotted beats (6/8, 9/8, 12/8), which have
    /// a beat to three of their notes.
    pub fn beats_to_bar(&self) -> u32 {
        beats_to_bar(self.meter)
    }

    /// Quarter notes to a beat: 1 in 4/4, 1.5 in 6/8.
    pub fn quarters_to_beat(&self) -> f64 {
        self.meter.bar_quarters() / f64::from(self.beats_to_bar())
    }

    /// Changes the meter. What is known of the tempo is kept, if the new bar is modelled like the
    /// old one; otherwise the beat is kept as if it had been tapped.
    pub fn set_meter(&mut self, meter: Meter) {
        if modelled_beats(meter) != modelled_beats(self.meter) {
            let clock_s = self.belief.clock_s();
            self.belief = BeatBelief::new(self.listener, modelled_beats(meter));
            self.belief.begin(clock_s);
            if let Some(state) = &self.state {
                let (period_s, phase) = (state.peak.period_s, state.phase_at(clock_s));
                self.belief
                    .settle(period_s, phase.rem_euclid(1.0), SURE_RATIO);
            }
        }
        self.meter = meter;
    }

    /// Forgets all but the meter.
    pub fn reset(&mut self) {
        *self = Self::with_listener(self.meter, self.listener);
    }

    /// An onset was heard at a moment, 0 – 1 strong (its velocity, or its onset strength). It may
    /// be up to half a second old. What is no time, or no strength, is ignored.
    pub fn onset(&mut self, at_s: f64, strength: f32) {
        if !is_moment(at_s) || !strength.is_finite() {
            return;
        }
        if self
            .state
            .is_some_and(|state| at_s < state.clock_s - LATENESS_S)
        {
            return;
        }
        let strength = strength.clamp(0.0, 1.0);
        let accent = self.accent(strength);
        if self.state.is_none() {
            self.begin(at_s);
        }
        self.belief.pass(at_s);
        self.belief.hear(at_s, accent);
        self.look();
    }

    /// Time passes: nothing later than `LATENESS_S` before this moment is still to be heard of.
    pub fn advance(&mut self, now_s: f64) {
        let Some(state) = self.state else { return };
        if !is_moment(now_s) || now_s < state.now_s {
            return;
        }
        let settled_s = now_s - 0.5 * LATENESS_S;
        if settled_s > self.belief.clock_s() + STEP_S {
            self.belief.pass(settled_s);
            self.look();
        }
        self.announce(now_s);
    }

    /// The tempo, once something was heard.
    pub fn tempo(&self) -> Option<FoundTempo> {
        self.state.map(|state| FoundTempo {
            bpm: 60.0 / state.peak.period_s,
            confidence: if self.held {
                1.0
            } else {
                state.peak.share as f32
            },
        })
    }

    /// The beat, once something was heard.
    pub fn beat(&self) -> Option<FoundBeat> {
        self.state.map(|state| {
            let bar = i64::from(self.beats_to_bar());
            FoundBeat {
                last_s: state.last_s,
                next_s: self.next_beat_s(&state),
                beat_of_bar: (state.count - state.one).rem_euclid(bar) as u32,
                count: state.count,
                bar_is_known: state.one_said_s.is_some(),
            }
        })
    }

    /// The first thing is heard: it is taken for a beat, of the usual tempo.
    pub(super) fn begin(&mut self, at_s: f64) {
        self.belief.begin(at_s);
        self.state = Some(State {
            now_s: at_s,
            peak: Peak {
                period_s: 60.0 / self.listener.usual_bpm,
                phase: 0.0,
                share: 0.0,
            },
            clock_s: at_s,
            last_s: at_s,
            count: 0,
            free_from: 0,
            one: 0,
            one_said_s: None,
        });
    }

    /// How strong an onset is beside those before it, 0 the softest.
    fn accent(&mut self, strength: f32) -> usize {
        if self.state.is_none() {
            self.strength = strength;
        }
        let steps = ACCENT_STEPS.iter();
        let accent = steps
            .filter(|step| strength > *step * self.strength)
            .count();
        self.strength += (strength - self.strength) / STRENGTH_MEMORY;
        accent
    }

    /// Takes the belief's word for where the beat is, if it is the beat followed so far or much
    /// better.
    fn look(&mut self) {
        let Some(mut state) = self.state else { return };
        let clock_s = self.belief.clock_s();
        self.belief.fold();
        let phase = state.phase_at(clock_s);
        let own = self.belief.near(state.peak.period_s, phase.rem_euclid(1.0));
        let best = self.belief.best();
        // At first nobody depends on an opinion yet.
        let beats = (state.count - state.free_from) as f64;
        let same_tempo = (best.period_s / own.period_s).ln().abs() < SAME_TEMPO;
        let (hold, settled) = if same_tempo {
            (self.listener.hold_place, beats / PLACE_SETTLES)
        } else {
            (self.listener.hold_tempo, beats / TEMPO_SETTLES - 0.5)
        };
        let hold = hold.powf(settled.clamp(0.0, 1.0));
        let leaves = !self.held && best.share > hold * own.share;
        state.peak = if leaves { best } else { own };
        state.clock_s = clock_s;
        if self.held {
            self.belief.confine(own.period_s, own.phase);
        }
        if leaves && let Some(said_s) = state.one_said_s {
            state.one = state.count_at(said_s);
        }
        self.state = Some(state);
        self.guess_bar();
    }

    /// Guesses the bar from the belief, where the user has not said it and the belief knows bars.
    fn guess_bar(&mut self) {
        let beats = modelled_beats(self.meter) as i64;
        let known = beats == i64::from(self.beats_to_bar());
        let Some(state) = &mut self.state else { return };
        if !known || state.one_said_s.is_some() {
            return;
        }
        let shares = self
            .belief
            .beats_of_bar(state.peak.period_s, state.peak.phase);
        let present = state.count_at(state.moment_of(0.0));
        let guess = (0..beats as usize).max_by(|&a, &b| shares[a].total_cmp(&shares[b]));
        let own = (present - state.one).rem_euclid(beats) as usize;
        if let Some(guess) = guess
            && f64::from(shares[guess]) > BAR_HOLD * f64::from(shares[own])
        {
            state.one = present - guess as i64;
        }
    }

    /// Announces the beats up to a moment.
    pub(super) fn announce(&mut self, now_s: f64) {
        let nudge_s = self.nudge_s;
        let Some(state) = &mut self.state else { return };
        if now_s < state.now_s {
            return;
        }
        let due_s = state.moment_of(state.phase_at(now_s - nudge_s).floor()) + nudge_s;
        let beats = (due_s - state.last_s) / state.peak.period_s;
        if beats >= 0.5 {
            state.count += (beats.round() as i64).max(1);
            // One that is found to have been due before is late.
            state.last_s = if due_s > state.now_s { due_s } else { now_s };
        }
        state.now_s = now_s;
    }

    /// When the next beat will be announced.
    pub(super) fn next_beat_s(&self, state: &State) -> f64 {
        let earliest_s = state.last_s + 0.5 * state.peak.period_s;
        let phase = state.phase_at(earliest_s - self.nudge_s).ceil();
        (state.moment_of(phase) + self.nudge_s).max(state.now_s)
    }
}

/// Beats to the bar of a meter.
fn beats_to_bar(meter: Meter) -> u32 {
    let beats = u32::from(meter.beats());
    if meter.unit() >= 8 && beats > 3 && beats.is_multiple_of(3) {
        beats / 3
    } else {
        beats
    }
}

/// Beats to the bar that the belief tells apart: none in bars longer than four.
fn modelled_beats(meter: Meter) -> usize {
    match beats_to_bar(meter) {
        beats @ 1..=4 => beats as usize,
        _ => 1,
    }
}

/// Whether a number can be a moment of a take.
pub(super) fn is_moment(at_s: f64) -> bool {
    at_s.is_finite() && at_s.abs() < LATEST_S
}

#[cfg(test)]
#[path = "beat_tracker_tests.rs"]
mod tests;
