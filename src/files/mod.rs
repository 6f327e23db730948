//! Files that are not music: recordings in, tables out. (MIDI files are [`crate::music::midi_file`].)

pub mod audio;
pub mod tsv;
