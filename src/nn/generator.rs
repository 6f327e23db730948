//! The band's generators: noise, a genre and a condition in, one bar of one track out.

use super::bound::{BoundModel, all_finite};
use super::{NnError, Pack, Role};
use crate::music::Genre;

/// Random numbers that decide between bars.
pub const NOISE: usize = 100;
/// Numbers that say what a bar is to go with, see [`crate::voice::band`].
pub const CONDITION: usize = 64;
/// Sixteenths in a bar, at most.
pub const STEPS: usize = 16;
/// MIDI keys.
pub const KEYS: usize = 128;

/// How much of each key there is at each step, 0 – 1; what that means is a matter of the track.
pub type Roll = [[f32; KEYS]; STEPS];

/// One instance's generator of one track.
pub struct GeneratorModel {
    bound: BoundModel,
    role: Role,
    /// Places in `bound`, found once by name.
    noise: usize,
    genre: usize,
    condition: usize,
    roll: usize,
    /// The last result.
    output: Box<Roll>,
}

impl GeneratorModel {
    /// The generator of `pack` for `role`, one of [`Role::Drums`], [`Role::Bass`], [`Role::Chords`]
    /// and [`Role::Melody`], or `None` if it has none.
    ///
    /// # Errors
    /// [`NnError`] if memory cannot be had.
    pub fn new(pack: &Pack, role: Role) -> Result<Option<Self>, NnError> {
        let Ok(model) = pack.model(role) else {
            return Ok(None);
        };
        let bound = BoundModel::new(model, 1)?;
        let places = || {
            Some((
                bound.input_place("noise")?,
                bound.input_place("genre")?,
                bound.input_place("condition")?,
                bound.output_place("roll")?,
            ))
        };
        // A role that is no generator's has no such names.
        let (noise, genre, condition, roll) = places().ok_or_else(|| NnError::MissingRole {
            pack: pack.info().name.clone(),
            role,
        })?;
        Ok(Some(Self {
            bound,
            role,
            noise,
            genre,
            condition,
            roll,
            output: Box::new([[0.0; KEYS]; STEPS]),
        }))
    }

    /// One bar. Some 1 ms; not for the audio thread.
    ///
    /// # Errors
    /// [`NnError::Run`] if ONNX Runtime fails, or if there is anything that is not a finite number
    /// in what goes in or comes out.
    pub fn run(
        &mut self,
        noise: &[f32; NOISE],
        genre: Genre,
        condition: &[f32; CONDITION],
    ) -> Result<&Roll, NnError> {
        let not_finite = || NnError::not_finite(self.role);
        if !all_finite(noise) || !all_finite(condition) {
            return Err(not_finite());
        }
        self.bound.input_mut(self.noise).copy_from_slice(noise);
        let genres = self.bound.input_mut(self.genre);
        genres.fill(0.0);
        if let Some(own) = genres.get_mut(genre.index()) {
            *own = 1.0;
        }
        self.bound
            .input_mut(self.condition)
            .copy_from_slice(condition);
        self.bound.run()?;
        for (step, keys) in self.output.iter_mut().enumerate() {
            if !self.bound.probabilities(self.roll, step, keys) {
                return Err(NnError::not_finite(self.role));
            }
        }
        Ok(&self.output)
    }
}
