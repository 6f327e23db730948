//! The VST3 host, on the vst3-host crate.
//!
//! That crate has no call for a host without a clock: a script without
//! transport is a stopped one here. Stopping to process deactivates.

use crate::audio_thread::AudioThread;
use crate::heard::{Event, Message};
use crate::host::{About, Block, Host, Pace, Param, Setup};
use crate::timeline::Snapshot;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;
use vst3_host::audio::{AudioBuffers, SpeakerArrangement};
use vst3_host::midi::{MidiEvent, PluginEvent, PluginEventData};
use vst3_host::{Plugin, ProcessMode, TransportPosition};

/// The plugin itself, for its editor's window as well.
pub type SharedPlugin = Arc<Mutex<Plugin>>;

/// A VST3 plugin in a host.
pub struct Vst3Host {
    about: About,
    plugin: SharedPlugin,
    thread: AudioThread,
    setup: Option<Setup>,
    /// What the main thread does while audio is processed.
    meanwhile: Box<dyn FnMut()>,
}

impl Vst3Host {
    /// Loads the first audio plugin in a `.vst3` bundle.
    pub fn open(path: &Path) -> Result<Self> {
        let mut loader = vst3_host::Vst3Host::builder().build()?;
        let mut plugin = loader
            .load_plugin(path)
            .with_context(|| format!("{} could not be loaded", path.display()))?;
        // The loader leaves the plugin active; only a stop makes it inactive.
        plugin.start_processing()?;
        plugin.stop_processing()?;
        let layout = plugin.audio_bus_layout()?;
        let channels = |buses: &[vst3_host::audio::AudioBusConfig]| {
            buses.iter().map(|bus| bus.channel_count as u32).collect()
        };
        let info = plugin.info();
        let about = About {
            format: "VST3",
            id: info.uid.clone(),
            name: info.name.clone(),
            vendor: info.vendor.clone(),
            version: info.version.clone(),
            audio_inputs: channels(&layout.inputs),
            audio_outputs: channels(&layout.outputs),
            note_inputs: info.has_midi_input.into(),
            note_outputs: info.has_midi_output.into(),
        };
        Ok(Self {
            about,
            plugin: Arc::new(Mutex::new(plugin)),
            thread: AudioThread::start()?,
            setup: None,
            meanwhile: Box::new(|| {}),
        })
    }

    /// The plugin itself, for its editor's window.
    pub fn plugin(&self) -> SharedPlugin {
        self.plugin.clone()
    }

    /// Does `work` on the main thread whenever audio is processed, about a thousand times a second.
    pub fn meanwhile(&mut self, work: impl FnMut() + 'static) {
        self.meanwhile = Box::new(work);
    }

    fn lock(&self) -> MutexGuard<'_, Plugin> {
        lock(&self.plugin)
    }
}

impl Host for Vst3Host {
    fn about(&self) -> &About {
        &self.about
    }

    fn params(&mut self) -> Result<Vec<Param>> {
        let plugin = self.lock();
        let params = plugin.get_parameters()?;
        params
            .into_iter()
            .map(|param| {
                Ok(Param {
                    text: text_of(&plugin, param.id, param.value, &param.unit)?,
                    id: param.id,
                    name: param.name,
                    steps: param.step_count.max(0) as u32,
                    default: param.default,
                    value: param.value,
                })
            })
            .collect()
    }

    fn value_text(&mut self, id: u32, value: f64) -> Result<String> {
        let plugin = self.lock();
        let params = plugin.get_parameters()?;
        let param = params.iter().find(|param| param.id == id);
        let param = param.with_context(|| format!("the plugin has no parameter {id}"))?;
        text_of(&plugin, id, value, &param.unit)
    }

    fn read_text(&mut self, _: u32, _: &str) -> Result<Option<f64>> {
        Ok(None)
    }

    fn set(&mut self, id: u32, value: f64) -> Result<()> {
        let mut plugin = self.lock();
        ensure!(
            !plugin.is_processing(),
            "a parameter of an active plugin is set through its events"
        );
        Ok(plugin.set_parameter(id, value)?)
    }

    fn save_state(&mut self) -> Result<Vec<u8>> {
        Ok(self.lock().save_state()?)
    }

    fn load_state(&mut self, state: &[u8]) -> Result<()> {
        Ok(self.lock().load_state(state)?)
    }

    fn latency(&mut self) -> u32 {
        self.lock().latency_samples()
    }

    fn activate(&mut self, setup: &Setup) -> Result<()> {
        let arrangement = match setup.channels {
            1 => SpeakerArrangement::MONO,
            2 => SpeakerArrangement::STEREO,
            other => bail!("{other} channels are neither mono nor stereo"),
        };
        let mut plugin = self.lock();
        plugin.stop_processing()?;
        plugin.reconfigure(setup.rate, setup.max_block)?;
        plugin.set_bus_arrangements(&[arrangement], &[arrangement])?;
        // Each of these calls is a setup. The mode comes last, so that a plugin
        // which heeds the setup before the last is found out.
        plugin.set_process_mode(if setup.offline {
            ProcessMode::Offline
        } else {
            ProcessMode::Realtime
        })?;
        let layout = plugin.audio_bus_layout()?;
        for buses in [&layout.inputs, &layout.outputs] {
            ensure!(
                buses.len() == 1 && buses[0].channel_count == setup.channels,
                "the plugin has no layout with {} channels in and out, only {layout:?}",
                setup.channels
            );
        }
        plugin.start_processing()?;
        drop(plugin);
        self.setup = Some(setup.clone());
        Ok(())
    }

    fn process(&mut self, blocks: Vec<Block>, pace: Option<Pace>) -> Result<Vec<Block>> {
        let plugin = self.plugin.clone();
        let rate = self
            .setup
            .as_ref()
            .context("the plugin is not active")?
            .rate;
        let work = move || {
            blocks
                .into_iter()
                .map(|mut block| {
                    if let Some(pace) = pace {
                        pace.wait_for(&block);
                    }
                    process_block(&mut lock(&plugin), &mut block, rate)?;
                    Ok(block)
                })
                .collect()
        };
        self.thread.run(work, &mut self.meanwhile)?
    }

    fn reset(&mut self) -> Result<()> {
        self.stop_start()
    }

    fn stop_start(&mut self) -> Result<()> {
        let mut plugin = self.lock();
        plugin.stop_processing()?;
        Ok(plugin.start_processing()?)
    }

    fn deactivate(&mut self) -> Result<()> {
        Ok(self.lock().stop_processing()?)
    }

    fn serve(&mut self) -> Result<()> {
        self.lock().service_host_requests()?;
        Ok(())
    }

    fn take_log(&mut self) -> Vec<String> {
        Vec::new()
    }
}

fn lock(plugin: &Mutex<Plugin>) -> MutexGuard<'_, Plugin> {
    plugin.lock().unwrap_or_else(|poison| poison.into_inner())
}

/// The value with its unit, which VST3 keeps apart.
fn text_of(plugin: &Plugin, id: u32, value: f64, unit: &str) -> Result<String> {
    let text = plugin.format_parameter(id, value)?;
    Ok(match unit.trim() {
        "" => text,
        unit => format!("{text} {unit}"),
    })
}

fn process_block(plugin: &mut Plugin, block: &mut Block, rate: f64) -> Result<()> {
    for &(offset, id, value) in &block.changes {
        plugin.set_parameter_at(id, value, offset as i32)?;
    }
    for &(offset, bytes) in &block.midi {
        let event = MidiEvent::from_midi_bytes(&bytes)
            .with_context(|| format!("{bytes:02x?} is no MIDI channel message"))?;
        plugin.send_midi_event_at(event, offset as i32)?;
    }
    let now = block.transport.unwrap_or_default();
    set_transport(plugin, &now, rate)?;
    let mut buffers = AudioBuffers {
        inputs: block.input.clone(),
        outputs: vec![vec![0.0; block.frames()]; block.input.len()],
        sample_rate: rate,
        block_size: block.frames(),
    };
    let started = Instant::now();
    plugin
        .process_audio(&mut buffers)
        .with_context(|| format!("processing failed at sample {}", block.position))?;
    block.took = started.elapsed();
    block.output = buffers.outputs;
    block.events = plugin
        .take_output_events()
        .iter()
        .map(|event| Event {
            position: block.position + i64::from(event.sample_offset),
            message: message(event),
        })
        .collect();
    Ok(())
}

fn set_transport(plugin: &mut Plugin, now: &Snapshot, rate: f64) -> Result<()> {
    plugin.set_tempo(now.tempo)?;
    plugin.set_time_signature(now.meter.0.into(), now.meter.1.into())?;
    plugin.set_playing(now.playing)?;
    plugin.set_transport_position(TransportPosition {
        samples: (now.seconds() * rate).round() as i64,
        quarter_notes: now.quarter,
    })?;
    Ok(())
}

fn message(event: &PluginEvent) -> Message {
    let odd = || Message::Other(format!("{:?}", event.data));
    let note = |channel: i16, pitch: i16| {
        let channel = u8::try_from(channel).ok().filter(|&n| n < 16)?;
        let key = u8::try_from(pitch).ok().filter(|&n| n < 128)?;
        Some((channel, key))
    };
    match event.data {
        PluginEventData::NoteOn {
            channel,
            pitch,
            velocity,
            ..
        } => note(channel, pitch).map_or_else(odd, |(channel, key)| Message::NoteOn {
            channel,
            key,
            velocity,
        }),
        PluginEventData::NoteOff {
            channel,
            pitch,
            velocity,
            ..
        } => note(channel, pitch).map_or_else(odd, |(channel, key)| Message::NoteOff {
            channel,
            key,
            velocity,
        }),
        PluginEventData::LegacyMidiCcOut {
            control_number,
            channel,
            value,
            value2,
        } => {
            // The numbers above 127 are VST3's own.
            let (kind, first, second) = match control_number {
                128 => (0xd0, value, 0),
                129 => (0xe0, value, value2),
                130 => (0xc0, value, 0),
                131 => (0xa0, value, value2),
                controller => (0xb0, controller, value),
            };
            match u8::try_from(channel) {
                Ok(channel) if channel < 16 => Message::from_midi([kind | channel, first, second]),
                _ => odd(),
            }
        }
        _ => odd(),
    }
}
