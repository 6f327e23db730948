//! Frames in, notes out, live.
//!
//! What happened `lag` frames ago is read off the cheapest path of the [search](super::note_search)
//! up to now and never taken back: what was emitted counts. A note whose pitch stands is said at
//! once. One that is still being slid into gains more from the next 50 ms than from any other
//! evidence, and has lost its chance to be early anyway: it waits until its pitch has settled, or
//! until it must be said.
//!
//! `models/training/vocalise_training/decoder.py` is the same decoder, used to measure models.

use super::attack::attack;
use super::evidence::{Evidence, Listener};
use super::loudness::Loudness;
use super::note_search::{NoteSearch, Step};
use super::onset::Onset;
use super::singing::is_sung;
use super::tuning::Tuning;
use super::{PitchAnswer, Response};

/// Frames that are kept: the longest wait for a pitch, doubt about it, and the reach of an onset.
const KEPT: usize = 32;

/// Frames that an onset is moved by where the loudness tells nothing of it.
const SHIFT: f64 = 1.0;
/// Semitones a frame that a pitch on its way to a note's is believed to move at most.
const FASTEST: f32 = 0.3;

/// What the decoder says about a frame some frames earlier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoteEvent {
    /// A note begins.
    On {
        /// Where it began, in frames; between two where the onset head says so.
        frame: f64,
        /// Fractional MIDI pitch; final.
        pitch: f32,
        /// 0 – 1.
        velocity: f32,
    },
    /// The note that was on ends.
    Off {
        /// First frame that no longer belongs to it.
        frame: u64,
    },
}

/// What one frame can bring, in order: a note that had waited, its end, the next note.
pub type Events = [Option<NoteEvent>; 3];

/// What is kept of a frame.
#[derive(Clone, Copy)]
struct Column {
    heard: Evidence,
    step: Step,
}

/// The note that is on.
#[derive(Clone, Copy)]
struct Current {
    state: usize,
    /// Frame at which it was entered.
    start: u64,
    /// Whether it was said already.
    said: bool,
}

/// Decodes one voice. All memory is fixed.
pub struct NoteDecoder {
    tuning: Tuning,
    listener: Listener,
    search: NoteSearch,
    /// Ring of the newest columns; `newest` is the place of the last one written.
    columns: Box<[Column; KEPT]>,
    newest: usize,
    /// Columns that hold something.
    filled: usize,
    current: Option<Current>,
    loudness: Loudness,
}

impl NoteDecoder {
    /// A decoder that has heard nothing.
    pub fn new(response: Response) -> Self {
        let column = Column {
            heard: Evidence::default(),
            step: Step::NONE,
        };
        Self {
            tuning: Tuning::of(response),
            listener: Listener::default(),
            search: NoteSearch::default(),
            columns: Box::new([column; KEPT]),
            newest: 0,
            filled: 0,
            current: None,
            loudness: Loudness::default(),
        }
    }

    /// Frames between what is heard and what is decided.
    pub fn lag(&self) -> usize {
        self.tuning.lag
    }

    /// What the newest frame said.
    pub fn heard(&self) -> &Evidence {
        &self.column(0).heard
    }

    /// Where the note is heard to begin that was just said to begin at `frame`, in frames: where its
    /// loudness rises, if that tells. For a line that runs late anyway.
    pub fn attack(&self, frame: f64) -> f64 {
        let mut heard = [Evidence::default(); KEPT];
        for (place, back) in (0..self.filled).rev().enumerate() {
            heard[place] = self.column(back).heard;
        }
        attack(&heard[..self.filled], frame).unwrap_or(frame - self.tuning.onset_shift + SHIFT)
    }

    /// Decides with another patience from now on.
    pub fn set_response(&mut self, response: Response) {
        self.tuning = Tuning::of(response);
    }

    /// Forgets everything; a note that was on is the caller's to end.
    pub fn reset(&mut self) {
        self.listener.reset();
        self.search = NoteSearch::default();
        self.filled = 0;
        self.current = None;
    }

    /// Frames are missing from `frame` on: ends what is on and starts afresh.
    pub fn interrupt(&mut self, frame: u64) -> Option<NoteEvent> {
        let said = self.current.is_some_and(|note| note.said);
        self.reset();
        said.then_some(NoteEvent::Off { frame })
    }

    /// Takes the network's next answer.
    pub fn push(&mut self, answer: &PitchAnswer) -> Events {
        let heard = self.listener.hear(answer);
        self.loudness.hear(heard.level_db, heard.voicing >= 0.5);
        let step = self.search.step(&heard, &self.tuning);
        self.newest = (self.newest + 1) % KEPT;
        self.filled = (self.filled + 1).min(KEPT);
        self.columns[self.newest] = Column { heard, step };
        if self.filled <= self.tuning.lag {
            return [None; 3];
        }
        let (state, begins) = self.decide();
        let decided = self.column(self.tuning.lag).heard.frame;
        let mut events = [None; 3];
        if let Some(note) = self.current
            && self.is_over(note, state, begins, decided)
        {
            let lasted = decided.saturating_sub(note.start);
            let worth_saying = lasted >= self.tuning.shortest
                && (state == 0 || self.tuning.says_overtaken)
                && self.is_sung(note, decided - 1);
            if note.said || worth_saying {
                events[0] = (!note.said).then(|| self.describe(note, Some(decided)));
                let late = if state == 0 {
                    self.tuning.offset_late.min(lasted)
                } else {
                    0
                };
                events[1] = Some(NoteEvent::Off {
                    frame: decided - late,
                });
            }
            self.current = None;
        }
        if state > 0 {
            let new = Current {
                state,
                start: decided,
                said: false,
            };
            let mut note = self.current.unwrap_or(new);
            note.state = state;
            if !note.said && self.may_say(note) {
                events[2] = Some(self.describe(note, None));
                note.said = true;
            }
            self.current = Some(note);
        }
        events
    }

    /// The column `back` frames before the newest.
    fn column(&self, back: usize) -> &Column {
        &self.columns[(self.newest + KEPT - back % KEPT) % KEPT]
    }

    /// What was heard, the newest first.
    fn latest(&self) -> impl Iterator<Item = &Evidence> + Clone {
        (0..self.filled).map(|back| &self.column(back).heard)
    }

    /// The state `lag` frames ago on the cheapest path, and whether a note began there.
    fn decide(&self) -> (usize, bool) {
        let mut state = self.search.best();
        for back in 0..self.tuning.lag {
            state = self.column(back).step.from(state);
        }
        let begins = self.column(self.tuning.lag).step.begins(state);
        (state, begins)
    }

    /// Whether `note` is over at the frame `decided`, where the path is in `state`.
    fn is_over(&self, note: Current, state: usize, begins: bool, decided: u64) -> bool {
        let moved = state.abs_diff(note.state) > 1;
        let young = decided.saturating_sub(note.start) < self.tuning.young;
        match state {
            0 => true,
            // Nobody has heard of it yet: it is a scoop into the note that comes.
            _ if moved => note.said || !young,
            _ => begins && !young,
        }
    }

    /// Whether `note` is to be said now.
    fn may_say(&self, note: Current) -> bool {
        let Tuning { latest, doubt, .. } = self.tuning;
        let now = self.heard().frame;
        let age = now as f64 - self.onset(note);
        let rest = if age <= self.tuning.soon {
            &self.tuning.standing
        } else {
            &self.tuning.settled
        };
        let rests = self.filled > rest.over && rest.holds(|back| &self.column(back).heard);
        (age >= latest || rests) && age <= latest + doubt && self.is_sung(note, now)
    }

    /// Where `note` began, in frames, as far as is known.
    fn onset(&self, note: Current) -> f64 {
        Onset::around(note.start, self.latest()).frame(self.tuning.onset_shift)
    }

    /// Whether `note` was sung and not said, by its frames up to `last`.
    fn is_sung(&self, note: Current, last: u64) -> bool {
        let of_note = || {
            self.latest()
                .filter(|e| (note.start..=last).contains(&e.frame))
        };
        is_sung(of_note(), of_note().next().unwrap_or(self.heard()))
    }

    /// The beginning of `note`, from all that was heard of it so far. Of a note that was over at the
    /// frame `end` all frames tell the pitch, otherwise the newest and the way it moves.
    fn describe(&self, note: Current, end: Option<u64>) -> NoteEvent {
        let of_note = || self.latest().take_while(|heard| heard.frame >= note.start);
        let reported = |heard: &Evidence| self.tuning.reported(heard.pitch, heard.centre);
        let now = self.heard();
        let drift = (now.pitch - self.column(1).heard.pitch).clamp(-FASTEST, FASTEST);
        let mut pitches = [0.0; KEPT];
        let mut count = 0;
        if let Some(end) = end {
            let whole = note.start..end.max(note.start + 1);
            for heard in of_note().filter(|heard| whole.contains(&heard.frame)) {
                pitches[count] = reported(heard);
                count += 1;
            }
        }
        let loudest_db = of_note()
            .map(|heard| heard.level_db)
            .fold(f32::NEG_INFINITY, f32::max);
        NoteEvent::On {
            frame: self.onset(note),
            pitch: median(&mut pitches[..count])
                .unwrap_or(reported(now) + self.tuning.ahead * drift),
            velocity: self.loudness.velocity(loudest_db),
        }
    }
}

/// The middle of `values`, which it sorts.
pub(super) fn median(values: &mut [f32]) -> Option<f32> {
    values.sort_unstable_by(f32::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(0.5 * (values[middle - 1] + values[middle])),
    }
}

#[cfg(test)]
mod tests;
