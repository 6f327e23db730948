//! The parameters of one track.

use super::params::{percent, share};
use crate::music::midi::LAST_CHANNEL;
use crate::music::{InstrumentChoice, Track, pitch};
use crate::voice::TrackSettings;
use nih_plug::prelude::*;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Every parameter of one track. Names are shown with the track's own before them.
#[derive(Params)]
pub struct TrackParams {
    /// Whether it plays. Default: on, but for the second melody and the answers.
    #[id = "on"]
    pub on: BoolParam,
    /// Whether only it and others so marked are heard. Default: off.
    #[id = "solo"]
    pub solo: BoolParam,
    /// Factor on velocities, 0 – 2. Default: 1, as played.
    #[id = "level"]
    pub level: FloatParam,
    /// Octaves by which it is moved. Default: 0.
    #[id = "octave"]
    pub octave: IntParam,
    /// Lowest key that is sent. Default: the lowest there is.
    #[id = "low"]
    pub lowest: IntParam,
    /// Highest key that is sent. Default: the highest there is.
    #[id = "high"]
    pub highest: IntParam,
    /// MIDI channel, 1 – 16. Default: each track its own.
    #[id = "channel"]
    pub channel: IntParam,
    /// What it is played on, where programs are sent. Default: what is usual in the genre. The
    /// melody has the *Instrument* instead.
    #[id = "program"]
    pub program: EnumParam<InstrumentChoice>,
    /// How many notes the band plays on it, 0 – 1. Default: 0.5, what is usual in the genre.
    #[id = "density"]
    pub density: FloatParam,
    /// How much its bars differ, 0 – 1. Default: 0.35, a pattern that lives.
    #[id = "variation"]
    pub variation: FloatParam,
    /// How forcefully it is played, 0 – 1. Default: 0.5, what is usual in the genre.
    #[id = "intensity"]
    pub intensity: FloatParam,
    /// Each change asks for other bars. For a button.
    #[id = "again"]
    pub again: BoolParam,
    /// Holds on to the pattern that plays. Default: off.
    #[id = "lock"]
    pub locked: BoolParam,
}

impl TrackParams {
    /// Those of `track`.
    pub fn new(track: Track) -> Self {
        let name = |what: &str| format!("{track} {what}");
        let usual = TrackSettings::of(track);
        // What only the band has is hidden on the others, and the melody has the *Instrument*.
        let is_made = !matches!(track, Track::Melody | Track::Answer);
        let octaves = RangeInclusive::into_inner(TrackSettings::OCTAVES);
        Self {
            on: BoolParam::new(name("On"), usual.on),
            solo: BoolParam::new(name("Solo"), usual.solo),
            level: percent(&name("Level"), usual.level, TrackSettings::LEVELS),
            octave: IntParam::new(
                name("Octave"),
                usual.octave.into(),
                IntRange::Linear {
                    min: octaves.0.into(),
                    max: octaves.1.into(),
                },
            ),
            lowest: any_key(name("Lowest"), usual.lowest),
            highest: any_key(name("Highest"), usual.highest),
            channel: IntParam::new(
                name("Channel"),
                i32::from(usual.channel) + 1,
                IntRange::Linear {
                    min: 1,
                    max: i32::from(LAST_CHANNEL) + 1,
                },
            ),
            program: match EnumParam::new(name("Program"), usual.program) {
                unused if track == Track::Melody => unused.hide(),
                shown => shown,
            },
            density: match share(&name("Density"), usual.density) {
                shown if is_made => shown,
                unused => unused.hide(),
            },
            variation: match share(&name("Variation"), usual.variation) {
                shown if is_made => shown,
                unused => unused.hide(),
            },
            intensity: match share(&name("Intensity"), usual.intensity) {
                shown if is_made => shown,
                unused => unused.hide(),
            },
            again: match BoolParam::new(name("Again"), usual.again) {
                unused if track == Track::Melody => unused.hide(),
                shown => shown,
            },
            locked: match BoolParam::new(name("Lock"), usual.locked) {
                shown if is_made => shown,
                unused => unused.hide(),
            },
        }
    }

    /// What the user wants of the track.
    pub fn settings(&self) -> TrackSettings {
        TrackSettings {
            on: self.on.value(),
            solo: self.solo.value(),
            level: self.level.value(),
            octave: self.octave.value() as i8,
            lowest: self.lowest.value() as u8,
            highest: self.highest.value() as u8,
            channel: (self.channel.value() - 1) as u8,
            program: self.program.value(),
            density: self.density.value(),
            variation: self.variation.value(),
            intensity: self.intensity.value(),
            again: self.again.value(),
            locked: self.locked.value(),
        }
    }
}

/// A parameter whose values are MIDI keys, shown by their names.
fn any_key(name: String, default: u8) -> IntParam {
    IntParam::new(name, default.into(), IntRange::Linear { min: 0, max: 127 })
        .with_value_to_string(Arc::new(|key| pitch::key_name(key.clamp(0, 127) as u8)))
        .with_string_to_value(Arc::new(|name| pitch::key_from_name(name).map(i32::from)))
}
