//! Plans the harmony of the coming bar from what was heard before it.

use super::belief::{Belief, KEYS, key_at, place_of};
use super::heard::{Heard, sane};
use super::hope::{Again, hope};
use super::memory::Memory;
use super::table::{state_of, table, weights};
use super::way::{Liking, Stage, best};
use super::weights::Weights;
use super::{HarmonyNote, PlannedBar};
use crate::music::{Genre, Key};

/// Bars that are looked ahead.
const AHEAD: usize = 2;
/// What a chord is likely to hold of a melody in another key.
const BY_CHANCE: f32 = 0.35;

/// See the file's head.
#[derive(Clone, Debug)]
pub struct HarmonyPlanner {
    genre: Genre,
    /// The user's choice.
    key: Option<Key>,
    belief: Option<Belief>,
    /// The place among the 24 of the key that is held.
    held: Option<usize>,
    memory: Memory,
    /// The last plan given, and for which bar.
    planned: Option<(i64, PlannedBar)>,
}

impl HarmonyPlanner {
    /// Nothing heard yet.
    pub fn new(genre: Genre) -> Self {
        // Read now what the first plan would have to wait for.
        table(genre);
        Self {
            genre,
            key: None,
            belief: None,
            held: None,
            memory: Memory::default(),
            planned: None,
        }
    }

    /// Plans in another style from now on.
    pub const fn set_genre(&mut self, genre: Genre) {
        self.genre = genre;
    }

    /// Forgets all that was heard; genre and key stay.
    pub fn reset(&mut self) {
        let key = self.key;
        *self = Self {
            key,
            ..Self::new(self.genre)
        };
    }

    /// Holds to a key; None follows what is sung.
    pub const fn set_key(&mut self, key: Option<Key>) {
        self.key = key;
    }

    /// A bar is over: its number, its length in quarters, and what was sung in it.
    pub fn hear(&mut self, bar: i64, quarters: f64, notes: &[HarmonyNote]) {
        let heard = Heard::new(bar, sane(quarters), notes);
        if heard.is_silent() && self.belief.is_none() {
            return;
        }
        let (table, weights) = (table(self.genre), weights());
        let played = self.planned.filter(|(number, _)| *number == bar);
        let belief = self.belief.get_or_insert_with(|| Belief::new(table));
        for (half, sound) in heard.halves.iter().enumerate() {
            belief.on(table, weights, half);
            belief.hear(table, weights, sound);
        }
        self.memory.keep(heard, played.map(|(_, planned)| planned));
        self.hold(weights);
    }

    /// The harmony of the coming bar, `quarters` long; None before anything was sung. What is given
    /// is taken as played.
    pub fn plan(&mut self, bar: i64, _quarters: f64) -> Option<PlannedBar> {
        let (table, weights) = (table(self.genre), weights());
        let place = self.key.map(place_of).or(self.held)?;
        let mut belief = self.belief.clone()?;
        let sure = belief.key(place);
        let (mode, tonic) = (&table.modes[place / 12], place % 12);
        if let Some(played) = self.memory.last().and_then(|past| past.played) {
            belief.played(weights.played, |key| {
                state_of(played.second, (key % 12) as u8)
            });
        }
        let held = self
            .memory
            .held(3)
            .map(|(chord, bars)| (state_of(chord, tonic as u8), bars));
        // In the user's key, whatever is believed.
        let only = self.key.map(place_of);
        let guesses = self.memory.guesses(bar, weights);
        let liking = Liking::new(weights.quality, weights.cover, self.key);
        let mut stages: Vec<Stage> = Vec::with_capacity(2 * AHEAD);
        let mut hopes = Vec::with_capacity(2 * AHEAD);
        for half in 0..2 * AHEAD {
            belief.on(table, weights, half % 2);
            let chords = match only {
                Some(only) => belief.in_key(only),
                None => belief.in_all(tonic),
            };
            let again = Again::new(&self.memory, &guesses, half, (mode, tonic), weights);
            let hope = hope(
                &belief,
                (table, only),
                &self.memory,
                (half, &again),
                (mode, tonic),
                weights,
            );
            let mut worth = liking.worth(mode, hope);
            for (state, worth) in worth.iter_mut().enumerate() {
                *worth += weights.notes * again.fit[state] + weights.recall * again.played[state];
                if half == 0 {
                    let stays = held.is_some_and(|(held, _)| held == state);
                    let bars = held.map_or(0, |(_, bars)| bars);
                    *worth += if stays {
                        0.0
                    } else {
                        weights.stir + weights.tired * bars as f32
                    };
                    *worth += weights.way * chords[state].max(f32::MIN_POSITIVE).ln();
                }
            }
            let way = Some(&mode.ways[half % 2]);
            let stir = [weights.stir, weights.stir_within][half % 2];
            stages.push(Stage { worth, way, stir });
            hopes.push(hope);
        }
        let states = best(&stages, weights.way);
        let (states, hopes) = ([*states.first()?, *states.get(1)?], [hopes[0], hopes[1]]);
        let ([first, second], cover) = liking.chords(mode, tonic, states, hopes);
        let planned = PlannedBar {
            key: self.key.unwrap_or_else(|| key_at(place)),
            first,
            second,
            confidence: (sure * cover + (1.0 - sure) * BY_CHANCE).clamp(0.0, 1.0),
        };
        self.planned = Some((bar, planned));
        Some(planned)
    }

    /// Takes the belief's word for the key, if it is clear.
    fn hold(&mut self, weights: &Weights) {
        let Some(belief) = &self.belief else {
            return;
        };
        let likelier = |a: usize, b: usize| if belief.key(b) > belief.key(a) { b } else { a };
        let best = (0..KEYS).fold(0, likelier);
        let clear = |held| belief.key(best) > weights.key_hold * belief.key(held);
        if self.held.is_none_or(clear) {
            self.held = Some(best);
        }
    }
}
