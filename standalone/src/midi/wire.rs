//! Messages as bytes.

use vocalise::music::Message;

/// One message of up to three bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    bytes: [u8; 3],
    len: u8,
}

impl Wire {
    /// The bytes, as many as the message has.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// A message of `status` (without its channel) and its data.
    fn new<const N: usize>(status: u8, channel: u8, data: [u8; N]) -> Self {
        let mut bytes = [status | channel.min(15), 0, 0];
        for (to, from) in bytes[1..].iter_mut().zip(data) {
            *to = from.min(127);
        }
        Self {
            bytes,
            len: 1 + N as u8,
        }
    }

    /// "All sound off" on a channel counted from 0.
    pub fn silence(channel: u8) -> Self {
        Self::new(0xb0, channel, [120, 0])
    }

    /// "All notes off" on a channel counted from 0.
    pub fn release(channel: u8) -> Self {
        Self::new(0xb0, channel, [123, 0])
    }

    /// `message` for a MIDI cable; `None` for note expressions, which have no bytes.
    pub fn of(message: Message) -> Option<Self> {
        let seven = |value: f32| (value.clamp(0.0, 1.0) * 127.0).round() as u8;
        Some(match message {
            // Velocity 0 would be a note-off.
            Message::NoteOn {
                channel,
                key,
                velocity,
            } => Self::new(0x90, channel, [key, seven(velocity).max(1)]),
            Message::NoteOff {
                channel,
                key,
                velocity,
            } => Self::new(0x80, channel, [key, seven(velocity)]),
            Message::ControlChange {
                channel,
                controller,
                value,
            } => Self::new(0xb0, channel, [controller, seven(value)]),
            Message::PitchBend { channel, value } => {
                let bend = (8_192.0 + 8_192.0 * value.clamp(-1.0, 1.0))
                    .round()
                    .min(16_383.0) as u16;
                Self::new(0xe0, channel, [(bend & 127) as u8, (bend >> 7) as u8])
            }
            Message::ChannelPressure { channel, value } => Self::new(0xd0, channel, [seven(value)]),
            Message::ProgramChange { channel, program } => Self::new(0xc0, channel, [program]),
            Message::NoteExpression { .. } => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_its_own_length_and_bytes() {
        let bytes = |message| Wire::of(message).unwrap().bytes().to_vec();
        assert_eq!(bytes(Message::note_on(0, 60, 0.5)), [0x90, 60, 64]);
        assert_eq!(bytes(Message::note_on(2, 60, 0.0)), [0x92, 60, 1]);
        assert_eq!(bytes(Message::note_off(9, 36, 0.0)), [0x89, 36, 0]);
        assert_eq!(bytes(Message::control_change(0, 11, 1.0)), [0xb0, 11, 127]);
        assert_eq!(bytes(Message::pitch_bend(0, 0.0)), [0xe0, 0, 64]);
        assert_eq!(bytes(Message::pitch_bend(0, 1.0)), [0xe0, 127, 127]);
        assert_eq!(bytes(Message::pitch_bend(0, -1.0)), [0xe0, 0, 0]);
        assert_eq!(bytes(Message::channel_pressure(1, 1.0)), [0xd1, 127]);
        assert_eq!(bytes(Message::program_change(3, 40)), [0xc3, 40]);
    }
}
