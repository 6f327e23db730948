//! The source of one note's sound.

use super::drums;
use super::fm::Fm;
use super::hit::Hit;
use super::noise::Noise;
use super::oscillator::Oscillators;
use super::partials::Partials;
use super::patch::Source;
use super::string::PluckedString;

/// How a note is struck, plucked or blown.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    pub key: u8,
    pub hertz: f32,
    /// 0 – 1.
    pub velocity: f32,
    /// How much of the high partials, 0 – 1.
    pub hardness: f32,
    /// Samples in a second.
    pub rate: f32,
}

impl Stroke {
    /// What times of ringing are multiplied by: low notes ring longer.
    pub fn stretch(&self) -> f32 {
        ((60.0 - f32::from(self.key)) / 24.0)
            .exp2()
            .clamp(0.25, 2.5)
    }
}

/// Where the sound comes from.
#[expect(
    clippy::large_enum_variant,
    reason = "a voice has room for any, and boxes would allocate"
)]
pub enum Generator {
    None,
    Oscillators(Oscillators),
    Partials(Partials),
    String(PluckedString),
    Fm(Fm),
    Hit(Hit),
}

impl Generator {
    /// Begins a note. A string runs in `line`.
    pub fn new(source: &Source, stroke: &Stroke, line: &mut [f32], noise: &mut Noise) -> Self {
        match source {
            Source::Oscillators(wave, count, detune) => {
                Self::Oscillators(Oscillators::new(*wave, *count, *detune, noise))
            }
            Source::Partials(series) => Self::Partials(Partials::new(series, stroke)),
            Source::String(pluck) => Self::String(PluckedString::new(pluck, line, stroke, noise)),
            Source::Fm(pairs) => Self::Fm(Fm::new(pairs, stroke)),
            Source::Noise => Self::None,
            Source::Kit => drums::piece(stroke.key).map_or(Self::None, |piece| {
                Self::Hit(Hit::new(piece, stroke, *noise))
            }),
        }
    }

    /// Where it stands, if not where its key says.
    pub fn pan(&self) -> Option<f32> {
        match self {
            Self::Hit(hit) => Some(hit.pan()),
            _ => None,
        }
    }

    /// Moves the note to `hertz`.
    pub fn tune(&mut self, hertz: f32, rate: f32) {
        match self {
            Self::Oscillators(oscillators) => oscillators.tune(hertz, rate),
            Self::Partials(partials) => partials.tune(hertz, rate),
            Self::String(string) => string.tune(hertz, rate),
            Self::Fm(fm) => fm.tune(hertz, rate),
            Self::Hit(_) | Self::None => {}
        }
    }

    /// Once a tick: what rounding did is put right.
    pub fn mend(&mut self) {
        match self {
            Self::Partials(partials) => partials.mend(),
            Self::Hit(hit) => hit.flush(),
            Self::Oscillators(_) | Self::String(_) | Self::Fm(_) | Self::None => {}
        }
    }

    /// Adds the next samples. `line` is the one that the note began with.
    pub fn render(&mut self, line: &mut [f32], out: &mut [f32]) {
        match self {
            Self::Oscillators(oscillators) => oscillators.render(out),
            Self::Partials(partials) => partials.render(out),
            Self::String(string) => string.render(line, out),
            Self::Fm(fm) => fm.render(out),
            Self::Hit(hit) => hit.render(out),
            Self::None => {}
        }
    }
}
