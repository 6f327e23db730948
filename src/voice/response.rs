//! How early the decoder commits itself.

/// The trade between a note's delay and its certainty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Response {
    /// Decides about 60 ms after the onset.
    Fast,
    /// Decides about 100 ms after the onset, and errs less.
    #[default]
    Sure,
}

impl Response {
    /// Both, in the order of the parameter.
    pub const ALL: [Self; 2] = [Self::Fast, Self::Sure];

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "Fast",
            Self::Sure => "Sure",
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Sure => "sure",
        }
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The response at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}
