//! Fills: what a drummer plays to end a phrase.

use super::kit::{
    CLAP, CRASH, DEEP, FLOOR_TOM, HAT, HIGH_TOM, KICK, LOW_TOM, MID_TOM, OPEN, SNARE,
};
use crate::music::Genre;

/// A fill: drums with their patterns, a sign a sixteenth. `X` is accented, `x` played, `o` ghosted,
/// `.` silent.
pub type Fill = &'static [(u8, &'static str)];

/// Fills of one beat.
const SHORT: &[Fill] = &[
    &[(SNARE, "x.xx")],
    &[(SNARE, "oxxX")],
    &[(HIGH_TOM, "xx.."), (LOW_TOM, "..xX")],
    &[(SNARE, "X..X"), (KICK, "..x.")],
    &[(HIGH_TOM, "x..."), (MID_TOM, ".x.."), (LOW_TOM, "..xX")],
    &[(SNARE, "oxx."), (OPEN, "...X")],
];
/// Fills of two beats.
const LONG: &[Fill] = &[
    &[
        (SNARE, "x.xxx..."),
        (HIGH_TOM, ".....x.."),
        (LOW_TOM, "......xX"),
    ],
    &[
        (SNARE, "xxxx...."),
        (HIGH_TOM, "....xx.."),
        (LOW_TOM, "......xX"),
    ],
    &[(SNARE, "X.xX.xX."), (KICK, ".x..x..x")],
    &[
        (HIGH_TOM, "x.x....."),
        (MID_TOM, "...xx..."),
        (LOW_TOM, ".....xxX"),
        (KICK, "x...x..."),
    ],
];
const TRAP: &[Fill] = &[
    &[(HAT, "xxxx")],
    &[(SNARE, "x.xx"), (HAT, "x...")],
    &[(CLAP, "..xX"), (HAT, "xxxx")],
];
const TRAP_LONG: &[Fill] = &[
    &[(SNARE, "x..x..xX"), (HAT, "xxxxxxxx")],
    &[(CLAP, "....x.xX"), (HAT, "x.xxxxxx"), (KICK, "x..x....")],
];
const ELECTRONIC: &[Fill] = &[
    &[(SNARE, "xxxX")],
    &[(CLAP, "X.XX"), (KICK, "x...")],
    &[(OPEN, "..XX"), (KICK, "x...")],
];
const ELECTRONIC_LONG: &[Fill] = &[
    &[(SNARE, "x.x.xxxX"), (KICK, "x...x...")],
    &[(CLAP, "x..x..xX"), (KICK, "x...x...")],
];
const AFROBEAT: &[Fill] = &[
    &[(SNARE, "x.xX")],
    &[(HIGH_TOM, ".xx."), (LOW_TOM, "...X")],
    &[(SNARE, "x..x"), (HIGH_TOM, "..x.")],
];
const JAZZ: &[Fill] = &[
    &[(SNARE, "o.ox")],
    &[(SNARE, "x..o"), (KICK, "..x.")],
    &[(HIGH_TOM, "o..."), (SNARE, "..ox")],
];
/// Low toms, as timpani roll.
const TIMPANI: &[Fill] = &[
    &[(FLOOR_TOM, "oxxX")],
    &[(DEEP, "X.X."), (LOW_TOM, "oxxX")],
    &[(FLOOR_TOM, "..xX"), (DEEP, "x...")],
];
const TIMPANI_LONG: &[Fill] = &[
    &[(FLOOR_TOM, "oooxxxxX")],
    &[
        (DEEP, "X...X..."),
        (FLOOR_TOM, "..xx..xX"),
        (LOW_TOM, "....oxx."),
    ],
];

/// From here on, 0 – 1, a drummer is intense enough to fill; the quiet ones only go on.
const FROM: f32 = 0.25;
/// From here on the fill takes two beats.
const LONG_FROM: f32 = 0.65;

/// Whether the drummers of `genre`, so intense (0 – 1), end a phrase with a fill.
pub fn plays(genre: Genre, intensity: f32) -> bool {
    match genre {
        // An orchestra's only where it is at its loudest.
        Genre::Classical => intensity >= LONG_FROM,
        _ => intensity >= FROM,
    }
}

/// Whether the drummers of `genre` mark a phrase's beginning with a crash.
pub const fn crashes(genre: Genre) -> bool {
    !matches!(genre, Genre::Classical | Genre::Jazz | Genre::Afrobeat)
}

/// The fill that `chance`, from 0 to below 1, picks, and how many steps it takes: 4 or 8.
pub fn pick(genre: Genre, intensity: f32, chance: f64) -> (Fill, usize) {
    let (short, long) = match genre {
        Genre::Trap => (TRAP, TRAP_LONG),
        Genre::Electronic => (ELECTRONIC, ELECTRONIC_LONG),
        Genre::Afrobeat => (AFROBEAT, LONG),
        Genre::Jazz => (JAZZ, JAZZ),
        Genre::Classical => (TIMPANI, TIMPANI),
        Genre::Cinematic => (TIMPANI, TIMPANI_LONG),
        _ => (SHORT, LONG),
    };
    let fills = if intensity >= LONG_FROM { long } else { short };
    let place = (chance.clamp(0.0, 1.0) * fills.len() as f64) as usize;
    let fill = fills[place.min(fills.len() - 1)];
    let steps = fill.iter().map(|(_, pattern)| pattern.len()).max();
    (fill, steps.unwrap_or(0))
}

/// How loud a sign of a fill is played, before the fill gets louder towards its end; `None` for
/// silence.
pub const fn loudness(sign: u8) -> Option<f32> {
    match sign {
        b'X' => Some(0.9),
        b'x' => Some(0.72),
        b'o' => Some(0.42),
        _ => None,
    }
}

/// The cymbal that marks a phrase's beginning.
pub const MARK: u8 = CRASH;

#[cfg(test)]
mod tests {
    use super::super::kit::Part;
    use super::*;

    #[test]
    fn fills_are_a_beat_or_two_of_kit_drums() {
        for genre in Genre::ALL {
            for intensity in [0.3, 0.9] {
                for chance in [0.0, 0.2, 0.4, 0.6, 0.8, 0.999, 1.0, f64::NAN] {
                    let (fill, steps) = pick(genre, intensity, chance);
                    assert!(steps == 4 || steps == 8, "{genre}: {fill:?}");
                    for (key, pattern) in fill {
                        assert!(Part::of(*key).is_some() && pattern.len() == steps);
                        assert!(pattern.bytes().all(|sign| b"Xxo.".contains(&sign)));
                    }
                }
            }
        }
    }

    #[test]
    fn orchestras_roll_low_drums_and_quiet_drummers_go_on() {
        for genre in [Genre::Classical, Genre::Cinematic] {
            for place in 0..10 {
                let (fill, _) = pick(genre, 0.9, f64::from(place) / 10.0);
                assert!(fill.iter().all(|(key, _)| *key <= LOW_TOM), "{fill:?}");
            }
        }
        assert!(!plays(Genre::Classical, 0.5) && plays(Genre::Classical, 0.9));
        assert!(!plays(Genre::Rock, 0.1) && plays(Genre::Rock, 0.5));
    }
}
