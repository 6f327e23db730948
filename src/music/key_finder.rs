//! Finds the key of what is sung, note by note, and how far the singer is off the keyboard's tuning.
//!
//! A probability for each of the 24 major and minor keys, in each of ten tunings, moved by every
//! note: by how well it fits the key, and how well it follows the note before it ([`STEPS`]). What
//! was sung long ago fades, so that a change of key is followed; but one opinion is held until
//! another is clearly better.

use super::key_profiles::{FIRST_NOTES, NOTES, STEPS};
use super::{Key, Scale};
use std::f64::consts::TAU;

/// Major and minor on twelve tonics; minor from 12 on.
const KEYS: usize = 24;
/// How much of what a note says is believed: notes repeat each other.
const TRUST: f64 = 0.35;
/// How much of the belief is in minor keys before anything is heard.
const MINOR: f64 = 0.3;
/// The chance at each note that the key is another from here on.
const CHANGE: f64 = 0.0005;
/// Another key is taken only when it is believed so many times as much as the present one.
const HOLD: f64 = 3.0;
/// Notes, of those before, that the usual duration is taken over.
const DURATION_MEMORY: f64 = 16.0;
/// A note longer than this many usual ones counts no more.
const LONGEST: f64 = 4.0;
/// Tunings that are told apart, from a quarter tone below the keyboard's to one above.
const TUNINGS: usize = 10;
/// How far a singer is likely to be out of tune throughout, in semitones (standard deviation).
const OFF: f64 = 0.25;
/// How far single notes lie from the singer's own tuning, in semitones (standard deviation).
const WOBBLE: f64 = 0.2;
/// The chance at each note that the tuning has moved on to a neighbouring one.
const DRIFT: f64 = 0.02;

/// A note as the key finder hears it, when it has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyNote {
    /// Fractional MIDI pitch as it was sung.
    pub pitch: f32,
    /// How long it sounded, in seconds.
    pub duration_s: f32,
    /// How loud, 0 – 1.
    pub strength: f32,
}

/// A key that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundKey {
    /// The key; its scale is [`Scale::Major`] or [`Scale::Minor`], or what it was locked to.
    pub key: Key,
    /// How sure it is, 0 – 1.
    pub confidence: f32,
    /// The user has set it.
    pub locked: bool,
}

/// See the file's head.
#[derive(Clone, Debug)]
pub struct KeyFinder {
    /// `[tuning][key]`; sums to one.
    belief: [[f64; KEYS]; TUNINGS],
    /// The place among the keys of the one that is held.
    held: Option<usize>,
    locked: Option<Key>,
    /// The pitch class of the note before, in each tuning.
    before: Option<[usize; TUNINGS]>,
    /// The usual duration, in seconds.
    usual_s: f64,
}

impl Default for KeyFinder {
    fn default() -> Self {
        Self::new()
    }
}

impl KeyFinder {
    /// Nothing heard yet.
    pub fn new() -> Self {
        let likely = |tuning| (-0.5 * (off(tuning) / OFF).powi(2)).exp();
        let sum: f64 = (0..TUNINGS).map(likely).sum();
        let keys = |tuning| std::array::from_fn(|place| expected(place) * likely(tuning) / sum);
        Self {
            belief: std::array::from_fn(keys),
            held: None,
            locked: None,
            before: None,
            usual_s: 0.0,
        }
    }

    /// Forgets all but a lock.
    pub fn reset(&mut self) {
        *self = Self {
            locked: self.locked,
            ..Self::new()
        };
    }

    /// A note was sung. What has no pitch, duration or strength is ignored.
    pub fn note(&mut self, note: KeyNote) {
        let pitch = f64::from(note.pitch);
        let duration_s = f64::from(note.duration_s);
        let sounds = note.strength > 0.0 && duration_s > 0.0 && duration_s.is_finite();
        if !sounds || !(-12.0..=140.0).contains(&pitch) {
            return;
        }
        if self.before.is_none() {
            self.usual_s = duration_s;
        }
        let duration = (duration_s / self.usual_s).min(LONGEST);
        self.usual_s += (duration_s.min(LONGEST * self.usual_s) - self.usual_s) / DURATION_MEMORY;
        // A whisper says less than a note in full voice.
        let weight = duration * f64::from(note.strength.min(1.0)).sqrt();
        self.drift();
        self.weigh(pitch, weight);
        self.decide();
    }

    /// The key, once something was heard or it is locked.
    pub fn key(&self) -> Option<FoundKey> {
        if let Some(key) = self.locked {
            return Some(FoundKey {
                key,
                confidence: 1.0,
                locked: true,
            });
        }
        self.held.map(|place| FoundKey {
            key: key_at(place),
            confidence: self.share(place) as f32,
            locked: false,
        })
    }

    /// How much each key is believed in, the most first; they sum to one.
    pub fn candidates(&self) -> [(Key, f32); KEYS] {
        let mut all = std::array::from_fn(|at| (key_at(at), self.share(at) as f32));
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// How far the singer is above (or, negative, below) the keyboard's tuning, in cents, −50 – 50.
    pub fn tuning_cents(&self) -> f64 {
        // The mean around the circle: a quarter tone above is a quarter tone below.
        let (mut x, mut y) = (0.0, 0.0);
        for (tuning, keys) in self.belief.iter().enumerate() {
            let (sin, cos) = (TAU * off(tuning)).sin_cos();
            let share: f64 = keys.iter().sum();
            x += share * cos;
            y += share * sin;
        }
        y.atan2(x) / TAU * 100.0
    }

    /// Holds to a key, whatever is sung. What is sung is heard all the same.
    pub const fn lock(&mut self, key: Key) {
        self.locked = Some(key);
    }

    /// Back to finding the key.
    pub const fn unlock(&mut self) {
        self.locked = None;
    }

    /// The belief in a key, whatever the tuning.
    fn share(&self, place: usize) -> f64 {
        self.belief.iter().map(|keys| keys[place]).sum()
    }

    /// The tuning, and with a small chance the key, may have changed since the note before.
    fn drift(&mut self) {
        let was = self.belief;
        for (tuning, keys) in self.belief.iter_mut().enumerate() {
            let all: f64 = was[tuning].iter().sum();
            // Beyond a quarter tone lies another key, not this one in another tuning.
            let below = was[tuning.saturating_sub(1)];
            let above = was[(tuning + 1).min(TUNINGS - 1)];
            for (place, belief) in keys.iter_mut().enumerate() {
                let sides = 0.5 * (below[place] + above[place]);
                let drifted = (1.0 - DRIFT) * was[tuning][place] + DRIFT * sides;
                *belief = (1.0 - CHANGE) * drifted + CHANGE * expected(place) * all;
            }
        }
    }

    /// Moves the belief by a note.
    fn weigh(&mut self, pitch: f64, weight: f64) {
        let mut classes = [0; TUNINGS];
        let mut sum = 0.0;
        for (tuning, keys) in self.belief.iter_mut().enumerate() {
            let tuned = pitch - off(tuning);
            let (low, part) = (tuned.floor(), tuned - tuned.floor());
            let low = low.rem_euclid(12.0) as usize % 12;
            let high = (low + 1) % 12;
            let meant = |away: f64| (-0.5 * (away / WOBBLE).powi(2)).exp();
            let (as_low, as_high) = (meant(part), meant(1.0 - part));
            classes[tuning] = if part > 0.5 { high } else { low };
            let before = self.before.map(|before| before[tuning]);
            for (place, belief) in keys.iter_mut().enumerate() {
                let fit = |class| fit(place, class, before, weight);
                *belief *= (as_low * fit(low) + as_high * fit(high)).powf(TRUST);
                sum += *belief;
            }
        }
        self.belief
            .iter_mut()
            .flatten()
            .for_each(|belief| *belief /= sum);
        self.before = Some(classes);
    }

    /// Takes the belief's word, if it is clear.
    fn decide(&mut self) {
        let best = (0..KEYS).max_by(|&a, &b| self.share(a).total_cmp(&self.share(b)));
        self.held = match (self.held, best) {
            (Some(held), Some(best)) if self.share(best) > HOLD * self.share(held) => Some(best),
            (None, best) => best,
            (held, _) => held,
        };
    }
}

/// How likely a key is before anything is heard.
fn expected(place: usize) -> f64 {
    let mode = if place < 12 { 1.0 - MINOR } else { MINOR };
    mode / 12.0
}

/// How likely a pitch class is in a key after the note before it, not normalised.
fn fit(place: usize, class: usize, before: Option<usize>, weight: f64) -> f64 {
    let (mode, tonic) = (place / 12, place % 12);
    let above = |class: usize| (class + 12 - tonic) % 12;
    let follows = match before {
        Some(before) => STEPS[mode][above(before)][above(class)],
        None => FIRST_NOTES[mode][above(class)],
    };
    let share = |thousandths: u16| f64::from(thousandths) / 1000.0;
    share(NOTES[mode][above(class)]).powf(weight) * share(follows)
}

/// How far a tuning is above the keyboard's, in semitones.
fn off(tuning: usize) -> f64 {
    (tuning as f64 + 0.5) / TUNINGS as f64 - 0.5
}

fn key_at(place: usize) -> Key {
    let scale = if place < 12 {
        Scale::Major
    } else {
        Scale::Minor
    };
    Key::new((place % 12) as u8, scale)
}

#[cfg(test)]
#[path = "key_finder_tests.rs"]
mod tests;
