//! The notes that the host holds: what a note-off that names no key or no channel can mean.

use super::midi;
use crate::music::Message;
use nih_plug::midi::{Channel, Key, VoiceID};
use nih_plug::prelude::NoteEvent;

/// The voice of each key that sounds, by channel; fixed memory, for the audio thread.
pub struct PlayedNotes(Box<[[Option<VoiceID>; 128]; 16]>);

impl Default for PlayedNotes {
    fn default() -> Self {
        Self(Box::new([[None; 128]; 16]))
    }
}

impl PlayedNotes {
    /// Gives `tell` what the host sent, in the engine's words: mostly one message, none for what
    /// the engine has no word for, and a note-off for each note that a wildcard matches.
    pub fn hear<S>(&mut self, event: &NoteEvent<S>, mut tell: impl FnMut(Message)) {
        match *event {
            NoteEvent::NoteOff {
                voice_id,
                channel,
                key,
                velocity,
                ..
            } => self.end(voice_id, channel, key, velocity, tell),
            // A note that is cut off ends as well.
            NoteEvent::Choke {
                voice_id,
                channel,
                key,
                ..
            } => self.end(voice_id, channel, key, 0.0, tell),
            _ => {
                let Some(message) = midi::message(event) else {
                    return;
                };
                if let NoteEvent::NoteOn { voice_id, .. } = *event
                    && let Some((channel, key)) = message.begins()
                {
                    self.0[usize::from(channel)][usize::from(key)] = Some(voice_id);
                }
                tell(message);
            }
        }
    }

    /// Forgets what is held.
    pub fn clear(&mut self) {
        self.0.as_flattened_mut().fill(None);
    }

    fn end(
        &mut self,
        voice: VoiceID,
        channel: Channel,
        key: Key,
        velocity: f32,
        mut tell: impl FnMut(Message),
    ) {
        if let (Channel::Number(channel), Key::Number(key)) = (channel, key) {
            // Told even where nothing is known to sound: it may have begun before activation.
            let message = Message::note_off(channel, key, velocity);
            if let Some((channel, key)) = message.ends() {
                self.0[usize::from(channel)][usize::from(key)] = None;
            }
            tell(message);
            return;
        }
        for (channel_number, keys) in (0u8..).zip(self.0.iter_mut()) {
            for (key_number, sounding) in (0u8..).zip(keys) {
                let matches = sounding.is_some_and(|sounds| {
                    (voice.is_wildcard() || sounds.is_wildcard() || voice == sounds)
                        && (channel.is_wildcard() || channel == Channel::Number(channel_number))
                        && (key.is_wildcard() || key == Key::Number(key_number))
                });
                if matches {
                    *sounding = None;
                    tell(Message::note_off(channel_number, key_number, velocity));
                }
            }
        }
    }
}
