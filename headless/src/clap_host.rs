//! The CLAP host, on clack.

use crate::audio_thread::AudioThread;
use crate::clap_block::process_block;
use crate::host::{About, Block, Host, Pace, Param, Setup};
use anyhow::{Context, Result, anyhow, bail, ensure};
use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_extensions::latency::{HostLatency, HostLatencyImpl, PluginLatency};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::note_ports::PluginNotePorts;
use clack_extensions::params::*;
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::{HostState, HostStateImpl, PluginState};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use std::ffi::CString;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What the plugin asked for, from whichever thread.
#[derive(Default)]
struct Requests {
    callback: AtomicBool,
    restart: AtomicBool,
    log: Mutex<Vec<String>>,
}

pub(crate) struct Shared(Arc<Requests>);

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {
        self.0.restart.store(true, Ordering::Release);
    }
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.0.callback.store(true, Ordering::Release);
    }
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        let mut log = self
            .0
            .log
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        log.push(format!("{severity}: {message}"));
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {}
}

pub(crate) struct MainThread;

impl MainThreadHandler<'_> for MainThread {}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, _: ParamRescanFlags) {}
    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

impl HostStateImpl for MainThread {
    fn mark_dirty(&self) {}
}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {}
}

pub(crate) struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Self::Shared<'_>) {
        builder
            .register::<HostLog>()
            .register::<HostParams>()
            .register::<HostState>()
            .register::<HostLatency>();
    }
}

/// A CLAP plugin in a host.
pub struct ClapHost {
    about: About,
    requests: Arc<Requests>,
    /// Between activation and deactivation; it must go before `instance`.
    processor: Option<StartedPluginAudioProcessor<Handlers>>,
    instance: PluginInstance<Handlers>,
    thread: AudioThread,
    setup: Option<Setup>,
}

impl ClapHost {
    /// Loads the first plugin in a `.clap` file.
    pub fn open(path: &Path) -> Result<Self> {
        let info = HostInfo::new("headless", "", "", env!("CARGO_PKG_VERSION"))?;
        // SAFETY: loading runs the file's own code, which is what its user asked for.
        let entry = unsafe { PluginEntry::load(path) }
            .with_context(|| format!("{} could not be loaded", path.display()))?;
        let factory = entry
            .get_plugin_factory()
            .with_context(|| format!("{} has no plugins", path.display()))?;
        let descriptor = factory
            .plugin_descriptors()
            .next()
            .with_context(|| format!("{} has no plugins", path.display()))?;
        let text = |name: Option<&std::ffi::CStr>| {
            name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
        };
        let id = descriptor.id().context("the plugin has no id")?.to_owned();
        let mut about = About {
            format: "CLAP",
            id: text(descriptor.id()),
            name: text(descriptor.name()),
            vendor: text(descriptor.vendor()),
            version: text(descriptor.version()),
            ..About::default()
        };
        let requests = Arc::<Requests>::default();
        let shared = Shared(requests.clone());
        let mut instance = PluginInstance::new(|_| shared, |_| MainThread, &entry, &id, &info)
            .with_context(|| format!("{} could not be created", about.name))?;
        (about.audio_inputs, about.audio_outputs) = audio_ports(&mut instance);
        let handle = instance.plugin_handle();
        if let Some(ports) = handle.get_extension::<PluginNotePorts>() {
            about.note_inputs = ports.count(&handle, true);
            about.note_outputs = ports.count(&handle, false);
        }
        Ok(Self {
            about,
            requests,
            processor: None,
            instance,
            thread: AudioThread::start()?,
            setup: None,
        })
    }

    fn extension<
        E: clack_host::extensions::Extension<
                ExtensionSide = clack_host::extensions::PluginExtensionSide,
            >,
    >(
        &mut self,
        what: &str,
    ) -> Result<E> {
        let handle = self.instance.plugin_handle();
        handle
            .get_extension()
            .with_context(|| format!("the plugin has no {what}"))
    }

    /// Does `work` with the processor on the audio thread and serves the plugin meanwhile.
    fn on_audio_thread<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut StartedPluginAudioProcessor<Handlers>) -> T + Send + 'static,
    ) -> Result<T> {
        let mut processor = self.processor.take().context("the plugin is not active")?;
        let (processor, result) = self.thread.run(
            move || {
                let result = work(&mut processor);
                (processor, result)
            },
            || answer_callback(&self.requests, &mut self.instance),
        )?;
        self.processor = Some(processor);
        Ok(result)
    }

    /// Takes the processor from the started to the stopped state on the audio thread.
    fn stop(&mut self) -> Result<StoppedPluginAudioProcessor<Handlers>> {
        let processor = self.processor.take().context("the plugin is not active")?;
        self.thread.run(
            move || processor.stop_processing(),
            || answer_callback(&self.requests, &mut self.instance),
        )
    }

    fn start(&mut self, stopped: StoppedPluginAudioProcessor<Handlers>) -> Result<()> {
        let started = self.thread.run(
            move || stopped.start_processing(),
            || answer_callback(&self.requests, &mut self.instance),
        )?;
        self.processor = Some(started.map_err(|_| anyhow!("the plugin refused to start"))?);
        Ok(())
    }

    /// Chooses the ports for `channels` in and out.
    fn choose_ports(&mut self, channels: usize) -> Result<()> {
        let wanted = Some(channels as u32);
        let handle = self.instance.plugin_handle();
        if let Some(configs) = handle.get_extension::<PluginAudioPortsConfig>() {
            for index in 0..configs.count(&handle) {
                let mut buffer = AudioPortsConfigBuffer::new();
                let Some(config) = configs.get(&handle, index, &mut buffer) else {
                    continue;
                };
                let input = config.main_input.map(|port| port.channel_count);
                let output = config.main_output.map(|port| port.channel_count);
                if input == wanted && output == wanted {
                    configs.select(&handle, config.id)?;
                    break;
                }
            }
        }
        let ports = audio_ports(&mut self.instance);
        ensure!(
            ports == (vec![channels as u32], vec![channels as u32]),
            "the plugin has no layout with {channels} channels in and out, only {ports:?}"
        );
        Ok(())
    }
}

impl Host for ClapHost {
    fn about(&self) -> &About {
        &self.about
    }

    fn params(&mut self) -> Result<Vec<Param>> {
        let params: PluginParams = self.extension("parameters")?;
        let handle = self.instance.plugin_handle();
        (0..params.count(&handle))
            .map(|index| {
                let mut buffer = ParamInfoBuffer::new();
                let info = params
                    .get_info(&handle, index, &mut buffer)
                    .with_context(|| format!("the plugin does not describe parameter {index}"))?;
                let name = String::from_utf8_lossy(info.name).into_owned();
                let value = params
                    .get_value(&handle, info.id)
                    .with_context(|| format!("the plugin has no value for {name}"))?;
                let normal = |plain: f64| {
                    (plain - info.min_value) / (info.max_value - info.min_value).max(f64::EPSILON)
                };
                let stepped = info.flags.contains(ParamInfoFlags::IS_STEPPED);
                Ok(Param {
                    id: info.id.get(),
                    steps: if stepped {
                        (info.max_value - info.min_value) as u32
                    } else {
                        0
                    },
                    default: normal(info.default_value),
                    value: normal(value),
                    text: text_of(&params, &handle, info.id, value)?,
                    name,
                })
            })
            .collect()
    }

    fn value_text(&mut self, id: u32, value: f64) -> Result<String> {
        let params: PluginParams = self.extension("parameters")?;
        let handle = self.instance.plugin_handle();
        let (min, max) = range(&params, &handle, id)?;
        text_of(&params, &handle, ClapId::new(id), min + value * (max - min))
    }

    fn read_text(&mut self, id: u32, text: &str) -> Result<Option<f64>> {
        let params: PluginParams = self.extension("parameters")?;
        let handle = self.instance.plugin_handle();
        let (min, max) = range(&params, &handle, id)?;
        let plain = params
            .text_to_value(&handle, ClapId::new(id), &CString::new(text)?)
            .with_context(|| format!("the plugin cannot read {text:?}"))?;
        Ok(Some((plain - min) / (max - min)))
    }

    fn set(&mut self, id: u32, value: f64) -> Result<()> {
        let params: PluginParams = self.extension("parameters")?;
        let (min, max) = range(&params, &self.instance.plugin_handle(), id)?;
        let mut handle = self
            .instance
            .inactive_plugin_handle()
            .context("a parameter of an active plugin is set through its events")?;
        let mut changes = EventBuffer::new();
        let plain = min + value * (max - min);
        changes.push(&ParamValueEvent::new(
            0,
            ClapId::new(id),
            Pckn::match_all(),
            plain,
        ));
        let mut answers = EventBuffer::new();
        params.flush(&mut handle, &changes.as_input(), &mut answers.as_output());
        Ok(())
    }

    fn save_state(&mut self) -> Result<Vec<u8>> {
        let state: PluginState = self.extension("state")?;
        let mut bytes = Vec::new();
        state.save(&self.instance.plugin_handle(), &mut bytes)?;
        Ok(bytes)
    }

    fn load_state(&mut self, bytes: &[u8]) -> Result<()> {
        let state: PluginState = self.extension("state")?;
        state.load(&self.instance.plugin_handle(), &mut Cursor::new(bytes))?;
        Ok(())
    }

    fn latency(&mut self) -> u32 {
        let handle = self.instance.plugin_handle();
        let latency = handle.get_extension::<PluginLatency>();
        latency.map_or(0, |latency| latency.get(&handle))
    }

    fn activate(&mut self, setup: &Setup) -> Result<()> {
        self.deactivate()?;
        self.choose_ports(setup.channels)?;
        let handle = self.instance.plugin_handle();
        match handle.get_extension::<PluginRender>() {
            Some(render) => render.set(
                &handle,
                if setup.offline {
                    RenderMode::Offline
                } else {
                    RenderMode::Realtime
                },
            )?,
            None if setup.offline => bail!("the plugin does not know of offline rendering"),
            None => {}
        }
        let configuration = PluginAudioConfiguration {
            sample_rate: setup.rate,
            min_frames_count: 1,
            max_frames_count: setup.max_block as u32,
        };
        let stopped = self.instance.activate(|_, _| (), configuration)?;
        self.requests.restart.store(false, Ordering::Release);
        self.setup = Some(setup.clone());
        self.start(stopped)
    }

    fn process(&mut self, blocks: Vec<Block>, pace: Option<Pace>) -> Result<Vec<Block>> {
        let params: PluginParams = self.extension("parameters")?;
        let handle = self.instance.plugin_handle();
        let mut ranges = std::collections::HashMap::new();
        for &(_, id, _) in blocks.iter().flat_map(|block| &block.changes) {
            ranges.insert(id, range(&params, &handle, id)?);
        }
        self.on_audio_thread(move |processor| {
            blocks
                .into_iter()
                .map(|mut block| {
                    if let Some(pace) = pace {
                        pace.wait_for(&block);
                    }
                    process_block(processor, &mut block, |id| ranges[&id])?;
                    Ok(block)
                })
                .collect()
        })?
    }

    fn reset(&mut self) -> Result<()> {
        self.on_audio_thread(|processor| processor.reset())
    }

    fn stop_start(&mut self) -> Result<()> {
        let stopped = self.stop()?;
        self.start(stopped)
    }

    fn deactivate(&mut self) -> Result<()> {
        if self.processor.is_some() {
            let stopped = self.stop()?;
            self.instance.deactivate(stopped);
        }
        Ok(())
    }

    fn serve(&mut self) -> Result<()> {
        answer_callback(&self.requests, &mut self.instance);
        if self.requests.restart.swap(false, Ordering::AcqRel)
            && self.processor.is_some()
            && let Some(setup) = self.setup.clone()
        {
            self.activate(&setup)?;
        }
        Ok(())
    }

    fn take_log(&mut self) -> Vec<String> {
        let log = self.requests.log.lock();
        std::mem::take(&mut *log.unwrap_or_else(|poison| poison.into_inner()))
    }
}

impl Drop for ClapHost {
    fn drop(&mut self) {
        // A dead audio thread has taken the processor with it: nothing left to stop.
        let _ = self.deactivate();
    }
}

fn answer_callback(requests: &Requests, instance: &mut PluginInstance<Handlers>) {
    if requests.callback.swap(false, Ordering::AcqRel) {
        instance.call_on_main_thread_callback();
    }
}

/// Channels of each input and of each output.
fn audio_ports(instance: &mut PluginInstance<Handlers>) -> (Vec<u32>, Vec<u32>) {
    let handle = instance.plugin_handle();
    let Some(ports) = handle.get_extension::<PluginAudioPorts>() else {
        return Default::default();
    };
    let channels = |input: bool| {
        (0..ports.count(&handle, input))
            .filter_map(|index| {
                let mut buffer = AudioPortInfoBuffer::new();
                let port = ports.get(&handle, index, input, &mut buffer)?;
                Some(port.channel_count)
            })
            .collect()
    };
    (channels(true), channels(false))
}

/// The ends of a parameter's own range.
fn range(params: &PluginParams, handle: &PluginMainThreadHandle, id: u32) -> Result<(f64, f64)> {
    (0..params.count(handle))
        .find_map(|index| {
            let mut buffer = ParamInfoBuffer::new();
            let info = params.get_info(handle, index, &mut buffer)?;
            (info.id.get() == id).then_some((info.min_value, info.max_value))
        })
        .with_context(|| format!("the plugin has no parameter {id}"))
}

fn text_of(
    params: &PluginParams,
    handle: &PluginMainThreadHandle,
    id: ClapId,
    plain: f64,
) -> Result<String> {
    let mut buffer = [0; 256];
    let text = params
        .value_to_text(handle, id, plain, &mut buffer)
        .map_err(|_| anyhow!("the plugin cannot write {plain} of parameter {}", id.get()))?;
    Ok(String::from_utf8_lossy(text).into_owned())
}
