//! The program without its window: what is wanted, what runs, and what is wrong.

use crate::audio::{self, Choices, Feed, Home, Running, System};
use crate::clock::Song;
use crate::midi::{self, Sender};
use crate::names;
use crate::performer::{Health, Performer, Worker};
use crate::settings::Settings;
use crate::values::Values;
use anyhow::{Context, Result};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use vocalise::gui::Editor;
use vocalise::music::midi_file::Part;
use vocalise::music::{TempoMap, TimedMessage, Track};
use vocalise::plugin::Vocalise;
use vocalise::stages::EngineState;

/// Digital silence for so long is no microphone.
const DEAF: Duration = Duration::from_secs(4);

/// Everything that runs. Lives on the main thread.
pub struct Studio {
    /// What is wanted now, the command line's wishes included.
    pub settings: Settings,
    /// Where it is remembered; none for a run that leaves no trace.
    path: Option<PathBuf>,
    /// What was remembered before the command line had its say.
    remembered: Settings,
    /// What was wanted in the beginning.
    begun: Settings,
    /// The clock, shared with the audio thread.
    pub song: Arc<Song>,
    /// How the audio is doing.
    pub health: Arc<Health>,
    /// The plugin's parameters.
    pub values: Arc<Values>,
    /// What there is to choose from.
    pub choices: Choices,
    /// Names of MIDI ports to choose from.
    pub ports: Vec<String>,
    /// What is wrong with the settings' file, once.
    pub settings_trouble: Option<String>,
    /// Why no sound comes in.
    pub audio_trouble: Option<String>,
    /// Why no notes go out.
    pub midi_trouble: Option<String>,
    feed: Option<Feed>,
    system: System,
    running: Option<Running>,
    home: Home,
    sender: Option<Sender>,
    worker: Option<Worker>,
    /// The rate of the sound that ran last, in Hz.
    rate: f64,
    engine: Arc<Mutex<EngineState>>,
    /// When sound was last anything but silence.
    heard: Instant,
}

/// How a studio is to begin.
pub struct Beginning {
    /// What is remembered.
    pub remembered: Settings,
    /// What is wanted in this run.
    pub settings: Settings,
    /// Where it is remembered.
    pub path: Option<PathBuf>,
    /// A recording in place of the microphone.
    pub feed: Option<Feed>,
    /// Whether everything that is sent is kept for a file.
    pub keep: bool,
}

impl Studio {
    /// A studio in which nothing runs yet, and the editor of its plugin.
    pub fn new(beginning: Beginning) -> Result<(Self, Editor)> {
        let Beginning {
            remembered,
            settings,
            path,
            feed,
            keep,
        } = beginning;
        let wanted = &settings.song;
        let song = Arc::new(Song::new(wanted.tempo, wanted.meter()));
        song.set_click(wanted.click);
        song.set_hear_voice(wanted.hear_voice);
        let health = Arc::<Health>::default();
        let (sender, sending) = Sender::start(keep).context("no thread for MIDI")?;
        let (performer, worker) = Performer::new(song.clone(), health.clone(), sending)
            .context("no thread for the plugin")?;
        let plugin: &Vocalise = performer.plugin();
        let editor = plugin.panel();
        let engine = plugin.view().state();
        let values = Arc::new(Values::new(nih_plug::prelude::Plugin::params(plugin)));
        // Without a DAW nothing else makes sound; what is remembered goes before.
        values.take(&BTreeMap::from([("monitor".to_owned(), true.into())]));
        let unknown = values.take(&settings.parameters);
        let studio = Self {
            settings_trouble: (!unknown.is_empty())
                .then(|| format!("settings that say nothing: {}", unknown.join(", "))),
            home: Home::new(performer, health.clone()),
            begun: settings.clone(),
            settings,
            path,
            remembered,
            song,
            health,
            values,
            choices: Choices::default(),
            ports: Vec::new(),
            audio_trouble: None,
            midi_trouble: None,
            feed,
            system: System::Own,
            running: None,
            sender: Some(sender),
            worker: Some(worker),
            rate: 48_000.0,
            engine,
            heard: Instant::now(),
        };
        Ok((studio, editor))
    }

    /// Looks again for what there is, and opens what is wanted.
    pub fn look_again(&mut self) {
        self.open_audio();
        self.open_midi();
    }

    /// Whether sound comes in, notes go out, and this is not the first time.
    pub fn is_well(&self) -> bool {
        let begun_before = self.path.as_ref().is_some_and(|path| path.exists());
        begun_before && self.running.is_some() && self.midi_trouble.is_none()
    }

    /// Whether notes go out of a port of JACK's.
    pub fn has_jack_port(&self) -> bool {
        self.running.is_some() && self.feed.is_none() && self.system == System::Jack
    }

    /// Looks for sound, and opens what is wanted.
    pub fn open_audio(&mut self) {
        self.close_audio();
        self.audio_trouble = self.try_audio().err();
    }

    fn try_audio(&mut self) -> Result<(), String> {
        if self.feed.is_none() {
            self.system = System::from_id(&self.settings.audio.system)?;
            self.choices = Choices::look(self.system)?;
        }
        let running = self
            .home
            .open(self.system, &self.settings.audio, self.feed.as_ref())?;
        self.rate = running.facts.rate;
        self.heard = Instant::now();
        self.running = Some(running);
        Ok(())
    }

    fn close_audio(&mut self) {
        if let Some(running) = self.running.take() {
            self.audio_trouble = self.home.close(running).err();
            if let Some(sender) = &self.sender {
                sender.silence();
            }
        }
    }

    /// Looks for MIDI ports, and opens the one that is wanted.
    pub fn open_midi(&mut self) {
        let Some(sender) = &self.sender else { return };
        // The old port goes first: a virtual one is to come back under its own name.
        sender.connect(None);
        self.ports = midi::ports().unwrap_or_default();
        let choice = midi::Choice::from_id(&self.settings.midi.output);
        match choice.open() {
            Ok(out) => {
                sender.connect(out);
                self.midi_trouble = None;
            }
            // JACK has a port of ours already.
            Err(_) if choice == midi::Choice::Virtual && self.has_jack_port() => {
                self.midi_trouble = None;
            }
            Err(reason) => self.midi_trouble = Some(reason),
        }
    }

    /// What runs.
    pub fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    /// The sound system in use.
    pub fn system(&self) -> System {
        self.system
    }

    /// How the plugin's engine is doing.
    pub fn engine(&self) -> EngineState {
        self.engine.lock().clone()
    }

    /// Whether a recording plays in place of the microphone.
    pub fn plays_recording(&self) -> bool {
        self.feed.is_some()
    }

    /// Notes begun and messages lost, since the start.
    pub fn counts(&self) -> (u64, u64) {
        self.sender.as_ref().map_or((0, 0), Sender::counts)
    }

    /// Whether what comes in has been nothing at all for a while.
    pub fn is_deaf(&self) -> bool {
        self.running.is_some() && self.feed.is_none() && self.heard.elapsed() > DEAF
    }

    /// To be called now and then: hears of troubles, and starts anew what wants to.
    pub fn tick(&mut self) {
        if self.running.is_some() && self.health.gone.load(Ordering::Relaxed) {
            self.close_audio();
            let gone = match self.system {
                System::Jack => "the JACK server has ended: start it again",
                System::Own => "the sound device is gone: plug it in again",
            };
            self.audio_trouble = Some(gone.to_owned());
        }
        if self.running.is_some() && self.health.restart.swap(false, Ordering::Relaxed) {
            self.open_audio();
        }
        // A microphone that is there is never quite silent: its own noise is louder.
        if self.health.take_peak() > 0.0 {
            self.heard = Instant::now();
        }
        if let Some(reason) = self.sender.as_ref().and_then(Sender::trouble) {
            self.midi_trouble = Some(reason);
        }
    }

    /// Makes the settings say what holds now, and writes them down.
    pub fn remember(&self) -> Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let mut now = self.settings.clone();
        let song = &mut now.song;
        song.tempo = self.song.tempo();
        song.meter = self.song.meter().to_string();
        song.click = self.song.click();
        song.hear_voice = self.song.hear_voice();
        now.parameters = self.values.kept();
        now.without(&self.begun, &self.remembered).write(path)
    }

    /// Ends everything; gives a MIDI file of what was sent, if that was kept.
    pub fn finish(&mut self) -> Result<Option<Vec<u8>>> {
        self.close_audio();
        if let Some(worker) = self.worker.take() {
            worker.finish();
        }
        let Some(sender) = self.sender.take() else {
            return Ok(None);
        };
        let sent = sender.finish();
        self.file(&sent).map(Some)
    }

    fn file(&self, sent: &[TimedMessage]) -> Result<Vec<u8>> {
        let used = |track: &Track| sent.iter().any(|m| m.message.channel() == track.channel());
        let parts: Vec<Part> = Track::ALL
            .into_iter()
            .filter(used)
            .map(|track| Part {
                channel: track.channel(),
                name: track.name().to_owned(),
                program: None,
            })
            .collect();
        let tempo = TempoMap::constant(self.song.tempo(), self.song.meter());
        vocalise::music::midi_file::write(sent, self.rate, &tempo, &parts)
            .context("the MIDI file cannot be made")
    }

    /// Lets the command line choose by name; an error is a sentence that says what there is.
    pub fn choose(
        &mut self,
        input: Option<&str>,
        output: Option<&str>,
        port: Option<&str>,
    ) -> Result<(), String> {
        if input.is_some() || output.is_some() {
            let choices = Choices::look(System::from_id(&self.settings.audio.system)?)?;
            let pick = |kind, wanted: &str, list: &[audio::Choice]| {
                names::find(kind, wanted, list, |c| vec![&c.name, &c.id]).map(|c| c.id.clone())
            };
            match input {
                None => {}
                Some(audio::DEFAULT) => self.settings.audio.input = audio::DEFAULT.to_owned(),
                Some(name) => self.settings.audio.input = pick("input", name, &choices.inputs)?,
            }
            match output {
                None => {}
                Some(name @ (audio::DEFAULT | audio::NONE)) => {
                    self.settings.audio.output = name.to_owned();
                }
                Some(name) => self.settings.audio.output = pick("output", name, &choices.outputs)?,
            }
        }
        match port {
            None => {}
            Some(name @ ("virtual" | "none")) => self.settings.midi.output = name.to_owned(),
            Some(name) => {
                let ports = midi::ports()?;
                let found = names::find("MIDI port", name, &ports, |port| vec![port])?;
                self.settings.midi.output = found.clone();
            }
        }
        self.begun = self.settings.clone();
        Ok(())
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // What was not finished in order ends all the same.
        self.close_audio();
        if let Some(worker) = self.worker.take() {
            worker.finish();
        }
    }
}
