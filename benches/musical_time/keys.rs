//! Keys of melodies, against those that their chords leave in no doubt.
//!
//! The corpus names no keys. The truth is derived, and only where it is unambiguous:
//! with chords (POP909, OpenEWLD, Nottingham) when at least .8 of their duration is diatonic to one
//! collection of seven notes (the dominant of its minor included), .05 more than to any other, the
//! same in both halves of the piece, and the last chord is the tonic of its major or minor, which
//! also sounds longer than the tonic of the relative; chorales, when the last bass note carries a
//! third and one of its thirds sounds twice as long in the piece as the other.

use crate::corpus::{Note, Piece};
use std::collections::BTreeMap;
use vocalise::music::{Key, KeyFinder, KeyNote, Scale};

/// A chord: onset and duration in beats, root, quality (M, m, 7 or d).
type Chord = (f64, f64, u8, char);

/// The key of a piece; None where there is any doubt.
pub fn truth(piece: &Piece) -> Option<Key> {
    if piece.source == "jsb" {
        return chorale(piece);
    }
    let chords = chords(piece);
    if chords.len() < 8 {
        return None;
    }
    let best = |chords: &[Chord]| -> [(u8, f64); 12] {
        let mut all = std::array::from_fn(|tonic| (tonic as u8, diatonic(chords, tonic as u8)));
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    };
    let [(tonic, share), (_, second), ..] = best(&chords);
    let halves = chords.split_at(chords.len() / 2);
    let steady = best(halves.0)[0].0 == tonic && best(halves.1)[0].0 == tonic;
    if share < 0.8 || share - second < 0.05 || !steady {
        return None;
    }
    let relative = (tonic + 9) % 12;
    let sounds = |root: u8, qualities: &str| -> f64 {
        let of_it = chords
            .iter()
            .filter(|chord| chord.2 == root && qualities.contains(chord.3));
        of_it.map(|chord| chord.1).sum()
    };
    let (major, minor) = (sounds(tonic, "M7"), sounds(relative, "m"));
    let last = chords.last()?;
    match (last.2, last.3) {
        (root, 'M' | '7') if root == tonic && major > minor => Some(Key::new(tonic, Scale::Major)),
        (root, 'm') if root == relative && minor > major => Some(Key::new(relative, Scale::Minor)),
        _ => None,
    }
}

fn chorale(piece: &Piece) -> Option<Key> {
    let mut sounds = [0.0; 12];
    let notes: Vec<Note> = piece
        .tracks
        .iter()
        .flat_map(|(_, notes)| notes)
        .copied()
        .collect();
    let class = |note: &Note| (note.pitch.round() as usize) % 12;
    notes
        .iter()
        .for_each(|note| sounds[class(note)] += note.duration);
    let end = notes
        .iter()
        .map(|n| n.onset + n.duration)
        .fold(0.0, f64::max);
    let bass = class(piece.notes("bass").last()?);
    let third = |above: usize| (bass + above) % 12;
    let mut last = notes
        .iter()
        .filter(|n| n.onset + n.duration > end - 0.01)
        .map(class);
    if !last.any(|class| class == third(3) || class == third(4)) {
        return None;
    }
    let (minor, major) = (sounds[third(3)], sounds[third(4)]);
    let scale = if major > 2.0 * minor {
        Scale::Major
    } else if minor > 2.0 * major {
        Scale::Minor
    } else {
        return None;
    };
    Some(Key::new(bass as u8, scale))
}

/// The share of the chords' duration that is diatonic to a major key or its relative minor.
fn diatonic(chords: &[Chord], tonic: u8) -> f64 {
    let fits = |root: u8, quality: char| match (root + 12 - tonic) % 12 {
        0 | 5 => quality == 'M',
        7 => matches!(quality, 'M' | '7'),
        2 | 9 => quality == 'm',
        4 => matches!(quality, 'm' | 'M' | '7'),
        8 | 11 => quality == 'd',
        _ => false,
    };
    let all: f64 = chords.iter().map(|chord| chord.1).sum();
    let inside = chords.iter().filter(|chord| fits(chord.2, chord.3));
    inside.map(|chord| chord.1).sum::<f64>() / all.max(1e-9)
}

fn chords(piece: &Piece) -> Vec<Chord> {
    let labelled = piece.chords.iter().filter_map(|(onset, duration, label)| {
        let (root, quality) = label.split_once(':')?;
        Some((*onset, *duration, root_of(root)?, quality_of(quality)?))
    });
    if !piece.chords.is_empty() {
        return labelled.collect();
    }
    // Nottingham's chords are notes, in root position.
    let mut at: BTreeMap<u64, Vec<Note>> = BTreeMap::new();
    for note in piece.notes("chords") {
        at.entry(note.onset.max(0.0).to_bits())
            .or_default()
            .push(note);
    }
    let chord = |notes: &Vec<Note>| {
        let root = notes.iter().map(|n| n.pitch as u8).min()? % 12;
        let has = |above: u8| {
            notes
                .iter()
                .any(|n| (n.pitch as u8 + 12 - root) % 12 == above)
        };
        let quality = match (has(3), has(4), has(6) && !has(7), has(10)) {
            (true, _, true, _) => 'd',
            (true, ..) => 'm',
            (_, _, _, true) => '7',
            (_, true, ..) => 'M',
            _ => return None,
        };
        let duration = notes.iter().map(|n| n.duration).fold(0.0, f64::max);
        (notes.len() >= 3).then_some((notes[0].onset, duration, root, quality))
    };
    at.values().filter_map(chord).collect()
}

fn root_of(name: &str) -> Option<u8> {
    Some(name.parse::<Key>().ok()?.tonic())
}

fn quality_of(name: &str) -> Option<char> {
    let name = name.split(['/', '(']).next()?;
    Some(match name {
        "maj" | "maj7" | "maj6" | "major" | "major-seventh" | "major-sixth" | "major-ninth"
        | "maj69" => 'M',
        "7" | "dominant" | "dominant-ninth" | "dominant-13th" | "dominant-11th"
        | "augmented-seventh" | "augmented-ninth" => '7',
        _ if name.starts_with("min") => 'm',
        _ if name.starts_with("dim") || name == "hdim7" || name == "half-diminished" => 'd',
        _ => return None,
    })
}

/// How an amateur is out of tune: off by so many cents throughout, and by so many more, more or
/// less, at each note.
#[derive(Clone, Copy)]
pub struct Singer {
    pub off_cents: f64,
    pub wobble_cents: f64,
}

/// What was found in the first eight bars.
pub struct Found {
    pub key: Key,
    pub confidence: f32,
    /// How often the opinion changed after the second bar.
    pub changes: usize,
}

/// Sings a piece's melody to the finder, for eight bars.
pub fn listen(piece: &Piece, singer: Singer) -> Option<Found> {
    let notes = piece.notes("melody");
    let start = notes.first()?.onset;
    // POP909 counts beats, in bars of four.
    let bar = match piece.meter.as_str() {
        "1/4" => 4.0,
        meter => meter.parse::<vocalise::music::Meter>().ok()?.bar_quarters(),
    };
    let mut finder = KeyFinder::new();
    let mut changes = 0;
    for note in notes.iter().filter(|note| note.onset < start + 8.0 * bar) {
        let chance = crate::beats::chance(&format!("{} {} pitch", piece.id, note.onset));
        let cents = singer.off_cents + singer.wobble_cents * (chance - 0.5) * 3.46;
        let before = finder.key().map(|found| found.key);
        finder.note(KeyNote {
            pitch: (note.pitch + cents / 100.0) as f32,
            duration_s: (note.duration * 60.0 / piece.bpm) as f32,
            strength: note.velocity as f32,
        });
        let late = note.onset >= start + 2.0 * bar;
        changes += usize::from(late && before != finder.key().map(|found| found.key));
    }
    let found = finder.key()?;
    Some(Found {
        key: found.key,
        confidence: found.confidence,
        changes,
    })
}

/// mir_eval's weighted key score.
pub fn score(truth: Key, found: Key) -> f64 {
    let above = (found.tonic() + 12 - truth.tonic()) % 12;
    match (truth.scale(), found.scale(), above) {
        (a, b, 0) if a == b => 1.0,
        (a, b, 7) if a == b => 0.5,
        (Scale::Major, Scale::Minor, 9) | (Scale::Minor, Scale::Major, 3) => 0.3,
        (a, b, 0) if a != b => 0.2,
        _ => 0.0,
    }
}
