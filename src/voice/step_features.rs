//! The 128 numbers that say one step of a melody to the continuation model, as
//! `models/training/vocalise_symbolic/step_features.py` defines them; `tests/golden_symbolic.rs`
//! holds both to the same values.

use crate::music::Genre;
use crate::nn::continuation::STEP;

// Where each part of the numbers begins.
const REST: usize = 0;
const PITCH_CLASS: usize = 1;
const OCTAVE: usize = 13;
const INTERVAL: usize = 22;
const SOUNDED: usize = 71;
const LENGTH: usize = 89;
const PLACE: usize = 105;
const VELOCITY: usize = 121;
const GENRE: usize = 125;
const BAR: usize = 126;
const PHRASE: usize = 127;

/// Widest interval told from others, in semitones.
const WIDEST: i32 = 24;
/// Keys of the piano: others are heard in the nearest octave within.
const LOWEST: u8 = 21;
/// See [`LOWEST`].
const HIGHEST: u8 = 108;
/// Longest step, in sixteenths.
pub const LONGEST: u32 = 16;
/// Sixteenths of rest after which a note begins a phrase.
const PHRASE_REST: u32 = 4;
const VELOCITY_BINS: usize = 4;

/// A note or a rest of a melody without overlaps, on the grid of sixteenths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// MIDI key, `None` for a rest.
    pub key: Option<u8>,
    /// How long it lasts; 1 to [`LONGEST`], longer counts as that.
    pub sixteenths: u32,
    /// MIDI velocity, 0 – 127; `None` where unknown, and of no matter for rests.
    pub velocity: Option<f32>,
    /// Where it begins, in sixteenths from the beginning of its bar.
    pub place_in_bar: u32,
}

/// Turns the steps of one melody into numbers, one by one: what a step is heard as depends on
/// those before it.
#[derive(Clone, Debug)]
pub struct StepFeatures {
    genre: Genre,
    bar_quarters: f64,
    /// The last note's key, within the piano's.
    last: Option<u8>,
    /// Notes so far by pitch class.
    sounded: [u32; 12],
    /// Sixteenths of rest since the last note; `None` before the first step.
    rested: Option<u32>,
}

impl StepFeatures {
    /// For a melody that begins now, in bars of `bar_quarters` quarter notes.
    pub fn new(genre: Genre, bar_quarters: f64) -> Self {
        Self {
            genre,
            bar_quarters,
            last: None,
            sounded: [0; 12],
            rested: None,
        }
    }

    /// The numbers of the melody's next step.
    pub fn next(&mut self, step: &Step) -> [f32; STEP] {
        let mut numbers = [0.0; STEP];
        let sixteenths = step.sixteenths.clamp(1, LONGEST);
        let begins_phrase = self.rested.is_none_or(|rested| {
            let is_note = step.key.is_some();
            is_note && rested >= PHRASE_REST
        });
        match step.key.map(within_range) {
            None => {
                numbers[REST] = 1.0;
                let rested = self.rested.unwrap_or(0);
                self.rested = Some(rested.saturating_add(sixteenths));
            }
            Some(key) => {
                if let Some(last) = self.last {
                    let interval = i32::from(key) - i32::from(last);
                    let bin = (interval + WIDEST).clamp(0, 2 * WIDEST);
                    numbers[INTERVAL + bin as usize] = 1.0;
                }
                let pitch_class = &mut self.sounded[usize::from(key % 12)];
                *pitch_class = pitch_class.saturating_add(1);
                self.last = Some(key);
                self.rested = Some(0);
                if let Some(velocity) = step.velocity.filter(|velocity| velocity.is_finite()) {
                    put_velocity(&mut numbers[VELOCITY..GENRE], velocity);
                }
            }
        }
        if let Some(last) = self.last {
            let pitch_class = usize::from(last % 12);
            numbers[PITCH_CLASS + pitch_class] = 1.0;
            numbers[OCTAVE + usize::from(last / 12) - 1] = 1.0;
            let all: f32 = self.sounded.iter().map(|count| *count as f32).sum();
            for (above, share) in numbers[SOUNDED..SOUNDED + 12].iter_mut().enumerate() {
                *share = self.sounded[(pitch_class + above) % 12] as f32 / all;
            }
        }
        numbers[LENGTH + sixteenths as usize - 1] = 1.0;
        numbers[PLACE + (step.place_in_bar % 16) as usize] = 1.0;
        numbers[GENRE] = self.genre.index() as f32 / 9.0;
        numbers[BAR] = (self.bar_quarters / 8.0) as f32;
        numbers[PHRASE] = f32::from(u8::from(begins_phrase));
        numbers
    }
}

/// `key` by octaves into the piano's range.
fn within_range(key: u8) -> u8 {
    let up = LOWEST.saturating_sub(key).div_ceil(12) * 12;
    let down = key.saturating_sub(HIGHEST).div_ceil(12) * 12;
    key.saturating_add(up) - down
}

fn put_velocity(bins: &mut [f32], velocity: f32) {
    let axis = f64::from(velocity.clamp(0.0, 127.0)) / 127.0 * (VELOCITY_BINS - 1) as f64;
    let low = axis.floor();
    bins[low as usize] = (1.0 - (axis - low)) as f32;
    if let Some(high) = bins.get_mut(low as usize + 1) {
        *high = (axis - low) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_key_is_heard_within_the_piano() {
        for key in 0..=u8::MAX {
            let heard = within_range(key);
            assert!((LOWEST..=HIGHEST).contains(&heard), "{key}");
            assert_eq!(heard % 12, key % 12, "{key}");
        }
    }

    proptest! {
        #[test]
        fn any_steps_are_heard(
            steps in prop::collection::vec(
                (any::<Option<u8>>(), any::<u32>(), prop::option::of(prop::num::f32::ANY), any::<u32>()), 0..20,
            ),
        ) {
            let mut features = StepFeatures::new(Genre::Jazz, 4.0);
            for (key, sixteenths, velocity, place_in_bar) in steps {
                let step = Step { key, sixteenths, velocity, place_in_bar };
                let numbers = features.next(&step);
                prop_assert!(numbers.iter().all(|value| (0.0..=1.0).contains(value)));
            }
        }
    }
}
