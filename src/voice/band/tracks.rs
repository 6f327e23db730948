//! What the user wants of each track.

use crate::music::{Genre, Instrument, InstrumentChoice, Track};
use crate::voice::parameter;
use std::ops::RangeInclusive;

/// What the user wants of one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackSettings {
    /// Whether it plays.
    pub on: bool,
    /// Whether only it and others so marked are heard.
    pub solo: bool,
    /// Factor on velocities, [`Self::LEVELS`].
    pub level: f32,
    /// Octaves by which it is moved, [`Self::OCTAVES`].
    pub octave: i8,
    /// Lowest key that is sent, 0 – 127; lower ones are sent octaves higher. Drums have no octaves:
    /// what lies outside is not sent.
    pub lowest: u8,
    /// Highest key that is sent, likewise.
    pub highest: u8,
    /// Channel, from 0 to 15.
    pub channel: u8,
    /// What it is played on, for the program; the melody's is the *Instrument*.
    pub program: InstrumentChoice,
    /// How many notes the band plays on it, 0 – 1; 0.5 is what is usual in the genre.
    pub density: f32,
    /// How much its bars differ, 0 (a loop of a phrase) – 1 (each is new).
    pub variation: f32,
    /// How forcefully it is played, 0 – 1; 0.5 is what is usual in the genre.
    pub intensity: f32,
    /// Each change asks for other bars than these.
    pub again: bool,
    /// Holds on to the pattern of the bar that plays; it still follows the harmony.
    pub locked: bool,
}

impl TrackSettings {
    /// What [`Self::level`] can be.
    pub const LEVELS: RangeInclusive<f32> = 0.0..=2.0;
    /// What [`Self::octave`] can be.
    pub const OCTAVES: RangeInclusive<i8> = -3..=3;

    /// As `track` begins.
    pub const fn of(track: Track) -> Self {
        Self {
            // A second melody and answers are for who asks for them.
            on: !matches!(track, Track::Counter | Track::Answer),
            solo: false,
            level: 1.0,
            octave: 0,
            lowest: 0,
            highest: 127,
            channel: track.channel(),
            program: InstrumentChoice::AUTO,
            density: 0.5,
            variation: 0.35,
            intensity: 0.5,
            again: false,
            locked: false,
        }
    }

    /// The settings in the order of their indices.
    fn values(&self) -> [f32; parameter::PER_TRACK] {
        let switch = |on: bool| f32::from(u8::from(on));
        [
            switch(self.on),
            switch(self.solo),
            self.level,
            f32::from(self.octave),
            f32::from(self.lowest),
            f32::from(self.highest),
            f32::from(self.channel),
            self.program.index() as f32,
            self.density,
            self.variation,
            self.intensity,
            switch(self.again),
            switch(self.locked),
        ]
    }

    /// Sets the `place`-th of [`Self::values`], held to its range.
    fn set(&mut self, place: usize, value: f32) {
        let on = value >= 0.5;
        let unit = value.clamp(0.0, 1.0);
        let seven_bits = value.clamp(0.0, 127.0).round() as u8;
        match place {
            0 => self.on = on,
            1 => self.solo = on,
            2 => self.level = value.clamp(*Self::LEVELS.start(), *Self::LEVELS.end()),
            3 => {
                let (least, most) = Self::OCTAVES.into_inner();
                self.octave = (value.round() as i8).clamp(least, most);
            }
            4 => self.lowest = seven_bits,
            5 => self.highest = seven_bits,
            6 => self.channel = seven_bits.min(crate::music::midi::LAST_CHANNEL),
            7 => {
                let choice = InstrumentChoice::from_index(value.max(0.0) as usize);
                self.program = choice.unwrap_or(self.program);
            }
            8 => self.density = unit,
            9 => self.variation = unit,
            10 => self.intensity = unit,
            11 => self.again = on,
            12 => self.locked = on,
            _ => {}
        }
    }
}

/// What the user wants of all tracks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracks {
    /// Each one's own, in the order of [`Track::ALL`].
    own: [TrackSettings; Track::ALL.len()],
    /// Whether receivers are told which program to play.
    pub programs: bool,
    /// Whether the band also plays to a beat that is heard, while the host's transport stands.
    pub follows_voice: bool,
    /// What the melody is played on.
    pub instrument: InstrumentChoice,
}

impl Default for Tracks {
    fn default() -> Self {
        Self {
            own: Track::ALL.map(TrackSettings::of),
            programs: false,
            follows_voice: false,
            instrument: InstrumentChoice::default(),
        }
    }
}

impl Tracks {
    /// Each track as `own` says.
    pub fn new(own: impl Fn(Track) -> TrackSettings) -> Self {
        Self {
            own: Track::ALL.map(own),
            ..Self::default()
        }
    }

    /// What is wanted of `track`.
    pub const fn of(&self, track: Track) -> &TrackSettings {
        &self.own[track.index()]
    }

    /// The same, to be changed.
    pub const fn of_mut(&mut self, track: Track) -> &mut TrackSettings {
        &mut self.own[track.index()]
    }

    /// Only the tracks of `list` play.
    pub fn only(mut self, list: &[Track]) -> Self {
        for track in Track::ALL {
            self.of_mut(track).on = list.contains(&track);
        }
        self
    }

    /// The melody is played on `instrument`.
    pub fn played_on(mut self, instrument: InstrumentChoice) -> Self {
        self.instrument = instrument;
        self
    }

    /// Whether `track` is heard: it is on, and no other one alone is.
    pub fn is_heard(&self, track: Track) -> bool {
        let own = self.of(track);
        own.on && (own.solo || !self.own.iter().any(|other| other.on && other.solo))
    }

    /// What plays `track` in `genre`, where the voice sounds like `fits`.
    pub fn instrument(&self, track: Track, genre: Genre, fits: Instrument) -> Instrument {
        let (chosen, usual) = match track {
            Track::Melody => (self.instrument, fits),
            _ => (self.of(track).program, genre.plays(track)),
        };
        chosen.instrument().unwrap_or(usual)
    }

    /// Every parameter's index, see [`parameter`], and plain value.
    pub fn values(&self) -> impl Iterator<Item = (u32, f32)> + use<> {
        let switch = |on: bool| f32::from(u8::from(on));
        let of_all = [
            (parameter::PROGRAMS, switch(self.programs)),
            (parameter::FOLLOWS_VOICE, switch(self.follows_voice)),
            (parameter::INSTRUMENT, self.instrument.index() as f32),
        ];
        let own = self.own.map(|own| own.values());
        let own = own.into_iter().zip(Track::ALL).flat_map(|(values, track)| {
            let first = parameter::of_track(track, 0);
            (first..).zip(values)
        });
        of_all.into_iter().chain(own)
    }

    /// Sets parameter `index` to `value`, held to its range, and gives the track that it belongs
    /// to. What is not a number, and indices of others, change nothing.
    pub fn set(&mut self, index: u32, value: f32) -> Option<Track> {
        if value.is_nan() {
            return None;
        }
        match index {
            parameter::PROGRAMS => self.programs = value >= 0.5,
            parameter::FOLLOWS_VOICE => self.follows_voice = value >= 0.5,
            parameter::INSTRUMENT => {
                let choice = InstrumentChoice::from_index(value.max(0.0) as usize);
                self.instrument = choice.unwrap_or(self.instrument);
            }
            _ => {
                let (track, place) = parameter::track_of(index)?;
                self.of_mut(track).set(place, value);
                return Some(track);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_set_and_nonsense_changes_nothing() {
        let mut wanted = Tracks {
            programs: true,
            follows_voice: true,
            instrument: InstrumentChoice::AUTO,
            ..Tracks::default()
        };
        *wanted.of_mut(Track::Bass) = TrackSettings {
            on: false,
            solo: true,
            level: 0.5,
            octave: -1,
            lowest: 30,
            highest: 60,
            channel: 7,
            program: InstrumentChoice::of(Instrument::SubBass),
            density: 0.1,
            variation: 0.2,
            intensity: 0.3,
            again: true,
            locked: true,
        };
        let mut told = Tracks::default();
        for (index, value) in wanted.values() {
            told.set(index, f32::NAN);
            told.set(index, value);
        }
        assert_eq!(told, wanted);
        let channel = parameter::of_track(Track::Bass, 6);
        assert_eq!(told.set(channel, 99.0), Some(Track::Bass));
        assert_eq!(told.of(Track::Bass).channel, 15);
        assert_eq!(told.set(parameter::GENRE, 1.0), None);
    }

    #[test]
    fn one_alone_silences_the_others_unless_it_is_off() {
        let mut tracks = Tracks::default();
        assert!(tracks.is_heard(Track::Melody) && !tracks.is_heard(Track::Counter));
        tracks.of_mut(Track::Drums).solo = true;
        assert!(tracks.is_heard(Track::Drums) && !tracks.is_heard(Track::Melody));
        tracks.of_mut(Track::Drums).on = false;
        assert!(!tracks.is_heard(Track::Drums) && tracks.is_heard(Track::Melody));
    }
}
