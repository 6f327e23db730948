//! The sounds, by the names of the instruments that they stand for.
//!
//! Their levels are such that a note of each is about as loud as one of the others; chords and
//! carpets a little less.

mod bowed;
mod electronic;
mod keys;
mod organs;
mod plucked;
mod winds;

pub use bowed::*;
pub use electronic::*;
pub use keys::*;
pub use organs::*;
pub use plucked::*;
pub use winds::*;
