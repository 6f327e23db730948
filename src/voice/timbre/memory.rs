//! The last second of voice: its frames, their means, and how high it lay.

use crate::audio::frame::BANDS;

/// Voiced frames that are remembered: a second.
const LENGTH: usize = 100;

/// A ring of voiced frames. Nothing is allocated after it is made.
pub struct Memory {
    /// Their log-mel channels.
    frames: Box<[[f32; BANDS]; LENGTH]>,
    /// Their pitches in semitones (MIDI); NaN where there was none.
    pitches: [f32; LENGTH],
    /// Where the next frame goes.
    next: usize,
    /// How many frames there are.
    held: usize,
    /// Sums over `frames`, by band.
    sums: [f64; BANDS],
    /// The means that were asked for last.
    means: [f32; BANDS],
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            frames: Box::new([[0.0; BANDS]; LENGTH]),
            pitches: [f32::NAN; LENGTH],
            next: 0,
            held: 0,
            sums: [0.0; BANDS],
            means: [0.0; BANDS],
        }
    }
}

impl Memory {
    /// Forgets everything.
    pub fn clear(&mut self) {
        (self.next, self.held) = (0, 0);
        self.sums.fill(0.0);
    }

    /// How many frames there are.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Keeps a frame of finite log-mel values and its pitch in Hz (0 for none), and forgets the one
    /// of a second ago.
    pub fn keep(&mut self, mel: &[f32; BANDS], f0_hz: f32) {
        let full = self.held == LENGTH;
        let place = &mut self.frames[self.next];
        for ((sum, old), new) in self.sums.iter_mut().zip(place.iter()).zip(mel) {
            *sum += f64::from(*new) - if full { f64::from(*old) } else { 0.0 };
        }
        *place = *mel;
        let pitched = f0_hz > 0.0 && f0_hz.is_finite();
        self.pitches[self.next] = if pitched {
            69.0 + 12.0 * (f0_hz / 440.0).log2()
        } else {
            f32::NAN
        };
        self.next = (self.next + 1) % LENGTH;
        self.held = (self.held + 1).min(LENGTH);
    }

    /// The means of the log-mel channel, by band; what they were before if there is no frame.
    pub fn means(&mut self) -> &[f32; BANDS] {
        if self.held > 0 {
            for (mean, sum) in self.means.iter_mut().zip(&self.sums) {
                *mean = (sum / self.held as f64) as f32;
            }
        }
        &self.means
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
    fn the_means_are_those_of_what_is_left_after_an_hour_of_loud_and_soft() {
        let mut memory = Memory::default();
        for frame in 0..360_000 {
            let value = if frame % 1000 < 500 { -11.5 } else { -0.1 };
            memory.keep(&[value; BANDS], 220.0);
        }
        for frame in 0..LENGTH {
            memory.keep(&[frame as f32; BANDS], 220.0);
        }
        let expected = (LENGTH - 1) as f32 / 2.0;
        assert!(
            memory
                .means()
                .iter()
                .all(|mean| (mean - expected).abs() < 1e-4)
        );
        memory.clear();
        memory.keep(&[3.0; BANDS], 220.0);
        assert_eq!(memory.means(), &[3.0; BANDS]);
    }
}
