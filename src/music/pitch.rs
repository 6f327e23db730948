//! Pitch as MIDI numbers (fractions allowed, 60 is C4, 69 is A4 at 440 Hz), frequencies and names.

/// A4, the tuning reference, in Hz.
pub const A4_HZ: f64 = 440.0;

const NAMES: [&str; 12] = [
    "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
];

/// The fractional MIDI number of a frequency. Zero, negative and NaN frequencies have no pitch.
pub fn from_hz(hz: f64) -> Option<f64> {
    (hz > 0.0 && hz.is_finite()).then(|| 69.0 + 12.0 * (hz / A4_HZ).log2())
}

/// The frequency of a fractional MIDI number, in Hz.
pub fn to_hz(midi: f64) -> f64 {
    A4_HZ * ((midi - 69.0) / 12.0).exp2()
}

/// The nearest key of a fractional MIDI number, held within the keyboard's 0 – 127.
pub fn nearest_key(midi: f32) -> u8 {
    // The cast saturates at both ends and makes 0 of what is no number.
    (midi.round() as u8).min(127)
}

/// The name of a key: 60 is "C4", 61 is "C#4".
pub fn key_name(key: u8) -> String {
    format!(
        "{}{}",
        NAMES[usize::from(key % 12)],
        i32::from(key / 12) - 1
    )
}

/// Semitones above C of the note that a letter names, A to G in either case.
pub(super) fn natural(letter: char) -> Option<i32> {
    Some(match letter.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    })
}

/// The key of a name: "C4", "f#3", "Bb-1". None where it is no name, or no key from 0 to 127.
pub fn key_from_name(name: &str) -> Option<u8> {
    let mut rest = name.trim().chars();
    let natural = natural(rest.next()?)?;
    let (shift, octave) = match rest.clone().next()? {
        '#' | '♯' => (1, rest.as_str().split_at(rest.next()?.len_utf8()).1),
        'b' | '♭' => (-1, rest.as_str().split_at(rest.next()?.len_utf8()).1),
        _ => (0, rest.as_str()),
    };
    let octave: i32 = octave.parse().ok()?;
    let key = octave
        .checked_add(1)?
        .checked_mul(12)?
        .checked_add(natural + shift)?;
    u8::try_from(key).ok().filter(|key| *key < 128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hertz_and_back() {
        assert_eq!(from_hz(440.0), Some(69.0));
        assert!((from_hz(261.625_565).unwrap() - 60.0).abs() < 1e-6);
        for midi in [0.0, 21.5, 60.25, 127.0] {
            assert!((from_hz(to_hz(midi)).unwrap() - midi).abs() < 1e-9);
        }
        for hz in [0.0, -110.0, f64::NAN, f64::INFINITY] {
            assert_eq!(from_hz(hz), None);
        }
    }

    #[test]
    fn every_key_has_a_name_that_reads_back() {
        assert_eq!(key_name(60), "C4");
        assert_eq!(key_name(0), "C-1");
        assert_eq!(key_name(127), "G9");
        for key in 0..128 {
            assert_eq!(key_from_name(&key_name(key)), Some(key));
        }
        assert_eq!(key_from_name("Bb3"), Some(58));
        assert_eq!(key_from_name("b♭3"), Some(58));
        for name in [
            "",
            "H4",
            "C",
            "C##4",
            "G#9",
            "Cb-1",
            "C99999999999",
            "C2147483647",
            "♭",
        ] {
            assert_eq!(key_from_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_nearest_key_stays_on_the_keyboard() {
        assert_eq!(nearest_key(59.6), 60);
        assert_eq!(nearest_key(-3.0), 0);
        assert_eq!(nearest_key(400.0), 127);
        assert_eq!(nearest_key(f32::NAN), 0);
    }
}
