//! A plucked string: a wave that runs round a delay line and loses a little each time.

use super::envelope::decay_by_60_db;
use super::filter::flushed;
use super::generator::Stroke;
use super::noise::Noise;
use std::f32::consts::{PI, TAU};

/// The lowest note that a line holds, in Hz; lower ones sound like it.
const LOWEST_HZ: f32 = 16.0;
/// The shortest loop in samples; higher notes are not played.
const SHORTEST: f32 = 4.0;
/// Where the loss of the high partials is told, in Hz.
const HIGH_HZ: f32 = 3_000.0;

/// How a string is made and plucked.
#[derive(Clone, Copy, Debug)]
pub struct Pluck {
    /// Where it is plucked, as a share of its length.
    pub pick: f32,
    /// Where a pickup listens, as a share of its length; 0 is none.
    pub pickup: f32,
    /// Hz to which a pluck of middle strength reaches.
    pub hardness: f32,
    /// How much of the pluck is scraping.
    pub scrape: f32,
    /// Seconds in which C4 lessens by 60 dB.
    pub sustain: f32,
    /// Seconds in which what lies at 3 kHz does.
    pub high_sustain: f32,
}

/// Samples of the line that a string needs at `rate`: a power of two.
pub fn line_length(rate: f32) -> usize {
    ((rate / LOWEST_HZ) as usize + 8).next_power_of_two()
}

/// The string; its line is lent to it.
#[derive(Clone, Copy, Debug)]
pub struct PluckedString {
    playing: bool,
    /// Where the line is written next.
    at: usize,
    /// Whole samples of the loop, and what reads between samples after them.
    delay: usize,
    taps: [f32; 4],
    pickup: f32,
    pickup_delay: usize,
    /// One pole that the highs are lost in, and what is left of the rest.
    pole: f32,
    loss: f32,
    state: f32,
}

impl PluckedString {
    /// Plucks it: fills `line` with the wave that the pluck leaves.
    pub fn new(pluck: &Pluck, line: &mut [f32], stroke: &Stroke, noise: &mut Noise) -> Self {
        let Stroke { hertz, rate, .. } = *stroke;
        line.fill(0.0);
        let period = (rate / hertz).min(rate / LOWEST_HZ);
        let mut string = Self {
            playing: period >= SHORTEST && line.len() as f32 >= period + 8.0,
            at: 0,
            delay: 1,
            taps: [0.0; 4],
            pickup: pluck.pickup,
            pickup_delay: 1,
            pole: 0.0,
            loss: 0.0,
            state: 0.0,
        };
        if !string.playing {
            return string;
        }
        // Long strings ring longer.
        let stretch = (262.0 / hertz).powf(0.45).clamp(0.3, 2.5);
        string.loss = decay_by_60_db(pluck.sustain * stretch, rate).powf(period);
        let high = HIGH_HZ.max(1.5 * hertz).min(0.4 * rate);
        let left = decay_by_60_db(pluck.high_sustain * stretch, rate).powf(period);
        string.pole = pole(left / string.loss, TAU * high / rate);
        string.tune(hertz, rate);

        // A pluck at one point sends out a pulse as long as the string's shorter part.
        let length = (period.round() as usize).clamp(1, line.len());
        let wave = &mut line[..length];
        let edge = (pluck.pick * period).max(1.0);
        let height = 0.5 / (pluck.pick * (1.0 - pluck.pick)).sqrt();
        for (n, sample) in wave.iter_mut().enumerate() {
            let inside = (edge - n as f32).clamp(0.0, 1.0);
            *sample = height * inside + pluck.scrape * noise.next();
        }
        let reach = pluck.hardness * (2.6 * (stroke.hardness - 0.6)).exp2();
        let soft = (-TAU * reach / rate).exp();
        for _ in 0..2 {
            let mut state = wave[length - 1];
            // Twice round, so that the end meets the beginning.
            for keep in [false, true] {
                for sample in &mut *wave {
                    state = *sample + soft * (state - *sample);
                    if keep {
                        *sample = state;
                    }
                }
            }
        }
        let mean = wave.iter().sum::<f32>() / length as f32;
        for sample in wave {
            *sample -= mean;
        }
        string.at = length & (line.len() - 1);
        string
    }

    /// Moves the note to `hertz`.
    pub fn tune(&mut self, hertz: f32, rate: f32) {
        let turn = TAU * (hertz / rate).min(0.25);
        // The pole delays too.
        let lag = (self.pole * turn.sin()).atan2(1.0 - self.pole * turn.cos()) / turn;
        let period = (rate / hertz).clamp(SHORTEST, rate / LOWEST_HZ);
        let delay = (period - lag).max(2.0);
        self.delay = delay as usize - 1;
        self.pickup_delay = ((self.pickup * period) as usize).max(1);
        // Four points around the place between samples (Lagrange).
        let d = delay - self.delay as f32;
        self.taps = [
            -(d - 1.0) * (d - 2.0) * (d - 3.0) / 6.0,
            d * (d - 2.0) * (d - 3.0) / 2.0,
            -d * (d - 1.0) * (d - 3.0) / 2.0,
            d * (d - 1.0) * (d - 2.0) / 6.0,
        ];
    }

    /// Adds the next samples. `line` is the one that was filled.
    pub fn render(&mut self, line: &mut [f32], out: &mut [f32]) {
        if !self.playing || !line.len().is_power_of_two() {
            return;
        }
        let mask = line.len() - 1;
        for sample in out {
            let from = self.at.wrapping_sub(self.delay);
            let read = |n: usize| line[from.wrapping_sub(n) & mask];
            let [a, b, c, d] = self.taps;
            let wave = a * read(0) + b * read(1) + c * read(2) + d * read(3);
            self.state = wave + self.pole * (self.state - wave);
            let mut heard = wave;
            if self.pickup > 0.0 {
                heard -= line[self.at.wrapping_sub(self.pickup_delay) & mask];
            }
            line[self.at & mask] = flushed(self.loss * self.state);
            self.at = (self.at + 1) & mask;
            *sample += heard;
        }
    }
}

/// The pole whose lowpass leaves `gain` at `turn` radians a sample.
fn pole(gain: f32, turn: f32) -> f32 {
    // Rounding would make f32 useless here: the gain lies close to 1.
    let power = f64::from(gain.clamp(0.0, 0.999_99)).powi(2);
    let b = 1.0 - power * f64::from(turn.min(PI)).cos();
    let a = 1.0 - power;
    (((b - (b * b - a * a).max(0.0).sqrt()) / a) as f32).clamp(0.0, 0.99)
}
