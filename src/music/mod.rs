//! Musical nouns, and nothing else: no audio, no threads, no plugin framework, no models.
//!
//! Everything above (the stages, the voice, the plugin, the command line) speaks in these words;
//! this module depends on none of it.

mod genre;
mod grid;
mod instrument;
mod meter;
pub mod midi;
pub mod midi_file;
mod note;
pub mod pitch;
mod tempo_map;
mod track;

pub use genre::{Genre, UnknownGenre};
pub use grid::{Division, Grid, UnknownDivision};
pub use instrument::{Instrument, UnknownInstrument};
pub use meter::{Meter, UnknownMeter};
pub use midi::{Message, NoteExpression, TimedMessage};
pub use note::SungNote;
pub use tempo_map::{TempoChange, TempoMap};
pub use track::{Track, UnknownTrack};

/// What is left of a name when case, spaces, hyphens and punctuation do not count, so that
/// "Hip Hop", "hip-hop" and "HIPHOP" are one name wherever a person types it.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
