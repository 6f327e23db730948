//! The timbre model: a second of sound in, how near each instrument is out.

use super::bound::{BoundModel, all_finite};
use super::{NnError, Pack, Role};
use crate::audio::frame::BANDS;
use crate::music::Instrument;

/// Frames of a question: a second to a quarter of a per cent.
pub const FRAMES: usize = 100;
/// A question: the log-mel channel of a second of voice, the oldest frame first.
pub type TimbreSecond = [[f32; BANDS]; FRAMES];
/// Numbers of the latent.
pub const LATENT: usize = 64;
/// The instruments, in the order of [`Instrument::index`].
pub const INSTRUMENTS: usize = Instrument::ALL.len();

/// Where a sound lies among the instruments. Every value is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct TimbreOutput {
    /// Its place in the space of timbres; of length 1.
    pub latent: [f32; LATENT],
    /// How near each instrument is, 0 – 1; together 1.
    pub scores: [f32; INSTRUMENTS],
}

/// One instance's timbre model; it keeps nothing between runs.
pub struct TimbreModel {
    bound: BoundModel,
    /// Places in `bound`, found once by name.
    mel: usize,
    latent: usize,
    scores: usize,
    /// The last result.
    output: TimbreOutput,
}

impl TimbreModel {
    /// The timbre model of `pack`, or `None` if it has none.
    ///
    /// # Errors
    /// [`NnError`] if memory cannot be had.
    pub fn new(pack: &Pack) -> Result<Option<Self>, NnError> {
        let Ok(model) = pack.model(Role::Timbre) else {
            return Ok(None);
        };
        let bound = BoundModel::new(model, 1)?;
        // The manifest was checked for these names, so a miss cannot happen.
        let places = || {
            Some((
                bound.input_place("mel")?,
                bound.output_place("latent")?,
                bound.output_place("scores")?,
            ))
        };
        let (mel, latent, scores) = places().ok_or_else(|| NnError::MissingRole {
            pack: pack.info().name.clone(),
            role: Role::Timbre,
        })?;
        Ok(Some(Self {
            bound,
            mel,
            latent,
            scores,
            output: TimbreOutput {
                latent: [0.0; LATENT],
                scores: [0.0; INSTRUMENTS],
            },
        }))
    }

    /// Where the sound lies that was heard in a second of voice. Some 0.4 ms; not for the audio thread.
    ///
    /// # Errors
    /// [`NnError::Run`] if ONNX Runtime fails, or if there is anything that is not a finite number
    /// in what goes in or comes out.
    pub fn run(&mut self, second: &TimbreSecond) -> Result<&TimbreOutput, NnError> {
        let mel = second.as_flattened();
        if !all_finite(mel) {
            return Err(NnError::not_finite(Role::Timbre));
        }
        self.bound.input_mut(self.mel).copy_from_slice(mel);
        self.bound.run()?;
        let (bound, output) = (&self.bound, &mut self.output);
        output.latent.copy_from_slice(bound.output(self.latent));
        let finite = bound.probabilities(self.scores, 0, &mut output.scores);
        if finite && all_finite(&output.latent) {
            Ok(&self.output)
        } else {
            Err(NnError::not_finite(Role::Timbre))
        }
    }
}
