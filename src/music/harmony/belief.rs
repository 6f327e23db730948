//! Which key and chord what was sung is likely in: a hidden Markov model over 24 keys and the states
//! of each, a step each half bar.

use super::heard::Sound;
use super::table::{ByState, Mode, STATES, Table, mode_of};
use super::weights::Weights;
use crate::music::{Key, Scale};

/// Major and minor on twelve tonics; minor from 12 on.
pub(super) const KEYS: usize = 24;
/// How much of the belief is in minor keys before anything is heard.
const MINOR: f32 = 0.35;
/// What is believed of a key at least.
const LEAST: f32 = 1e-7;

/// See the file's head.
#[derive(Clone, Debug)]
pub(super) struct Belief {
    /// Sums to one.
    pub chances: Box<[ByState; KEYS]>,
}

/// The key at a place among the 24.
pub(super) fn key_at(place: usize) -> Key {
    let scale = if place < 12 {
        Scale::Major
    } else {
        Scale::Minor
    };
    Key::new((place % 12) as u8, scale)
}

/// Where a key of any scale stands among the 24.
pub(super) fn place_of(key: Key) -> usize {
    12 * mode_of(key) + usize::from(key.tonic())
}

/// How likely a key is before anything is heard.
pub(super) fn expected(place: usize) -> f32 {
    (if place < 12 { 1.0 - MINOR } else { MINOR }) / 12.0
}

/// How likely what is heard is in each state of a key, as a logarithm.
pub(super) fn fit(mode: &Mode, tonic: usize, sound: &Sound) -> ByState {
    let mut fit = [0.0; STATES];
    for (place, classes) in sound.iter().enumerate() {
        for (class, weight) in classes.iter().enumerate().filter(|(_, w)| **w > 0.0) {
            let above = (class + 12 - tonic) % 12;
            for (fit, tones) in fit.iter_mut().zip(mode.tones[place].iter()) {
                *fit += weight * tones[above];
            }
        }
    }
    fit
}

impl Belief {
    /// Nothing heard yet.
    pub fn new(table: &Table) -> Self {
        let key = |place: usize| {
            table.modes[place / 12]
                .share
                .map(|share| share * expected(place))
        };
        Self {
            chances: Box::new(std::array::from_fn(key)),
        }
    }

    /// How much a key is believed in.
    pub fn key(&self, place: usize) -> f32 {
        self.chances[place].iter().sum()
    }

    /// On by half a bar: 0 over a bar line, 1 within the bar.
    pub fn on(&mut self, table: &Table, weights: &Weights, within: usize) {
        let change = if within == 0 { weights.key_change } else { 0.0 };
        for (place, chances) in self.chances.iter_mut().enumerate() {
            let mode = &table.modes[place / 12];
            let mut next = [0.0; STATES];
            for (chance, moves) in chances.iter().zip(mode.moves[within].iter()) {
                for (next, by) in next.iter_mut().zip(moves) {
                    *next += chance * by;
                }
            }
            for (state, next) in next.iter_mut().enumerate() {
                *next = (1.0 - change) * *next + change * expected(place) * mode.share[state];
            }
            *chances = next;
        }
    }

    /// Moves the belief by what is heard in a half bar.
    pub fn hear(&mut self, table: &Table, weights: &Weights, sound: &Sound) {
        let fits: [ByState; KEYS] =
            std::array::from_fn(|place| fit(&table.modes[place / 12], place % 12, sound));
        let best = fits.iter().flatten().fold(f32::MIN, |a, b| a.max(*b));
        let mut sum = 0.0;
        for (chances, fits) in self.chances.iter_mut().zip(&fits) {
            for (chance, fit) in chances.iter_mut().zip(fits) {
                *chance = *chance * (weights.trust * (fit - best)).exp() + LEAST / STATES as f32;
                sum += *chance;
            }
        }
        self.chances
            .iter_mut()
            .flatten()
            .for_each(|chance| *chance /= sum);
    }

    /// Puts a part of each key's belief on a chord that was played.
    pub fn played(&mut self, part: f32, state_in: impl Fn(usize) -> usize) {
        for (place, chances) in self.chances.iter_mut().enumerate() {
            let all: f32 = chances.iter().sum();
            chances.iter_mut().for_each(|chance| *chance *= 1.0 - part);
            if let Some(chance) = chances.get_mut(state_in(place)) {
                *chance += part * all;
            }
        }
    }

    /// The chances of chords, whatever the key, as states above a tonic.
    pub fn in_all(&self, tonic: usize) -> ByState {
        let mut all = [0.0; STATES];
        for (place, chances) in self.chances.iter().enumerate() {
            for (state, chance) in chances.iter().enumerate() {
                let root = (state % 12 + place % 12 + 12 - tonic) % 12;
                all[state / 12 * 12 + root] += chance;
            }
        }
        all
    }

    /// The notes that a half bar is likely to begin with, in semitones above a tonic; `only` one key
    /// or all.
    pub fn begins(&self, table: &Table, tonic: usize, only: Option<usize>) -> [f32; 12] {
        let mut begins = [0.0; 12];
        let wanted = |place: &usize| only.is_none_or(|only| only == *place);
        for place in (0..KEYS).filter(wanted) {
            let mode = &table.modes[place / 12];
            for (chance, tones) in self.chances[place].iter().zip(mode.begins.iter()) {
                for (above, tone) in tones.iter().enumerate() {
                    begins[(above + place % 12 + 12 - tonic) % 12] += chance * tone;
                }
            }
        }
        let all = begins.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        begins.map(|chance| chance / all)
    }

    /// Makes every key as likely as any, with the chords likely in it as they are.
    pub fn level(&mut self) {
        for chances in self.chances.iter_mut() {
            let all: f32 = chances.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            chances
                .iter_mut()
                .for_each(|chance| *chance /= all * KEYS as f32);
        }
    }

    /// The chances of a key's states, given that key.
    pub fn in_key(&self, place: usize) -> ByState {
        let all = self.key(place).max(f32::MIN_POSITIVE);
        self.chances[place].map(|chance| chance / all)
    }
}
