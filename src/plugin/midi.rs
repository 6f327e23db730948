//! The engine's messages in the framework's words.

use crate::music::Message;
use nih_plug::midi::{Channel, Key, VoiceID};
use nih_plug::prelude::NoteEvent;

/// `message` at `timing` samples into the block. Channels and keys are numbers, never wildcards,
/// which would go out as −1.
pub fn note_event(timing: u32, message: Message) -> NoteEvent<()> {
    match message {
        Message::NoteOn {
            channel,
            key,
            velocity,
        } => NoteEvent::NoteOn {
            timing,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(channel),
            key: Key::Number(key),
            velocity,
        },
        Message::NoteOff {
            channel,
            key,
            velocity,
        } => NoteEvent::NoteOff {
            timing,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(channel),
            key: Key::Number(key),
            velocity,
        },
        Message::ControlChange {
            channel,
            controller,
            value,
        } => NoteEvent::MidiCC {
            timing,
            channel,
            cc: controller,
            value,
        },
        Message::PitchBend { channel, value } => NoteEvent::MidiPitchBend {
            timing,
            channel,
            value: 0.5 + 0.5 * value,
        },
        Message::ChannelPressure { channel, value } => NoteEvent::MidiChannelPressure {
            timing,
            channel,
            pressure: value,
        },
        Message::ProgramChange { channel, program } => NoteEvent::MidiProgramChange {
            timing,
            channel,
            program,
        },
    }
}
