//! The band to a take that is known to its end.

use super::arranger::Arranger;
use super::bar::{BAND, BarCall, Part};
use super::ear::Ear;
use super::score::Score;
use crate::music::{HarmonyNote, HarmonyPlanner, Key, Message, SungNote, TimedMessage, Track};
use crate::nn::{NnError, Pack};
use crate::voice::offline::Settings;
use crate::voice::song_clock::SongClock;

/// Bars that are played at most: an hour of a fast song.
const MOST_BARS: i64 = 4_000;

/// What the band plays to `notes` (by onset) in the steady `song`, from the bar in which the first
/// begins to the one in which the last ends; in `key` if it is given.
///
/// # Errors
/// [`NnError`] if a model cannot be had or fails.
pub fn messages(
    pack: &Pack,
    notes: &[SungNote],
    song: &SongClock,
    rate: f64,
    key: Option<Key>,
    settings: &Settings,
) -> Result<Vec<(Track, TimedMessage)>, NnError> {
    let position = |seconds: f64| (seconds * rate).round() as i64;
    let tracks = &settings.tracks;
    let heard =
        BAND.map(|track| settings.performance.output.sends(track) && tracks.is_heard(track));
    let (Some(first), Some(last)) = (notes.first(), notes.last()) else {
        return Ok(Vec::new());
    };
    let (Some(begins), Some(ends)) = (
        song.place(position(first.onset_s)),
        song.place(position(last.offset_s)),
    ) else {
        return Ok(Vec::new());
    };
    if !heard.contains(&true) {
        return Ok(Vec::new());
    }
    let quarters = begins.bar_quarters;
    let first_bar = (begins.bar_start / quarters).round() as i64;
    let last_bar = (ends.quarters / quarters - 1e-6).floor() as i64;
    let bars: Vec<i64> = (first_bar..=last_bar.min(first_bar + MOST_BARS)).collect();
    let sung: Vec<_> = bars
        .iter()
        .map(|bar| heard_bar(notes, song, rate, *bar as f64 * quarters, quarters))
        .collect();
    let melody: Vec<Vec<HarmonyNote>> = sung
        .iter()
        .map(|bar| bar.notes.iter().map(HarmonyNote::from).collect())
        .collect();
    let plans = HarmonyPlanner::reread(settings.genre, key, quarters, &melody);
    let mut arranger = Arranger::new(pack)?;
    let mut out = Vec::new();
    let spq = song.samples_per_quarter(position(first.onset_s));
    for ((bar, heard_notes), plan) in bars.into_iter().zip(sung).zip(plans) {
        let part = |place: usize| Part {
            wanted: *tracks.of(BAND[place]),
            genre: settings.genre,
            bar,
            take: 0,
        };
        let call = BarCall {
            number: 0,
            start: bar as f64 * quarters,
            quarters,
            bar,
            plan: Some(plan),
            heard: heard_notes,
            hindsight: true,
            seed: settings.answers.seed.into(),
            parts: std::array::from_fn(|place| heard[place].then(|| part(place))),
        };
        let bar = arranger.arrange(&call)?;
        for stroke in Score::of(&bar).strokes() {
            let channel = stroke.track.channel();
            let message = if stroke.velocity > 0.0 {
                Message::note_on(channel, stroke.key, stroke.velocity)
            } else {
                Message::note_off(channel, stroke.key, 0.0)
            };
            let away = (stroke.quarters - begins.quarters) * spq;
            let position = position(first.onset_s) + away.round() as i64;
            out.push((stroke.track, TimedMessage { position, message }));
        }
    }
    // Of a bar that began before the recording, that part cannot be heard.
    out.retain(|(_, timed)| timed.position >= 0);
    Ok(out)
}

/// What was sung of `notes` in the bar that begins at `start` quarter notes.
fn heard_bar(
    notes: &[SungNote],
    song: &SongClock,
    rate: f64,
    start: f64,
    quarters: f64,
) -> super::condition::HeardBar {
    let mut ear = Ear::default();
    let place = |seconds: f64| song.place((seconds * rate).round() as i64);
    for note in notes {
        let (Some(from), Some(to)) = (place(note.onset_s), place(note.offset_s)) else {
            continue;
        };
        if from.quarters < start + quarters && to.quarters > start {
            ear.begin(note.key(), note.velocity, from.quarters);
            ear.end(to.quarters);
        }
    }
    ear.bar(start, quarters, start + quarters)
}
