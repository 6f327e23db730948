//! What is sung, by places in the song.

use super::condition::{HeardBar, HeardNote};
use std::collections::VecDeque;

/// Notes that are kept: more than anybody sings in the bars that are asked about.
const KEPT: usize = 256;

/// A sung note, in quarter notes of the song.
#[derive(Clone, Copy, Debug)]
struct Sung {
    key: u8,
    velocity: f32,
    from: f64,
    /// `None` while it sounds.
    to: Option<f64>,
}

/// Keeps the notes that were sung, the newest last.
#[derive(Clone, Debug)]
pub struct Ear {
    notes: VecDeque<Sung>,
    /// Whether anything was sung since the beginning.
    has_heard: bool,
}

impl Default for Ear {
    fn default() -> Self {
        Self {
            notes: VecDeque::with_capacity(KEPT),
            has_heard: false,
        }
    }
}

impl Ear {
    /// A note on `key` began at `from` quarter notes, so loud (0 – 1).
    pub fn begin(&mut self, key: u8, velocity: f32, from: f64) {
        self.end(from);
        if self.notes.len() == KEPT {
            self.notes.pop_front();
        }
        self.has_heard = true;
        self.notes.push_back(Sung {
            key,
            velocity,
            from,
            to: None,
        });
    }

    /// The note that sounds ends at `to` quarter notes.
    pub fn end(&mut self, to: f64) {
        if let Some(note) = self.notes.back_mut().filter(|note| note.to.is_none()) {
            note.to = Some(to.max(note.from));
        }
    }

    /// The song goes on elsewhere: what was sung before does not lie before what comes.
    pub fn break_off(&mut self) {
        self.notes.clear();
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether anything was sung since the beginning.
    pub fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// What was sung in the `quarters` from `start` on, as known at `now`; a note that sounds lasts
    /// until then.
    pub fn bar(&self, start: f64, quarters: f64, now: f64) -> HeardBar {
        let end = start + quarters;
        let within = self.notes.iter().filter_map(|note| {
            let to = note.to.unwrap_or(now);
            (note.from < end && to > start).then_some(HeardNote {
                key: note.key,
                start: note.from - start,
                length: to - note.from,
                velocity: note.velocity,
            })
        });
        HeardBar {
            notes: within.collect(),
            quarters,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_holds_what_sounded_in_it() {
        let mut ear = Ear::default();
        assert!(!ear.has_heard());
        for (key, from, to) in [(60, 1.0, 2.0), (62, 3.5, 4.5), (64, 6.0, 7.0)] {
            ear.begin(key, 0.5, from);
            ear.end(to);
        }
        ear.begin(65, 0.5, 7.5);
        let bar = ear.bar(4.0, 4.0, 7.75);
        let heard: Vec<_> = bar
            .notes
            .iter()
            .map(|n| (n.key, n.start, n.length))
            .collect();
        assert_eq!(heard, [(62, -0.5, 1.0), (64, 2.0, 1.0), (65, 3.5, 0.25)]);
        ear.break_off();
        assert!(ear.bar(4.0, 4.0, 8.0).notes.is_empty() && ear.has_heard());
    }
}
