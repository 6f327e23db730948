//! The memory that a model reads from and writes to.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};

use ort::AsPointer;
use ort::memory::Allocator;
use ort::sys::OrtValue;
use ort::value::{PrimitiveTensorElementType, Tensor};

use super::manifest::Shape;

/// The most tensors a model may take or give.
pub(super) const MOST_TENSORS: usize = 32;

/// Tensors with the names under which a model knows them, at most [`MOST_TENSORS`].
pub(super) struct NamedTensors {
    /// Of the floats, then of the integers.
    names: Vec<CString>,
    /// Memory of ONNX Runtime's allocator.
    pub floats: Vec<Tensor<f32>>,
    /// Likewise; what names a row of a table.
    integers: Vec<Tensor<i64>>,
}

impl NamedTensors {
    /// Zeros with `frames` for every `-1`; those that `integers` names hold 64-bit integers, all
    /// others 32-bit floats. There must be at most [`MOST_TENSORS`].
    ///
    /// # Errors
    /// ONNX Runtime's message if memory cannot be had.
    pub fn zeros(
        shapes: &BTreeMap<String, Shape>,
        integers: &[&str],
        frames: u16,
    ) -> Result<Self, String> {
        assert!(shapes.len() <= MOST_TENSORS);
        let is_integer = |name: &String| integers.contains(&name.as_str());
        let (of_integers, of_floats): (Vec<_>, Vec<_>) =
            shapes.iter().partition(|(name, _)| is_integer(name));
        let names = of_floats.iter().chain(&of_integers);
        let names = names.map(|(name, _)| CString::new(name.as_str()));
        Ok(Self {
            names: names
                .collect::<Result<_, _>>()
                .map_err(|error| error.to_string())?,
            floats: zeros(&of_floats, frames)?,
            integers: zeros(&of_integers, frames)?,
        })
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The place among the floats of the one with this name.
    pub fn float_place(&self, name: &str) -> Option<usize> {
        self.place(name).filter(|place| *place < self.floats.len())
    }

    /// The place among the integers of the one with this name.
    pub fn integer_place(&self, name: &str) -> Option<usize> {
        self.place(name)?.checked_sub(self.floats.len())
    }

    /// The values of a tensor of floats, row-major.
    pub fn float(&self, place: usize) -> &[f32] {
        self.floats[place].extract_tensor().1
    }

    /// The same, to be written.
    pub fn float_mut(&mut self, place: usize) -> &mut [f32] {
        self.floats[place].extract_tensor_mut().1
    }

    /// The values of a tensor of integers, to be written.
    pub fn integer_mut(&mut self, place: usize) -> &mut [i64] {
        self.integers[place].extract_tensor_mut().1
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .position(|other| other.as_bytes() == name.as_bytes())
    }

    /// Names and values as the C interface wants them, on the stack.
    pub fn pointers(&self) -> ([*const c_char; MOST_TENSORS], [*mut OrtValue; MOST_TENSORS]) {
        let mut names = [std::ptr::null(); MOST_TENSORS];
        let mut values = [std::ptr::null_mut(); MOST_TENSORS];
        for (slot, name) in names.iter_mut().zip(&self.names) {
            *slot = name.as_ptr();
        }
        let floats = self.floats.iter().map(|tensor| tensor.ptr().cast_mut());
        let integers = self.integers.iter().map(|tensor| tensor.ptr().cast_mut());
        for (slot, value) in values.iter_mut().zip(floats.chain(integers)) {
            *slot = value;
        }
        (names, values)
    }
}

fn zeros<T: PrimitiveTensorElementType + Copy + Default + std::fmt::Debug>(
    shapes: &[(&String, &Shape)],
    frames: u16,
) -> Result<Vec<Tensor<T>>, String> {
    let sized = |size: &i64| match *size {
        ..0 => i64::from(frames),
        fixed => fixed,
    };
    let zero = |(_, shape): &(&String, &Shape)| {
        let shape: Vec<i64> = shape.iter().map(sized).collect();
        let mut tensor = Tensor::<T>::new(&Allocator::default(), shape)
            .map_err(|error| super::runtime::one_line(&error.to_string()))?;
        tensor.extract_tensor_mut().1.fill(T::default());
        Ok(tensor)
    };
    shapes.iter().map(zero).collect()
}
