//! The way out of every track: whether it is heard, where, how high and how loud.

use super::tracks::{TrackSettings, Tracks};
use crate::music::{Genre, Instrument, InstrumentChoice, Message, Track};
use crate::voice::{Output, parameter};
use std::collections::VecDeque;

/// Takes what leaves: the sample at which it is due, whose it is, and what.
pub type Leave<'a> = dyn FnMut(i64, Track, Message) + 'a;

/// Notes of one track that can sound at once; more end the oldest.
const AT_ONCE: usize = 32;

/// A note that sounds: the key that the track named, and what was sent for it.
#[derive(Clone, Copy, Debug)]
struct Sounding {
    named: (u8, u8),
    sent: (u8, u8),
}

/// One track's state.
#[derive(Clone, Debug)]
struct Lane {
    sounding: VecDeque<Sounding>,
    /// Position of the newest message sent: an end must not overtake its beginning.
    handed: i64,
    /// The channel and program that the receiver was told last.
    told: Option<(u8, u8)>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            sounding: VecDeque::with_capacity(AT_ONCE),
            handed: i64::MIN,
            told: None,
        }
    }
}

/// Sends what the tracks play as the user wants it. Nothing that sounds is lost when that changes:
/// it ends first.
pub struct Mixer {
    tracks: Tracks,
    output: Output,
    /// The melody has channels for its notes: they stay as they are.
    mpe: bool,
    genre: Genre,
    /// What the voice sounds like, for a melody whose instrument is left to it.
    fits: Instrument,
    lanes: [Lane; Track::ALL.len()],
}

impl Mixer {
    /// Nothing sounds yet.
    pub fn new(tracks: Tracks, output: Output, mpe: bool, genre: Genre) -> Self {
        Self {
            tracks,
            output,
            mpe,
            genre,
            fits: Instrument::default(),
            lanes: Default::default(),
        }
    }

    /// What the user wants of the tracks.
    pub fn tracks(&self) -> &Tracks {
        &self.tracks
    }

    /// Whether `track` is heard.
    pub fn is_heard(&self, track: Track) -> bool {
        self.output.sends(track) && self.tracks.is_heard(track)
    }

    /// What plays `track`.
    pub fn instrument(&self, track: Track) -> Instrument {
        self.tracks.instrument(track, self.genre, self.fits)
    }

    /// The voice sounds like `instrument`; told at sample `position`.
    pub fn fit(&mut self, position: i64, instrument: Instrument, out: &mut Leave<'_>) {
        self.fits = instrument;
        if self.tracks.instrument == InstrumentChoice::AUTO {
            self.tell_program(position, Track::Melody, out);
        }
    }

    /// A parameter moves at sample `position`.
    pub fn set(&mut self, position: i64, index: u32, value: f32, out: &mut Leave<'_>) {
        let before = Track::ALL.map(|track| (self.is_heard(track), *self.tracks.of(track)));
        let (programs, mpe) = (self.tracks.programs, self.mpe);
        self.tracks.set(index, value);
        let place = value.max(0.0) as usize;
        match index {
            parameter::OUTPUT => self.output = Output::from_index(place).unwrap_or(self.output),
            parameter::MPE => self.mpe = value >= 0.5,
            parameter::GENRE => self.genre = Genre::from_index(place).unwrap_or(self.genre),
            _ => {}
        }
        for (track, (heard, own)) in Track::ALL.into_iter().zip(before) {
            let now = *self.tracks.of(track);
            let moved = (own.octave, own.lowest, own.highest, own.channel)
                != (now.octave, now.lowest, now.highest, now.channel);
            if heard != self.is_heard(track) || moved || mpe != self.mpe {
                self.release(position, track, out);
            }
        }
        if self.tracks.programs && !programs {
            self.forget_programs();
        }
        self.tell_programs(position, out);
    }

    /// The receiver may have forgotten its programs.
    pub fn start(&mut self, position: i64, out: &mut Leave<'_>) {
        self.forget_programs();
        self.tell_programs(position, out);
    }

    /// As at the beginning, without a word.
    pub fn reset(&mut self) {
        self.lanes = Default::default();
    }

    fn forget_programs(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.told = None);
    }

    fn tell_programs(&mut self, position: i64, out: &mut Leave<'_>) {
        for track in Track::ALL {
            self.tell_program(position, track, out);
        }
    }

    /// Tells the receiver of a track which program to play, where that is wanted and news.
    fn tell_program(&mut self, position: i64, track: Track, out: &mut Leave<'_>) {
        if !self.tracks.programs || !self.is_heard(track) {
            return;
        }
        let told = (self.channel(track), self.instrument(track).program());
        let lane = &mut self.lanes[track.index()];
        if lane.told != Some(told) {
            lane.told = Some(told);
            lane.handed = lane.handed.max(position);
            out(lane.handed, track, Message::program_change(told.0, told.1));
        }
    }

    /// The channel that a track is sent on.
    fn channel(&self, track: Track) -> u8 {
        if track == Track::Melody && self.output == Output::Melody && self.mpe {
            return track.channel();
        }
        self.tracks.of(track).channel
    }

    /// Sends what `track` plays at sample `position`; its channel is the track's own, or that of
    /// an MPE note.
    pub fn send(&mut self, position: i64, track: Track, message: Message, out: &mut Leave<'_>) {
        let heard = self.is_heard(track);
        let own = *self.tracks.of(track);
        let channel = match message.channel() {
            own_channel if own_channel == track.channel() => self.channel(track),
            of_a_note => of_a_note,
        };
        let lane = &mut self.lanes[track.index()];
        lane.handed = lane.handed.max(position);
        let at = lane.handed;
        let out = &mut |at, message| out(at, track, message);
        match message {
            Message::NoteOn { key, velocity, .. } => {
                let Some(sent) = placed(&own, track, key).filter(|_| heard) else {
                    return;
                };
                let named = (message.channel(), key);
                lane.end(named, at, out);
                // Two keys can come to lie on one: it is struck again.
                lane.end_sent((channel, sent), at, out);
                if lane.sounding.len() == AT_ONCE {
                    lane.end_oldest(at, out);
                }
                lane.sounding.push_back(Sounding {
                    named,
                    sent: (channel, sent),
                });
                out(
                    at,
                    Message::note_on(channel, sent, (velocity * own.level).clamp(0.01, 1.0)),
                );
            }
            Message::NoteOff { key, .. } => lane.end((message.channel(), key), at, out),
            Message::NoteExpression {
                key, expression, ..
            } => {
                let named = (message.channel(), key);
                if let Some(note) = lane.sounding.iter().find(|note| note.named == named) {
                    let (channel, key) = note.sent;
                    out(at, Message::note_expression(channel, key, expression));
                }
            }
            _ if heard => out(at, message.on_channel(channel)),
            _ => {}
        }
    }

    /// Ends all that sounds of `track`.
    pub fn release(&mut self, position: i64, track: Track, out: &mut Leave<'_>) {
        let lane = &mut self.lanes[track.index()];
        lane.handed = lane.handed.max(position);
        let at = lane.handed;
        let out = &mut |at, message| out(at, track, message);
        while !lane.sounding.is_empty() {
            lane.end_oldest(at, out);
        }
    }
}

impl Lane {
    fn end(&mut self, named: (u8, u8), at: i64, out: &mut dyn FnMut(i64, Message)) {
        self.end_where(|note| note.named == named, at, out);
    }

    fn end_sent(&mut self, sent: (u8, u8), at: i64, out: &mut dyn FnMut(i64, Message)) {
        self.end_where(|note| note.sent == sent, at, out);
    }

    fn end_oldest(&mut self, at: i64, out: &mut dyn FnMut(i64, Message)) {
        if let Some(note) = self.sounding.pop_front() {
            out(at, Message::note_off(note.sent.0, note.sent.1, 0.0));
        }
    }

    fn end_where(
        &mut self,
        which: impl Fn(&Sounding) -> bool,
        at: i64,
        out: &mut dyn FnMut(i64, Message),
    ) {
        self.sounding.retain(|note| {
            let ends = which(note);
            if ends {
                out(at, Message::note_off(note.sent.0, note.sent.1, 0.0));
            }
            !ends
        });
    }
}

/// The key that is sent for `key`; `None` if the track has none for it. Bounds that are crossed
/// count as exchanged.
fn placed(own: &TrackSettings, track: Track, key: u8) -> Option<u8> {
    let low = i32::from(own.lowest.min(own.highest));
    let high = i32::from(own.lowest.max(own.highest));
    if track == Track::Drums {
        return (low..=high).contains(&i32::from(key)).then_some(key);
    }
    let mut moved = i32::from(key) + 12 * i32::from(own.octave);
    // As few octaves as it takes; where none does, the note is left out.
    if moved < low {
        moved += 12 * (low - moved + 11).div_euclid(12);
    } else if moved > high {
        moved -= 12 * (moved - high + 11).div_euclid(12);
    }
    (low..=high).contains(&moved).then_some(moved as u8)
}

#[cfg(test)]
#[path = "mixer_tests.rs"]
mod tests;
