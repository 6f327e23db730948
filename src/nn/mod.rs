//! Neural networks: finding ONNX Runtime, loading a model pack, running its models.
//!
//! The order of use is the order of the files: [`runtime`] opens the shared
//! library once per process, [`manifest`] reads `pack.toml`, [`pack`] turns a
//! pack into checked sessions, [`session`] shares one session between all
//! plugin instances, [`bound`] holds one instance's tensors and state (memory
//! by [`tensors`]), [`heads`] reads what the pitch models say, and [`pitch`] and
//! [`refined`] are their typed wrappers: live, and with hindsight. [`context`]
//! and [`continuation`] are those of the models that hear notes, [`generator`] that of the band's,
//! [`timbre`] that of the model that compares a voice with instruments.
//!
//! Nothing here may be called on the host's audio thread: loading reads files
//! and takes locks, and ONNX Runtime allocates in every run.

pub mod bound;
pub mod context;
pub mod continuation;
pub mod denormals;
pub mod error;
pub mod generator;
pub mod heads;
pub mod manifest;
mod own_path;
pub mod pack;
pub mod pitch;
pub mod refined;
pub mod role;
pub mod runtime;
pub mod session;
mod tensors;
pub mod timbre;

pub use context::{ContextAnswer, ContextModel};
pub use continuation::{ContinuationModel, ContinuationOutput};
pub use error::{NnError, PackError};
pub use generator::GeneratorModel;
pub use heads::PitchOutput;
pub use pack::{Model, Pack};
pub use pitch::PitchModel;
pub use refined::RefinedModel;
pub use role::Role;
pub use runtime::RuntimeError;
pub use timbre::{FRAMES as TIMBRE_FRAMES, TimbreModel, TimbreOutput, TimbreSecond};
