//! Keys: a tonic and a scale on it.

use std::fmt;
use std::str::FromStr;

use super::Scale;
use super::pitch::natural;

/// How a tonic is spelled under a scale with a major third, and with a minor one: the way with
/// fewer accidentals in its signature.
const MAJOR_NAMES: [&str; 12] = [
    "C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
];
const MINOR_NAMES: [&str; 12] = [
    "C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B",
];

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    tonic: u8,
    scale: Scale,
}

impl Key {
    /// The key on a tonic, in semitones above C; octaves do not count.
    pub const fn new(tonic: u8, scale: Scale) -> Self {
        Self {
            tonic: tonic % 12,
            scale,
        }
    }

    /// The tonic in semitones above C, 0 – 11.
    pub const fn tonic(self) -> u8 {
        self.tonic
    }

    /// The scale.
    pub const fn scale(self) -> Scale {
        self.scale
    }

    /// The degree that a MIDI key is, 0 for the tonic; None where it is outside the scale.
    pub fn degree_of(self, key: u8) -> Option<usize> {
        let above = (key % 12 + 12 - self.tonic) % 12;
        self.scale
            .degrees()
            .iter()
            .position(|degree| *degree == above)
    }

    /// Whether a MIDI key is in the scale.
    pub fn contains(self, key: u8) -> bool {
        self.degree_of(key).is_some()
    }
}

impl Default for Key {
    /// C major.
    fn default() -> Self {
        Self::new(0, Scale::Major)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = if self.scale.is_minor() {
            MINOR_NAMES
        } else {
            MAJOR_NAMES
        };
        f.pad(&format!(
            "{} {}",
            names[usize::from(self.tonic)],
            self.scale
        ))
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    /// Reads "C minor", "F# dorian", "Bb" (major) or "Am".
    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        read(text).ok_or_else(|| UnknownKey {
            given: text.to_owned(),
        })
    }
}

fn read(text: &str) -> Option<Key> {
    let text = text.trim();
    let mut letters = text.chars();
    let natural = natural(letters.next()?)?;
    let after = letters.as_str();
    let (shift, scale) = match letters.next() {
        Some('#' | '♯') => (1, letters.as_str()),
        // "Bb" is a note, "B blues" has a space.
        Some('b' | '♭') => (-1, letters.as_str()),
        _ => (0, after),
    };
    let scale = match scale.trim() {
        "" => Scale::Major,
        "m" => Scale::Minor,
        name => name.parse().ok()?,
    };
    Some(Key::new((natural + shift).rem_euclid(12) as u8, scale))
}

/// A text that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a key: write a tonic and a scale, such as C minor, F# dorian or Bb")]
pub struct UnknownKey {
    /// What was asked for, as it was written.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_read_back_however_they_are_typed() {
        for tonic in 0..12 {
            for scale in Scale::ALL {
                let key = Key::new(tonic, scale);
                assert_eq!(key.to_string().parse(), Ok(key));
            }
        }
        assert_eq!("C minor".parse(), Ok(Key::new(0, Scale::Minor)));
        assert_eq!("f# Dorian".parse(), Ok(Key::new(6, Scale::Dorian)));
        assert_eq!("Bb".parse(), Ok(Key::new(10, Scale::Major)));
        assert_eq!("Bbm".parse(), Ok(Key::new(10, Scale::Minor)));
        assert_eq!(" Am ".parse(), Ok(Key::new(9, Scale::Minor)));
        assert_eq!("Cb major".parse(), Ok(Key::new(11, Scale::Major)));
        assert_eq!("B blues".parse(), Ok(Key::new(11, Scale::Blues)));
    }

    #[test]
    fn what_is_no_key_says_how_to_write_one() {
        for text in ["", "H major", "C wrong", "#", "12"] {
            let error = text.parse::<Key>().unwrap_err().to_string();
            assert!(error.contains("such as C minor"), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }

    #[test]
    fn degrees_are_counted_from_the_tonic() {
        let key = Key::new(9, Scale::Minor);
        assert_eq!(key.degree_of(57), Some(0));
        assert_eq!(key.degree_of(60), Some(2));
        assert_eq!(key.degree_of(68), None);
        assert!(key.contains(67) && !key.contains(66));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".*") {
            let _ = text.parse::<Key>();
        }
    }
}
