//! Third stage of the voice line: the network's answers become notes, and notes become MIDI.

use super::expression::Heard;
use super::melody::Melody;
use super::note_decoder::{NoteDecoder, NoteEvent};
use super::report::Report;
use super::{Analysis, FrameClock, Response, VoiceLine, parameter, sensitivity};
use crate::music::{Message, SungNote};
use crate::stages::{HostEvent, Never, Outbox, PrepareOutput, Stamped, Transport};
use crossbeam_channel::Sender;

/// Decodes notes, tells of them and has them played.
pub struct VoiceOutput {
    clock: FrameClock,
    decoder: NoteDecoder,
    melody: Melody,
    /// The host's transport as last seen.
    transport: Stamped<Transport>,
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
        let setup = clock.setup;
        Self {
            clock,
            decoder,
            melody: Melody::new(setup.rate, clock.delay_frames, setup.performance),
            transport: Stamped::new(0, Transport::STOPPED),
            current: None,
            next_frame: 0,
            reports,
        }
    }

    fn tell(&self, report: Report) {
        let _ = self.reports.try_send(report);
    }

    fn note_on(&mut self, position: i64, note: SungNote, out: &mut Outbox<'_, Never>) {
        if !self.melody.performance().plays(note.key()) {
            return;
        }
        let stroke = (note.key(), note.velocity);
        let lag = self.decoder.lag();
        self.melody
            .note_on(position, stroke, lag, &mut sender(position, out));
        self.tell(Report::NoteOn(note));
        self.current = Some(note);
    }

    fn note_off(&mut self, position: i64, frame: u64) {
        if let Some(mut note) = self.current.take() {
            note.offset_s = self.clock.described_s(frame as f64).max(note.onset_s);
            self.melody.note_off(position);
            self.tell(Report::NoteOff(note));
        }
    }
}

/// Sends what it is given at `position`.
fn sender<'a>(position: i64, out: &'a mut Outbox<'_, Never>) -> impl FnMut(Message) + 'a {
    move |message| out.send(position, message)
}

impl PrepareOutput<VoiceLine> for VoiceOutput {
    fn event(&mut self, event: &Stamped<HostEvent>, out: &mut Outbox<'_, Never>) {
        let mut send = sender(event.position, out);
        match event.body {
            HostEvent::Transport(now) => {
                let last = self.transport;
                let passed = event.position - last.position;
                let expected = last.body.advanced(passed, self.clock.setup.rate);
                self.transport = Stamped::new(event.position, now);
                if expected.breaks_off(&now) {
                    self.melody.release(&mut send);
                }
                if now.playing && !last.body.playing {
                    self.melody.start(&mut send);
                }
            }
            HostEvent::Parameter {
                index: parameter::RESPONSE,
                value,
            } => {
                if let Some(response) = Response::from_index(value.max(0.0) as usize) {
                    self.decoder.set_response(response);
                }
            }
            HostEvent::Parameter { index, value } => self.melody.set(index, value, &mut send),
            HostEvent::Gap(_) => {
                let frame = self.next_frame;
                if let Some(NoteEvent::Off { frame }) = self.decoder.interrupt(frame) {
                    self.note_off(event.position, frame);
                }
                self.melody.release(&mut send);
            }
            HostEvent::Reset { .. } => {
                self.decoder.reset();
                self.melody.reset();
                self.transport = Stamped::new(event.position, Transport::STOPPED);
                self.current = None;
                self.next_frame = 0;
                self.tell(Report::Reset);
            }
            _ => {}
        }
    }

    fn response(&mut self, analysis: Stamped<Analysis>, out: &mut Outbox<'_, Never>) {
        let Stamped {
            position,
            body:
                Analysis {
                    pitch: mut answer,
                    brightness,
                },
        } = analysis;
        self.next_frame = answer.index + 1;
        let sensitivity = self.melody.performance().sensitivity;
        answer.output.voicing = sensitivity::voicing(answer.output.voicing, sensitivity);
        let events = self.decoder.push(&answer);
        let f0 = self.decoder.heard().f0(self.clock);
        self.tell(Report::Frame {
            f0,
            level_db: answer.level_db,
            voicing: answer.output.voicing,
        });

        self.melody.hear(Heard {
            pitch: self.decoder.heard().pitch,
            voiced: f0.hz > 0.0,
            level_db: answer.level_db,
            brightness,
        });
        for event in events {
            match event {
                Some(NoteEvent::Off { frame }) => self.note_off(position, frame),
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
        let lag = self.decoder.lag();
        self.melody.frame(position, lag, &mut sender(position, out));
    }
}
