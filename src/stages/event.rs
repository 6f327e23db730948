//! What a host tells the stages. Every message carries its sample position.

use crate::music::Message;

/// A message and the place in the stream where it belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stamped<T> {
    /// Samples at the host's rate since activation. Never goes back, whatever the transport does.
    pub position: i64,
    /// The message.
    pub body: T,
}

impl<T> Stamped<T> {
    /// `body` at `position` samples since activation.
    pub fn new(position: i64, body: T) -> Self {
        Self { position, body }
    }
}

/// One message from the audio thread to the first stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Signal<F> {
    /// What the front end made of a stretch of audio; stamped with the last sample it needed.
    Frame(F),
    /// Something that happened in the host.
    Event(HostEvent),
}

/// Something that happened in the host. It travels the whole line in order, so that each stage
/// sees it at the place in the stream where it happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HostEvent {
    /// The transport is not where the last snapshot said it would be: it started, stopped,
    /// jumped or looped, or tempo or meter changed.
    Transport(Transport),
    /// A MIDI message came in.
    Midi(Message),
    /// A parameter has a new value (plain, not normalised).
    Parameter {
        /// Which one; the plugin and its stages agree on the numbers.
        index: u32,
        /// The new plain value.
        value: f32,
    },
    /// This many audio frames were dropped here because the ring was full.
    Gap(u32),
    /// Regular clock, every 10 ms of samples whatever the block size; for stages without audio.
    Tick,
    /// Forget everything that was heard; what sounds has been released by the port already.
    Reset {
        /// Events of earlier epochs that are still under way are dropped by the port.
        epoch: u32,
    },
}

/// The host's transport at one sample position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Whether the host's transport rolls.
    pub playing: bool,
    /// Quarter notes a minute; `None` where the host does not say.
    pub tempo: Option<f64>,
    /// Beats in a bar; `None` where the host does not say.
    pub numerator: Option<u8>,
    /// The beat's note value (4 = quarter); `None` where the host does not say.
    pub denominator: Option<u8>,
    /// Place in the song, in quarter notes.
    pub quarters: Option<f64>,
    /// Where the current bar began, in quarter notes.
    pub bar_start: Option<f64>,
    /// The current bar's number, counted from 0.
    pub bar: Option<i32>,
    /// Loop range in quarter notes, where one is on.
    pub loop_range: Option<(f64, f64)>,
}

impl Transport {
    /// Tempo assumed where the host gives none, in quarter notes a minute.
    pub const DEFAULT_TEMPO: f64 = 120.0;

    /// A transport that stands still and knows nothing.
    pub const STOPPED: Self = Self {
        playing: false,
        tempo: None,
        numerator: None,
        denominator: None,
        quarters: None,
        bar_start: None,
        bar: None,
        loop_range: None,
    };

    /// Quarter notes a minute, [`Self::DEFAULT_TEMPO`] where the host says nothing usable.
    pub fn tempo_or_default(&self) -> f64 {
        match self.tempo {
            Some(t) if t.is_finite() && (1.0..=1000.0).contains(&t) => t,
            _ => Self::DEFAULT_TEMPO,
        }
    }

    /// This snapshot moved on by `samples` at `rate` Hz, as if nothing else happened.
    pub fn advanced(&self, samples: i64, rate: f64) -> Self {
        let mut next = *self;
        if self.playing
            && let Some(quarters) = self.quarters
        {
            next.quarters = Some(quarters + samples as f64 / rate * self.tempo_or_default() / 60.0);
        }
        next
    }

    /// Whether `now` is at another place in the song than this snapshot, by more than a
    /// millisecond. Says nothing while the tempo changes or is none that can be counted with.
    pub fn is_elsewhere(&self, now: &Self) -> bool {
        if now.tempo != self.tempo || now.tempo != Some(now.tempo_or_default()) {
            return false;
        }
        match (self.quarters, now.quarters) {
            (Some(expected), Some(found)) => {
                (expected - found).abs() > 0.001 * now.tempo_or_default() / 60.0
            }
            (None, None) => false,
            _ => true,
        }
    }

    /// Whether what sounds at this snapshot, moved on to now, has to end because the host is at
    /// `now`: it stopped or jumped.
    pub fn breaks_off(&self, now: &Self) -> bool {
        self.playing && (!now.playing || self.is_elsewhere(now))
    }

    /// Whether `now` is something other than this snapshot having moved on: play or stop, a jump,
    /// another tempo, meter or loop.
    pub fn differs_from(&self, now: &Self) -> bool {
        self.is_elsewhere(now)
            || self.playing != now.playing
            || self.tempo != now.tempo
            || self.numerator != now.numerator
            || self.denominator != now.denominator
            || self.loop_range != now.loop_range
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rolling_transport_is_no_news_and_a_jump_is() {
        let start = Transport {
            playing: true,
            tempo: Some(90.0),
            quarters: Some(4.0),
            ..Transport::STOPPED
        };
        let later = start.advanced(48_000, 48_000.0);
        assert_eq!(later.quarters, Some(5.5));
        assert!(!later.differs_from(&later));
        let jumped = Transport {
            quarters: Some(0.0),
            ..later
        };
        assert!(later.differs_from(&jumped));
        assert!(later.differs_from(&Transport {
            playing: false,
            ..later
        }));
        let slower = Transport {
            tempo: Some(60.0),
            ..jumped
        };
        assert!(!later.is_elsewhere(&slower), "a tempo change is no jump");
        assert!(later.differs_from(&slower));
    }

    #[test]
    fn a_mad_tempo_is_replaced() {
        for tempo in [f64::NAN, f64::INFINITY, 0.0, -3.0] {
            let t = Transport {
                tempo: Some(tempo),
                ..Transport::STOPPED
            };
            assert_eq!(t.tempo_or_default(), Transport::DEFAULT_TEMPO);
        }
    }
}
