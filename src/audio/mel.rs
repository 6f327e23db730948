//! The mel channel: natural log of 128 mel-band magnitudes.

use super::frame::{BANDS, MEL_FLOOR, SAMPLE_RATE, TRANSFORM, WINDOW};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Lowest band edge in Hz.
const LOW_HZ: f64 = 30.0;
/// Highest band edge in Hz.
const HIGH_HZ: f64 = 8_000.0;

/// One triangle of the filter bank: its weights and the first bin that they apply to.
struct Band {
    first_bin: usize,
    weights: Box<[f64]>,
}

/// Makes the mel channel. In double precision: the logarithm of a quiet band beside a loud one
/// would show single precision's rounding.
pub struct Mel {
    window: Box<[f64]>,
    bands: Box<[Band]>,
    /// Bins that the bands read; those above are of no use.
    bins: usize,
    transform: Arc<dyn RealToComplex<f64>>,
    input: Box<[f64]>,
    spectrum: Box<[Complex<f64>]>,
    scratch: Box<[Complex<f64>]>,
}

/// The HTK mel scale.
fn mel_of(hz: f64) -> f64 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

fn hz_of(mel: f64) -> f64 {
    700.0 * (10f64.powf(mel / 2595.0) - 1.0)
}

/// The triangle with corners `low`, `centre` and `high` Hz, scaled to a sum of 1; a triangle
/// between two bins becomes the linear interpolation at its centre.
#[expect(clippy::disallowed_methods, reason = "set-up, not the callback")]
fn band(low: f64, centre: f64, high: f64) -> Band {
    let bin_hz = SAMPLE_RATE / TRANSFORM as f64;
    let triangle = |bin: usize| {
        let hz = bin as f64 * bin_hz;
        ((hz - low) / (centre - low))
            .min((high - hz) / (high - centre))
            .max(0.0)
    };
    let bins = TRANSFORM / 2 + 1;
    let first = (0..bins).find(|bin| triangle(*bin) > 0.0).unwrap_or(0);
    let weights: Box<[f64]> = (first..bins)
        .map(triangle)
        .take_while(|w| *w > 0.0)
        .collect();
    let sum: f64 = weights.iter().sum();
    if sum >= 1e-6 {
        return Band {
            first_bin: first,
            weights: weights.iter().map(|w| w / sum).collect(),
        };
    }
    let place = centre / bin_hz;
    let fraction = place.fract();
    Band {
        first_bin: place as usize,
        weights: Box::new([1.0 - fraction, fraction]),
    }
}

impl Mel {
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_macros,
        reason = "set-up"
    )]
    pub fn new() -> Self {
        let (low, high) = (mel_of(LOW_HZ), mel_of(HIGH_HZ));
        let edge = |i: usize| hz_of(low + (high - low) * i as f64 / (BANDS + 1) as f64);
        let transform = RealFftPlanner::new().plan_fft_forward(TRANSFORM);
        let window: Box<[f64]> = (0..WINDOW)
            .map(|n| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / WINDOW as f64).cos())
            .collect();
        let sum: f64 = window.iter().sum();
        let bands: Box<[Band]> = (0..BANDS)
            .map(|i| band(edge(i), edge(i + 1), edge(i + 2)))
            .collect();
        let end = |band: &Band| band.first_bin + band.weights.len();
        Self {
            window: window.iter().map(|w| w / sum).collect(),
            bins: bands.iter().map(end).max().unwrap_or(0),
            bands,
            input: vec![0.0; TRANSFORM].into_boxed_slice(),
            spectrum: transform.make_output_vec().into_boxed_slice(),
            scratch: transform.make_scratch_vec().into_boxed_slice(),
            transform,
        }
    }

    /// The channel of one window of samples.
    pub fn process(&mut self, window: &[f32; WINDOW], out: &mut [f32]) {
        for ((x, w), sample) in self.input.iter_mut().zip(&self.window).zip(window) {
            *x = w * f64::from(*sample);
        }
        self.input[WINDOW..].fill(0.0);
        let transformed = self.transform.process_with_scratch(
            &mut self.input,
            &mut self.spectrum,
            &mut self.scratch,
        );
        debug_assert!(transformed.is_ok(), "the buffers are made to measure");
        for value in &mut self.spectrum[..self.bins] {
            value.re = value.norm_sqr().sqrt();
        }
        for (band, out) in self.bands.iter().zip(out) {
            let bins = &self.spectrum[band.first_bin..];
            let sum: f64 = band
                .weights
                .iter()
                .zip(bins)
                .map(|(w, bin)| w * bin.re)
                .sum();
            *out = (sum + MEL_FLOOR).ln() as f32;
        }
    }
}
