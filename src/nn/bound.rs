//! One instance of a model: its own tensors and its own state.

use std::ffi::CString;
use std::sync::Arc;

use ort::memory::Allocator;
use ort::value::Tensor;

use super::session::{NamedTensors, SharedSession};
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
    /// In the order of the manifest's inputs.
    inputs: NamedTensors,
    /// In the order of the manifest's outputs.
    outputs: NamedTensors,
    /// Pairs of a state's places among the inputs and among the outputs.
    states: Vec<(usize, usize)>,
    /// Input names in order, to look up places when a wrapper is made.
    input_names: Vec<String>,
    /// Output names in order, likewise.
    output_names: Vec<String>,
}

impl BoundModel {
    /// Makes tensors full of zeros, with `frames` for every `-1` in the manifest.
    ///
    /// # Errors
    /// [`NnError::Run`] if memory cannot be had.
    pub fn new(model: &Model, frames: u16) -> Result<Self, NnError> {
        let manifest = model.manifest();
        let role = model.role();
        let input_names: Vec<String> = manifest.inputs.keys().cloned().collect();
        let output_names: Vec<String> = manifest.outputs.keys().cloned().collect();
        let place = |names: &[String], name: &str| names.iter().position(|other| other == name);
        let states = manifest
            .states()
            .filter_map(|(input, output)| {
                Some((place(&input_names, input)?, place(&output_names, &output)?))
            })
            .collect();
        let zeros = |tensors: &mut dyn Iterator<Item = (&String, &Vec<i64>)>| {
            named_zeros(tensors, frames).map_err(|reason| NnError::Run { role, reason })
        };
        Ok(Self {
            role,
            session: Arc::clone(model.session()),
            inputs: zeros(&mut manifest.inputs.iter())?,
            outputs: zeros(&mut manifest.outputs.iter())?,
            states,
            input_names,
            output_names,
        })
    }

    /// The place of an input for [`BoundModel::input_mut`], or `None`.
    pub fn input_place(&self, name: &str) -> Option<usize> {
        self.input_names.iter().position(|other| other == name)
    }

    /// The place of an output for [`BoundModel::output`], or `None`.
    pub fn output_place(&self, name: &str) -> Option<usize> {
        self.output_names.iter().position(|other| other == name)
    }

    /// The values of an input, row-major, to be written before a run.
    pub fn input_mut(&mut self, place: usize) -> &mut [f32] {
        values_mut(&mut self.inputs.tensors[place])
    }

    /// The values of an output after a run, row-major.
    pub fn output(&self, place: usize) -> &[f32] {
        self.outputs.tensors[place].extract_tensor().1
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
                &mut self.inputs.tensors[input],
                &mut self.outputs.tensors[output],
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
            .all(|&(input, _)| all_finite(self.inputs.tensors[input].extract_tensor().1))
    }

    /// Whether every number of every output, and of the state, is finite.
    pub(super) fn is_finite(&self) -> bool {
        let outputs = &self.outputs.tensors;
        self.state_is_finite()
            && outputs
                .iter()
                .all(|tensor| all_finite(tensor.extract_tensor().1))
    }

    fn for_each_state(&mut self, mut change: impl FnMut(&mut [f32])) {
        for &(input, _) in &self.states {
            change(values_mut(&mut self.inputs.tensors[input]));
        }
    }
}

fn values_mut(tensor: &mut Tensor<f32>) -> &mut [f32] {
    tensor.extract_tensor_mut().1
}

/// Whether no value is infinite or not a number.
pub(super) fn all_finite(values: &[f32]) -> bool {
    // Without an early exit, so that the compiler can take many at a time.
    values
        .iter()
        .fold(true, |finite, value| finite & value.is_finite())
}

fn named_zeros(
    tensors: &mut dyn Iterator<Item = (&String, &Vec<i64>)>,
    frames: u16,
) -> Result<NamedTensors, String> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (name, shape) in tensors {
        let shape: Vec<i64> = shape
            .iter()
            .map(|&size| if size < 0 { i64::from(frames) } else { size })
            .collect();
        let mut tensor = Tensor::<f32>::new(&Allocator::default(), shape)
            .map_err(|error| super::runtime::one_line(&error.to_string()))?;
        values_mut(&mut tensor).fill(0.0);
        names.push(CString::new(name.as_str()).map_err(|error| error.to_string())?);
        values.push(tensor);
    }
    Ok(NamedTensors::new(names, values))
}
