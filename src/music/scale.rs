//! Scales: which of the twelve notes above a tonic belong.

use std::fmt;
use std::str::FromStr;

use super::folded;

/// A scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is what its name says")]
pub enum Scale {
    #[default]
    Major,
    /// Natural minor.
    Minor,
    HarmonicMinor,
    /// As it ascends.
    MelodicMinor,
    Dorian,
    Phrygian,
    Lydian,
    Mixolydian,
    MajorPentatonic,
    MinorPentatonic,
    /// Minor pentatonic and the diminished fifth.
    Blues,
    /// All twelve.
    Chromatic,
}

impl Scale {
    /// Every scale, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::Major,
        Self::Minor,
        Self::HarmonicMinor,
        Self::MelodicMinor,
        Self::Dorian,
        Self::Phrygian,
        Self::Lydian,
        Self::Mixolydian,
        Self::MajorPentatonic,
        Self::MinorPentatonic,
        Self::Blues,
        Self::Chromatic,
    ];

    /// The degrees, in semitones above the tonic; the first is the tonic, 0.
    pub const fn degrees(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 2, 4, 5, 7, 9, 11],
            Self::Minor => &[0, 2, 3, 5, 7, 8, 10],
            Self::HarmonicMinor => &[0, 2, 3, 5, 7, 8, 11],
            Self::MelodicMinor => &[0, 2, 3, 5, 7, 9, 11],
            Self::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Self::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            Self::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            Self::MajorPentatonic => &[0, 2, 4, 7, 9],
            Self::MinorPentatonic => &[0, 3, 5, 7, 10],
            Self::Blues => &[0, 3, 5, 6, 7, 10],
            Self::Chromatic => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::HarmonicMinor => "harmonic-minor",
            Self::MelodicMinor => "melodic-minor",
            Self::Dorian => "dorian",
            Self::Phrygian => "phrygian",
            Self::Lydian => "lydian",
            Self::Mixolydian => "mixolydian",
            Self::MajorPentatonic => "major-pentatonic",
            Self::MinorPentatonic => "minor-pentatonic",
            Self::Blues => "blues",
            Self::Chromatic => "chromatic",
        }
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The scale at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Whether the third above the tonic is the minor one, as chords on it would be.
    pub fn is_minor(self) -> bool {
        self.degrees().contains(&3) && !self.degrees().contains(&4)
    }

    /// The name that people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::HarmonicMinor => "harmonic minor",
            Self::MelodicMinor => "melodic minor",
            Self::Dorian => "dorian",
            Self::Phrygian => "phrygian",
            Self::Lydian => "lydian",
            Self::Mixolydian => "mixolydian",
            Self::MajorPentatonic => "major pentatonic",
            Self::MinorPentatonic => "minor pentatonic",
            Self::Blues => "blues",
            Self::Chromatic => "chromatic",
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scale {
    type Err = UnknownScale;

    /// Reads a name; case, spaces and hyphens do not count, and neither does the order of the words
    /// ("pentatonic minor"). "maj", "min", "natural minor", "ionian", "aeolian" and "pentatonic"
    /// are understood.
    fn from_str(text: &str) -> Result<Self, UnknownScale> {
        let wanted = folded(text);
        match wanted.as_str() {
            "maj" | "ionian" => return Ok(Self::Major),
            "min" | "naturalminor" | "aeolian" => return Ok(Self::Minor),
            "pentatonic" => return Ok(Self::MajorPentatonic),
            _ => {}
        }
        let backwards = |scale: &Self| scale.name().split(' ').rev().collect::<String>();
        Self::ALL
            .into_iter()
            .find(|scale| wanted == folded(scale.name()) || wanted == backwards(scale))
            .ok_or_else(|| UnknownScale {
                given: text.to_owned(),
            })
    }
}

/// A name that is no scale's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no scale `{given}`: choose one of {}", Scale::ALL.map(Scale::name).join(", "))]
pub struct UnknownScale {
    /// What was asked for, as it was written.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_however_they_are_typed() {
        for scale in Scale::ALL {
            assert_eq!(scale.name().parse(), Ok(scale));
            assert_eq!(
                scale.name().to_uppercase().replace(' ', "-").parse(),
                Ok(scale)
            );
        }
        assert_eq!("Pentatonic minor".parse(), Ok(Scale::MinorPentatonic));
        assert_eq!("aeolian".parse(), Ok(Scale::Minor));
        let error = "locrian-ish".parse::<Scale>().unwrap_err().to_string();
        assert!(
            error.starts_with("there is no scale `locrian-ish`"),
            "{error}"
        );
        assert_eq!(error.lines().count(), 1);
    }

    #[test]
    fn a_scale_begins_on_its_tonic_and_rises_within_the_octave() {
        for scale in Scale::ALL {
            assert_eq!(scale.degrees()[0], 0);
            assert!(scale.degrees().is_sorted_by(|a, b| a < b), "{scale}");
            assert!(scale.degrees().iter().all(|degree| *degree < 12), "{scale}");
        }
        assert!(Scale::Blues.is_minor() && Scale::Dorian.is_minor());
        assert!(!Scale::Chromatic.is_minor() && !Scale::Major.is_minor());
    }
}
