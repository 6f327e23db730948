//! What the context model expects of the next note, before it is sung: where on the grid it belongs
//! and how loud it would be. Applied at the note's beginning, as far as *Feel* says.

use super::note_features::{ContextNote, ContextTime, features};
use super::song_clock::{Place, SongClock};
use crate::music::{Genre, Instrument};
use crate::nn::{ContextAnswer, ContextModel, NnError};
use std::collections::VecDeque;

/// Notes that the model looks back on.
const KEPT: usize = 64;
/// How far singers lie from where they mean to be, in seconds (standard deviation): the made-up
/// singers of the training, and the spread of drummers' and tappers' hits, lie around it.
const OFF_S: f64 = 0.04;
/// Lines to a quarter note that the model tells apart.
const LINES: usize = 12;
/// The class of a line at the very beginning of the quarter, of a note whose place is not known.
const FIRST_LINE: usize = 6;

/// A note that was sung, in quarter notes of the song.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sung {
    key: u8,
    velocity: f32,
    from: f64,
    to: f64,
}

/// What is asked about the note to come.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectCall {
    /// Which one it is; an older one is no longer wanted.
    pub number: u64,
    notes: Vec<Sung>,
    /// Where the bar of the first of them begins, in quarter notes.
    origin: f64,
    time: ContextTime,
    style: (Genre, Instrument),
}

/// What is expected of the note to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The call's number.
    pub number: u64,
    /// How likely each line of a quarter note is, in twelfths from its beginning.
    lines: [f32; LINES],
    /// How loud it would be, 0 – 1.
    velocity: f32,
}

/// Asks the model.
///
/// # Errors
/// As [`ContextModel::run`].
pub fn expect(model: &mut ContextModel, call: &ExpectCall) -> Result<Option<Expected>, NnError> {
    let mut before = None;
    let mut given: Vec<_> = call
        .notes
        .iter()
        .map(|note| {
            let told = ContextNote {
                key: Some(note.key),
                place: Some(note.from - call.origin),
                gap: before.map(|before| note.from - before),
                duration: Some(note.to - note.from),
                velocity: Some(f64::from(note.velocity) * 127.0),
                query: false,
            };
            before = Some(note.from);
            features(&told, &call.time)
        })
        .collect();
    let to_come = ContextNote {
        key: None,
        place: None,
        gap: None,
        duration: None,
        velocity: None,
        query: true,
    };
    given.push(features(&to_come, &call.time));
    let (genre, instrument) = call.style;
    let answers = model.run(&given, genre, instrument)?;
    Ok(answers.last().map(|answer| Expected {
        number: call.number,
        lines: lines(answer),
        velocity: answer.expected_velocity() / 127.0,
    }))
}

fn lines(answer: &ContextAnswer) -> [f32; LINES] {
    std::array::from_fn(|line| answer.timing[FIRST_LINE + line])
}

/// Keeps what was sung, and what is expected next.
#[derive(Debug, Default)]
pub struct Expecting {
    notes: VecDeque<Sung>,
    /// Calls so far.
    number: u64,
    standing: Option<Expected>,
    /// Whether something was sung since the last call.
    is_due: bool,
}

impl Expecting {
    /// A note was sung on `key` over the samples `from..to`, so loud (0 – 1).
    pub fn hear(&mut self, (from, to): (i64, i64), key: u8, velocity: f32, song: &SongClock) {
        let (Some(from), Some(to)) = (song.place(from), song.place(to)) else {
            return;
        };
        if self.notes.len() == KEPT {
            self.notes.pop_front();
        }
        self.notes.push_back(Sung {
            key,
            velocity,
            from: from.quarters,
            to: to.quarters.max(from.quarters),
        });
        self.is_due = true;
    }

    /// The song goes on elsewhere: what was sung before does not lie before what comes.
    pub fn break_off(&mut self) {
        self.notes.clear();
        self.standing = None;
        self.is_due = false;
        self.number += 1;
    }

    /// The call that is due at sample `now`, if any.
    pub fn call(
        &mut self,
        now: i64,
        song: &SongClock,
        style: (Genre, Instrument),
        rate: f64,
    ) -> Option<ExpectCall> {
        if !std::mem::take(&mut self.is_due) {
            return None;
        }
        let place = song.place(now)?;
        let first = self.notes.front()?;
        let bars = ((first.from - place.bar_start) / place.bar_quarters).floor();
        self.number += 1;
        Some(ExpectCall {
            number: self.number,
            notes: self.notes.iter().copied().collect(),
            origin: place.bar_start + bars * place.bar_quarters,
            time: ContextTime {
                bar_known: true,
                bar_quarters: place.bar_quarters,
                tempo: 60.0 * rate / song.samples_per_quarter(now),
            },
            style,
        })
    }

    /// What is expected has come.
    pub fn take(&mut self, expected: Expected) {
        if expected.number == self.number {
            self.standing = Some(expected);
        }
    }

    /// The line that a note belongs to which is sung at `place`, in quarter notes of the song;
    /// `None` where nothing is expected.
    pub fn line(&self, place: &Place, quarter_s: f64) -> Option<f64> {
        let lines = &self.standing.as_ref()?.lines;
        let inside = place.quarters.rem_euclid(1.0);
        let whole = place.quarters - inside;
        let spread = OFF_S / quarter_s;
        let all = -(LINES as i32) / 2..(3 * LINES as i32) / 2;
        let likely = |line: i32| {
            let share = lines[line.rem_euclid(LINES as i32) as usize];
            let away = (inside - f64::from(line) / LINES as f64) / spread;
            f64::from(share.max(1e-6)).ln() - 0.5 * away * away
        };
        let best = all.max_by(|a, b| likely(*a).total_cmp(&likely(*b)))?;
        Some(whole + f64::from(best) / LINES as f64)
    }

    /// How loud a note is to be that was sung with `velocity`, by so much of the genre's feel.
    pub fn velocity(&self, velocity: f32, feel: f32) -> f32 {
        let usual = self.standing.as_ref().map_or(velocity, |s| s.velocity);
        (velocity + feel * (usual - velocity)).clamp(0.01, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::{Stamped, Transport};

    const RATE: f64 = 48_000.0;

    fn song() -> SongClock {
        let mut song = SongClock::new(RATE);
        let playing = Transport {
            playing: true,
            tempo: Some(120.0),
            quarters: Some(0.0),
            bar_start: Some(0.0),
            ..Transport::STOPPED
        };
        song.follow(Stamped::new(0, playing));
        song
    }

    fn expecting(line: usize) -> Expecting {
        let mut expecting = Expecting::default();
        expecting.hear((0, 20_000), 60, 0.5, &song());
        let style = (Genre::Pop, Instrument::Piano);
        let call = expecting
            .call(24_000, &song(), style, RATE)
            .expect("a call");
        let mut lines = [0.01; LINES];
        lines[line] = 0.9;
        expecting.take(Expected {
            number: call.number,
            lines,
            velocity: 0.9,
        });
        expecting
    }

    #[test]
    fn a_note_is_drawn_to_the_line_that_is_expected_and_not_to_the_nearest() {
        let at = |quarters| Place {
            quarters,
            bar_start: 0.0,
            bar_quarters: 4.0,
        };
        // 60 ms behind the triplet's second, 23 ms before the half.
        let quarters = 1.0 + 1.0 / 3.0 + 0.12;
        let triplet = expecting(4).line(&at(quarters), 0.5).unwrap();
        assert!((triplet - 4.0 / 3.0).abs() < 1e-9, "{triplet}");
        let half = expecting(6).line(&at(quarters), 0.5).unwrap();
        assert!((half - 1.5).abs() < 1e-9, "{half}");
        // A quarter that is sung a little early belongs to the next.
        let early = expecting(0).line(&at(1.95), 0.5).unwrap();
        assert!((early - 2.0).abs() < 1e-9, "{early}");
        assert_eq!(Expecting::default().line(&at(1.0), 0.5), None);
    }

    #[test]
    fn loudness_goes_as_far_as_the_feel_says_and_a_jump_forgets_all() {
        let mut expecting = expecting(0);
        assert!((expecting.velocity(0.5, 0.5) - 0.7).abs() < 1e-6);
        assert_eq!(expecting.velocity(0.5, 0.0), 0.5);
        let style = (Genre::Pop, Instrument::Piano);
        assert!(expecting.call(25_000, &song(), style, RATE).is_none());
        expecting.break_off();
        assert_eq!(expecting.velocity(0.5, 1.0), 0.5);
    }
}
