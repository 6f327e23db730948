//! One note, from its source to the buses.

use super::buses::Buses;
use super::channel::Controls;
use super::drive::drive;
use super::envelope::Envelope;
use super::filter::{Body, Filter};
use super::generator::{Generator, Stroke};
use super::noise::Noise;
use super::oscillator::sine;
use super::patch::Patch;
use super::ramp::Ramp;
use super::standing::{NoteName, State};
use super::string::line_length;
use super::{Clock, silence};
use crate::music::NoteExpression;
use crate::music::pitch;
use std::f32::consts::FRAC_PI_4;

/// Seconds of a fade that is not heard as a click.
const FADE_S: f32 = 0.006;
/// Share of a new bend that a tick takes up.
const GLIDE: f32 = 0.3;
/// Seconds before a held note begins to vibrate, and until it does so fully.
const VIBRATO_S: [f32; 2] = [0.35, 0.5];
/// How often it vibrates, in Hz.
const VIBRATO_HZ: f32 = 5.3;
/// Semitones that the modulation wheel adds.
const WHEEL: f32 = 0.5;
/// Octaves by which full brightness opens the lowpass.
const BRIGHTNESS: f32 = 2.2;
/// A note that decays by itself is over when it stays fainter than this (−96 dB) …
const FAINT: f32 = 1.6e-5;
/// … for so many seconds.
const FAINT_S: f32 = 0.08;
/// Bounds of the pitch in semitones.
const PITCHES: std::ops::RangeInclusive<f32> = -24.0..=150.0;

/// A note that sounds, or room for one.
pub struct Voice {
    pub state: State,
    pub name: NoteName,
    clock: Clock,
    patch: &'static Patch,
    generator: Generator,
    line: Box<[f32]>,
    noise: Noise,
    breath: f32,
    envelope: Envelope,
    filter: Filter,
    /// Moves the lowpass; a value a tick.
    filter_envelope: Envelope,
    body: Body,
    /// Gains to the left, the right, the chorus and the reverb.
    gains: [Ramp; 4],
    /// Gain of the velocity and the patch.
    loudness: f32,
    pan: f32,
    /// Semitones from the key, asked for by note and reached.
    tuning: f32,
    pitch: f32,
    hertz: f32,
    volume: f32,
    brightness: f32,
    /// The singer bends this note: it needs no vibrato of ours.
    bent: bool,
    vibrato: f32,
    ticks: u32,
    /// The last sample to the left and the right: what is missing if the voice stops at once.
    pub last: [f32; 2],
    /// Loudest sample since the last tick, and a recent one.
    peak: f32,
    recent: f32,
    /// Ticks since it was last audible.
    faint: u32,
}

impl Voice {
    /// Room for a note.
    pub fn new(clock: Clock) -> Self {
        Self {
            state: State::Free,
            name: NoteName {
                channel: 0,
                key: 0,
                number: 0,
                velocity: 0.0,
            },
            clock,
            patch: &Patch::PLAIN,
            generator: Generator::None,
            line: silence(line_length(clock.rate)),
            noise: Noise::new(0),
            breath: 0.0,
            envelope: Envelope::over(),
            filter: Filter::default(),
            filter_envelope: Envelope::over(),
            body: Body::new(&Patch::PLAIN.body, clock.rate),
            gains: [Ramp::at(0.0); 4],
            loudness: 0.0,
            pan: 0.0,
            tuning: 0.0,
            pitch: 60.0,
            hertz: 262.0,
            volume: 1.0,
            brightness: 0.0,
            bent: false,
            vibrato: 0.0,
            ticks: 0,
            last: [0.0; 2],
            peak: 0.0,
            recent: 0.0,
            faint: 0,
        }
    }

    /// Begins a note.
    pub fn begin(&mut self, patch: &'static Patch, name: NoteName, controls: &Controls) {
        let rate = self.clock.rate;
        self.state = State::Held;
        self.name = name;
        self.patch = patch;
        self.noise = Noise::new(name.number);
        self.envelope = Envelope::new(&patch.envelope, rate);
        self.filter_envelope = Envelope::new(&patch.filter.envelope, self.clock.ticks());
        self.filter = Filter::default();
        self.body = Body::new(&patch.body, rate);
        self.tuning = 0.0;
        self.volume = 1.0;
        self.brightness = 0.0;
        self.bent = controls.bend != 0.0;
        self.vibrato = 0.0;
        self.ticks = 0;
        self.faint = 0;
        self.peak = 0.0;
        let key = f32::from(name.key);
        let velocity = name.velocity.max(0.02);
        self.loudness = patch.level * velocity.powf(patch.dynamics);
        self.recent = self.loudness;
        self.pan = patch.spread * (key - 64.0) / 32.0;
        self.breath = patch.breath;
        self.pitch = key + controls.bend;
        self.hertz = hertz(self.pitch);
        let stroke = Stroke {
            key: name.key,
            hertz: self.hertz,
            velocity,
            hardness: (velocity + 0.35 * controls.brightness).clamp(0.0, 1.0),
            rate,
        };
        let noise = &mut self.noise;
        self.generator = Generator::new(&patch.source, &stroke, &mut self.line, noise);
        if let Some(pan) = self.generator.pan() {
            self.pan = pan;
        }
        self.generator.tune(self.hertz, self.clock.rate);
        self.colour(controls);
        self.gains = self.targets(controls).map(Ramp::at);
    }

    /// The key is let go.
    pub fn release(&mut self) {
        if matches!(self.state, State::Held | State::Pedal) {
            self.state = State::Released;
            self.envelope.release();
            self.filter_envelope.release();
        }
    }

    /// Ends within milliseconds.
    pub fn fade(&mut self) {
        if self.state != State::Free {
            self.state = State::Fading;
            self.envelope.fade(FADE_S * self.clock.rate);
        }
    }

    /// Nothing is heard from now on.
    pub fn stop(&mut self) {
        self.state = State::Free;
        self.generator = Generator::None;
        self.envelope = Envelope::over();
        self.last = [0.0; 2];
    }

    /// Whether it takes one of the places of the polyphony.
    pub fn counts(&self) -> bool {
        !matches!(self.state, State::Free | State::Fading)
    }

    /// Whether its note has not ended.
    pub fn is_down(&self) -> bool {
        matches!(self.state, State::Held | State::Pedal)
    }

    /// Whether its note's end does not end its sound.
    pub fn is_one_shot(&self) -> bool {
        self.patch.one_shot
    }

    /// How little it would be missed: the lowest goes first.
    pub fn worth(&self) -> f32 {
        let share = match self.state {
            State::Free => 0.0,
            State::Fading => 0.01,
            State::Released => 0.3,
            State::Pedal => 0.7,
            State::Held => 1.0,
        };
        share * self.recent
    }

    /// Something changes within the note.
    pub fn express(&mut self, expression: NoteExpression) {
        match expression {
            NoteExpression::Tuning(semitones) => {
                self.tuning = semitones;
                self.bent = true;
            }
            NoteExpression::Volume(gain) => self.volume = gain,
            NoteExpression::Brightness(value) => self.brightness = 2.0 * value - 1.0,
        }
    }

    /// Takes up what changed since the last tick.
    pub fn tick(&mut self, controls: &Controls) {
        self.ticks = self.ticks.saturating_add(1);
        self.recent = self.peak.max(0.98 * self.recent);
        self.faint = if self.peak > FAINT {
            0
        } else {
            self.faint.saturating_add(1)
        };
        self.peak = 0.0;
        let seconds = self.ticks as f32 / self.clock.ticks();
        let lasts = matches!(self.state, State::Held | State::Pedal) && !self.patch.decays;
        let began = seconds > self.patch.envelope.attack + FAINT_S;
        if !lasts && began && self.faint as f32 > FAINT_S * self.clock.ticks() {
            self.stop();
            return;
        }
        self.bent |= controls.bend != 0.0;
        let key = f32::from(self.name.key);
        let wanted = key + controls.bend + self.tuning;
        let way = wanted - self.pitch;
        self.pitch = if way.abs() < 1e-3 {
            wanted
        } else {
            self.pitch + GLIDE * way
        };
        self.vibrato += VIBRATO_HZ / self.clock.ticks();
        if self.vibrato >= 1.0 {
            self.vibrato -= 1.0;
        }
        let swelled = ((seconds - VIBRATO_S[0]) / VIBRATO_S[1]).clamp(0.0, 1.0);
        let own = if self.bent { 0.0 } else { self.patch.vibrato };
        let depth = own * swelled + WHEEL * controls.wheel * (1.0 - f32::from(self.patch.one_shot));
        let hertz = hertz(self.pitch + depth * sine(self.vibrato));
        if hertz != self.hertz {
            self.hertz = hertz;
            self.generator.tune(self.hertz, self.clock.rate);
        }
        self.generator.mend();
        self.colour(controls);
        let targets = self.targets(controls);
        for (gain, target) in self.gains.iter_mut().zip(targets) {
            gain.aim(target, self.clock.tick);
        }
    }

    /// Sets the lowpass.
    fn colour(&mut self, controls: &Controls) {
        let shape = &self.patch.filter;
        let moved = self.filter_envelope.next();
        let brightness = (controls.brightness + self.brightness).clamp(-1.0, 1.0);
        let octaves = shape.velocity * (self.name.velocity - 0.7)
            + shape.sweep * moved
            + BRIGHTNESS * brightness;
        let corner = (shape.harmonics * self.hertz + shape.hertz) * octaves.exp2();
        self.filter.flush();
        self.filter.set(corner, shape.q, self.clock.rate);
    }

    fn targets(&self, controls: &Controls) -> [f32; 4] {
        let tremble = 1.0 - self.patch.tremolo * (0.5 + 0.5 * sine(self.vibrato));
        let gain = self.loudness * self.volume * controls.gain * tremble;
        let angle = (1.0 + (controls.pan + self.pan).clamp(-1.0, 1.0)) * FRAC_PI_4;
        [
            gain * angle.cos(),
            gain * angle.sin(),
            gain * self.patch.chorus,
            gain * self.patch.reverb,
        ]
    }

    /// Adds the next `count` samples to the buses.
    pub fn render(&mut self, buses: &mut Buses, count: usize) {
        let sound = &mut buses.scratch[..count];
        sound.fill(0.0);
        self.generator.render(&mut self.line, sound);
        if self.breath > 0.0 {
            self.noise.render(self.breath, sound);
        }
        if !self.patch.one_shot {
            for sample in &mut *sound {
                *sample = self.filter.low(*sample);
            }
        }
        if self.patch.drive > 0.0 {
            drive(self.patch.drive, sound);
        }
        self.body.render(sound);
        let [left, right, chorus, reverb] = &mut self.gains;
        for (n, sample) in sound.iter().enumerate() {
            let sample = sample * self.envelope.next();
            let (to_left, to_right) = (sample * left.next(), sample * right.next());
            buses.left[n] += to_left;
            buses.right[n] += to_right;
            buses.chorus[n] += sample * chorus.next();
            buses.reverb[n] += sample * reverb.next();
            self.peak = self.peak.max(to_left.abs()).max(to_right.abs());
            self.last = [to_left, to_right];
        }
        if self.envelope.is_over() {
            self.stop();
        }
    }
}

/// The frequency of a pitch in semitones, within what can be played.
fn hertz(semitones: f32) -> f32 {
    pitch::to_hz(f64::from(semitones.clamp(*PITCHES.start(), *PITCHES.end()))) as f32
}
