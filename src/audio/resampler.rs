//! From the host's rate to the features' rate, the same for every block size.

use super::frame::SAMPLE_RATE;
use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{
    Async, FixedAsync, Resampler as _, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

/// Samples that come out at a time: a fifth of a hop, so that the work of a hop is spread.
pub const CHUNK: usize = 44;
/// Filter length at a ratio of 1; stretched with the ratio when the rate goes down.
const TAPS: f64 = 64.0;
/// Longest filter, reached at 705.6 kHz.
const MOST_TAPS: usize = 2_048;
/// Delay at every host rate from the features' rate up, in samples at the latter. The filters' own
/// delays differ by a sample or two; made equal, frames lie on the same audio at every rate and
/// doubtful notes are decided alike.
const DELAY: f64 = 36.0;

/// Collects input until the next chunk can be made.
pub struct Resampler {
    inner: Async<f32>,
    input: Box<[f32]>,
    filled: usize,
    /// Input samples that the next chunk needs.
    needed: usize,
    output: [f32; CHUNK],
    /// Samples of silence that come before the first input, for [`DELAY`].
    silence: usize,
    /// Delay of filter and silence in samples at the features' rate.
    delay: f64,
}

impl Resampler {
    /// A resampler from `rate` Hz.
    ///
    /// # Errors
    /// When `rubato` refuses the ratio.
    #[expect(clippy::disallowed_macros, reason = "set-up, not the callback")]
    pub fn new(rate: f64) -> Result<Self, rubato::ResamplerConstructionError> {
        let ratio = SAMPLE_RATE / rate;
        let taps = ((TAPS / ratio.min(1.0)) as usize)
            .next_multiple_of(8)
            .min(MOST_TAPS);
        let parameters = SincInterpolationParameters {
            sinc_len: taps,
            f_cutoff: None,
            oversampling_factor: 128,
            interpolation: SincInterpolationType::Linear,
            window: WindowFunction::BlackmanHarris2,
        };
        let inner = Async::new_sinc(ratio, 1.0, &parameters, CHUNK, 1, FixedAsync::Output)?;
        let filter = taps as f64 / 2.0 * ratio;
        let needed = inner.input_frames_next();
        let silence =
            (((DELAY - filter) / ratio).round().max(0.0) as usize).min(needed.saturating_sub(1));
        Ok(Self {
            input: vec![0.0; inner.input_frames_max()].into_boxed_slice(),
            filled: silence,
            needed,
            output: [0.0; CHUNK],
            silence,
            delay: filter + silence as f64 * ratio,
            inner,
        })
    }

    /// How much later a sound comes out than it went in, in samples at the features' rate.
    pub fn delay(&self) -> f64 {
        self.delay
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        self.inner.reset();
        self.input[..self.silence].fill(0.0);
        self.filled = self.silence;
        self.needed = self.inner.input_frames_next();
    }

    /// Takes one input sample; gives the chunk that it completed.
    pub fn push(&mut self, sample: f32) -> Option<&[f32; CHUNK]> {
        self.input[self.filled] = sample;
        self.filled += 1;
        if self.filled < self.needed {
            return None;
        }
        let input = SequentialSlice::new(&self.input[..self.filled], 1, self.filled);
        let output = SequentialSlice::new_mut(&mut self.output, 1, CHUNK);
        let done = match (input, output) {
            (Ok(input), Ok(mut output)) => self
                .inner
                .process_into_buffer(&input, &mut output, None)
                .is_ok(),
            _ => false,
        };
        debug_assert!(done, "the buffers are made to measure");
        self.filled = 0;
        self.needed = self.inner.input_frames_next().max(1);
        Some(&self.output)
    }
}
