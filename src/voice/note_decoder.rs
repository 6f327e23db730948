//! Frames in, notes out: a search over note states, decided at a fixed lag.
//!
//! States are silence and pitches in half semitones. Going on costs nothing; beginning a note costs
//! much unless the network's onset head peaks, so that vibrato, slides and flicker stay one note
//! and a syllable repeated on one pitch becomes two. What happened `lag` frames ago is read off the
//! cheapest path up to now and never taken back: what was emitted counts. A note whose pitch still
//! moves when it is decided waits a little for it to hold still, since its key cannot be changed
//! later.
//!
//! `models/training/vocalise_training/decoder.py` is the same search, used to measure models.

use super::loudness::Loudness;
use super::pitch_track::{note_centre, pitch_of};
use super::{PitchAnswer, Response};

/// MIDI pitch of the lowest note state.
const LOWEST: f32 = 33.0;
/// Note states, half a semitone apart: up to MIDI 96.5.
const PITCHES: usize = 128;
/// Silence is state 0, pitches follow.
const STATES: usize = PITCHES + 1;
/// Frames that are kept: lag, patience and the reach of an onset fit.
const KEPT: usize = 24;
/// Onset peaks closer than this many frames share their weight.
const PEAKS_APART: usize = 5;

/// Costs of the search, in nats, that do not depend on the response. Found by search on real amateur
/// singing, like [`Tuning`]; see `models/pitch.card.md`.
mod cost {
    /// Voicing is believed no further than this from 0 and 1.
    pub const VOICING_FLOOR: f32 = 0.1;
    /// Weight of the voicing head against the others.
    pub const VOICING_POWER: f32 = 0.35;
    /// Standard deviation of a frame's pitch around its note's, in semitones.
    pub const WIDTH: f32 = 0.6;
    /// A note out of silence, without an onset.
    pub const ENTER: f32 = 8.0;
    /// A note out of another one, without an onset.
    pub const CHANGE: f32 = 14.0;
    /// A note again on the same pitch, without an onset.
    pub const REPEAT: f32 = 10.0;
    /// Silence out of a note where no offset is heard.
    pub const LEAVE: f32 = 9.0;
}

/// What differs between the responses.
#[derive(Clone, Copy)]
struct Tuning {
    /// Frames between what is heard and what is decided.
    lag: usize,
    /// The most that a frame's pitch can cost.
    cap: f32,
    /// Share of the note head in a frame's pitch; the rest is the fine head's.
    note_share: f32,
    /// Share of the note head in the pitch that a note reports.
    centre_share: f32,
    /// Frames that a decided note waits at most for its pitch to hold still.
    patience: u64,
    /// Semitones over two frames that count as holding still.
    steadiness: f32,
    /// What the peak of a certain onset takes off the costs of a new note.
    onset_gain: f32,
    /// What a certain offset takes off the cost of silence.
    offset_gain: f32,
}

impl Tuning {
    const fn of(response: Response) -> Self {
        match response {
            Response::Fast => Self {
                lag: 3,
                cap: 6.0,
                note_share: 0.3,
                centre_share: 0.5,
                patience: 3,
                steadiness: 0.2,
                onset_gain: 15.0,
                offset_gain: 10.0,
            },
            Response::Sure => Self {
                lag: 5,
                cap: 4.0,
                note_share: 0.3,
                centre_share: 0.7,
                patience: 8,
                steadiness: 0.06,
                onset_gain: 12.0,
                offset_gain: 8.0,
            },
        }
    }
}

/// Frames within which a note that nobody has heard of may still change its pitch, and within which
/// no note begins again: no singer repeats a syllable in 80 ms.
const YOUNG: u64 = 8;
/// Frames that a note must last to be said when it ends before its pitch held still.
const SHORTEST: u64 = 5;
/// Frames by which the end of a note is heard late: the voice is gone before its echo is.
const OFFSET_LATE: u64 = 4;
/// Where the onset head's middle lies against where annotators hear a note begin, in frames.
const ONSET_LATE: f64 = -1.0;
/// Frames before and after its entry in which a note's onset is looked for.
const ONSET_REACH: (u64, u64) = (4, 1);
/// Sum of onset probabilities that makes an onset.
const ONSET_HEARD: f64 = 0.3;

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
    frame: u64,
    /// Pitch of the frame, from the fine head.
    pitch: f32,
    /// Pitch of the note that the frame belongs to, from the note head.
    centre: f32,
    level_db: f32,
    onset: f32,
    /// Weight of the onset peak that ended in this frame.
    peak: f32,
    /// The state before, on the cheapest path to each state.
    from: [u8; STATES],
    /// Whether that path begins a note here.
    begins: [bool; STATES],
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
    costs: [f32; STATES],
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
            frame: 0,
            pitch: 0.0,
            centre: 0.0,
            level_db: 0.0,
            onset: 0.0,
            peak: 0.0,
            from: [0; STATES],
            begins: [false; STATES],
        };
        let mut decoder = Self {
            tuning: Tuning::of(response),
            costs: [0.0; STATES],
            columns: Box::new([column; KEPT]),
            newest: 0,
            filled: 0,
            current: None,
            loudness: Loudness::default(),
        };
        decoder.reset();
        decoder
    }

    /// Frames between what is heard and what is decided.
    pub fn lag(&self) -> usize {
        self.tuning.lag
    }

    /// Fractional MIDI pitch of the newest frame.
    pub fn pitch(&self) -> f32 {
        self.column(0).pitch
    }

    /// Decides earlier or later from now on.
    pub fn set_response(&mut self, response: Response) {
        self.tuning = Tuning::of(response);
    }

    /// Forgets everything; a note that was on is not ended by an event.
    pub fn reset(&mut self) {
        self.costs = [f32::INFINITY; STATES];
        self.costs[0] = 0.0;
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
        self.hear(answer);
        self.search(answer);
        if self.filled <= self.tuning.lag {
            return [None; 3];
        }
        let (state, begins) = self.decide();
        let decided = self.column(self.tuning.lag).frame;
        let mut events = [None; 3];
        if let Some(note) = self.current
            && is_over(note, state, begins, decided)
        {
            let end = if state == 0 {
                decided - OFFSET_LATE.min(decided.saturating_sub(note.start))
            } else {
                decided
            };
            if note.said || (state == 0 && decided.saturating_sub(note.start) >= SHORTEST) {
                events[0] = (!note.said).then(|| self.describe(note));
                events[1] = Some(NoteEvent::Off { frame: end });
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
            if !note.said && self.is_settled(note) {
                events[2] = Some(self.describe(note));
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

    /// Keeps what the search and the notes need of an answer.
    fn hear(&mut self, answer: &PitchAnswer) {
        let PitchAnswer {
            index,
            level_db,
            gate_open,
            ref output,
        } = *answer;
        self.loudness
            .hear(level_db, gate_open && output.voicing >= 0.5);
        let onset = if gate_open { output.onset } else { 0.0 };
        let peak = self.onset_peak(onset);
        self.newest = (self.newest + 1) % KEPT;
        self.filled = (self.filled + 1).min(KEPT);
        let column = &mut self.columns[self.newest];
        column.frame = index;
        column.pitch = pitch_of(output);
        column.centre = note_centre(output);
        column.level_db = level_db;
        column.onset = onset;
        column.peak = peak;
    }

    /// The weight of the onset peak that a frame of `onset` shows to have been one frame ago: of
    /// two close ones, the later counts for what it exceeds the earlier by.
    fn onset_peak(&self, onset: f32) -> f32 {
        if self.filled < 2 {
            return 0.0;
        }
        let (last, before) = (self.column(0).onset, self.column(1).onset);
        if last < onset || last <= before {
            return 0.0;
        }
        let close = PEAKS_APART.min(self.filled);
        let earlier = (0..close)
            .map(|back| self.column(back).peak)
            .fold(0.0, f32::max);
        (last - earlier).max(0.0)
    }

    /// One step of the search.
    fn search(&mut self, answer: &PitchAnswer) {
        let output = &answer.output;
        let heard = if answer.gate_open {
            output.voicing
        } else {
            0.0
        };
        let voicing = heard.clamp(cost::VOICING_FLOOR, 1.0 - cost::VOICING_FLOOR);
        let offset = output.offset.clamp(0.0, 1.0);
        let column = &mut self.columns[self.newest];
        let (pitch, centre) = (column.pitch, column.centre);
        let discount = self.tuning.onset_gain * column.peak;

        let best = cheapest(&self.costs[1..]) + 1;
        let left = self.costs[best] + (cost::LEAVE - self.tuning.offset_gain * offset).max(0.0);
        let entered = self.costs[0] + cost::ENTER - discount;
        let changed = self.costs[best] + cost::CHANGE - discount;
        let again = cost::REPEAT - discount;

        let (cap, share) = (self.tuning.cap, self.tuning.note_share);
        let mut next = [0.0; STATES];
        next[0] = self.costs[0].min(left) - cost::VOICING_POWER * (1.0 - voicing).ln();
        column.from[0] = if self.costs[0] <= left { 0 } else { best as u8 };
        column.begins[0] = false;
        let voiced = -cost::VOICING_POWER * voicing.ln();
        for (state, next) in next.iter_mut().enumerate().skip(1) {
            let mut way = (self.costs[state], state, false);
            let change = if state == best {
                f32::INFINITY
            } else {
                changed
            };
            for (price, source) in [
                (self.costs[state] + again, state),
                (entered, 0),
                (change, best),
            ] {
                if price < way.0 {
                    way = (price, source, true);
                }
            }
            let place = pitch_of_state(state);
            let off = mixed(far(pitch - place, cap), far(centre - place, cap), share);
            *next = way.0 + voiced + off;
            column.from[state] = way.1 as u8;
            column.begins[state] = way.2;
        }
        let least = next[cheapest(&next)];
        for (cost, next) in self.costs.iter_mut().zip(next) {
            *cost = next - least;
        }
    }

    /// The state `lag` frames ago on the cheapest path, and whether a note began there.
    fn decide(&self) -> (usize, bool) {
        let mut state = cheapest(&self.costs);
        for back in 0..self.tuning.lag {
            state = usize::from(self.column(back).from[state]);
        }
        (state, self.column(self.tuning.lag).begins[state])
    }

    /// Whether `note` may be said now.
    fn is_settled(&self, note: Current) -> bool {
        let now = self.column(0);
        let still =
            self.filled > 2 && (now.pitch - self.column(2).pitch).abs() <= self.tuning.steadiness;
        still || now.frame >= note.start + self.tuning.lag as u64 + self.tuning.patience
    }

    /// Where `note` began: the middle of the onset that was heard around its entry. Finer than a
    /// frame, so that what moves a frame's values a little moves the onset a little.
    fn onset_of(&self, note: Current) -> f64 {
        let (mut sum, mut moment) = (0.0, 0.0);
        for column in (0..self.filled).map(|back| self.column(back)) {
            let near = note.start.saturating_sub(ONSET_REACH.0)..=note.start + ONSET_REACH.1;
            if near.contains(&column.frame) {
                sum += f64::from(column.onset);
                moment += f64::from(column.onset) * (column.frame as f64 - note.start as f64);
            }
        }
        let offset = if sum >= ONSET_HEARD {
            moment / sum
        } else {
            0.0
        };
        (note.start as f64 + offset - ONSET_LATE).max(0.0)
    }

    /// The beginning of `note`, from all that was heard of it so far.
    fn describe(&self, note: Current) -> NoteEvent {
        let mut loudest_db = f32::NEG_INFINITY;
        for column in (0..self.filled).map(|back| self.column(back)) {
            if column.frame < note.start {
                break;
            }
            loudest_db = loudest_db.max(column.level_db);
        }
        let now = self.column(0);
        NoteEvent::On {
            frame: self.onset_of(note),
            pitch: mixed(now.pitch, now.centre, self.tuning.centre_share),
            velocity: self.loudness.velocity(loudest_db),
        }
    }
}

/// Whether `note` is over at the frame `decided`, where the path is in `state`.
fn is_over(note: Current, state: usize, begins: bool, decided: u64) -> bool {
    let moved = state.abs_diff(note.state) > 1;
    let young = decided.saturating_sub(note.start) < YOUNG;
    match state {
        0 => true,
        // Nobody has heard of it yet: it is a scoop into the note that comes.
        _ if moved => note.said || !young,
        _ => begins && !young,
    }
}

fn pitch_of_state(state: usize) -> f32 {
    LOWEST + 0.5 * (state as f32 - 1.0)
}

/// What `distance` semitones from a note's pitch cost.
fn far(distance: f32, cap: f32) -> f32 {
    let deviations = distance / cost::WIDTH;
    (0.5 * deviations * deviations).min(cap)
}

/// `fine` and `note`, the latter with weight `share`.
fn mixed(fine: f32, note: f32, share: f32) -> f32 {
    fine + share * (note - fine)
}

/// Place of the first lowest cost.
fn cheapest(costs: &[f32]) -> usize {
    (0..costs.len())
        .min_by(|a, b| costs[*a].total_cmp(&costs[*b]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
