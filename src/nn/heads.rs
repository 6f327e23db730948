//! The heads of the pitch models: what they say about a frame, and where it lies in their tensors.

use super::bound::BoundModel;

/// Classes of the pitch and velocity heads: MIDI notes.
pub const NOTES: usize = 128;
/// Classes of the fine-pitch head: steps of 20 cents from MIDI note 24 to 108.
pub const FINE_CLASSES: usize = 420;

/// What a model says about one frame. Every value is finite and within 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PitchOutput {
    /// How likely each MIDI note is sounding; class 0, which nobody sings, is how likely none is.
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

/// Where the tensors of features and heads lie in a bound model.
pub(super) struct Places {
    /// Among the inputs.
    pub features: usize,
    pitch: usize,
    velocity: usize,
    onset: usize,
    offset: usize,
    voicing: usize,
    fine: usize,
}

impl Places {
    /// The places in `bound`; `None` if one is missing.
    pub fn of(bound: &BoundModel) -> Option<Self> {
        Some(Self {
            features: bound.input_place("features")?,
            pitch: bound.output_place("pitch")?,
            velocity: bound.output_place("velocity")?,
            onset: bound.output_place("onset")?,
            offset: bound.output_place("offset")?,
            voicing: bound.output_place("voicing")?,
            fine: bound.output_place("fine")?,
        })
    }

    /// Copies what `bound` said about its frame `frame`, clamped to probabilities; `false` if a
    /// value is not finite.
    pub fn take(&self, bound: &BoundModel, frame: usize, output: &mut PitchOutput) -> bool {
        let mut finite = true;
        let mut take = |place: usize, into: &mut [f32]| {
            finite &= bound.probabilities(place, frame, into);
        };
        take(self.pitch, &mut output.pitch);
        take(self.velocity, &mut output.velocity);
        take(self.onset, std::slice::from_mut(&mut output.onset));
        take(self.offset, std::slice::from_mut(&mut output.offset));
        take(self.voicing, std::slice::from_mut(&mut output.voicing));
        take(self.fine, &mut output.fine);
        finite
    }
}
