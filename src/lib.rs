//! Sing or hum into a DAW track and get a playable multi-track MIDI arrangement, live.

pub mod files;
pub mod music;
pub mod nn;
