//! Standard MIDI files out: a track for each channel.

use crate::heard::{Heard, Message};
use anyhow::{Context, Result};
use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};
use std::path::Path;

/// Ticks in a quarter note.
const TICKS: u16 = 960;

/// What a channel carries by default, in the plugin that this host is made for.
pub fn channel_name(channel: u8) -> String {
    let track = match channel {
        0 => "Melody",
        1 => "Chords",
        2 => "Bass",
        3 => "Answer",
        4 => "Counter",
        9 => "Drums",
        other => return format!("Channel {}", other + 1),
    };
    track.to_owned()
}

/// Writes what was heard, in `tempo` quarter notes a minute.
pub fn write(path: &Path, heard: &Heard, tempo: f64) -> Result<()> {
    let names: Vec<String> = (0..16).map(channel_name).collect();
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS)));
    let mut smf = Smf::new(header);
    smf.tracks.push(vec![
        meta(
            0,
            MetaMessage::Tempo(u24::new((60e6 / tempo).round() as u32)),
        ),
        meta(0, MetaMessage::EndOfTrack),
    ]);
    for channel in 0..16 {
        let mut track = vec![meta(
            0,
            MetaMessage::TrackName(names[usize::from(channel)].as_bytes()),
        )];
        let mut last = 0;
        for event in &heard.events {
            let Some((_, message)) = midi(&event.message).filter(|&(of, _)| of == channel) else {
                continue;
            };
            let quarters = event.position as f64 / heard.rate * tempo / 60.0;
            let tick = ((quarters * f64::from(TICKS)).round() as u32).max(last);
            track.push(TrackEvent {
                delta: u28::new(tick - last),
                kind: TrackEventKind::Midi {
                    channel: u4::new(channel),
                    message,
                },
            });
            last = tick;
        }
        if track.len() > 1 {
            track.push(meta(0, MetaMessage::EndOfTrack));
            smf.tracks.push(track);
        }
    }
    smf.save(path)
        .with_context(|| format!("{} could not be written", path.display()))
}

fn meta(delta: u32, message: MetaMessage) -> TrackEvent {
    TrackEvent {
        delta: u28::new(delta),
        kind: TrackEventKind::Meta(message),
    }
}

/// The message and its channel; `None` for what MIDI 1.0 cannot say.
fn midi(message: &Message) -> Option<(u8, MidiMessage)> {
    let loudness = |velocity: f32| (velocity * 127.0).round().clamp(0.0, 127.0) as u8;
    Some(match *message {
        Message::NoteOn {
            channel,
            key,
            velocity,
        } => (
            channel,
            MidiMessage::NoteOn {
                key: u7::new(key),
                // A note-on of velocity 0 would be a note-off.
                vel: u7::new(loudness(velocity).max(1)),
            },
        ),
        Message::NoteOff {
            channel,
            key,
            velocity,
        } => (
            channel,
            MidiMessage::NoteOff {
                key: u7::new(key),
                vel: u7::new(loudness(velocity)),
            },
        ),
        Message::Control {
            channel,
            controller,
            value,
        } => (
            channel,
            MidiMessage::Controller {
                controller: u7::new(controller),
                value: u7::new(value),
            },
        ),
        Message::Bend { channel, value } => (
            channel,
            MidiMessage::PitchBend {
                bend: PitchBend::from_int((i32::from(value) - 8192) as i16),
            },
        ),
        Message::Program { channel, program } => (
            channel,
            MidiMessage::ProgramChange {
                program: u7::new(program),
            },
        ),
        Message::Pressure { channel, value } => (
            channel,
            MidiMessage::ChannelAftertouch {
                vel: u7::new(value),
            },
        ),
        Message::KeyPressure {
            channel,
            key,
            value,
        } => (
            channel,
            MidiMessage::Aftertouch {
                key: u7::new(key),
                vel: u7::new(value),
            },
        ),
        Message::Other(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heard::Event;

    #[test]
    fn each_channel_becomes_a_named_track_in_time() {
        let on = |channel| Message::NoteOn {
            channel,
            key: 60,
            velocity: 0.5,
        };
        let events = vec![
            Event {
                position: 0,
                message: on(0),
            },
            Event {
                position: 24_000,
                message: on(9),
            },
        ];
        let heard = Heard {
            rate: 48_000.0,
            events,
            ..Heard::default()
        };
        let path = std::env::temp_dir().join(format!("headless-{}.mid", std::process::id()));
        write(&path, &heard, 120.0).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let smf = Smf::parse(&bytes).unwrap();
        assert_eq!(smf.tracks.len(), 3);
        let drums = &smf.tracks[2];
        assert_eq!(
            drums[0].kind,
            TrackEventKind::Meta(MetaMessage::TrackName(b"Drums"))
        );
        assert_eq!(drums[1].delta.as_int(), 960);
    }
}
