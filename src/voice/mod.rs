//! Vocalise's own filling of the three stages: a voice becomes notes.
//!
//! The life of a sung note, by file: [`input_prep`] hands a frame of features to the network,
//! [`reactive`] runs the network, [`note_decoder`] finds the notes in its answers, [`output_prep`]
//! hands them on, [`melody`] makes MIDI of them. [`offline`] runs the same stages over a recording, or
//! reads it again with hindsight ([`refined`]).

pub mod answer;
mod answering;
mod attack;
pub mod band;
mod brightness;
pub mod calibration;
pub mod draw;
mod evidence;
mod expecting;
mod expression;
mod f0_track;
mod generative;
mod input_prep;
mod legato;
mod loudness;
mod melody;
pub mod melody_steps;
mod note_decoder;
pub mod note_features;
mod note_search;
pub mod offline;
pub mod offset_calibration;
mod onset;
mod output;
mod output_prep;
mod performance;
mod pitch_track;
mod placing;
mod quantiser;
mod reactive;
mod reading;
mod receiver;
pub mod recording;
mod refined;
mod report;
mod response;
mod rest;
mod rhythm;
mod schedule;
mod sensitivity;
mod singing;
mod song_clock;
pub mod song_fit;
pub mod step_features;
pub mod take;
pub mod timbre;
mod timing;
mod tonality;
mod tuning;
mod watch;
mod way_out;

pub use answering::Answers;
pub use band::{TrackSettings, Tracks};
pub use note_decoder::{Events, NoteDecoder, NoteEvent};
pub use output::Output;
pub use performance::{Carrier, Performance};
pub use report::{F0Point, Report};
pub use response::Response;
pub use timing::{Timing, TimingMode};
pub use tonality::{KeyChoice, Tuneful};
pub use watch::Watch;

use crate::audio::Frame;
use crate::audio::frame::{BANDS, HOP, SAMPLE_RATE};
use crate::nn::{ContextModel, ContinuationModel, Pack, PitchModel, PitchOutput, TimbreModel};
use crate::stages::{Line, OffAudio, Stages};
use answer::AnsweringLine;
use band::arranger::Arranger;
use generative::{Ask, GenerativeLane, Made};

/// The parameters that the stages are told of, by the index that host events carry.
pub mod parameter {
    use crate::music::Track;

    /// [`super::Response`], as its index.
    pub const RESPONSE: u32 = 0;
    /// See [`super::Performance::bend`].
    pub const BEND: u32 = 1;
    /// See [`super::Performance::bend_range`].
    pub const BEND_RANGE: u32 = 2;
    /// [`super::Output`], as its index.
    pub const OUTPUT: u32 = 3;
    /// See [`super::Performance::mpe`]; 0 or 1.
    pub const MPE: u32 = 4;
    /// See [`super::Performance::note_expressions`]; 0 or 1.
    pub const NOTE_EXPRESSIONS: u32 = 5;
    /// See [`super::Performance::loudness`]; 0 or 1.
    pub const LOUDNESS: u32 = 6;
    /// See [`super::Performance::brightness`]; 0 or 1.
    pub const BRIGHTNESS: u32 = 7;
    /// See [`super::Performance::hold_gaps_ms`].
    pub const HOLD_GAPS: u32 = 8;
    /// See [`super::Performance::min_note_ms`].
    pub const MIN_NOTE: u32 = 9;
    /// See [`super::Performance::lowest`].
    pub const LOWEST: u32 = 10;
    /// See [`super::Performance::highest`].
    pub const HIGHEST: u32 = 11;
    /// See [`super::Performance::sensitivity`].
    pub const SENSITIVITY: u32 = 12;
    /// Whether the port lets nothing out; 0 or 1.
    pub const BYPASS: u32 = 13;
    /// [`crate::music::Division`], as its index.
    pub const QUANTISE: u32 = 14;
    /// See [`super::Timing::strength`].
    pub const STRENGTH: u32 = 15;
    /// See [`super::Timing::swing`].
    pub const SWING: u32 = 16;
    /// See [`super::Timing::humanise_ms`].
    pub const HUMANISE: u32 = 17;
    /// See [`super::Timing::singer_offset_ms`].
    pub const SINGER_OFFSET: u32 = 18;
    /// See [`super::Timing::feel`].
    pub const FEEL: u32 = 19;
    /// [`crate::music::Genre`], as its index.
    pub const GENRE: u32 = 20;
    /// [`super::KeyChoice`], as its index.
    pub const KEY: u32 = 21;
    /// [`crate::music::Scale`], as its index.
    pub const SCALE: u32 = 22;
    /// [`crate::music::SnapMode`], as its index.
    pub const SNAP: u32 = 23;
    /// See [`super::Tuneful::degrees`].
    pub const DEGREES: u32 = 24;
    /// Any change says: here is a beat.
    pub const TAP: u32 = 25;
    /// Any change says: here begins a bar.
    pub const SET_ONE: u32 = 26;
    /// How much later than heard the beat is wanted, in ms.
    pub const NUDGE: u32 = 27;
    /// See [`super::Answers::temperature`].
    pub const TEMPERATURE: u32 = 28;
    /// Decides what is left to chance.
    pub const SEED: u32 = 29;
    /// See [`super::Tracks::programs`]; 0 or 1.
    pub const PROGRAMS: u32 = 30;
    /// [`crate::music::InstrumentChoice`] of the melody, as its index.
    pub const INSTRUMENT: u32 = 31;
    /// See [`super::Tracks::follows_voice`]; 0 or 1.
    pub const FOLLOWS_VOICE: u32 = 32;
    /// The first parameter of the first track.
    const TRACKS: u32 = 33;
    /// How many parameters each track has, see [`super::TrackSettings`].
    pub const PER_TRACK: usize = 13;
    /// The place of [`super::TrackSettings::again`] among a track's parameters.
    pub const AGAIN: usize = 11;
    /// How many there are: indices are below.
    pub const COUNT: usize = TRACKS as usize + PER_TRACK * Track::ALL.len();

    /// The `place`-th parameter of `track`, in the order of the fields of [`super::TrackSettings`].
    pub const fn of_track(track: Track, place: usize) -> u32 {
        TRACKS + (track.index() * PER_TRACK + place) as u32
    }

    /// The track that a parameter belongs to, and its place there.
    pub fn track_of(index: u32) -> Option<(Track, usize)> {
        let past = index.checked_sub(TRACKS)? as usize;
        Track::from_index(past / PER_TRACK).map(|track| (track, past % PER_TRACK))
    }
}

/// The types that travel along the voice line.
pub enum VoiceLine {}

/// A frame's question to the pitch network.
pub struct PitchRequest {
    /// The frame as the front end made it.
    pub frame: Frame,
}

/// What the pitch network heard at one frame.
#[derive(Clone)]
pub struct PitchAnswer {
    /// The frame's number; see [`Frame::index`].
    pub index: u64,
    /// Level of the frame in dB below full scale.
    pub level_db: f32,
    /// Whether the gate lets the frame count as voice.
    pub gate_open: bool,
    /// The heads of the network.
    pub output: PitchOutput,
    /// The frame's audio; see [`Frame::audio`].
    pub audio: [i16; HOP],
}

impl PitchAnswer {
    /// What was heard at `frame`.
    pub fn new(frame: &Frame, output: &PitchOutput) -> Self {
        Self {
            index: frame.index,
            level_db: frame.level_db,
            gate_open: frame.gate_open,
            output: output.clone(),
            audio: frame.audio,
        }
    }
}

/// All that the second stage makes of a frame.
#[derive(Clone)]
pub struct Analysis {
    /// What the pitch network heard.
    pub pitch: PitchAnswer,
    /// How bright the frame sounds, 0 – 1: its spectral centroid.
    pub brightness: f32,
    /// The frame's log-mel bands.
    pub mel: [f32; BANDS],
}

impl Line for VoiceLine {
    type Frame = Frame;
    type Request = PitchRequest;
    type Response = Analysis;
    type Plan = Ask;
    type Planned = Made;
    type Feedback = Ask;

    fn replaces(new: &Ask, old: &Ask) -> bool {
        new.replaces(old)
    }
}

/// What a line needs to know before it starts.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// How early notes are to be decided.
    pub response: Response,
    /// How notes are to be played.
    pub performance: Performance,
    /// When notes are to be played.
    pub timing: Timing,
    /// What the key is to be.
    pub tuneful: Tuneful,
    /// How what was sung is answered.
    pub answers: Answers,
    /// What is wanted of the tracks.
    pub tracks: Tracks,
    /// Delay of the front end in seconds; see [`crate::audio::FrontEnd::delay_s`].
    pub front_end_delay_s: f64,
    /// The host's rate in Hz.
    pub rate: f64,
}

/// Loads the models of `pack` and fills the stages; what is heard is told to `watch`, which is never
/// waited for.
///
/// # Errors
/// One sentence, when a model or the runtime is missing or unfit.
pub fn stages(
    pack: &Pack,
    setup: Setup,
    watch: Watch,
    _: &OffAudio,
) -> Result<Stages<VoiceLine>, String> {
    let model = PitchModel::new(pack).map_err(|error| error.to_string())?;
    let clock = FrameClock {
        delay_frames: model.delay_frames(),
        setup,
    };
    let answering = ContinuationModel::new(pack).map_err(|error| error.to_string())?;
    let arranger = Arranger::new(pack).map_err(|error| error.to_string())?;
    let context = ContextModel::new(pack).map_err(|error| error.to_string())?;
    let timbre = TimbreModel::new(pack).map_err(|error| error.to_string())?;
    let answering = answering.map(AnsweringLine::new);
    let generative = GenerativeLane::new(answering, arranger, context, timbre);
    let (teller, recorder) = watch.split();
    Ok(Stages {
        input: Box::new(input_prep::VoiceInput::new(recorder)),
        reactive: Box::new(reactive::PitchLane::new(model)),
        generative: Some(Box::new(generative)),
        output: Box::new(output_prep::VoiceOutput::new(clock, teller)),
    })
}

/// Turns frame numbers into times in the recording.
#[derive(Clone, Copy, Debug)]
struct FrameClock {
    /// Frames that the network's answer lags behind its newest input.
    delay_frames: u32,
    setup: Setup,
}

impl FrameClock {
    /// That of the shipped network at 48 kHz, without a resampler's delay.
    #[cfg(test)]
    fn usual() -> Self {
        Self {
            delay_frames: 3,
            setup: Setup {
                response: Response::Sure,
                performance: Performance::default(),
                timing: Timing::default(),
                tuneful: Tuneful::default(),
                answers: Answers::default(),
                tracks: Tracks::default(),
                front_end_delay_s: 0.0,
                rate: 48_000.0,
            },
        }
    }

    /// The moment, in seconds since the front end began, that the answer to frame `index`
    /// describes.
    fn described_s(&self, index: f64) -> f64 {
        let hops = index + 1.0 - f64::from(self.delay_frames);
        hops * HOP as f64 / SAMPLE_RATE - self.setup.front_end_delay_s
    }

    /// The sample at the host's rate that the answer to frame `index` describes.
    fn described(&self, index: f64) -> i64 {
        (self.described_s(index) * self.setup.rate).round() as i64
    }

    /// Samples at the host's rate from one frame to the next.
    fn hop(&self) -> f64 {
        HOP as f64 / SAMPLE_RATE * self.setup.rate
    }

    /// Frames that a line which runs `hold` samples behind its input is behind what the newest
    /// answer describes.
    fn frames_behind(&self, hold: i64) -> usize {
        let behind_s = hold as f64 / self.setup.rate - self.setup.front_end_delay_s;
        let frames = behind_s * SAMPLE_RATE / HOP as f64 - f64::from(self.delay_frames);
        frames.round().max(0.0) as usize
    }

    /// The moment, in seconds, by which the audio up to sample `position` had been taken.
    fn taken_s(&self, position: i64) -> f64 {
        (position + 1) as f64 / self.setup.rate
    }
}
