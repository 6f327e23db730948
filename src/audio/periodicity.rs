//! The periodicity channel: McLeod's normalised square difference function (McLeod and Wyvill,
//! "A smarter way to find pitch", ICMC 2005) on 128 log-spaced lags.

use super::frame::{BANDS, SAMPLE_RATE, TRANSFORM, WINDOW};
use super::spectrum::BINS;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

/// Frequency of the longest lag in Hz; the first value of the channel.
const LOW_HZ: f64 = 62.0;
/// Frequency of the shortest lag in Hz; the last value of the channel.
const HIGH_HZ: f64 = 1_180.0;
/// How much finer than the samples the autocorrelation is evaluated.
const OVERSAMPLING: usize = 4;
/// Keeps silence at 0.
const FLOOR: f64 = 1e-5;
/// Whole lags of which the autocorrelation is kept: the longest of the channel, and what its
/// interpolation reads beyond.
const LAGS: usize = 384;
/// Half-sample values on either side of a quarter-sample one that interpolate it.
const REACH: usize = 8;

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
    /// Spectrum of a window of ones: what a mean adds to the bins.
    ones: Box<[Complex<f64>]>,
    /// 2 sin(πk / N), 2 cos(πk / N) over [`TRANSFORM`] per bin k.
    sine: Box<[f32]>,
    cosine: Box<[f32]>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    power: Box<[Complex<f32>]>,
    correlation: Box<[f32]>,
    scratch: Box<[Complex<f32>]>,
    /// Autocorrelation at every half sample of lag, from [`REACH`] below 0 on.
    halves: Box<[f32]>,
    /// Interpolation half-way between two half samples.
    between: [f32; 2 * REACH],
    /// Energy of the window's first n and last n samples, for each n.
    head: Box<[f64]>,
    tail: Box<[f64]>,
}

/// Weights of the value half-way between values that hold nothing above half of their Nyquist
/// frequency: a sinc under a Kaiser window, exact to about 1e-6.
fn midpoint() -> [f32; 2 * REACH] {
    const BETA: f64 = 9.0;
    let bessel = |x: f64| {
        let mut term = 1.0;
        (1..40).fold(1.0, |sum, k| {
            term *= (x / (2.0 * f64::from(k))).powi(2);
            sum + term
        })
    };
    let weight = |i: usize| {
        let x = i as f64 + 0.5 - REACH as f64;
        let window = bessel(BETA * (1.0 - (x / REACH as f64).powi(2)).sqrt()) / bessel(BETA);
        (PI * x).sin() / (PI * x) * window
    };
    let sum: f64 = (0..2 * REACH).map(weight).sum();
    std::array::from_fn(|i| (weight(i) / sum) as f32)
}

impl Periodicity {
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_macros,
        reason = "set-up"
    )]
    pub fn new() -> Self {
        let inverse = RealFftPlanner::new().plan_fft_inverse(TRANSFORM);
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
        let mut spectrum = super::spectrum::Spectrum::new();
        let angle = |k: usize| PI * k as f64 / TRANSFORM as f64;
        Self {
            lags: lags.collect(),
            ones: spectrum.process(&[1.0; WINDOW]).into(),
            sine: (0..BINS).map(|k| 2.0 * angle(k).sin() as f32).collect(),
            cosine: (0..BINS).map(|k| 2.0 * angle(k).cos() as f32).collect(),
            power: inverse.make_input_vec().into_boxed_slice(),
            correlation: inverse.make_output_vec().into_boxed_slice(),
            scratch: inverse.make_scratch_vec().into_boxed_slice(),
            halves: vec![0.0; REACH + 2 * LAGS].into_boxed_slice(),
            between: midpoint(),
            head: vec![0.0; LAGS].into_boxed_slice(),
            tail: vec![0.0; LAGS].into_boxed_slice(),
            inverse,
        }
    }

    /// The channel of one window of samples, with its `spectrum` of [`BINS`] bins.
    pub fn process(&mut self, window: &[f32; WINDOW], spectrum: &[Complex<f64>], out: &mut [f32]) {
        let mean = spectrum[0].re / WINDOW as f64;
        self.correlate(spectrum, mean);
        let energy = self.energies(window, mean);
        // The unnormalised transform leaves a factor of TRANSFORM.
        let scale = 1.0 / TRANSFORM as f32;
        for (lag, out) in self.lags.iter().zip(out) {
            let (a, b) = (self.quarter(lag.index), self.quarter(lag.index + 1));
            let correlation = f64::from((a + (b - a) * lag.fraction) * scale);
            let outside = self.head[lag.samples] + self.tail[lag.samples];
            *out = (2.0 * correlation / (2.0 * energy - outside + FLOOR)) as f32;
        }
    }

    /// Fills `halves`. With P the power spectrum, even, the autocorrelation at whole lags a(m) is
    /// even, and the differences between neighbours at half lags, d(m) = b(m) − b(m − 1), are odd:
    /// one transform of P (1 + 2i sin(πk / N)) gives a + d, and both of them from its mirror image.
    fn correlate(&mut self, spectrum: &[Complex<f64>], mean: f64) {
        let mut half = 0.0;
        let bins = spectrum.iter().zip(&self.ones);
        let angles = self.sine.iter().zip(&self.cosine);
        for ((power, (bin, one)), (sine, cosine)) in self.power.iter_mut().zip(bins).zip(angles) {
            let (re, im) = (bin.re - mean * one.re, bin.im - mean * one.im);
            let p = (re * re + im * im) as f32;
            *power = Complex::new(p, p * sine);
            half += p * cosine;
        }
        // 0 Hz counts once in the sum, and holds nothing; the highest bin counts twice, as in the
        // zero-padded transform that this replaces, and has no differences.
        self.power[0] = Complex::default();
        let nyquist = &mut self.power[BINS - 1];
        *nyquist = Complex::new(2.0 * nyquist.re, 0.0);
        let inverse = self.inverse.process_with_scratch(
            &mut self.power,
            &mut self.correlation,
            &mut self.scratch,
        );
        debug_assert!(inverse.is_ok(), "the buffers are made to measure");
        let correlation = &self.correlation;
        let mirrored = |m: usize| correlation[(TRANSFORM - m) % TRANSFORM];
        let mut half = f64::from(half);
        for m in 0..LAGS {
            let (forth, back) = (correlation[m], mirrored(m));
            half += f64::from(0.5 * (forth - back));
            self.halves[REACH + 2 * m] = 0.5 * (forth + back);
            self.halves[REACH + 2 * m + 1] = half as f32;
        }
        for i in 1..=REACH {
            self.halves[REACH - i] = self.halves[REACH + i];
        }
    }

    /// The autocorrelation at `index` quarter samples of lag.
    fn quarter(&self, index: usize) -> f32 {
        let below = REACH + index / 2;
        if index.is_multiple_of(2) {
            return self.halves[below];
        }
        let around = &self.halves[below + 1 - REACH..][..2 * REACH];
        around.iter().zip(&self.between).map(|(x, w)| x * w).sum()
    }

    /// Fills `head` and `tail` with running energies of the samples less their `mean`; gives the
    /// energy of all.
    fn energies(&mut self, window: &[f32; WINDOW], mean: f64) -> f64 {
        let square = |sample: &f32| {
            let centred = f64::from(*sample) - mean;
            centred * centred
        };
        let (mut head, mut tail) = (0.0, 0.0);
        for (n, (first, last)) in window
            .iter()
            .zip(window.iter().rev())
            .enumerate()
            .take(LAGS)
        {
            self.head[n] = head;
            self.tail[n] = tail;
            head += square(first);
            tail += square(last);
        }
        // Several sums at a time: one would wait for itself at each sample.
        let (lanes, _) = window.as_chunks::<8>();
        let sums = lanes.iter().fold([0.0; 8], |sums, lane| {
            std::array::from_fn(|i| sums[i] + square(&lane[i]))
        });
        sums.iter().sum()
    }
}
