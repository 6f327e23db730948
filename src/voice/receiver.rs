//! What the receiver of the notes has to be told before it understands their bends.

use super::performance::{Carrier, Performance};
use crate::music::{Message, Track};

/// Semitones of a full bend on an MPE note's channel, as the MPE specification has it.
const MPE_RANGE: f32 = 48.0;
/// Member channels of the lower zone, from 0: all but the manager.
const MEMBERS: std::ops::RangeInclusive<u8> = 1..=15;

/// Registered parameter numbers; both have their high byte 0.
mod rpn {
    /// Pitch bend sensitivity, in semitones.
    pub const BEND_RANGE: u8 = 0;
    /// MPE configuration: the zone's number of member channels.
    pub const MPE: u8 = 6;
    /// None: later data entries set nothing.
    pub const NULL: u8 = 127;
}

/// What the receiver was told, and the channels that it listens on.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Whether it must be told again before the next note.
    due: bool,
    /// Semitones of a full bend, as told.
    range: f32,
    /// Whether it was told of an MPE zone.
    zone: bool,
    /// The channel of the newest note in the zone.
    member: u8,
}

impl Default for Receiver {
    fn default() -> Self {
        Self {
            due: true,
            range: Performance::default().bend_range,
            zone: false,
            member: *MEMBERS.end(),
        }
    }
}

impl Receiver {
    /// It may have forgotten what it was told, or that no longer holds.
    pub fn forget(&mut self) {
        self.due = true;
    }

    /// Semitones of a full bend.
    pub fn range(&self) -> f32 {
        self.range
    }

    /// Tells what is due; to be called between notes.
    pub fn prepare(&mut self, performance: &Performance, send: &mut dyn FnMut(Message)) {
        if !std::mem::take(&mut self.due) {
            return;
        }
        let mpe = performance.carrier() == Carrier::Mpe;
        let manager = Track::Melody.channel();
        if mpe || self.zone {
            let members = if mpe { MEMBERS.count() as u8 } else { 0 };
            register(manager, rpn::MPE, members, send);
        }
        self.zone = mpe;
        if mpe {
            self.range = MPE_RANGE;
            for member in MEMBERS {
                register(member, rpn::BEND_RANGE, MPE_RANGE as u8, send);
            }
        } else {
            self.range = performance.bend_range;
            register(manager, rpn::BEND_RANGE, self.range as u8, send);
        }
    }

    /// The channel of the next note, from 0.
    pub fn next_channel(&mut self) -> u8 {
        if !self.zone {
            return Track::Melody.channel();
        }
        self.member = if self.member < *MEMBERS.end() {
            self.member + 1
        } else {
            *MEMBERS.start()
        };
        self.member
    }
}

/// Sets registered parameter `number` of `channel` to `value`, and closes it again.
fn register(channel: u8, number: u8, value: u8, send: &mut dyn FnMut(Message)) {
    for (controller, value) in [
        (101, 0),
        (100, number),
        (6, value),
        (38, 0),
        (101, rpn::NULL),
        (100, rpn::NULL),
    ] {
        let value = f32::from(value) / 127.0;
        send(Message::control_change(channel, controller, value));
    }
}
