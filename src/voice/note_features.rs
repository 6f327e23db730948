//! The 256 numbers that say one note to the context model, as
//! `models/training/vocalise_symbolic/note_features.py` defines them; `tests/golden_symbolic.rs`
//! holds both to the same values.

use crate::nn::context::NOTE;

// Where each part of the numbers begins.
const PLACE: usize = 128;
const QUARTER: usize = 176;
const GAP: usize = 184;
const DURATION: usize = 208;
const VELOCITY: usize = 232;
const PITCH_UNKNOWN: usize = 248;
const PLACE_UNKNOWN: usize = 249;
const DURATION_UNKNOWN: usize = 250;
const VELOCITY_UNKNOWN: usize = 251;
const QUERY: usize = 252;
const BAR_KNOWN: usize = 253;
const BAR_LENGTH: usize = 254;
const TEMPO: usize = 255;

const PLACE_BINS: usize = 48;
const LOG_BINS: usize = 24;
const VELOCITY_BINS: usize = 16;
/// The last of the quarters that are told apart.
const LAST_QUARTER: f64 = 7.0;
/// Shortest and longest time that is told from others, in quarter notes.
const SHORTEST: f64 = 1.0 / 16.0;
/// See [`SHORTEST`].
const LONGEST: f64 = 16.0;

/// What is known of a note. Numbers that are not finite count as unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ContextNote {
    /// MIDI key, 0 – 127.
    pub key: Option<u8>,
    /// Where it was sung, not quantised, in quarter notes from the beginning of any bar; a note
    /// sung a little early may lie before 0.
    pub place: Option<f64>,
    /// Quarter notes since the onset of the note before; `None` for the first one.
    pub gap: Option<f64>,
    /// How long it sounded, in quarter notes; `None` while it does.
    pub duration: Option<f64>,
    /// MIDI velocity, 0 – 127.
    pub velocity: Option<f64>,
    /// Whether this is the note to come, which only the last can be.
    pub query: bool,
}

/// The time that notes are sung in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContextTime {
    /// Whether it is known where bars begin.
    pub bar_known: bool,
    /// Length of the bar in quarter notes, above 0.
    pub bar_quarters: f64,
    /// Quarter notes a minute.
    pub tempo: f64,
}

/// The numbers of `note`.
pub fn features(note: &ContextNote, time: &ContextTime) -> [f32; NOTE] {
    let mut numbers = [0.0; NOTE];
    let known = |value: Option<f64>| value.filter(|value| value.is_finite());
    let key = note.key.filter(|key| *key < 128);
    let (place, duration) = (known(note.place), known(note.duration));
    let velocity = known(note.velocity);
    if let Some(key) = key {
        numbers[usize::from(key)] = 1.0;
    }
    if let Some(place) = place {
        let axis = place.rem_euclid(1.0) * PLACE_BINS as f64;
        between_two(&mut numbers[PLACE..QUARTER], axis, true);
        if time.bar_known {
            let quarter = place.rem_euclid(time.bar_quarters).floor();
            numbers[QUARTER + quarter.min(LAST_QUARTER) as usize] = 1.0;
        }
        if let Some(gap) = known(note.gap) {
            between_two(&mut numbers[GAP..DURATION], log_axis(gap), false);
        }
    }
    if let Some(duration) = duration {
        between_two(&mut numbers[DURATION..VELOCITY], log_axis(duration), false);
    }
    if let Some(velocity) = velocity {
        let axis = velocity.clamp(0.0, 127.0) / 127.0 * (VELOCITY_BINS - 1) as f64;
        between_two(&mut numbers[VELOCITY..PITCH_UNKNOWN], axis, false);
    }
    for (flag, set) in [
        (PITCH_UNKNOWN, key.is_none()),
        (PLACE_UNKNOWN, place.is_none()),
        (DURATION_UNKNOWN, duration.is_none()),
        (VELOCITY_UNKNOWN, velocity.is_none()),
        (QUERY, note.query),
        (BAR_KNOWN, time.bar_known),
    ] {
        numbers[flag] = f32::from(u8::from(set));
    }
    numbers[BAR_LENGTH] = (time.bar_quarters / 8.0) as f32;
    numbers[TEMPO] = (time.tempo / 240.0) as f32;
    numbers
}

/// A time in quarter notes on the axis of bins, even in octaves.
fn log_axis(quarters: f64) -> f64 {
    let octaves = (LONGEST / SHORTEST).log2();
    let above = (quarters.clamp(SHORTEST, LONGEST) / SHORTEST).log2();
    above / octaves * (LOG_BINS - 1) as f64
}

/// Spreads 1 over the two bins that `axis`, 0 or more, lies between.
fn between_two(bins: &mut [f32], axis: f64, circle: bool) {
    let low = axis.floor();
    let share = axis - low;
    let low = low as usize;
    let high = if circle {
        (low + 1) % bins.len()
    } else {
        (low + 1).min(bins.len() - 1)
    };
    bins[low % bins.len()] += (1.0 - share) as f32;
    bins[high] += share as f32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMON: ContextTime = ContextTime {
        bar_known: true,
        bar_quarters: 4.0,
        tempo: 120.0,
    };

    #[test]
    fn what_is_not_known_leaves_no_number_but_its_flag() {
        let numbers = features(&ContextNote::default(), &COMMON);
        assert!(numbers[..PITCH_UNKNOWN].iter().all(|value| *value == 0.0));
        assert_eq!(numbers[PITCH_UNKNOWN..], [1., 1., 1., 1., 0., 1., 0.5, 0.5]);
    }

    proptest! {
        #[test]
        fn any_number_is_heard(
            key in any::<u8>(), place in prop::num::f64::ANY, gap in prop::num::f64::ANY, duration in prop::num::f64::ANY,
            velocity in prop::num::f64::ANY, bar in prop::num::f64::ANY,
        ) {
            let note = ContextNote {
                key: Some(key),
                place: Some(place),
                gap: Some(gap),
                duration: Some(duration),
                velocity: Some(velocity),
                query: false,
            };
            let numbers = features(&note, &ContextTime { bar_quarters: bar, ..COMMON });
            prop_assert!(numbers[..BAR_LENGTH].iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }
}
