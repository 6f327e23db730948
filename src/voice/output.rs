//! Which lines leave the plugin.

/// The tracks whose MIDI is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Every track, each on its own channel.
    #[default]
    All,
    /// Only what is sung: the other channels are free for MPE.
    Melody,
}

impl Output {
    /// Both, in the order of the parameter.
    pub const ALL: [Self; 2] = [Self::All, Self::Melody];

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Melody => "Melody",
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Melody => "melody",
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
