//! Third stage of the voice line: the network's answers become notes, and notes become MIDI.

use super::expression::Heard;
use super::melody::Melody;
use super::note_decoder::{NoteDecoder, NoteEvent};
use super::quantiser::Quantiser;
use super::report::Report;
use super::schedule::{Act, Schedule};
use super::song_clock::SongClock;
use super::timing::{Timing, TimingMode};
use super::{Analysis, FrameClock, Response, VoiceLine, parameter, sensitivity};
use crate::music::{Message, SungNote};
use crate::stages::{HostEvent, Never, Outbox, PrepareOutput, Stamped, Transport};
use crossbeam_channel::Sender;

/// Decodes notes, tells of them and has them played.
pub struct VoiceOutput {
    clock: FrameClock,
    decoder: NoteDecoder,
    melody: Melody,
    /// When notes are played.
    timing: Timing,
    /// How far the melody runs behind the input, in samples; 0 live.
    hold: i64,
    /// Where in the song we are.
    song: SongClock,
    quantiser: Quantiser,
    /// Decided notes that are not played yet.
    schedule: Schedule,
    /// How much later than sung the note is played that is on, in samples.
    moved: i64,
    /// Position of the newest message that went out: none goes before it.
    handed: i64,
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
            timing: setup.timing,
            hold: setup.timing.mode.hold(setup.rate),
            song: SongClock::new(setup.rate),
            quantiser: Quantiser::new(setup.rate),
            schedule: Schedule::default(),
            moved: 0,
            handed: i64::MIN,
            transport: Stamped::new(0, Transport::STOPPED),
            current: None,
            next_frame: 0,
            reports,
        }
    }

    fn tell(&self, report: Report) {
        let _ = self.reports.try_send(report);
    }

    /// A note was decided at `position`; it began at `frame`.
    fn note_on(&mut self, position: i64, frame: f64, note: SungNote) {
        if !self.melody.performance().plays(note.key()) {
            return;
        }
        let onset = self.clock.described(frame);
        let at = self
            .quantiser
            .place(onset, position, &self.timing, &self.song);
        let sung = match self.timing.mode {
            TimingMode::Live => position,
            TimingMode::Aligned => onset,
        };
        let stroke = (note.key(), note.velocity);
        self.schedule
            .note_on(position - self.hold, sung, at, stroke);
        self.tell(Report::NoteOn(note));
        self.current = Some(note);
    }

    fn note_off(&mut self, position: i64, frame: u64) {
        if let Some(mut note) = self.current.take() {
            let end = self.clock.described(frame as f64);
            note.offset_s = self.clock.described_s(frame as f64).max(note.onset_s);
            self.schedule.note_off(match self.timing.mode {
                TimingMode::Live => position,
                TimingMode::Aligned => end,
            });
            self.tell(Report::NoteOff(note));
        }
    }

    /// Frames from the newest one back to the one that the melody is at.
    fn lag(&self) -> usize {
        let moved = (self.moved as f64 / self.clock.hop()).round() as i64;
        let lag = match self.timing.mode {
            TimingMode::Live => self.decoder.lag(),
            TimingMode::Aligned => self.clock.frames_behind(self.hold),
        };
        lag.saturating_add_signed(moved as isize)
    }

    /// Plays what is due by sample `by`.
    fn play(&mut self, by: i64, out: &mut Outbox<'_, Never>) {
        while let Some(planned) = self.schedule.next(by) {
            match planned.act {
                Act::On(key, velocity) => {
                    self.moved = planned.moved;
                    let lag = self.lag();
                    let mut send = sender(&mut self.handed, planned.at, out);
                    self.melody
                        .note_on(planned.at, (key, velocity), lag, &mut send);
                }
                Act::Off => self.melody.note_off(planned.at),
                Act::Break => {
                    let mut send = sender(&mut self.handed, planned.at, out);
                    self.melody.release(&mut send);
                }
            }
        }
    }
}

/// Sends what it is given at `position`, but nothing before what was `handed` out already: an end
/// must not overtake its beginning.
fn sender<'a>(
    handed: &'a mut i64,
    position: i64,
    out: &'a mut Outbox<'_, Never>,
) -> impl FnMut(Message) + 'a {
    *handed = (*handed).max(position);
    move |message| out.send(*handed, message)
}

impl PrepareOutput<VoiceLine> for VoiceOutput {
    fn event(&mut self, event: &Stamped<HostEvent>, out: &mut Outbox<'_, Never>) {
        let here = event.position - self.hold;
        match event.body {
            HostEvent::Transport(now) => {
                self.song.follow(Stamped::new(event.position, now));
                let last = self.transport;
                let passed = event.position - last.position;
                let expected = last.body.advanced(passed, self.clock.setup.rate);
                self.transport = Stamped::new(event.position, now);
                if expected.breaks_off(&now) {
                    self.schedule.break_off(event.position);
                    self.play(here, out);
                }
                if now.playing && !last.body.playing {
                    self.melody.start(&mut sender(&mut self.handed, here, out));
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
            HostEvent::Parameter { index, value } => {
                self.timing.set(index, value);
                let mut send = sender(&mut self.handed, here, out);
                self.melody.set(index, value, &mut send);
            }
            HostEvent::Gap(_) => {
                let frame = self.next_frame;
                if let Some(NoteEvent::Off { frame }) = self.decoder.interrupt(frame) {
                    self.note_off(event.position, frame);
                }
                self.schedule.clear();
                let mut send = sender(&mut self.handed, here, out);
                self.melody.release(&mut send);
            }
            HostEvent::Reset { .. } => {
                self.decoder.reset();
                self.melody.reset();
                self.song.reset();
                self.quantiser.reset();
                self.schedule.clear();
                self.moved = 0;
                self.handed = i64::MIN;
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
                    self.note_on(position, frame, note);
                }
                None => {}
            }
        }
        let here = position - self.hold;
        self.play(here, out);
        let lag = self.lag();
        self.melody
            .frame(here, lag, &mut sender(&mut self.handed, here, out));
        // What is due before the next frame goes out with its exact position now.
        self.play(here + self.clock.hop() as i64, out);
    }
}
