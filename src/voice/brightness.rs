//! The colour of a voice: where the weight of its spectrum lies.

use crate::audio::frame::{BANDS, MEL_FLOOR};

/// Bands on which the centroid of a voice lies at its darkest and its brightest, about 290 Hz and
/// 1.4 kHz: the ends of what amateurs' vowels reach. Consonants lie above.
const DARK: f32 = 15.0;
const BRIGHT: f32 = 55.0;

/// How bright a frame is, 0 – 1: the spectral centroid of its mel channel, `Σ b·m(b) / Σ m(b)` with
/// the magnitudes `m(b) = exp(mel(b)) − floor` of the bands `b`, from [`DARK`] to [`BRIGHT`]. On the mel
/// scale, as the ear has it.
pub fn of(mel: &[f32]) -> f32 {
    let (mut sum, mut moment) = (0.0, 0.0);
    for (band, log) in mel.iter().take(BANDS).enumerate() {
        let magnitude = (log.exp() - MEL_FLOOR as f32).max(0.0);
        sum += magnitude;
        moment += band as f32 * magnitude;
    }
    let centroid = if sum > 0.0 { moment / sum } else { 0.0 };
    ((centroid - DARK) / (BRIGHT - DARK)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Features;
    use crate::audio::frame::{SAMPLE_RATE, WINDOW};

    /// Brightness of a 220 Hz tone whose harmonics fall by `slope` dB an octave, at `level`.
    fn tone(slope: f32, level: f32) -> f32 {
        let mut window = [0.0; WINDOW];
        for (n, sample) in window.iter_mut().enumerate() {
            let time = n as f32 / SAMPLE_RATE as f32;
            *sample = (1..=30)
                .map(|h| {
                    let gain = 10f32.powf(-slope * (h as f32).log2() / 20.0);
                    level * gain * (std::f32::consts::TAU * 220.0 * h as f32 * time).sin()
                })
                .sum();
        }
        of(&Features::default().process(&window))
    }

    #[test]
    fn more_overtones_are_brighter_whatever_the_level() {
        let (dark, middle, bright) = (tone(12.0, 0.1), tone(8.0, 0.1), tone(3.0, 0.1));
        assert!(
            dark + 0.05 < middle && middle + 0.2 < bright,
            "{dark} {middle} {bright}"
        );
        assert!((tone(8.0, 0.02) - middle).abs() < 0.03);
    }
}
