//! Bowed strings, and voices.

use super::super::oscillator::Wave::Saw;
use super::super::patch::Source::Oscillators;
use super::super::patch::{NO_BAND as NO, Patch, band, body, lowpass, shape, swept};

pub const STRINGS: Patch = Patch {
    source: Oscillators(Saw, 3, 6.0),
    envelope: shape(0.11, 0.5, 0.85, 0.45),
    filter: swept(2.0, 1_900.0, 1.2, 0.7, 0.4, shape(0.25, 0.6, 0.6, 0.4)),
    body: body(
        0.8,
        [band(300.0, 1.5, 0.3), band(1_200.0, 1.5, 0.25), NO, NO],
    ),
    vibrato: 0.06,
    chorus: 0.7,
    reverb: 0.35,
    dynamics: 1.2,
    level: 0.24,
    ..Patch::PLAIN
};
pub const SOLO_VIOLIN: Patch = Patch {
    source: Oscillators(Saw, 1, 0.0),
    envelope: shape(0.06, 0.3, 0.9, 0.16),
    filter: lowpass(3.0, 3_000.0, 1.2),
    body: body(
        0.22,
        [
            band(285.0, 5.0, 1.0),
            band(500.0, 6.0, 0.9),
            band(1_000.0, 4.0, 0.3),
            band(2_700.0, 1.6, 1.0),
        ],
    ),
    vibrato: 0.2,
    breath: 0.018,
    reverb: 0.25,
    dynamics: 1.2,
    level: 0.58,
    ..Patch::PLAIN
};
pub const CELLO: Patch = Patch {
    filter: lowpass(3.0, 1_800.0, 1.2),
    body: body(
        0.5,
        [
            band(110.0, 2.5, 0.5),
            band(220.0, 3.0, 0.5),
            band(600.0, 2.0, 0.4),
            band(1_600.0, 2.0, 0.4),
        ],
    ),
    level: 0.62,
    ..SOLO_VIOLIN
};
pub const CHOIR: Patch = Patch {
    source: Oscillators(Saw, 3, 9.0),
    envelope: shape(0.13, 0.4, 0.9, 0.45),
    filter: lowpass(1.0, 3_500.0, 0.8),
    // An open "ah".
    body: body(
        0.05,
        [
            band(640.0, 5.0, 1.0),
            band(1_080.0, 7.0, 0.8),
            band(2_550.0, 9.0, 0.5),
            band(3_300.0, 9.0, 0.3),
        ],
    ),
    breath: 0.03,
    vibrato: 0.09,
    chorus: 0.8,
    reverb: 0.4,
    dynamics: 1.2,
    level: 0.40,
    ..Patch::PLAIN
};
pub const OOH: Patch = Patch {
    filter: lowpass(1.0, 1_800.0, 0.8),
    body: body(
        0.12,
        [
            band(330.0, 4.0, 1.0),
            band(720.0, 6.0, 0.5),
            band(2_500.0, 9.0, 0.12),
            NO,
        ],
    ),
    level: 0.20,
    ..CHOIR
};
