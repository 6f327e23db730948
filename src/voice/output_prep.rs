//! Third stage of the voice line: the network's answers become notes, and notes become MIDI.

use super::answering::{Answering, Call, Reply};
use super::expression::Heard;
use super::melody::Melody;
use super::note_decoder::{NoteDecoder, NoteEvent};
use super::quantiser::Quantiser;
use super::report::Report;
use super::rhythm::Rhythm;
use super::schedule::{Act, Schedule};
use super::timing::{Timing, TimingMode};
use super::tonality::Tonality;
use super::{Analysis, FrameClock, Response, VoiceLine, parameter, sensitivity};
use crate::music::{Message, SungNote};
use crate::stages::{HostEvent, Outbox, PrepareOutput, Stamped, Transport};
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
    rhythm: Rhythm,
    /// In which key.
    tonality: Tonality,
    quantiser: Quantiser,
    /// Decided notes that are not played yet.
    schedule: Schedule,
    /// What the singer is answered.
    answering: Answering,
    /// How much later than sung the note is played that is on, in samples.
    moved: i64,
    /// Position of the newest message that went out: none goes before it.
    handed: i64,
    /// The host's transport as last seen.
    transport: Stamped<Transport>,
    /// The note that is on, as far as it is known.
    current: Option<SungNote>,
    /// Whether that note is played.
    plays: bool,
    /// Number of the last beat that was told of.
    beats: Option<i64>,
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
            rhythm: Rhythm::new(setup.rate),
            tonality: Tonality::new(setup.tuneful),
            beats: None,
            quantiser: Quantiser::new(setup.rate),
            schedule: Schedule::default(),
            answering: Answering::new(
                setup.rate,
                setup.answers,
                setup.timing.genre,
                setup.performance.output,
            ),
            moved: 0,
            handed: i64::MIN,
            transport: Stamped::new(0, Transport::STOPPED),
            current: None,
            plays: false,
            next_frame: 0,
            reports,
        }
    }

    fn tell(&self, report: Report) {
        let _ = self.reports.try_send(report);
    }

    /// A note was decided at `position`; it began at `frame`.
    fn note_on(&mut self, position: i64, frame: f64, note: SungNote, out: &mut Outbox<'_, Call>) {
        if !self.melody.performance().plays(note.key()) {
            return;
        }
        self.rhythm.note(note.onset_s, note.velocity);
        self.answering
            .sing(&mut |message| out.send(position, message));
        self.tell(Report::NoteOn(note));
        self.current = Some(note);
        let key = self.tonality.played(note.pitch);
        self.plays = key.is_some();
        let Some(key) = key else { return };
        let onset = self.clock.described(frame);
        let song = self.rhythm.song();
        let at = self.quantiser.place(onset, position, &self.timing, song);
        let sung = match self.timing.mode {
            TimingMode::Live => position,
            TimingMode::Aligned => onset,
        };
        self.schedule
            .note_on(position - self.hold, sung, at, (key, note.velocity));
    }

    fn note_off(&mut self, position: i64, frame: u64) {
        if let Some(mut note) = self.current.take() {
            let end = self.clock.described(frame as f64);
            note.offset_s = self.clock.described_s(frame as f64).max(note.onset_s);
            if self.plays {
                self.schedule.note_off(match self.timing.mode {
                    TimingMode::Live => position,
                    TimingMode::Aligned => end,
                });
            }
            let begun = (note.onset_s * self.clock.setup.rate).round() as i64;
            let song = self.rhythm.song();
            self.answering
                .hear((begun, end), note.key(), note.velocity, song);
            self.tonality.hear(&note);
            self.tell(Report::NoteOff(note));
            self.tell_song();
        }
    }

    fn tell_song(&self) {
        self.tell(Report::Song {
            key: self.tonality.key(),
            tempo: self.rhythm.tempo(),
            beat: self.rhythm.beat(),
        });
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
    fn play(&mut self, by: i64, out: &mut Outbox<'_, Call>) {
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
    out: &'a mut Outbox<'_, Call>,
) -> impl FnMut(Message) + 'a {
    *handed = (*handed).max(position);
    move |message| out.send(*handed, message)
}

impl PrepareOutput<VoiceLine> for VoiceOutput {
    fn event(&mut self, event: &Stamped<HostEvent>, out: &mut Outbox<'_, Call>) {
        let here = event.position - self.hold;
        match event.body {
            HostEvent::Transport(now) => {
                self.rhythm.follow(Stamped::new(event.position, now));
                let last = self.transport;
                let passed = event.position - last.position;
                let expected = last.body.advanced(passed, self.clock.setup.rate);
                self.transport = Stamped::new(event.position, now);
                if expected.breaks_off(&now) {
                    self.answering
                        .break_off(&mut |message| out.send(event.position, message));
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
                self.tonality.set(index, value);
                let at_s = self.clock.taken_s(event.position);
                self.rhythm.set(index, value, at_s);
                self.answering.set(index, value, &mut |message| {
                    out.send(event.position, message);
                });
                let mut send = sender(&mut self.handed, here, out);
                self.melody.set(index, value, &mut send);
            }
            HostEvent::Gap(_) => {
                let frame = self.next_frame;
                if let Some(NoteEvent::Off { frame }) = self.decoder.interrupt(frame) {
                    self.note_off(event.position, frame);
                }
                self.schedule.clear();
                self.answering
                    .stop(&mut |message| out.send(event.position, message));
                let mut send = sender(&mut self.handed, here, out);
                self.melody.release(&mut send);
            }
            HostEvent::Reset { .. } => {
                self.decoder.reset();
                self.melody.reset();
                self.rhythm.reset();
                self.tonality.reset();
                self.answering.reset();
                self.plays = false;
                self.beats = None;
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

    fn response(&mut self, analysis: Stamped<Analysis>, out: &mut Outbox<'_, Call>) {
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
                    self.note_on(position, frame, note, out);
                }
                None => {}
            }
        }
        self.rhythm.advance(self.clock.taken_s(position));
        let beats = self.rhythm.beat().map(|beat| beat.count);
        if beats != self.beats {
            self.beats = beats;
            self.tell_song();
        }
        if let Some(call) = self.answering.call(position, self.rhythm.song()) {
            out.feedback(call);
        }
        let by = position + self.clock.hop() as i64;
        self.answering
            .play(by, &mut |at, message| out.send(at.max(position), message));
        let here = position - self.hold;
        self.play(here, out);
        let lag = self.lag();
        self.melody
            .frame(here, lag, &mut sender(&mut self.handed, here, out));
        // What is due before the next frame goes out with its exact position now.
        self.play(here + self.clock.hop() as i64, out);
    }

    fn planned(&mut self, reply: Stamped<Reply>, _: &mut Outbox<'_, Call>) {
        self.answering.take(&reply.body);
    }
}
