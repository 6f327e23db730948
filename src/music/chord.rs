//! Chords: a root and what stands on it.

use super::{Key, Scale};
use std::fmt;

/// What stands on a chord's root. The order is part of the model contract: `index()` is the quality's
/// row in the tables of harmony, so one may be added at the end but never moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each variant is what its name says")]
pub enum Quality {
    #[default]
    Major,
    Minor,
    Dominant7,
    Major7,
    Minor7,
    Diminished,
    HalfDiminished7,
    Diminished7,
    Augmented,
    Sus4,
    Sus2,
    Major6,
    Minor6,
    MinorMajor7,
    /// Root and fifth, no third.
    Power,
}

impl Quality {
    /// Every quality, in the order of [`Quality::index`].
    pub const ALL: [Self; 15] = [
        Self::Major,
        Self::Minor,
        Self::Dominant7,
        Self::Major7,
        Self::Minor7,
        Self::Diminished,
        Self::HalfDiminished7,
        Self::Diminished7,
        Self::Augmented,
        Self::Sus4,
        Self::Sus2,
        Self::Major6,
        Self::Minor6,
        Self::MinorMajor7,
        Self::Power,
    ];

    /// The tones in semitones above the root, upwards; the first is 0.
    pub const fn intervals(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Dominant7 => &[0, 4, 7, 10],
            Self::Major7 => &[0, 4, 7, 11],
            Self::Minor7 => &[0, 3, 7, 10],
            Self::Diminished => &[0, 3, 6],
            Self::HalfDiminished7 => &[0, 3, 6, 10],
            Self::Diminished7 => &[0, 3, 6, 9],
            Self::Augmented => &[0, 4, 8],
            Self::Sus4 => &[0, 5, 7],
            Self::Sus2 => &[0, 2, 7],
            Self::Major6 => &[0, 4, 7, 9],
            Self::Minor6 => &[0, 3, 7, 9],
            Self::MinorMajor7 => &[0, 3, 7, 11],
            Self::Power => &[0, 7],
        }
    }

    /// What is written behind the root in a chord chart.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "m",
            Self::Dominant7 => "7",
            Self::Major7 => "maj7",
            Self::Minor7 => "m7",
            Self::Diminished => "dim",
            Self::HalfDiminished7 => "m7b5",
            Self::Diminished7 => "dim7",
            Self::Augmented => "aug",
            Self::Sus4 => "sus4",
            Self::Sus2 => "sus2",
            Self::Major6 => "6",
            Self::Minor6 => "m6",
            Self::MinorMajor7 => "m(maj7)",
            Self::Power => "5",
        }
    }

    /// The place in [`Quality::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The quality at a place in [`Quality::ALL`], if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// A chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    root: u8,
    quality: Quality,
}

impl Chord {
    /// The chord on a root, in semitones above C; octaves do not count.
    pub const fn new(root: u8, quality: Quality) -> Self {
        Self {
            root: root % 12,
            quality,
        }
    }

    /// The root in semitones above C, 0 – 11.
    pub const fn root(self) -> u8 {
        self.root
    }

    /// What stands on the root.
    pub const fn quality(self) -> Quality {
        self.quality
    }

    /// The pitch classes of its tones, from the root upwards.
    pub fn tones(self) -> impl Iterator<Item = u8> {
        let intervals = self.quality.intervals().iter();
        intervals.map(move |above| (self.root + above) % 12)
    }

    /// Whether a MIDI key is one of its tones.
    pub fn contains(self, key: u8) -> bool {
        self.tones().any(|tone| tone == key % 12)
    }

    /// The same chord in a key `semitones` higher.
    pub const fn transposed(self, semitones: i32) -> Self {
        let root = (self.root as i32 + semitones).rem_euclid(12);
        Self::new(root as u8, self.quality)
    }

    /// The triad on the tonic of `key`.
    pub fn tonic_of(key: Key) -> Self {
        let quality = if key.scale().is_minor() {
            Quality::Minor
        } else {
            Quality::Major
        };
        Self::new(key.tonic(), quality)
    }

    /// How many of its tones lie outside `key`.
    pub fn foreign_to(self, key: Key) -> usize {
        self.tones().filter(|tone| !key.contains(*tone)).count()
    }
}

impl fmt::Display for Chord {
    /// As in a chord chart: "F#m7".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The roots of major keys are spelled with the fewest accidentals; so are those of chords.
        let key = Key::new(self.root, Scale::Major).to_string();
        let root = key.split_whitespace().next().unwrap_or_default();
        f.pad(&format!("{root}{}", self.quality.suffix()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_spelled_and_hold_their_tones() {
        let chord = Chord::new(6, Quality::Minor7);
        assert_eq!(chord.to_string(), "F#m7");
        assert_eq!(chord.tones().collect::<Vec<_>>(), [6, 9, 1, 4]);
        assert!(chord.contains(61) && !chord.contains(60));
        assert_eq!(chord.transposed(-7), Chord::new(11, Quality::Minor7));
        assert_eq!(Chord::new(0, Quality::Sus4).to_string(), "Csus4");
    }

    #[test]
    fn the_tonic_fits_its_key_and_qualities_stand_in_their_order() {
        for tonic in 0..12 {
            for scale in [Scale::Major, Scale::Minor, Scale::Dorian] {
                let key = Key::new(tonic, scale);
                assert_eq!(Chord::tonic_of(key).foreign_to(key), 0);
            }
        }
        for (place, quality) in Quality::ALL.into_iter().enumerate() {
            assert_eq!(quality.index(), place);
            assert_eq!(quality.intervals()[0], 0);
            assert!(quality.intervals().is_sorted());
        }
    }
}
