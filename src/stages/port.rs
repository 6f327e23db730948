//! The audio thread's end of the line: pushes signals in, lets due MIDI out, releases what sounds.
//!
//! Everything here but [`Port::new`] runs in the host's callback: it neither allocates nor blocks
//! (offline bouncing apart, where waiting is what the host asks for).
#![deny(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros
)]

use super::counters::Counters;
use super::engine::{Emission, Shared};
use super::event::{HostEvent, Signal, Stamped, Transport};
use crate::music::{Message, TimedMessage};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Live events leave this much later than one block, so that the threads' jitter disappears.
const MARGIN_S: f64 = 0.005;
/// A note-on later than this is not worth playing (the model was still loading, say).
const TOO_LATE_S: f64 = 0.25;
/// Distance between two [`HostEvent::Tick`]s.
const TICK_S: f64 = 0.01;
/// Events that may wait for their time at once.
const QUEUE: usize = 4_096;

/// Keys that sound, one bit each, by channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldNotes([u128; 16]);

impl HeldNotes {
    fn contains(&self, channel: u8, key: u8) -> bool {
        self.0[usize::from(channel & 15)] & (1 << (key & 127)) != 0
    }

    fn insert(&mut self, channel: u8, key: u8) {
        self.0[usize::from(channel & 15)] |= 1 << (key & 127);
    }

    fn remove(&mut self, channel: u8, key: u8) {
        self.0[usize::from(channel & 15)] &= !(1 << (key & 127));
    }

    /// The lowest key of the lowest channel that sounds.
    fn first(&self) -> Option<(u8, u8)> {
        let channel = self.0.iter().position(|keys| *keys != 0)?;
        Some((channel as u8, self.0[channel].trailing_zeros() as u8))
    }

    /// Whether nothing sounds.
    pub fn is_empty(&self) -> bool {
        self.first().is_none()
    }
}

/// Messages in the order of their time; fixed memory.
struct DueQueue {
    /// Sorted, the earliest last.
    messages: Box<[TimedMessage]>,
    len: usize,
}

impl DueQueue {
    /// Adds a message after those of the same position; `false` when the queue is full.
    fn insert(&mut self, message: TimedMessage) -> bool {
        if self.len == self.messages.len() {
            return false;
        }
        let at = self.messages[..self.len].partition_point(|m| m.position > message.position);
        self.messages.copy_within(at..self.len, at + 1);
        self.messages[at] = message;
        self.len += 1;
        true
    }

    fn pop_before(&mut self, position: i64) -> Option<TimedMessage> {
        let last = self.len.checked_sub(1)?;
        let message = self.messages[last];
        if message.position >= position {
            return None;
        }
        self.len = last;
        Some(message)
    }
}

/// The audio thread's end of the line. `F` is the front end's frame.
pub struct Port<F> {
    signals: Producer<Stamped<Signal<F>>>,
    emissions: Consumer<Emission>,
    shared: Arc<Shared>,
    rate: f64,
    /// Bounce: push one signal at a time and wait for the line to be idle.
    offline: bool,
    /// First sample of the current block.
    position: i64,
    /// Constant delay of everything that leaves, in samples: the largest block so far plus the
    /// margin; 0 offline.
    delay: i64,
    /// Frames dropped since the last one that found room.
    gap: u32,
    epoch: u32,
    /// A reset that found the ring full and goes first next time.
    reset_pending: bool,
    /// Release everything at the start of the next emission.
    release_pending: bool,
    /// Whether note-ons are held back (bypass).
    muted: bool,
    transport: Option<Stamped<Transport>>,
    next_tick: Option<i64>,
    queue: DueQueue,
    held: HeldNotes,
}

impl<F> Port<F> {
    #[expect(clippy::disallowed_macros, reason = "set-up, not the callback")]
    pub(super) fn new(
        signals: Producer<Stamped<Signal<F>>>,
        emissions: Consumer<Emission>,
        shared: Arc<Shared>,
        rate: f64,
        offline: bool,
        ticks: bool,
    ) -> Self {
        let empty = TimedMessage {
            position: 0,
            message: Message::note_off(0, 0, 0.0),
        };
        Self {
            signals,
            emissions,
            shared,
            rate,
            offline,
            position: 0,
            delay: 0,
            gap: 0,
            epoch: 0,
            reset_pending: false,
            release_pending: false,
            muted: false,
            transport: None,
            next_tick: ticks.then_some(0),
            queue: DueQueue {
                messages: vec![empty; QUEUE].into_boxed_slice(),
                len: 0,
            },
            held: HeldNotes::default(),
        }
    }

    /// First sample of the current block, counted since activation.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// What sounds now; a new port takes it over so that nothing is left hanging.
    pub fn held(&self) -> HeldNotes {
        self.held
    }

    /// Takes over what an earlier port left sounding: released with the next block.
    pub fn adopt(&mut self, held: HeldNotes) {
        self.held = held;
        self.release_pending = !held.is_empty();
    }

    /// What overload did so far.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// Opens a block of `len` samples. Everything pushed until [`Self::finish`] belongs to it.
    pub fn begin(&mut self, len: usize) {
        if !self.offline {
            let wanted = len as i64 + (MARGIN_S * self.rate) as i64;
            self.delay = self.delay.max(wanted);
        }
    }

    /// Sends the ticks that are due before `position`, where ticks were asked for.
    pub fn tick_to(&mut self, position: i64) {
        while let Some(tick) = self.next_tick.filter(|tick| *tick < position) {
            self.event(tick, HostEvent::Tick);
            self.next_tick = Some(tick + ((TICK_S * self.rate) as i64).max(1));
        }
    }

    /// The transport at the start of the current block; told on only where it is news. A stop or
    /// a jump releases what sounds: what the host records must end where its recording does.
    pub fn transport(&mut self, now: Transport) {
        let news = self.transport.is_none_or(|last| {
            let expected = last.body.advanced(self.position - last.position, self.rate);
            self.release_pending |= expected.breaks_off(&now);
            expected.differs_from(&now)
        });
        let told = !news || self.event(self.position, HostEvent::Transport(now));
        // What found no room is news again in the next block.
        self.transport = told.then_some(Stamped::new(self.position, now));
    }

    /// Hands on a frame that needed the samples up to and including `position`.
    pub fn frame(&mut self, position: i64, frame: F) {
        if !self.push_overdue(position) || !self.push(position, Signal::Frame(frame)) {
            self.gap = self.gap.saturating_add(1);
            Counters::add(&self.shared.counters.dropped_frames, 1);
        }
    }

    /// Hands on a host event; `false` when there was no room for it.
    pub fn event(&mut self, position: i64, event: HostEvent) -> bool {
        let pushed = self.push_overdue(position) && self.push(position, Signal::Event(event));
        if !pushed {
            Counters::add(&self.shared.counters.dropped_events, 1);
        }
        pushed
    }

    /// Forgets what was heard and releases what sounds with the next block. The stages are told
    /// with the next signal.
    pub fn reset(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        self.queue.len = 0;
        self.release_pending = true;
        self.transport = None;
        self.gap = 0;
        self.reset_pending = true;
    }

    /// Holds note-ons back (and releases what sounds) or lets them through again.
    pub fn set_muted(&mut self, muted: bool) {
        if muted && !self.muted {
            self.release_pending = true;
        }
        self.muted = muted;
    }

    /// Closes the block of `len` samples: gives `send` each message that is due in it, with its
    /// offset in the block, sorted. `send` says whether the host took it.
    pub fn finish(&mut self, len: usize, mut send: impl FnMut(u32, Message) -> bool) {
        let end = self.position + len as i64;
        self.collect();
        if self.release_pending {
            self.release_pending = !self.release_held(&mut send);
        }
        while let Some(due) = self.queue.pop_before(end) {
            let lateness = self.position - due.position;
            if lateness > 0 {
                Counters::add(&self.shared.counters.late_events, 1);
            }
            let offset = due
                .position
                .clamp(self.position, (end - 1).max(self.position));
            let offset = (offset - self.position) as u32;
            if !self.send(offset, lateness, due.message, &mut send) {
                // The host's queue is full: nothing else fits either, so it waits a block.
                self.queue.insert(due);
                break;
            }
        }
        self.position = end;
    }

    /// Sends one message, keeping the books of what sounds; `false` if it must be tried again.
    fn send(
        &mut self,
        offset: u32,
        lateness: i64,
        message: Message,
        send: &mut impl FnMut(u32, Message) -> bool,
    ) -> bool {
        match message {
            Message::NoteOn { channel, key, .. } => {
                if self.muted {
                    return true;
                }
                if lateness as f64 > TOO_LATE_S * self.rate {
                    Counters::add(&self.shared.counters.skipped_notes, 1);
                    return true;
                }
                if self.held.contains(channel, key) {
                    if !self.hand_over(offset, Message::note_off(channel, key, 0.0), send) {
                        return false;
                    }
                    self.held.remove(channel, key);
                }
                let sent = self.hand_over(offset, message, send);
                if sent {
                    self.held.insert(channel, key);
                }
                sent
            }
            Message::NoteOff { channel, key, .. } => {
                if !self.held.contains(channel, key) {
                    return true;
                }
                let sent = self.hand_over(offset, message, send);
                if sent {
                    self.held.remove(channel, key);
                }
                sent
            }
            // Hosts end a note at once where its end has not been heard of yet.
            Message::NoteExpression { channel, key, .. } if !self.held.contains(channel, key) => {
                true
            }
            _ => self.muted || self.hand_over(offset, message, send),
        }
    }

    fn hand_over(
        &self,
        offset: u32,
        message: Message,
        send: &mut impl FnMut(u32, Message) -> bool,
    ) -> bool {
        let taken = send(offset, message);
        if !taken {
            Counters::add(&self.shared.counters.refused_events, 1);
        }
        taken
    }

    /// Sends a note-off for all that sounds; `false` if the host took only some.
    fn release_held(&mut self, send: &mut impl FnMut(u32, Message) -> bool) -> bool {
        while let Some((channel, key)) = self.held.first() {
            if !self.hand_over(0, Message::note_off(channel, key, 0.0), send) {
                return false;
            }
            self.held.remove(channel, key);
        }
        true
    }

    /// Takes what the output stage has emitted into the queue.
    fn collect(&mut self) {
        while let Ok(emission) = self.emissions.pop() {
            if emission.epoch != self.epoch {
                continue;
            }
            let position = emission.timed.position + self.delay;
            let timed = TimedMessage {
                position,
                message: emission.timed.message,
            };
            if !self.queue.insert(timed) {
                // Thousands of events wait: a note-off must not be among those that are lost.
                self.release_pending = true;
                Counters::add(&self.shared.counters.refused_events, 1);
            }
        }
    }

    /// Pushes the reset and the gap that found no room earlier.
    fn push_overdue(&mut self, position: i64) -> bool {
        if self.reset_pending {
            let reset = Signal::Event(HostEvent::Reset { epoch: self.epoch });
            if !self.push(position, reset) {
                return false;
            }
            self.reset_pending = false;
        }
        if self.gap > 0 {
            if !self.push(position, Signal::Event(HostEvent::Gap(self.gap))) {
                return false;
            }
            self.gap = 0;
        }
        true
    }

    fn push(&mut self, position: i64, signal: Signal<F>) -> bool {
        self.shared.in_flight.fetch_add(1, Ordering::AcqRel);
        if self.signals.push(Stamped::new(position, signal)).is_err() {
            self.shared.in_flight.fetch_sub(1, Ordering::AcqRel);
            return false;
        }
        self.shared.wake_input();
        if self.offline {
            let shared = self.shared.clone();
            shared.wait_idle(|| self.collect());
        }
        true
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests, not the callback"
)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_keeps_order_and_refuses_when_full() {
        let empty = TimedMessage {
            position: 0,
            message: Message::note_off(0, 0, 0.0),
        };
        let mut queue = DueQueue {
            messages: Box::new([empty; 4]),
            len: 0,
        };
        for (position, key) in [(30, 1), (10, 2), (30, 3), (20, 4)] {
            let message = Message::note_on(0, key, 0.5);
            assert!(queue.insert(TimedMessage { position, message }));
        }
        assert!(!queue.insert(empty));
        assert_eq!(queue.pop_before(10), None);
        let mut keys = [0; 4];
        for slot in &mut keys {
            if let Some(TimedMessage {
                message: Message::NoteOn { key, .. },
                ..
            }) = queue.pop_before(31)
            {
                *slot = key;
            }
        }
        assert_eq!(keys, [2, 4, 1, 3]);
    }

    #[test]
    fn held_notes_are_found_and_forgotten() {
        let mut held = HeldNotes::default();
        held.insert(9, 127);
        held.insert(0, 0);
        assert!(held.contains(9, 127) && !held.contains(9, 126));
        assert_eq!(held.first(), Some((0, 0)));
        held.remove(0, 0);
        held.remove(9, 127);
        assert!(held.is_empty());
    }
}
