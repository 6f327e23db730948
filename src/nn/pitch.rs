//! The live pitch model: one frame of features in, one frame of probabilities out.

use super::bound::{BoundModel, all_finite};
use super::heads::{PitchOutput, Places};
use super::{NnError, Pack, Role};

/// Features per frame: 128 mel bands, then 128 periodicity lags.
pub const FEATURES: usize = 256;

/// A gap of this many frames (0.64 s) or more is as good as a new beginning.
const FORGOTTEN: u32 = 64;
/// Over a gap, the state halves in this many frames (80 ms): a dropped frame
/// or two hardly matter, while a note from before a long gap does not linger.
const HALF_LIFE: f32 = 8.0;

/// One instance's pitch model. Instances share the weights and nothing else.
pub struct PitchModel {
    /// Tensors and state.
    bound: BoundModel,
    /// Found once by name.
    places: Places,
    /// From the manifest.
    delay_frames: u32,
    /// The last result.
    output: Box<PitchOutput>,
    /// See [`PitchModel::faults`].
    faults: u64,
}

impl PitchModel {
    /// An instance at its beginning, as if there had been silence.
    ///
    /// # Errors
    /// [`NnError::MissingRole`] if the pack has no pitch model.
    pub fn new(pack: &Pack) -> Result<Self, NnError> {
        let model = pack.model(Role::Pitch)?;
        let bound = BoundModel::new(model, 1)?;
        // The manifest was checked for these names, so a miss cannot happen.
        let places = Places::of(&bound).ok_or_else(|| NnError::MissingRole {
            pack: pack.info().name.clone(),
            role: Role::Pitch,
        })?;
        Ok(Self {
            bound,
            places,
            delay_frames: model.manifest().delay_frames,
            output: Box::new(PitchOutput::UNVOICED),
            faults: 0,
        })
    }

    /// How many frames the output lies behind the newest input frame.
    pub fn delay_frames(&self) -> u32 {
        self.delay_frames
    }

    /// How many frames were answered with [`PitchOutput::UNVOICED`] because
    /// the input, the output or the state held a value that is not finite.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    /// Forgets everything heard.
    pub fn reset(&mut self) {
        self.bound.reset();
    }

    /// Tells the model that `frames` frames were dropped here. Its state fades,
    /// and is gone after 64 frames.
    pub fn decay(&mut self, frames: u32) {
        match frames {
            0 => {}
            FORGOTTEN.. => self.bound.reset(),
            _ => self.bound.fade(0.5_f32.powf(frames as f32 / HALF_LIFE)),
        }
    }

    /// One hop: takes the next frame and gives the answer for the frame
    /// [`PitchModel::delay_frames`] back. Some 0.2 ms; not for the audio thread.
    ///
    /// Values that are not finite never come out: the frame counts as
    /// unvoiced and as a fault, and the model starts anew.
    ///
    /// # Errors
    /// [`NnError::Run`] if ONNX Runtime fails.
    pub fn run(&mut self, features: &[f32; FEATURES]) -> Result<&PitchOutput, NnError> {
        if all_finite(features) {
            self.bound
                .input_mut(self.places.features)
                .copy_from_slice(features);
            self.bound.run()?;
            if self.places.take(&self.bound, 0, &mut self.output) && self.bound.state_is_finite() {
                return Ok(&self.output);
            }
        }
        self.faults += 1;
        self.bound.reset();
        *self.output = PitchOutput::UNVOICED;
        Ok(&self.output)
    }
}
