//! The band: drums, chords, bass and a second melody, a bar at a time.
//!
//! The life of a bar, by file: [`ear`] keeps what is sung by bars, [`conductor`] asks for the coming
//! [`bar`] before it begins, with the harmony planned from what was sung, and plays it from its line
//! on; [`arranger`] makes it on the generative lane: [`condition`] and [`noise`] say what it is to go
//! with, a generator makes a roll for each track, and [`chords`], [`bass`], [`counter`] and [`drums`]
//! make notes of it. A [`score`] is the bar in the order of
//! time. [`mixer`] sends every track the way that [`tracks`] want it.

pub mod arranger;
pub mod bar;
pub mod bar_note;
mod bass;
mod changes;
mod chords;
mod compass;
pub mod condition;
pub mod conductor;
mod counter;
mod drums;
mod ear;
mod fill;
pub mod hindsight;
mod kit;
pub mod mixer;
mod noise;
mod reading_roll;
pub mod score;
mod style;
mod tracks;
pub mod voiced;
mod voicing;
mod wanted;

pub use tracks::{TrackSettings, Tracks};

#[cfg(test)]
mod decoding_tests;
