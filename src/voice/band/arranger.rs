//! Makes a bar: a generator's roll for each track, and notes of it.

use super::bar::{BAND, Bar, BarCall, Part};
use super::bar_note::BarNote;
use super::bass::bass;
use super::changes::Changes;
use super::chords::chords;
use super::condition::{Described, HeardBar, STEPS};
use super::counter::counter;
use super::drums::drums;
use super::noise::BarDraw;
use super::reading_roll::Reading;
use super::style;
use super::voiced::Voiced;
use super::wanted::Wanted;
use crate::music::{Key, Track};
use crate::nn::{GeneratorModel, NnError, Pack, Role};

/// A bar's number that ends no phrase.
const WITHIN_PHRASE: i64 = 1;

/// Makes bars. Remembers how the last one ended, so that each line goes on from there.
pub struct Arranger {
    /// In the order of [`BAND`]; a pack without one leaves its track silent.
    generators: [Option<GeneratorModel>; BAND.len()],
    before: Voiced,
}

impl Arranger {
    /// The generators of `pack`.
    ///
    /// # Errors
    /// [`NnError`] if memory cannot be had.
    pub fn new(pack: &Pack) -> Result<Self, NnError> {
        let mut generators = [const { None }; BAND.len()];
        for (generator, track) in generators.iter_mut().zip(BAND) {
            *generator = GeneratorModel::new(pack, role(track))?;
        }
        Ok(Self {
            generators,
            before: Voiced::default(),
        })
    }

    /// Makes the bar. Some 4 ms; not for the audio thread.
    ///
    /// # Errors
    /// [`NnError`] if a model fails.
    pub fn arrange(&mut self, call: &BarCall) -> Result<Bar, NnError> {
        let mut bar = Bar {
            number: call.number,
            start: call.start,
            quarters: call.quarters,
            plan: call.plan,
            swing: call
                .parts
                .map(|part| part.map_or(1.0, |part| part.genre.swing())),
            ..Bar::default()
        };
        // A long bar takes several calls.
        for first in (0..call.steps()).step_by(STEPS) {
            let steps = (call.steps() - first).min(STEPS);
            let piece = Piece {
                heard: call.heard.part_from(first as f64 / 4.0),
                changes: call.plan.map(|plan| Changes {
                    key: plan.key,
                    first: if 2 * first < call.steps() {
                        plan.first
                    } else {
                        plan.second
                    },
                    second: plan.second,
                }),
                steps,
                is_last: first + steps == call.steps(),
            };
            for (place, track) in BAND.into_iter().enumerate() {
                let Some(part) = call.parts[place] else {
                    continue;
                };
                let notes = self.play(track, place, &part, &piece, call)?;
                bar.notes[place].extend(notes.into_iter().map(|note| BarNote {
                    step: note.step + first as u8,
                    ..note
                }));
            }
        }
        Ok(bar)
    }

    /// What `track` plays in `piece`.
    fn play(
        &mut self,
        track: Track,
        place: usize,
        part: &Part,
        piece: &Piece,
        call: &BarCall,
    ) -> Result<Vec<BarNote>, NnError> {
        let Some(generator) = &mut self.generators[place] else {
            return Ok(Vec::new());
        };
        // Before anything was sung there is no harmony to play in.
        if piece.changes.is_none() && track != Track::Drums {
            return Ok(Vec::new());
        }
        let wanted = wanted(part);
        let asked = style::asked(track, part.genre, &wanted, piece.steps);
        let draw = BarDraw {
            seed: call.seed,
            track,
            bar: part.bar,
            variation: wanted.variation,
            take: part.take,
        };
        let described = Described {
            heard: &piece.heard,
            hindsight: call.hindsight,
            key: piece.changes.map_or(Key::default(), |changes| changes.key),
            chords: piece.changes.map(|changes| (changes.first, changes.second)),
            steps: piece.steps,
            bar: call.bar,
            asked,
        };
        let roll = generator.run(&draw.noise(), part.genre, &described.condition())?;
        let reading = Reading::new(roll, piece.steps, part.genre, asked, wanted);
        let before = &mut self.before;
        Ok(match (track, &piece.changes) {
            (Track::Drums, _) => {
                let number = if piece.is_last {
                    call.bar
                } else {
                    WITHIN_PHRASE
                };
                drums(&reading, number, &draw, &piece.heard)
            }
            (Track::Chords, Some(changes)) => chords(&reading, changes, before),
            (Track::Bass, Some(changes)) => bass(&reading, changes, before),
            (Track::Counter, Some(changes)) => counter(&reading, changes, &piece.heard, before),
            _ => Vec::new(),
        })
    }
}

/// What one call of the generators is about.
struct Piece {
    /// What was sung in this part of the bar.
    heard: HeardBar,
    changes: Option<Changes>,
    steps: usize,
    /// Whether the bar ends with it.
    is_last: bool,
}

/// The generator of `track`.
const fn role(track: Track) -> Role {
    match track {
        Track::Drums => Role::Drums,
        Track::Bass => Role::Bass,
        Track::Chords => Role::Chords,
        _ => Role::Melody,
    }
}

/// What is wanted of a part, before the mixer moves it by octaves into its range.
fn wanted(part: &Part) -> Wanted {
    let own = part.wanted;
    let moved = |key: u8| {
        let key = i32::from(key) - 12 * i32::from(own.octave);
        // The ends of the keyboard are no bounds of the user's.
        key.clamp(0, 127) as u8
    };
    let (low, high) = (own.lowest.min(own.highest), own.lowest.max(own.highest));
    Wanted {
        density: own.density,
        variation: own.variation,
        intensity: own.intensity,
        octave: 0,
        lowest: if low == 0 { 0 } else { moved(low) },
        highest: if high == 127 { 127 } else { moved(high) },
    }
}
