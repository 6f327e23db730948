//! The take: what was sung and played lately, always recorded, to be looked at, edited and kept.
//!
//! [`Take`] is fed with the reports of the output stage ([`recorder`]) on a thread of its own lane,
//! never on the audio thread. What a user changes goes through [`edits`] and can be undone
//! ([`history`]); [`export`] writes it as a MIDI file. [`tape`] keeps the audio, for a second
//! hearing.

pub mod edits;
mod export;
mod history;
mod note;
mod recorder;
mod tape;

pub use edits::Selection;
pub use export::TakeParts;
pub use note::{NoteId, TakeBar, TakeNote, TracePoint};
pub use tape::Tape;

use history::History;
use std::collections::VecDeque;

/// How much is kept, in seconds: 10 minutes.
pub const SPAN_S: f64 = 600.0;

/// What was sung and played lately. Times are seconds since the take began; they go on when the
/// engine starts anew.
#[derive(Debug, Default)]
pub struct Take {
    /// By beginning.
    notes: Vec<TakeNote>,
    /// By beginning.
    bars: VecDeque<TakeBar>,
    /// The pitch of the voice, oldest first.
    trace: VecDeque<TracePoint>,
    history: History,
    /// The number that the next note gets.
    next_id: u64,
    /// The take's time of the engine's zero.
    origin_s: f64,
    /// The newest moment that was heard of.
    now_s: f64,
    /// Counts changes, so that a picture knows when it is old.
    version: u64,
}

impl Take {
    /// Its notes, by beginning.
    pub fn notes(&self) -> &[TakeNote] {
        &self.notes
    }

    /// The bars of the song, by beginning.
    pub fn bars(&self) -> &VecDeque<TakeBar> {
        &self.bars
    }

    /// The pitch of the voice, oldest first.
    pub fn trace(&self) -> &VecDeque<TracePoint> {
        &self.trace
    }

    /// The newest moment that was heard of, in seconds.
    pub fn now_s(&self) -> f64 {
        self.now_s
    }

    /// Counts changes.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The take's time of the engine's zero, in seconds.
    pub fn origin_s(&self) -> f64 {
        self.origin_s
    }

    /// The note with this number.
    pub fn note(&self, id: NoteId) -> Option<&TakeNote> {
        self.notes.iter().find(|note| note.id == id)
    }

    /// The bar that sounds at `at_s`.
    pub fn bar_at(&self, at_s: f64) -> Option<&TakeBar> {
        let after = self.bars.partition_point(|bar| bar.start_s <= at_s);
        let bar = self.bars.get(after.checked_sub(1)?)?;
        (at_s < bar.start_s + bar.length_s).then_some(bar)
    }

    /// Puts a note in its place.
    fn insert(&mut self, note: TakeNote) {
        let place = self
            .notes
            .partition_point(|other| other.start_s <= note.start_s);
        self.notes.insert(place, note);
        self.version += 1;
    }

    fn new_id(&mut self) -> NoteId {
        self.next_id += 1;
        NoteId(self.next_id)
    }

    /// Forgets what is older than [`SPAN_S`].
    fn trim(&mut self) {
        let oldest = self.now_s - SPAN_S;
        while self.trace.front().is_some_and(|p| p.time_s < oldest) {
            self.trace.pop_front();
        }
        while self
            .bars
            .front()
            .is_some_and(|b| b.start_s + b.length_s < oldest)
        {
            self.bars.pop_front();
        }
        if self.notes.first().is_some_and(|note| note.start_s < oldest) {
            self.notes
                .retain(|note| note.end_s.is_none_or(|end_s| end_s >= oldest));
        }
    }
}

#[cfg(test)]
mod tests;
