//! Which lines leave the plugin.

use crate::music::Track;

/// The tracks whose MIDI is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Every track, each on its own channel.
    #[default]
    All,
    /// Only what is sung: the other channels are free for MPE.
    Melody,
    /// Only the chords: for hosts that merge channels, one plugin a track.
    Chords,
    /// Only the bass.
    Bass,
    /// Only the answers.
    Answer,
    /// Only the second melody.
    Counter,
    /// Only the drums.
    Drums,
}

impl Output {
    /// All, in the order of the parameter: that of the tracks.
    pub const ALL: [Self; 7] = [
        Self::All,
        Self::Melody,
        Self::Chords,
        Self::Bass,
        Self::Answer,
        Self::Counter,
        Self::Drums,
    ];

    /// The one track that is sent, if it is one.
    pub const fn track(self) -> Option<Track> {
        match self {
            Self::All => None,
            Self::Melody => Some(Track::Melody),
            Self::Chords => Some(Track::Chords),
            Self::Bass => Some(Track::Bass),
            Self::Answer => Some(Track::Answer),
            Self::Counter => Some(Track::Counter),
            Self::Drums => Some(Track::Drums),
        }
    }

    /// Whether `track` is sent.
    pub fn sends(self, track: Track) -> bool {
        self.track().is_none_or(|only| only == track)
    }

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self.track() {
            Some(track) => track.name(),
            None => "All",
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self.track() {
            Some(track) => track.id(),
            None => "all",
        }
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The choice at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}
