//! Sing or hum into a DAW track and get a playable multi-track MIDI arrangement, live.

// The derive macros of nice-plug name the crate by its own name.
extern crate nih_plug as nice_plug;

pub mod audio;
pub mod files;
pub mod gui;
pub mod music;
pub mod nn;
pub mod plugin;
pub mod stages;
pub mod voice;

use nih_plug::prelude::*;
use plugin::Vocalise;

nice_export_clap!(Vocalise);
nice_export_vst3!(Vocalise);
