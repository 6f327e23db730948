//! Periodic waves without the false tones of sampling.

use super::noise::Noise;

/// Most oscillators in one note.
const MOST: usize = 3;
/// Waves of higher frequency than this share of the sample rate are not played.
const HIGHEST: f32 = 0.45;

/// The sine of an angle in turns, within 10⁻⁵; for angles of less than 16 000 turns.
pub fn sine(turns: f32) -> f32 {
    let whole = ((turns + 16_384.5) as i32).wrapping_sub(16_384);
    half_turns(2.0 * (turns - whole as f32))
}

/// The sine of a phase of 0 – 1 turns, in less time.
pub fn sine_of_phase(phase: f32) -> f32 {
    -half_turns(2.0 * phase - 1.0)
}

/// The sine of −1 – 1 half turns.
fn half_turns(z: f32) -> f32 {
    let zz = z * z;
    z * (1.0 - zz) * (3.141_535_8 + zz * (-2.024_973_6 + zz * (0.518_119_5 - zz * 0.064_217_65)))
}

/// What makes a saw's jump smooth over two samples ("polyBLEP").
fn smoothing(phase: f32, step: f32) -> f32 {
    if phase < step {
        let t = phase / step;
        t + t - t * t - 1.0
    } else if phase > 1.0 - step {
        let t = (phase - 1.0) / step;
        t * t + t + t + 1.0
    } else {
        0.0
    }
}

/// A rising saw at `phase`, which moves by `step` a sample.
fn saw(phase: f32, step: f32) -> f32 {
    2.0 * phase - 1.0 - smoothing(phase, step)
}

/// The shape of a wave.
#[derive(Clone, Copy, Debug)]
pub enum Wave {
    /// All harmonics.
    Saw,
    /// High for this share of the period; half is a square, with odd harmonics only.
    Pulse(f32),
}

/// Up to three oscillators of one wave, a little out of tune with each other.
#[derive(Clone, Copy, Debug)]
pub struct Oscillators {
    wave: Wave,
    count: usize,
    /// Frequency of each as a multiple of the note's.
    ratios: [f32; MOST],
    phases: [f32; MOST],
    steps: [f32; MOST],
    gain: f32,
}

impl Oscillators {
    /// `count` oscillators spread evenly over `detune` cents to either side.
    pub fn new(wave: Wave, count: usize, detune: f32, noise: &mut Noise) -> Self {
        let count = count.clamp(1, MOST);
        let spread = |n: usize| {
            let place = if count == 1 {
                0.0
            } else {
                2.0 * n as f32 / (count - 1) as f32 - 1.0
            };
            (place * detune / 1_200.0).exp2()
        };
        Self {
            wave,
            count,
            ratios: [spread(0), spread(1), spread(2)],
            phases: [(); MOST].map(|()| 0.5 + 0.5 * noise.next()),
            steps: [0.0; MOST],
            gain: 1.0 / (count as f32).sqrt(),
        }
    }

    /// Moves the note to `hertz`.
    pub fn tune(&mut self, hertz: f32, rate: f32) {
        self.steps = self.ratios.map(|ratio| {
            let step = hertz * ratio / rate;
            if step < HIGHEST { step } else { 0.0 }
        });
    }

    /// Adds the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        for n in 0..self.count {
            let (mut phase, step, gain) = (self.phases[n], self.steps[n], self.gain);
            if step == 0.0 {
                continue;
            }
            match self.wave {
                Wave::Saw => {
                    for sample in &mut *out {
                        *sample += gain * saw(phase, step);
                        phase = wrapped(phase + step);
                    }
                }
                Wave::Pulse(width) => {
                    for sample in &mut *out {
                        let other = wrapped(phase + width);
                        *sample += gain * (saw(phase, step) - saw(other, step));
                        phase = wrapped(phase + step);
                    }
                }
            }
            self.phases[n] = phase;
        }
    }
}

/// A phase that may have passed 1, brought back.
pub fn wrapped(phase: f32) -> f32 {
    if phase >= 1.0 { phase - 1.0 } else { phase }
}
