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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const C_MAJOR: Key = Key::new(0, Scale::Major);
    const A_MINOR: Key = Key::new(9, Scale::Minor);
    /// "Ah! vous dirai-je, Maman", in C.
    const TUNE: [u8; 42] = [
        60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60, 67, 67, 65, 65, 64, 64, 62, 67, 67,
        65, 65, 64, 64, 62, 60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60,
    ];

    fn sung(pitch: f32) -> KeyNote {
        KeyNote {
            pitch,
            duration_s: 0.5,
            strength: 0.8,
        }
    }

    /// The key after each note.
    fn keys(finder: &mut KeyFinder, notes: impl IntoIterator<Item = KeyNote>) -> Vec<Key> {
        let key = |note| {
            finder.note(note);
            finder.key().unwrap().key
        };
        notes.into_iter().map(key).collect()
    }

    /// The tune; each of its lines ends on a long note.
    fn transposed(by: f32) -> impl Iterator<Item = KeyNote> {
        TUNE.into_iter().enumerate().map(move |(at, key)| KeyNote {
            duration_s: if at % 7 == 6 { 1.0 } else { 0.5 },
            ..sung(f32::from(key) + by)
        })
    }

    #[test]
    fn a_tune_is_in_its_key_however_it_is_transposed() {
        for tonic in 0..12_u8 {
            let mut finder = KeyFinder::new();
            let found = *keys(&mut finder, transposed(f32::from(tonic)))
                .last()
                .unwrap();
            assert_eq!(found, Key::new(tonic, Scale::Major));
            assert!(finder.key().unwrap().confidence > 0.5);
        }
    }

    #[test]
    fn an_accidental_does_not_change_the_key() {
        let mut finder = KeyFinder::new();
        keys(&mut finder, transposed(0.0));
        let after = [66.0, 67.0, 69.0, 66.0, 67.0, 65.0, 64.0, 61.0, 62.0, 60.0];
        let found = keys(&mut finder, after.map(sung));
        assert!(found.into_iter().all(|key| key == C_MAJOR));
    }

    #[test]
    fn the_relative_minor_is_not_flipped_into_mid_tune() {
        let mut finder = KeyFinder::new();
        keys(&mut finder, transposed(0.0));
        // A phrase that dwells on the sixth degree, as tunes in C do.
        let dwells = [69.0, 69.0, 72.0, 71.0, 69.0, 67.0, 65.0, 64.0, 62.0, 60.0];
        let found = keys(
            &mut finder,
            dwells.map(sung).into_iter().chain(transposed(0.0)),
        );
        assert!(found.into_iter().all(|key| key == C_MAJOR));
    }

    #[test]
    fn a_minor_tune_is_minor() {
        let tune = [
            69, 71, 72, 74, 76, 76, 77, 76, 74, 72, 71, 68, 69, 72, 71, 69, 68, 69,
        ];
        let mut finder = KeyFinder::new();
        keys(&mut finder, tune.map(|key: u8| sung(f32::from(key))));
        assert_eq!(finder.key().unwrap().key, A_MINOR);
    }

    #[test]
    fn a_change_of_key_is_followed() {
        let mut finder = KeyFinder::new();
        keys(&mut finder, transposed(0.0).chain(transposed(0.0)));
        let found = keys(&mut finder, transposed(3.0));
        let at = found
            .iter()
            .position(|key| *key == Key::new(3, Scale::Major));
        assert!(at.is_some_and(|at| at < 30), "{found:?}");
    }

    #[test]
    fn a_locked_key_stays_until_it_is_unlocked() {
        let mut finder = KeyFinder::new();
        let dorian = Key::new(2, Scale::Dorian);
        finder.lock(dorian);
        assert!(
            keys(&mut finder, transposed(6.0))
                .into_iter()
                .all(|key| key == dorian)
        );
        assert!(finder.key().unwrap().locked);
        finder.unlock();
        assert_eq!(finder.key().unwrap().key, Key::new(6, Scale::Major));
    }

    #[test]
    fn a_singer_who_is_flat_is_in_the_same_key_and_told_how_flat() {
        for cents in [-45.0_f32, -30.0, 20.0, 40.0] {
            let mut finder = KeyFinder::new();
            let wobble = |at: usize| if at.is_multiple_of(2) { 0.12 } else { -0.12 };
            let flat = transposed(cents / 100.0).enumerate();
            keys(
                &mut finder,
                flat.map(|(at, note)| sung(note.pitch + wobble(at))),
            );
            assert_eq!(finder.key().unwrap().key, C_MAJOR, "{cents}");
            assert!(
                (finder.tuning_cents() - f64::from(cents)).abs() < 6.0,
                "{cents}"
            );
        }
    }

    #[test]
    fn what_is_no_note_changes_nothing() {
        let mut finder = KeyFinder::new();
        keys(&mut finder, transposed(0.0));
        let before = finder.candidates();
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            finder.note(sung(bad));
            finder.note(KeyNote {
                duration_s: bad,
                ..sung(61.0)
            });
        }
        finder.note(KeyNote {
            duration_s: -1.0,
            ..sung(61.0)
        });
        finder.note(KeyNote {
            strength: f32::NAN,
            ..sung(61.0)
        });
        finder.note(KeyNote {
            strength: 0.0,
            ..sung(61.0)
        });
        assert_eq!(finder.candidates(), before);
    }

    proptest! {
        #[test]
        fn the_belief_is_always_a_probability(notes: Vec<(f32, f32, f32)>) {
            let mut finder = KeyFinder::new();
            for (pitch, duration_s, strength) in notes {
                finder.note(KeyNote { pitch: pitch % 150.0, duration_s, strength });
                let sum: f32 = finder.candidates().iter().map(|(_, share)| share).sum();
                prop_assert!((sum - 1.0).abs() < 1e-4, "{}", sum);
                prop_assert!(finder.tuning_cents().abs() <= 50.0);
            }
        }
    }
}
