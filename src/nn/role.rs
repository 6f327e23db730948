//! What a model in a pack is for.

use std::fmt;

/// The part a model plays in the engine; also the name of its table in `pack.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sung frames to note probabilities, streaming, one call per hop.
    Pitch,
    /// Recent notes to expectations about the next one.
    Context,
    /// A second of singing to a point in the space of instruments.
    Timbre,
    /// One bar of drums.
    Drums,
    /// One bar of bass.
    Bass,
    /// One bar of chords.
    Chords,
    /// One bar of counter-melody.
    Melody,
    /// The answering line, step by step.
    Continuation,
    /// The pitch model of hindsight, over whole phrases.
    Refined,
}

impl Role {
    /// Every role, in the order in which packs list them.
    pub const ALL: [Role; 9] = [
        Role::Pitch,
        Role::Context,
        Role::Timbre,
        Role::Drums,
        Role::Bass,
        Role::Chords,
        Role::Melody,
        Role::Continuation,
        Role::Refined,
    ];

    /// The name in `pack.toml` and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Role::Pitch => "pitch",
            Role::Context => "context",
            Role::Timbre => "timbre",
            Role::Drums => "drums",
            Role::Bass => "bass",
            Role::Chords => "chords",
            Role::Melody => "melody",
            Role::Continuation => "continuation",
            Role::Refined => "refined",
        }
    }

    /// The role of that name, or `None`.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Inputs the engine will feed, as name and shape (`-1`: any number of
    /// frames, or of notes). A pack's model must have them, besides any states.
    pub fn required_inputs(self) -> &'static [(&'static str, &'static [i64])] {
        match self {
            Role::Pitch | Role::Refined => &[("features", &[1, -1, 2, 128])],
            Role::Context => &[
                ("notes", &[1, -1, 256]),
                ("genre", &[1]),
                ("instrument", &[1]),
            ],
            Role::Continuation => &[
                ("step", &[1, 1, 128]),
                ("lstm_h", &[2, 1, 256]),
                ("lstm_c", &[2, 1, 256]),
            ],
            Role::Timbre => &[("mel", &[1, 100, 128])],
            Role::Drums | Role::Bass | Role::Chords | Role::Melody => &[
                ("noise", &[1, 100]),
                ("genre", &[1, 10]),
                ("condition", &[1, 64]),
            ],
        }
    }

    /// Those of the inputs that hold 64-bit integers, rows of the model's tables; all others, and
    /// all outputs, hold 32-bit floats.
    pub fn integer_inputs(self) -> &'static [&'static str] {
        match self {
            Role::Context => &["genre", "instrument"],
            _ => &[],
        }
    }

    /// Outputs the engine will read, as name and shape (`-1`: as many frames
    /// as went in).
    pub fn required_outputs(self) -> &'static [(&'static str, &'static [i64])] {
        match self {
            Role::Pitch | Role::Refined => &[
                ("pitch", &[1, -1, 128]),
                ("velocity", &[1, -1, 128]),
                ("onset", &[1, -1, 1]),
                ("offset", &[1, -1, 1]),
                ("voicing", &[1, -1, 1]),
                ("fine", &[1, -1, 420]),
            ],
            Role::Context => &[
                ("note", &[1, -1, 128]),
                ("timing", &[1, -1, 25]),
                ("dynamics", &[1, -1, 32]),
            ],
            Role::Continuation => &[
                ("note", &[1, 1, 128]),
                ("velocity", &[1, 1, 128]),
                ("timing", &[1, 1, 16]),
                ("lstm_h_next", &[2, 1, 256]),
                ("lstm_c_next", &[2, 1, 256]),
            ],
            Role::Timbre => &[("latent", &[1, 64]), ("scores", &[1, 20])],
            Role::Drums | Role::Bass | Role::Chords | Role::Melody => &[("roll", &[1, 16, 128])],
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
