//! A small band in a box: plays [`Message`]s aloud, for auditioning a take and for singing without
//! a DAW.
//!
//! Its signal processing is our own because the audio thread must never allocate: `fundsp`, the
//! library considered, boxes every sound it starts, fills its wave tables when one is first heard,
//! and would bring 80 crates for what fits in this folder.
//!
//! A note is a [`voice::Voice`]: a source (oscillators, partials, a plucked string, FM or a drum),
//! a lowpass, a body and an envelope, as its [`patch::Patch`] says. Voices are mixed to four buses:
//! dry left and right, chorus and reverb; a limiter keeps the sum below full scale. What changes
//! slowly is computed every tick of about 0.7 ms, and ticks are counted in samples since the
//! beginning, so that the same messages give the same bytes whatever the host's block size.

mod buses;
mod channel;
mod chorus;
mod drive;
mod drums;
mod envelope;
mod filter;
mod fm;
mod generator;
mod hit;
mod limiter;
mod noise;
mod oscillator;
mod partials;
mod patch;
mod patches;
mod programs;
mod ramp;
mod reverb;
mod standing;
mod string;
#[cfg(test)]
mod tests;
mod voice;
mod voices;

use self::buses::Buses;
use self::channel::Channels;
use self::chorus::Chorus;
use self::limiter::Limiter;
use self::ramp::Ramp;
use self::reverb::Reverb;
use self::voices::Voices;
use crate::music::Message;

/// Sample rates that are played at, in Hz; others count as the nearest.
const RATES: std::ops::RangeInclusive<f64> = 1_000.0..=768_000.0;
/// Ticks in a second, as near as whole samples allow.
const TICKS_HZ: f64 = 1_500.0;
/// Highest gain of [`Synth::set_level`].
const HIGHEST_LEVEL: f32 = 4.0;
/// Effects fainter than this (−100 dB) count as silent.
const INAUDIBLE: f32 = 1e-5;
/// Seconds that effects must be inaudible before they stop: longer than the reverb's longest line.
const TAIL_S: f32 = 0.1;

/// What time means to those who are called every tick.
#[derive(Clone, Copy, Debug)]
struct Clock {
    /// Samples in a second.
    rate: f32,
    /// Samples in a tick.
    tick: usize,
}

impl Clock {
    fn new(rate: f64) -> Self {
        let rate = if rate.is_nan() {
            48_000.0
        } else {
            rate.clamp(*RATES.start(), *RATES.end())
        };
        Self {
            rate: rate as f32,
            tick: (rate / TICKS_HZ).round().max(1.0) as usize,
        }
    }

    /// Ticks in a second.
    fn ticks(self) -> f32 {
        self.rate / self.tick as f32
    }
}

/// Silence of so many samples.
#[expect(clippy::disallowed_macros, reason = "set-up, not the callback")]
fn silence(samples: usize) -> Box<[f32]> {
    vec![0.0; samples].into_boxed_slice()
}

/// Plays messages. All memory is set up by [`Synth::new`].
pub struct Synth {
    clock: Clock,
    /// Samples before the next tick.
    to_tick: usize,
    channels: Channels,
    voices: Voices,
    buses: Buses,
    chorus: Chorus,
    reverb: Reverb,
    limiter: Limiter,
    /// Gain that was asked for, and on its way there.
    level: f32,
    gain: Ramp,
    /// Ticks since the effects were last heard.
    quiet: u32,
    /// Nothing sounds, and nothing will before the next note.
    asleep: bool,
}

impl Synth {
    /// A synthesiser for audio at `rate` Hz, 1 kHz – 768 kHz, with every channel at rest.
    pub fn new(rate: f64) -> Self {
        let clock = Clock::new(rate);
        Self {
            clock,
            to_tick: 0,
            channels: Channels::default(),
            voices: Voices::new(clock),
            buses: Buses::new(clock.tick),
            chorus: Chorus::new(clock),
            reverb: Reverb::new(clock),
            limiter: Limiter::new(clock),
            level: 1.0,
            gain: Ramp::at(1.0),
            quiet: 0,
            asleep: true,
        }
    }

    /// Silence at once, and every channel at rest; the level stays.
    pub fn reset(&mut self) {
        self.to_tick = 0;
        self.channels = Channels::default();
        self.voices.reset();
        self.chorus.reset();
        self.reverb.reset();
        self.limiter.reset();
        self.gain = Ramp::at(self.level);
        self.quiet = 0;
        self.asleep = true;
    }

    /// The gain of everything, 0 – 4; 1 at the beginning. It is reached without a step. A value
    /// that is not a number changes nothing.
    pub fn set_level(&mut self, level: f32) {
        if !level.is_nan() {
            self.level = level.clamp(0.0, HIGHEST_LEVEL);
            if self.asleep {
                self.gain = Ramp::at(self.level);
            }
        }
    }

    /// Whether nothing sounds, reverb included: until the next note, processing adds nothing.
    pub fn is_silent(&self) -> bool {
        self.asleep
    }

    /// Takes a message, due at the first sample of the next block.
    pub fn message(&mut self, message: Message) {
        match sane(message) {
            Message::NoteOn {
                channel,
                key,
                velocity,
            } => {
                if self.voices.begin(&self.channels, channel, key, velocity) {
                    self.asleep = false;
                    self.quiet = 0;
                }
            }
            Message::NoteOff { channel, key, .. } => {
                self.voices
                    .end(channel, key, self.channels.is_held(channel));
            }
            Message::ControlChange {
                channel,
                controller,
                value,
            } => match controller {
                120 => self.voices.cut(channel),
                123..=127 => self.voices.end_all(channel, self.channels.is_held(channel)),
                _ => {
                    self.channels.control(channel, controller, value);
                    self.voices.let_go(&self.channels);
                }
            },
            Message::PitchBend { channel, value } => self.channels.bend(channel, value),
            Message::ChannelPressure { channel, value } => self.channels.press(channel, value),
            Message::ProgramChange { channel, program } => self.channels.choose(channel, program),
            Message::NoteExpression {
                channel,
                key,
                expression,
            } => self.voices.express(channel, key, expression),
        }
    }

    /// Adds the next samples to `left` and `right`; of slices of two lengths, the shorter counts.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let samples = left.len().min(right.len());
        let mut at = 0;
        while at < samples {
            let count = self.advance(samples - at);
            if !self.asleep {
                for (out, bus) in [(&mut *left, &self.buses.left), (right, &self.buses.right)] {
                    for (out, sound) in out[at..at + count].iter_mut().zip(bus) {
                        *out += sound;
                    }
                }
            }
            at += count;
        }
    }

    /// Adds the next samples to `out`, both sides as one.
    pub fn process_mono(&mut self, out: &mut [f32]) {
        let mut at = 0;
        while at < out.len() {
            let count = self.advance(out.len() - at);
            if !self.asleep {
                let sides = self.buses.left.iter().zip(&self.buses.right);
                for (out, (left, right)) in out[at..at + count].iter_mut().zip(sides) {
                    *out += 0.5 * (left + right);
                }
            }
            at += count;
        }
    }

    /// Renders to the buses what lies before the next tick, at most `samples`; gives how many.
    fn advance(&mut self, samples: usize) -> usize {
        if self.to_tick == 0 {
            self.tick();
            self.to_tick = self.clock.tick;
        }
        let count = samples.min(self.to_tick);
        self.to_tick -= count;
        if !self.asleep {
            self.buses.clear(count);
            self.voices.render(&mut self.buses, count);
            self.chorus.render(&mut self.buses, count);
            self.reverb.render(&mut self.buses, count);
            let Buses { left, right, .. } = &mut self.buses;
            let sound =
                self.limiter
                    .render(&mut left[..count], &mut right[..count], &mut self.gain);
            if !sound {
                // Never seen; whatever became no number is dropped rather than played for ever.
                self.reset();
            }
        }
        count
    }

    /// Takes up what changed since the last tick.
    fn tick(&mut self) {
        self.gain.aim(self.level, self.clock.tick);
        if self.asleep {
            return;
        }
        let sounding = self.voices.tick(&self.channels);
        let tail = self.chorus.tick().max(self.reverb.tick());
        self.quiet = if sounding || tail > INAUDIBLE {
            0
        } else {
            self.quiet.saturating_add(1)
        };
        if self.quiet as f32 > TAIL_S * self.clock.ticks() {
            self.asleep = true;
            self.limiter.reset();
        }
    }
}

/// The message with every value in its range, however it was built.
fn sane(message: Message) -> Message {
    match message {
        Message::NoteOn {
            channel,
            key,
            velocity,
        } => Message::note_on(channel, key, velocity),
        Message::NoteOff {
            channel,
            key,
            velocity,
        } => Message::note_off(channel, key, velocity),
        Message::ControlChange {
            channel,
            controller,
            value,
        } => Message::control_change(channel, controller, value),
        Message::PitchBend { channel, value } => Message::pitch_bend(channel, value),
        Message::ChannelPressure { channel, value } => Message::channel_pressure(channel, value),
        Message::ProgramChange { channel, program } => Message::program_change(channel, program),
        Message::NoteExpression {
            channel,
            key,
            expression,
        } => Message::note_expression(channel, key, expression),
    }
}
