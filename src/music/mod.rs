//! Musical nouns, and nothing else: no audio, no threads, no plugin framework, no models.
//!
//! Everything above (the stages, the voice, the plugin, the command line) speaks in these words;
//! this module depends on none of it.

mod beat_belief;
mod beat_corrections;
mod beat_peaks;
mod beat_tracker;
mod chord;
mod followed_beat;
mod genre;
mod grid;
mod harmony;
mod instrument;
mod instrument_choice;
mod key;
mod key_finder;
mod key_profiles;
mod listener;
mod meter;
pub mod midi;
pub mod midi_file;
mod note;
mod onset_rates;
pub mod pitch;
mod rhythm_patterns;
mod scale;
mod snap;
mod tempo_map;
mod tempo_rows;
mod track;

pub use beat_tracker::{BeatTracker, FoundBeat, FoundTempo};
pub use chord::{Chord, Quality};
pub use genre::{Genre, UnknownGenre};
pub use grid::{Division, Grid, UnknownDivision};
pub use harmony::{HarmonyNote, HarmonyPlanner, PlannedBar};
pub use instrument::{Instrument, UnknownInstrument};
pub use instrument_choice::InstrumentChoice;
pub use key::{Key, UnknownKey};
pub use key_finder::{FoundKey, KeyFinder, KeyNote};
pub use listener::Listener;
pub use meter::{Meter, UnknownMeter};
pub use midi::{Message, NoteExpression, TimedMessage};
pub use note::SungNote;
pub use scale::{Scale, UnknownScale};
pub use snap::{Snap, SnapMode};
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
