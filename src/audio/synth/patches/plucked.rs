//! Guitars, basses and other plucked strings.

use super::super::patch::Source::String;
use super::super::patch::{NO_BAND as NO, Patch, band, body, lowpass, shape};
use super::super::string::Pluck;

pub const NYLON_GUITAR: Patch = Patch {
    source: String(Pluck {
        pick: 0.24,
        pickup: 0.0,
        hardness: 2_400.0,
        scrape: 0.06,
        sustain: 3.2,
        high_sustain: 0.5,
    }),
    body: body(
        0.9,
        [
            band(105.0, 2.0, 0.5),
            band(215.0, 2.5, 0.6),
            band(430.0, 3.0, 0.3),
            NO,
        ],
    ),
    level: 0.63,
    ..Patch::RINGING
};
pub const ACOUSTIC_GUITAR: Patch = Patch {
    source: String(Pluck {
        pick: 0.15,
        pickup: 0.0,
        hardness: 5_500.0,
        scrape: 0.12,
        sustain: 4.5,
        high_sustain: 1.5,
    }),
    body: body(
        0.8,
        [
            band(105.0, 2.0, 0.6),
            band(210.0, 2.5, 0.6),
            band(400.0, 3.0, 0.25),
            band(4_500.0, 1.2, 0.3),
        ],
    ),
    level: 0.62,
    ..Patch::RINGING
};
pub const ELECTRIC_GUITAR: Patch = Patch {
    source: String(Pluck {
        pick: 0.17,
        pickup: 0.13,
        hardness: 3_600.0,
        scrape: 0.05,
        sustain: 6.0,
        high_sustain: 1.6,
    }),
    filter: lowpass(0.0, 4_500.0, 0.6),
    envelope: shape(0.000_8, 1.0, 1.0, 0.14),
    drive: 1.1,
    chorus: 0.25,
    dynamics: 1.2,
    level: 0.41,
    ..Patch::RINGING
};
pub const MUTED_GUITAR: Patch = Patch {
    source: String(Pluck {
        pick: 0.12,
        pickup: 0.15,
        hardness: 2_600.0,
        scrape: 0.08,
        sustain: 0.5,
        high_sustain: 0.15,
    }),
    drive: 1.4,
    level: 0.79,
    ..Patch::RINGING
};
pub const DRIVEN_GUITAR: Patch = Patch {
    source: String(Pluck {
        pick: 0.2,
        pickup: 0.12,
        hardness: 4_000.0,
        scrape: 0.05,
        sustain: 14.0,
        high_sustain: 3.0,
    }),
    filter: lowpass(0.0, 5_000.0, 0.3),
    envelope: shape(0.001, 1.0, 1.0, 0.15),
    // The loudspeaker: little below 100 Hz and above 4 kHz.
    body: body(
        0.15,
        [
            band(130.0, 0.8, 0.4),
            band(700.0, 0.7, 0.5),
            band(2_400.0, 1.2, 0.7),
            NO,
        ],
    ),
    drive: 9.0,
    dynamics: 0.8,
    level: 0.41,
    ..Patch::RINGING
};
pub const BASS: Patch = Patch {
    source: String(Pluck {
        pick: 0.2,
        pickup: 0.14,
        hardness: 1_300.0,
        scrape: 0.05,
        sustain: 4.5,
        high_sustain: 0.35,
    }),
    filter: lowpass(2.0, 1_800.0, 1.0),
    envelope: shape(0.001, 1.0, 1.0, 0.12),
    drive: 1.2,
    reverb: 0.02,
    dynamics: 1.1,
    level: 0.73,
    ..Patch::RINGING
};
pub const UPRIGHT_BASS: Patch = Patch {
    source: String(Pluck {
        pick: 0.3,
        pickup: 0.0,
        hardness: 900.0,
        scrape: 0.12,
        sustain: 2.0,
        high_sustain: 0.15,
    }),
    body: body(0.9, [band(70.0, 1.5, 0.4), band(160.0, 2.0, 0.5), NO, NO]),
    envelope: shape(0.001, 1.0, 1.0, 0.15),
    reverb: 0.05,
    level: 0.98,
    ..Patch::RINGING
};
pub const SLAP_BASS: Patch = Patch {
    source: String(Pluck {
        pick: 0.08,
        pickup: 0.2,
        hardness: 4_500.0,
        scrape: 0.15,
        sustain: 3.5,
        high_sustain: 0.9,
    }),
    envelope: shape(0.000_8, 1.0, 1.0, 0.1),
    drive: 1.6,
    reverb: 0.02,
    level: 0.74,
    ..Patch::RINGING
};
pub const HARP: Patch = Patch {
    source: String(Pluck {
        pick: 0.4,
        pickup: 0.0,
        hardness: 2_200.0,
        scrape: 0.02,
        sustain: 4.0,
        high_sustain: 0.8,
    }),
    envelope: shape(0.001, 1.0, 1.0, 1.0),
    reverb: 0.3,
    spread: 0.4,
    level: 0.63,
    ..Patch::RINGING
};
pub const PIZZICATO: Patch = Patch {
    source: String(Pluck {
        pick: 0.3,
        pickup: 0.0,
        hardness: 1_800.0,
        scrape: 0.1,
        sustain: 0.55,
        high_sustain: 0.16,
    }),
    body: body(0.7, [band(290.0, 2.5, 0.5), band(480.0, 3.0, 0.5), NO, NO]),
    chorus: 0.4,
    reverb: 0.3,
    level: 1.32,
    ..Patch::RINGING
};
pub const BANJO: Patch = Patch {
    source: String(Pluck {
        pick: 0.1,
        pickup: 0.0,
        hardness: 6_500.0,
        scrape: 0.1,
        sustain: 1.2,
        high_sustain: 0.7,
    }),
    body: body(
        0.4,
        [
            band(420.0, 2.0, 0.6),
            band(900.0, 2.0, 0.5),
            band(2_800.0, 1.5, 0.5),
            NO,
        ],
    ),
    level: 0.95,
    ..Patch::RINGING
};
