//! Whether it plays in tune.

use super::{RATE, cents_off, note};
use crate::audio::synth::Synth;
use crate::music::pitch;

/// A note as the voices play it. Of a short one, the hall's own tones would be measured.
fn dry(rate: f64, program: u8, key: u8, seconds: f64) -> Vec<f32> {
    let mut synth = Synth::new(rate);
    let [choice, on, _] = note(program, key, seconds);
    synth.message(choice.1);
    synth.message(on.1);
    let mut sound = Vec::new();
    while (sound.len() as f64) < seconds * rate {
        synth.voices.tick(&synth.channels);
        synth.buses.clear(synth.clock.tick);
        synth.voices.render(&mut synth.buses, synth.clock.tick);
        sound.extend_from_slice(&synth.buses.left);
    }
    sound
}

fn check(rate: f64, program: u8, key: u8, seconds: f64) {
    let hertz = pitch::to_hz(f64::from(key));
    let sound = dry(rate, program, key, seconds);
    let off = cents_off(&sound[(0.02 * rate) as usize..], hertz, rate);
    assert!(
        off.abs() < 2.0,
        "program {program}, key {key} at {rate} Hz: {off:.2} cents"
    );
}

#[test]
fn every_pitched_sound_is_in_tune() {
    // One program of each sound; noise has no pitch.
    for program in [
        0, 4, 5, 6, 7, 8, 11, 12, 16, 19, 21, 24, 25, 27, 28, 29, 32, 33, 36, 38, 39, 40, 42, 45,
        46, 47, 48, 52, 53, 56, 60, 61, 64, 68, 71, 73, 78, 80, 81, 89, 90, 98, 104, 114,
    ] {
        check(48_000.0, program, 69, 2.5);
        check(44_100.0, program, 57, 2.5);
    }
}

#[test]
fn plucked_strings_are_in_tune_from_the_lowest_to_the_highest() {
    for (program, key) in [(33, 28), (25, 40), (25, 84), (46, 96), (46, 103)] {
        check(RATE, program, key, 1.5);
    }
}
