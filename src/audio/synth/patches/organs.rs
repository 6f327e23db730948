//! Organs, and reeds that bellows blow.

use super::super::oscillator::Wave::Pulse;
use super::super::partials::held;
use super::super::patch::Source::{Oscillators, Partials};
use super::super::patch::{NO_BAND as NO, Patch, band, body, lowpass, shape};

pub const ORGAN: Patch = Patch {
    source: Partials(held(
        &[0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0],
        &[0.7, 1.0, 0.6, 0.65, 0.3, 0.28, 0.1, 0.16],
    )),
    envelope: shape(0.004, 0.1, 1.0, 0.06),
    drive: 0.35,
    tremolo: 0.12,
    chorus: 0.6,
    dynamics: 0.6,
    level: 0.44,
    ..Patch::PLAIN
};
pub const CHURCH_ORGAN: Patch = Patch {
    source: Partials(held(
        &[0.5, 1.0, 2.0, 2.998, 3.002, 4.0, 5.0, 6.0, 8.0, 12.0],
        &[0.5, 1.2, 0.8, 0.3, 0.3, 0.5, 0.12, 0.25, 0.25, 0.08],
    )),
    envelope: shape(0.04, 0.1, 1.0, 0.25),
    breath: 0.004,
    reverb: 0.35,
    dynamics: 0.6,
    level: 0.11,
    ..Patch::PLAIN
};
pub const ACCORDION: Patch = Patch {
    source: Oscillators(Pulse(0.28), 2, 5.0),
    envelope: shape(0.03, 0.1, 1.0, 0.1),
    filter: lowpass(2.0, 2_600.0, 0.6),
    body: body(
        0.7,
        [band(900.0, 2.0, 0.6), band(2_300.0, 2.5, 0.35), NO, NO],
    ),
    dynamics: 1.0,
    level: 0.21,
    ..Patch::PLAIN
};
