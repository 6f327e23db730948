//! The continuation model: one step of a melody in, what comes after it out.

use super::bound::{BoundModel, all_finite};
use super::heads::NOTES;
use super::{NnError, Pack, Role};

/// Numbers that say one step, see [`crate::voice::step_features`].
pub const STEP: usize = 128;
/// Lengths that a step can have: 1 to 16 sixteenths.
pub const LENGTHS: usize = 16;

/// What is likely to come next. Every value is finite and within 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ContinuationOutput {
    /// How likely each MIDI key is; place 0, which nobody sings, is how likely a rest is.
    pub note: [f32; NOTES],
    /// How likely each MIDI velocity is, if it is a note.
    pub velocity: [f32; NOTES],
    /// How likely each length is; place 0 is one sixteenth.
    pub timing: [f32; LENGTHS],
}

/// One instance's continuation model. It remembers the steps since its last reset.
pub struct ContinuationModel {
    bound: BoundModel,
    /// Places in `bound`, found once by name.
    step: usize,
    note: usize,
    velocity: usize,
    timing: usize,
    /// The last result.
    output: Box<ContinuationOutput>,
}

impl ContinuationModel {
    /// The continuation model of `pack`, or `None` if it has none.
    ///
    /// # Errors
    /// [`NnError`] if memory cannot be had.
    pub fn new(pack: &Pack) -> Result<Option<Self>, NnError> {
        let Ok(model) = pack.model(Role::Continuation) else {
            return Ok(None);
        };
        let bound = BoundModel::new(model, 1)?;
        // The manifest was checked for these names, so a miss cannot happen.
        let places = || {
            Some((
                bound.input_place("step")?,
                bound.output_place("note")?,
                bound.output_place("velocity")?,
                bound.output_place("timing")?,
            ))
        };
        let (step, note, velocity, timing) = places().ok_or_else(|| NnError::MissingRole {
            pack: pack.info().name.clone(),
            role: Role::Continuation,
        })?;
        Ok(Some(Self {
            bound,
            step,
            note,
            velocity,
            timing,
            output: Box::new(ContinuationOutput {
                note: [0.0; NOTES],
                velocity: [0.0; NOTES],
                timing: [0.0; LENGTHS],
            }),
        }))
    }

    /// Forgets every step.
    pub fn reset(&mut self) {
        self.bound.reset();
    }

    /// Takes the next step of the melody and says what may follow it. Some 0.06 ms; not for
    /// the audio thread.
    ///
    /// # Errors
    /// [`NnError::Run`] if ONNX Runtime fails, or if there is anything that is not a finite
    /// number in `step`, in the answer or in what the model remembers; it has then forgotten
    /// every step.
    pub fn step(&mut self, step: &[f32; STEP]) -> Result<&ContinuationOutput, NnError> {
        if self.answer(step)? {
            return Ok(&self.output);
        }
        self.bound.reset();
        Err(NnError::not_finite(Role::Continuation))
    }

    /// Whether all went in and came out as finite numbers.
    fn answer(&mut self, step: &[f32; STEP]) -> Result<bool, NnError> {
        if !all_finite(step) {
            return Ok(false);
        }
        self.bound.input_mut(self.step).copy_from_slice(step);
        self.bound.run()?;
        let (bound, output) = (&self.bound, &mut *self.output);
        Ok(bound.probabilities(self.note, 0, &mut output.note)
            && bound.probabilities(self.velocity, 0, &mut output.velocity)
            && bound.probabilities(self.timing, 0, &mut output.timing)
            && bound.state_is_finite())
    }
}
