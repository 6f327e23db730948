//! One frame's pitch, read from the network's fine classes.

use crate::nn::PitchOutput;

/// MIDI pitch of the first fine class.
const FIRST: f32 = 24.0;
/// Semitones from one class to the next: 20 cents.
const STEP: f32 = 0.2;
/// Classes on either side of the highest that are averaged: ± 40 cents.
const REACH: usize = 2;

/// The fractional MIDI pitch that the fine classes point at: the mean around the highest.
pub fn pitch_of(output: &PitchOutput) -> f32 {
    let fine = &output.fine;
    let peak = fine
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or(0, |(i, _)| i);
    let first = peak.saturating_sub(REACH);
    let around = &fine[first..(peak + REACH + 1).min(fine.len())];
    let sum: f32 = around.iter().sum();
    if sum <= 0.0 {
        return FIRST + STEP * peak as f32;
    }
    let mean = around
        .iter()
        .enumerate()
        .map(|(i, p)| (first + i) as f32 * p)
        .sum::<f32>()
        / sum;
    FIRST + STEP * mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pitch_lies_between_the_classes_that_share_it() {
        let mut output = PitchOutput::UNVOICED;
        output.fine.fill(0.0);
        output.fine[180] = 0.5;
        output.fine[181] = 0.5;
        assert!((pitch_of(&output) - (24.0 + 0.2 * 180.5)).abs() < 1e-4);
        output.fine.fill(0.0);
        output.fine[419] = 1.0;
        assert!((pitch_of(&output) - 107.8).abs() < 1e-4);
    }
}
