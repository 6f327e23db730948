//! The click of the beat.

use std::f32::consts::TAU;

/// Pitch of the bar's first beat and of the others, in Hz.
const PITCHES: (f32, f32) = (1_568.0, 1_046.5);
/// How loud it begins, of full scale.
const LEVEL: f32 = 0.25;
/// How long until it has faded by 60 dB, in seconds.
const LENGTH_S: f32 = 0.05;

/// One click after another.
pub struct Click {
    rate: f32,
    /// Phase of the tone, 0 – 1.
    phase: f32,
    /// How far it moves with each sample.
    step: f32,
    level: f32,
    /// What each sample leaves of the level.
    fade: f32,
}

impl Click {
    /// Silent until the first beat.
    pub fn new(rate: f32) -> Self {
        Self {
            rate,
            phase: 0.0,
            step: 0.0,
            level: 0.0,
            fade: 0.001_f32.powf(1.0 / (LENGTH_S * rate)),
        }
    }

    /// Adds to `block` the clicks of `beats`, see [`crate::clock::Clock::beats`].
    pub fn add(&mut self, block: &mut [f32], beats: impl Iterator<Item = (usize, bool)>) {
        let mut done = 0;
        for (at, first) in beats {
            let at = at.min(block.len());
            self.ring(&mut block[done..at]);
            done = at;
            self.phase = 0.0;
            self.step = if first { PITCHES.0 } else { PITCHES.1 } / self.rate;
            self.level = LEVEL;
        }
        self.ring(&mut block[done..]);
    }

    fn ring(&mut self, block: &mut [f32]) {
        if self.level < 1e-5 {
            self.level = 0.0;
            return;
        }
        for sample in block {
            *sample += self.level * (TAU * self.phase).sin();
            self.phase = (self.phase + self.step).fract();
            self.level *= self.fade;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_begins_at_its_beat_and_fades() {
        let mut click = Click::new(48_000.0);
        let mut block = vec![0.0; 4_800];
        click.add(&mut block, [(100, true)].into_iter());
        let loud = |range: std::ops::Range<usize>| block[range].iter().any(|x| x.abs() > 0.05);
        assert!(!loud(0..101) && loud(101..300) && !loud(3_000..4_800));
    }
}
