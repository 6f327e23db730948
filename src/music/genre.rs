//! The style that the accompaniment is played in.

use std::fmt;
use std::str::FromStr;

use super::{Instrument, Track, folded};

/// A style. The order is part of the model contract: `index()` is the genre's row in the embedding
/// tables of the networks, so a genre may be added at the end but never moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Genre {
    /// Half-time drums, rolling hi-hats, long sub bass.
    Trap,
    /// Straight backbeat, four-chord harmony: the least surprising band, hence the default.
    #[default]
    Pop,
    /// Syncopated 3-2 percussion, short off-beat chords.
    Afrobeat,
    /// Swung sixteenths, sampled-sounding loops.
    HipHop,
    /// Slow backbeat, seventh and ninth chords.
    RAndB,
    /// Four on the floor, off-beat bass.
    Electronic,
    /// Straight eighths, power chords.
    Rock,
    /// Swing, walking bass, extended chords.
    Jazz,
    /// Strings and winds, voice-led, no drum kit.
    Classical,
    /// Slow harmony, wide pads, low percussion.
    Cinematic,
}

impl Genre {
    /// Every genre, in the order of [`Genre::index`].
    pub const ALL: [Self; 10] = [
        Self::Trap,
        Self::Pop,
        Self::Afrobeat,
        Self::HipHop,
        Self::RAndB,
        Self::Electronic,
        Self::Rock,
        Self::Jazz,
        Self::Classical,
        Self::Cinematic,
    ];

    /// The name that people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trap => "Trap",
            Self::Pop => "Pop",
            Self::Afrobeat => "Afrobeat",
            Self::HipHop => "Hip Hop",
            Self::RAndB => "R&B",
            Self::Electronic => "Electronic",
            Self::Rock => "Rock",
            Self::Jazz => "Jazz",
            Self::Classical => "Classical",
            Self::Cinematic => "Cinematic",
        }
    }

    /// The name that files, presets and the command line keep: it never changes.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Pop => "pop",
            Self::Afrobeat => "afrobeat",
            Self::HipHop => "hip-hop",
            Self::RAndB => "r-and-b",
            Self::Electronic => "electronic",
            Self::Rock => "rock",
            Self::Jazz => "jazz",
            Self::Classical => "classical",
            Self::Cinematic => "cinematic",
        }
    }

    /// The place in [`Genre::ALL`], and the genre's row in the models' embedding tables.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// How long the first of two eighths is to the second, as the genre plays them: 1 is straight,
    /// 2 a triplet's long and short. Jazz: the median of its drummers in Groove MIDI (32
    /// performances, 60 – 220 BPM: 1.69). Funk, rock, pop, hip hop and soul lie between 0.87 and 1.0
    /// there, which is straight; of the others nothing was measured, and straight is the rule.
    pub const fn swing(self) -> f64 {
        match self {
            Self::Jazz => 1.69,
            _ => 1.0,
        }
    }

    /// What usually plays `track`; the melody is the singer's own.
    pub const fn plays(self, track: Track) -> Instrument {
        use Instrument::*;
        let [chords, bass, answer, counter] = match self {
            Self::Trap => [Pad, SubBass, PluckedSynth, Mallets],
            Self::Pop => [Piano, Bass, ElectricGuitar, Strings],
            Self::Afrobeat => [ElectricGuitar, Bass, Saxophone, Brass],
            Self::HipHop => [ElectricPiano, SubBass, Flute, Strings],
            Self::RAndB => [ElectricPiano, Bass, ElectricGuitar, Saxophone],
            Self::Electronic => [Pad, SubBass, SynthLead, PluckedSynth],
            Self::Rock => [ElectricGuitar, Bass, Organ, ElectricGuitar],
            Self::Jazz => [Piano, Bass, Saxophone, Trumpet],
            Self::Classical => [Strings, Strings, Flute, SoloViolin],
            Self::Cinematic => [Strings, Strings, Choir, Brass],
        };
        match track {
            Track::Melody => Piano,
            Track::Chords => chords,
            Track::Bass => bass,
            Track::Answer => answer,
            Track::Counter => counter,
            Track::Drums => Drums,
        }
    }

    /// The genre at a place in [`Genre::ALL`], if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

impl fmt::Display for Genre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Genre {
    type Err = UnknownGenre;

    /// Reads a name or an id; case, spaces and hyphens do not count ("R&B", "rnb" and "r-and-b"
    /// are the same).
    fn from_str(text: &str) -> Result<Self, UnknownGenre> {
        let wanted = folded(text);
        if wanted == "rnb" {
            return Ok(Self::RAndB);
        }
        Self::ALL
            .into_iter()
            .find(|genre| wanted == folded(genre.name()) || wanted == folded(genre.id()))
            .ok_or_else(|| UnknownGenre {
                given: text.to_owned(),
            })
    }
}

/// A name that is no genre's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no genre `{given}`: choose one of {}", Genre::ALL.map(Genre::id).join(", "))]
pub struct UnknownGenre {
    /// What was asked for, as it was written.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_the_place_in_all() {
        for (place, genre) in Genre::ALL.into_iter().enumerate() {
            assert_eq!(genre.index(), place);
            assert_eq!(Genre::from_index(place), Some(genre));
        }
        assert_eq!(Genre::from_index(Genre::ALL.len()), None);
    }

    #[test]
    fn names_and_ids_read_back_however_they_are_typed() {
        for genre in Genre::ALL {
            assert_eq!(genre.name().parse(), Ok(genre));
            assert_eq!(genre.id().parse(), Ok(genre));
            assert_eq!(
                genre.id().to_uppercase().replace('-', "  ").parse(),
                Ok(genre)
            );
        }
        for text in ["R&B", "rnb", "RnB", "r and b"] {
            assert_eq!(text.parse(), Ok(Genre::RAndB));
        }
    }

    #[test]
    fn an_unknown_genre_is_told_the_choices() {
        let message = "polka".parse::<Genre>().unwrap_err().to_string();
        assert!(
            message.contains("polka") && message.contains("hip-hop"),
            "{message}"
        );
        assert!("".parse::<Genre>().is_err());
    }
}
