//! Audio in, frames out: gain, mono, gate, resampling and the two channels of features.

use super::features::Features;
use super::frame::{AUDIO_STEP, Frame, HOP, SAMPLE_RATE, WINDOW};
use super::gate::Gate;
use super::resampler::{CHUNK, Resampler};

/// Loudest sample that is let in: 18 dB above full scale.
const CLIP: f32 = 8.0;
/// Lowest level that is told apart from silence, in dB.
const SILENCE_DB: f32 = -120.0;

/// Why no front end could be made.
#[derive(Debug, thiserror::Error)]
pub enum FrontEndError {
    /// The host's sample rate is of no use.
    #[error("A sample rate of {0} Hz cannot be used: it must lie between 1 kHz and 2 MHz.")]
    Rate(f64),
    /// The resampler refused.
    #[error("Audio at {0} Hz cannot be resampled: {1}.")]
    Resampler(f64, rubato::ResamplerConstructionError),
}

/// Makes frames of audio at one host rate. All memory is set up by [`FrontEnd::new`].
pub struct FrontEnd {
    resampler: Resampler,
    features: Features,
    gate: Gate,
    /// The newest [`WINDOW`] samples at the features' rate, the newest last.
    window: [f32; WINDOW],
    /// Samples of the current hop that are in the window.
    in_hop: usize,
    index: u64,
}

impl FrontEnd {
    /// A front end for audio at `rate` Hz.
    ///
    /// # Errors
    /// When nothing can be done at that rate.
    pub fn new(rate: f64) -> Result<Self, FrontEndError> {
        if !(1_000.0..=2_000_000.0).contains(&rate) {
            return Err(FrontEndError::Rate(rate));
        }
        Ok(Self {
            resampler: Resampler::new(rate).map_err(|e| FrontEndError::Resampler(rate, e))?,
            features: Features::default(),
            gate: Gate::default(),
            window: [0.0; WINDOW],
            in_hop: 0,
            index: 0,
        })
    }

    /// How much earlier than a frame's own time a sound was heard, in seconds: the resampler's
    /// delay.
    pub fn delay_s(&self) -> f64 {
        self.resampler.delay() / SAMPLE_RATE
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        self.resampler.reset();
        self.gate.reset();
        self.window.fill(0.0);
        self.in_hop = 0;
        self.index = 0;
    }

    /// Takes a block of planar `channels`, amplified by `gain` (linear), and gives `each` finished
    /// frame with the offset in the block of the last sample that it needed.
    pub fn process(
        &mut self,
        channels: &[impl AsRef<[f32]>],
        gain: f32,
        gate_db: f32,
        mut each: impl FnMut(usize, Frame),
    ) {
        let Some(first) = channels.first() else {
            return;
        };
        let scale = gain / channels.len() as f32;
        for offset in 0..first.as_ref().len() {
            let sum: f32 = channels.iter().filter_map(|c| c.as_ref().get(offset)).sum();
            let mixed = sum * scale;
            let sample = if mixed.is_finite() {
                mixed.clamp(-CLIP, CLIP)
            } else {
                0.0
            };
            if let Some(chunk) = self.resampler.push(sample) {
                let chunk = *chunk;
                if let Some(frame) = self.advance(&chunk, gate_db) {
                    each(offset, frame);
                }
            }
        }
    }

    /// Takes one chunk at the features' rate; gives the frame that it completed.
    fn advance(&mut self, chunk: &[f32; CHUNK], gate_db: f32) -> Option<Frame> {
        const { assert!(HOP.is_multiple_of(CHUNK)) };
        self.window.copy_within(CHUNK.., 0);
        self.window[WINDOW - CHUNK..].copy_from_slice(chunk);
        self.in_hop += CHUNK;
        if self.in_hop < HOP {
            return None;
        }
        self.in_hop = 0;
        let energy: f32 = self.window[WINDOW - HOP..].iter().map(|x| x * x).sum();
        let level_db = (10.0 * (energy / HOP as f32).log10()).max(SILENCE_DB);
        let frame = Frame {
            index: self.index,
            features: self.features.process(&self.window),
            level_db,
            gate_open: self.gate.update(level_db, gate_db),
            audio: std::array::from_fn(|n| {
                let sample = self.window[WINDOW - HOP + n];
                (sample / AUDIO_STEP).round() as i16
            }),
        };
        self.index += 1;
        Some(frame)
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests, not the callback"
)]
mod tests {
    use super::super::frame::BANDS;
    use super::*;

    fn frames(rate: f64, seconds: f64, sample: impl Fn(f64) -> f32) -> Vec<(usize, Frame)> {
        let mut front_end = FrontEnd::new(rate).expect("a usual rate");
        let audio: Vec<f32> = (0..(seconds * rate) as usize)
            .map(|n| sample(n as f64 / rate))
            .collect();
        let mut out = Vec::new();
        front_end.process(&[audio], 1.0, -70.0, |at, frame| out.push((at, frame)));
        out
    }

    #[test]
    fn the_periodicity_of_a_sine_peaks_at_its_period() {
        for rate in [8_000.0, 44_100.0, 48_000.0, 192_000.0] {
            let heard = frames(rate, 0.5, |t| {
                (t * 220.0 * std::f64::consts::TAU).sin() as f32
            });
            let (_, last) = heard.last().expect("half a second gives frames");
            let channel = &last.features[BANDS..];
            // Subharmonics are as high; the fundamental is the last high peak.
            let found = (0..BANDS)
                .rev()
                .find(|i| channel[*i] > 0.95)
                .expect("a peak");
            let expected = 127.0 * (220.0f64 / 62.0).ln() / (1_180.0f64 / 62.0).ln();
            assert!(
                (found as f64 - expected).abs() < 4.0,
                "{rate} Hz: {found} for {expected}"
            );
        }
    }

    #[test]
    fn a_frame_comes_every_hop_and_silence_keeps_the_gate_shut() {
        let heard = frames(48_000.0, 1.0, |_| 0.0);
        assert!((98..=101).contains(&heard.len()), "{}", heard.len());
        assert!(
            heard
                .iter()
                .all(|(_, f)| !f.gate_open && f.level_db == SILENCE_DB)
        );
        assert!(heard.windows(2).all(|w| w[1].1.index == w[0].1.index + 1));
    }

    #[test]
    fn hostile_samples_stay_outside() {
        let heard = frames(44_100.0, 0.3, |t| match (t * 1e4) as u32 % 4 {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => 1e38,
            _ => -1e-40,
        });
        assert!(
            heard
                .iter()
                .flat_map(|(_, f)| f.features)
                .all(f32::is_finite)
        );
    }

    #[test]
    fn rates_that_make_no_sense_are_refused_and_odd_ones_run() {
        assert!(FrontEnd::new(0.0).is_err() && FrontEnd::new(f64::NAN).is_err());
        for rate in [1_000.0, 1_234.5, 22_050.0, 768_000.0] {
            assert!(!frames(rate, 0.2, |_| 0.1).is_empty(), "{rate}");
        }
    }
}
