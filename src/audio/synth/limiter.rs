//! The last step: no constant offset, and never beyond full scale.

use super::Clock;
use super::filter::flushed;
use super::ramp::Ramp;
use std::f32::consts::TAU;

/// Peaks above this are turned down.
const THRESHOLD: f32 = 0.75;
/// Where the curve begins that catches what was not turned down in time.
const KNEE: f32 = 0.8;
/// Seconds to turn down and up again.
const TIMES_S: [f32; 2] = [0.000_7, 0.18];
/// What lies below is offset, in Hz.
const OFFSET_HZ: f32 = 12.0;

/// The limiter.
pub struct Limiter {
    /// Shares of the way to go in a sample, down and up.
    down: f32,
    up: f32,
    /// The gain that is on.
    gain: f32,
    offset: f32,
    offsets: [f32; 2],
}

impl Limiter {
    /// At rest.
    pub fn new(clock: Clock) -> Self {
        let share = |seconds: f32| 1.0 - (-1.0 / (seconds * clock.rate).max(1e-3)).exp();
        Self {
            down: share(TIMES_S[0]),
            up: share(TIMES_S[1]),
            gain: 1.0,
            offset: share(1.0 / (TAU * OFFSET_HZ)),
            offsets: [0.0; 2],
        }
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        self.gain = 1.0;
        self.offsets = [0.0; 2];
    }

    /// Makes both sides fit for the world, amplified by `level`; false if what came was no number,
    /// which is then silence.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32], level: &mut Ramp) -> bool {
        let mut sound = true;
        for (left, right) in left.iter_mut().zip(right) {
            let level = level.next();
            let sides = [&*left, &*right].map(|side| side * level);
            if !(sides[0] + sides[1]).is_finite() {
                sound = false;
                (*left, *right) = (0.0, 0.0);
                continue;
            }
            let mut clean = [0.0; 2];
            for (n, side) in sides.into_iter().enumerate() {
                self.offsets[n] += self.offset * (side - self.offsets[n]);
                clean[n] = side - self.offsets[n];
            }
            let peak = clean[0].abs().max(clean[1].abs());
            let target = if peak > THRESHOLD {
                THRESHOLD / peak
            } else {
                1.0
            };
            let share = if target < self.gain {
                self.down
            } else {
                self.up
            };
            self.gain += share * (target - self.gain);
            [*left, *right] = clean.map(|side| rounded(side * self.gain));
        }
        self.offsets = self.offsets.map(flushed);
        sound
    }
}

/// Bends what lies above the knee so that it never reaches 1.
fn rounded(sample: f32) -> f32 {
    let over = sample.abs() - KNEE;
    if over <= 0.0 {
        return sample;
    }
    let over = over / (1.0 - KNEE);
    // Rounding must not make it 1 when `over` is huge.
    (KNEE + (0.999 - KNEE) * over / (1.0 + over)).copysign(sample)
}
