//! Two wandering echoes, one a side: many players where there was one.

use super::buses::Buses;
use super::oscillator::sine;
use super::ramp::Ramp;
use super::{Clock, silence};

/// Middle of each side's delay, in seconds.
const DELAYS_S: [f32; 2] = [0.0101, 0.0123];
/// How far it wanders to either side, in seconds.
const REACH_S: f32 = 0.0016;
/// How often it does, in Hz.
const SPEEDS_HZ: [f32; 2] = [0.61, 0.83];

/// The chorus.
pub struct Chorus {
    clock: Clock,
    line: Box<[f32]>,
    at: usize,
    phases: [f32; 2],
    /// Delays in samples.
    delays: [Ramp; 2],
    /// Loudest sample since the last tick.
    peak: f32,
}

impl Chorus {
    /// At rest.
    pub fn new(clock: Clock) -> Self {
        let longest = (DELAYS_S[1] + REACH_S) * clock.rate;
        Self {
            clock,
            line: silence((longest as usize + 4).next_power_of_two()),
            at: 0,
            phases: [0.0, 0.3],
            delays: DELAYS_S.map(|s| Ramp::at(s * clock.rate)),
            peak: 0.0,
        }
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        self.line.fill(0.0);
        self.at = 0;
        self.phases = [0.0, 0.3];
        self.delays = DELAYS_S.map(|s| Ramp::at(s * self.clock.rate));
        self.peak = 0.0;
    }

    /// Moves on by a tick; gives how loud the last one was.
    pub fn tick(&mut self) -> f32 {
        for n in 0..2 {
            self.phases[n] += SPEEDS_HZ[n] / self.clock.ticks();
            if self.phases[n] >= 1.0 {
                self.phases[n] -= 1.0;
            }
            let seconds = DELAYS_S[n] + REACH_S * sine(self.phases[n]);
            self.delays[n].aim(seconds * self.clock.rate, self.clock.tick);
        }
        std::mem::take(&mut self.peak)
    }

    /// Takes what was sent to it and adds what comes of it.
    pub fn render(&mut self, buses: &mut Buses, count: usize) {
        let mask = self.line.len() - 1;
        for n in 0..count {
            self.line[self.at & mask] = buses.chorus[n];
            for (delay, side) in self
                .delays
                .iter_mut()
                .zip([&mut buses.left, &mut buses.right])
            {
                let delay = delay.next().max(0.0);
                let whole = delay as usize;
                let part = delay - whole as f32;
                let from = self.at.wrapping_sub(whole);
                let (near, far) = (
                    self.line[from & mask],
                    self.line[from.wrapping_sub(1) & mask],
                );
                let heard = near + part * (far - near);
                side[n] += heard;
                self.peak = self.peak.max(heard.abs());
            }
            self.at = (self.at + 1) & mask;
        }
    }
}
