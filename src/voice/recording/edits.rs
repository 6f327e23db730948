//! What a user does to a take. Everything can be undone, and nothing touches notes that still sound.

use super::Take;
use super::history::{Change, Edit};
use super::note::{NoteId, TakeBar, TakeNote};
use crate::music::{Grid, SungNote, Track};
use std::collections::HashMap;

/// The shortest that a note can be made, in seconds.
pub const SHORTEST_S: f64 = 0.02;

/// A stretch of the take and the tracks that are meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// From this second on.
    pub from_s: f64,
    /// To before this one.
    pub to_s: f64,
    /// The track that is meant; `None`: all.
    pub track: Option<Track>,
}

impl Selection {
    /// All there is.
    pub const ALL: Self = Self {
        from_s: f64::NEG_INFINITY,
        to_s: f64::INFINITY,
        track: None,
    };

    /// Whether it holds `note`.
    pub fn holds(&self, note: &TakeNote) -> bool {
        (self.from_s..self.to_s).contains(&note.start_s)
            && self.track.is_none_or(|track| track == note.track)
    }
}

impl Take {
    /// The stretch of whole bars from the one at `from_s` to the one at `to_s`, in either order.
    pub fn bars_between(&self, from_s: f64, to_s: f64) -> Option<(f64, f64)> {
        let (from_s, to_s) = (from_s.min(to_s), from_s.max(to_s));
        let first = self.bar_at(from_s).or_else(|| {
            let after = |bar: &&TakeBar| bar.start_s >= from_s;
            self.bars().iter().find(after)
        })?;
        let before = |bar: &&TakeBar| bar.start_s <= to_s;
        let last = self.bars().iter().rev().find(before)?;
        let end_s = last.start_s + last.length_s;
        (end_s > first.start_s).then_some((first.start_s, end_s))
    }

    /// Moves notes by `seconds` and `semitones`; `false` if that changes nothing.
    pub fn move_notes(&mut self, ids: &[NoteId], seconds: f64, semitones: i32) -> bool {
        if !seconds.is_finite() {
            return false;
        }
        self.edit("move", |note| {
            if !ids.contains(&note.id) {
                return Some(*note);
            }
            let start_s = (note.start_s + seconds).max(0.0);
            let moved = start_s - note.start_s;
            Some(TakeNote {
                start_s,
                end_s: note.end_s.map(|end_s| end_s + moved),
                key: (i32::from(note.key) + semitones).clamp(0, 127) as u8,
                ..*note
            })
        })
    }

    /// Makes notes longer by `seconds`, or shorter; `false` if that changes nothing.
    pub fn resize(&mut self, ids: &[NoteId], seconds: f64) -> bool {
        if !seconds.is_finite() {
            return false;
        }
        self.edit("resize", |note| {
            let longer = |end_s: f64| (end_s + seconds).max(note.start_s + SHORTEST_S);
            let end_s = note.end_s.map(|end_s| match ids.contains(&note.id) {
                true => longer(end_s),
                false => end_s,
            });
            Some(TakeNote { end_s, ..*note })
        })
    }

    /// Deletes notes.
    pub fn delete(&mut self, ids: &[NoteId]) {
        self.edit("delete", |note| (!ids.contains(&note.id)).then_some(*note));
    }

    /// Makes notes louder by `by`, or softer.
    pub fn change_velocity(&mut self, ids: &[NoteId], by: f32) {
        if !by.is_finite() {
            return;
        }
        self.edit("velocity", |note| {
            let velocity = match ids.contains(&note.id) {
                true => (note.velocity + by).clamp(0.01, 1.0),
                false => note.velocity,
            };
            Some(TakeNote { velocity, ..*note })
        });
    }

    /// Draws what is selected to `grid` from both sides, by `strength` (0 – 1) of the way. Notes
    /// outside every bar stay.
    pub fn quantise(&mut self, selection: Selection, grid: Grid, strength: f64) {
        let bars = self.bars().clone();
        let bar_at = |at_s: f64| {
            let after = bars.partition_point(|bar| bar.start_s <= at_s);
            bars.get(after.checked_sub(1)?)
        };
        self.edit("quantise", |note| {
            let drawn = || {
                let bar = bar_at(note.start_s).filter(|_| selection.holds(note))?;
                let quarter_s = bar.length_s / bar.quarters;
                let in_bar = (note.start_s - bar.start_s) / quarter_s;
                let line = grid.nearest(in_bar, bar.quarters)?;
                let moved = strength.clamp(0.0, 1.0) * (line - in_bar) * quarter_s;
                moved.is_finite().then_some(moved)
            };
            let moved = drawn().unwrap_or(0.0);
            Some(TakeNote {
                start_s: note.start_s + moved,
                end_s: note.end_s.map(|end_s| end_s + moved),
                ..*note
            })
        });
    }

    /// Removes what is selected.
    pub fn clear(&mut self, selection: Selection) {
        self.edit("clear", |note| (!selection.holds(note)).then_some(*note));
    }

    /// Puts the melody `notes`, with times in seconds of the take, in place of what is selected of
    /// the melody: they were heard a second time.
    pub fn refine(&mut self, selection: Selection, notes: &[(SungNote, u8)]) {
        let melody = Selection {
            track: Some(Track::Melody),
            ..selection
        };
        let mut changes = self.changes(|note| (!melody.holds(note)).then_some(*note));
        for (note, key) in notes {
            let new = TakeNote {
                id: self.new_id(),
                track: Track::Melody,
                start_s: note.onset_s,
                end_s: Some(note.offset_s.max(note.onset_s + SHORTEST_S)),
                key: (*key).min(127),
                velocity: note.velocity.clamp(0.01, 1.0),
            };
            if melody.holds(&new) {
                changes.push(Change {
                    id: new.id,
                    before: None,
                    after: Some(new),
                });
            }
        }
        self.commit("refine", changes);
    }

    /// Takes the last edit back; `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let Some(edit) = self.history.undo() else {
            return false;
        };
        self.put(edit.changes.iter().map(|change| (change.id, change.before)));
        true
    }

    /// Does the last edit again that was taken back; `false` if there is none.
    pub fn redo(&mut self) -> bool {
        let Some(edit) = self.history.redo() else {
            return false;
        };
        self.put(edit.changes.iter().map(|change| (change.id, change.after)));
        true
    }

    /// Another number after each edit, undo and redo.
    pub fn turns(&self) -> u64 {
        self.history.turns()
    }

    /// What [`Self::undo`] would take back, in words.
    pub fn undo_name(&self) -> Option<&'static str> {
        self.history.undo_name()
    }

    /// What [`Self::redo`] would do again, in words.
    pub fn redo_name(&self) -> Option<&'static str> {
        self.history.redo_name()
    }

    /// What `change` makes of the notes that are complete.
    fn changes(&self, change: impl Fn(&TakeNote) -> Option<TakeNote>) -> Vec<Change> {
        let complete = self.notes().iter().filter(|note| note.end_s.is_some());
        let changes = complete.map(|note| Change {
            id: note.id,
            before: Some(*note),
            after: change(note),
        });
        changes.filter(|c| c.before != c.after).collect()
    }

    fn edit(&mut self, name: &'static str, change: impl Fn(&TakeNote) -> Option<TakeNote>) -> bool {
        let changes = self.changes(change);
        self.commit(name, changes)
    }

    fn commit(&mut self, name: &'static str, changes: Vec<Change>) -> bool {
        if changes.is_empty() {
            return false;
        }
        self.put(changes.iter().map(|change| (change.id, change.after)));
        self.history.push(Edit { name, changes });
        true
    }

    /// Makes the notes with these numbers what they are to be, all at once: an edit of ten minutes is as
    /// quick as its notes are many.
    fn put(&mut self, notes: impl Iterator<Item = (NoteId, Option<TakeNote>)>) {
        let wanted: HashMap<NoteId, Option<TakeNote>> = notes.collect();
        self.notes.retain(|other| !wanted.contains_key(&other.id));
        self.notes.extend(wanted.into_values().flatten());
        let order = |a: &TakeNote, b: &TakeNote| a.start_s.total_cmp(&b.start_s);
        self.notes.sort_by(|a, b| order(a, b).then(a.id.cmp(&b.id)));
        self.version += 1;
    }
}
