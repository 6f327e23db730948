//! What is told of a rendered recording, on stdout.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use vocalise::music::SungNote;

/// One input's result; with `--json` this is the object that is printed.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The recording.
    pub input: String,
    /// The MIDI file.
    pub output: String,
    /// What was sung, by onset.
    pub notes: Vec<Note>,
    /// How many notes.
    pub note_count: usize,
    /// How many MIDI messages the file has.
    pub message_count: usize,
    /// Tempo of the MIDI file at its beginning, in BPM.
    pub tempo_bpm: Option<f64>,
    /// The key, found or given.
    pub key: Option<String>,
    /// Length of the recording in seconds.
    pub audio_s: f64,
    /// What it took to read, render and write, in seconds.
    pub seconds: f64,
    /// Seconds of audio done in a second; above 1 is faster than it was sung.
    pub real_time_factor: f64,
    /// What was wrong with the recording although it could be used.
    pub warnings: Vec<String>,
}

/// A [`SungNote`] as JSON, under the names of the `--notes` table.
#[derive(Debug, Serialize)]
pub struct Note {
    onset_s: f64,
    offset_s: f64,
    midi_pitch: f32,
    velocity: f32,
    decided_s: f64,
}

impl From<&SungNote> for Note {
    fn from(note: &SungNote) -> Self {
        Self {
            onset_s: note.onset_s,
            offset_s: note.offset_s,
            midi_pitch: note.pitch,
            velocity: note.velocity,
            decided_s: note.decided_s,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            input,
            output,
            note_count,
            audio_s,
            seconds,
            real_time_factor,
            ..
        } = self;
        let notes = if *note_count == 1 { "note" } else { "notes" };
        write!(
            f,
            "{output}: {note_count} {notes} from {audio_s:.2} s of {input} \
             in {seconds:.2} s ({real_time_factor:.1} x real time)"
        )
    }
}

/// What `--json` prints for an input that failed, so that there is one object for each.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The recording.
    pub input: String,
    /// Why, in one sentence.
    pub error: String,
}

/// A path as text; what is not Unicode in it is replaced.
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
