//! What came back from a plugin.

use anyhow::{Result, bail, ensure};
use std::time::Duration;

/// Everything that one run brought.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// Sample rate of the run in Hz.
    pub rate: f64,
    /// MIDI in the order in which the plugin gave it.
    pub events: Vec<Event>,
    /// Planar audio, as long as input and tail.
    pub output: Vec<Vec<f32>>,
    /// Latency that the plugin reported at the end of the run, in samples.
    pub latency: u32,
    /// States saved by the script, with their positions in samples.
    pub states: Vec<(i64, Vec<u8>)>,
    /// States that the plugin refused: position in samples, and its words.
    pub refused: Vec<(i64, String)>,
    /// Lines that the plugin wrote to the host's log (CLAP only).
    pub log: Vec<String>,
    /// Blocks processed.
    pub blocks: usize,
    /// Time spent inside the plugin's process call.
    pub busy: Duration,
    /// The longest process call.
    pub slowest: Duration,
    /// Blocks whose process call took longer than the block lasts.
    pub late_blocks: usize,
}

/// One MIDI message.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, in samples from the start of the run.
    pub position: i64,
    /// What.
    pub message: Message,
}

/// A channel message in terms of MIDI 1.0, notes with the velocity's full resolution.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A key goes down.
    NoteOn {
        /// 0 to 15.
        channel: u8,
        /// MIDI key, 60 is middle C.
        key: u8,
        /// 0 to 1.
        velocity: f32,
    },
    /// A key comes up.
    NoteOff {
        /// 0 to 15.
        channel: u8,
        /// MIDI key, 60 is middle C.
        key: u8,
        /// 0 to 1.
        velocity: f32,
    },
    /// A controller moves.
    Control {
        /// 0 to 15.
        channel: u8,
        /// 0 to 127.
        controller: u8,
        /// 0 to 127.
        value: u8,
    },
    /// The pitch wheel moves.
    Bend {
        /// 0 to 15.
        channel: u8,
        /// 0 to 16383, 8192 is no bend.
        value: u16,
    },
    /// Another sound is chosen.
    Program {
        /// 0 to 15.
        channel: u8,
        /// 0 to 127.
        program: u8,
    },
    /// The whole keyboard is pressed harder.
    Pressure {
        /// 0 to 15.
        channel: u8,
        /// 0 to 127.
        value: u8,
    },
    /// One key is pressed harder.
    KeyPressure {
        /// 0 to 15.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// 0 to 127.
        value: u8,
    },
    /// Anything that MIDI 1.0 cannot say, or a note outside its range.
    Other(String),
}

impl Message {
    /// The message in three MIDI 1.0 bytes.
    pub(crate) fn from_midi(bytes: [u8; 3]) -> Self {
        let [status, first, second] = bytes;
        let channel = status & 0x0f;
        let velocity = f32::from(second) / 127.0;
        match status & 0xf0 {
            0x80 => Self::NoteOff {
                channel,
                key: first,
                velocity,
            },
            0x90 if second == 0 => Self::NoteOff {
                channel,
                key: first,
                velocity: 0.0,
            },
            0x90 => Self::NoteOn {
                channel,
                key: first,
                velocity,
            },
            0xa0 => Self::KeyPressure {
                channel,
                key: first,
                value: second,
            },
            0xb0 => Self::Control {
                channel,
                controller: first,
                value: second,
            },
            0xc0 => Self::Program {
                channel,
                program: first,
            },
            0xd0 => Self::Pressure {
                channel,
                value: first,
            },
            0xe0 => Self::Bend {
                channel,
                value: u16::from(first) | u16::from(second) << 7,
            },
            _ => Self::Other(format!("MIDI {bytes:02x?}")),
        }
    }
}

/// A note from its start to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Note-on, in samples.
    pub start: i64,
    /// Note-off, in samples; `None` if it never came.
    pub end: Option<i64>,
    /// 0 to 15.
    pub channel: u8,
    /// MIDI key, 60 is middle C.
    pub key: u8,
    /// 0 to 1.
    pub velocity: f32,
}

impl Heard {
    /// The notes in order of their starts.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        for event in &self.events {
            match event.message {
                Message::NoteOn {
                    channel,
                    key,
                    velocity,
                } => notes.push(Note {
                    start: event.position,
                    end: None,
                    channel,
                    key,
                    velocity,
                }),
                Message::NoteOff { channel, key, .. } => {
                    let held = notes.iter_mut().find(|note| {
                        note.end.is_none() && (note.channel, note.key) == (channel, key)
                    });
                    if let Some(note) = held {
                        note.end = Some(event.position);
                    }
                }
                _ => {}
            }
        }
        notes.sort_by_key(|note| (note.start, note.channel, note.key));
        notes
    }

    /// The notes that sound just before `position` samples: those whose
    /// note-off, if there is one, comes at it or later.
    pub fn sounding_at(&self, position: i64) -> Vec<Note> {
        let mut notes = self.notes();
        notes.retain(|note| note.start < position && note.end.is_none_or(|end| end >= position));
        notes
    }

    /// The notes that never end.
    pub fn hanging(&self) -> Vec<Note> {
        let mut notes = self.notes();
        notes.retain(|note| note.end.is_none());
        notes
    }

    /// Checks that the output is the input, delayed by the reported latency,
    /// bit by bit (not-a-number included), with silence where the input ends.
    pub fn check_pass_through(&self, input: &[Vec<f32>]) -> Result<()> {
        ensure!(
            self.output.len() == input.len(),
            "the plugin gave {} channels for {}",
            self.output.len(),
            input.len()
        );
        let delay = self.latency as usize;
        for (channel, (out, source)) in self.output.iter().zip(input).enumerate() {
            for (at, sample) in out.iter().enumerate() {
                let wanted = at
                    .checked_sub(delay)
                    .and_then(|at| source.get(at))
                    .copied()
                    .unwrap_or(0.0);
                if sample.to_bits() != wanted.to_bits() {
                    bail!(
                        "channel {channel} differs at sample {at}: {sample:e} ({:#010x}) for {wanted:e} ({:#010x})",
                        sample.to_bits(),
                        wanted.to_bits()
                    );
                }
            }
        }
        Ok(())
    }
}

/// The name of a MIDI key, middle C as C4.
pub fn key_name(key: u8) -> String {
    const NAMES: [&str; 12] = [
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
    ];
    format!(
        "{}{}",
        NAMES[usize::from(key) % 12],
        i32::from(key) / 12 - 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(events: Vec<(i64, bool, u8)>) -> Heard {
        let events = events
            .into_iter()
            .map(|(position, on, key)| {
                let (channel, velocity) = (0, 0.5);
                let message = if on {
                    Message::NoteOn {
                        channel,
                        key,
                        velocity,
                    }
                } else {
                    Message::NoteOff {
                        channel,
                        key,
                        velocity,
                    }
                };
                Event { position, message }
            })
            .collect();
        Heard {
            events,
            ..Heard::default()
        }
    }

    #[test]
    fn notes_are_paired_first_in_first_out_and_hanging_ones_are_found() {
        let heard = heard(vec![
            (0, true, 60),
            (5, true, 60),
            (9, false, 60),
            (12, true, 64),
        ]);
        let ends: Vec<_> = heard.notes().iter().map(|note| note.end).collect();
        assert_eq!(ends, [Some(9), None, None]);
        assert_eq!(heard.hanging().len(), 2);
        assert_eq!(heard.sounding_at(9).len(), 2);
    }

    #[test]
    fn pass_through_compares_bits_and_knows_the_latency() {
        let nan = f32::from_bits(0x7fc0_1234);
        let input = vec![vec![nan, 1.0, f32::MIN_POSITIVE / 2.0]];
        let mut heard = Heard {
            latency: 2,
            output: vec![vec![0.0, 0.0, nan, 1.0, f32::MIN_POSITIVE / 2.0, 0.0]],
            ..Heard::default()
        };
        heard.check_pass_through(&input).unwrap();
        heard.output[0][5] = -0.0;
        let said = heard.check_pass_through(&input).unwrap_err().to_string();
        assert!(said.contains("sample 5"), "{said}");
    }

    #[test]
    fn middle_c_is_c4() {
        assert_eq!(
            (key_name(60).as_str(), key_name(127).as_str()),
            ("C4", "G9")
        );
    }
}
