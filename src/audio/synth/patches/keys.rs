//! Keyboards, and what is struck with mallets.

use super::super::fm::Pair;
use super::super::partials::Series::Piano;
use super::super::partials::struck;
use super::super::patch::Source::{Fm, Partials, String};
use super::super::patch::{NO_BAND as NO, Patch, band, body, lowpass, shape};
use super::super::string::Pluck;

pub const PIANO: Patch = Patch {
    source: Partials(Piano),
    envelope: shape(0.000_5, 1.0, 1.0, 0.28),
    spread: 0.3,
    reverb: 0.1,
    dynamics: 1.3,
    level: 0.35,
    ..Patch::RINGING
};
pub const ELECTRIC_PIANO: Patch = Patch {
    source: Fm([
        Pair {
            carrier: 1.0,
            modulator: 1.0,
            index: 0.26,
            index_decay: 3.5,
            decay: 9.0,
            level: 0.8,
        },
        Pair {
            carrier: 1.0,
            modulator: 14.0,
            index: 0.12,
            index_decay: 0.6,
            decay: 1.6,
            level: 0.3,
        },
    ]),
    tremolo: 0.12,
    chorus: 0.3,
    level: 0.47,
    ..Patch::RINGING
};
pub const GLASS_PIANO: Patch = Patch {
    source: Fm([
        Pair {
            carrier: 1.0,
            modulator: 1.0,
            index: 0.16,
            index_decay: 4.0,
            decay: 8.0,
            level: 0.7,
        },
        Pair {
            carrier: 1.0,
            modulator: 13.0,
            index: 0.3,
            index_decay: 1.6,
            decay: 3.5,
            level: 0.35,
        },
    ]),
    chorus: 0.5,
    level: 0.36,
    ..Patch::RINGING
};
pub const HARPSICHORD: Patch = Patch {
    source: String(Pluck {
        pick: 0.09,
        pickup: 0.0,
        hardness: 9_000.0,
        scrape: 0.05,
        sustain: 4.0,
        high_sustain: 2.2,
    }),
    filter: lowpass(0.0, 12_000.0, 0.3),
    body: body(0.8, [band(320.0, 1.5, -0.4), NO, NO, NO]),
    dynamics: 0.7,
    level: 0.59,
    ..Patch::RINGING
};
pub const CLAVINET: Patch = Patch {
    source: String(Pluck {
        pick: 0.13,
        pickup: 0.21,
        hardness: 6_000.0,
        scrape: 0.02,
        sustain: 2.5,
        high_sustain: 1.2,
    }),
    envelope: shape(0.000_8, 1.0, 1.0, 0.06),
    drive: 1.6,
    level: 0.40,
    ..Patch::RINGING
};
pub const BELLS: Patch = Patch {
    source: Partials(struck(
        &[1.0, 2.002, 2.76, 5.4, 8.93],
        &[1.0, 0.25, 0.45, 0.35, 0.2],
        &[3.5, 2.4, 2.2, 1.3, 0.6],
    )),
    reverb: 0.25,
    spread: 0.3,
    envelope: shape(0.000_8, 1.0, 1.0, 1.2),
    level: 0.40,
    ..Patch::RINGING
};
pub const VIBRAPHONE: Patch = Patch {
    source: Partials(struck(
        &[1.0, 4.0, 10.1],
        &[1.0, 0.35, 0.12],
        &[5.0, 1.6, 0.5],
    )),
    tremolo: 0.35,
    reverb: 0.2,
    spread: 0.3,
    envelope: shape(0.001, 1.0, 1.0, 0.5),
    level: 0.45,
    ..Patch::RINGING
};
pub const MARIMBA: Patch = Patch {
    source: Partials(struck(
        &[1.0, 3.93, 9.6, 14.2],
        &[1.0, 0.5, 0.3, 0.12],
        &[1.1, 0.28, 0.1, 0.05],
    )),
    reverb: 0.15,
    spread: 0.3,
    envelope: shape(0.000_8, 1.0, 1.0, 0.5),
    level: 0.59,
    ..Patch::RINGING
};
pub const STEEL_DRUM: Patch = Patch {
    source: Partials(struck(
        &[1.0, 2.0, 3.01, 4.05, 6.1],
        &[1.0, 0.9, 0.4, 0.35, 0.15],
        &[1.6, 1.1, 0.7, 0.5, 0.3],
    )),
    reverb: 0.2,
    envelope: shape(0.006, 1.0, 1.0, 0.4),
    level: 0.42,
    ..Patch::RINGING
};
pub const TIMPANI: Patch = Patch {
    source: Partials(struck(
        &[1.0, 1.5, 1.98, 2.44, 3.2, 4.6],
        &[1.0, 0.7, 0.4, 0.3, 0.3, 0.25],
        &[1.6, 1.0, 0.8, 0.5, 0.15, 0.08],
    )),
    reverb: 0.25,
    envelope: shape(0.001, 1.0, 1.0, 1.0),
    level: 0.51,
    ..Patch::RINGING
};
