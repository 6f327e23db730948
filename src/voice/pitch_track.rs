//! One frame's pitch, read from the network's fine classes.

use crate::nn::PitchOutput;

/// MIDI pitch of the first fine class.
const FIRST: f32 = 24.0;
/// Semitones from one class to the next: 20 cents.
const STEP: f32 = 0.2;
/// Classes on either side of the highest that are averaged: ± 80 cents.
const REACH: usize = 4;

/// The fractional MIDI pitch that the fine classes point at, and how much of their belief lies
/// there, 0 – 1.
pub fn pitch_of(output: &PitchOutput) -> (f32, f32) {
    let (place, clarity) = centroid(&output.fine, REACH);
    (FIRST + STEP * place, clarity.clamp(0.0, 1.0))
}

/// The fractional MIDI pitch of the note that the frame belongs to, from the note head. Its class 0
/// says that there is none.
pub fn note_centre(output: &PitchOutput) -> f32 {
    1.0 + centroid(&output.pitch[1..], 1).0
}

/// How much of the note head's belief in notes lies on the two semitones around `centre`, 0 – 1.
pub fn certainty(output: &PitchOutput, centre: f32) -> f32 {
    let below = (centre as usize).min(output.pitch.len() - 2);
    let around = output.pitch[below] + output.pitch[below + 1];
    (around / (1.0 - output.pitch[0]).max(1e-3)).clamp(0.0, 1.0)
}

/// The mean place of `classes` within `reach` of the highest, and their sum.
fn centroid(classes: &[f32], reach: usize) -> (f32, f32) {
    let mut peak = 0;
    for (place, value) in classes.iter().enumerate() {
        if *value > classes[peak] {
            peak = place;
        }
    }
    let first = peak.saturating_sub(reach);
    let around = &classes[first..(peak + reach + 1).min(classes.len())];
    let sum: f32 = around.iter().sum();
    if sum <= 0.0 {
        return (peak as f32, 0.0);
    }
    let places = around
        .iter()
        .enumerate()
        .map(|(i, p)| (first + i) as f32 * p);
    (places.sum::<f32>() / sum, sum)
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
        let (pitch, clarity) = pitch_of(&output);
        assert!((pitch - (24.0 + 0.2 * 180.5)).abs() < 1e-4 && clarity == 1.0);
        output.fine.fill(0.0);
        output.fine[419] = 1.0;
        assert!((pitch_of(&output).0 - 107.8).abs() < 1e-4);
        output.fine.fill(1.0 / 420.0);
        assert!(pitch_of(&output).1 < 0.03, "even belief is not clear");
    }

    #[test]
    fn a_note_s_centre_is_none_of_the_class_without_notes() {
        let mut output = PitchOutput::UNVOICED;
        output.pitch[0] = 0.8;
        output.pitch[60] = 0.15;
        output.pitch[61] = 0.05;
        let centre = note_centre(&output);
        assert!((centre - 60.25).abs() < 1e-4, "{centre}");
        assert!((certainty(&output, centre) - 1.0).abs() < 1e-4);
        output.pitch[0] = 0.7;
        output.pitch[70] = 0.1;
        let certainty = certainty(&output, note_centre(&output));
        assert!((certainty - 2.0 / 3.0).abs() < 1e-3, "{certainty}");
    }
}
