//! Notes with hindsight: a take decoded again when all of it is known.
//!
//! The same search as [live](super::NoteDecoder), read off at the end of the take instead of some
//! frames later, and each note's pitch from all of its frames: nothing has to be guessed early.

use super::evidence::Evidence;
use super::loudness::Loudness;
use super::note_decoder::median;
use super::note_search::{NoteSearch, Step};
use super::onset::Onset;
use super::singing::is_sung;
use super::tuning::Tuning;

/// Frames on either side of a note's entry that may tell its onset.
const NEAR: usize = 8;

/// A note of a take, in frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefinedNote {
    /// Where it begins.
    pub onset: f64,
    /// First frame that no longer belongs to it.
    pub end: u64,
    /// Fractional MIDI pitch.
    pub pitch: f32,
    /// 0 – 1.
    pub velocity: f32,
}

/// The notes of a take, by onset. `heard` is all of its evidence in order, none missing.
pub fn notes(heard: &[Evidence]) -> Vec<RefinedNote> {
    let tuning = Tuning::HINDSIGHT;
    let mut loudness = Loudness::default();
    for e in heard {
        loudness.hear(e.level_db, e.voicing >= 0.5);
    }
    let path = path(heard, &tuning);
    let mut notes = Vec::new();
    let mut start = 0;
    while start < path.len() {
        if path[start].state == 0 {
            start += 1;
            continue;
        }
        let goes_on = |i: &usize| path[*i].goes_on_from(path[*i - 1]);
        let end = (start + 1..path.len())
            .find(|i| !goes_on(i))
            .unwrap_or(path.len());
        let quiet_after = path.get(end).is_none_or(|place| place.state == 0);
        let late = if quiet_after {
            (tuning.offset_late as usize).min(end - start - 1)
        } else {
            0
        };
        let body = &heard[start..end];
        if body.len() as u64 >= tuning.shortest && is_sung(body.iter(), &body[body.len() - 1]) {
            notes.push(note(heard, start, end, late, &tuning, &loudness));
        }
        start = end;
    }
    notes
}

/// Where the cheapest path is at one frame.
#[derive(Clone, Copy)]
struct Place {
    state: usize,
    /// Whether a note begins here.
    begins: bool,
}

impl Place {
    /// Whether this is the note that was at `before`.
    fn goes_on_from(self, before: Self) -> bool {
        self.state > 0 && !self.begins && self.state.abs_diff(before.state) <= 1
    }
}

/// The cheapest path through all of `heard`.
fn path(heard: &[Evidence], tuning: &Tuning) -> Vec<Place> {
    let mut search = NoteSearch::default();
    let steps: Vec<Step> = heard.iter().map(|e| search.step(e, tuning)).collect();
    let mut state = search.best();
    let mut path: Vec<Place> = steps
        .iter()
        .rev()
        .map(|step| {
            let place = Place {
                state,
                begins: step.begins(state),
            };
            state = step.from(state);
            place
        })
        .collect();
    path.reverse();
    path
}

/// The note over the places `start..end`, which is heard `late` frames too long.
fn note(
    heard: &[Evidence],
    start: usize,
    end: usize,
    late: usize,
    tuning: &Tuning,
    loudness: &Loudness,
) -> RefinedNote {
    let body = &heard[start..end];
    let mut pitches: Vec<f32> = body
        .iter()
        .map(|e| tuning.reported(e.pitch, e.centre))
        .collect();
    let loudest_db = body
        .iter()
        .map(|e| e.level_db)
        .fold(f32::NEG_INFINITY, f32::max);
    let near = &heard[start.saturating_sub(NEAR)..(start + NEAR).min(heard.len())];
    RefinedNote {
        onset: Onset::around(heard[start].frame, near.iter()).frame(tuning.onset_shift),
        end: heard[start].frame + (end - start - late) as u64,
        pitch: median(&mut pitches).unwrap_or(heard[start].pitch),
        velocity: loudness.velocity(loudest_db),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `frames` of a voice at `pitch` whose first has an onset.
    fn sung(pitch: f32, frames: usize) -> impl Iterator<Item = Evidence> {
        (0..frames).map(move |n| Evidence {
            pitch,
            centre: pitch,
            certainty: 1.0,
            activity: 0.98,
            steadiness: 0.9,
            voicing: 0.98,
            onset: if n == 0 { 0.9 } else { 0.0 },
            peak: if n == 1 { 0.9 } else { 0.0 },
            level_db: -20.0,
            ..Evidence::default()
        })
    }

    fn silent(frames: usize) -> impl Iterator<Item = Evidence> {
        std::iter::repeat_n(
            Evidence {
                voicing: 0.02,
                level_db: -70.0,
                ..Evidence::default()
            },
            frames,
        )
    }

    fn numbered(heard: impl Iterator<Item = Evidence>) -> Vec<Evidence> {
        (0..)
            .zip(heard)
            .map(|(frame, e)| Evidence { frame, ..e })
            .collect()
    }

    #[test]
    fn a_scoop_does_not_spoil_the_pitch() {
        let scoop = (0..8).map(|n| Evidence {
            onset: if n == 0 { 0.9 } else { 0.0 },
            peak: if n == 1 { 0.9 } else { 0.0 },
            ..sung(58.5 + n as f32 * 1.5 / 8.0, 1).next().unwrap()
        });
        let heard = numbered(
            silent(20)
                .chain(scoop)
                .chain(sung(60.0, 60).skip(2))
                .chain(silent(40)),
        );
        let notes = notes(&heard);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!((notes[0].pitch - 60.0).abs() < 0.1, "{notes:?}");
        assert!((notes[0].onset - 20.0).abs() < 2.0, "{notes:?}");
        assert!(notes[0].end.abs_diff(86) <= 6, "{notes:?}");
    }

    #[test]
    fn a_blip_is_no_note_and_nothing_gives_none() {
        let blip = numbered(silent(20).chain(sung(60.0, 4)).chain(silent(40)));
        assert_eq!(notes(&blip), []);
        assert_eq!(notes(&[]), []);
    }

    #[test]
    fn a_take_that_ends_within_a_note_keeps_it() {
        let heard = numbered(silent(20).chain(sung(60.0, 40)).chain(sung(62.0, 40)));
        let pitches: Vec<i32> = notes(&heard)
            .iter()
            .map(|n| n.pitch.round() as i32)
            .collect();
        assert_eq!(pitches, [60, 62]);
    }
}
