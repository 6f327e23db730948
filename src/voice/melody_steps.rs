//! A performed melody as steps on the grid of sixteenths, which is how the continuation model
//! hears it: notes hold to the next one unless there is a rest worth the name.

use super::step_features::{LONGEST, Step};

/// Sixteenths of silence that make a rest.
pub const SILENCE: i64 = 2;
/// Sixteenths in a quarter note.
pub const IN_A_QUARTER: f64 = 4.0;
/// Places in the song beyond this many quarter notes are nobody's.
const FARTHEST: f64 = 1e9;

/// A note as it was sung. Times are quarter notes of one count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerformedNote {
    /// MIDI key, 0 – 127.
    pub key: u8,
    /// How loud, 0 – 1.
    pub velocity: f32,
    /// When it begins.
    pub onset: f64,
    /// When it ends.
    pub offset: f64,
}

/// `notes`, in the order of their onsets, as steps in bars of `bar_quarters` of which one begins
/// at `bar_start`. Of notes in one place of the grid the first counts; those without a time or
/// out of order do not.
pub fn steps_of(notes: &[PerformedNote], bar_start: f64, bar_quarters: f64) -> Vec<Step> {
    let bar = bar_sixteenths(bar_quarters);
    let grid = |quarters: f64| (quarters * IN_A_QUARTER).round_ties_even() as i64;
    let mut kept: Vec<(i64, i64, &PerformedNote)> = Vec::new();
    for note in notes {
        let begin = note.onset - bar_start;
        let length = note.offset - note.onset;
        if begin.abs() <= FARTHEST
            && length.abs() <= FARTHEST
            && kept.last().is_none_or(|last| last.0 < grid(begin))
        {
            kept.push((grid(begin), grid(length).max(1), note));
        }
    }
    let mut steps = Vec::new();
    let mut push = |key, begin: i64, end: i64, velocity| {
        steps.push(Step {
            key,
            sixteenths: (end - begin).clamp(1, i64::from(LONGEST)) as u32,
            velocity,
            place_in_bar: begin.rem_euclid(i64::from(bar)) as u32,
        });
    };
    for (place, &(begin, length, note)) in kept.iter().enumerate() {
        let sung_until = begin + length;
        let following = kept.get(place + 1).map_or(sung_until, |next| next.0);
        let rests = following - sung_until >= SILENCE;
        let end = if rests { sung_until } else { following };
        let velocity = (note.velocity * 127.0).clamp(0.0, 127.0);
        push(Some(note.key), begin, end, Some(velocity));
        if rests {
            push(None, end, following, None);
        }
    }
    steps
}

/// Sixteenths to a bar of `bar_quarters` quarter notes; at least one.
pub fn bar_sixteenths(bar_quarters: f64) -> u32 {
    // The cast saturates at both ends and makes 0 of what is no number.
    ((bar_quarters * IN_A_QUARTER).round_ties_even() as u32).clamp(1, 1 << 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn note(key: u8, onset: f64, offset: f64) -> PerformedNote {
        PerformedNote {
            key,
            velocity: 0.5,
            onset,
            offset,
        }
    }

    #[test]
    fn an_eighth_of_silence_is_a_rest_and_less_is_legato() {
        let sung = [
            note(60, 7.98, 8.7),
            note(62, 9.02, 9.5),
            note(64, 10.0, 10.2),
        ];
        let heard = steps_of(&sung, 4.0, 4.0);
        let told: Vec<_> = heard
            .iter()
            .map(|s| (s.key, s.sixteenths, s.place_in_bar))
            .collect();
        let expected = [
            (Some(60), 4, 0),
            (Some(62), 2, 4),
            (None, 2, 6),
            (Some(64), 1, 8),
        ];
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn any_notes_make_steps(
            notes in prop::collection::vec((any::<u8>(), prop::num::f32::ANY, prop::num::f64::ANY, prop::num::f64::ANY), 0..9),
            bar_start in prop::num::f64::ANY, bar in prop::num::f64::ANY,
        ) {
            let notes: Vec<_> = notes
                .into_iter()
                .map(|(key, velocity, onset, offset)| PerformedNote { key, velocity, onset, offset })
                .collect();
            for step in steps_of(&notes, bar_start, bar) {
                prop_assert!((1..=LONGEST).contains(&step.sixteenths));
                prop_assert!(step.place_in_bar < bar_sixteenths(bar));
            }
        }
    }
}
