//! A take read with hindsight by the context model: which line each note belongs to, and how loud
//! the genre would play it.

use super::note_features::{ContextNote, ContextTime, features};
use super::song_clock::{Place, SongClock};
use crate::music::{Genre, Instrument, SungNote};
use crate::nn::{ContextAnswer, ContextModel, NnError};

/// Notes that are read at a time.
const WINDOW: usize = 64;
/// Notes by which the next window is further on; a note is read where it has most on both sides.
const STRIDE: usize = 32;

/// What is read of one note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Read {
    /// Where it belongs, in quarter notes of the song.
    pub quarters: f64,
    /// How loud it would be played, 0 – 1.
    pub velocity: f32,
}

/// Reads `notes` (by onset) in the song of `song`, at `rate` Hz. `None` for a note that has no
/// place in the song.
///
/// # Errors
/// As [`ContextModel::run`].
pub fn read(
    model: &mut ContextModel,
    notes: &[SungNote],
    song: &SongClock,
    rate: f64,
    (genre, instrument): (Genre, Instrument),
) -> Result<Vec<Option<Read>>, NnError> {
    let position = |seconds: f64| (seconds * rate).round() as i64;
    let places: Vec<Option<(Place, f64)>> = notes
        .iter()
        .map(|note| {
            let place = song.place(position(note.onset_s))?;
            let tempo = 60.0 * rate / song.samples_per_quarter(position(note.onset_s));
            Some((place, tempo))
        })
        .collect();
    let placed: Vec<usize> = (0..notes.len()).filter(|n| places[*n].is_some()).collect();
    let mut out = vec![None; notes.len()];
    let mut first = 0;
    while first < placed.len() {
        let window = &placed[first..(first + WINDOW).min(placed.len())];
        let Some((start, tempo)) = places[window[0]] else {
            break;
        };
        let time = ContextTime {
            bar_known: true,
            bar_quarters: start.bar_quarters,
            tempo,
        };
        let mut before = None;
        let given: Vec<_> = window
            .iter()
            .map(|n| {
                let quarters = places[*n].map_or(0.0, |(place, _)| place.quarters);
                let note = ContextNote {
                    key: Some(notes[*n].key()),
                    place: Some(quarters - start.bar_start),
                    gap: before.map(|before| quarters - before),
                    duration: Some(notes[*n].duration_s() * tempo / 60.0),
                    // Hidden: what was sung would be read off, and not what is usual.
                    velocity: None,
                    query: false,
                };
                before = Some(quarters);
                features(&note, &time)
            })
            .collect();
        let answers = model.run(&given, genre, instrument)?;
        for (place, (n, answer)) in window.iter().zip(answers).enumerate() {
            // The first window is right from its beginning, later ones from a quarter on.
            if first > 0 && place < STRIDE / 2 {
                continue;
            }
            let sung = places[*n].map_or(0.0, |(place, _)| place.quarters);
            let whole = (sung - start.bar_start).floor();
            out[*n] = Some(Read {
                quarters: start.bar_start + whole + line(answer),
                velocity: answer.expected_velocity() / 127.0,
            });
        }
        if first + WINDOW >= placed.len() {
            break;
        }
        first += STRIDE;
    }
    Ok(out)
}

/// Quarter notes from the beginning of the quarter that a note was sung in to where it belongs.
fn line(answer: &ContextAnswer) -> f64 {
    let likelier = |best: usize, class: usize| {
        if answer.timing[class] > answer.timing[best] {
            class
        } else {
            best
        }
    };
    ContextAnswer::class_quarters((0..answer.timing.len()).fold(0, likelier))
}

/// The place, in quarter notes, at which something that belongs to `quarters` is played by people
/// who play eighths `swing` to 1.
pub fn swung(quarters: f64, swing: f64) -> f64 {
    let (whole, inside) = (quarters.floor(), quarters.rem_euclid(1.0));
    let long = swing / (1.0 + swing);
    let moved = if inside < 0.5 {
        inside * 2.0 * long
    } else {
        long + (inside - 0.5) * 2.0 * (1.0 - long)
    };
    whole + moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swing_moves_what_lies_between_beats_and_straight_moves_nothing() {
        for quarters in [0.0, 0.25, 0.5, 7.75, -0.5] {
            assert!((swung(quarters, 1.0) - quarters).abs() < 1e-12);
        }
        assert_eq!(swung(3.0, 2.0), 3.0);
        assert!((swung(3.5, 2.0) - (3.0 + 2.0 / 3.0)).abs() < 1e-12);
        assert!((swung(-0.5, 2.0) - (-1.0 + 2.0 / 3.0)).abs() < 1e-12);
    }
}
