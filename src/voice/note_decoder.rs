//! Frames in, notes out: a Viterbi search over note states, decided at a fixed lag.
//!
//! States are silence and pitches in half semitones. Going on costs nothing; beginning a note
//! costs much unless the network hears an onset, so that vibrato, slides and flicker stay one note
//! and a syllable repeated on one pitch becomes two. What happened `lag` frames ago is read off the
//! best path up to now and never taken back: what was emitted counts.

use super::loudness::Loudness;
use super::pitch_track::pitch_of;
use super::{PitchAnswer, Response};

/// MIDI pitch of the lowest note state.
const LOWEST: f32 = 33.0;
/// Note states, half a semitone apart: up to MIDI 93.
const PITCHES: usize = 121;
/// Silence is state 0, pitches follow.
const STATES: usize = PITCHES + 1;
/// Longest lag in frames.
const MOST_LAG: usize = 16;

/// Costs of the search, in nats.
struct Costs {
    /// Voicing is believed no further than this from 0 and 1.
    voicing_floor: f32,
    /// Standard deviation of a frame's pitch around its note's, in semitones.
    sigma: f32,
    /// The most that a frame's pitch can cost.
    cap: f32,
    /// Beginning a note from another one, without and with an onset.
    change: (f32, f32),
    /// Beginning a note from silence, without an onset; with one it is free.
    enter: f32,
    /// Ending a note in silence.
    leave: f32,
}

const COSTS: Costs = Costs {
    voicing_floor: 0.02,
    sigma: 0.6,
    cap: 8.0,
    change: (30.0, 8.0),
    enter: 12.0,
    leave: 10.0,
};

/// What the decoder decided at a frame about the frame `lag` frames earlier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoteEvent {
    /// A note begins.
    On {
        /// Frame at which it began.
        frame: u64,
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

/// What is kept of each frame until it is decided.
#[derive(Clone, Copy)]
struct Column {
    frame: u64,
    pitch: f32,
    level_db: f32,
    voiced: bool,
    /// The state before, on the best path to each state.
    from: [u8; STATES],
    /// Whether that path begins a note here.
    begins: [bool; STATES],
}

/// Decodes one voice. All memory is fixed.
pub struct NoteDecoder {
    lag: usize,
    scores: [f32; STATES],
    /// Ring of the newest columns; `newest` is the place of the last one written.
    columns: Box<[Column; MOST_LAG + 1]>,
    newest: usize,
    /// Columns that hold something.
    filled: usize,
    /// State of the note that is on.
    current: Option<usize>,
    loudness: Loudness,
}

impl NoteDecoder {
    /// A decoder that has heard nothing.
    pub fn new(response: Response) -> Self {
        let column = Column {
            frame: 0,
            pitch: 0.0,
            level_db: 0.0,
            voiced: false,
            from: [0; STATES],
            begins: [false; STATES],
        };
        let mut decoder = Self {
            lag: 0,
            scores: [0.0; STATES],
            columns: Box::new([column; MOST_LAG + 1]),
            newest: 0,
            filled: 0,
            current: None,
            loudness: Loudness::default(),
        };
        decoder.set_response(response);
        decoder.reset();
        decoder
    }

    /// Frames between what is heard and what is decided.
    pub fn lag(&self) -> usize {
        self.lag
    }

    /// Decides earlier or later from now on.
    pub fn set_response(&mut self, response: Response) {
        self.lag = match response {
            Response::Fast => 3,
            Response::Sure => 7,
        };
    }

    /// Forgets everything; a note that was on is not ended by an event.
    pub fn reset(&mut self) {
        self.scores = [f32::NEG_INFINITY; STATES];
        self.scores[0] = 0.0;
        self.filled = 0;
        self.current = None;
    }

    /// Frames are missing from here: ends what is on and starts afresh.
    pub fn interrupt(&mut self, frame: u64) -> Option<NoteEvent> {
        let event = self.current.map(|_| NoteEvent::Off { frame });
        self.reset();
        event
    }

    /// Takes the network's next answer; gives at most the end of one note and the beginning
    /// of the next.
    pub fn push(&mut self, answer: &PitchAnswer) -> [Option<NoteEvent>; 2] {
        self.advance(answer);
        if self.filled <= self.lag {
            return [None, None];
        }
        let (state, begins) = self.decide();
        let decided = self.column(self.lag).frame;
        let ends = match (self.current, state) {
            (Some(_), 0) => true,
            (Some(current), state) => begins || state.abs_diff(current) > 1,
            (None, _) => false,
        };
        let off = ends.then_some(NoteEvent::Off { frame: decided });
        if ends {
            self.current = None;
        }
        let on = (state > 0 && self.current.is_none()).then(|| {
            let (pitch, velocity) = self.describe(state);
            NoteEvent::On {
                frame: decided,
                pitch,
                velocity,
            }
        });
        self.current = (state > 0).then_some(state);
        [off, on]
    }

    /// The column `back` frames before the newest.
    fn column(&self, back: usize) -> &Column {
        let len = self.columns.len();
        &self.columns[(self.newest + len - back % len) % len]
    }

    /// One step of the search.
    fn advance(&mut self, answer: &PitchAnswer) {
        let PitchAnswer {
            index,
            level_db,
            gate_open,
            ref output,
        } = *answer;
        let floor = COSTS.voicing_floor;
        let (heard, onset) = if gate_open {
            (output.voicing, output.onset)
        } else {
            (0.0, 0.0)
        };
        let voicing = heard.clamp(floor, 1.0 - floor);
        let pitch = pitch_of(output);
        let (voiced, silent) = (voicing.ln(), (1.0 - voicing).ln());
        let is_voiced = heard >= 0.5;
        self.loudness.hear(level_db, is_voiced);

        let best_state = highest(&self.scores[1..]) + 1;
        let best_score = self.scores[best_state];
        let change = COSTS.change.0 * (1.0 - onset) + COSTS.change.1 * onset;
        let enter = self.scores[0] - COSTS.enter * (1.0 - onset);
        let changed = best_score - change;

        self.newest = (self.newest + 1) % self.columns.len();
        self.filled = (self.filled + 1).min(self.columns.len());
        let column = &mut self.columns[self.newest];
        column.frame = index;
        column.pitch = pitch;
        column.voiced = is_voiced;
        column.level_db = level_db;

        let leave = best_score - COSTS.leave;
        let mut next = [0.0; STATES];
        column.begins[0] = false;
        (next[0], column.from[0]) = if self.scores[0] >= leave {
            (self.scores[0], 0)
        } else {
            (leave, best_state as u8)
        };
        next[0] += silent;
        for state in 1..STATES {
            let (score, from, begins) = if self.scores[state] >= enter.max(changed) {
                (self.scores[state], state, false)
            } else if enter >= changed {
                (enter, 0, true)
            } else {
                (changed, best_state, true)
            };
            let distance = (pitch - pitch_of_state(state)) / COSTS.sigma;
            next[state] = score + voiced - (0.5 * distance * distance).min(COSTS.cap);
            column.from[state] = from as u8;
            column.begins[state] = begins;
        }
        let best = next[highest(&next)];
        for (score, next) in self.scores.iter_mut().zip(next) {
            *score = next - best;
        }
    }

    /// The state `lag` frames ago on the best path, and whether a note began there.
    fn decide(&self) -> (usize, bool) {
        let mut state = highest(&self.scores);
        for back in 0..self.lag {
            state = usize::from(self.column(back).from[state]);
        }
        (state, self.column(self.lag).begins[state])
    }

    /// Pitch and velocity of a note in `state` that begins at the decided frame, from all that was
    /// heard of it so far.
    fn describe(&self, state: usize) -> (f32, f32) {
        let centre = pitch_of_state(state);
        let mut pitches = [0.0f32; MOST_LAG + 1];
        let (mut count, mut loudest_db) = (0, f32::NEG_INFINITY);
        for back in 0..=self.lag {
            let column = self.column(back);
            loudest_db = loudest_db.max(column.level_db);
            if column.voiced && (column.pitch - centre).abs() <= 1.0 {
                pitches[count] = column.pitch;
                count += 1;
            }
        }
        let heard = &mut pitches[..count];
        heard.sort_by(f32::total_cmp);
        let pitch = heard.get(count / 2).copied().unwrap_or(centre);
        (pitch, self.loudness.velocity(loudest_db))
    }
}

fn pitch_of_state(state: usize) -> f32 {
    LOWEST + 0.5 * (state as f32 - 1.0)
}

/// Place of the highest score.
fn highest(scores: &[f32]) -> usize {
    (0..scores.len())
        .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
