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
use super::due_queue::DueQueue;
use super::emissions::Emission;
use super::engine::Shared;
use super::event::{HostEvent, Signal, Stamped, Transport};
use crate::music::{Message, TimedMessage};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Live events leave this much later than one block, so that the threads' jitter disappears.
const MARGIN_S: f64 = 0.005;
/// A note-on later than this is not played in its turn (the model was still loading, say): caught
/// up with, a phrase would come out as a burst of notes. Only a note that is still held when the
/// line has caught up is struck then, because the singer hears that it is missing.
const TOO_LATE_S: f64 = 0.25;
/// Distance between two [`HostEvent::Tick`]s.
const TICK_S: f64 = 0.01;
/// Events that may wait for their time at once.
const QUEUE: usize = 4_096;
/// Notes that may wait to be struck late at once.
const MISSED: usize = 128;

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
    /// margin; 0 offline. Fixed where the host makes up for it.
    delay: i64,
    /// Whether `delay` is the latency that the host knows of.
    fixed: bool,
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
    /// Note-ons that came too late, and whose note-offs did not come yet.
    missed: DueQueue,
    held: HeldNotes,
}

impl<F> Port<F> {
    pub(super) fn new(
        signals: Producer<Stamped<Signal<F>>>,
        emissions: Consumer<Emission>,
        shared: Arc<Shared>,
        rate: f64,
        offline: bool,
        ticks: bool,
    ) -> Self {
        Self {
            signals,
            emissions,
            shared,
            rate,
            offline,
            position: 0,
            delay: 0,
            fixed: false,
            gap: 0,
            epoch: 0,
            reset_pending: false,
            release_pending: false,
            muted: false,
            transport: None,
            next_tick: ticks.then_some(0),
            queue: DueQueue::new(QUEUE),
            missed: DueQueue::new(MISSED),
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

    /// The delay that the threads need for blocks of `len` samples, in samples: none where the host
    /// waits for them.
    fn needed(&self, len: usize) -> i64 {
        if self.offline {
            0
        } else {
            len as i64 + (MARGIN_S * self.rate) as i64
        }
    }

    /// The latency of a line that runs `hold` samples behind its input, with what the threads need
    /// for blocks of up to `largest` samples.
    pub fn latency(&self, hold: i64, largest: usize) -> i64 {
        hold.saturating_add(self.needed(largest))
    }

    /// Lets everything leave `latency` samples after its place, whatever the block: the host knows
    /// of it and makes up for it.
    pub fn fix_delay(&mut self, latency: i64) {
        self.delay = latency;
        self.fixed = true;
    }

    /// Opens a block of `len` samples. Everything pushed until [`Self::finish`] belongs to it.
    pub fn begin(&mut self, len: usize) {
        if !(self.offline || self.fixed) {
            self.delay = self.delay.max(self.needed(len));
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
        self.queue.clear();
        self.missed.clear();
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
        // Read first: what was decided up to there is then among what is collected.
        let decided = self.shared.decided.load(Ordering::Acquire);
        self.collect();
        if self.release_pending {
            self.missed.clear();
            self.release_pending = !self.release_held(&mut send);
        }
        let mut taken = true;
        while let Some(due) = self.queue.first().filter(|due| due.position < end) {
            let lateness = self.position - due.position;
            let offset = due
                .position
                .clamp(self.position, (end - 1).max(self.position));
            let offset = (offset - self.position) as u32;
            taken = self.send(offset, lateness, due, &mut send);
            if !taken {
                // The host's queue is full: nothing else fits either, so it stays the first.
                break;
            }
            self.queue.remove_first();
            if lateness > 0 {
                Counters::add(&self.shared.counters.late_events, 1);
            }
        }
        // Whoever lags behind may not have come to the note's end yet.
        if taken && !self.is_too_late(self.position - (decided + self.delay)) {
            self.strike_missed(len.saturating_sub(1) as u32, &mut send);
        }
        self.position = end;
    }

    /// Sends one message, keeping the books of what sounds; `false` if it must be tried again.
    fn send(
        &mut self,
        offset: u32,
        lateness: i64,
        due: TimedMessage,
        send: &mut impl FnMut(u32, Message) -> bool,
    ) -> bool {
        match due.message {
            Message::NoteOn { channel, key, .. } => {
                if self.muted {
                    return true;
                }
                if self.is_too_late(lateness) {
                    self.forget_missed(channel, key);
                    if !self.missed.insert(due) {
                        Counters::add(&self.shared.counters.skipped_notes, 1);
                    }
                    return true;
                }
                let sent = self.strike(offset, channel, key, due.message, send);
                if sent {
                    self.forget_missed(channel, key);
                }
                sent
            }
            Message::NoteOff { channel, key, .. } => {
                self.forget_missed(channel, key);
                if !self.held.contains(channel, key) {
                    return true;
                }
                let sent = self.hand_over(offset, due.message, send);
                if sent {
                    self.held.remove(channel, key);
                }
                sent
            }
            // Hosts end a note at once where its end has not been heard of yet.
            Message::NoteExpression { channel, key, .. } if !self.held.contains(channel, key) => {
                true
            }
            _ => self.muted || self.hand_over(offset, due.message, send),
        }
    }

    /// Begins a note, ending the one that sounds on its key.
    fn strike(
        &mut self,
        offset: u32,
        channel: u8,
        key: u8,
        note_on: Message,
        send: &mut impl FnMut(u32, Message) -> bool,
    ) -> bool {
        if self.held.contains(channel, key) {
            if !self.hand_over(offset, Message::note_off(channel, key, 0.0), send) {
                return false;
            }
            self.held.remove(channel, key);
        }
        let sent = self.hand_over(offset, note_on, send);
        if sent {
            self.held.insert(channel, key);
        }
        sent
    }

    /// Begins the notes that were missed and are still held.
    fn strike_missed(&mut self, offset: u32, send: &mut impl FnMut(u32, Message) -> bool) {
        while let Some(missed) = self.missed.first() {
            if let Some((channel, key)) = missed.message.begins()
                && !self.strike(offset, channel, key, missed.message, send)
            {
                return;
            }
            self.missed.remove_first();
        }
    }

    /// Gives up a note that was missed: it ended, or began anew.
    fn forget_missed(&mut self, channel: u8, key: u8) {
        if self.missed.remove_note_on(channel, key) {
            Counters::add(&self.shared.counters.skipped_notes, 1);
        }
    }

    fn is_too_late(&self, lateness: i64) -> bool {
        lateness as f64 > TOO_LATE_S * self.rate
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
    fn what_the_host_refuses_goes_out_later_in_the_same_order() {
        let (signals, _signals_out) = rtrb::RingBuffer::new(4);
        let (mut emissions_in, emissions) = rtrb::RingBuffer::new(8);
        let shared = Arc::new(Shared::default());
        let mut port = Port::<()>::new(signals, emissions, shared, 48_000.0, true, false);
        // A note struck twice: end and beginning share a sample.
        let messages = [
            Message::note_on(0, 60, 0.5),
            Message::note_off(0, 60, 0.5),
            Message::note_on(0, 60, 0.8),
            Message::control_change(0, 1, 0.5),
        ];
        for message in messages {
            let timed = TimedMessage {
                position: 10,
                message,
            };
            emissions_in.push(Emission { epoch: 0, timed }).unwrap();
        }
        let mut sent = Vec::new();
        for _ in 0..messages.len() {
            // This host takes one event a block.
            let mut room = 1;
            port.finish(64, |_, message| {
                if room > 0 {
                    sent.push(message);
                }
                room -= 1;
                room >= 0
            });
        }
        assert_eq!(sent, messages);
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
