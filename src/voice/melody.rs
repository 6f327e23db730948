//! The sung line as MIDI: notes, what holds them together and what happens within them.

use super::expression::{Expression, Heard};
use super::legato::{Legato, Lengths};
use super::parameter;
use super::performance::Performance;
use super::receiver::Receiver;
use crate::music::Message;

/// Makes MIDI of the decoder's notes. Everything stands at the position of the frame or the event
/// that brought it.
pub struct Melody {
    /// The host's rate in Hz.
    rate: f64,
    performance: Performance,
    receiver: Receiver,
    legato: Legato,
    expression: Expression,
}

impl Melody {
    /// A melody at `rate` Hz, of a voice whose pitches are heard `delay` frames later than its
    /// levels.
    pub fn new(rate: f64, delay: u32, performance: Performance) -> Self {
        Self {
            rate,
            performance,
            receiver: Receiver::default(),
            legato: Legato::default(),
            expression: Expression::new(delay as usize),
        }
    }

    /// How it is played.
    pub fn performance(&self) -> &Performance {
        &self.performance
    }

    /// Takes the newest frame in, before the notes that it brings.
    pub fn hear(&mut self, heard: Heard) {
        self.expression.hear(heard);
    }

    /// A note begins; its frame is `lag` frames behind the newest.
    pub fn note_on(
        &mut self,
        position: i64,
        (key, velocity): (u8, f32),
        lag: usize,
        send: &mut dyn FnMut(Message),
    ) {
        if let Some(end) = self.legato.release() {
            send(end);
        }
        self.receiver.prepare(&self.performance, send);
        let channel = self.receiver.next_channel();
        let range = self.receiver.range();
        let note = (channel, key);
        self.expression
            .begin(note, lag, range, &self.performance, send);
        self.legato.begin(position, channel, key);
        send(Message::note_on(channel, key, velocity));
        self.expression.begun(&self.performance, send);
    }

    /// The voice has left the note.
    pub fn note_off(&mut self, position: i64) {
        self.expression.end();
        self.legato.leave(position);
    }

    /// The newest frame, after the notes that it brought.
    pub fn frame(&mut self, position: i64, lag: usize, send: &mut dyn FnMut(Message)) {
        let range = self.receiver.range();
        self.expression.frame(lag, range, &self.performance, send);
        let samples = |ms: f32| (f64::from(ms) * self.rate / 1_000.0) as i64;
        let lengths = Lengths {
            gap: samples(self.performance.hold_gaps_ms),
            note: samples(self.performance.min_note_ms),
        };
        if let Some(end) = self.legato.advance(position, lengths) {
            send(end);
        }
    }

    /// Ends what sounds; the rest of it is not played.
    pub fn release(&mut self, send: &mut dyn FnMut(Message)) {
        self.expression.end();
        if let Some(end) = self.legato.release() {
            send(end);
        }
    }

    /// The receiver may have forgotten all; it is told anew, at once where nothing sounds.
    pub fn start(&mut self, send: &mut dyn FnMut(Message)) {
        self.expression.forget();
        self.receiver.forget();
        if !self.legato.sounds() {
            self.receiver.prepare(&self.performance, send);
        }
    }

    /// As at the beginning, without a word.
    pub fn reset(&mut self) {
        self.expression.end();
        self.expression.forget();
        self.receiver.forget();
        self.legato = Legato::default();
    }

    /// A parameter moves.
    pub fn set(&mut self, index: u32, value: f32, send: &mut dyn FnMut(Message)) {
        if index == parameter::BYPASS {
            self.release(send);
            self.expression.forget();
            self.receiver.forget();
            return;
        }
        let before = self.performance;
        self.performance.set(index, value);
        let now = self.performance;
        if now.carrier() != before.carrier() {
            self.release(send);
        }
        self.expression.settle(&now, send);
        if now.carrier() != before.carrier() || now.bend_range != before.bend_range {
            self.receiver.forget();
            if !self.legato.sounds() {
                self.receiver.prepare(&now, send);
            }
        }
    }
}

#[cfg(test)]
mod tests;
