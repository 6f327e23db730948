//! Timed MIDI on its way out: what the output stage may say, and how it becomes sample positions.
//!
//! An output stage either sends a message at a sample position, or plays a [`Sequence`] under a
//! [`Policy`] that says what its times count from, what happens to what is still pending, and
//! whether it loops. Sequences counted in quarter notes follow the host's tempo until they are due.

use super::event::{Stamped, Transport};
use crate::music::{Message, TimedMessage};

/// How far ahead of the stream pending events are handed to the audio thread, in seconds: more
/// than the 10 ms between two looks, little enough that a tempo change still reaches them.
const HORIZON_S: f64 = 0.02;

/// What the times of a sequence are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Samples at the host's rate.
    Samples,
    /// Seconds.
    Seconds,
    /// Quarter notes at the host's tempo.
    Quarters,
}

/// What the times of a sequence are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The position of the message that is being answered.
    Now,
    /// The last start of the host's transport; `Now` where it never started.
    TransportStart,
    /// The beginning of the song; `Now` where the host gives no place in the song.
    SongStart,
}

/// What happens to events that are still pending when a sequence is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// They stay.
    Keep,
    /// They are dropped.
    DropPending,
    /// Those later than the sequence's first event are dropped.
    DropAfterStart,
}

/// How a sequence is to be played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// What its times are counted from.
    pub reference: Reference,
    /// What happens to what is pending.
    pub overwrite: Overwrite,
    /// Whether notes that sound are released first.
    pub release_first: bool,
    /// Repeats the sequence every so many of its units; `None` plays it once. Repetitions whose
    /// time has passed when the sequence is played are left out.
    pub repeat_every: Option<f64>,
    /// Whether a stop of the transport drops what is pending of it. A jump (a loop's end, say) drops
    /// what is pending in song time either way: the place it was meant for is gone.
    pub clear_on_stop: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            reference: Reference::Now,
            overwrite: Overwrite::Keep,
            release_first: false,
            repeat_every: None,
            clear_on_stop: true,
        }
    }
}

/// Messages with times in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    unit: Unit,
    events: Vec<(f64, Message)>,
}

impl Sequence {
    /// An empty sequence whose times are counted in `unit`.
    pub fn new(unit: Unit) -> Self {
        Self {
            unit,
            events: Vec::new(),
        }
    }

    /// Adds a message; a time that is not finite and ≥ 0 counts as 0.
    pub fn add(&mut self, at: f64, message: Message) -> &mut Self {
        let at = if at.is_finite() { at.max(0.0) } else { 0.0 };
        self.events.push((at, message));
        self
    }

    /// Adds a note of `length`: its note-on and its note-off.
    pub fn add_note(&mut self, at: f64, length: f64, channel: u8, key: u8, velocity: f32) {
        self.add(at, Message::note_on(channel, key, velocity));
        self.add(at + length.max(0.0), Message::note_off(channel, key, 0.5));
    }
}

/// When a pending event is due.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// At a sample position.
    Sample(i64),
    /// At a place in the song, in quarter notes: follows the tempo.
    Song(f64),
}

impl Due {
    /// So many samples or quarters later.
    fn later(self, by: f64) -> Self {
        match self {
            Self::Sample(sample) => Self::Sample(sample + by.round() as i64),
            Self::Song(quarters) => Self::Song(quarters + by),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    /// When it is due for the first time.
    first: Due,
    /// How often it was repeated already.
    repetition: u64,
    /// Distance between repetitions, in the unit of `first` (samples or quarters).
    repeat: Option<f64>,
    /// `first` of what begins the note that this ends, else its own: an end is skipped with its
    /// beginning.
    begun: Due,
    message: Message,
    clear_on_stop: bool,
}

impl Pending {
    /// When it is due next; counted from the first time, so that rounding never adds up.
    fn due(&self) -> Due {
        let every = self.repeat.unwrap_or(0.0);
        self.first.later(every * self.repetition as f64)
    }

    /// Its next repetition, where it has any.
    fn repeated(self) -> Option<Self> {
        self.repeat.map(|_| Self {
            repetition: self.repetition + 1,
            ..self
        })
    }

    /// Goes on with the first repetition that begins at `sample` or at the song's place `quarters`,
    /// or later. What is played once stays.
    fn skip_to(&mut self, sample: i64, quarters: Option<f64>) {
        let Some(every) = self.repeat else {
            return;
        };
        let passed = match self.begun {
            Due::Sample(begun) => (sample - begun) as f64,
            Due::Song(begun) => quarters.map_or(0.0, |here| here - begun),
        };
        // A hair early counts as on time: places in the song are fractions.
        self.repetition = (passed / every - 1e-9).ceil().max(0.0) as u64;
    }
}

/// Keeps what is pending and turns it into sample positions as the stream goes on. Lives on the
/// output thread, one for each line.
pub struct Player {
    rate: f64,
    /// Position of the newest message that came by.
    now: i64,
    transport: Stamped<Transport>,
    /// Where the transport last started, as sample position and place in the song.
    started: Option<(i64, Option<f64>)>,
    pending: Vec<Pending>,
    /// Keys that a sequence started and has not ended, one bit each, by channel.
    sounding: [u128; 16],
    /// Position of the latest message that was handed out ahead of its time: what ends a note must
    /// not overtake it.
    handed: i64,
    out: Vec<TimedMessage>,
}

impl Player {
    /// A player for a stream at `rate` Hz.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            now: 0,
            transport: Stamped::new(0, Transport::STOPPED),
            started: None,
            pending: Vec::new(),
            sounding: [0; 16],
            handed: 0,
            out: Vec::new(),
        }
    }

    /// Moves on to `position` and releases what is due soon.
    pub(super) fn advance(&mut self, position: i64) {
        self.now = self.now.max(position);
        let horizon = self.now + (HORIZON_S * self.rate) as i64;
        let mut due: Vec<(i64, Pending)> = Vec::new();
        let mut index = 0;
        while index < self.pending.len() {
            let at = self.sample_of(self.pending[index].due());
            if at.is_some_and(|at| at <= horizon) {
                let pending = self.pending.remove(index);
                due.push((at.unwrap_or(self.now), pending));
                self.pending.extend(pending.repeated());
            } else {
                index += 1;
            }
        }
        due.sort_by_key(|(at, p)| (*at, p.message.is_note_on()));
        for (at, pending) in due {
            self.track(&pending.message);
            self.handed = self.handed.max(at);
            self.out.push(TimedMessage {
                position: at,
                message: pending.message,
            });
        }
    }

    /// Takes note of a transport change: a stop or a jump ends what sounds.
    pub(super) fn set_transport(&mut self, position: i64, next: Transport) {
        let last = self.transport.body;
        if next.playing && !last.playing {
            self.started = Some((position, next.quarters));
            // What outlived the stop goes on where the song does.
            for pending in &mut self.pending {
                if let Due::Song(_) = pending.first {
                    pending.skip_to(position, next.quarters);
                }
            }
        }
        let expected = last.advanced(position - self.transport.position, self.rate);
        self.transport = Stamped::new(position, next);
        if expected.breaks_off(&next) {
            self.release(position);
            self.pending.retain(|p| match p.first {
                Due::Song(_) => !next.playing && !p.clear_on_stop,
                Due::Sample(_) => !p.clear_on_stop,
            });
        }
    }

    /// Forgets everything, without a word: the port has released what sounded.
    pub(super) fn reset(&mut self) {
        self.pending.clear();
        self.sounding = [0; 16];
        self.out.clear();
    }

    /// Position of the newest message that came by.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// Messages that are ready for the audio thread.
    pub(super) fn drain(&mut self) -> std::vec::Drain<'_, TimedMessage> {
        self.out.drain(..)
    }

    fn sample_of(&self, due: Due) -> Option<i64> {
        match due {
            Due::Sample(s) => Some(s),
            Due::Song(quarters) => {
                let t = &self.transport;
                let here = t.body.playing.then_some(t.body.quarters).flatten()?;
                let per_quarter = self.rate * 60.0 / t.body.tempo_or_default();
                Some(t.position + ((quarters - here) * per_quarter).round() as i64)
            }
        }
    }

    fn track(&mut self, message: &Message) {
        match *message {
            Message::NoteOn { channel, key, .. } => {
                self.sounding[usize::from(channel & 15)] |= 1 << (key & 127);
            }
            Message::NoteOff { channel, key, .. } => {
                self.sounding[usize::from(channel & 15)] &= !(1 << (key & 127));
            }
            _ => {}
        }
    }

    fn release(&mut self, position: i64) {
        let position = position.max(self.handed);
        for channel in 0..16u8 {
            let mut keys = std::mem::take(&mut self.sounding[usize::from(channel)]);
            while keys != 0 {
                let key = keys.trailing_zeros() as u8;
                keys &= keys - 1;
                let message = Message::note_off(channel, key, 0.5);
                self.out.push(TimedMessage { position, message });
            }
        }
    }

    fn play(&mut self, position: i64, sequence: &Sequence, policy: Policy) {
        if policy.release_first {
            self.release(position);
        }
        let rolling = self.transport.body.playing && self.transport.body.quarters.is_some();
        let song = rolling && sequence.unit == Unit::Quarters;
        let here = self
            .transport
            .body
            .advanced(position - self.transport.position, self.rate);
        let (sample_origin, song_origin) = match policy.reference {
            Reference::Now => (position, here.quarters.unwrap_or(0.0)),
            Reference::TransportStart => {
                let (sample, quarters) = self.started.unwrap_or((position, here.quarters));
                (sample, quarters.unwrap_or(0.0))
            }
            Reference::SongStart => {
                let elapsed = here.quarters.unwrap_or(0.0);
                let samples = elapsed * 60.0 / here.tempo_or_default() * self.rate;
                (position - samples as i64, 0.0)
            }
        };
        let per_unit = match sequence.unit {
            Unit::Samples => 1.0,
            Unit::Seconds => self.rate,
            Unit::Quarters => self.rate * 60.0 / here.tempo_or_default(),
        };
        let due = |at: f64| {
            if song {
                Due::Song(song_origin + at)
            } else {
                Due::Sample(sample_origin + (at * per_unit).round() as i64)
            }
        };
        match policy.overwrite {
            Overwrite::Keep => {}
            Overwrite::DropPending => self.drop_pending(i64::MIN, position),
            Overwrite::DropAfterStart => {
                let first = sequence
                    .events
                    .iter()
                    .map(|e| e.0)
                    .fold(f64::INFINITY, f64::min);
                if first.is_finite() {
                    let from = self.sample_of(due(first)).unwrap_or(position);
                    self.drop_pending(from, position);
                }
            }
        }
        let repeat = policy
            .repeat_every
            .filter(|every| every.is_finite() && every * per_unit >= 1.0)
            .map(|every| if song { every } else { every * per_unit });
        for (index, (at, message)) in sequence.events.iter().enumerate() {
            let clear_on_stop = policy.clear_on_stop;
            // At the same sample an end goes before a beginning, so a note lasts a sample at least.
            let begun = message.ends().and_then(|note| {
                let begins = |e: &&(f64, Message)| e.1.begins() == Some(note);
                sequence.events[..index].iter().rev().find(begins)
            });
            let first = begun.map_or(*at, |(on, _)| at.max(on + 1.0 / per_unit));
            let mut pending = Pending {
                first: due(first),
                repetition: 0,
                repeat,
                begun: due(begun.map_or(*at, |(on, _)| *on)),
                message: *message,
                clear_on_stop,
            };
            pending.skip_to(position, here.quarters);
            self.pending.push(pending);
        }
        self.advance(position);
    }

    /// Drops what is due at `from` or later. Notes that lose their end by it end at `from`, those
    /// that sound not before `now`.
    fn drop_pending(&mut self, from: i64, now: i64) {
        let all = std::mem::take(&mut self.pending);
        let stays = |p: &Pending| self.sample_of(p.due()).is_some_and(|at| at < from);
        let (mut kept, dropped): (Vec<_>, Vec<_>) = all.into_iter().partition(stays);
        for pending in dropped {
            let Some((channel, key)) = pending.message.ends() else {
                continue;
            };
            if self.sounding[usize::from(channel & 15)] & (1 << (key & 127)) != 0 {
                self.track(&pending.message);
                let position = now.max(from).max(self.handed);
                self.out.push(TimedMessage {
                    position,
                    message: pending.message,
                });
            } else if kept
                .iter()
                .any(|p| p.message.begins() == Some((channel, key)))
            {
                kept.push(Pending {
                    first: Due::Sample(from),
                    repetition: 0,
                    repeat: None,
                    ..pending
                });
            }
        }
        self.pending = kept;
    }
}

/// Where the output stage puts what it has to say.
pub struct Outbox<'a, F> {
    /// Position of the message that is being answered.
    position: i64,
    player: &'a mut Player,
    feedback: &'a mut Vec<Stamped<F>>,
}

impl<'a, F> Outbox<'a, F> {
    pub(super) fn new(
        position: i64,
        player: &'a mut Player,
        feedback: &'a mut Vec<Stamped<F>>,
    ) -> Self {
        Self {
            position,
            player,
            feedback,
        }
    }

    /// Sends `message` so that it is due at sample `position` (plus the engine's constant delay).
    pub fn send(&mut self, position: i64, message: Message) {
        self.player.out.push(TimedMessage { position, message });
    }

    /// Plays `sequence` under `policy`.
    pub fn play(&mut self, sequence: &Sequence, policy: Policy) {
        self.player.play(self.position, sequence, policy);
    }

    /// Drops what is pending and releases what sequences left sounding.
    pub fn stop(&mut self) {
        self.player.pending.clear();
        self.player.release(self.position);
    }

    /// Tells the input stage something.
    pub fn feedback(&mut self, feedback: F) {
        self.feedback.push(Stamped::new(self.position, feedback));
    }

    /// The newest sample position that the line has come to; a slow answer's own position lies
    /// before it.
    pub fn now(&self) -> i64 {
        self.player.now
    }

    /// The host's transport as last seen.
    pub fn transport(&self) -> &Transport {
        &self.player.transport.body
    }
}

#[cfg(test)]
mod tests;
