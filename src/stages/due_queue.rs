//! Messages that wait for their time on the audio thread.
#![deny(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros
)]

use crate::music::{Message, TimedMessage};

/// Messages in the order of their time; fixed memory.
pub(super) struct DueQueue {
    /// Sorted, the earliest last.
    messages: Box<[TimedMessage]>,
    len: usize,
}

impl DueQueue {
    /// An empty queue with room for so many.
    #[expect(clippy::disallowed_macros, reason = "set-up, not the callback")]
    pub fn new(room: usize) -> Self {
        let empty = TimedMessage {
            position: 0,
            message: Message::note_off(0, 0, 0.0),
        };
        Self {
            messages: vec![empty; room].into_boxed_slice(),
            len: 0,
        }
    }

    /// Adds a message after those of the same position; `false` when the queue is full.
    pub fn insert(&mut self, message: TimedMessage) -> bool {
        if self.len == self.messages.len() {
            return false;
        }
        let at = self.messages[..self.len].partition_point(|m| m.position > message.position);
        self.messages.copy_within(at..self.len, at + 1);
        self.messages[at] = message;
        self.len += 1;
        true
    }

    /// The earliest message.
    pub fn first(&self) -> Option<TimedMessage> {
        self.messages[..self.len].last().copied()
    }

    /// Takes the earliest message out.
    pub fn remove_first(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    /// Takes the beginnings of a note out; whether there were any.
    pub fn remove_note_on(&mut self, channel: u8, key: u8) -> bool {
        let mut kept = 0;
        for at in 0..self.len {
            if self.messages[at].message.begins() != Some((channel, key)) {
                self.messages[kept] = self.messages[at];
                kept += 1;
            }
        }
        let any = kept < self.len;
        self.len = kept;
        any
    }

    pub fn clear(&mut self) {
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_keeps_order_and_refuses_when_full() {
        let mut queue = DueQueue::new(4);
        let timed = |position, key| TimedMessage {
            position,
            message: Message::note_on(0, key, 0.5),
        };
        for (position, key) in [(30, 1), (10, 2), (30, 3), (20, 4)] {
            assert!(queue.insert(timed(position, key)));
        }
        assert!(!queue.insert(timed(0, 5)));
        for (position, key) in [(10, 2), (20, 4), (30, 1), (30, 3)] {
            assert_eq!(queue.first(), Some(timed(position, key)));
            queue.remove_first();
        }
        assert_eq!(queue.first(), None);
    }

    #[test]
    fn a_note_is_taken_out_and_the_others_stay_in_order() {
        let mut queue = DueQueue::new(4);
        for key in [60, 64, 60, 67] {
            queue.insert(TimedMessage {
                position: 0,
                message: Message::note_on(0, key, 0.5),
            });
        }
        assert!(queue.remove_note_on(0, 60));
        assert!(!queue.remove_note_on(0, 60) && !queue.remove_note_on(1, 64));
        for key in [64, 67] {
            let first = queue.first().and_then(|timed| timed.message.begins());
            assert_eq!(first, Some((0, key)));
            queue.remove_first();
        }
        assert_eq!(queue.first(), None);
    }
}
