//! What training pieces say about harmony: models/harmony.json, made by `vocalise_symbolic.harmony`.
//!
//! A *state* is a chord's root above the tonic and its family (major, minor, dominant, diminished):
//! 12 × family + root.

use super::weights::Weights;
use crate::music::{Chord, Genre, Key, Quality};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const STATES: usize = 48;
const FAMILIES: usize = STATES / 12;
/// What any chance is at least.
const FLOOR: f32 = 1e-4;

/// A number for each state.
pub(super) type ByState = [f32; STATES];
/// A number for each pair of states, from the first to the second.
pub(super) type Moves = Box<[ByState; STATES]>;

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    weights: Weights,
    tones: Vec<Vec<Vec<Vec<f32>>>>,
    leads: Vec<Vec<Vec<Vec<f32>>>>,
    genres: BTreeMap<String, FileGenre>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FileGenre {
    share: Vec<Vec<f32>>,
    bar: Vec<Vec<Vec<u16>>>,
    mid: Vec<Vec<Vec<u16>>>,
    qualities: Vec<Vec<Vec<f32>>>,
}

/// What holds in major, or in minor, in one genre.
pub(super) struct Mode {
    /// How often each state stands.
    pub share: ByState,
    /// The chance of each state after each: at bar lines, and at half a bar.
    pub moves: [Moves; 2],
    /// Their logarithms.
    pub ways: [Moves; 2],
    /// Logarithm of how likely each note, in semitones above the tonic, is over a state: where a
    /// half bar begins, and elsewhere.
    pub tones: [Box<[[f32; 12]; STATES]>; 2],
    /// How likely each note begins a half bar over a state.
    pub begins: Box<[[f32; 12]; STATES]>,
    /// How much likelier the second note becomes at a bar's beginning, or that of its second half,
    /// when the first was the last before the bar, in semitones above the tonic.
    pub leads: [[[f32; 12]; 12]; 2],
    /// The qualities of each state's family, and the logarithm of each one's share against the
    /// greatest.
    pub qualities: Vec<Vec<(Quality, f32)>>,
}

/// A genre's tables: major, minor.
pub(super) struct Table {
    pub modes: [Mode; 2],
}

struct Tables {
    weights: Weights,
    genres: Vec<Table>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let text = include_str!("../../../models/harmony.json");
    // The file is ours, and a test reads it; without it all chords were equally likely.
    Tables::new(&serde_json::from_str(text).unwrap_or_default())
});

/// The genre's tables.
pub(super) fn table(genre: Genre) -> &'static Table {
    &TABLES.genres[genre.index()]
}

/// What the planner trusts.
pub(super) fn weights() -> &'static Weights {
    &TABLES.weights
}

/// The state of a chord in a key.
pub(super) fn state_of(chord: Chord, tonic: u8) -> usize {
    let family = match chord.quality() {
        Quality::Minor | Quality::Minor7 | Quality::Minor6 | Quality::MinorMajor7 => 1,
        Quality::Dominant7 => 2,
        Quality::Diminished | Quality::HalfDiminished7 | Quality::Diminished7 => 3,
        _ => 0,
    };
    12 * family + usize::from((chord.root() + 12 - tonic % 12) % 12)
}

/// The chord of a state and quality in a key.
pub(super) fn chord_of(state: usize, quality: Quality, tonic: u8) -> Chord {
    Chord::new((state % 12) as u8 + tonic, quality)
}

/// 0 for a key with a major third, 1 with a minor one.
pub(super) fn mode_of(key: Key) -> usize {
    usize::from(key.scale().is_minor())
}

impl Tables {
    fn new(file: &File) -> Self {
        let nothing = FileGenre::default();
        let table = |genre: Genre| {
            let own = file.genres.get(genre.name()).unwrap_or(&nothing);
            Table {
                modes: [0, 1].map(|mode| Mode::new(file, own, mode)),
            }
        };
        Self {
            weights: file.weights.clone(),
            genres: Genre::ALL.into_iter().map(table).collect(),
        }
    }
}

impl Mode {
    fn new(file: &File, own: &FileGenre, mode: usize) -> Self {
        let mut share = row(own.share.get(mode));
        normalise(&mut share);
        let moves = [&own.bar, &own.mid].map(|rows| moves(rows.get(mode), &share));
        let ways = [0, 1].map(|place: usize| {
            let mut way = moves[place].clone();
            way.iter_mut()
                .flatten()
                .for_each(|chance| *chance = chance.ln());
            way
        });
        let tones = [0, 1].map(|place| {
            let rows = file.tones.get(mode).and_then(|places| places.get(place));
            let mut tones = Box::new([[0.0; 12]; STATES]);
            for (state, tones) in tones.iter_mut().enumerate() {
                *tones = row(rows.and_then(|rows| rows.get(state)));
                normalise(tones);
                *tones = tones.map(f32::ln);
            }
            tones
        });
        let mut begins = tones[0].clone();
        begins
            .iter_mut()
            .flatten()
            .for_each(|chance| *chance = chance.exp());
        let leads =
            [0, 1].map(|half| leads(file.leads.get(mode).and_then(|halves| halves.get(half))));
        let liked = own.qualities.get(mode);
        Self {
            share,
            moves,
            ways,
            begins,
            tones,
            leads,
            qualities: (0..STATES)
                .map(|state| qualities(state, liked.and_then(|rows| rows.get(state))))
                .collect(),
        }
    }
}

/// A family's qualities, in the order of the file.
const fn family(of: usize) -> &'static [Quality] {
    match of {
        0 => &[
            Quality::Major,
            Quality::Major7,
            Quality::Major6,
            Quality::Sus2,
            Quality::Sus4,
            Quality::Augmented,
            Quality::Power,
        ],
        1 => &[
            Quality::Minor,
            Quality::Minor7,
            Quality::Minor6,
            Quality::MinorMajor7,
            Quality::Power,
        ],
        2 => &[Quality::Dominant7],
        _ => &[
            Quality::Diminished,
            Quality::HalfDiminished7,
            Quality::Diminished7,
        ],
    }
}

/// What has no share in the genre is left out.
fn qualities(state: usize, shares: Option<&Vec<f32>>) -> Vec<(Quality, f32)> {
    let names = family(state / 12 % FAMILIES);
    let share = |place: usize| shares.and_then(|shares| shares.get(place)).copied();
    let with_shares = names.iter().enumerate();
    let mut found: Vec<_> = with_shares
        .filter_map(|(place, quality)| Some((*quality, share(place)?.max(0.0) / 1000.0)))
        .filter(|(_, share)| *share > 0.0)
        .map(|(quality, share)| (quality, share.ln()))
        .collect();
    if found.is_empty() {
        found.push((names[0], 0.0));
    }
    // Against the one liked best: a family is no worse for having many qualities.
    let best = found
        .iter()
        .fold(f32::MIN, |best, (_, liked)| best.max(*liked));
    found.iter_mut().for_each(|(_, liked)| *liked -= best);
    found
}

/// Against how often the second note comes after any.
fn leads(rows: Option<&Vec<Vec<f32>>>) -> [[f32; 12]; 12] {
    let mut leads = [[0.0; 12]; 12];
    let mut usual = [0.0; 12];
    for (from, leads) in leads.iter_mut().enumerate() {
        *leads = row(rows.and_then(|rows| rows.get(from)));
        normalise(leads);
        (0..12).for_each(|to| usual[to] += leads[to] / 12.0);
    }
    let against = |leads: [f32; 12]| std::array::from_fn(|to| leads[to] / usual[to]);
    leads.map(against)
}

fn row<const N: usize>(given: Option<&Vec<f32>>) -> [f32; N] {
    std::array::from_fn(|place| given.and_then(|row| row.get(place)).copied().unwrap_or(0.0))
}

/// What rows lack of one is spread as states are.
fn moves(rows: Option<&Vec<Vec<u16>>>, share: &ByState) -> Moves {
    let mut moves: Moves = Box::new([[0.0; STATES]; STATES]);
    for (from, chances) in moves.iter_mut().enumerate() {
        let pairs = rows
            .and_then(|rows| rows.get(from))
            .map_or(&[][..], |row| row);
        for pair in pairs.chunks_exact(2) {
            if let Some(chance) = chances.get_mut(usize::from(pair[0])) {
                *chance += f32::from(pair[1]) / 1000.0;
            }
        }
        let left = (1.0 - chances.iter().sum::<f32>()).max(0.0);
        for (chance, share) in chances.iter_mut().zip(share) {
            *chance += left * share;
        }
        normalise(chances);
    }
    moves
}

/// To a sum of one, with no chance quite zero.
pub(super) fn normalise(chances: &mut [f32]) {
    let all: f32 = chances.iter().map(|chance| chance.max(0.0)).sum();
    let all = if all > 0.0 && all.is_finite() {
        all
    } else {
        1.0
    };
    let wanted = 1.0 + FLOOR * chances.len() as f32;
    let even = if all == 1.0 && chances.iter().all(|c| *c <= 0.0) {
        1.0 / chances.len() as f32
    } else {
        0.0
    };
    for chance in chances.iter_mut() {
        *chance = (chance.max(0.0) / all + even + FLOOR) / wanted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_fills_every_genre() {
        let text = include_str!("../../../models/harmony.json");
        let file: File = serde_json::from_str(text).expect("models/harmony.json reads");
        assert!(text.len() < 300_000);
        for genre in Genre::ALL {
            assert!(file.genres.contains_key(genre.name()), "{genre}");
            for mode in &table(genre).modes {
                let rows = mode.moves.iter().flat_map(|moves| moves.iter());
                for row in rows.chain([&mode.share]) {
                    assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-3);
                }
                assert!(mode.qualities.iter().all(|qualities| !qualities.is_empty()));
            }
        }
    }

    #[test]
    fn states_and_chords_are_the_same_thing() {
        for quality in Quality::ALL {
            for root in 0..12 {
                let chord = Chord::new(root, quality);
                let state = state_of(chord, 7);
                assert_eq!(chord_of(state, quality, 7), chord);
                let names = family(state / 12);
                assert!(names.contains(&quality), "{chord}");
            }
        }
    }
}
