//! What can go wrong, each as one sentence that a user can act on.

use std::path::PathBuf;

use thiserror::Error;

use super::{Role, RuntimeError};

/// Any failure of this module.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NnError {
    /// ONNX Runtime is not there or does not open.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A model pack was refused.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The pack in use has no model for a role that was asked for.
    #[error("the model pack \"{pack}\" has no {role} model; choose a pack that has one")]
    MissingRole {
        /// The pack's name.
        pack: String,
        /// The role without a model.
        role: Role,
    },
    /// Memory for a model's tensors could not be had, or a run failed.
    #[error("the {role} model stopped: {reason}; reload the plugin or choose another model pack")]
    Run {
        /// The model that stopped.
        role: Role,
        /// ONNX Runtime's words.
        reason: String,
    },
}

impl NnError {
    /// A model was given, or gave, what it must not.
    pub(super) fn not_finite(role: Role) -> Self {
        Self::Run {
            role,
            reason: String::from("there are values that are not finite numbers"),
        }
    }
}

/// Why a model pack was refused. A pack is taken whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PackError {
    /// `pack.toml` is not there, not a file, or larger than a manifest can be.
    #[error("{path} cannot be read as a model pack's manifest: {reason}", path = path.display())]
    Unreadable {
        /// The file that was tried.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// `pack.toml` does not parse or lacks a field.
    #[error("pack.toml is not valid: {reason}")]
    Manifest {
        /// What is wrong, and where if known.
        reason: String,
    },
    /// The layout of the pack is from another version of Vocalise.
    #[error(
        "pack.toml has format {found} where this version reads format {expected}; get the pack for this version"
    )]
    Format {
        /// The pack's format number.
        found: i64,
        /// The format this version reads.
        expected: i64,
    },
    /// A table that is not one of [`Role::ALL`].
    #[error(
        "pack.toml has a model for \"{name}\", which is not a role of this version; remove that table"
    )]
    UnknownRole {
        /// The table's name.
        name: String,
    },
    /// A role's table in `pack.toml` does not make sense.
    #[error("the {role} model is refused: {reason}")]
    Role {
        /// The role whose table it is.
        role: Role,
        /// What is wrong in it.
        reason: String,
    },
    /// A model file is not there, not a plain file, or too large.
    #[error("the {role} model is refused: its file {file} cannot be read: {reason}")]
    File {
        /// The role whose file it is.
        role: Role,
        /// The file name as in `pack.toml`.
        file: String,
        /// Why not.
        reason: String,
    },
    /// A model file is not the one that `pack.toml` describes.
    #[error(
        "the {role} model is refused: {file} has SHA-256 {found} where pack.toml says {expected}; copy the pack again"
    )]
    Hash {
        /// The role whose file it is.
        role: Role,
        /// The file name as in `pack.toml`.
        file: String,
        /// The hash in `pack.toml`, hexadecimal.
        expected: String,
        /// The file's hash, hexadecimal.
        found: String,
    },
    /// ONNX Runtime does not accept the model.
    #[error("the {role} model is refused: ONNX Runtime cannot load it: {reason}")]
    Load {
        /// The role whose model it is.
        role: Role,
        /// ONNX Runtime's words.
        reason: String,
    },
    /// A tensor's name, type or shape is not what `pack.toml` or the engine says.
    #[error("the {role} model is refused: its {side} \"{tensor}\" {reason}")]
    Tensor {
        /// The role whose model it is.
        role: Role,
        /// `input` or `output`.
        side: &'static str,
        /// The tensor's name.
        tensor: String,
        /// What is wrong, as the rest of the sentence.
        reason: String,
    },
    /// The model does not run, or runs to values that are not numbers.
    #[error("the {role} model is refused: a trial run on silence failed: {reason}")]
    DryRun {
        /// The role whose model it is.
        role: Role,
        /// What happened.
        reason: String,
    },
}
