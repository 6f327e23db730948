//! The mel channel: natural log of 128 mel-band magnitudes.

use super::frame::{BANDS, MEL_FLOOR, SAMPLE_RATE, TRANSFORM, WINDOW};
use super::spectrum::BINS;
use realfft::num_complex::Complex;

/// Lowest band edge in Hz.
const LOW_HZ: f64 = 30.0;
/// Highest band edge in Hz.
const HIGH_HZ: f64 = 8_000.0;

/// Bins from a bin to the two that a Hann window mixes into it.
const SIDE: usize = TRANSFORM / WINDOW;

/// One triangle of the filter bank: its weights and the first bin that they apply to.
struct Band {
    first_bin: usize,
    weights: Box<[f64]>,
}

/// Makes the mel channel. In double precision: the logarithm of a quiet band beside a loud one
/// would show single precision's rounding.
pub struct Mel {
    bands: Box<[Band]>,
    /// Magnitudes of the Hann-windowed spectrum, those of the bins that the bands read.
    magnitudes: Box<[f64]>,
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
    let first = (0..BINS).find(|bin| triangle(*bin) > 0.0).unwrap_or(0);
    let weights: Box<[f64]> = (first..BINS)
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
        let bands: Box<[Band]> = (0..BANDS)
            .map(|i| band(edge(i), edge(i + 1), edge(i + 2)))
            .collect();
        let end = |band: &Band| band.first_bin + band.weights.len();
        let bins = bands.iter().map(end).max().unwrap_or(0);
        debug_assert!(bands.iter().all(|band| band.first_bin >= SIDE) && bins + SIDE <= BINS);
        Self {
            bands,
            magnitudes: vec![0.0; bins].into_boxed_slice(),
        }
    }

    /// The channel of one window, from its `spectrum` of [`BINS`] bins.
    pub fn process(&mut self, spectrum: &[Complex<f64>], out: &mut [f32]) {
        // A Hann window is 1/2 and two cosines of -1/4: in the spectrum, three shifted copies. Its
        // sum is half of the window's length.
        const WHOLE: f64 = 1.0 / WINDOW as f64;
        let inside = &mut self.magnitudes[SIDE..];
        let (below, above) = (spectrum, &spectrum[2 * SIDE..]);
        for (((magnitude, a), b), c) in inside
            .iter_mut()
            .zip(below)
            .zip(&spectrum[SIDE..])
            .zip(above)
        {
            let re = b.re - 0.5 * (a.re + c.re);
            let im = b.im - 0.5 * (a.im + c.im);
            *magnitude = WHOLE * (re * re + im * im).sqrt();
        }
        for (band, out) in self.bands.iter().zip(out) {
            let bins = &self.magnitudes[band.first_bin..];
            let sum: f64 = band.weights.iter().zip(bins).map(|(w, m)| w * m).sum();
            *out = (sum + MEL_FLOOR).ln() as f32;
        }
    }
}
