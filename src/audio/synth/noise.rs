//! White noise, and chance that is the same every time.

/// A generator of pseudo-random numbers (xorshift), never at rest.
#[derive(Clone, Copy, Debug)]
pub struct Noise(u32);

impl Noise {
    /// Noise of its own for each seed.
    pub fn new(seed: u32) -> Self {
        // Neighbouring seeds must not sound alike.
        Self((seed.wrapping_mul(0x9E37_79B9) ^ 0x5bd1_e995) | 1)
    }

    /// The next sample, −1 – 1.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as i32 as f32 * (1.0 / 2_147_483_648.0)
    }

    /// Adds the next samples.
    pub fn render(&mut self, gain: f32, out: &mut [f32]) {
        for sample in out {
            *sample += gain * self.next();
        }
    }
}
