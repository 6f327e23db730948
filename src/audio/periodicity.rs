//! The periodicity channel: McLeod's normalised square difference function (McLeod and Wyvill,
//! "A smarter way to find pitch", ICMC 2005) on 128 log-spaced lags.

use super::frame::{BANDS, SAMPLE_RATE, TRANSFORM, WINDOW};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Frequency of the longest lag in Hz; the first value of the channel.
const LOW_HZ: f64 = 62.0;
/// Frequency of the shortest lag in Hz; the last value of the channel.
const HIGH_HZ: f64 = 1_180.0;
/// How much finer than the samples the autocorrelation is evaluated.
const OVERSAMPLING: usize = 4;
/// Keeps silence at 0.
const FLOOR: f64 = 1e-5;

/// One lag of the channel.
struct Lag {
    /// Whole part of the lag on the oversampled axis, and what is left of it.
    index: usize,
    fraction: f32,
    /// The lag in whole samples, for the energies.
    samples: usize,
}

/// Makes the periodicity channel.
pub struct Periodicity {
    lags: Box<[Lag]>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    input: Box<[f32]>,
    spectrum: Box<[Complex<f32>]>,
    /// Power spectrum, zero-padded: its inverse transform is the oversampled autocorrelation.
    power: Box<[Complex<f32>]>,
    correlation: Box<[f32]>,
    forward_scratch: Box<[Complex<f32>]>,
    inverse_scratch: Box<[Complex<f32>]>,
    /// Energy of the samples before each one of the window.
    energy: Box<[f64]>,
}

impl Periodicity {
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_macros,
        reason = "set-up"
    )]
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(TRANSFORM);
        let inverse = planner.plan_fft_inverse(TRANSFORM * OVERSAMPLING);
        let lags = (0..BANDS).map(|i| {
            let hz = LOW_HZ * (HIGH_HZ / LOW_HZ).powf(i as f64 / (BANDS - 1) as f64);
            let lag = SAMPLE_RATE / hz;
            let place = lag * OVERSAMPLING as f64;
            Lag {
                index: place as usize,
                fraction: place.fract() as f32,
                samples: (lag.round_ties_even() as usize).clamp(1, WINDOW - 1),
            }
        });
        Self {
            lags: lags.collect(),
            input: forward.make_input_vec().into_boxed_slice(),
            spectrum: forward.make_output_vec().into_boxed_slice(),
            power: inverse.make_input_vec().into_boxed_slice(),
            correlation: inverse.make_output_vec().into_boxed_slice(),
            forward_scratch: forward.make_scratch_vec().into_boxed_slice(),
            inverse_scratch: inverse.make_scratch_vec().into_boxed_slice(),
            energy: vec![0.0; WINDOW + 1].into_boxed_slice(),
            forward,
            inverse,
        }
    }

    /// The channel of one window of samples.
    pub fn process(&mut self, window: &[f32; WINDOW], out: &mut [f32]) {
        let mean = window.iter().map(|x| f64::from(*x)).sum::<f64>() / WINDOW as f64;
        let mut energy = 0.0;
        for (n, sample) in window.iter().enumerate() {
            let centred = f64::from(*sample) - mean;
            self.input[n] = centred as f32;
            self.energy[n] = energy;
            energy += centred * centred;
        }
        self.energy[WINDOW] = energy;
        self.input[WINDOW..].fill(0.0);
        let forward = self.forward.process_with_scratch(
            &mut self.input,
            &mut self.spectrum,
            &mut self.forward_scratch,
        );
        self.power.fill(Complex::default());
        for (power, value) in self.power.iter_mut().zip(&self.spectrum) {
            power.re = value.norm_sqr();
        }
        let inverse = self.inverse.process_with_scratch(
            &mut self.power,
            &mut self.correlation,
            &mut self.inverse_scratch,
        );
        debug_assert!(
            forward.is_ok() && inverse.is_ok(),
            "the buffers are made to measure"
        );
        // The unnormalised transforms leave a factor of TRANSFORM: the oversampled inverse divides
        // by OVERSAMPLING · TRANSFORM and the longer axis multiplies by OVERSAMPLING.
        let scale = 1.0 / TRANSFORM as f32;
        for (lag, out) in self.lags.iter().zip(out) {
            let (a, b) = (self.correlation[lag.index], self.correlation[lag.index + 1]);
            let correlation = f64::from((a + (b - a) * lag.fraction) * scale);
            let head = self.energy[WINDOW - lag.samples];
            let tail = energy - self.energy[lag.samples];
            *out = (2.0 * correlation / (head + tail + FLOOR)) as f32;
        }
    }
}
