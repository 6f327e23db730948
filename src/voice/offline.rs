//! A recording, rendered by the same stages as the plugin, on the caller's thread.

use super::evidence::{Evidence, Listener};
use super::f0_track::F0Track;
use super::report::Report;
use super::{
    Answers, F0Point, FrameClock, Performance, PitchAnswer, Response, Setup, Timing, Tracks,
    Tuneful, Watch, refined, stages, take,
};
use crate::audio::{Frame, FrontEnd, FrontEndError};
use crate::music::{Genre, Instrument, Meter, SungNote, TimedMessage, Track};
use crate::nn::{NnError, Pack, PitchModel, RefinedModel};
use crate::stages::{HostEvent, Inline, OffAudio, Stamped, Transport};

/// Silence after the recording, so that its last note ends by itself, in seconds.
const TAIL_S: f64 = 0.5;
/// Samples taken at a time; no result depends on it.
const BLOCK: usize = 4_096;

/// What a recording was sung to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Song {
    /// Quarter notes a minute.
    pub bpm: f64,
    /// How the bars are counted.
    pub meter: Meter,
    /// Seconds from the recording's beginning to that of a bar, the song's first; what is sung
    /// before it is a pick-up. Below 0: the recording begins within the song.
    pub begins_s: f64,
}

impl Song {
    /// A song that begins with the recording.
    pub const fn at(bpm: f64, meter: Meter) -> Self {
        Self {
            bpm,
            meter,
            begins_s: 0.0,
        }
    }
}

/// How a recording is to be rendered. The defaults are the plugin's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The style of what is played along.
    pub genre: Genre,
    /// How early notes are decided.
    pub response: Response,
    /// How notes are played.
    pub performance: Performance,
    /// When notes are played.
    pub timing: Timing,
    /// What the key is to be.
    pub tuneful: Tuneful,
    /// How what was sung is answered.
    pub answers: Answers,
    /// What is wanted of the tracks.
    pub tracks: Tracks,
    /// What the recording was sung to; without it there is no grid and no band.
    pub song: Option<Song>,
    /// Input gain in dB.
    pub gain_db: f32,
    /// Level under which nothing counts as voice, in dB below full scale.
    pub gate_db: f32,
}

impl Settings {
    /// The gate's default: only what is below any usable recording is shut out.
    pub const DEFAULT_GATE_DB: f32 = -70.0;

    /// The transport of a host that plays the song from the recording's first sample on.
    pub(super) fn transport(&self) -> Option<Transport> {
        let song = self.song?;
        Some(Transport {
            playing: true,
            tempo: Some(song.bpm),
            numerator: Some(song.meter.beats()),
            denominator: Some(song.meter.unit()),
            quarters: Some(-song.begins_s * song.bpm / 60.0),
            bar_start: Some(0.0),
            bar: Some(0),
            loop_range: None,
        })
    }

    /// What plays the melody, as far as it was chosen.
    pub fn instrument(&self) -> Instrument {
        self.tracks.instrument.instrument().unwrap_or_default()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            genre: Genre::default(),
            response: Response::default(),
            performance: Performance::default(),
            timing: Timing::default(),
            tuneful: Tuneful::default(),
            answers: Answers::default(),
            tracks: Tracks::default(),
            song: None,
            gain_db: 0.0,
            gate_db: Self::DEFAULT_GATE_DB,
        }
    }
}

/// What was heard in a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendering {
    /// The notes as they were sung, by onset.
    pub notes: Vec<SungNote>,
    /// The pitch track, one point a frame.
    pub f0: Vec<F0Point>,
    /// What the plugin would have sent, by position.
    pub messages: Vec<TimedMessage>,
    /// Rate that the positions count in, in Hz.
    pub sample_rate: f64,
    /// What the voice sounds like, as far as it was asked.
    pub fits: Option<Instrument>,
}

impl Rendering {
    /// What plays `track`, rendered with `settings`.
    pub fn instrument(&self, track: Track, settings: &Settings) -> Instrument {
        let fits = self.fits.unwrap_or_default();
        settings.tracks.instrument(track, settings.genre, fits)
    }
}

/// Why a recording could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is nothing to render.
    #[error("The recording is empty: there is nothing to render.")]
    Empty,
    /// The front end cannot run at this rate.
    #[error(transparent)]
    FrontEnd(#[from] FrontEndError),
    /// A model or the runtime is missing or unfit.
    #[error("{0}")]
    Models(String),
}

/// Renders planar `channels` at `sample_rate` Hz. `progress` is told how much is done, 0 – 1.
///
/// # Errors
/// When there is no audio, or the models cannot be loaded.
pub fn render(
    channels: &[Vec<f32>],
    sample_rate: f64,
    settings: &Settings,
    progress: &mut dyn FnMut(f32),
) -> Result<Rendering, RenderError> {
    let pack = Pack::factory().map_err(|e| RenderError::Models(e.to_string()))?;
    render_with(&pack, channels, sample_rate, settings, progress)
}

/// [`render`] with the models of `pack`.
///
/// # Errors
/// As [`render`].
pub fn render_with(
    pack: &Pack,
    channels: &[Vec<f32>],
    sample_rate: f64,
    settings: &Settings,
    progress: &mut dyn FnMut(f32),
) -> Result<Rendering, RenderError> {
    let mut recording = Recording::open(channels, sample_rate, settings)?;
    let (reports, heard) = crossbeam_channel::unbounded();
    let setup = recording.setup(settings);
    let stages = stages(pack, setup, Watch::new(reports), &OffAudio::main_thread())
        .map_err(RenderError::Models)?;
    let mut line = Inline::new(stages, sample_rate);
    let mut rendering = Rendering {
        sample_rate,
        ..Rendering::default()
    };
    if let Some(transport) = settings.transport() {
        line.event(Stamped::new(0, HostEvent::Transport(transport)));
    }
    while recording.play(progress, |position, frame| {
        line.frame(Stamped::new(position, frame))
    }) {
        rendering.messages.extend(line.messages());
    }
    // A note that the tail did not end is ended all the same.
    line.event(Stamped::new(recording.position as i64, HostEvent::Gap(1)));
    rendering.messages.extend(line.messages());
    drop(line);
    for report in heard {
        match report {
            Report::Frame { f0, .. } if recording.holds(f0.time_s) => rendering.f0.push(f0),
            Report::NoteOff(note, _) => rendering.notes.push(note),
            Report::Fits(instrument) => rendering.fits = Some(instrument),
            _ => {}
        }
    }
    Ok(rendering)
}

/// What is heard in a recording with hindsight: the notes of [`refined`], on their onsets.
///
/// # Errors
/// As [`render`].
pub fn refine_with(
    pack: &Pack,
    channels: &[Vec<f32>],
    sample_rate: f64,
    settings: &Settings,
    progress: &mut dyn FnMut(f32),
) -> Result<Rendering, RenderError> {
    let mut rendering = reheard(pack, channels, sample_rate, settings, progress)?;
    rendering.messages = take::messages(pack, &rendering.notes, sample_rate, settings)
        .map_err(|error| RenderError::Models(error.to_string()))?;
    Ok(rendering)
}

/// The notes that are heard in a recording with hindsight, and the MIDI key that each is played on;
/// what is outside the key and dropped for it is not among them.
///
/// # Errors
/// As [`render`].
pub fn hear_again(
    pack: &Pack,
    channels: &[Vec<f32>],
    sample_rate: f64,
    settings: &Settings,
    progress: &mut dyn FnMut(f32),
) -> Result<Vec<(SungNote, u8)>, RenderError> {
    let rendering = reheard(pack, channels, sample_rate, settings, progress)?;
    let tonality = take::heard(&rendering.notes, settings);
    let notes = rendering.notes.into_iter();
    let played = notes.filter_map(|note| Some((note, tonality.played(note.pitch)?)));
    Ok(played.collect())
}

/// Notes and pitch track of a recording with hindsight, without messages.
///
/// # Errors
/// As [`render`].
pub fn reheard(
    pack: &Pack,
    channels: &[Vec<f32>],
    sample_rate: f64,
    settings: &Settings,
    progress: &mut dyn FnMut(f32),
) -> Result<Rendering, RenderError> {
    let mut recording = Recording::open(channels, sample_rate, settings)?;
    let mut frames = Vec::new();
    while recording.play(progress, |_, frame| frames.push(frame)) {}
    let failed = |error: NnError| RenderError::Models(error.to_string());
    let (heard, delay_frames) = listen(pack, &frames).map_err(failed)?;
    let clock = FrameClock {
        delay_frames,
        setup: recording.setup(settings),
    };
    let mut rendering = Rendering {
        sample_rate,
        ..Rendering::default()
    };
    let mut track = F0Track::default();
    let f0 = heard.iter().zip(&frames);
    let f0 = f0.map(|(heard, frame)| track.push(heard, &frame.audio, clock));
    rendering
        .f0
        .extend(f0.filter(|f0| recording.holds(f0.time_s)));
    for note in refined::notes(&heard) {
        let onset_s = clock.described_s(note.onset).max(0.0);
        rendering.notes.push(SungNote {
            onset_s,
            offset_s: clock.described_s(note.end as f64).max(onset_s),
            pitch: note.pitch,
            velocity: note.velocity,
            decided_s: recording.length as f64 / sample_rate,
        });
    }
    Ok(rendering)
}

/// The evidence in all `frames` of a take, by the pack's refined model or, where it has none, the
/// live one; and how many frames it lies behind them.
fn listen(pack: &Pack, frames: &[Frame]) -> Result<(Vec<Evidence>, u32), NnError> {
    let (mut listener, mut heard) = (Listener::default(), Vec::with_capacity(frames.len()));
    if let Some(mut model) = RefinedModel::new(pack)? {
        let features: Vec<_> = frames.iter().map(|frame| frame.features).collect();
        model.run(&features, |frame, output| {
            heard.push(listener.hear(&PitchAnswer::new(&frames[frame], output)));
        })?;
        return Ok((heard, model.delay_frames()));
    }
    let mut model = PitchModel::new(pack)?;
    for frame in frames {
        heard.push(listener.hear(&PitchAnswer::new(frame, model.run(&frame.features)?)));
    }
    Ok((heard, model.delay_frames()))
}

/// A recording on its way through the front end, block by block, and some silence after it.
struct Recording<'a> {
    channels: &'a [Vec<f32>],
    rate: f64,
    /// Samples in the longest channel.
    length: usize,
    /// Samples that were played, the silence with them.
    position: usize,
    front_end: FrontEnd,
    /// Factor on the samples.
    gain: f32,
    gate_db: f32,
    block: Vec<Vec<f32>>,
}

impl<'a> Recording<'a> {
    fn open(channels: &'a [Vec<f32>], rate: f64, settings: &Settings) -> Result<Self, RenderError> {
        let length = channels.iter().map(Vec::len).max().unwrap_or(0);
        if length == 0 {
            return Err(RenderError::Empty);
        }
        Ok(Self {
            channels,
            rate,
            length,
            position: 0,
            front_end: FrontEnd::new(rate)?,
            gain: 10f32.powf(settings.gain_db / 20.0),
            gate_db: settings.gate_db,
            block: vec![vec![0.0; BLOCK]; channels.len()],
        })
    }

    fn setup(&self, settings: &Settings) -> Setup {
        Setup {
            response: settings.response,
            performance: settings.performance,
            timing: Timing {
                genre: settings.genre,
                ..settings.timing
            },
            tuneful: settings.tuneful,
            answers: settings.answers,
            tracks: settings.tracks,
            front_end_delay_s: self.front_end.delay_s(),
            rate: self.rate,
        }
    }

    /// Plays the next block; false when all has been played. Frames come with the position of the
    /// sample that completed them.
    fn play(&mut self, progress: &mut dyn FnMut(f32), mut hear: impl FnMut(i64, Frame)) -> bool {
        let (start, end) = (self.position, self.length + (TAIL_S * self.rate) as usize);
        if start >= end {
            return false;
        }
        let len = BLOCK.min(end - start);
        for (to, from) in self.block.iter_mut().zip(self.channels) {
            to.resize(len, 0.0);
            for (offset, sample) in to.iter_mut().enumerate() {
                *sample = from.get(start + offset).copied().unwrap_or(0.0);
            }
        }
        self.front_end
            .process(&self.block, self.gain, self.gate_db, |offset, frame| {
                hear((start + offset) as i64, frame);
            });
        self.position += len;
        progress(self.position.min(self.length) as f32 / self.length as f32);
        true
    }

    /// Whether the moment `seconds` lies in the recording.
    fn holds(&self, seconds: f64) -> bool {
        (0.0..=self.length as f64).contains(&(seconds * self.rate))
    }
}
