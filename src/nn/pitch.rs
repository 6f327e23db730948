//! The live pitch model: one frame of features in, one frame of probabilities out.

use super::bound::{BoundModel, all_finite};
use super::{NnError, Pack, Role};

/// Features per frame: 128 mel bands, then 128 periodicity lags.
pub const FEATURES: usize = 256;
/// Classes of the pitch and velocity heads: MIDI notes.
pub const NOTES: usize = 128;
/// Classes of the fine-pitch head: steps of 20 cents from MIDI note 24 to 108.
pub const FINE_CLASSES: usize = 420;

/// A gap of this many frames (0.64 s) or more is as good as a new beginning.
const FORGOTTEN: u32 = 64;
/// Over a gap, the state halves in this many frames (80 ms): a dropped frame
/// or two hardly matter, while a note from before a long gap does not linger.
const HALF_LIFE: f32 = 8.0;

/// What the model says about one frame, [`PitchModel::delay_frames`] behind
/// the newest input. Every value is finite and within 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PitchOutput {
    /// How likely each MIDI note is sounding.
    pub pitch: [f32; NOTES],
    /// How loud each MIDI note is, if it sounds; 1 is MIDI velocity 127.
    pub velocity: [f32; NOTES],
    /// How likely a note begins at this frame.
    pub onset: f32,
    /// How likely a note ends at this frame.
    pub offset: f32,
    /// How likely there is a pitch at all.
    pub voicing: f32,
    /// How likely the pitch is in each class of 20 cents, from MIDI note 24 up.
    pub fine: [f32; FINE_CLASSES],
}

impl PitchOutput {
    /// A frame in which nothing is sung.
    pub const UNVOICED: PitchOutput = PitchOutput {
        pitch: [0.0; NOTES],
        velocity: [0.0; NOTES],
        onset: 0.0,
        offset: 0.0,
        voicing: 0.0,
        fine: [0.0; FINE_CLASSES],
    };
}

/// Where the wrapper's tensors lie in the bound model.
struct Places {
    features: usize,
    pitch: usize,
    velocity: usize,
    onset: usize,
    offset: usize,
    voicing: usize,
    fine: usize,
}

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
        let missing = || NnError::MissingRole {
            pack: pack.info().name.clone(),
            role: Role::Pitch,
        };
        let output = |name| bound.output_place(name).ok_or_else(missing);
        let places = Places {
            features: bound.input_place("features").ok_or_else(missing)?,
            pitch: output("pitch")?,
            velocity: output("velocity")?,
            onset: output("onset")?,
            offset: output("offset")?,
            voicing: output("voicing")?,
            fine: output("fine")?,
        };
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
            if self.take_output() && self.bound.state_is_finite() {
                return Ok(&self.output);
            }
        }
        self.faults += 1;
        self.bound.reset();
        *self.output = PitchOutput::UNVOICED;
        Ok(&self.output)
    }

    /// Copies the model's outputs, clamped to probabilities; `false` if one is
    /// not finite.
    fn take_output(&mut self) -> bool {
        let (bound, output) = (&self.bound, &mut *self.output);
        let mut finite = true;
        let mut take = |place: usize, into: &mut [f32]| {
            let from = bound.output(place);
            finite &= all_finite(from);
            for (into, from) in into.iter_mut().zip(from) {
                *into = from.clamp(0.0, 1.0);
            }
        };
        take(self.places.pitch, &mut output.pitch);
        take(self.places.velocity, &mut output.velocity);
        take(self.places.onset, std::slice::from_mut(&mut output.onset));
        take(self.places.offset, std::slice::from_mut(&mut output.offset));
        take(
            self.places.voicing,
            std::slice::from_mut(&mut output.voicing),
        );
        take(self.places.fine, &mut output.fine);
        finite
    }
}
