//! The engine's messages in the framework's words, and back.

use crate::music::{Message, NoteExpression};
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
        Message::NoteExpression {
            channel,
            key,
            expression,
        } => {
            let voice_id = VoiceID::Wildcard;
            let (channel, key) = (Channel::Number(channel), Key::Number(key));
            match expression {
                NoteExpression::Tuning(tuning) => NoteEvent::PolyTuning {
                    timing,
                    voice_id,
                    channel,
                    key,
                    tuning,
                },
                NoteExpression::Volume(gain) => NoteEvent::PolyVolume {
                    timing,
                    voice_id,
                    channel,
                    key,
                    gain,
                },
                NoteExpression::Brightness(brightness) => NoteEvent::PolyBrightness {
                    timing,
                    voice_id,
                    channel,
                    key,
                    brightness,
                },
            }
        }
    }
}

/// What the host sent, if the engine has one word for it; a wildcard may need several, see
/// [`super::played`].
pub fn message<S>(event: &NoteEvent<S>) -> Option<Message> {
    let place = |channel: &Channel, key: &Key| match (channel, key) {
        (Channel::Number(channel), Key::Number(key)) => Some((*channel, *key)),
        _ => None,
    };
    Some(match event {
        NoteEvent::NoteOn {
            channel,
            key,
            velocity,
            ..
        } => {
            let (channel, key) = place(channel, key)?;
            Message::note_on(channel, key, *velocity)
        }
        NoteEvent::NoteOff {
            channel,
            key,
            velocity,
            ..
        } => {
            let (channel, key) = place(channel, key)?;
            Message::note_off(channel, key, *velocity)
        }
        NoteEvent::MidiCC {
            channel, cc, value, ..
        } => Message::control_change(*channel, *cc, *value),
        NoteEvent::MidiPitchBend { channel, value, .. } => {
            Message::pitch_bend(*channel, 2.0 * value - 1.0)
        }
        NoteEvent::MidiChannelPressure {
            channel, pressure, ..
        } => Message::channel_pressure(*channel, *pressure),
        NoteEvent::MidiProgramChange {
            channel, program, ..
        } => Message::program_change(*channel, *program),
        _ => {
            let (channel, key, expression) = note_expression(event)?;
            let (channel, key) = place(channel, key)?;
            Message::note_expression(channel, key, expression)
        }
    })
}

/// The note expression that `event` is, if it is one that the engine has a word for.
fn note_expression<S>(event: &NoteEvent<S>) -> Option<(&Channel, &Key, NoteExpression)> {
    Some(match event {
        NoteEvent::PolyTuning {
            channel,
            key,
            tuning,
            ..
        } => (channel, key, NoteExpression::Tuning(*tuning)),
        NoteEvent::PolyVolume {
            channel, key, gain, ..
        } => (channel, key, NoteExpression::Volume(*gain)),
        NoteEvent::PolyBrightness {
            channel,
            key,
            brightness,
            ..
        } => (channel, key, NoteExpression::Brightness(*brightness)),
        _ => return None,
    })
}
