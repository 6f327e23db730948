//! The best way through chords to come: dynamic programming over half bars.

use super::heard::Sound;
use super::table::{ByState, Mode, Moves, STATES, chord_of};
use crate::music::{Chord, Key, Quality, Scale};

/// What each note of a chord costs that is outside the scale the user chose.
const OUTSIDE: f32 = 1.0;

/// How much of a third that a power chord leaves open counts as held.
const OPEN: f32 = 0.8;

/// A half bar on the way.
pub(super) struct Stage<'a> {
    /// What speaks for each state here.
    pub worth: ByState,
    /// How well each state follows each; None where anything may follow (the key changes).
    pub way: Option<&'a Moves>,
    /// What it is worth not to stay.
    pub stir: f32,
}

/// The states with the greatest worth in all; `weight` is that of the ways.
pub(super) fn best(stages: &[Stage], weight: f32) -> Vec<usize> {
    let Some(first) = stages.first() else {
        return Vec::new();
    };
    let mut total = first.worth;
    let mut back: Vec<[u8; STATES]> = Vec::with_capacity(stages.len());
    for stage in &stages[1..] {
        let mut from = [0; STATES];
        let mut next = [f32::MIN; STATES];
        for (state, so_far) in total.iter().enumerate() {
            for to in 0..STATES {
                let way = stage.way.map_or(0.0, |ways| ways[state][to]);
                let worth = so_far + weight * way + if to == state { 0.0 } else { stage.stir };
                if worth > next[to] {
                    next[to] = worth;
                    from[to] = state as u8;
                }
            }
        }
        for (next, worth) in next.iter_mut().zip(&stage.worth) {
            *next += worth;
        }
        total = next;
        back.push(from);
    }
    let mut state = (0..STATES).fold(0, |a, b| if total[b] > total[a] { b } else { a });
    let mut states = vec![state];
    for from in back.iter().rev() {
        state = usize::from(from[state]);
        states.push(state);
    }
    states.reverse();
    states
}

/// What makes one quality better than another on the same root.
#[derive(Clone, Debug)]
pub(super) struct Liking {
    /// Weighs the genre's liking.
    quality: f32,
    /// Weighs the share of the notes wanted that the chord holds.
    cover: f32,
    /// What each tone costs, in semitones above the tonic.
    costs: [f32; 12],
}

impl Liking {
    /// Of these weights; `chosen` is the key that the user chose.
    pub fn new(quality: f32, cover: f32, chosen: Option<Key>) -> Self {
        let chosen = chosen.filter(|key| {
            // Major and minor have chords of their own outside the scale, and the tables know them.
            key.scale().degrees().len() == 7 && !matches!(key.scale(), Scale::Major | Scale::Minor)
        });
        let cost = |above: usize| {
            let outside = |key: Key| !key.scale().degrees().contains(&(above as u8));
            if chosen.is_some_and(outside) {
                OUTSIDE
            } else {
                0.0
            }
        };
        Self {
            quality,
            cover,
            costs: std::array::from_fn(cost),
        }
    }

    /// A state's best quality for half bars that want these notes (shares, in semitones above the
    /// tonic), and what it is worth.
    fn best(&self, mode: &Mode, state: usize, wanted: &[[f32; 12]]) -> (Quality, f32) {
        let worth = |(quality, liked): (Quality, f32)| {
            // What a power chord leaves open the singer fills: its third is as good as half held.
            let third = (state % 12 + if state / 12 == 1 { 3 } else { 4 }) % 12;
            let open = wanted.iter().map(|notes| notes[third]).sum::<f32>();
            let filled = if quality == Quality::Power {
                OPEN * self.cover * open
            } else {
                0.0
            };
            let tones = quality.intervals().iter();
            let of_tone = |above: &u8| {
                let tone = (state % 12 + usize::from(*above)) % 12;
                let held: f32 = wanted.iter().map(|notes| notes[tone]).sum();
                self.cover * held - self.costs[tone]
            };
            (
                quality,
                self.quality * liked + filled + tones.map(of_tone).sum::<f32>(),
            )
        };
        let all = mode.qualities[state].iter().copied().map(worth);
        all.fold(
            (Quality::Major, f32::MIN),
            |a, b| if b.1 > a.1 { b } else { a },
        )
    }

    /// The chords of a bar's two halves, of these states, that want these notes; and the share of the
    /// notes that they hold. A chord that stays keeps its quality.
    pub fn chords(
        &self,
        mode: &Mode,
        tonic: usize,
        states: [usize; 2],
        wanted: [[f32; 12]; 2],
    ) -> ([Chord; 2], f32) {
        let qualities = if states[0] == states[1] {
            [self.best(mode, states[0], &wanted).0; 2]
        } else {
            [0, 1].map(|half| self.best(mode, states[half], &wanted[half..=half]).0)
        };
        let chord = |half: usize| chord_of(states[half], qualities[half], tonic as u8);
        let held = |half: usize| {
            let above = |tone: u8| (usize::from(tone) + 12 - tonic) % 12;
            let tones = chord(half).tones();
            tones.map(|tone| wanted[half][above(tone)]).sum::<f32>()
        };
        ([chord(0), chord(1)], 0.5 * (held(0) + held(1)))
    }

    /// What each state is worth at its best.
    pub fn worth(&self, mode: &Mode, wanted: [f32; 12]) -> ByState {
        std::array::from_fn(|state| self.best(mode, state, &[wanted]).1)
    }
}

/// A half bar's notes in semitones above the tonic as shares of one, or nothing; those that begin it
/// count as whole ones, others as `elsewhere`.
pub(super) fn wanted(sound: &Sound, tonic: usize, elsewhere: f32) -> [f32; 12] {
    let mut wanted: [f32; 12] = std::array::from_fn(|above| {
        let class = (above + tonic) % 12;
        sound[0][class] + elsewhere * sound[1][class]
    });
    let all: f32 = wanted.iter().sum();
    if all > 0.0 {
        wanted.iter_mut().for_each(|share| *share /= all);
    }
    wanted
}
