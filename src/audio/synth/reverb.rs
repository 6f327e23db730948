//! A small hall: eight delay lines that feed each other.

use super::buses::Buses;
use super::envelope::decay_by_60_db;
use super::filter::flushed;
use super::{Clock, silence};
use std::f32::consts::TAU;

/// Lines.
const LINES: usize = 8;
/// Their lengths in seconds, without a common measure.
const LENGTHS_S: [f32; LINES] = [
    0.029_7, 0.034_3, 0.037_9, 0.041_1, 0.043_7, 0.049_3, 0.053_9, 0.058_7,
];
/// Two lines through which the sound passes first, so that its edges blur.
const BLUR_S: [f32; 2] = [0.004_7, 0.007_3];
/// How much they blur.
const BLUR: f32 = 0.6;
/// Seconds in which the hall lessens by 60 dB.
const DECAY_S: f32 = 1.3;
/// The hall swallows what lies above, in Hz.
const DULL_HZ: f32 = 4_500.0;
/// What lies below is not let in, in Hz: the bass stays dry.
const THIN_HZ: f32 = 160.0;
/// Gain of what comes out.
const LEVEL: f32 = 0.5;

/// A ring of past samples.
struct Line {
    samples: Box<[f32]>,
    at: usize,
}

impl Line {
    fn new(seconds: f32, rate: f32) -> Self {
        Self {
            samples: silence(((seconds * rate).round() as usize).max(1)),
            at: 0,
        }
    }

    fn oldest(&self) -> f32 {
        self.samples[self.at]
    }

    fn replace(&mut self, sample: f32) {
        self.samples[self.at] = flushed(sample);
        self.at += 1;
        if self.at == self.samples.len() {
            self.at = 0;
        }
    }

    fn reset(&mut self) {
        self.samples.fill(0.0);
        self.at = 0;
    }
}

/// The hall.
pub struct Reverb {
    blur: [Line; 2],
    lines: [Line; LINES],
    /// What is left after each line.
    losses: [f32; LINES],
    /// The lines' lowpasses.
    dull: f32,
    states: [f32; LINES],
    /// The highpass at the door.
    thin: f32,
    low: f32,
    /// Loudest sample since the last tick.
    peak: f32,
}

impl Reverb {
    /// At rest.
    pub fn new(clock: Clock) -> Self {
        let share = |hertz: f32| 1.0 - (-TAU * hertz / clock.rate).exp();
        Self {
            blur: BLUR_S.map(|s| Line::new(s, clock.rate)),
            lines: LENGTHS_S.map(|s| Line::new(s, clock.rate)),
            losses: LENGTHS_S.map(|s| decay_by_60_db(DECAY_S, clock.rate).powf(s * clock.rate)),
            dull: share(DULL_HZ),
            states: [0.0; LINES],
            thin: share(THIN_HZ),
            low: 0.0,
            peak: 0.0,
        }
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        for line in self.blur.iter_mut().chain(&mut self.lines) {
            line.reset();
        }
        self.states = [0.0; LINES];
        self.low = 0.0;
        self.peak = 0.0;
    }

    /// How loud it was since the last tick.
    pub fn tick(&mut self) -> f32 {
        std::mem::take(&mut self.peak)
    }

    /// Takes what was sent to it and adds what comes of it.
    pub fn render(&mut self, buses: &mut Buses, count: usize) {
        for n in 0..count {
            let input = buses.reverb[n];
            self.low = flushed(self.low + self.thin * (input - self.low));
            let mut sound = input - self.low;
            for line in &mut self.blur {
                let old = line.oldest();
                let new = sound - BLUR * old;
                line.replace(new);
                sound = old + BLUR * new;
            }
            let mut waves = [0.0; LINES];
            for (k, wave) in waves.iter_mut().enumerate() {
                let state = &mut self.states[k];
                *state = flushed(*state + self.dull * (self.lines[k].oldest() - *state));
                *wave = *state * self.losses[k];
            }
            let left = (waves[0] - waves[2]) + (waves[4] - waves[6]);
            let right = (waves[1] - waves[3]) + (waves[5] - waves[7]);
            mix(&mut waves);
            for (k, (line, wave)) in self.lines.iter_mut().zip(waves).enumerate() {
                let sign = if k % 3 == 0 { -1.0 } else { 1.0 };
                line.replace(wave + sign * sound);
            }
            buses.left[n] += LEVEL * left;
            buses.right[n] += LEVEL * right;
            self.peak = self.peak.max(left.abs()).max(right.abs());
        }
    }
}

/// Every line into every other, without gain or loss (a Hadamard matrix).
fn mix(waves: &mut [f32; LINES]) {
    const SHARE: f32 = 0.353_553_4;
    for half in [1, 2, 4] {
        for k in 0..LINES {
            if k & half == 0 {
                let (a, b) = (waves[k], waves[k | half]);
                waves[k] = a + b;
                waves[k | half] = a - b;
            }
        }
    }
    for wave in waves {
        *wave *= SHARE;
    }
}
