//! How loud a note is from its beginning to its end.

/// Where an attack that never ended would end: makes it steep at first and round at the top.
const ATTACK_TARGET: f32 = 1.3;
/// Natural logarithm of 60 dB.
const SIXTY_DB: f32 = 6.907_755;
/// A released note ends here: −90 dB.
const END: f32 = 3e-5;

/// The four numbers of an envelope; times in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// From silence to full.
    pub attack: f32,
    /// From full to within 5 % of the way to the level that is held.
    pub decay: f32,
    /// The level that is held, 0 – 1.
    pub sustain: f32,
    /// From the level at the note's end down by 60 dB.
    pub release: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Attack,
    Decay,
    Release,
    Fade,
    Over,
}

/// An envelope at work, a value each sample (or each tick, if made for the rate of ticks).
#[derive(Clone, Copy, Debug)]
pub struct Envelope {
    stage: Stage,
    level: f32,
    attack: f32,
    decay: f32,
    sustain: f32,
    release: f32,
    fade: f32,
}

/// The factor that, once a sample, lessens by 60 dB in `seconds`.
pub fn decay_by_60_db(seconds: f32, rate: f32) -> f32 {
    (-SIXTY_DB / (seconds * rate).max(1.0)).exp()
}

impl Envelope {
    /// At its beginning, with `rate` values a second.
    pub fn new(shape: &Shape, rate: f32) -> Self {
        let share =
            |logarithm: f32, seconds: f32| 1.0 - (-logarithm / (seconds * rate).max(1.0)).exp();
        Self {
            stage: Stage::Attack,
            level: 0.0,
            attack: share((ATTACK_TARGET / (ATTACK_TARGET - 1.0)).ln(), shape.attack),
            decay: share(3.0, shape.decay),
            sustain: shape.sustain,
            release: decay_by_60_db(shape.release, rate),
            fade: 0.0,
        }
    }

    /// One that is over.
    pub const fn over() -> Self {
        Self {
            stage: Stage::Over,
            level: 0.0,
            attack: 0.0,
            decay: 0.0,
            sustain: 0.0,
            release: 0.0,
            fade: 0.0,
        }
    }

    /// The note ends.
    pub fn release(&mut self) {
        if matches!(self.stage, Stage::Attack | Stage::Decay) {
            self.stage = Stage::Release;
        }
    }

    /// The note goes in a straight line to nothing within `samples`, whatever it did.
    pub fn fade(&mut self, samples: f32) {
        if self.stage != Stage::Over {
            let step = self.level / samples.max(1.0);
            // A second fade never slows the first.
            self.fade = if self.stage == Stage::Fade {
                self.fade.max(step)
            } else {
                step
            };
            self.stage = Stage::Fade;
        }
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// The next value, 0 – 1.
    pub fn next(&mut self) -> f32 {
        match self.stage {
            Stage::Attack => {
                self.level += (ATTACK_TARGET - self.level) * self.attack;
                if self.level >= 1.0 {
                    self.level = 1.0;
                    self.stage = Stage::Decay;
                }
            }
            Stage::Decay => self.level += (self.sustain - self.level) * self.decay,
            Stage::Release => {
                self.level *= self.release;
                if self.level < END {
                    self.stage = Stage::Fade;
                    // The rest is too faint for a step to be heard.
                    self.fade = END / 16.0;
                }
            }
            Stage::Fade => {
                self.level -= self.fade;
                if self.level <= 0.0 || self.fade <= 0.0 {
                    self.level = 0.0;
                    self.stage = Stage::Over;
                }
            }
            Stage::Over => {}
        }
        self.level
    }
}
