//! Third stage of the voice line: the network's answers become notes, and notes become MIDI.

use super::note_decoder::{NoteDecoder, NoteEvent};
use super::report::Report;
use super::{FrameClock, PitchAnswer, Response, VoiceLine, parameter};
use crate::music::{Message, SungNote, Track};
use crate::stages::{HostEvent, Never, Outbox, PrepareOutput, Stamped};
use crossbeam_channel::Sender;

/// Decodes notes and sends them on the melody's channel.
pub struct VoiceOutput {
    clock: FrameClock,
    decoder: NoteDecoder,
    /// The note that is on, as far as it is known.
    current: Option<SungNote>,
    /// Number that the next frame has if none is missing.
    next_frame: u64,
    /// Never waited for: a watcher that does not keep up misses something.
    reports: Sender<Report>,
}

impl VoiceOutput {
    pub fn new(clock: FrameClock, reports: Sender<Report>) -> Self {
        let decoder = NoteDecoder::new(clock.setup.response);
        Self {
            clock,
            decoder,
            current: None,
            next_frame: 0,
            reports,
        }
    }

    fn tell(&self, report: Report) {
        let _ = self.reports.try_send(report);
    }

    fn note_on(&mut self, position: i64, note: SungNote, out: &mut Outbox<'_, Never>) {
        out.send(
            position,
            Message::note_on(channel(), note.key(), note.velocity),
        );
        self.tell(Report::NoteOn(note));
        self.current = Some(note);
    }

    fn note_off(&mut self, position: i64, frame: u64, out: &mut Outbox<'_, Never>) {
        if let Some(mut note) = self.current.take() {
            note.offset_s = self.clock.described_s(frame as f64).max(note.onset_s);
            out.send(position, Message::note_off(channel(), note.key(), 0.0));
            self.tell(Report::NoteOff(note));
        }
    }
}

/// The melody's channel, from 0.
fn channel() -> u8 {
    Track::Melody.channel()
}

impl PrepareOutput<VoiceLine> for VoiceOutput {
    fn event(&mut self, event: &Stamped<HostEvent>, out: &mut Outbox<'_, Never>) {
        match event.body {
            HostEvent::Parameter {
                index: parameter::RESPONSE,
                value,
            } => {
                if let Some(response) = Response::from_index(value.max(0.0) as usize) {
                    self.decoder.set_response(response);
                }
            }
            HostEvent::Gap(_) => {
                let frame = self.next_frame;
                if let Some(NoteEvent::Off { frame }) = self.decoder.interrupt(frame) {
                    self.note_off(event.position, frame, out);
                }
            }
            HostEvent::Reset { .. } => {
                self.decoder.reset();
                self.current = None;
                self.next_frame = 0;
                self.tell(Report::Reset);
            }
            _ => {}
        }
    }

    fn response(&mut self, answer: Stamped<PitchAnswer>, out: &mut Outbox<'_, Never>) {
        let Stamped {
            position,
            body: answer,
        } = answer;
        self.next_frame = answer.index + 1;
        let events = self.decoder.push(&answer);
        let f0 = self.decoder.heard().f0(self.clock);
        self.tell(Report::Frame {
            f0,
            level_db: answer.level_db,
        });

        for event in events {
            match event {
                Some(NoteEvent::Off { frame }) => self.note_off(position, frame, out),
                Some(NoteEvent::On {
                    frame,
                    pitch,
                    velocity,
                }) => {
                    let onset_s = self.clock.described_s(frame).max(0.0);
                    let decided_s = self.clock.taken_s(position);
                    let note = SungNote {
                        onset_s,
                        offset_s: onset_s,
                        pitch,
                        velocity,
                        decided_s,
                    };
                    self.note_on(position, note, out);
                }
                None => {}
            }
        }
    }
}
