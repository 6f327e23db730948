//! Sung phrases hold together: what ends a note is held back.
//!
//! A consonant is a gap of some 50 – 100 ms that nobody means as a rest. So the end of a note waits
//! for the next one to begin and goes out just before it, or alone when that does not come in time.
//! Times are those of the MIDI that leaves, in samples: what was *sung* is reported elsewhere and
//! knows nothing of this.

use crate::music::Message;

/// The note that sounds, and when it may stop.
#[derive(Clone, Debug, Default)]
pub struct Legato {
    note: Option<Sounding>,
}

#[derive(Clone, Copy, Debug)]
struct Sounding {
    channel: u8,
    key: u8,
    /// Position of its note-on.
    began: i64,
    /// Position at which the voice was known to have left it.
    left: Option<i64>,
}

/// The lengths that notes are held to, in samples.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    /// Gaps up to this long are closed.
    pub gap: i64,
    /// No note is shorter, unless the next one begins.
    pub note: i64,
}

impl Legato {
    /// Whether a note sounds, held or sung.
    pub fn sounds(&self) -> bool {
        self.note.is_some()
    }

    /// A note begins; what was held is released before.
    pub fn begin(&mut self, position: i64, channel: u8, key: u8) {
        self.note = Some(Sounding {
            channel,
            key,
            began: position,
            left: None,
        });
    }

    /// The voice has left the note.
    pub fn leave(&mut self, position: i64) {
        if let Some(note) = &mut self.note {
            note.left = note.left.or(Some(position));
        }
    }

    /// The end of the note, if it is due by `position`.
    pub fn advance(&mut self, position: i64, lengths: Lengths) -> Option<Message> {
        let note = self.note?;
        let due = (note.left? + lengths.gap).max(note.began + lengths.note);
        (position >= due).then(|| self.release()).flatten()
    }

    /// Ends what sounds now.
    pub fn release(&mut self) -> Option<Message> {
        let note = self.note.take()?;
        Some(Message::note_off(note.channel, note.key, 0.0))
    }
}
