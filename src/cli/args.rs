//! What `vocalise render` can be asked, and what of it this version can do.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use vocalise::music::{
    Division, Genre, Instrument, InstrumentChoice, Key, Meter, Scale, SnapMode, TempoMap, Track,
};
use vocalise::plugin::preset_values;
use vocalise::voice::offline::{Settings, Song};
use vocalise::voice::{Answers, KeyChoice, Response, Timing, TimingMode, Tuneful};

use super::{BadUsage, presets};

/// The tempo that a file is written in when none is asked for, in BPM: what DAWs start with.
const DEFAULT_BPM: f64 = 120.0;

#[derive(Debug, Args)]
pub struct Render {
    /// Recordings (WAV, FLAC or MP3) or melodies (.mid), or folders of recordings.
    #[arg(required = true, value_name = "IN")]
    pub inputs: Vec<PathBuf>,

    /// The MIDI file to write; for several inputs or a folder, the folder to write into
    /// [default: beside each input; NAME.vocalise.mid beside a melody].
    #[arg(short, long, value_name = "OUT.mid")]
    pub output: Option<PathBuf>,

    /// live: the notes that the plugin sends while it is sung to, when it sends them; refined: the
    /// notes on their onsets, found with hindsight.
    #[arg(long, value_enum, default_value_t = Mode::Live)]
    mode: Mode,

    /// A preset by name, see `vocalise presets`, or its file (.toml); what is asked beside it goes
    /// first.
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,

    /// Style: trap, pop, afrobeat, hip-hop, r-and-b, electronic, rock, jazz, classical, cinematic
    /// [default: the preset's, or pop].
    #[arg(long, value_name = "GENRE")]
    genre: Option<Genre>,

    /// What plays the melody, such as piano, strings, trumpet or synth-lead; auto goes by how the
    /// voice sounds [default: the preset's, or piano].
    #[arg(long, value_name = "NAME")]
    instrument: Option<OrAuto<Instrument>>,

    /// Tempo in beats a minute that was sung to, counted from the beginning of the recording; auto
    /// finds it, and where the bars begin, in the notes [default: auto, or a MIDI file's own].
    #[arg(long, value_name = "BPM")]
    tempo: Option<OrAuto<Bpm>>,

    /// Key of the song, such as "C minor" or "F# dorian"; auto finds it in the notes.
    #[arg(long, value_name = "KEY", default_value = "auto")]
    key: OrAuto<Key>,

    /// What happens to notes outside the key: adjust moves them to the nearest inside, remove drops
    /// them [default: the preset's, or off].
    #[arg(long, value_enum)]
    snap: Option<SnapArg>,

    /// How much of the genre's own feel there is: 0 as sung, 1 as the genre would play it [default:
    /// the preset's, or 0].
    #[arg(long, value_name = "0-1", value_parser = within::<0, 1>)]
    feel: Option<f32>,

    /// Tracks to write, separated by commas: melody, chords, bass, answer (what is played when the
    /// singer rests; only of a recording and with --mode live), counter (a second melody), drums
    /// [default: the preset's, or all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    tracks: Option<Vec<Track>>,

    /// Seed of what is left to chance [default: the preset's, or 0].
    #[arg(long, value_name = "0-99", value_parser = clap::value_parser!(u32).range(0..=99))]
    seed: Option<u32>,

    /// fast: notes some 40 ms earlier; sure: fewer mistakes [default: the preset's, or sure].
    #[arg(long, value_enum)]
    response: Option<ResponseArg>,

    /// live: notes where they are decided; aligned: each on its onset, as the plugin plays with its
    /// latency made up for. Refined notes are always on their onsets.
    #[arg(long, value_enum, default_value_t = TimingArg::Live)]
    timing: TimingArg,

    /// Grid that notes are drawn to: 1/4, 1/8, 1/16 or 1/32, with t for triplets or d for dotted; or
    /// off [default: the preset's, or off].
    #[arg(long, value_name = "GRID")]
    quantise: Option<Division>,

    /// How far notes are drawn to the grid: 0 not at all, 1 onto it [default: the preset's, or 1].
    #[arg(long, value_name = "0-1", value_parser = within::<0, 1>)]
    strength: Option<f32>,

    /// How long the first of two grid steps is to the second: 1 straight, 2 like a triplet [default:
    /// the preset's, or 1].
    #[arg(long, value_name = "1-3", value_parser = within::<1, 3>)]
    swing: Option<f32>,

    /// Milliseconds by which notes are spread around their time, the same way each time [default:
    /// the preset's, or 0].
    #[arg(long, value_name = "MS", value_parser = within::<0, 50>)]
    humanise: Option<f32>,

    /// Table of the sung notes to write: onset_s, offset_s, midi_pitch, velocity, decided_s,
    /// separated by tabs; for several inputs or a folder, the folder for NAME.notes.tsv.
    #[arg(long, value_name = "FILE.tsv")]
    pub notes: Option<PathBuf>,

    /// Table of the pitch track to write: time_s, f0_hz (0 or negative where unvoiced); for
    /// several inputs or a folder, the folder for NAME.f0.tsv.
    #[arg(long, value_name = "FILE.tsv")]
    pub f0: Option<PathBuf>,

    /// Print one JSON object an input in place of a line of text.
    #[arg(long)]
    pub json: bool,
}

/// When notes are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// As the plugin sends them.
    Live,
    /// With hindsight, on their onsets.
    Refined,
}

/// [`Response`] as clap lists it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ResponseArg {
    Fast,
    Sure,
}

/// [`TimingMode`] as clap lists it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TimingArg {
    Live,
    Aligned,
}

/// [`SnapMode`] as clap lists it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SnapArg {
    Off,
    Adjust,
    Remove,
}

/// A number from `LEAST` to `MOST`.
fn within<const LEAST: i32, const MOST: i32>(text: &str) -> Result<f32, String> {
    let range = LEAST as f32..=MOST as f32;
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("give a number from {LEAST} to {MOST}"))
}

/// A value, or leave to find it.
#[derive(Clone, Copy, Debug)]
enum OrAuto<T> {
    Auto,
    Given(T),
}

impl<T: FromStr> FromStr for OrAuto<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text.eq_ignore_ascii_case("auto") {
            Ok(Self::Auto)
        } else {
            text.parse().map(Self::Given)
        }
    }
}

/// A tempo that a song can have, 20 – 400 beats a minute.
#[derive(Clone, Copy, Debug)]
struct Bpm(f64);

impl FromStr for Bpm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bpm = text.parse().ok().filter(|bpm| (20.0..=400.0).contains(bpm));
        bpm.map(Self)
            .ok_or_else(|| "give 20 to 400 beats a minute".to_owned())
    }
}

/// What was asked, once it is known that it can be done.
#[derive(Debug)]
pub struct Plan {
    /// When notes are placed.
    pub mode: Mode,
    /// For the engine.
    pub settings: Settings,
    /// The tracks to write.
    pub tracks: Vec<Track>,
    /// The song's tempo.
    pub tempo: Tempo,
}

/// The tempo of a song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tempo {
    /// Nobody said: the file's own, or the usual one.
    Unsaid,
    /// To be found in the notes.
    Auto,
    /// In BPM.
    Given(f64),
}

/// The map of a file of `song`; at the usual tempo where there is none. Its bars lie where the song's
/// do: what comes before the song's first one is a bar of its own length in time.
pub fn tempo_map(song: Option<Song>) -> TempoMap {
    let Some(song) = song else {
        return TempoMap::constant(DEFAULT_BPM, Meter::COMMON);
    };
    let bar_s = song.meter.bar_quarters() * 60.0 / song.bpm;
    let mut pick_up_s = song.begins_s.rem_euclid(bar_s);
    if pick_up_s < 1e-3 {
        return TempoMap::constant(song.bpm, song.meter);
    }
    // A very short bar would be too fast for a MIDI file's tempo.
    if pick_up_s < 0.5 * bar_s {
        pick_up_s += bar_s;
    }
    let pick_up_bpm = song.bpm * bar_s / pick_up_s;
    TempoMap::with_pick_up(pick_up_bpm, song.bpm, song.meter)
}

impl Render {
    /// What is to be done; refuses what cannot: a flag must never be taken and then have no effect.
    pub fn plan(&self) -> Result<Plan, BadUsage> {
        let preset = match &self.preset {
            Some(wanted) => Some(preset_values::settings(&presets::find(wanted)?)),
            None => None,
        };
        let usual = preset.unwrap_or_default();
        let instrument = match self.instrument {
            Some(OrAuto::Auto) => InstrumentChoice::AUTO,
            Some(OrAuto::Given(instrument)) => InstrumentChoice::of(instrument),
            None => usual.tracks.instrument,
        };
        if instrument == InstrumentChoice::AUTO && self.mode == Mode::Refined {
            let reason = match self.instrument {
                Some(_) => "--instrument auto needs --mode live: it goes by the voice as it comes",
                None => {
                    "the preset's instrument is auto, which needs --mode live: name one with --instrument"
                }
            };
            return Err(BadUsage(reason.to_owned()));
        }
        let tracks = match (&self.tracks, preset) {
            (Some(tracks), _) => tracks.clone(),
            (None, Some(preset)) => {
                let plays = |track: &Track| preset.tracks.of(*track).on;
                Track::ALL.into_iter().filter(plays).collect()
            }
            (None, None) => Track::ALL.to_vec(),
        };
        let tempo = match self.tempo {
            Some(OrAuto::Auto) => Tempo::Auto,
            Some(OrAuto::Given(Bpm(bpm))) => Tempo::Given(bpm),
            None => Tempo::Unsaid,
        };
        let (key, scale) = match self.key {
            OrAuto::Auto => (KeyChoice::Auto, Scale::default()),
            OrAuto::Given(key) => (KeyChoice::of_tonic(key.tonic()), key.scale()),
        };
        let genre = self.genre.unwrap_or(usual.genre);
        Ok(Plan {
            mode: self.mode,
            settings: Settings {
                genre,
                response: match self.response {
                    Some(ResponseArg::Fast) => Response::Fast,
                    Some(ResponseArg::Sure) => Response::Sure,
                    None => usual.response,
                },
                timing: Timing {
                    mode: match self.timing {
                        TimingArg::Live => TimingMode::Live,
                        TimingArg::Aligned => TimingMode::Aligned,
                    },
                    genre,
                    quantise: self.quantise.unwrap_or(usual.timing.quantise),
                    strength: self.strength.unwrap_or(usual.timing.strength),
                    swing: self.swing.unwrap_or(usual.timing.swing),
                    humanise_ms: self.humanise.unwrap_or(usual.timing.humanise_ms),
                    feel: self.feel.unwrap_or(usual.timing.feel),
                    ..usual.timing
                },
                tuneful: Tuneful {
                    key,
                    scale,
                    snap: match self.snap {
                        Some(SnapArg::Off) => SnapMode::Off,
                        Some(SnapArg::Adjust) => SnapMode::Adjust,
                        Some(SnapArg::Remove) => SnapMode::Remove,
                        None => usual.tuneful.snap,
                    },
                    ..usual.tuneful
                },
                answers: Answers {
                    seed: self.seed.unwrap_or(usual.answers.seed),
                    ..usual.answers
                },
                tracks: usual.tracks.only(&tracks).played_on(instrument),
                ..usual
            },
            tracks,
            tempo,
        })
    }
}
