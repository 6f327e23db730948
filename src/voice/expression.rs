//! What happens within a note: pitch, loudness and colour, followed while it sounds.
//!
//! Fed with every frame; the frames are those of the notes, `lag` behind the newest, so that a bend
//! belongs to the note that is on and not to the one that is about to be decided. A frame without a
//! voice says nothing: what was sent stands.

use super::performance::{Carrier, Performance};
use crate::music::{Message, NoteExpression, Track};

/// Frames that are kept: the decoder's lag, the network's delay, and how long a note may wait for
/// its line (2.5 s).
const KEPT: usize = 256;
/// Frames between two messages of one kind, at least: 20 ms.
const APART: u64 = 2;
/// Semitones by which a bend changes at least.
const BEND_STEP: f32 = 0.04;
/// Steps of a full bend, up or down.
const BEND_STEPS: f32 = 8_192.0;
/// Controller value of a voice as loud as its note's velocity says: receivers play a value `v` with
/// a gain of 40·log10(v / 127) dB, as General MIDI has it, so a voice can swell by 6 dB.
const STEADY: f32 = 90.0;
/// Decibels to a tenth of a controller value.
const TENTH_DB: f32 = 40.0;
/// A voice has swelled to its note's level when it is this close, in dB.
const SWELLED_DB: f32 = 3.0;
/// Share of a new frame in the smoothed loudness and brightness: the hops of a low voice differ in
/// level by where its periods fall.
const NEWEST: f32 = 0.3;

/// What a frame says about the voice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heard {
    /// Fractional MIDI pitch.
    pub pitch: f32,
    /// Whether there is a voice.
    pub voiced: bool,
    /// Level in dB below full scale.
    pub level_db: f32,
    /// See [`super::brightness`], 0 – 1.
    pub brightness: f32,
}

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bend,
    Loudness,
    Pressure,
    Brightness,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Bend, Self::Loudness, Self::Pressure, Self::Brightness];

    /// The value, in steps, of a receiver that nobody has moved.
    const fn neutral(self) -> i32 {
        match self {
            Self::Bend | Self::Pressure => 0,
            Self::Loudness => 127,
            Self::Brightness => 64,
        }
    }

    /// Whether it is sent on `channel` at all.
    fn is_on(self, channel: u8, performance: &Performance) -> bool {
        let carrier = performance.carrier();
        let manager = channel == Track::Melody.channel();
        // Without MPE there is one channel; with it, loudness of the whole zone has the manager's.
        let own = manager != (carrier == Carrier::Mpe);
        match self {
            _ if carrier == Carrier::Notes => false,
            Self::Bend => own,
            Self::Loudness => performance.loudness && manager,
            Self::Pressure => performance.loudness && carrier == Carrier::Mpe && own,
            Self::Brightness => performance.brightness && own,
        }
    }

    fn message(self, channel: u8, steps: i32) -> Message {
        let unit = steps as f32 / 127.0;
        match self {
            Self::Bend => Message::pitch_bend(channel, steps as f32 / BEND_STEPS),
            Self::Loudness => Message::control_change(channel, 11, unit),
            Self::Pressure => Message::channel_pressure(channel, unit),
            Self::Brightness => Message::control_change(channel, 74, unit),
        }
    }
}

/// The note whose voice is followed.
#[derive(Clone, Copy, Debug)]
struct Note {
    channel: u8,
    key: u8,
    /// Level that its velocity was made of, in dB.
    level_db: f32,
    /// Whether the voice has reached that level: until then its rise is the velocity's.
    swelled: bool,
    /// Smoothed level in dB.
    loudness_db: f32,
    /// Smoothed brightness, once a frame had one.
    brightness: Option<f32>,
    /// Deviation from the key in semitones, times the parameter's share.
    bend: f32,
    /// Steps that were sent of each kind as a note expression; a bend's are cents.
    sent: [Option<i32>; 4],
}

/// Follows one voice. All memory is fixed.
#[derive(Clone, Debug)]
pub struct Expression {
    /// Frames by which a pitch is heard later than a level.
    delay: usize,
    heard: [Heard; KEPT],
    /// Frames heard so far; the newest lies in `heard` at that number less one.
    frames: u64,
    note: Option<Note>,
    /// Steps that each channel's receiver was told of each kind.
    sent: [[Option<i32>; 4]; 16],
    /// Frame at which each kind was last sent.
    last: [Option<u64>; 4],
}

impl Expression {
    /// Follows a voice whose pitches are heard `delay` frames later than its levels.
    pub fn new(delay: usize) -> Self {
        Self {
            delay,
            heard: [Heard::default(); KEPT],
            frames: 0,
            note: None,
            sent: [[None; 4]; 16],
            last: [None; 4],
        }
    }

    /// Takes a frame in.
    pub fn hear(&mut self, heard: Heard) {
        self.heard[(self.frames % KEPT as u64) as usize] = heard;
        self.frames += 1;
    }

    /// Nothing is known of the receiver any more.
    pub fn forget(&mut self) {
        self.sent = [[None; 4]; 16];
    }

    /// Follows no note until the next one.
    pub fn end(&mut self) {
        self.note = None;
    }

    /// Follows a note on `key` of `channel` that goes on now, `lag` frames after the frame that it
    /// is at. What `send` gets goes out before the note-on.
    pub fn begin(
        &mut self,
        (channel, key): (u8, u8),
        lag: usize,
        range: f32,
        performance: &Performance,
        send: &mut dyn FnMut(Message),
    ) {
        let level_db = (0..=lag + self.delay)
            .filter_map(|back| self.back(back))
            .fold(f32::NEG_INFINITY, |db, heard| db.max(heard.level_db));
        self.note = Some(Note {
            channel,
            key,
            level_db,
            swelled: false,
            loudness_db: level_db,
            brightness: None,
            bend: 0.0,
            sent: [None; 4],
        });
        self.follow(lag, performance);
        for kind in Kind::ALL {
            self.tell(kind, range, performance, 0.0, send);
        }
    }

    /// The note that was begun is on: what could not be said before it.
    pub fn begun(&mut self, performance: &Performance, send: &mut dyn FnMut(Message)) {
        for kind in Kind::ALL {
            self.tell_note(kind, performance, send);
        }
    }

    /// The newest frame, while a note is on.
    pub fn frame(
        &mut self,
        lag: usize,
        range: f32,
        performance: &Performance,
        send: &mut dyn FnMut(Message),
    ) {
        if !self.follow(lag, performance) {
            return;
        }
        for kind in Kind::ALL {
            let last = self.last[kind as usize];
            if last.is_none_or(|last| self.frames >= last + APART) {
                self.tell(kind, range, performance, BEND_STEP, send);
                self.tell_note(kind, performance, send);
            }
        }
    }

    /// Brings what is no longer followed back to where receivers begin.
    pub fn settle(&mut self, performance: &Performance, send: &mut dyn FnMut(Message)) {
        for (channel, sent) in (0u8..).zip(&mut self.sent) {
            for kind in Kind::ALL {
                if !kind.is_on(channel, performance)
                    && let Some(steps) = sent[kind as usize].take()
                    && steps != kind.neutral()
                {
                    send(kind.message(channel, kind.neutral()));
                }
            }
        }
    }

    /// The frame `back` frames before the newest, where it is kept.
    fn back(&self, back: usize) -> Option<Heard> {
        let index = self.frames.checked_sub(1 + back as u64)?;
        (back < KEPT).then(|| self.heard[(index % KEPT as u64) as usize])
    }

    /// Takes the frame that the note is at into it; `false` where that says nothing.
    fn follow(&mut self, lag: usize, performance: &Performance) -> bool {
        let (now, levels) = (self.back(lag), self.back(lag + self.delay));
        let (Some(note), Some(now)) = (&mut self.note, now) else {
            return false;
        };
        if !now.voiced {
            return false;
        }
        note.bend = performance.bend * (now.pitch - f32::from(note.key));
        if let Some(Heard {
            level_db,
            brightness,
            ..
        }) = levels
        {
            note.swelled |= level_db >= note.level_db - SWELLED_DB;
            if note.swelled {
                note.loudness_db += NEWEST * (level_db - note.loudness_db);
            }
            let smooth = note.brightness.unwrap_or(brightness);
            note.brightness = Some(smooth + NEWEST * (brightness - smooth));
        }
        true
    }

    /// Sends `kind` on the note's channel, if it is due there and has changed; a bend by at least
    /// `bend_step` semitones.
    fn tell(
        &mut self,
        kind: Kind,
        range: f32,
        performance: &Performance,
        bend_step: f32,
        send: &mut dyn FnMut(Message),
    ) {
        let Some(note) = self.note else { return };
        let manager = Track::Melody.channel();
        let channel = if kind == Kind::Loudness {
            manager
        } else {
            note.channel
        };
        let bend = (note.bend / range * BEND_STEPS)
            .round()
            .clamp(-BEND_STEPS, BEND_STEPS - 1.0);
        let Some(steps) = note.steps(kind, bend as i32) else {
            return;
        };
        if !kind.is_on(channel, performance) {
            return;
        }
        let least = if kind == Kind::Bend {
            bend_step / range * BEND_STEPS
        } else {
            0.0
        };
        let sent = &mut self.sent[usize::from(channel)][kind as usize];
        if sent.is_none_or(|sent| differs(sent, steps, least)) {
            *sent = Some(steps);
            self.last[kind as usize] = Some(self.frames);
            send(kind.message(channel, steps));
        }
    }

    /// Sends `kind` as a note expression, if it is due and has changed.
    fn tell_note(&mut self, kind: Kind, performance: &Performance, send: &mut dyn FnMut(Message)) {
        let Some(note) = &mut self.note else { return };
        let on = match kind {
            Kind::Bend => true,
            Kind::Loudness => performance.loudness,
            Kind::Brightness => performance.brightness,
            Kind::Pressure => false,
        };
        if !on || performance.carrier() != Carrier::Notes {
            return;
        }
        let cents = 100.0 * note.bend;
        let Some(steps) = note.steps(kind, cents.round() as i32) else {
            return;
        };
        let least = if kind == Kind::Bend {
            100.0 * BEND_STEP
        } else {
            0.0
        };
        let expression = match kind {
            Kind::Bend => NoteExpression::Tuning(steps as f32 / 100.0),
            Kind::Brightness => NoteExpression::Brightness(steps as f32 / 127.0),
            _ => NoteExpression::Volume((steps as f32 / STEADY).powi(2)),
        };
        let sent = &mut note.sent[kind as usize];
        if sent.is_none_or(|sent| differs(sent, steps, least)) {
            *sent = Some(steps);
            self.last[kind as usize] = Some(self.frames);
            send(Message::note_expression(note.channel, note.key, expression));
        }
    }
}

impl Note {
    /// The note's value of `kind` in steps, where it has one; a bend's is `bend`.
    fn steps(&self, kind: Kind, bend: i32) -> Option<i32> {
        let controller = |value: f32| value.round().clamp(0.0, 127.0) as i32;
        match kind {
            Kind::Bend => Some(bend),
            Kind::Loudness | Kind::Pressure => {
                let louder_db = self.loudness_db - self.level_db;
                Some(controller(STEADY * 10f32.powf(louder_db / TENTH_DB)))
            }
            Kind::Brightness => self.brightness.map(|b| controller(127.0 * b)),
        }
    }
}

/// Whether `steps` are others than those `sent`, by `least` steps.
fn differs(sent: i32, steps: i32, least: f32) -> bool {
    let change = sent.abs_diff(steps);
    change > 0 && change as f32 >= least
}
