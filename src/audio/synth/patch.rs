//! What a sound is made of.

use super::envelope::Shape;
use super::filter::{Band, BodyShape};
use super::fm::Pair;
use super::oscillator::Wave;
use super::partials::Series;
use super::string::Pluck;

/// Where the sound comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// So many oscillators of one wave, spread over so many cents to either side.
    Oscillators(Wave, usize, f32),
    Partials(Series),
    String(Pluck),
    Fm([Pair; 2]),
    /// Breath alone.
    Noise,
    /// The drum of the note's key.
    Kit,
}

/// The lowpass: its corner is `harmonics` times the note's frequency plus `hertz`.
#[derive(Clone, Copy, Debug)]
pub struct Lowpass {
    pub harmonics: f32,
    pub hertz: f32,
    pub q: f32,
    /// Octaves that it opens from the softest note to the hardest.
    pub velocity: f32,
    /// Octaves that its own envelope opens it.
    pub sweep: f32,
    pub envelope: Shape,
}

/// A sound.
#[derive(Clone, Copy, Debug)]
pub struct Patch {
    pub source: Source,
    pub envelope: Shape,
    pub filter: Lowpass,
    pub body: BodyShape,
    /// Gain into the valve; 0 goes round it.
    pub drive: f32,
    /// Noise beside the source.
    pub breath: f32,
    /// Semitones.
    pub vibrato: f32,
    /// Share of the gain that comes and goes.
    pub tremolo: f32,
    /// What is sent to the chorus and the reverb.
    pub chorus: f32,
    pub reverb: f32,
    pub level: f32,
    /// The exponent of the velocity's effect on the gain.
    pub dynamics: f32,
    /// How far the keys lie apart from left to right.
    pub spread: f32,
    /// It dies away while it is held.
    pub decays: bool,
    /// Its note's end does not end it.
    pub one_shot: bool,
}

/// No resonance.
pub const NO_BAND: Band = band(1_000.0, 1.0, 0.0);

/// A resonance.
pub const fn band(hertz: f32, q: f32, gain: f32) -> Band {
    Band { hertz, q, gain }
}

/// Resonances beside so much of the sound as it was.
pub const fn body(direct: f32, bands: [Band; 4]) -> BodyShape {
    BodyShape { direct, bands }
}

/// An envelope.
pub const fn shape(attack: f32, decay: f32, sustain: f32, release: f32) -> Shape {
    Shape {
        attack,
        decay,
        sustain,
        release,
    }
}

/// A lowpass that does not move by itself.
pub const fn lowpass(harmonics: f32, hertz: f32, velocity: f32) -> Lowpass {
    Lowpass {
        harmonics,
        hertz,
        q: 0.7,
        velocity,
        sweep: 0.0,
        envelope: shape(0.01, 0.1, 0.0, 0.1),
    }
}

/// A lowpass that its envelope opens.
pub const fn swept(
    harmonics: f32,
    hertz: f32,
    velocity: f32,
    q: f32,
    sweep: f32,
    envelope: Shape,
) -> Lowpass {
    Lowpass {
        harmonics,
        hertz,
        q,
        velocity,
        sweep,
        envelope,
    }
}

impl Patch {
    /// What patches are told apart from: a held saw.
    pub const PLAIN: Self = Self {
        source: Source::Oscillators(Wave::Saw, 1, 0.0),
        envelope: shape(0.005, 0.2, 0.8, 0.15),
        filter: lowpass(0.0, 18_000.0, 0.0),
        body: body(1.0, [NO_BAND; 4]),
        drive: 0.0,
        breath: 0.0,
        vibrato: 0.0,
        tremolo: 0.0,
        chorus: 0.0,
        reverb: 0.12,
        level: 0.2,
        dynamics: 1.5,
        spread: 0.0,
        decays: false,
        one_shot: false,
    };

    /// One that rings by itself until its key is let go.
    pub const RINGING: Self = Self {
        envelope: shape(0.000_8, 1.0, 1.0, 0.25),
        decays: true,
        ..Self::PLAIN
    };
}
