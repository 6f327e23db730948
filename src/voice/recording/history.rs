//! What was done to a take, to be undone.

use super::note::{NoteId, TakeNote};

/// Edits that can be undone.
const DEPTH: usize = 200;
/// Changes of single notes that they are made of at most, some 15 MB; the newest edit is kept anyway.
const MOST: usize = 100_000;

/// What became of one note: `None` is none.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub id: NoteId,
    pub before: Option<TakeNote>,
    pub after: Option<TakeNote>,
}

/// All changes of one edit.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What was done, in words.
    pub name: &'static str,
    pub changes: Vec<Change>,
}

/// Edits that were done, and those that were undone.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Edit>,
    undone: Vec<Edit>,
    /// How often it changed.
    turns: u64,
}

impl History {
    /// Something was done; what was undone cannot be done again.
    pub fn push(&mut self, edit: Edit) {
        self.done.push(edit);
        let changes = |done: &[Edit]| done.iter().map(|edit| edit.changes.len()).sum::<usize>();
        while self.done.len() > DEPTH || (self.done.len() > 1 && changes(&self.done) > MOST) {
            self.done.remove(0);
        }
        self.undone.clear();
        self.turns += 1;
    }

    /// The edit to take back.
    pub fn undo(&mut self) -> Option<Edit> {
        let edit = self.done.pop()?;
        self.undone.push(edit.clone());
        self.turns += 1;
        Some(edit)
    }

    /// The edit to do again.
    pub fn redo(&mut self) -> Option<Edit> {
        let edit = self.undone.pop()?;
        self.done.push(edit.clone());
        self.turns += 1;
        Some(edit)
    }

    /// Another number after each edit, undo and redo.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// What would be undone, in words.
    pub fn undo_name(&self) -> Option<&'static str> {
        self.done.last().map(|edit| edit.name)
    }

    /// What would be done again, in words.
    pub fn redo_name(&self) -> Option<&'static str> {
        self.undone.last().map(|edit| edit.name)
    }
}
