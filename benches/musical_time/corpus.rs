//! The corpus of pieces, and the fixed rule that splits it.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// One note: onset and duration in beats, MIDI pitch, velocity 0 – 1.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    pub onset: f64,
    pub duration: f64,
    pub pitch: f64,
    pub velocity: f64,
}

/// One piece of the corpus.
pub struct Piece {
    pub id: String,
    pub source: String,
    /// Beats a minute.
    pub bpm: f64,
    /// As the corpus writes it.
    pub meter: String,
    pub tracks: Vec<(String, Vec<Note>)>,
    /// Onset in beats, duration in beats, label.
    pub chords: Vec<(f64, f64, String)>,
    /// Kept for measuring; nothing is fitted to it.
    pub held_out: bool,
}

impl Piece {
    /// The notes of a role, by onset.
    pub fn notes(&self, role: &str) -> Vec<Note> {
        let of_role = self.tracks.iter().filter(|(name, _)| name == role);
        let mut notes: Vec<_> = of_role.flat_map(|(_, notes)| notes).copied().collect();
        notes.sort_by(|a, b| a.onset.total_cmp(&b.onset));
        notes
    }
}

/// Every piece; None where there is no corpus.
pub fn read(path: &Path) -> Option<Vec<Piece>> {
    let lines = BufReader::new(GzDecoder::new(File::open(path).ok()?)).lines();
    lines
        .map(|line| piece(&serde_json::from_str(&line.ok()?).ok()?))
        .collect()
}

fn piece(value: &Value) -> Option<Piece> {
    let text = |key: &str| Some(value[key].as_str()?.to_owned());
    let mut tracks: BTreeMap<String, Vec<Note>> = BTreeMap::new();
    for track in value["tracks"].as_array()? {
        let notes = track["notes"].as_array()?.iter().filter_map(note);
        let role = track["role"].as_str()?.to_owned();
        tracks.entry(role).or_default().extend(notes);
    }
    let chord = |chord: &Value| {
        let label = chord[2].as_str()?.to_owned();
        Some((chord[0].as_f64()?, chord[1].as_f64()?, label))
    };
    let chords = value["chords"].as_array().map_or(&[][..], Vec::as_slice);
    let (id, source) = (text("id")?, text("src")?);
    Some(Piece {
        held_out: hash(group(&id, &source)).is_multiple_of(5),
        bpm: value["bpm"].as_f64()?,
        meter: text("ts")?,
        tracks: tracks.into_iter().collect(),
        chords: chords.iter().filter_map(chord).collect(),
        id,
        source,
    })
}

fn note(note: &Value) -> Option<Note> {
    Some(Note {
        onset: note[0].as_f64()?,
        duration: note[1].as_f64()?,
        pitch: note[2].as_f64()?,
        velocity: note[3].as_f64()? / 127.0,
    })
}

/// What must not be split: a drummer, the tappings to one pattern, a tune.
fn group<'a>(id: &'a str, source: &str) -> &'a str {
    let parts = match source {
        "groove" => 2,
        "elbongosero" => 3,
        _ => usize::MAX,
    };
    let end = id
        .match_indices('/')
        .nth(parts - 1)
        .map_or(id.len(), |(at, _)| at);
    let start = id.find('/').map_or(0, |at| at + 1);
    if parts == usize::MAX {
        id
    } else {
        &id[start..end]
    }
}

/// FNV-1a, 64 bits.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}
