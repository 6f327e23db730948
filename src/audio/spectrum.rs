//! The spectrum of one window, which both channels are made of.

use super::frame::{TRANSFORM, WINDOW};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Bins of a spectrum, from 0 Hz to half the sample rate.
pub const BINS: usize = TRANSFORM / 2 + 1;

/// Transforms windows of samples as they are, without a taper. In double precision: what a Hann
/// window hides beside a loud partial is the small difference of large bins.
pub struct Spectrum {
    transform: Arc<dyn RealToComplex<f64>>,
    input: Box<[f64]>,
    bins: Box<[Complex<f64>]>,
    scratch: Box<[Complex<f64>]>,
}

impl Spectrum {
    pub fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(TRANSFORM);
        Self {
            input: transform.make_input_vec().into_boxed_slice(),
            bins: transform.make_output_vec().into_boxed_slice(),
            scratch: transform.make_scratch_vec().into_boxed_slice(),
            transform,
        }
    }

    /// The [`BINS`] bins of one window of samples, zero-padded to [`TRANSFORM`].
    pub fn process(&mut self, window: &[f32; WINDOW]) -> &[Complex<f64>] {
        for (x, sample) in self.input.iter_mut().zip(window) {
            *x = f64::from(*sample);
        }
        self.input[WINDOW..].fill(0.0);
        let transformed =
            self.transform
                .process_with_scratch(&mut self.input, &mut self.bins, &mut self.scratch);
        debug_assert!(transformed.is_ok(), "the buffers are made to measure");
        &self.bins
    }
}
