//! One instance of a model: its own tensors and its own state.

use std::sync::Arc;

use super::session::SharedSession;
use super::tensors::NamedTensors;
use super::{Model, NnError, Role};

/// A model with memory bound to its inputs and outputs for one number of
/// frames. Nothing is allocated here after it is made.
///
/// A run leaves the next state in the state inputs by swapping tensors, so
/// that the following call goes on from there.
pub struct BoundModel {
    /// For messages.
    role: Role,
    /// The model itself, shared with other instances.
    session: Arc<SharedSession>,
    inputs: NamedTensors,
    outputs: NamedTensors,
    /// Pairs of a state's places among the inputs and among the outputs.
    states: Vec<(usize, usize)>,
}

impl BoundModel {
    /// Makes tensors full of zeros, with `frames` for every `-1` in the manifest.
    ///
    /// # Errors
    /// [`NnError::Run`] if memory cannot be had.
    pub fn new(model: &Model, frames: u16) -> Result<Self, NnError> {
        let manifest = model.manifest();
        let role = model.role();
        let zeros = |shapes, integers| {
            NamedTensors::zeros(shapes, integers, frames)
                .map_err(|reason| NnError::Run { role, reason })
        };
        let inputs = zeros(&manifest.inputs, role.integer_inputs())?;
        let outputs = zeros(&manifest.outputs, &[])?;
        let states = manifest
            .states()
            .filter_map(|(input, output)| {
                Some((inputs.float_place(input)?, outputs.float_place(&output)?))
            })
            .collect();
        Ok(Self {
            role,
            session: Arc::clone(model.session()),
            inputs,
            outputs,
            states,
        })
    }

    /// The place of an input for [`BoundModel::input_mut`], or `None`.
    pub fn input_place(&self, name: &str) -> Option<usize> {
        self.inputs.float_place(name)
    }

    /// The place of an input for [`BoundModel::integer_mut`], or `None`.
    pub fn integer_place(&self, name: &str) -> Option<usize> {
        self.inputs.integer_place(name)
    }

    /// The place of an output for [`BoundModel::output`], or `None`.
    pub fn output_place(&self, name: &str) -> Option<usize> {
        self.outputs.float_place(name)
    }

    /// The values of an input, row-major, to be written before a run.
    pub fn input_mut(&mut self, place: usize) -> &mut [f32] {
        self.inputs.float_mut(place)
    }

    /// The values of an input of integers, likewise; see [`Role::integer_inputs`].
    pub fn integer_mut(&mut self, place: usize) -> &mut [i64] {
        self.inputs.integer_mut(place)
    }

    /// The values of an output after a run, row-major.
    pub fn output(&self, place: usize) -> &[f32] {
        self.outputs.float(place)
    }

    /// Copies row `row` of an output whose last dimension `into` fills, clamped to probabilities;
    /// `false` if a value is not finite.
    pub(super) fn probabilities(&self, place: usize, row: usize, into: &mut [f32]) -> bool {
        let from = &self.output(place)[row * into.len()..][..into.len()];
        for (into, from) in into.iter_mut().zip(from) {
            *into = from.clamp(0.0, 1.0);
        }
        all_finite(from)
    }

    /// Runs the model once on what is in the inputs, and keeps the new state.
    ///
    /// # Errors
    /// [`NnError::Run`] with ONNX Runtime's message; the state is then the
    /// one from before.
    pub fn run(&mut self) -> Result<(), NnError> {
        let role = self.role;
        self.session
            .run(&self.inputs, &mut self.outputs)
            .map_err(|reason| NnError::Run { role, reason })?;
        for &(input, output) in &self.states {
            std::mem::swap(
                &mut self.inputs.floats[input],
                &mut self.outputs.floats[output],
            );
        }
        Ok(())
    }

    /// Makes the state that of a beginning: zero.
    pub fn reset(&mut self) {
        self.for_each_state(|values| values.fill(0.0));
    }

    /// Multiplies the state by `factor`, to let the past fade over a gap.
    pub fn fade(&mut self, factor: f32) {
        self.for_each_state(|values| values.iter_mut().for_each(|value| *value *= factor));
    }

    /// Whether every number of the state is finite.
    pub fn state_is_finite(&self) -> bool {
        self.states
            .iter()
            .all(|&(input, _)| all_finite(self.inputs.float(input)))
    }

    /// Whether every number of every output, and of the state, is finite.
    pub(super) fn is_finite(&self) -> bool {
        let mut outputs = 0..self.outputs.len();
        self.state_is_finite() && outputs.all(|place| all_finite(self.outputs.float(place)))
    }

    fn for_each_state(&mut self, mut change: impl FnMut(&mut [f32])) {
        for &(input, _) in &self.states {
            change(self.inputs.float_mut(input));
        }
    }
}

/// Whether no value is infinite or not a number.
pub(super) fn all_finite(values: &[f32]) -> bool {
    // Without an early exit, so that the compiler can take many at a time.
    values
        .iter()
        .fold(true, |finite, value| finite & value.is_finite())
}
