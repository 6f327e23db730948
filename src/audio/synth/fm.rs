//! Frequency modulation: two pairs of sines, in each of which one bends the other.

use super::envelope::decay_by_60_db;
use super::filter::flushed;
use super::generator::Stroke;
use super::oscillator::{sine, sine_of_phase, wrapped};

/// A pair fainter than this is not heard (−110 dB).
const FAINTEST: f32 = 3e-6;

/// A pair. Frequencies are multiples of the note's, times are in seconds for C4.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// Frequency of the sine that is heard.
    pub carrier: f32,
    /// Frequency of the sine that bends it.
    pub modulator: f32,
    /// How far it bends at first, in turns, for a hard stroke.
    pub index: f32,
    /// Time in which that lessens by 60 dB.
    pub index_decay: f32,
    /// Time in which the pair itself does.
    pub decay: f32,
    pub level: f32,
}

#[derive(Clone, Copy, Debug)]
struct Sounding {
    ratios: [f32; 2],
    phases: [f32; 2],
    steps: [f32; 2],
    index: f32,
    index_decay: f32,
    level: f32,
    decay: f32,
}

/// Both pairs of a note.
#[derive(Clone, Copy, Debug)]
pub struct Fm {
    pairs: [Sounding; 2],
}

impl Fm {
    /// Begins a note.
    pub fn new(pairs: &[Pair; 2], stroke: &Stroke) -> Self {
        let (stretch, rate) = (stroke.stretch(), stroke.rate);
        Self {
            pairs: pairs.map(|pair| Sounding {
                ratios: [pair.carrier, pair.modulator],
                phases: [0.0; 2],
                steps: [0.0; 2],
                index: pair.index * stroke.hardness,
                index_decay: decay_by_60_db(pair.index_decay * stretch, rate),
                level: pair.level,
                decay: decay_by_60_db(pair.decay * stretch, rate),
            }),
        }
    }

    /// Moves the note to `hertz`.
    pub fn tune(&mut self, hertz: f32, rate: f32) {
        for pair in &mut self.pairs {
            pair.steps = pair.ratios.map(|ratio| (hertz * ratio / rate).min(0.45));
        }
    }

    /// Adds the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        for pair in &mut self.pairs {
            if pair.level < FAINTEST {
                continue;
            }
            let Sounding {
                phases: [mut carrier, mut modulator],
                steps,
                mut index,
                mut level,
                ..
            } = *pair;
            for sample in &mut *out {
                *sample += level * sine(carrier + index * sine_of_phase(modulator));
                level *= pair.decay;
                index *= pair.index_decay;
                carrier = wrapped(carrier + steps[0]);
                modulator = wrapped(modulator + steps[1]);
            }
            pair.phases = [carrier, modulator];
            pair.level = level;
            pair.index = flushed(index);
        }
    }
}
