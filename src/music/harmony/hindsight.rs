//! The harmony of a whole take, with all of it in view.

use super::belief::{Belief, KEYS, expected, fit, key_at, place_of};
use super::heard::{Heard, sane};
use super::hope::ELSEWHERE;
use super::planner::HarmonyPlanner;
use super::table::{Table, table, weights};
use super::way::{Liking, Stage, best, wanted};
use super::weights::Weights;
use super::{HarmonyNote, PlannedBar};
use crate::music::{Genre, Key};

impl HarmonyPlanner {
    /// The harmony of bars that were sung, each `quarters` long; `key` is the user's choice.
    pub fn reread(
        genre: Genre,
        key: Option<Key>,
        quarters: f64,
        bars: &[Vec<HarmonyNote>],
    ) -> Vec<PlannedBar> {
        let quarters = sane(quarters);
        let heard: Vec<Heard> = (0..)
            .zip(bars)
            .map(|(number, notes)| Heard::new(number, quarters, notes))
            .collect();
        let (table, weights) = (table(genre), weights());
        let keys = match key {
            Some(key) => vec![place_of(key); bars.len()],
            None => keys(table, weights, &heard),
        };
        let liking = Liking::new(weights.back_quality, weights.back_cover, key);
        let mut stages = Vec::with_capacity(2 * heard.len());
        let mut notes = Vec::with_capacity(2 * heard.len());
        for (place, bar) in heard.iter().enumerate() {
            let (mode, tonic) = (&table.modes[keys[place] / 12], keys[place] % 12);
            for (half, sound) in bar.halves.iter().enumerate() {
                let asked = wanted(sound, tonic, ELSEWHERE);
                let mut worth = liking.worth(mode, asked);
                for (worth, fit) in worth.iter_mut().zip(fit(mode, tonic, sound)) {
                    *worth += weights.back_notes * fit;
                }
                let stays = half == 1 || place == 0 || keys[place - 1] == keys[place];
                let way = stays.then_some(&mode.ways[half]);
                let stir = [weights.back_stir, weights.back_stir_within][half];
                stages.push(Stage { worth, way, stir });
                notes.push(asked);
            }
        }
        let states = best(&stages, weights.back_way);
        let plan = |(place, states): (usize, &[usize])| {
            let (mode, tonic) = (&table.modes[keys[place] / 12], keys[place] % 12);
            let notes = [notes[2 * place], notes[2 * place + 1]];
            let ([first, second], cover) =
                liking.chords(mode, tonic, [states[0], states[1]], notes);
            PlannedBar {
                key: key.unwrap_or_else(|| key_at(keys[place])),
                first,
                second,
                confidence: cover.clamp(0.0, 1.0),
            }
        };
        states.chunks_exact(2).enumerate().map(plan).collect()
    }
}

/// The key of each bar: what each bar says for a key, given those around it, and the fewest changes.
fn keys(table: &Table, weights: &Weights, bars: &[Heard]) -> Vec<usize> {
    // How likely each bar is in each key after what came before it, forwards.
    let mut belief = Belief::new(table);
    let mut says: Vec<[f32; KEYS]> = Vec::with_capacity(bars.len());
    let alone = Weights {
        key_change: 0.0,
        ..weights.clone()
    };
    for bar in bars {
        for (half, sound) in bar.halves.iter().enumerate() {
            belief.on(table, &alone, half);
            belief.hear(table, &alone, sound);
        }
        let share = std::array::from_fn(|place| belief.key(place).max(f32::MIN_POSITIVE).ln());
        says.push(share);
        // Every key starts the next bar with the same belief: what is summed is what bars say.
        belief.level();
    }
    let Some(first) = says.first() else {
        return Vec::new();
    };
    let cost = weights.key_change.max(f32::MIN_POSITIVE).ln();
    let mut total: [f32; KEYS] = std::array::from_fn(|place| first[place] + expected(place).ln());
    let mut back: Vec<[usize; KEYS]> = Vec::with_capacity(says.len());
    for says in &says[1..] {
        let best = (0..KEYS).fold(0, |a, b| if total[b] > total[a] { b } else { a });
        let from = std::array::from_fn(|place| {
            let change = total[best] + cost + expected(place).ln();
            if change > total[place] { best } else { place }
        });
        total = std::array::from_fn(|place| {
            let change = total[best] + cost + expected(place).ln();
            change.max(total[place]) + says[place]
        });
        back.push(from);
    }
    let mut place = (0..KEYS).fold(0, |a, b| if total[b] > total[a] { b } else { a });
    let mut keys = vec![place];
    for from in back.iter().rev() {
        place = from[place];
        keys.push(place);
    }
    keys.reverse();
    keys
}
