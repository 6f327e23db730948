//! What the two formats have in common.

use crate::heard::Event;
use crate::timeline::Snapshot;
use crate::{ClapHost, Vst3Host};
use anyhow::{Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};

/// Opens a plugin: a `.clap` file or a `.vst3` bundle.
pub fn open(path: &Path) -> Result<Box<dyn Host>> {
    match path.extension().and_then(|extension| extension.to_str()) {
        _ if !path.exists() => bail!("{}: there is no such plugin", path.display()),
        Some("clap") => Ok(Box::new(ClapHost::open(path)?)),
        Some("vst3") => Ok(Box::new(Vst3Host::open(path)?)),
        _ => bail!("{}: neither a .clap nor a .vst3", path.display()),
    }
}

/// A plugin in a host. All calls come from one thread.
pub trait Host {
    /// What the plugin says about itself.
    fn about(&self) -> &About;

    /// The parameters in the plugin's order, with their present values.
    fn params(&mut self) -> Result<Vec<Param>>;

    /// How the plugin writes `value` (0 to 1) of the parameter `id`.
    fn value_text(&mut self, id: u32, value: f64) -> Result<String>;

    /// What the plugin reads from a text that a person typed, as 0 to 1;
    /// `None` where the host library has no such call (VST3).
    fn read_text(&mut self, id: u32, text: &str) -> Result<Option<f64>>;

    /// Sets a parameter (0 to 1) while the plugin is not active.
    fn set(&mut self, id: u32, value: f64) -> Result<()>;

    /// The plugin's state.
    fn save_state(&mut self) -> Result<Vec<u8>>;

    /// Gives the plugin a state; an error is its refusal.
    fn load_state(&mut self, state: &[u8]) -> Result<()>;

    /// Reported latency in samples.
    fn latency(&mut self) -> u32;

    /// Activates the plugin and starts processing.
    fn activate(&mut self, setup: &Setup) -> Result<()>;

    /// Processes blocks in order and gives them back with output and events.
    fn process(&mut self, blocks: Vec<Block>, pace: Option<Pace>) -> Result<Vec<Block>>;

    /// Clears the plugin's processing state.
    fn reset(&mut self) -> Result<()>;

    /// Stops processing and starts again.
    fn stop_start(&mut self) -> Result<()>;

    /// Stops processing and deactivates. Does nothing when not active.
    fn deactivate(&mut self) -> Result<()>;

    /// Answers what the plugin asked of its main thread.
    fn serve(&mut self) -> Result<()>;

    /// Takes the lines that the plugin has logged.
    fn take_log(&mut self) -> Vec<String>;
}

/// What a plugin says about itself.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// `CLAP` or `VST3`.
    pub format: &'static str,
    /// The plugin's identifier in its format.
    pub id: String,
    /// The name that users see.
    pub name: String,
    /// Who made it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// Channels of each audio input.
    pub audio_inputs: Vec<u32>,
    /// Channels of each audio output.
    pub audio_outputs: Vec<u32>,
    /// Number of event inputs.
    pub note_inputs: u32,
    /// Number of event outputs.
    pub note_outputs: u32,
}

/// A parameter. All values are 0 to 1.
#[derive(Debug, Clone)]
pub struct Param {
    /// The number by which hosts know it.
    pub id: u32,
    /// The name that users see.
    pub name: String,
    /// Gaps between its discrete values: 1 for a switch, 0 for a fader.
    pub steps: u32,
    /// What it is in a new instance.
    pub default: f64,
    /// What it is now.
    pub value: f64,
    /// What it is now, as the plugin writes it.
    pub text: String,
}

/// How a plugin is activated.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Sample rate in Hz.
    pub rate: f64,
    /// The largest block, in samples.
    pub max_block: usize,
    /// Audio channels, in and out alike: 1 or 2.
    pub channels: usize,
    /// A bounce and not a performance.
    pub offline: bool,
}

/// One call of the plugin's process function.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Its first sample, counted from the start of the run.
    pub position: i64,
    /// Planar audio; its length is the block's.
    pub input: Vec<Vec<f32>>,
    /// Parameter changes: offset in samples, parameter, value from 0 to 1.
    pub changes: Vec<(u32, u32, f64)>,
    /// MIDI: offset in samples, and a channel message.
    pub midi: Vec<(u32, [u8; 3])>,
    /// The host's clock at the first sample.
    pub transport: Option<Snapshot>,
    /// Planar audio that came back.
    pub output: Vec<Vec<f32>>,
    /// Events that came back.
    pub events: Vec<Event>,
    /// How long the call took.
    pub took: Duration,
}

impl Block {
    /// Its length in samples.
    pub fn frames(&self) -> usize {
        self.input.first().map_or(0, Vec::len)
    }
}

/// The pace of a sound card.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// When the first sample of the run was played.
    pub start: Instant,
    /// Hz.
    pub rate: f64,
}

impl Pace {
    /// Sleeps until the block's last sample would have come in.
    pub fn wait_for(&self, block: &Block) {
        let end = (block.position as f64 + block.frames() as f64) / self.rate;
        let due = self.start + Duration::from_secs_f64(end.max(0.0));
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}
