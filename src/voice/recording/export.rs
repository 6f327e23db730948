//! A take as a MIDI file.

use super::edits::Selection;
use super::{Take, TakeBar};
use crate::music::midi_file::{self, Part, WriteError};
use crate::music::{Instrument, Key, Message, Meter, TempoMap, TimedMessage, Track};

/// Rate that positions count in while a file is made, in Hz.
const RATE: f64 = 48_000.0;
/// The tempo of a file without bars, in BPM.
const DEFAULT_BPM: f64 = 120.0;

/// What a file is to hold.
#[derive(Clone, Debug)]
pub struct TakeParts {
    /// The stretch and the tracks.
    pub selection: Selection,
    /// The tracks to write, each a track of the file, and what plays it.
    pub tracks: Vec<(Track, Instrument)>,
    /// The song's key.
    pub key: Option<Key>,
}

impl Take {
    /// The selected notes as a Standard MIDI File that begins where the selection does; its bars are
    /// the take's.
    ///
    /// # Errors
    /// [`WriteError`] if it is too long for one.
    pub fn to_midi(&self, parts: &TakeParts) -> Result<Vec<u8>, WriteError> {
        let selection = parts.selection;
        let notes = || {
            let wanted = |track| parts.tracks.iter().any(|(other, _)| *other == track);
            let held = self.notes().iter().filter(move |n| selection.holds(n));
            held.filter(move |n| wanted(n.track))
        };
        let first_s = notes().next().map_or(0.0, |note| note.start_s);
        let last_s = notes().map(|n| n.start_s).fold(first_s, f64::max);
        let bars: Vec<&TakeBar> = self
            .bars()
            .iter()
            .filter(|bar| bar.start_s + bar.length_s > first_s.max(selection.from_s))
            .filter(|bar| bar.start_s <= last_s)
            .collect();
        // The file begins with a bar, or with the first note where there are none.
        let origin_s = match bars.first() {
            Some(bar) if bar.start_s <= first_s => bar.start_s,
            _ => first_s,
        };
        let mut messages = Vec::new();
        for note in notes() {
            let position = |at_s: f64| ((at_s - origin_s) * RATE).round() as i64;
            let end_s = note.end_s.unwrap_or(self.now_s()).max(note.start_s + 0.01);
            let channel = note.track.channel();
            messages.push(TimedMessage {
                position: position(note.start_s),
                message: Message::note_on(channel, note.key, note.velocity),
            });
            messages.push(TimedMessage {
                position: position(end_s),
                message: Message::note_off(channel, note.key, 0.0),
            });
        }
        messages.sort_by_key(|timed| (timed.position, timed.message.is_note_on()));
        let files_parts: Vec<Part> = parts
            .tracks
            .iter()
            .map(|(track, instrument)| Part {
                channel: track.channel(),
                name: track.name().to_owned(),
                program: Some(instrument.program()),
            })
            .collect();
        let map = tempo_map(&bars, origin_s);
        midi_file::write_in_key(&messages, RATE, &map, parts.key, &files_parts)
    }
}

/// The tempo map of `bars`, from `origin_s` on.
fn tempo_map(bars: &[&TakeBar], origin_s: f64) -> TempoMap {
    let bpm = |bar: &TakeBar| bar.quarters * 60.0 / bar.length_s;
    let Some(first) = bars.first() else {
        return TempoMap::constant(DEFAULT_BPM, Meter::COMMON);
    };
    let mut map = TempoMap::constant(bpm(first), meter(first.quarters));
    let mut beat = 0.0;
    let mut last = **first;
    let mut end_s = origin_s;
    for bar in bars {
        // Where no bar is known, the last one's tempo goes on.
        let gap_s = bar.start_s - end_s;
        if gap_s > 1e-3 {
            beat += gap_s * bpm(&last) / 60.0;
        }
        if (bpm(bar) - bpm(&last)).abs() > 1e-3 {
            map.set_tempo(beat, (60e6 / bpm(bar)).round() as u32);
        }
        if (bar.quarters - last.quarters).abs() > 1e-6 {
            map.set_meter(beat, meter(bar.quarters));
        }
        beat += bar.quarters;
        end_s = bar.start_s + bar.length_s;
        last = **bar;
    }
    map
}

/// A meter whose bar is so many quarter notes long.
fn meter(quarters: f64) -> Meter {
    let found = [4u8, 8, 16].into_iter().find_map(|unit| {
        let beats = quarters * f64::from(unit) / 4.0;
        let whole = (beats - beats.round()).abs() < 1e-6 && (1.0..=64.0).contains(&beats);
        whole
            .then(|| Meter::new(beats.round() as u8, unit))
            .flatten()
    });
    found.unwrap_or_default()
}
