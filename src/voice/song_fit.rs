//! The steady song that fits a take best: tempo, beat and bars, when all notes are known.

use super::offline::Song;
use super::rhythm::Rhythm;
use crate::music::{Meter, SungNote};
use std::f64::consts::TAU;

/// Rate that the beat tracker's clock counts in, in Hz; nothing depends on it.
const RATE: f64 = 48_000.0;
/// How far the tempo may lie from the tracker's, as a share of it.
const AROUND: f64 = 0.03;
/// Tempos that are tried on each side of the tracker's.
const TEMPOS: i32 = 60;
/// Places of the beat that are tried.
const PHASES: u32 = 48;
/// How much beats, eighths and sixteenths count.
const DIVISIONS: [(f64, f64); 3] = [(1.0, 1.0), (2.0, 0.8), (4.0, 0.3)];
/// A note longer than this, in beats, says no more about where a bar begins.
const LONGEST: f64 = 4.0;
/// How far from a downbeat a note may begin to speak for it, in beats.
const NEAR: f64 = 0.3;

/// The song that `notes` (by onset) were sung to, in 4/4; `None` if no tempo can be heard in them.
pub fn song_of(notes: &[SungNote]) -> Option<Song> {
    let mut rhythm = Rhythm::new(RATE);
    for note in notes {
        rhythm.note(note.onset_s, note.velocity);
        rhythm.advance(note.onset_s);
    }
    rhythm.advance(notes.last()?.offset_s);
    let heard = rhythm.tempo()?.bpm;
    let (bpm, beat_s) = beat_of(notes, heard);
    let period_s = 60.0 / bpm;
    let beats = i64::from(Meter::COMMON.beats());
    let first = (0..beats)
        .max_by(|a, b| {
            let speaks = |beat: i64| downbeat(notes, beat_s + beat as f64 * period_s, period_s);
            speaks(*a).total_cmp(&speaks(*b)).then(b.cmp(a))
        })
        .unwrap_or(0);
    let bar_s = beats as f64 * period_s;
    let begins_s = (beat_s + first as f64 * period_s).rem_euclid(bar_s);
    Some(Song {
        bpm,
        meter: Meter::COMMON,
        begins_s,
    })
}

/// The tempo near `around` BPM and the time of a beat, in seconds, that the onsets fit best.
fn beat_of(notes: &[SungNote], around: f64) -> (f64, f64) {
    let mut best = (f64::MIN, around, 0.0);
    for step in -TEMPOS..=TEMPOS {
        let bpm = around * (1.0 + AROUND * f64::from(step) / f64::from(TEMPOS));
        let period_s = 60.0 / bpm;
        for phase in 0..PHASES {
            let beat_s = period_s * f64::from(phase) / f64::from(PHASES);
            let fits = fit(notes, beat_s, period_s);
            if fits > best.0 {
                best = (fits, bpm, beat_s);
            }
        }
    }
    (best.1, best.2)
}

/// How well the onsets lie on beats and their divisions.
fn fit(notes: &[SungNote], beat_s: f64, period_s: f64) -> f64 {
    let one = |note: &SungNote| {
        let away = TAU * (note.onset_s - beat_s) / period_s;
        let lines = DIVISIONS.map(|(division, counts)| counts * (division * away).cos());
        f64::from(note.velocity) * lines.iter().sum::<f64>()
    };
    notes.iter().map(one).sum()
}

/// How much the notes speak for a bar that begins at `line_s`: long and loud ones on downbeats.
fn downbeat(notes: &[SungNote], line_s: f64, period_s: f64) -> f64 {
    let bar = f64::from(Meter::COMMON.beats());
    let one = |note: &SungNote| {
        let place = ((note.onset_s - line_s) / period_s + NEAR).rem_euclid(bar);
        let length = (note.duration_s() / period_s).min(LONGEST);
        if place < 2.0 * NEAR {
            f64::from(note.velocity) * length
        } else {
            0.0
        }
    };
    notes.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_tune_is_found_with_its_bars() {
        let (bpm, begins_s) = (97.0, 0.83);
        let beat_s = 60.0 / bpm;
        // A long note on each downbeat, short ones between, sung a little early and late.
        let rhythm = [(0.0, 1.5), (1.5, 0.5), (2.0, 1.0), (3.0, 0.5), (3.5, 0.5)];
        let notes: Vec<SungNote> = (0..8)
            .flat_map(|bar| rhythm.map(|(at, length)| (4.0 * f64::from(bar) + at, length)))
            .enumerate()
            .map(|(n, (at, length))| {
                let onset_s = begins_s + at * beat_s + 0.015 * ((n * 7 % 5) as f64 - 2.0) / 2.0;
                SungNote {
                    onset_s,
                    offset_s: onset_s + 0.9 * length * beat_s,
                    pitch: 60.0,
                    velocity: 0.7,
                    decided_s: onset_s,
                }
            })
            .collect();
        let song = song_of(&notes).expect("a song");
        assert!((song.bpm - bpm).abs() < 0.3, "{song:?}");
        assert!((song.begins_s - begins_s).abs() < 0.04, "{song:?}");
        assert_eq!(song_of(&[]), None);
    }
}
