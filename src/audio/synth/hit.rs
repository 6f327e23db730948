//! One stroke on a drum: falling tones, noise and the clatter of metal.

use super::envelope::decay_by_60_db;
use super::filter::{Filter, flushed};
use super::generator::Stroke;
use super::noise::Noise;
use super::oscillator::sine_of_phase;

/// The six squares of which cymbals are made, in Hz.
const METAL_HZ: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];

/// A tone of a drum.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    pub hertz: f32,
    /// How many times higher it begins.
    pub fall: f32,
    /// Seconds in which it has fallen.
    pub fall_s: f32,
    /// Seconds in which it lessens by 60 dB.
    pub decay: f32,
    pub level: f32,
}

/// What part of the noise is heard.
#[derive(Clone, Copy, Debug)]
pub enum Colour {
    Band,
    High,
}

/// The noise of a drum.
#[derive(Clone, Copy, Debug)]
pub struct Hiss {
    pub colour: Colour,
    pub hertz: f32,
    pub q: f32,
    /// Seconds in which it swells.
    pub attack: f32,
    /// Seconds in which it lessens by 60 dB.
    pub decay: f32,
    /// How often it is heard in quick succession, as many hands clap, and how far apart in seconds.
    pub bursts: u8,
    pub apart: f32,
    pub level: f32,
}

/// The clatter of a cymbal or bell.
#[derive(Clone, Copy, Debug)]
pub struct Metal {
    /// What its frequencies are multiplied by.
    pub scale: f32,
    /// How many of them sound, 2 – 6.
    pub count: usize,
    /// What lies below is not heard, in Hz.
    pub hertz: f32,
    /// Seconds in which it lessens by 60 dB.
    pub decay: f32,
    pub level: f32,
}

/// A drum or cymbal.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub tones: [Tone; 2],
    pub hiss: Hiss,
    pub metal: Metal,
    /// −1 left – 1 right.
    pub pan: f32,
    /// Pieces of one number end each other; 0 is none.
    pub choke: u8,
}

/// A stroke that sounds.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    piece: Piece,
    rate: f32,
    noise: Noise,
    /// Per tone: phase, level, what it still has to fall.
    phases: [f32; 2],
    levels: [f32; 2],
    falls: [f32; 2],
    decays: [f32; 2],
    fall_decays: [f32; 2],
    hiss: Filter,
    hiss_level: f32,
    hiss_decay: f32,
    swell: f32,
    swell_share: f32,
    /// Bursts to come, samples before the next, and samples between them.
    bursts: u8,
    to_burst: u32,
    apart: u32,
    metal: Filter,
    metal_phases: [f32; 6],
    metal_steps: [f32; 6],
    metal_level: f32,
    metal_decay: f32,
}

impl Hit {
    /// Strikes. No two strokes are quite the same.
    pub fn new(piece: &Piece, stroke: &Stroke, mut noise: Noise) -> Self {
        let (strength, rate) = (stroke.velocity, stroke.rate);
        let chance = 1.0 + 0.012 * noise.next();
        let mut piece = *piece;
        for tone in &mut piece.tones {
            tone.hertz *= chance;
            tone.fall = 1.0 + (tone.fall - 1.0) * (0.55 + 0.45 * strength);
        }
        let bright = 0.7 + 0.4 * strength;
        piece.hiss.level *= bright;
        let Metal { scale, count, .. } = piece.metal;
        let mut metal_steps = METAL_HZ.map(|hertz| {
            let step = hertz * scale * chance / rate;
            if step < 0.5 { step } else { 0.0 }
        });
        for step in metal_steps.iter_mut().skip(count) {
            *step = 0.0;
        }
        Self {
            rate,
            phases: [0.0; 2],
            levels: piece.tones.map(|tone| tone.level),
            falls: piece.tones.map(|tone| tone.fall - 1.0),
            decays: piece.tones.map(|tone| decay_by_60_db(tone.decay, rate)),
            fall_decays: piece
                .tones
                .map(|tone| decay_by_60_db(tone.fall_s * 2.0, rate)),
            hiss: Filter::new(piece.hiss.hertz * bright, piece.hiss.q, rate),
            hiss_level: 0.0,
            hiss_decay: 0.0,
            swell: 0.0,
            swell_share: 1.0 - decay_by_60_db(piece.hiss.attack * 2.0, rate),
            bursts: if piece.hiss.level > 0.0 {
                piece.hiss.bursts
            } else {
                0
            },
            to_burst: 0,
            apart: (piece.hiss.apart * rate) as u32,
            metal: Filter::new(piece.metal.hertz * bright, 0.8, rate),
            metal_phases: [(); 6].map(|()| 0.5 + 0.5 * noise.next()),
            metal_steps,
            metal_level: piece.metal.level * bright,
            metal_decay: decay_by_60_db(piece.metal.decay, rate),
            noise,
            piece,
        }
    }

    /// Where the piece stands.
    pub fn pan(&self) -> f32 {
        self.piece.pan
    }

    /// Keeps denormal numbers out; once a tick is enough.
    pub fn flush(&mut self) {
        self.hiss.flush();
        self.metal.flush();
        self.levels = self.levels.map(flushed);
        self.falls = self.falls.map(flushed);
        self.hiss_level = flushed(self.hiss_level);
        self.metal_level = flushed(self.metal_level);
    }

    /// Adds the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        for n in 0..2 {
            if self.levels[n] > 0.0 {
                self.tone(n, out);
            }
        }
        if self.hiss_level > 0.0 || self.bursts > 0 {
            self.hiss(out);
        }
        if self.metal_level > 0.0 {
            self.metal(out);
        }
    }

    fn tone(&mut self, n: usize, out: &mut [f32]) {
        let step = self.piece.tones[n].hertz / self.rate;
        for sample in out {
            *sample += self.levels[n] * sine_of_phase(self.phases[n]);
            self.phases[n] += (step * (1.0 + self.falls[n])).min(0.45);
            if self.phases[n] >= 1.0 {
                self.phases[n] -= 1.0;
            }
            self.falls[n] *= self.fall_decays[n];
            self.levels[n] *= self.decays[n];
        }
    }

    fn hiss(&mut self, out: &mut [f32]) {
        let Hiss {
            colour,
            level,
            decay,
            apart,
            ..
        } = self.piece.hiss;
        for sample in out {
            if self.bursts > 0 {
                if self.to_burst == 0 {
                    self.bursts -= 1;
                    self.to_burst = self.apart;
                    self.hiss_level = level;
                    // All but the last burst are short.
                    let seconds = if self.bursts > 0 { apart } else { decay };
                    self.hiss_decay = decay_by_60_db(seconds, self.rate);
                } else {
                    self.to_burst -= 1;
                }
            }
            let white = self.noise.next();
            let filtered = match colour {
                Colour::Band => self.hiss.band(white),
                Colour::High => self.hiss.high(white),
            };
            self.swell += self.swell_share * (1.0 - self.swell);
            *sample += self.hiss_level * self.swell * filtered;
            self.hiss_level *= self.hiss_decay;
        }
    }

    fn metal(&mut self, out: &mut [f32]) {
        let used = self.piece.metal.count.min(6);
        for sample in out {
            let mut sum = 0.0;
            for n in 0..used {
                sum += if self.metal_phases[n] < 0.5 {
                    0.4
                } else {
                    -0.4
                };
                self.metal_phases[n] += self.metal_steps[n];
                if self.metal_phases[n] >= 1.0 {
                    self.metal_phases[n] -= 1.0;
                }
            }
            *sample += self.metal_level * self.metal.high(sum);
            self.metal_level *= self.metal_decay;
        }
    }
}
