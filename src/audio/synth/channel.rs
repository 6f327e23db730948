//! What each MIDI channel was told: its program, controllers and bend.

use crate::music::midi::{DRUM_CHANNEL, LAST_CHANNEL};

/// Channels of MIDI.
const CHANNELS: usize = LAST_CHANNEL as usize + 1;
/// Widest bend range that can be set, in semitones.
const WIDEST_BEND: f32 = 96.0;
/// Semitones of a full bend until a channel is told otherwise.
const USUAL_BEND: f32 = 2.0;
/// Where each channel stands at first, −1 left – 1 right: the melody and the bass in the middle,
/// the others around them.
const PLACES: [f32; CHANNELS] = [
    0.0, -0.3, 0.0, 0.4, -0.45, 0.3, -0.2, 0.2, -0.5, 0.0, 0.5, -0.35, 0.35, -0.15, 0.15, 0.0,
];

/// One channel.
#[derive(Clone, Copy, Debug)]
struct Channel {
    /// The program, if one was chosen.
    program: Option<u8>,
    volume: f32,
    expression: f32,
    pan: f32,
    held: bool,
    brightness: f32,
    wheel: f32,
    pressure: f32,
    bend: f32,
    /// Whole semitones and cents of a full bend.
    bend_range: (f32, f32),
    /// The registered parameter that data entries set, high and low byte.
    parameter: (u8, u8),
}

impl Channel {
    const fn at_rest(pan: f32) -> Self {
        Self {
            program: None,
            volume: 100.0 / 127.0,
            expression: 1.0,
            pan,
            held: false,
            brightness: 0.5,
            wheel: 0.0,
            pressure: 0.0,
            bend: 0.0,
            bend_range: (USUAL_BEND, 0.0),
            parameter: (127, 127),
        }
    }

    fn semitones(&self) -> f32 {
        self.bend * (self.bend_range.0 + 0.01 * self.bend_range.1)
    }
}

/// What a channel asks of its notes at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Controls {
    /// Distance from the key in semitones.
    pub bend: f32,
    pub gain: f32,
    /// −1 left – 1 right.
    pub pan: f32,
    /// −1 dull – 1 bright.
    pub brightness: f32,
    /// How much vibrato was asked for, 0 – 1.
    pub wheel: f32,
}

/// What sound a channel's notes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// A General MIDI program.
    Program(u8),
    /// The drum kit.
    Kit,
}

/// All channels.
#[derive(Clone, Copy, Debug)]
pub struct Channels {
    all: [Channel; CHANNELS],
    /// Channels from 1 on whose notes also follow channel 0: an MPE zone's members.
    members: u8,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            all: PLACES.map(Channel::at_rest),
            members: 0,
        }
    }
}

impl Channels {
    fn get(&self, channel: u8) -> &Channel {
        &self.all[usize::from(channel.min(LAST_CHANNEL))]
    }

    fn get_mut(&mut self, channel: u8) -> &mut Channel {
        &mut self.all[usize::from(channel.min(LAST_CHANNEL))]
    }

    /// The channel that leads `channel`'s MPE zone, if it is a member of one.
    fn manager(&self, channel: u8) -> Option<&Channel> {
        (1..=self.members).contains(&channel).then(|| self.get(0))
    }

    /// The sound of a channel's notes. A member of a zone that was given no program of its own
    /// sounds like the zone.
    pub fn sound(&self, channel: u8) -> Sound {
        match (self.get(channel).program, self.manager(channel)) {
            (None, Some(manager)) => Sound::Program(manager.program.unwrap_or(0)),
            _ if channel == DRUM_CHANNEL => Sound::Kit,
            (program, _) => Sound::Program(program.unwrap_or(0)),
        }
    }

    /// Whether the sustain pedal is down.
    pub fn is_held(&self, channel: u8) -> bool {
        self.get(channel).held || self.manager(channel).is_some_and(|m| m.held)
    }

    /// What the channel asks of its notes.
    pub fn controls(&self, channel: u8) -> Controls {
        let own = self.get(channel);
        let manager = self.manager(channel);
        let loudness = manager.map_or(1.0, |m| m.volume * m.expression)
            * own.expression
            * if manager.is_some() && own.program.is_none() {
                1.0
            } else {
                own.volume
            };
        let bright = |c: &Channel| 2.0 * c.brightness - 1.0;
        Controls {
            bend: own.semitones() + manager.map_or(0.0, Channel::semitones),
            gain: loudness * loudness * (1.0 + 0.4 * own.pressure),
            pan: manager.map_or(own.pan, |m| m.pan),
            brightness: (bright(own) + manager.map_or(0.0, bright) + 0.3 * own.pressure)
                .clamp(-1.0, 1.0),
            wheel: own.wheel.max(manager.map_or(0.0, |m| m.wheel)),
        }
    }

    /// A program is chosen.
    pub fn choose(&mut self, channel: u8, program: u8) {
        self.get_mut(channel).program = Some(program);
    }

    /// The bend moves, −1 – 1.
    pub fn bend(&mut self, channel: u8, value: f32) {
        self.get_mut(channel).bend = value;
    }

    /// The pressure changes, 0 – 1.
    pub fn press(&mut self, channel: u8, value: f32) {
        self.get_mut(channel).pressure = value;
    }

    /// A controller moves, 0 – 1.
    pub fn control(&mut self, number: u8, controller: u8, value: f32) {
        let steps = (value * 127.0).round() as u8;
        let channel = self.get_mut(number);
        match controller {
            1 => channel.wheel = value,
            6 if channel.parameter == (0, 0) => {
                channel.bend_range = (f32::from(steps).min(WIDEST_BEND), 0.0);
            }
            6 if channel.parameter == (0, 6) && number == 0 => {
                self.members = steps.min(LAST_CHANNEL);
            }
            38 if channel.parameter == (0, 0) => {
                channel.bend_range.1 = f32::from(steps).min(99.0);
            }
            7 => channel.volume = value,
            10 => channel.pan = 2.0 * value - 1.0,
            11 => channel.expression = value,
            64 => channel.held = value >= 0.5,
            74 => channel.brightness = value,
            98 | 99 => channel.parameter = (127, 127),
            100 => channel.parameter.1 = steps,
            101 => channel.parameter.0 = steps,
            121 => {
                // What the standard says is reset, and no more.
                *channel = Channel {
                    program: channel.program,
                    volume: channel.volume,
                    bend_range: channel.bend_range,
                    ..Channel::at_rest(channel.pan)
                };
            }
            _ => {}
        }
    }
}
