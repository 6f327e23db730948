//! Call and response: when the singer has rested, what was sung is answered.

use super::answer::{AnswerNote, AnswerStyle};
use super::draw::Chance;
use super::melody_steps::{IN_A_QUARTER, PerformedNote, steps_of};
use super::parameter;
use super::song_clock::SongClock;
use super::step_features::Step;
use crate::music::{Genre, Message, Track};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Notes of the tune that are kept.
const KEPT: usize = 16;
/// Notes that make a call: less is a word between two phrases.
const CALL: usize = 3;
/// The shortest rest that is answered, in seconds; and never less than a beat. A breath is shorter.
const BREATH_S: f64 = 0.6;
/// How much earlier than it begins an answer is asked for, in seconds: what the model may take.
const AHEAD_S: f64 = 0.06;
/// Bars that an answer fills at most, the one that it begins in among them.
const BARS: f64 = 2.0;
/// Semitones around the tune that the answer may go.
const REACH: u8 = 7;

/// A tune to be answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which one it is; only the newest gets its answer.
    pub number: u64,
    /// What was sung.
    pub tune: Vec<Step>,
    /// Sample at which the answer begins.
    pub begins: i64,
    /// Where in the bar that is, in sixteenths.
    pub place_in_bar: u32,
    /// Samples a quarter note there.
    pub samples_per_quarter: f64,
    /// Quarter notes that the answer may fill.
    pub room: f64,
    /// How it is to be.
    pub style: AnswerStyle,
}

/// The answer to a call.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The call's number.
    pub number: u64,
    /// Sample at which it begins.
    pub begins: i64,
    /// Samples a quarter note.
    pub samples_per_quarter: f64,
    /// Its notes, from there on.
    pub notes: Vec<AnswerNote>,
}

/// What the user wants of the answering line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answers {
    /// How daring it is, [`Self::TEMPERATURES`]; see [`AnswerStyle::temperature`].
    pub temperature: f32,
    /// Decides between likely notes, [`Self::SEEDS`].
    pub seed: u32,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            temperature: AnswerStyle::TEMPERATURE,
            seed: 0,
        }
    }
}

impl Answers {
    /// What [`Self::temperature`] can be.
    pub const TEMPERATURES: RangeInclusive<f32> = 0.0..=1.5;
    /// What [`Self::seed`] can be.
    pub const SEEDS: RangeInclusive<u32> = 0..=99;

    /// Every parameter's index, see [`parameter`], and plain value.
    pub fn values(&self) -> [(u32, f32); 2] {
        [
            (parameter::TEMPERATURE, self.temperature),
            (parameter::SEED, self.seed as f32),
        ]
    }

    /// Sets parameter `index` to `value`, held to its range. What is not a number, and indices of
    /// others, change nothing.
    pub fn set(&mut self, index: u32, value: f32) {
        if value.is_nan() {
            return;
        }
        match index {
            parameter::TEMPERATURE => {
                let (least, most) = Self::TEMPERATURES.into_inner();
                self.temperature = value.clamp(least, most);
            }
            parameter::SEED => self.seed = (value.max(0.0) as u32).min(*Self::SEEDS.end()),
            _ => {}
        }
    }
}

/// Listens for rests, and plays the answers.
pub struct Answering {
    /// The host's rate in Hz.
    rate: f64,
    wanted: Answers,
    genre: Genre,
    /// The last notes of the tune, oldest first.
    tune: VecDeque<PerformedNote>,
    /// Sample since which nobody sings; `None` while somebody does.
    rests_since: Option<i64>,
    /// Whether this rest was answered, or is being.
    asked: bool,
    /// Calls so far.
    number: u64,
    /// How often other answers were asked for.
    take_number: u32,
    /// What is to be played, by position.
    waiting: VecDeque<(i64, Message)>,
    /// The key that sounds.
    sounds: Option<u8>,
}

impl Answering {
    /// Nothing sung yet, at `rate` Hz.
    pub fn new(rate: f64, wanted: Answers, genre: Genre) -> Self {
        Self {
            rate,
            wanted,
            genre,
            tune: VecDeque::with_capacity(KEPT),
            rests_since: None,
            asked: false,
            number: 0,
            take_number: 0,
            waiting: VecDeque::new(),
            sounds: None,
        }
    }

    /// A parameter moves.
    pub fn set(&mut self, index: u32, value: f32, send: &mut dyn FnMut(Message)) {
        self.wanted.set(index, value);
        match index {
            parameter::GENRE => {
                let genre = Genre::from_index(value.max(0.0) as usize);
                self.genre = genre.unwrap_or(self.genre);
            }
            parameter::BYPASS => self.stop(send),
            _ if Some((Track::Answer, parameter::AGAIN)) == parameter::track_of(index) => {
                self.take_number += 1;
            }
            _ => {}
        }
    }

    /// As at the beginning, without a word.
    pub fn reset(&mut self) {
        *self = Self {
            number: self.number + 1,
            ..Self::new(self.rate, self.wanted, self.genre)
        };
    }

    /// Somebody sings: the answer makes room.
    pub fn sing(&mut self, send: &mut dyn FnMut(Message)) {
        self.rests_since = None;
        self.asked = false;
        self.stop(send);
    }

    /// The answer ends; what was to come does not.
    pub fn stop(&mut self, send: &mut dyn FnMut(Message)) {
        self.number += 1;
        self.waiting.clear();
        if let Some(key) = self.sounds.take() {
            send(Message::note_off(Track::Answer.channel(), key, 0.0));
        }
    }

    /// The song goes on elsewhere: what was sung before belongs to it no more.
    pub fn break_off(&mut self, send: &mut dyn FnMut(Message)) {
        self.stop(send);
        self.tune.clear();
    }

    /// A note was sung on `key` over the samples `from..to`, so loud (0 – 1).
    pub fn hear(&mut self, (from, to): (i64, i64), key: u8, velocity: f32, song: &SongClock) {
        self.rests_since = Some(to);
        if let (Some(onset), Some(offset)) = (song.place(from), song.place(to)) {
            if self.tune.len() == KEPT {
                self.tune.pop_front();
            }
            self.tune.push_back(PerformedNote {
                key,
                velocity,
                onset: onset.quarters,
                offset: offset.quarters,
            });
        }
    }

    /// The call that is due at sample `now`, if any.
    pub fn call(&mut self, now: i64, song: &SongClock) -> Option<Call> {
        let rests_since = self.rests_since?;
        if self.asked || self.tune.len() < CALL {
            return None;
        }
        let place = song.place(now)?;
        let samples_per_quarter = song.samples_per_quarter(now);
        let rested = (now - rests_since) as f64;
        if rested < samples_per_quarter.max(BREATH_S * self.rate) {
            return None;
        }
        self.asked = true;
        let soonest = place.in_bar() + AHEAD_S * self.rate / samples_per_quarter;
        // The next beat, of this bar or the next; a bar line is one, wherever it falls.
        let bar = place.bar_quarters;
        let line = (soonest / bar).floor() * bar;
        let begins_at = line + (soonest - line).ceil().min(bar);
        let wait = (begins_at - place.in_bar()) * samples_per_quarter;
        let in_bar = begins_at.rem_euclid(place.bar_quarters);
        let tune: Vec<PerformedNote> = self.tune.iter().copied().collect();
        let keys = tune.iter().map(|note| note.key);
        let (low, high) = keys.fold((127, 0), |(low, high), key| (key.min(low), key.max(high)));
        Some(Call {
            number: self.number,
            tune: steps_of(&tune, place.bar_start, place.bar_quarters),
            begins: now + wait.round() as i64,
            place_in_bar: (in_bar * IN_A_QUARTER).round() as u32,
            samples_per_quarter,
            room: BARS * place.bar_quarters - in_bar,
            style: AnswerStyle {
                genre: self.genre,
                bar_quarters: place.bar_quarters,
                temperature: self.wanted.temperature,
                keys: low.saturating_sub(REACH)..=(high + REACH).min(127),
                chance: Chance {
                    seed: u64::from(self.wanted.seed),
                    bar: (place.bar_start / place.bar_quarters).round() as i64,
                    variation: self.take_number,
                },
            },
        })
    }

    /// An answer has come; it is played if it is still wanted. Notes whose time has passed are not.
    pub fn take(&mut self, reply: &Reply) {
        if reply.number != self.number {
            return;
        }
        let channel = Track::Answer.channel();
        let position = |quarters: f64| {
            let samples = quarters * reply.samples_per_quarter;
            reply.begins.saturating_add(samples.round() as i64)
        };
        for note in &reply.notes {
            let (on, off) = (position(note.start), position(note.start + note.length));
            let velocity = note.velocity;
            self.waiting
                .push_back((on, Message::note_on(channel, note.key, velocity)));
            self.waiting
                .push_back((off.max(on + 1), Message::note_off(channel, note.key, 0.0)));
        }
    }

    /// What is due by sample `by`, with its place.
    pub fn play(&mut self, by: i64, send: &mut dyn FnMut(i64, Message)) {
        while let Some((at, message)) = self.waiting.pop_front_if(|(at, _)| *at <= by) {
            self.sounds = match message {
                Message::NoteOn { key, .. } => Some(key),
                _ => None,
            };
            send(at, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::{Stamped, Transport};

    const RATE: f64 = 48_000.0;

    /// 120 BPM: a beat is 24 000 samples.
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

    /// Four quarters were sung from the beginning, the last note ends at 94 000.
    fn after_a_tune() -> Answering {
        let mut answering = Answering::new(RATE, Answers::default(), Genre::Pop);
        for (n, key) in (0..).zip([60, 62, 64, 67]) {
            answering.sing(&mut |_| ());
            answering.hear((n * 24_000, n * 24_000 + 22_000), key, 0.7, &song());
        }
        answering
    }

    fn reply(call: &Call) -> Reply {
        let note = |start, key| AnswerNote {
            key,
            velocity: 0.6,
            start,
            length: 0.5,
        };
        Reply {
            number: call.number,
            begins: call.begins,
            samples_per_quarter: call.samples_per_quarter,
            notes: vec![note(0.0, 64), note(1.0, 62)],
        }
    }

    #[test]
    fn a_breath_is_not_answered_and_a_rest_is_once_on_a_beat() {
        let (mut answering, song) = (after_a_tune(), song());
        assert!(answering.call(94_000 + 20_000, &song).is_none(), "a breath");
        let call = answering.call(94_000 + 30_000, &song).expect("a rest");
        assert_eq!(call.begins, 144_000, "the next beat that can be met");
        assert_eq!(call.place_in_bar, 8);
        assert_eq!(call.room, 6.0);
        assert_eq!(call.tune.len(), 4);
        assert!(
            answering.call(94_000 + 31_000, &song).is_none(),
            "asked already"
        );
        assert!(
            after_a_tune()
                .call(124_000, &SongClock::new(RATE))
                .is_none(),
            "no beat to answer on"
        );
    }

    #[test]
    fn the_answer_stops_when_the_singer_returns_and_nothing_hangs() {
        let (mut answering, song) = (after_a_tune(), song());
        let call = answering.call(124_000, &song).unwrap();
        answering.take(&reply(&call));
        let mut played = Vec::new();
        answering.play(150_000, &mut |at, message| played.push((at, message)));
        assert_eq!(played, [(144_000, Message::note_on(3, 64, 0.6))]);
        let mut ended = Vec::new();
        answering.sing(&mut |message| ended.push(message));
        assert_eq!(ended, [Message::note_off(3, 64, 0.0)]);
        answering.take(&reply(&call));
        answering.play(i64::MAX, &mut |_, message| {
            panic!("{message:?} after the return")
        });
    }

    #[test]
    fn what_is_told_is_set_within_its_range() {
        let mut told = Answers::default();
        let wanted = Answers {
            temperature: 0.3,
            seed: 17,
        };
        for (index, value) in wanted.values() {
            told.set(index, f32::NAN);
            told.set(index, value);
        }
        assert_eq!(told, wanted);
        told.set(parameter::SEED, 1e9);
        told.set(parameter::TEMPERATURE, -3.0);
        assert_eq!((told.seed, told.temperature), (99, 0.0));
    }
}
