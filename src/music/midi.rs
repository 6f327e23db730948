//! MIDI messages as the engine thinks of them: values as fractions, channels from 0.

/// The highest channel number, 0-based.
pub const LAST_CHANNEL: u8 = 15;
/// The channel that General MIDI gives to drums ("channel 10"), 0-based.
pub const DRUM_CHANNEL: u8 = 9;

/// One channel message. Build it with the functions of the same name, which clamp every value into
/// its range (NaN becomes the resting value), so that nothing downstream has to check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Message {
    /// A note begins.
    NoteOn {
        /// 0 – 15.
        channel: u8,
        /// MIDI key, 0 – 127; 60 is C4.
        key: u8,
        /// 0 – 1; never silent on the wire, where velocity 0 would mean note-off.
        velocity: f32,
    },
    /// A note ends.
    NoteOff {
        /// 0 – 15.
        channel: u8,
        /// MIDI key, 0 – 127.
        key: u8,
        /// How fast the key is let go, 0 – 1; 0 where nothing is known.
        velocity: f32,
    },
    /// A controller moves.
    ControlChange {
        /// 0 – 15.
        channel: u8,
        /// Controller number, 0 – 127.
        controller: u8,
        /// 0 – 1.
        value: f32,
    },
    /// All notes of the channel are bent.
    PitchBend {
        /// 0 – 15.
        channel: u8,
        /// −1 – 1 of whatever bend range the receiver is set to; 0 is no bend.
        value: f32,
    },
    /// Pressure on the whole channel.
    ChannelPressure {
        /// 0 – 15.
        channel: u8,
        /// 0 – 1.
        value: f32,
    },
    /// The channel's sound is chosen.
    ProgramChange {
        /// 0 – 15.
        channel: u8,
        /// General MIDI program, 0-based, 0 – 127.
        program: u8,
    },
    /// Something within one note, in the words of CLAP and VST3; MIDI files have none for it.
    NoteExpression {
        /// 0 – 15.
        channel: u8,
        /// MIDI key of the note, 0 – 127.
        key: u8,
        /// What, and how much.
        expression: NoteExpression,
    },
}

/// What changes within one note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoteExpression {
    /// Its distance from its key in semitones, −120 – 120.
    Tuning(f32),
    /// Its gain, 0 – 4; 1 is as loud as its velocity says.
    Volume(f32),
    /// Its colour, 0 – 1.
    Brightness(f32),
}

impl Message {
    /// A note-on; see [`Message::NoteOn`].
    pub fn note_on(channel: u8, key: u8, velocity: f32) -> Self {
        Self::NoteOn {
            channel: clamped_channel(channel),
            key: seven_bits(key),
            velocity: unit(velocity),
        }
    }

    /// A note-off; see [`Message::NoteOff`].
    pub fn note_off(channel: u8, key: u8, velocity: f32) -> Self {
        Self::NoteOff {
            channel: clamped_channel(channel),
            key: seven_bits(key),
            velocity: unit(velocity),
        }
    }

    /// A controller's move; see [`Message::ControlChange`].
    pub fn control_change(channel: u8, controller: u8, value: f32) -> Self {
        Self::ControlChange {
            channel: clamped_channel(channel),
            controller: seven_bits(controller),
            value: unit(value),
        }
    }

    /// A bend; see [`Message::PitchBend`].
    pub fn pitch_bend(channel: u8, value: f32) -> Self {
        let value = if value.is_nan() {
            0.0
        } else {
            value.clamp(-1.0, 1.0)
        };
        Self::PitchBend {
            channel: clamped_channel(channel),
            value,
        }
    }

    /// Pressure; see [`Message::ChannelPressure`].
    pub fn channel_pressure(channel: u8, value: f32) -> Self {
        Self::ChannelPressure {
            channel: clamped_channel(channel),
            value: unit(value),
        }
    }

    /// A choice of sound; see [`Message::ProgramChange`].
    pub fn program_change(channel: u8, program: u8) -> Self {
        Self::ProgramChange {
            channel: clamped_channel(channel),
            program: seven_bits(program),
        }
    }

    /// Something within a note; see [`Message::NoteExpression`].
    pub fn note_expression(channel: u8, key: u8, expression: NoteExpression) -> Self {
        let within = |value: f32, low: f32, high: f32, rest: f32| {
            if value.is_nan() {
                rest
            } else {
                value.clamp(low, high)
            }
        };
        let expression = match expression {
            NoteExpression::Tuning(v) => NoteExpression::Tuning(within(v, -120.0, 120.0, 0.0)),
            NoteExpression::Volume(v) => NoteExpression::Volume(within(v, 0.0, 4.0, 1.0)),
            NoteExpression::Brightness(v) => NoteExpression::Brightness(unit(v)),
        };
        Self::NoteExpression {
            channel: clamped_channel(channel),
            key: seven_bits(key),
            expression,
        }
    }

    /// Channel and key of the note that begins, if one does.
    pub const fn begins(self) -> Option<(u8, u8)> {
        match self {
            Self::NoteOn { channel, key, .. } => Some((channel, key)),
            _ => None,
        }
    }

    /// Channel and key of the note that ends, if one does.
    pub const fn ends(self) -> Option<(u8, u8)> {
        match self {
            Self::NoteOff { channel, key, .. } => Some((channel, key)),
            _ => None,
        }
    }

    /// Whether a note begins.
    pub const fn is_note_on(self) -> bool {
        matches!(self, Self::NoteOn { .. })
    }

    /// The same message to another channel.
    pub const fn on_channel(mut self, to: u8) -> Self {
        match &mut self {
            Self::NoteOn { channel, .. }
            | Self::NoteOff { channel, .. }
            | Self::ControlChange { channel, .. }
            | Self::PitchBend { channel, .. }
            | Self::ChannelPressure { channel, .. }
            | Self::ProgramChange { channel, .. }
            | Self::NoteExpression { channel, .. } => {
                *channel = if to > LAST_CHANNEL { LAST_CHANNEL } else { to };
            }
        }
        self
    }

    /// The channel the message goes to, 0 – 15.
    pub const fn channel(self) -> u8 {
        match self {
            Self::NoteOn { channel, .. }
            | Self::NoteOff { channel, .. }
            | Self::ControlChange { channel, .. }
            | Self::PitchBend { channel, .. }
            | Self::ChannelPressure { channel, .. }
            | Self::ProgramChange { channel, .. }
            | Self::NoteExpression { channel, .. } => channel,
        }
    }
}

fn clamped_channel(channel: u8) -> u8 {
    channel.min(LAST_CHANNEL)
}

fn seven_bits(value: u8) -> u8 {
    value.min(127)
}

fn unit(value: f32) -> f32 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 1.0)
    }
}

/// A message and when it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedMessage {
    /// Samples at the host's rate since processing began. Signed, because what is derived from a
    /// position (an onset reported late) may lie before it.
    pub position: i64,
    /// What happens then.
    pub message: Message,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constructors_clamp() {
        assert_eq!(
            Message::note_on(200, 255, 7.0),
            Message::NoteOn {
                channel: 15,
                key: 127,
                velocity: 1.0
            }
        );
        assert_eq!(
            Message::note_off(0, 0, f32::NAN),
            Message::NoteOff {
                channel: 0,
                key: 0,
                velocity: 0.0
            }
        );
        assert_eq!(
            Message::pitch_bend(3, f32::NEG_INFINITY),
            Message::PitchBend {
                channel: 3,
                value: -1.0
            }
        );
        assert_eq!(
            Message::pitch_bend(3, f32::NAN),
            Message::PitchBend {
                channel: 3,
                value: 0.0
            }
        );
        assert_eq!(Message::program_change(9, 200).channel(), 9);
    }
}
