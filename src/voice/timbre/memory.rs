//! The last second of voice: its frames, and how high it lay.

use crate::audio::frame::BANDS;
use crate::nn::{TIMBRE_FRAMES as LENGTH, TimbreSecond};

/// A ring of voiced frames.
pub struct Memory {
    /// Their log-mel channels.
    frames: Box<TimbreSecond>,
    /// Their pitches in semitones (MIDI); NaN where there was none.
    pitches: [f32; LENGTH],
    /// Where the next frame goes.
    next: usize,
    /// How many frames there are.
    held: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            frames: Box::new([[0.0; BANDS]; LENGTH]),
            pitches: [f32::NAN; LENGTH],
            next: 0,
            held: 0,
        }
    }
}

impl Memory {
    /// Forgets everything.
    pub fn clear(&mut self) {
        (self.next, self.held) = (0, 0);
    }

    /// Keeps a frame of finite log-mel values and its pitch in Hz (0 for none), and forgets the one
    /// of a second ago.
    pub fn keep(&mut self, mel: &[f32; BANDS], f0_hz: f32) {
        self.frames[self.next] = *mel;
        let pitched = f0_hz > 0.0 && f0_hz.is_finite();
        self.pitches[self.next] = if pitched {
            69.0 + 12.0 * (f0_hz / 440.0).log2()
        } else {
            f32::NAN
        };
        self.next = (self.next + 1) % LENGTH;
        self.held = (self.held + 1).min(LENGTH);
    }

    /// The last second, once there was one.
    pub fn second(&self) -> Option<Box<TimbreSecond>> {
        (self.held == LENGTH).then(|| {
            let mut second = self.frames.clone();
            second.rotate_left(self.next);
            second
        })
    }

    /// The median pitch as a MIDI number; `None` if more than half of the frames have none.
    pub fn register(&self) -> Option<f32> {
        let mut pitches = self.pitches;
        let heard = &mut pitches[..self.held];
        // NaN sorts behind every number.
        heard.sort_unstable_by(f32::total_cmp);
        let pitched = heard.iter().filter(|pitch| !pitch.is_nan()).count();
        (pitched > 0 && 2 * pitched >= self.held).then(|| heard[pitched / 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sing(memory: &mut Memory, frames: usize, f0_hz: f32) {
        for _ in 0..frames {
            memory.keep(&[0.0; BANDS], f0_hz);
        }
    }

    #[test]
    fn the_register_is_the_median_pitch_of_a_second() {
        let mut memory = Memory::default();
        assert_eq!(memory.register(), None);
        sing(&mut memory, 60, 440.0);
        sing(&mut memory, 40, 0.0);
        assert!((memory.register().unwrap() - 69.0).abs() < 1e-3);
        sing(&mut memory, 20, f32::NAN);
        assert_eq!(memory.register(), None, "mostly without pitch");
        sing(&mut memory, 100, 220.0);
        assert!((memory.register().unwrap() - 57.0).abs() < 1e-3);
    }

    #[test]
    fn the_second_is_the_last_one_and_the_oldest_frame_comes_first() {
        let mut memory = Memory::default();
        for frame in 0..LENGTH + 37 {
            assert_eq!(memory.second().is_some(), frame >= LENGTH);
            memory.keep(&[frame as f32; BANDS], 220.0);
        }
        let second = memory.second().unwrap();
        for (place, mel) in second.iter().enumerate() {
            assert_eq!(mel, &[(place + 37) as f32; BANDS]);
        }
        memory.clear();
        assert!(memory.second().is_none());
    }
}
