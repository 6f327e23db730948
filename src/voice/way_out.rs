//! The way out of the output stage: through the mixer to the host, and to whoever watches.

use super::band::mixer::{Leave, Mixer};
use super::generative::Ask;
use super::report::Report;
use super::watch::Teller;
use crate::music::{Message, Track};
use crate::stages::Outbox;

/// Lends the mixer and the outbox to what plays.
pub struct WayOut<'a, 'o> {
    mixer: &'a mut Mixer,
    teller: &'a mut Teller,
    /// The host's rate in Hz.
    rate: f64,
    out: &'a mut Outbox<'o, Ask>,
}

impl<'a, 'o> WayOut<'a, 'o> {
    pub fn new(
        mixer: &'a mut Mixer,
        teller: &'a mut Teller,
        rate: f64,
        out: &'a mut Outbox<'o, Ask>,
    ) -> Self {
        Self {
            mixer,
            teller,
            rate,
            out,
        }
    }

    /// Does something with the mixer, and sends what it lets out.
    pub fn with<T>(&mut self, act: impl FnOnce(&mut Mixer, &mut Leave<'_>) -> T) -> T {
        let (teller, rate, out) = (&mut *self.teller, self.rate, &mut *self.out);
        act(self.mixer, &mut |at, track, message| {
            let velocity = match message {
                Message::NoteOn { velocity, .. } => velocity,
                _ => 0.0,
            };
            if let Some((_, key)) = message.begins().or(message.ends()) {
                teller.tell(Report::Sent {
                    track,
                    at_s: at as f64 / rate,
                    key,
                    velocity,
                });
            }
            out.send(at, message);
        })
    }

    /// Sends what `track` plays at sample `position`.
    pub fn send(&mut self, position: i64, track: Track, message: Message) {
        self.with(|mixer, leave| mixer.send(position, track, message, leave));
    }

    /// Sends what the melody plays at sample `position`.
    pub fn melody(&mut self, position: i64) -> impl FnMut(Message) {
        move |message| self.send(position, Track::Melody, message)
    }
}
