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
    /// The selected notes as a Standard MIDI File that begins with a bar; its bars are the take's, all whole.
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
        // The file begins with the bar of the selection's beginning, or of the first note.
        let begin_s = if selection.from_s.is_finite() {
            selection.from_s.min(first_s)
        } else {
            first_s
        };
        let bars = self.bars().iter().copied();
        let bars = bars
            .filter(|bar| bar.start_s + bar.length_s > begin_s + 1e-3 && bar.start_s <= last_s)
            .collect();
        let (bars, origin_s) = whole_bars(bars, begin_s);
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
        let map = tempo_map(&bars);
        midi_file::write_in_key(&messages, RATE, &map, parts.key, &files_parts)
    }
}

/// A bar of the file, which is always whole.
#[derive(Clone, Copy)]
struct FileBar {
    length_s: f64,
    quarters: f64,
}

impl FileBar {
    fn bpm(&self) -> f64 {
        self.quarters * 60.0 / self.length_s
    }
}

/// The bars of a file that begins at `begin_s` or, to begin with a bar, before that; and where it does.
///
/// Sequencers count whole bars. Where a stop or a jump cut one short, or no bar is known, as many whole
/// bars as fit best go over the time to the next one, a little slower or faster; less than half a bar
/// is given to the bar before.
fn whole_bars(bars: Vec<TakeBar>, begin_s: f64) -> (Vec<FileBar>, f64) {
    let last = bars.len().saturating_sub(1);
    let whole = bars.iter().enumerate();
    let mut whole = whole
        .filter(|(at, bar)| *at == last || !bar.is_cut())
        .map(|(_, bar)| bar);
    let Some(first) = whole.next() else {
        return (Vec::new(), begin_s);
    };
    let file_bar = |bar: &TakeBar| FileBar {
        length_s: bar.whole_s,
        quarters: bar.quarters,
    };
    let before = ((first.start_s - begin_s) / first.whole_s - 1e-3)
        .ceil()
        .max(0.0);
    let origin_s = first.start_s - before * first.whole_s;
    let mut made = vec![file_bar(first); before as usize + 1];
    let mut end_s = first.start_s + first.whole_s;
    for bar in whole {
        let gap_s = bar.start_s - end_s;
        if let Some(last) = made.last_mut().filter(|_| gap_s.abs() > 1e-4) {
            let count = (gap_s / last.length_s).round().max(0.0);
            if count < 1.0 {
                // A bar that began a little early likewise.
                last.length_s = (last.length_s + gap_s).max(0.25 * last.length_s);
            } else {
                let filler = FileBar {
                    length_s: gap_s / count,
                    ..*last
                };
                made.extend(vec![filler; count as usize]);
            }
        }
        made.push(file_bar(bar));
        end_s = bar.start_s + bar.whole_s;
    }
    (made, origin_s)
}

/// The tempo map of `bars`.
fn tempo_map(bars: &[FileBar]) -> TempoMap {
    let Some(first) = bars.first() else {
        return TempoMap::constant(DEFAULT_BPM, Meter::COMMON);
    };
    let mut map = TempoMap::constant(first.bpm(), meter(first.quarters));
    let mut beat = first.quarters;
    for pair in bars.windows(2) {
        let (last, bar) = (pair[0], pair[1]);
        if (bar.bpm() - last.bpm()).abs() > 1e-3 {
            map.set_tempo(beat, (60e6 / bar.bpm()).round() as u32);
        }
        if (bar.quarters - last.quarters).abs() > 1e-6 {
            map.set_meter(beat, meter(bar.quarters));
        }
        beat += bar.quarters;
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
