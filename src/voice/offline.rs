//! A recording, rendered by the same stages as the plugin, on the caller's thread.

use super::report::Report;
use super::{F0Point, Performance, Response, Setup, stages};
use crate::audio::{FrontEnd, FrontEndError};
use crate::music::{Genre, Instrument, SungNote, TimedMessage};
use crate::nn::Pack;
use crate::stages::{HostEvent, Inline, OffAudio, Stamped};

/// Silence after the recording, so that its last note ends by itself, in seconds.
const TAIL_S: f64 = 0.5;
/// Samples taken at a time; no result depends on it.
const BLOCK: usize = 4_096;

/// How a recording is to be rendered. The defaults are the plugin's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The style of what is played along.
    pub genre: Genre,
    /// The melody's instrument.
    pub instrument: Instrument,
    /// How early notes are decided.
    pub response: Response,
    /// How notes are played.
    pub performance: Performance,
    /// Input gain in dB.
    pub gain_db: f32,
    /// Level under which nothing counts as voice, in dB below full scale.
    pub gate_db: f32,
}

impl Settings {
    /// The gate's default: only what is below any usable recording is shut out.
    pub const DEFAULT_GATE_DB: f32 = -70.0;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            genre: Genre::default(),
            instrument: Instrument::default(),
            response: Response::default(),
            performance: Performance::default(),
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
    let length = channels.iter().map(Vec::len).max().unwrap_or(0);
    if length == 0 {
        return Err(RenderError::Empty);
    }
    let mut front_end = FrontEnd::new(sample_rate)?;
    let (reports, heard) = crossbeam_channel::unbounded();
    let setup = Setup {
        response: settings.response,
        performance: settings.performance,
        front_end_delay_s: front_end.delay_s(),
        rate: sample_rate,
    };
    let stages =
        stages(pack, setup, reports, &OffAudio::main_thread()).map_err(RenderError::Models)?;
    let mut line = Inline::new(stages, sample_rate);
    let mut rendering = Rendering {
        sample_rate,
        ..Rendering::default()
    };
    let gain = 10f32.powf(settings.gain_db / 20.0);
    let end = length + (TAIL_S * sample_rate) as usize;
    let mut block = vec![vec![0.0; BLOCK]; channels.len()];
    let mut start = 0;
    while start < end {
        let len = BLOCK.min(end - start);
        for (to, from) in block.iter_mut().zip(channels) {
            to.resize(len, 0.0);
            for (offset, sample) in to.iter_mut().enumerate() {
                *sample = from.get(start + offset).copied().unwrap_or(0.0);
            }
        }
        front_end.process(&block, gain, settings.gate_db, |offset, frame| {
            line.frame(Stamped::new((start + offset) as i64, frame));
        });
        rendering.messages.extend(line.messages());
        start += len;
        progress(start.min(length) as f32 / length as f32);
    }
    // A note that the tail did not end is ended all the same.
    line.event(Stamped::new(end as i64, HostEvent::Gap(1)));
    rendering.messages.extend(line.messages());
    drop(line);
    let recorded = 0.0..=length as f64;
    for report in heard {
        match report {
            Report::Frame { f0, .. } if recorded.contains(&(f0.time_s * sample_rate)) => {
                rendering.f0.push(f0);
            }
            Report::NoteOff(note) => rendering.notes.push(note),
            _ => {}
        }
    }
    Ok(rendering)
}
