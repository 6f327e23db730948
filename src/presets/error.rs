//! Why something with a preset did not work; each is one sentence for the user.

use std::path::PathBuf;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// The file is larger than any preset.
    #[error("a preset has at most {} KiB", super::preset::LARGEST >> 10)]
    TooLarge,
    /// It is no preset.
    #[error("{0}")]
    Broken(String),
    /// A parameter cannot be what the preset says.
    #[error("`{id}` is `{given}`: it can be {range}")]
    Value {
        /// The parameter.
        id: String,
        /// What the preset says, as it is written there.
        given: String,
        /// What it can be.
        range: String,
    },
    /// A name, category or description that cannot be.
    #[error("{0}")]
    Text(String),
    /// The user has such a preset, and did not say that it may go.
    #[error("there is a preset “{0}” already")]
    Exists(String),
    /// The factory's presets stay.
    #[error("“{0}” is a preset of the factory: choose another name")]
    Factory(String),
    /// There is no such preset.
    #[error("there is no preset “{0}”")]
    Unknown(String),
    /// The system did not let it happen.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The system has no folder for a program's data.
    #[error("this system names no folder for the data of programs")]
    NoFolder,
}
