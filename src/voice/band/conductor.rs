//! Leads the band: asks for the coming bar before it begins, and plays each from its line on.

use super::bar::{BAND, Bar, BarCall, Part};
use super::ear::Ear;
use super::mixer::{Leave, Mixer};
use super::score::{Score, Stroke};
use crate::music::{Genre, HarmonyNote, HarmonyPlanner, Key, Message, PlannedBar, Track};
use crate::voice::parameter;
use crate::voice::song_clock::{Place, SongClock};

/// How long before its line a bar is asked for, in seconds: what the models and the threads may
/// take. What is sung later than that, the bar does not know.
const AHEAD_S: f64 = 0.1;
/// Quarter notes by which two places are still the same.
const SAME: f64 = 0.05;
/// Quarter notes by which the clock may be beside a bar that plays: a beat that is heard wavers.
const WAVERS: f64 = 0.3;

/// The next bar.
enum Coming {
    /// It was asked for.
    Asked { number: u64, start: f64 },
    /// It is here.
    Ready(Box<Score>),
}

/// What lies so few quarter notes before now, where a bar begins in its middle, is played at once: a
/// first stroke a little late is better than none.
const CATCHES_UP: f64 = 0.12;

/// What a track is locked to: style, bar and take.
type Lock = (Genre, i64, u32);

/// See the file's head.
pub struct Conductor {
    /// The host's rate in Hz.
    rate: f64,
    genre: Genre,
    /// The user's seed.
    seed: u64,
    planner: HarmonyPlanner,
    ear: Ear,
    /// Calls so far.
    number: u64,
    /// How often others were asked for, by track.
    takes: [u32; BAND.len()],
    locks: [Option<Lock>; BAND.len()],
    /// How the bar that plays was asked for, and the one to come.
    parts: [Option<Part>; BAND.len()],
    /// The bar that plays.
    playing: Option<Box<Score>>,
    coming: Option<Coming>,
    /// The bar that played last, for when the next one is late.
    last: Option<Box<Score>>,
    /// Up to where the bar was played: sample, and quarter notes of the song.
    played: (i64, f64),
    /// Bars that were late so far; the one before was repeated.
    late: u64,
    /// A bar that has begun and was not told of yet.
    begun: Option<Begun>,
}

/// A bar that begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Begun {
    /// Sample at which it does.
    pub position: i64,
    /// How long it is, in samples at the tempo of its beginning.
    pub samples: i64,
    /// How long it is, in quarter notes.
    pub quarters: f64,
    /// Where in the song it begins, in quarter notes.
    pub start: f64,
    /// Its place among the song's bars.
    pub bar: i64,
    /// Its harmony, once something was sung.
    pub plan: Option<PlannedBar>,
}

impl Conductor {
    /// A band that has heard nothing, at `rate` Hz.
    pub fn new(rate: f64, genre: Genre, seed: u32) -> Self {
        Self {
            rate,
            genre,
            seed: seed.into(),
            planner: HarmonyPlanner::new(genre),
            ear: Ear::default(),
            number: 0,
            takes: [0; BAND.len()],
            locks: [None; BAND.len()],
            parts: [None; BAND.len()],
            playing: None,
            coming: None,
            last: None,
            played: (i64::MIN, 0.0),
            late: 0,
            begun: None,
        }
    }

    /// A parameter moves; `mixer` knows it already.
    pub fn set(&mut self, index: u32, value: f32, mixer: &Mixer) {
        match index {
            parameter::GENRE => {
                self.genre = Genre::from_index(value.max(0.0) as usize).unwrap_or(self.genre);
                self.planner.set_genre(self.genre);
            }
            parameter::SEED => self.seed = value.max(0.0) as u64,
            _ => {}
        }
        for (place, track) in BAND.into_iter().enumerate() {
            let own = mixer.tracks().of(track);
            let part = self.parts[place];
            if part.is_some_and(|part| part.wanted.again != own.again) {
                self.takes[place] += 1;
            }
            if let Some(part) = &mut self.parts[place] {
                part.wanted.again = own.again;
            }
            if !own.locked {
                self.locks[place] = None;
            } else if self.locks[place].is_none() {
                self.locks[place] = part.map(|part| (part.genre, part.bar, part.take));
            }
        }
    }

    /// The key that the user chose, or `None` to find it.
    pub fn set_key(&mut self, key: Option<Key>) {
        self.planner.set_key(key);
    }

    /// A sung note on `key` began at sample `position`, so loud (0 – 1).
    pub fn hear(&mut self, position: i64, key: u8, velocity: f32, song: &SongClock) {
        if let Some(place) = song.place(position) {
            self.ear.begin(key, velocity, place.quarters);
        }
    }

    /// The sung note that sounds ended at sample `position`.
    pub fn hear_end(&mut self, position: i64, song: &SongClock) {
        if let Some(place) = song.place(position) {
            self.ear.end(place.quarters);
        }
    }

    /// As at the beginning, without a word.
    pub fn reset(&mut self) {
        self.planner.reset();
        self.ear.reset();
        self.number += 1;
        (self.playing, self.coming, self.last) = (None, None, None);
        self.parts = [None; BAND.len()];
        self.locks = [None; BAND.len()];
        self.played = (i64::MIN, 0.0);
        self.begun = None;
    }

    /// Bars that were not there in time so far.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// A bar that has begun since this was asked last.
    pub fn begun(&mut self) -> Option<Begun> {
        self.begun.take()
    }

    /// A bar has come; it is played if it is still wanted.
    pub fn take(&mut self, bar: &Bar) {
        if let Some(Coming::Asked { number, .. }) = self.coming
            && number == bar.number
        {
            self.coming = Some(Coming::Ready(Box::new(Score::of(bar))));
        }
    }

    /// The transport stopped or jumped at sample `position`. A jump to where the bar that plays has
    /// got to (the end of a loop that was seen coming) is none.
    pub fn break_off(
        &mut self,
        position: i64,
        song: &SongClock,
        mixer: &mut Mixer,
        out: &mut Leave<'_>,
    ) {
        let place = song.place(position);
        let spq = song.samples_per_quarter(position);
        let (by, quarters) = self.played;
        let expected = quarters - by.saturating_sub(position) as f64 / spq;
        let goes_on = place.is_some_and(|place| (place.quarters - expected).abs() < SAME);
        let turns = self.playing.as_ref().is_some_and(|bar| {
            let next = self.next_start(bar, song, position - 1);
            let at_its_end = (expected - bar.end()).abs() < SAME;
            at_its_end && place.is_some_and(|place| (place.quarters - next).abs() < SAME)
        });
        if turns {
            self.last = self.playing.take();
            self.release(position, mixer, out);
        } else if self.playing.is_none() || !goes_on {
            self.stop(position, mixer, out);
        }
        self.ear.break_off();
    }

    /// The band falls silent at sample `position`, until it is asked again.
    pub fn stop(&mut self, position: i64, mixer: &mut Mixer, out: &mut Leave<'_>) {
        (self.playing, self.coming) = (None, None);
        self.number += 1;
        self.release(position, mixer, out);
    }

    fn release(&self, position: i64, mixer: &mut Mixer, out: &mut Leave<'_>) {
        for track in BAND {
            mixer.release(position, track, out);
        }
    }

    /// Plays what is due from sample `position` to before sample `by`, and gives the call for
    /// another bar when it is time.
    pub fn advance(
        &mut self,
        (position, by): (i64, i64),
        song: &SongClock,
        mixer: &mut Mixer,
        out: &mut Leave<'_>,
    ) -> Option<BarCall> {
        let follows = mixer.tracks().follows_voice || song.is_hosts(position);
        let Some(here) = song.place(position).filter(|_| follows) else {
            if self.playing.is_some() || self.coming.is_some() {
                self.stop(position, mixer, out);
            }
            return None;
        };
        if self.playing.as_ref().is_some_and(|bar| !covers(bar, &here)) {
            self.stop(position, mixer, out);
        }
        let spq = song.samples_per_quarter(position);
        // A bar after a loop's end begins elsewhere in the song, but not in time.
        let mut turned = 0.0;
        let until = here.quarters + (by - position) as f64 / spq;
        let mut next = here.bar_start;
        while let Some(mut bar) = self.playing.take() {
            let end = bar.end() + turned;
            let at = |quarters: f64| {
                position + ((quarters + turned - here.quarters) * spq).round().max(0.0) as i64
            };
            while let Some(stroke) = bar.next(until.min(end) - turned) {
                play(stroke, at(stroke.quarters), mixer, out);
            }
            self.played = (by, until - turned);
            if until < end {
                self.playing = Some(bar);
                break;
            }
            let begins = at(bar.end());
            self.release(begins, mixer, out);
            next = self.next_start(&bar, song, position);
            turned += bar.end() - next;
            self.last = Some(bar);
            if !self.begin(next, begins, spq, true) {
                break;
            }
        }
        if self.playing.is_none() && self.begin(next, position, spq, false) {
            // What of it lies before now is not played.
            if let Some(bar) = &mut self.playing {
                bar.skip(here.quarters - CATCHES_UP);
                self.played = (position, here.quarters);
            }
        }
        self.ask(&here, next, until - turned, spq, song, position, mixer)
    }

    /// Where the bar after `bar` begins: at the loop's beginning where the loop ends with it.
    fn next_start(&self, bar: &Score, song: &SongClock, position: i64) -> f64 {
        match song.loop_range(position) {
            Some((from, to)) if from < to && (to - bar.end()).abs() < SAME => from,
            _ => bar.end(),
        }
    }

    /// Begins the bar at `start`, if it is there; the one before again if it is `due` and is not.
    fn begin(&mut self, start: f64, position: i64, spq: f64, due: bool) -> bool {
        let same = |other: f64| (other - start).abs() < SAME;
        self.playing = match self.coming.take() {
            Some(Coming::Ready(score)) if same(score.start()) => Some(score),
            Some(Coming::Asked { .. }) | None if due => {
                self.late += 1;
                self.number += 1;
                self.last.take().map(|mut last| {
                    last.again_from(start);
                    last
                })
            }
            waiting @ Some(Coming::Asked { start, .. }) if same(start) => {
                self.coming = waiting;
                None
            }
            _ => None,
        };
        if let Some(score) = &self.playing {
            self.begun = Some(Begun {
                position,
                samples: (score.quarters() * spq).round() as i64,
                quarters: score.quarters(),
                start,
                bar: bar_number(start, score.quarters()),
                plan: score.plan(),
            });
        }
        self.playing.is_some()
    }

    /// The call for the coming bar, if it is time; for the bar at `next` at once where none plays.
    #[expect(clippy::too_many_arguments, reason = "all of one moment")]
    fn ask(
        &mut self,
        here: &Place,
        next: f64,
        until: f64,
        spq: f64,
        song: &SongClock,
        position: i64,
        mixer: &Mixer,
    ) -> Option<BarCall> {
        if self.coming.is_some() || !BAND.iter().any(|track| mixer.is_heard(*track)) {
            return None;
        }
        let (start, heard_from) = match &self.playing {
            Some(bar) => {
                let left_s = (bar.end() - until) * spq / self.rate;
                if left_s > AHEAD_S {
                    return None;
                }
                (self.next_start(bar, song, position), bar.start())
            }
            None => (next, next - here.bar_quarters),
        };
        let quarters = here.bar_quarters;
        let heard = self.ear.bar(heard_from, quarters, here.quarters);
        if self.ear.has_heard() {
            let notes: Vec<HarmonyNote> = heard.notes.iter().map(HarmonyNote::from).collect();
            self.planner
                .hear(bar_number(heard_from, quarters), quarters, &notes);
        }
        let bar = bar_number(start, quarters);
        self.number += 1;
        self.coming = Some(Coming::Asked {
            number: self.number,
            start,
        });
        for (place, track) in BAND.into_iter().enumerate() {
            let wanted = *mixer.tracks().of(track);
            let usual = (self.genre, bar, self.takes[place]);
            let lock = &mut self.locks[place];
            if wanted.locked && lock.is_none() {
                *lock = Some(usual);
            }
            let (genre, bar, take) = lock.unwrap_or(usual);
            self.parts[place] = mixer.is_heard(track).then_some(Part {
                wanted,
                genre,
                bar,
                take,
            });
        }
        Some(BarCall {
            number: self.number,
            start,
            quarters,
            bar,
            plan: self.planner.plan(bar, quarters),
            heard,
            hindsight: false,
            seed: self.seed,
            parts: self.parts,
        })
    }
}

/// Whether `bar` is what is played at `place`.
fn covers(bar: &Score, place: &Place) -> bool {
    let same_bar = (place.bar_start - bar.start()).abs() < SAME;
    let at_its_line = (place.quarters - bar.start()).abs() < WAVERS
        || (place.quarters - bar.end()).abs() < WAVERS;
    (same_bar || at_its_line) && (place.bar_quarters - bar.quarters()).abs() < SAME
}

/// The place among the song's bars of one that begins at `start`; all are `quarters` long.
fn bar_number(start: f64, quarters: f64) -> i64 {
    (start / quarters).round() as i64
}

fn play(stroke: Stroke, at: i64, mixer: &mut Mixer, out: &mut Leave<'_>) {
    let Stroke {
        track,
        key,
        velocity,
        ..
    } = stroke;
    let channel = Track::channel(track);
    let message = if velocity > 0.0 {
        Message::note_on(channel, key, velocity)
    } else {
        Message::note_off(channel, key, 0.0)
    };
    mixer.send(at, track, message, out);
}

#[cfg(test)]
#[path = "conductor_tests.rs"]
mod tests;
