//! The lines of the arrangement.

use std::fmt;
use std::str::FromStr;

use super::folded;
use super::midi::DRUM_CHANNEL;

/// A line of the arrangement; each has a MIDI channel of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Track {
    /// What was sung.
    Melody,
    /// The harmony under it.
    Chords,
    /// The lowest line.
    Bass,
    /// What the band plays when the singer rests.
    Answer,
    /// A second melody beside the sung one.
    Counter,
    /// The drum kit.
    Drums,
}

impl Track {
    /// Every track, in the order of the file and the screen.
    pub const ALL: [Self; 6] = [
        Self::Melody,
        Self::Chords,
        Self::Bass,
        Self::Answer,
        Self::Counter,
        Self::Drums,
    ];

    /// The MIDI channel, 0-based as in [`super::Message`]: Melody is 0, which a DAW shows as 1.
    pub const fn channel(self) -> u8 {
        match self {
            Self::Melody => 0,
            Self::Chords => 1,
            Self::Bass => 2,
            Self::Answer => 3,
            Self::Counter => 4,
            Self::Drums => DRUM_CHANNEL,
        }
    }

    /// The name that people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Melody => "Melody",
            Self::Chords => "Chords",
            Self::Bass => "Bass",
            Self::Answer => "Answer",
            Self::Counter => "Counter",
            Self::Drums => "Drums",
        }
    }

    /// The name that files, presets and the command line keep: it never changes.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Melody => "melody",
            Self::Chords => "chords",
            Self::Bass => "bass",
            Self::Answer => "answer",
            Self::Counter => "counter",
            Self::Drums => "drums",
        }
    }

    /// The place in [`Track::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The track at a place in [`Track::ALL`], if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Track {
    type Err = UnknownTrack;

    /// Reads a name; case and spaces do not count.
    fn from_str(text: &str) -> Result<Self, UnknownTrack> {
        let wanted = folded(text);
        Self::ALL
            .into_iter()
            .find(|track| wanted == track.id())
            .ok_or_else(|| UnknownTrack {
                given: text.to_owned(),
            })
    }
}

/// A name that is no track's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no track `{given}`: choose from {}", Track::ALL.map(Track::id).join(", "))]
pub struct UnknownTrack {
    /// What was asked for, as it was written.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_those_that_a_daw_shows_less_one() {
        assert_eq!(
            Track::ALL.map(|track| track.channel() + 1),
            [1, 2, 3, 4, 5, 10]
        );
        for (place, track) in Track::ALL.into_iter().enumerate() {
            assert_eq!(Track::from_index(place), Some(track));
            assert_eq!(track.name().parse(), Ok(track));
        }
        assert!("kazoo".parse::<Track>().is_err());
    }
}
