//! The pitch model of hindsight: a take's features in, probabilities of every frame out.

use super::bound::{BoundModel, all_finite};
use super::heads::{PitchOutput, Places};
use super::pitch::FEATURES;
use super::{NnError, Pack, Role};

/// Frames that one run takes: 10 s.
const CHUNK: usize = 1_000;
/// Frames at either edge of a chunk whose answers are left to its neighbours, which hear more
/// around them: 1 s.
const OVERLAP: usize = 100;
/// Mel values of silence, the natural logarithm of the front end's floor; its periodicity is 0.
const SILENT_MEL: f32 = -11.512_925;

/// The refined model; it hears in both directions and keeps nothing between takes.
pub struct RefinedModel {
    bound: BoundModel,
    places: Places,
    /// From the manifest.
    delay_frames: u32,
}

impl RefinedModel {
    /// The refined model of `pack`, or `None` if it has none.
    ///
    /// # Errors
    /// [`NnError`] if memory cannot be had.
    pub fn new(pack: &Pack) -> Result<Option<Self>, NnError> {
        let Ok(model) = pack.model(Role::Refined) else {
            return Ok(None);
        };
        let bound = BoundModel::new(model, CHUNK as u16)?;
        // The manifest was checked for these names, so a miss cannot happen.
        let places = Places::of(&bound).ok_or_else(|| NnError::MissingRole {
            pack: pack.info().name.clone(),
            role: Role::Refined,
        })?;
        Ok(Some(Self {
            bound,
            places,
            delay_frames: model.manifest().delay_frames,
        }))
    }

    /// How many frames an answer lies behind the frame of its number.
    pub fn delay_frames(&self) -> u32 {
        self.delay_frames
    }

    /// The answers to all frames of a take, in order, by overlapping chunks. Features that are not
    /// finite count as silence, answers that are not as [`PitchOutput::UNVOICED`]. `answer` gets
    /// each with its frame's number, in order.
    ///
    /// # Errors
    /// [`NnError::Run`] if ONNX Runtime fails.
    pub fn run(
        &mut self,
        features: &[[f32; FEATURES]],
        mut answer: impl FnMut(usize, &PitchOutput),
    ) -> Result<(), NnError> {
        let mut output = PitchOutput::UNVOICED;
        let mut start = 0;
        while start < features.len() {
            let heard = &features[start..(start + CHUNK).min(features.len())];
            let input = self.bound.input_mut(self.places.features);
            for (place, into) in input.chunks_exact_mut(FEATURES).enumerate() {
                match heard.get(place).filter(|from| all_finite(*from)) {
                    Some(from) => into.copy_from_slice(from),
                    None => {
                        into[..FEATURES / 2].fill(SILENT_MEL);
                        into[FEATURES / 2..].fill(0.0);
                    }
                }
            }
            self.bound.run()?;
            let is_last = start + heard.len() == features.len();
            let first = if start == 0 { 0 } else { OVERLAP };
            let end = if is_last {
                heard.len()
            } else {
                CHUNK - OVERLAP
            };
            for frame in first..end {
                if !self.places.take(&self.bound, frame, &mut output) {
                    output = PitchOutput::UNVOICED;
                }
                answer(start + frame, &output);
            }
            if is_last {
                break;
            }
            start += CHUNK - 2 * OVERLAP;
        }
        Ok(())
    }
}
