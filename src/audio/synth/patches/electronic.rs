//! Synthesisers, and what is only noise.

use super::super::oscillator::Wave::{Pulse, Saw};
use super::super::partials::held;
use super::super::patch::Source::{Noise, Oscillators, Partials};
use super::super::patch::{Patch, lowpass, shape, swept};

pub const SAW_LEAD: Patch = Patch {
    source: Oscillators(Saw, 3, 8.0),
    envelope: shape(0.004, 0.3, 0.8, 0.15),
    filter: swept(3.0, 1_600.0, 1.2, 1.3, 1.3, shape(0.004, 0.4, 0.4, 0.2)),
    vibrato: 0.05,
    chorus: 0.3,
    reverb: 0.2,
    dynamics: 1.0,
    level: 0.31,
    ..Patch::PLAIN
};
pub const SQUARE_LEAD: Patch = Patch {
    source: Oscillators(Pulse(0.5), 2, 4.0),
    level: 0.20,
    ..SAW_LEAD
};
pub const PAD: Patch = Patch {
    source: Oscillators(Saw, 3, 10.0),
    envelope: shape(0.3, 0.8, 0.85, 0.9),
    filter: swept(1.5, 350.0, 0.8, 0.8, 0.9, shape(0.9, 1.5, 0.5, 0.9)),
    chorus: 0.9,
    reverb: 0.45,
    dynamics: 1.0,
    level: 0.15,
    ..Patch::PLAIN
};
pub const BRIGHT_PAD: Patch = Patch {
    source: Oscillators(Pulse(0.3), 3, 9.0),
    filter: swept(3.0, 1_200.0, 0.8, 1.1, 0.8, shape(0.4, 1.5, 0.4, 0.9)),
    level: 0.11,
    ..PAD
};
pub const PLUCKED_SYNTH: Patch = Patch {
    source: Oscillators(Pulse(0.4), 2, 7.0),
    envelope: shape(0.001, 0.5, 0.0, 0.3),
    filter: swept(1.0, 150.0, 1.5, 1.6, 3.6, shape(0.001, 0.3, 0.0, 0.2)),
    decays: true,
    chorus: 0.4,
    reverb: 0.3,
    dynamics: 1.1,
    level: 0.40,
    ..Patch::PLAIN
};
pub const SYNTH_BASS: Patch = Patch {
    source: Oscillators(Saw, 2, 5.0),
    envelope: shape(0.002, 0.3, 0.7, 0.08),
    filter: swept(1.5, 90.0, 1.2, 1.4, 2.2, shape(0.002, 0.25, 0.25, 0.1)),
    drive: 1.2,
    reverb: 0.0,
    dynamics: 0.9,
    level: 0.83,
    ..Patch::PLAIN
};
pub const SUB_BASS: Patch = Patch {
    source: Partials(held(&[1.0, 2.0], &[1.0, 0.12])),
    envelope: shape(0.004, 1.4, 0.45, 0.12),
    drive: 1.9,
    reverb: 0.0,
    dynamics: 0.8,
    level: 0.79,
    ..Patch::PLAIN
};
pub const SEASHORE: Patch = Patch {
    source: Noise,
    envelope: shape(0.3, 0.8, 0.7, 0.8),
    filter: lowpass(2.0, 300.0, 1.0),
    breath: 0.6,
    reverb: 0.4,
    level: 0.98,
    ..Patch::PLAIN
};
