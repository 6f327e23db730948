//! What runs on the host's audio thread: a block of samples becomes frames of features.
//!
//! Nothing here allocates, locks, logs or does I/O once it is set up; clippy holds that here, and
//! `tests/no_alloc.rs` holds it on the running engine. Set-up says `expect` where it allocates.
//! The features are defined once, in [`frame`], and made the same by
//! `models/training/vocalise_training/features.py`; `tests/golden_features.rs` holds both together.
#![deny(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros
)]

mod delay_line;
mod features;
pub mod frame;
mod front_end;
mod gate;
mod mel;
mod periodicity;
mod resampler;
mod spectrum;
mod synth;

pub use delay_line::DelayLine;
pub use features::Features;
pub use frame::Frame;
pub use front_end::{FrontEnd, FrontEndError};
pub use gate::Gate;
pub use synth::Synth;
