//! A value on its way to another, a little every sample.

/// Moves in a straight line, so that a gain never jumps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ramp {
    value: f32,
    step: f32,
    /// Steps left.
    left: usize,
    target: f32,
}

impl Ramp {
    /// Rests at a value.
    pub const fn at(value: f32) -> Self {
        Self {
            value,
            step: 0.0,
            left: 0,
            target: value,
        }
    }

    /// Will be at `target` after so many samples.
    pub fn aim(&mut self, target: f32, samples: usize) {
        self.target = target;
        self.left = samples;
        self.step = (target - self.value) / samples.max(1) as f32;
    }

    /// The value at the next sample.
    pub fn next(&mut self) -> f32 {
        if self.left > 0 {
            self.left -= 1;
            self.value = if self.left == 0 {
                self.target
            } else {
                self.value + self.step
            };
        }
        self.value
    }
}
