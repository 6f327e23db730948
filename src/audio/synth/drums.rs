//! The drum kit: the pieces of General MIDI, by key.

use super::hit::{Colour, Hiss, Metal, Piece, Tone};
use super::patch::{Patch, Source, shape};

/// The lowest key of the kit.
const FIRST: u8 = 35;

/// Every piece goes through this.
pub const KIT: Patch = Patch {
    source: Source::Kit,
    envelope: shape(0.000_3, 1.0, 1.0, 0.03),
    reverb: 0.1,
    level: 1.15,
    dynamics: 1.4,
    decays: true,
    one_shot: true,
    ..Patch::PLAIN
};

/// The piece of a key, if it has one.
pub fn piece(key: u8) -> Option<&'static Piece> {
    PIECES.get(usize::from(key.checked_sub(FIRST)?))
}

const NO_TONE: Tone = tone(100.0, 1.0, 0.01, 0.01, 0.0);
const NO_METAL: Metal = metal(1.0, 2, 5_000.0, 0.01, 0.0);

const fn tone(hertz: f32, fall: f32, fall_s: f32, decay: f32, level: f32) -> Tone {
    Tone {
        hertz,
        fall,
        fall_s,
        decay,
        level,
    }
}

const fn hiss(colour: Colour, hertz: f32, q: f32, decay: f32, level: f32) -> Hiss {
    Hiss {
        colour,
        hertz,
        q,
        attack: 0.000_3,
        decay,
        bursts: 1,
        apart: 0.01,
        level,
    }
}

const fn band(hertz: f32, q: f32, decay: f32, level: f32) -> Hiss {
    hiss(Colour::Band, hertz, q, decay, level)
}

const fn high(hertz: f32, decay: f32, level: f32) -> Hiss {
    hiss(Colour::High, hertz, 0.7, decay, level)
}

/// Noise that swells.
const fn swelling(mut hiss: Hiss, attack: f32) -> Hiss {
    hiss.attack = attack;
    hiss
}

/// Noise in bursts.
const fn bursts(mut hiss: Hiss, count: u8, apart: f32) -> Hiss {
    hiss.bursts = count;
    hiss.apart = apart;
    hiss
}

const fn metal(scale: f32, count: usize, hertz: f32, decay: f32, level: f32) -> Metal {
    Metal {
        scale,
        count,
        hertz,
        decay,
        level,
    }
}

const fn piece_of(tones: [Tone; 2], hiss: Hiss, metal: Metal, pan: f32, choke: u8) -> Piece {
    Piece {
        tones,
        hiss,
        metal,
        pan,
        choke,
    }
}

const fn kick(hertz: f32, decay: f32) -> Piece {
    let tones = [
        tone(hertz, 4.5, 0.06, decay, 1.1),
        tone(hertz * 3.4, 3.0, 0.02, 0.05, 0.35),
    ];
    piece_of(tones, band(3_200.0, 0.6, 0.02, 0.5), NO_METAL, 0.0, 0)
}

const fn snare(hertz: f32, decay: f32) -> Piece {
    let tones = [
        tone(hertz, 1.6, 0.03, 0.16, 0.6),
        tone(hertz * 1.78, 1.3, 0.02, 0.1, 0.35),
    ];
    piece_of(
        tones,
        hiss(Colour::High, 1_500.0, 0.8, decay, 0.6),
        NO_METAL,
        0.05,
        0,
    )
}

const fn tom(hertz: f32, pan: f32) -> Piece {
    let tones = [
        tone(hertz, 1.7, 0.1, 0.55, 0.9),
        tone(hertz * 1.59, 1.4, 0.06, 0.22, 0.25),
    ];
    piece_of(tones, band(1_800.0, 0.5, 0.06, 0.3), NO_METAL, pan, 0)
}

const fn hat(decay: f32) -> Piece {
    let noise = high(8_500.0, decay, 0.45);
    piece_of(
        [NO_TONE; 2],
        noise,
        metal(1.9, 6, 7_500.0, decay, 0.45),
        0.25,
        1,
    )
}

const fn crash(scale: f32, pan: f32) -> Piece {
    let noise = swelling(high(4_200.0, 2.0, 0.4), 0.004);
    piece_of(
        [NO_TONE; 2],
        noise,
        metal(scale, 6, 3_800.0, 2.4, 0.3),
        pan,
        0,
    )
}

const fn ride(scale: f32, bell: f32) -> Piece {
    let tones = [
        tone(2_950.0, 1.0, 0.01, 1.1, bell),
        tone(4_420.0, 1.0, 0.01, 0.8, 0.6 * bell),
    ];
    let noise = high(7_000.0, 0.35, 0.18);
    piece_of(tones, noise, metal(scale, 6, 5_200.0, 1.7, 0.32), -0.35, 0)
}

const fn skin(hertz: f32, decay: f32, slap: f32, pan: f32) -> Piece {
    let tones = [
        tone(hertz, 1.15, 0.03, decay, 0.8),
        tone(hertz * 2.1, 1.0, 0.01, 0.4 * decay, 0.25),
    ];
    piece_of(tones, band(2_600.0, 0.7, 0.03, slap), NO_METAL, pan, 0)
}

const fn bell(hertz: f32, other: f32, decay: f32, pan: f32) -> Piece {
    let tones = [
        tone(hertz, 1.0, 0.01, decay, 0.5),
        tone(other, 1.0, 0.01, 0.8 * decay, 0.4),
    ];
    piece_of(tones, band(4_000.0, 0.7, 0.02, 0.2), NO_METAL, pan, 0)
}

const fn wood(hertz: f32, decay: f32, pan: f32) -> Piece {
    let tones = [
        tone(hertz, 1.1, 0.01, decay, 0.8),
        tone(hertz * 2.6, 1.0, 0.01, 0.5 * decay, 0.3),
    ];
    piece_of(tones, band(3_000.0, 1.0, 0.015, 0.3), NO_METAL, pan, 0)
}

const fn noise(hiss: Hiss, pan: f32, choke: u8) -> Piece {
    piece_of([NO_TONE; 2], hiss, NO_METAL, pan, choke)
}

const RIM: Piece = {
    let tones = [
        tone(1_720.0, 1.1, 0.01, 0.05, 0.6),
        tone(480.0, 1.2, 0.01, 0.05, 0.5),
    ];
    piece_of(tones, band(3_500.0, 0.8, 0.02, 0.5), NO_METAL, 0.05, 0)
};
const CLAP: Piece = noise(bursts(band(1_250.0, 0.9, 0.22, 2.1), 4, 0.010_5), 0.1, 0);
const TAMBOURINE: Piece = piece_of(
    [NO_TONE; 2],
    bursts(high(7_500.0, 0.22, 0.6), 2, 0.018),
    metal(3.1, 6, 8_500.0, 0.25, 0.35),
    0.3,
    0,
);
/// Two squares a fifth and a bit apart, as ever.
const COWBELL: Piece = {
    let tones = [
        tone(540.0, 1.0, 0.01, 0.35, 0.35),
        tone(800.0, 1.0, 0.01, 0.35, 0.4),
    ];
    piece_of(
        tones,
        band(2_400.0, 1.0, 0.03, 0.2),
        metal(1.46, 6, 1_500.0, 0.2, 0.12),
        -0.2,
        0,
    )
};
const VIBRASLAP: Piece = noise(bursts(band(2_900.0, 3.0, 0.5, 1.3), 14, 0.028), 0.3, 0);
const SPLASH: Piece = piece_of(
    [NO_TONE; 2],
    high(5_500.0, 0.9, 0.4),
    metal(2.4, 6, 5_500.0, 1.0, 0.3),
    0.4,
    0,
);
const CHINA: Piece = piece_of(
    [NO_TONE; 2],
    high(2_600.0, 1.4, 0.35),
    metal(1.17, 6, 2_400.0, 1.6, 0.35),
    -0.5,
    0,
);

const fn guiro(count: u8, apart: f32, last: f32) -> Piece {
    noise(bursts(band(3_000.0, 3.0, last, 1.6), count, apart), -0.3, 3)
}

const fn cuica(fall: f32, decay: f32) -> Piece {
    let tones = [tone(420.0, fall, 0.15, decay, 0.6), NO_TONE];
    piece_of(tones, band(1_200.0, 1.0, 0.05, 0.1), NO_METAL, 0.3, 4)
}

const fn whistle(decay: f32) -> Piece {
    let tones = [
        tone(2_350.0, 1.02, 0.02, decay, 0.22),
        tone(2_410.0, 1.02, 0.02, decay, 0.2),
    ];
    piece_of(tones, band(2_400.0, 2.0, decay, 0.25), NO_METAL, 0.2, 2)
}

const fn triangle(decay: f32) -> Piece {
    let tones = [
        tone(4_130.0, 1.0, 0.01, decay, 0.17),
        tone(6_690.0, 1.0, 0.01, decay, 0.14),
    ];
    piece_of(
        tones,
        high(9_000.0, 0.02, 0.15),
        metal(7.3, 3, 7_000.0, decay, 0.05),
        0.4,
        5,
    )
}

/// From key 35, acoustic bass drum, to key 81, open triangle.
static PIECES: [Piece; 47] = [
    kick(46.0, 0.5),
    kick(52.0, 0.42),
    RIM,
    snare(185.0, 0.26),
    CLAP,
    snare(225.0, 0.18),
    tom(82.0, -0.45),
    hat(0.07),
    tom(98.0, -0.35),
    hat(0.1),
    tom(120.0, -0.2),
    hat(0.75),
    tom(146.0, 0.0),
    tom(176.0, 0.2),
    crash(1.63, 0.45),
    tom(208.0, 0.35),
    ride(2.07, 0.08),
    CHINA,
    ride(2.07, 0.22),
    TAMBOURINE,
    SPLASH,
    COWBELL,
    crash(1.87, -0.45),
    VIBRASLAP,
    ride(2.31, 0.08),
    skin(410.0, 0.16, 0.3, 0.3),
    skin(290.0, 0.2, 0.3, 0.3),
    skin(330.0, 0.09, 0.5, -0.3),
    skin(300.0, 0.3, 0.3, -0.3),
    skin(205.0, 0.34, 0.3, -0.3),
    skin(430.0, 0.3, 0.6, 0.35),
    skin(320.0, 0.34, 0.6, 0.35),
    bell(910.0, 1_370.0, 0.4, -0.35),
    bell(680.0, 1_030.0, 0.45, -0.35),
    noise(swelling(high(6_000.0, 0.14, 0.85), 0.025), -0.3, 0),
    noise(swelling(high(5_000.0, 0.11, 0.85), 0.012), 0.3, 0),
    whistle(0.25),
    whistle(0.9),
    guiro(6, 0.012, 0.03),
    guiro(14, 0.02, 0.06),
    wood(2_480.0, 0.09, -0.2),
    wood(1_050.0, 0.1, 0.2),
    wood(720.0, 0.12, 0.2),
    cuica(1.5, 0.25),
    cuica(0.7, 0.5),
    triangle(0.15),
    triangle(2.2),
];
