//! Third stage of the voice line: the network's answers become notes, and notes become MIDI.

use super::answering::Answering;
use super::band::conductor::{Begun, Conductor};
use super::band::mixer::Mixer;
use super::expecting::Expecting;
use super::expression::Heard;
use super::f0_track::F0Track;
use super::generative::{Ask, Made};
use super::melody::Melody;
use super::note_decoder::{NoteDecoder, NoteEvent};
use super::quantiser::Quantiser;
use super::report::Report;
use super::rhythm::Rhythm;
use super::schedule::{Act, Schedule};
use super::timbre::InstrumentPicker;
use super::timing::{Timing, TimingMode};
use super::tonality::Tonality;
use super::watch::Teller;
use super::way_out::WayOut;
use super::{Analysis, FrameClock, Response, VoiceLine, parameter, sensitivity};
use crate::music::{Division, InstrumentChoice, SungNote, Track};
use crate::stages::{HostEvent, Outbox, PrepareOutput, Stamped, Transport};

/// Frames by which two notes' beginnings lie apart at least.
const APART: f64 = 2.0;

/// Decodes notes, tells of them and has them played.
pub struct VoiceOutput {
    clock: FrameClock,
    decoder: NoteDecoder,
    /// The pitch track as it is told of.
    track: F0Track,
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
    band: Conductor,
    /// What is expected of the next note.
    expecting: Expecting,
    /// What the voice sounds like.
    picker: InstrumentPicker,
    /// The way out of every track.
    mixer: Mixer,
    /// How much later than sung the note is played that is on, in samples.
    moved: i64,
    /// The host's transport as last seen.
    transport: Stamped<Transport>,
    /// The note that is on, as far as it is known.
    current: Option<SungNote>,
    /// Where the newest note began by its loudness, in frames; only kept where notes are aligned.
    began: f64,
    /// Whether that note is played.
    plays: bool,
    /// The MIDI key that it is played on.
    key: u8,
    /// Where in the song the bar begins that was told of last, in quarter notes.
    bar: Option<f64>,
    /// Number of the last beat that was told of.
    beats: Option<i64>,
    /// Number that the next frame has if none is missing.
    next_frame: u64,
    teller: Teller,
}

impl VoiceOutput {
    pub fn new(clock: FrameClock, teller: Teller) -> Self {
        let decoder = NoteDecoder::new(clock.setup.response);
        let setup = clock.setup;
        Self {
            clock,
            decoder,
            track: F0Track::default(),
            melody: Melody::new(setup.rate, clock.delay_frames, setup.performance),
            timing: setup.timing,
            hold: setup.timing.mode.hold(setup.rate),
            rhythm: Rhythm::new(setup.rate),
            tonality: Tonality::new(setup.tuneful),
            bar: None,
            beats: None,
            quantiser: Quantiser::new(setup.rate),
            schedule: Schedule::default(),
            answering: Answering::new(setup.rate, setup.answers, setup.timing.genre),
            band: Conductor::new(setup.rate, setup.timing.genre, setup.answers.seed),
            expecting: Expecting::default(),
            picker: InstrumentPicker::default(),
            mixer: Mixer::new(
                setup.tracks,
                setup.performance.output,
                setup.performance.mpe,
                setup.timing.genre,
            ),
            moved: 0,
            transport: Stamped::new(0, Transport::STOPPED),
            current: None,
            began: f64::NEG_INFINITY,
            plays: false,
            key: 0,
            next_frame: 0,
            teller,
        }
    }

    fn tell(&mut self, report: Report) {
        self.teller.tell(report);
    }

    /// A note was decided at `position`; it began at `frame`.
    fn note_on(&mut self, position: i64, frame: f64, note: SungNote, out: &mut Outbox<'_, Ask>) {
        if !self.melody.performance().plays(note.key()) {
            return;
        }
        self.rhythm.note(note.onset_s, note.velocity);
        let mut way = WayOut::new(
            &mut self.mixer,
            &mut self.teller,
            self.clock.setup.rate,
            out,
        );
        self.answering
            .sing(&mut |message| way.send(position, Track::Answer, message));
        self.tell(Report::NoteOn(note));
        self.current = Some(note);
        let key = self.tonality.played(note.pitch);
        self.plays = key.is_some();
        let Some(key) = key else { return };
        self.key = key;
        let onset = self.clock.described(frame);
        let song = self.rhythm.song();
        self.band.hear(onset, key, note.velocity, song);
        let moment = (onset, position);
        let at = self
            .quantiser
            .place(moment, &self.timing, song, &self.expecting);
        let velocity = match self.timing.quantise {
            Division::Off => self.expecting.velocity(note.velocity, self.timing.feel),
            _ => note.velocity,
        };
        let sung = match self.timing.mode {
            TimingMode::Live => position,
            TimingMode::Aligned => onset,
        };
        self.schedule
            .note_on(position - self.hold, sung, at, (key, velocity));
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
            self.band.hear_end(end, song);
            self.expecting
                .hear((begun, end), note.key(), note.velocity, song);
            self.tonality.hear(&note);
            self.tell(Report::NoteOff(note, self.plays.then_some(self.key)));
            self.tell_song();
        }
    }

    fn tell_song(&mut self) {
        self.tell(Report::Song {
            key: self.tonality.key(),
            tempo: self.rhythm.tempo(),
            beat: self.rhythm.beat(),
        });
    }

    /// Where the note is heard to begin that was just said to begin at `frame`; a little after the one
    /// before where both were heard to begin at once.
    fn attack(&mut self, frame: f64) -> f64 {
        self.began = self.decoder.attack(frame).max(self.began + APART);
        self.began
    }

    /// A note begins or ends, as decided at `position`.
    fn note_event(&mut self, position: i64, event: NoteEvent, out: &mut Outbox<'_, Ask>) {
        match event {
            NoteEvent::Off { frame } => self.note_off(position, frame),
            NoteEvent::On {
                frame,
                pitch,
                velocity,
            } => {
                let frame = match self.timing.mode {
                    TimingMode::Live => frame,
                    TimingMode::Aligned => self.attack(frame),
                };
                let onset_s = self.clock.described_s(frame).max(0.0);
                let note = SungNote {
                    onset_s,
                    offset_s: onset_s,
                    pitch,
                    velocity,
                    decided_s: self.clock.taken_s(position),
                };
                self.note_on(position, frame, note, out);
            }
        }
    }

    /// The host's transport is as `now` says.
    fn follow(&mut self, now: Stamped<Transport>, out: &mut Outbox<'_, Ask>) {
        let Stamped { position, body } = now;
        let here = position - self.hold;
        self.rhythm.follow(now);
        let last = std::mem::replace(&mut self.transport, now);
        let expected = last
            .body
            .advanced(position - last.position, self.clock.setup.rate);
        let breaks_off = expected.breaks_off(&body);
        let mut way = WayOut::new(
            &mut self.mixer,
            &mut self.teller,
            self.clock.setup.rate,
            out,
        );
        if breaks_off {
            self.bar = None;
            self.expecting.break_off();
            self.answering
                .break_off(&mut |message| way.send(position, Track::Answer, message));
            let song = self.rhythm.song();
            way.with(|mixer, leave| self.band.break_off(position, song, mixer, leave));
            self.schedule.break_off(position);
        }
        if body.playing && !last.body.playing {
            way.with(|mixer, leave| mixer.start(position, leave));
        }
        if breaks_off {
            self.play(here, out);
        }
        if body.playing && !last.body.playing {
            let rate = self.clock.setup.rate;
            let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
            self.melody.start(&mut way.melody(here));
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
    fn play(&mut self, by: i64, out: &mut Outbox<'_, Ask>) {
        while let Some(planned) = self.schedule.next(by) {
            let at = planned.at;
            match planned.act {
                Act::On(key, velocity) => {
                    self.moved = planned.moved;
                    let lag = self.lag();
                    let mut way = WayOut::new(
                        &mut self.mixer,
                        &mut self.teller,
                        self.clock.setup.rate,
                        out,
                    );
                    self.melody
                        .note_on(at, (key, velocity), lag, &mut way.melody(at));
                }
                Act::Off => self.melody.note_off(at),
                Act::Break => {
                    let mut way = WayOut::new(
                        &mut self.mixer,
                        &mut self.teller,
                        self.clock.setup.rate,
                        out,
                    );
                    self.melody.release(&mut way.melody(at));
                }
            }
        }
    }

    /// Plays the band from sample `position` to before `by`, and asks for its next bar in time.
    fn lead(&mut self, position: i64, by: i64, out: &mut Outbox<'_, Ask>) {
        let rate = self.clock.setup.rate;
        let song = self.rhythm.song();
        let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
        let call = way.with(|mixer, leave| self.band.advance((position, by), song, mixer, leave));
        if let Some(begun) = self.band.begun().or_else(|| self.bare_bar(position)) {
            self.bar = Some(begun.start);
            let late = self.band.late();
            self.tell(Report::Bar {
                at_s: begun.position as f64 / rate,
                length_s: begun.samples as f64 / rate,
                quarters: begun.quarters,
                bar: begun.bar,
                plan: begun.plan,
                late,
            });
        }
        if let Some(call) = call {
            out.feedback(Ask::Bar(Box::new(call)));
        }
    }
}

impl VoiceOutput {
    /// The song's bar at sample `position` if it began since the last one that was told of, whether
    /// anybody plays it or not.
    fn bare_bar(&self, position: i64) -> Option<Begun> {
        let song = self.rhythm.song();
        let place = song.place(position)?;
        let known = |start: f64| (start - place.bar_start).abs() < 0.05;
        // A bar that the band has begun a little early is told of already.
        let ahead = |start: f64| (start - place.bar_start - place.bar_quarters).abs() < 0.05;
        if self.bar.is_some_and(|start| known(start) || ahead(start)) {
            return None;
        }
        let samples_per_quarter = song.samples_per_quarter(position);
        let since = place.in_bar() * samples_per_quarter;
        Some(Begun {
            position: position - since.round() as i64,
            samples: (place.bar_quarters * samples_per_quarter).round() as i64,
            quarters: place.bar_quarters,
            start: place.bar_start,
            bar: (place.bar_start / place.bar_quarters).round() as i64,
            plan: None,
        })
    }
}

impl PrepareOutput<VoiceLine> for VoiceOutput {
    fn event(&mut self, event: &Stamped<HostEvent>, out: &mut Outbox<'_, Ask>) {
        let position = event.position;
        let here = position - self.hold;
        let rate = self.clock.setup.rate;
        match event.body {
            HostEvent::Transport(now) => self.follow(Stamped::new(position, now), out),
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
                self.rhythm.set(index, value, self.clock.taken_s(position));
                let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
                way.with(|mixer, leave| mixer.set(position, index, value, leave));
                self.answering.set(index, value, &mut |message| {
                    way.send(position, Track::Answer, message);
                });
                self.melody.set(index, value, &mut way.melody(here));
                if index == parameter::BYPASS {
                    way.with(|mixer, leave| self.band.stop(position, mixer, leave));
                }
                self.band.set(index, value, &self.mixer);
                self.band.set_key(self.tonality.chosen());
            }
            HostEvent::Gap(_) => {
                let frame = self.next_frame;
                if let Some(NoteEvent::Off { frame }) = self.decoder.interrupt(frame) {
                    self.note_off(position, frame);
                }
                self.schedule.clear();
                let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
                self.answering
                    .stop(&mut |message| way.send(position, Track::Answer, message));
                way.with(|mixer, leave| self.band.stop(position, mixer, leave));
                self.melody.release(&mut way.melody(here));
            }
            HostEvent::Reset { .. } => {
                self.decoder.reset();
                self.track = F0Track::default();
                self.melody.reset();
                self.rhythm.reset();
                self.tonality.reset();
                self.answering.reset();
                self.band.reset();
                self.expecting.break_off();
                self.picker.reset();
                self.mixer.reset();
                self.plays = false;
                self.began = f64::NEG_INFINITY;
                self.bar = None;
                self.beats = None;
                self.quantiser.reset();
                self.schedule.clear();
                self.moved = 0;
                self.transport = Stamped::new(position, Transport::STOPPED);
                self.current = None;
                self.next_frame = 0;
                self.tell(Report::Reset);
            }
            _ => {}
        }
    }

    fn response(&mut self, analysis: Stamped<Analysis>, out: &mut Outbox<'_, Ask>) {
        let Stamped {
            position,
            body:
                Analysis {
                    pitch: mut answer,
                    brightness,
                    mel,
                },
        } = analysis;
        self.next_frame = answer.index + 1;
        let sensitivity = self.melody.performance().sensitivity;
        answer.output.voicing = sensitivity::voicing(answer.output.voicing, sensitivity);
        let events = self.decoder.push(&answer);
        let heard = self.decoder.heard();
        let f0 = heard.f0(self.clock);
        let told = self.track.push(heard, &answer.audio, self.clock);
        self.tell(Report::Frame {
            f0: told,
            level_db: answer.level_db,
            voicing: answer.output.voicing,
        });

        self.melody.hear(Heard {
            pitch: self.decoder.heard().pitch,
            voiced: f0.hz > 0.0,
            level_db: answer.level_db,
            brightness,
        });
        for event in events.into_iter().flatten() {
            self.note_event(position, event, out);
        }
        self.rhythm.advance(self.clock.taken_s(position));
        let beats = self.rhythm.beat().map(|beat| beat.count);
        if beats != self.beats {
            self.beats = beats;
            self.tell_song();
        }
        if self.mixer.tracks().instrument == InstrumentChoice::AUTO
            && let Some(second) = self.picker.hear(&mel, f0.hz > 0.0, f0.hz)
        {
            out.feedback(Ask::Timbre(second));
        }
        if self.mixer.is_heard(Track::Answer)
            && let Some(call) = self.answering.call(position, self.rhythm.song())
        {
            out.feedback(Ask::Answer(call));
        }
        let hop = self.clock.hop() as i64;
        let rate = self.clock.setup.rate;
        if self.timing.feel > 0.0 {
            let style = (self.timing.genre, self.mixer.instrument(Track::Melody));
            let song = self.rhythm.song();
            if let Some(call) = self.expecting.call(position, song, style, rate) {
                out.feedback(Ask::Expect(call));
            }
        }
        let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
        self.answering.play(position + hop, &mut |at, message| {
            way.send(at.max(position), Track::Answer, message);
        });
        self.lead(position, position + hop, out);
        let here = position - self.hold;
        self.play(here, out);
        let lag = self.lag();
        let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
        self.melody.frame(here, lag, &mut way.melody(here));
        // What is due before the next frame goes out with its exact position now.
        self.play(here + hop, out);
    }

    fn planned(&mut self, made: Stamped<Made>, out: &mut Outbox<'_, Ask>) {
        match made.body {
            Made::Timbre(scores) => {
                let before = self.picker.choice();
                self.picker.answer(&scores);
                if let Some(fits) = self.picker.choice()
                    && before != Some(fits)
                {
                    self.tell(Report::Fits(fits));
                    let now = out.now();
                    let rate = self.clock.setup.rate;
                    let mut way = WayOut::new(&mut self.mixer, &mut self.teller, rate, out);
                    way.with(|mixer, leave| mixer.fit(now, fits, leave));
                }
            }
            Made::Answer(reply) => self.answering.take(&reply),
            Made::Bar(bar) => self.band.take(&bar),
            Made::Expected(expected) => self.expecting.take(expected),
        }
    }
}
