//! The context model: the last notes of a line in, what each of them is likely to be out.

use super::bound::{BoundModel, all_finite};
use super::heads::NOTES;
use super::{Model, NnError, Pack, Role};
use crate::music::{Genre, Instrument};

/// Numbers that say one note, see [`crate::voice::note_features`].
pub const NOTE: usize = 256;
/// The most notes of one run: 64 to look back on and the note to come.
pub const MOST_NOTES: usize = 65;
/// Classes of the timing head: twelfths of a quarter note.
pub const TIMING_CLASSES: usize = 25;
/// Bins of the dynamics head.
pub const DYNAMICS_BINS: usize = 32;

/// The timing class of a note that belongs to the beginning of its quarter.
const TIMING_ZERO: f64 = 6.0;
/// Classes to a quarter note.
const CLASSES_A_QUARTER: f64 = 12.0;
/// MIDI velocities to a bin.
const BIN_WIDTH: f32 = 4.0;

/// What the model says about one note. Every value is finite and within 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextAnswer {
    /// How likely it is each MIDI key.
    pub note: [f32; NOTES],
    /// How likely it belongs to each place of the grid, see [`ContextAnswer::class_quarters`].
    pub timing: [f32; TIMING_CLASSES],
    /// How likely its velocity lies in each bin of four.
    pub dynamics: [f32; DYNAMICS_BINS],
}

impl ContextAnswer {
    const NOTHING: Self = Self {
        note: [0.0; NOTES],
        timing: [0.0; TIMING_CLASSES],
        dynamics: [0.0; DYNAMICS_BINS],
    };

    /// Where timing class `class` lies, in quarter notes from the beginning of the quarter that
    /// the note was performed in: -0.5 to 1.5. Of a note to come without a place, in whatever
    /// quarter it falls into.
    pub fn class_quarters(class: usize) -> f64 {
        (class as f64 - TIMING_ZERO) / CLASSES_A_QUARTER
    }

    /// The velocity to expect, as MIDI counts it.
    pub fn expected_velocity(&self) -> f32 {
        let centre = |bin: usize| BIN_WIDTH * bin as f32 + BIN_WIDTH / 2.0;
        let weighed = self.dynamics.iter().enumerate();
        weighed.map(|(bin, share)| share * centre(bin)).sum()
    }
}

/// Where the tensors lie in a bound model.
#[derive(Clone, Copy)]
struct Places {
    notes: usize,
    genre: usize,
    instrument: usize,
    note: usize,
    timing: usize,
    dynamics: usize,
}

impl Places {
    fn of(bound: &BoundModel) -> Option<Self> {
        Some(Self {
            notes: bound.input_place("notes")?,
            genre: bound.integer_place("genre")?,
            instrument: bound.integer_place("instrument")?,
            note: bound.output_place("note")?,
            timing: bound.output_place("timing")?,
            dynamics: bound.output_place("dynamics")?,
        })
    }
}

/// One instance's context model; it keeps nothing between runs.
pub struct ContextModel {
    model: Model,
    /// Memory for as many notes as the last run had.
    bound: BoundModel,
    places: Places,
    /// The last result.
    answers: Vec<ContextAnswer>,
}

impl ContextModel {
    /// The context model of `pack`, or `None` if it has none.
    ///
    /// # Errors
    /// [`NnError`] if memory cannot be had.
    pub fn new(pack: &Pack) -> Result<Option<Self>, NnError> {
        let Ok(model) = pack.model(Role::Context) else {
            return Ok(None);
        };
        let bound = BoundModel::new(model, 1)?;
        // The manifest was checked for these names, so a miss cannot happen.
        let places = Places::of(&bound).ok_or_else(|| NnError::MissingRole {
            pack: pack.info().name.clone(),
            role: Role::Context,
        })?;
        Ok(Some(Self {
            model: model.clone(),
            bound,
            places,
            answers: vec![ContextAnswer::NOTHING],
        }))
    }

    /// What each of `notes`, the oldest first, is likely to be. If the last is a query, each is
    /// judged by those before it, else by all of them. Of more than [`MOST_NOTES`] the oldest are
    /// left out, and the answers are those of the notes that stayed. Some 4 ms for 64 notes;
    /// allocates when the number of notes changes; not for the audio thread.
    ///
    /// # Errors
    /// [`NnError::Run`] if ONNX Runtime fails, or if there is anything that is not a finite
    /// number in `notes` or in the answer.
    pub fn run(
        &mut self,
        notes: &[[f32; NOTE]],
        genre: Genre,
        instrument: Instrument,
    ) -> Result<&[ContextAnswer], NnError> {
        let notes = &notes[notes.len().saturating_sub(MOST_NOTES)..];
        if notes.is_empty() {
            return Ok(&[]);
        }
        if notes.len() != self.answers.len() {
            self.bound = BoundModel::new(&self.model, notes.len() as u16)?;
            self.answers.resize(notes.len(), ContextAnswer::NOTHING);
        }
        let (bound, places) = (&mut self.bound, self.places);
        let given = notes.as_flattened();
        bound.input_mut(places.notes).copy_from_slice(given);
        bound.integer_mut(places.genre).fill(genre.index() as i64);
        let row = instrument.index() as i64;
        bound.integer_mut(places.instrument).fill(row);
        bound.run()?;
        let mut finite = all_finite(given);
        for (note, answer) in self.answers.iter_mut().enumerate() {
            finite &= bound.probabilities(places.note, note, &mut answer.note)
                && bound.probabilities(places.timing, note, &mut answer.timing)
                && bound.probabilities(places.dynamics, note, &mut answer.dynamics);
        }
        if finite {
            Ok(&self.answers)
        } else {
            Err(NnError::not_finite(Role::Context))
        }
    }
}
