//! Sing or hum into a DAW track and get a playable multi-track MIDI arrangement, live.

// The derive macros of nice-plug name the crate by its own name.
extern crate nih_plug as nice_plug;

// For `export_midi_plugin!`.
#[doc(hidden)]
pub use nih_plug as framework;

pub mod audio;
pub mod files;
pub mod gui;
pub mod music;
pub mod nn;
pub mod plugin;
pub mod presets;
pub mod stages;
pub mod voice;

#[cfg(feature = "export")]
mod export {
    use crate::plugin::Vocalise;
    use nih_plug::prelude::*;

    nice_export_clap!(Vocalise);
    nice_export_vst3!(Vocalise);
}
