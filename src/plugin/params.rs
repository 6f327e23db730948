//! The parameters: what the host automates and the editor shows, from one source.

use super::track_params::TrackParams;
use crate::music::{Division, Genre, Grid, InstrumentChoice, Scale, SnapMode, Track, pitch};
use crate::voice::offline::Settings;
use crate::voice::{
    Answers, KeyChoice, Output, Performance, Response, Timing, TimingMode, Tracks, Tuneful,
    parameter,
};
use nih_plug::prelude::*;
use parking_lot::RwLock;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Range of the input gain in dB: a phone's recording may be 30 dB off another's.
const GAIN_DB: FloatRange = FloatRange::Linear {
    min: -30.0,
    max: 30.0,
};
/// Range of the gate in dB below full scale; the lowest is as good as off.
const GATE_DB: FloatRange = FloatRange::Linear {
    min: -90.0,
    max: -20.0,
};

/// Range of the monitor's level in dB.
const MONITOR_DB: FloatRange = FloatRange::Linear {
    min: -60.0,
    max: 6.0,
};

/// Every parameter of the plugin. Ids and their values' ids are in saved projects: they stay.
#[derive(Params)]
pub struct VocaliseParams {
    /// The name of the preset that is on; empty for none. Read and written by the editor alone.
    #[persist = "preset"]
    pub preset: RwLock<String>,
    /// The style of what is played along. Default: Pop, the style with the most to learn from.
    #[id = "genre"]
    pub genre: EnumParam<Genre>,
    /// What the melody is meant for; Auto goes by how the voice sounds. Default: Piano.
    #[id = "instrument"]
    pub instrument: EnumParam<InstrumentChoice>,
    /// How early a sung note is decided. Default: Sure, since a wrong note is worse than 40 ms.
    #[id = "response"]
    pub response: EnumParam<Response>,
    /// Gain before the features, in dB; the audio that passes is not touched. Default: 0.
    #[id = "gain"]
    pub gain: FloatParam,
    /// Level under which nothing counts as voice, in dB below full scale. Default: −70, which
    /// shuts out only what is below any usable recording.
    #[id = "gate"]
    pub gate: FloatParam,
    /// Share of the voice's deviation from the key that is bent: 0 is always in tune, 1 follows
    /// every inflection. Default: 0, which every instrument and every mix can take.
    #[id = "bend"]
    pub bend: FloatParam,
    /// Semitones of a full bend, told to the receiver. Default: 2, as receivers begin.
    #[id = "bend_range"]
    pub bend_range: IntParam,
    /// Which tracks leave. Default: all.
    #[id = "output"]
    pub output: EnumParam<Output>,
    /// A channel for each note; counts only where the melody is alone. Default: off.
    #[id = "mpe"]
    pub mpe: BoolParam,
    /// Note expressions in place of bends and controllers. Default: off, since some hosts do not
    /// record them.
    #[id = "note_expressions"]
    pub note_expressions: BoolParam,
    /// Follows the voice's loudness within a note. Default: on; a steady note stays steady.
    #[id = "loudness"]
    pub loudness: BoolParam,
    /// Follows the voice's colour within a note. Default: off.
    #[id = "brightness"]
    pub brightness: BoolParam,
    /// Gaps up to this many ms are held. Default: 120, the longest consonants.
    #[id = "hold_gaps"]
    pub hold_gaps: FloatParam,
    /// Shorter notes are drawn out to this many ms. Default: 60, the shortest that speak.
    #[id = "min_note"]
    pub min_note: FloatParam,
    /// Lowest key that is played. Default: the lowest that is heard.
    #[id = "lowest"]
    pub lowest: IntParam,
    /// Highest key that is played. Default: the highest that is heard.
    #[id = "highest"]
    pub highest: IntParam,
    /// How readily something counts as voice, 0 – 1. Default: 0.5, the network's own word.
    #[id = "sensitivity"]
    pub sensitivity: FloatParam,
    /// Whether notes go out as soon as they are decided, or everything is late by a latency that
    /// the host knows of and each note sits on its onset. Default: Live. Not for automation: the
    /// host has to start the plugin anew.
    #[id = "timing"]
    pub timing_mode: EnumParam<TimingMode>,
    /// The grid that notes are drawn to while the transport runs. Default: off, as sung.
    #[id = "quantise"]
    pub quantise: EnumParam<Division>,
    /// How far notes are drawn to the grid, 0 – 1. Default: 1, onto it.
    #[id = "strength"]
    pub strength: FloatParam,
    /// Long to short of a pair of grid steps, 1 – 3. Default: 1, straight.
    #[id = "swing"]
    pub swing: FloatParam,
    /// How much of the genre's own feel there is, 0 – 1. Default: 0, as sung.
    #[id = "feel"]
    pub feel: FloatParam,
    /// The song's key, or leave to find it. Default: Auto.
    #[id = "key"]
    pub key: EnumParam<KeyChoice>,
    /// The scale on a chosen key. Default: major.
    #[id = "scale"]
    pub scale: EnumParam<Scale>,
    /// What happens to notes outside the key. Default: Off, every note is played.
    #[id = "snap"]
    pub snap: EnumParam<SnapMode>,
    /// The degrees of the scale, the tonic first. Default: all are allowed.
    #[nested(array, group = "Degrees")]
    pub degrees: [Degree; 12],
    /// Each change is a beat that the user taps. For a pedal or a key.
    #[id = "tap"]
    pub tap: BoolParam,
    /// Each change says that a bar begins. For a pedal or a key.
    #[id = "set_one"]
    pub set_one: BoolParam,
    /// How much later than heard the beat is wanted, in ms. Default: 0.
    #[id = "nudge"]
    pub nudge: FloatParam,
    /// How daring answers are, 0 – 1.5. Default: 0.9, nearly as the network learnt it.
    #[id = "temperature"]
    pub temperature: FloatParam,
    /// Decides what is left to chance. Default: 0.
    #[id = "seed"]
    pub seed: IntParam,
    /// Spread of notes around their time, in ms. Default: 0.
    #[id = "humanise"]
    pub humanise: FloatParam,
    /// Round trip of the audio device, in ms, that is taken off before a note is judged against the
    /// grid. Default: 0, since many hosts make up for it.
    #[id = "singer_offset"]
    pub singer_offset: FloatParam,
    /// Whether receivers are told which program to play. Default: off, since many hosts' own
    /// instruments would change.
    #[id = "programs"]
    pub programs: BoolParam,
    /// Whether the band also plays to the beat that is heard in the voice, while the host's transport
    /// stands. Default: off, since a host that stands is meant to be silent.
    #[id = "follows_voice"]
    pub follows_voice: BoolParam,
    /// Whether the built-in synthesiser plays what is sent. Default: off, since in a host other
    /// instruments do.
    #[id = "monitor"]
    pub monitor: BoolParam,
    /// How loud it plays, and auditions, in dB. Default: −6.
    #[id = "monitor_level"]
    pub monitor_level: FloatParam,
    /// What is sung.
    #[nested(id_prefix = "melody", group = "Melody")]
    pub melody: TrackParams,
    /// The chords.
    #[nested(id_prefix = "chords", group = "Chords")]
    pub chords: TrackParams,
    /// The bass.
    #[nested(id_prefix = "bass", group = "Bass")]
    pub bass: TrackParams,
    /// What is played when the singer rests.
    #[nested(id_prefix = "answer", group = "Answer")]
    pub answer: TrackParams,
    /// The second melody.
    #[nested(id_prefix = "counter", group = "Counter")]
    pub counter: TrackParams,
    /// The drum kit.
    #[nested(id_prefix = "drums", group = "Drums")]
    pub drums: TrackParams,
    /// Sends no MIDI while on; what sounds is released. Audio passes either way.
    #[id = "bypass"]
    pub bypass: BoolParam,
}

/// One degree of the scale.
#[derive(Params)]
pub struct Degree {
    /// Whether it is played.
    #[id = "degree"]
    pub allowed: BoolParam,
}

impl Default for VocaliseParams {
    fn default() -> Self {
        let decibels = formatters::v2s_f32_rounded(1);
        let defaults = Settings::default();
        let (performance, timing) = (defaults.performance, defaults.timing);
        Self {
            preset: RwLock::default(),
            genre: EnumParam::new("Genre", defaults.genre),
            instrument: EnumParam::new("Instrument", defaults.tracks.instrument),
            response: EnumParam::new("Response", defaults.response),
            gain: FloatParam::new("Input Gain", defaults.gain_db, GAIN_DB)
                .with_unit(" dB")
                .with_value_to_string(decibels.clone()),
            gate: FloatParam::new("Gate", defaults.gate_db, GATE_DB)
                .with_unit(" dB")
                .with_value_to_string(decibels),
            bend: share("Bend", performance.bend),
            bend_range: IntParam::new(
                "Bend Range",
                performance.bend_range as i32,
                IntRange::Linear {
                    min: *Performance::BEND_RANGES.start() as i32,
                    max: *Performance::BEND_RANGES.end() as i32,
                },
            )
            .with_unit(" st"),
            output: EnumParam::new("Output", performance.output),
            mpe: BoolParam::new("MPE", performance.mpe),
            note_expressions: BoolParam::new("Note Expressions", performance.note_expressions),
            loudness: BoolParam::new("Loudness", performance.loudness),
            brightness: BoolParam::new("Brightness", performance.brightness),
            hold_gaps: length(
                "Hold Gaps",
                performance.hold_gaps_ms,
                Performance::LENGTHS_MS,
            ),
            min_note: length("Min Note", performance.min_note_ms, Performance::LENGTHS_MS),
            lowest: key("Lowest Note", performance.lowest),
            highest: key("Highest Note", performance.highest),
            sensitivity: share("Sensitivity", performance.sensitivity),
            timing_mode: EnumParam::new("Timing", timing.mode).non_automatable(),
            quantise: EnumParam::new("Quantise", timing.quantise),
            strength: share("Strength", timing.strength),
            swing: FloatParam::new(
                "Swing",
                timing.swing,
                FloatRange::Linear {
                    min: *Grid::SWINGS.start() as f32,
                    max: *Grid::SWINGS.end() as f32,
                },
            )
            .with_value_to_string(formatters::v2s_f32_rounded(2)),
            feel: share("Feel", timing.feel),
            key: EnumParam::new("Key", defaults.tuneful.key),
            scale: EnumParam::new("Scale", defaults.tuneful.scale),
            snap: EnumParam::new("Snap", defaults.tuneful.snap),
            degrees: std::array::from_fn(|degree| Degree {
                allowed: BoolParam::new(format!("Degree {}", degree + 1), true),
            }),
            tap: BoolParam::new("Tap", false),
            set_one: BoolParam::new("Set One", false),
            nudge: length("Nudge", 0.0, -100.0..=100.0),
            temperature: FloatParam::new(
                "Temperature",
                defaults.answers.temperature,
                FloatRange::Linear {
                    min: *Answers::TEMPERATURES.start(),
                    max: *Answers::TEMPERATURES.end(),
                },
            )
            .with_value_to_string(formatters::v2s_f32_rounded(2)),
            seed: IntParam::new(
                "Seed",
                defaults.answers.seed as i32,
                IntRange::Linear {
                    min: *Answers::SEEDS.start() as i32,
                    max: *Answers::SEEDS.end() as i32,
                },
            ),
            humanise: length("Humanise", timing.humanise_ms, Timing::HUMANISE_MS),
            singer_offset: length(
                "Singer Offset",
                timing.singer_offset_ms,
                Timing::SINGER_OFFSET_MS,
            ),
            programs: BoolParam::new("Send Programs", defaults.tracks.programs),
            follows_voice: BoolParam::new("Band Follows Voice", defaults.tracks.follows_voice),
            monitor: BoolParam::new("Monitor", false),
            monitor_level: FloatParam::new("Monitor Level", -6.0, MONITOR_DB)
                .with_unit(" dB")
                .with_value_to_string(formatters::v2s_f32_rounded(1)),
            melody: TrackParams::new(Track::Melody),
            chords: TrackParams::new(Track::Chords),
            bass: TrackParams::new(Track::Bass),
            answer: TrackParams::new(Track::Answer),
            counter: TrackParams::new(Track::Counter),
            drums: TrackParams::new(Track::Drums),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
        }
    }
}

impl VocaliseParams {
    /// The parameters of the output stage.
    pub fn performance(&self) -> Performance {
        Performance {
            bend: self.bend.value(),
            bend_range: self.bend_range.value() as f32,
            output: self.output.value(),
            mpe: self.mpe.value(),
            note_expressions: self.note_expressions.value(),
            loudness: self.loudness.value(),
            brightness: self.brightness.value(),
            hold_gaps_ms: self.hold_gaps.value(),
            min_note_ms: self.min_note.value(),
            lowest: self.lowest.value() as u8,
            highest: self.highest.value() as u8,
            sensitivity: self.sensitivity.value(),
        }
    }

    /// What the key is to be.
    pub fn tuneful(&self) -> Tuneful {
        Tuneful {
            key: self.key.value(),
            scale: self.scale.value(),
            snap: self.snap.value(),
            degrees: (0..).zip(&self.degrees).fold(0, |bits, (degree, own)| {
                bits | u16::from(own.allowed.value()) << degree
            }),
        }
    }

    /// Whether and how what was sung is answered.
    pub fn answers(&self) -> Answers {
        Answers {
            temperature: self.temperature.value(),
            seed: self.seed.value() as u32,
        }
    }

    /// Those of `track`.
    pub fn track(&self, track: Track) -> &TrackParams {
        match track {
            Track::Melody => &self.melody,
            Track::Chords => &self.chords,
            Track::Bass => &self.bass,
            Track::Answer => &self.answer,
            Track::Counter => &self.counter,
            Track::Drums => &self.drums,
        }
    }

    /// What is wanted of the tracks.
    pub fn tracks(&self) -> Tracks {
        let mut tracks = Tracks::new(|track| self.track(track).settings());
        tracks.programs = self.programs.value();
        tracks.follows_voice = self.follows_voice.value();
        tracks.instrument = self.instrument.value();
        tracks
    }

    /// Every parameter that the stages are told of: its index, see [`parameter`], and plain value.
    pub fn told(&self) -> impl Iterator<Item = (u32, f32)> {
        let switch = |on: bool| f32::from(u8::from(on));
        let own = [
            (parameter::RESPONSE, self.response.value().index() as f32),
            (parameter::BYPASS, switch(self.bypass.value())),
            (parameter::TAP, switch(self.tap.value())),
            (parameter::SET_ONE, switch(self.set_one.value())),
            (parameter::NUDGE, self.nudge.value()),
        ];
        own.into_iter()
            .chain(self.performance().values())
            .chain(self.timing().values())
            .chain(self.tuneful().values())
            .chain(self.answers().values())
            .chain(self.tracks().values())
    }

    /// When notes are played.
    pub fn timing(&self) -> Timing {
        Timing {
            mode: self.timing_mode.value(),
            quantise: self.quantise.value(),
            strength: self.strength.value(),
            swing: self.swing.value(),
            feel: self.feel.value(),
            genre: self.genre.value(),
            humanise_ms: self.humanise.value(),
            singer_offset_ms: self.singer_offset.value(),
        }
    }
}

/// A parameter from 0 to 1.
pub(super) fn share(name: &str, default: f32) -> FloatParam {
    let range = FloatRange::Linear { min: 0.0, max: 1.0 };
    FloatParam::new(name, default, range).with_value_to_string(formatters::v2s_f32_rounded(2))
}

/// A factor, shown as a percentage.
pub(super) fn percent(name: &str, default: f32, range: RangeInclusive<f32>) -> FloatParam {
    let (min, max) = range.into_inner();
    FloatParam::new(name, default, FloatRange::Linear { min, max })
        .with_unit(" %")
        .with_value_to_string(formatters::v2s_f32_percentage(0))
        .with_string_to_value(formatters::s2v_f32_percentage())
}

/// A parameter in ms; a negative zero reads like zero.
fn length(name: &str, default: f32, range: RangeInclusive<f32>) -> FloatParam {
    let (min, max) = range.into_inner();
    FloatParam::new(name, default, FloatRange::Linear { min, max })
        .with_unit(" ms")
        .with_value_to_string(Arc::new(|ms| format!("{:.0}", ms.round() + 0.0)))
}

/// A parameter whose values are keys, shown by their names.
fn key(name: &str, default: u8) -> IntParam {
    let (min, max) = RangeInclusive::into_inner(Performance::KEYS);
    let range = IntRange::Linear {
        min: min.into(),
        max: max.into(),
    };
    IntParam::new(name, default.into(), range)
        .with_value_to_string(Arc::new(|key| pitch::key_name(key.clamp(0, 127) as u8)))
        .with_string_to_value(Arc::new(|name| pitch::key_from_name(name).map(i32::from)))
}

/// Makes a musical noun a parameter's value: the nouns themselves know no framework.
macro_rules! parameter_values {
    ($noun:ty) => {
        impl Enum for $noun {
            fn variants() -> &'static [&'static str] {
                const NAMES: [&str; <$noun>::ALL.len()] = {
                    let mut names = [""; <$noun>::ALL.len()];
                    let mut i = 0;
                    while i < names.len() {
                        names[i] = <$noun>::ALL[i].name();
                        i += 1;
                    }
                    names
                };
                &NAMES
            }

            fn ids() -> Option<&'static [&'static str]> {
                const IDS: [&str; <$noun>::ALL.len()] = {
                    let mut ids = [""; <$noun>::ALL.len()];
                    let mut i = 0;
                    while i < ids.len() {
                        ids[i] = <$noun>::ALL[i].id();
                        i += 1;
                    }
                    ids
                };
                Some(&IDS)
            }

            fn to_index(self) -> usize {
                self.index()
            }

            fn from_index(index: usize) -> Self {
                Self::from_index(index).unwrap_or(Self::ALL[0])
            }
        }
    };
}

parameter_values!(Division);
parameter_values!(Genre);
parameter_values!(InstrumentChoice);
parameter_values!(KeyChoice);
parameter_values!(Output);
parameter_values!(Response);
parameter_values!(Scale);
parameter_values!(SnapMode);
parameter_values!(TimingMode);
