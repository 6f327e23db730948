//! What was sung, and where the like of the last bars was sung before: what came after it then is
//! likely to come again, at the same pitch or moved with the singer.

use super::PlannedBar;
use super::heard::Heard;
use super::weights::Weights;
use crate::music::Chord;
use std::collections::VecDeque;

/// Bars that are remembered.
const MOST: usize = 512;
/// Bars that are compared, back from the last.
const BACK: usize = 4;
/// Repetitions that are reckoned with.
const GUESSES: usize = 4;
/// How much of what was heard is left in mind a bar later.
const FADE: f32 = 0.93;
/// What is not yet known of the usual notes counts as much as so many.
const UNKNOWN: f32 = 6.0;

/// A bar and what was played to it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub heard: Heard,
    pub played: Option<PlannedBar>,
}

/// A place that may come again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guess {
    /// The place of the bar that would be next.
    pub next: usize,
    /// How many semitones higher than then, 0 – 11.
    pub moved: u8,
    /// How likely; all and the doubt sum to one.
    pub chance: f32,
}

/// See the file's head.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    bars: VecDeque<Past>,
    /// How often each pitch class began a half bar; what is long past has faded.
    begins: [f32; 12],
}

impl Memory {
    pub fn keep(&mut self, heard: Heard, played: Option<PlannedBar>) {
        if self.bars.len() >= MOST {
            self.bars.pop_front();
        }
        for (class, begins) in self.begins.iter_mut().enumerate() {
            *begins = FADE * *begins + heard.halves[0][0][class] + heard.halves[1][0][class];
        }
        self.bars.push_back(Past { heard, played });
    }

    pub fn get(&self, place: usize) -> Option<&Past> {
        self.bars.get(place)
    }

    pub fn last(&self) -> Option<&Past> {
        self.bars.back()
    }

    /// The chord that was played last, and for how many whole bars before the last, at most `most`.
    pub fn held(&self, most: usize) -> Option<(Chord, usize)> {
        let chord = self.last()?.played?.second;
        let holds = |past: &&Past| {
            past.played
                .is_some_and(|p| p.first == chord && p.second == chord)
        };
        let bars = self.bars.iter().rev().take(most).take_while(holds).count();
        Some((chord, bars))
    }

    /// The notes that half bars began with of late as shares, in semitones above a tonic; they and
    /// what is not yet known sum to one.
    pub fn usual(&self, tonic: usize) -> [f32; 12] {
        let all: f32 = self.begins.iter().sum();
        std::array::from_fn(|above| self.begins[(above + tonic) % 12] / (all + UNKNOWN))
    }

    /// What may come again in the bar of this number, the likeliest first.
    pub fn guesses(&self, number: i64, weights: &Weights) -> Vec<Guess> {
        let Some(now) = self.bars.len().checked_sub(1) else {
            return Vec::new();
        };
        let mut found: Vec<(f32, Guess)> = Vec::new();
        for next in 1..=now {
            for moved in 0..12 {
                let score = self.score(next - 1, now, moved, number, weights);
                if score > 0.0 || found.len() < GUESSES {
                    let guess = Guess {
                        next,
                        moved,
                        chance: 0.0,
                    };
                    let at = found.partition_point(|(other, _)| *other > score);
                    found.insert(at, (score, guess));
                    found.truncate(GUESSES);
                }
            }
        }
        let sum: f32 = 1.0 + found.iter().map(|(score, _)| score.exp()).sum::<f32>();
        let with_chance = |(score, guess): (f32, Guess)| Guess {
            chance: score.exp() / sum,
            ..guess
        };
        found.into_iter().map(with_chance).collect()
    }

    /// How likely it is that what followed the bar at `then` follows now, as a logarithm.
    fn score(&self, then: usize, now: usize, moved: u8, number: i64, weights: &Weights) -> f32 {
        let like = |back: usize| {
            let place = then.checked_sub(back)?;
            Some(
                self.bars[now - back]
                    .heard
                    .likeness(&self.bars[place].heard, moved),
            )
        };
        let last = like(0).unwrap_or(0.0);
        // Most places are out of the question after one look.
        if last < 0.2 {
            return f32::MIN;
        }
        let before: f32 = (1..BACK).map(|back| like(back).unwrap_or(0.0)).sum();
        let mut score = weights.alike * last + weights.alike_before * before / (BACK - 1) as f32;
        if self.bars[then + 1].heard.number == number {
            score += weights.same_number;
        }
        if (now - then).is_multiple_of(4) {
            score += weights.in_phase;
        }
        if moved != 0 {
            score -= weights.moved;
        }
        score - weights.doubt
    }
}

#[cfg(test)]
mod tests {
    use super::super::HarmonyNote;
    use super::super::table::weights;
    use super::*;

    fn heard(number: i64, keys: [u8; 2]) -> Heard {
        let note = |(start, key)| HarmonyNote {
            key,
            start,
            length: 2.0,
            velocity: 0.7,
        };
        Heard::new(
            number,
            4.0,
            &[0.0, 2.0]
                .into_iter()
                .zip(keys)
                .map(note)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn what_followed_the_like_is_expected_again_at_any_pitch() {
        let mut memory = Memory::default();
        for (number, keys) in [[60, 64], [65, 69], [67, 71], [60, 60]]
            .into_iter()
            .enumerate()
        {
            memory.keep(heard(number as i64, keys), None);
        }
        memory.keep(heard(4, [63, 67]), None);
        memory.keep(heard(5, [68, 72]), None);
        let guess = memory.guesses(6, weights())[0];
        assert_eq!((guess.next, guess.moved), (2, 3));
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let mut memory = Memory::default();
        for number in 0..2 * MOST as i64 {
            memory.keep(heard(number, [60, 64]), None);
            assert!(memory.bars.len() <= MOST);
        }
        assert!(
            memory
                .guesses(0, weights())
                .iter()
                .all(|guess| guess.next < MOST)
        );
    }
}
