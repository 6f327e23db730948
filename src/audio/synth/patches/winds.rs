//! Brass and woodwinds.

use super::super::oscillator::Wave::{Pulse, Saw};
use super::super::partials::held;
use super::super::patch::Source::{Oscillators, Partials};
use super::super::patch::{NO_BAND as NO, Patch, band, body, lowpass, shape, swept};

pub const BRASS: Patch = Patch {
    source: Oscillators(Saw, 3, 6.0),
    envelope: shape(0.03, 0.3, 0.85, 0.14),
    filter: swept(2.0, 500.0, 1.8, 0.8, 1.7, shape(0.07, 0.5, 0.65, 0.12)),
    vibrato: 0.03,
    chorus: 0.35,
    reverb: 0.25,
    dynamics: 1.2,
    level: 0.34,
    ..Patch::PLAIN
};
pub const TRUMPET: Patch = Patch {
    source: Oscillators(Saw, 1, 0.0),
    envelope: shape(0.025, 0.2, 0.88, 0.1),
    filter: swept(1.2, 350.0, 2.0, 0.9, 2.4, shape(0.05, 0.25, 0.7, 0.1)),
    body: body(
        0.7,
        [band(1_250.0, 1.6, 1.1), band(2_400.0, 2.0, 0.5), NO, NO],
    ),
    vibrato: 0.1,
    breath: 0.006,
    reverb: 0.22,
    dynamics: 1.2,
    level: 0.34,
    ..Patch::PLAIN
};
pub const HORN: Patch = Patch {
    envelope: shape(0.05, 0.3, 0.9, 0.2),
    filter: swept(1.4, 250.0, 1.5, 0.7, 1.1, shape(0.08, 0.4, 0.7, 0.15)),
    body: body(0.8, [band(440.0, 2.0, 0.4), NO, NO, NO]),
    vibrato: 0.04,
    reverb: 0.35,
    level: 0.53,
    ..TRUMPET
};
pub const SAXOPHONE: Patch = Patch {
    source: Oscillators(Pulse(0.36), 1, 0.0),
    envelope: shape(0.03, 0.2, 0.9, 0.1),
    filter: swept(2.0, 1_300.0, 1.5, 0.7, 0.5, shape(0.04, 0.3, 0.5, 0.1)),
    body: body(
        0.45,
        [
            band(520.0, 3.0, 0.5),
            band(1_350.0, 3.0, 0.7),
            band(2_600.0, 3.0, 0.5),
            NO,
        ],
    ),
    vibrato: 0.14,
    breath: 0.035,
    drive: 0.9,
    reverb: 0.2,
    dynamics: 1.2,
    level: 0.48,
    ..Patch::PLAIN
};
pub const CLARINET: Patch = Patch {
    source: Oscillators(Pulse(0.5), 1, 0.0),
    envelope: shape(0.035, 0.2, 0.92, 0.1),
    filter: swept(2.2, 700.0, 1.3, 0.7, 0.4, shape(0.05, 0.3, 0.6, 0.1)),
    body: body(0.9, [band(1_500.0, 2.0, 0.25), NO, NO, NO]),
    vibrato: 0.03,
    breath: 0.012,
    reverb: 0.22,
    dynamics: 1.2,
    level: 0.24,
    ..Patch::PLAIN
};
pub const OBOE: Patch = Patch {
    source: Oscillators(Pulse(0.14), 1, 0.0),
    body: body(
        0.3,
        [band(1_100.0, 3.5, 0.9), band(2_750.0, 3.5, 0.5), NO, NO],
    ),
    filter: lowpass(3.0, 2_600.0, 1.0),
    vibrato: 0.1,
    level: 0.43,
    ..CLARINET
};
pub const FLUTE: Patch = Patch {
    source: Partials(held(
        &[1.0, 2.0, 3.0, 4.0, 5.0],
        &[1.0, 0.32, 0.16, 0.05, 0.025],
    )),
    envelope: shape(0.05, 0.2, 0.9, 0.12),
    filter: swept(1.2, 600.0, 1.2, 0.7, 0.8, shape(0.06, 0.25, 0.6, 0.1)),
    vibrato: 0.1,
    tremolo: 0.1,
    breath: 0.09,
    reverb: 0.28,
    dynamics: 1.2,
    level: 0.30,
    ..Patch::PLAIN
};
pub const WHISTLE: Patch = Patch {
    source: Partials(held(&[1.0, 2.0, 3.0], &[1.0, 0.06, 0.02])),
    breath: 0.05,
    level: 0.32,
    ..FLUTE
};
