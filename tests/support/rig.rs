//! The plugin itself in the hands of a host that is no more than a struct: for what must hold of
//! every block, where a real host would be slow or in the way.

#![allow(dead_code, reason = "no program that includes this uses all of it")]

use nih_plug::context::PluginApi;
use nih_plug::context::process::SendEventError;
use nih_plug::prelude::*;
use vocalise::music::{Message, TimedMessage};
use vocalise::plugin::{Task, Vocalise, VocaliseParams};
use vocalise::stages::EngineState;

/// One activated plugin.
pub struct Rig {
    /// The plugin.
    pub plugin: Vocalise,
    run_task: TaskExecutor<Vocalise>,
    host: Host,
    /// One channel; empty between blocks.
    buffer: Buffer<'static>,
    position: i64,
    layout: AudioIOLayout,
    config: BufferConfig,
}

/// What the plugin sees of the host.
struct Host {
    transport: Transport,
    /// Messages of the current block, in fixed memory: counting allocations must see none here.
    sent: Vec<(u32, NoteEvent<()>)>,
    /// The latency that the plugin told last, in samples.
    latency: std::cell::Cell<u32>,
}

impl ProcessContext<Vocalise> for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    fn execute_background(&self, _: Task) {}
    fn execute_gui(&self, _: Task) {}
    fn transport(&self) -> &Transport {
        &self.transport
    }
    fn next_event(&mut self) -> Option<NoteEvent<()>> {
        None
    }
    fn try_send_event(
        &mut self,
        event: NoteEvent<()>,
    ) -> Result<(), (NoteEvent<()>, SendEventError)> {
        if self.sent.len() == self.sent.capacity() {
            return Err((event, SendEventError::HostBufferFull));
        }
        self.sent.push((event.timing(), event));
        Ok(())
    }
    fn set_latency_samples(&self, samples: u32) {
        self.latency.set(samples);
    }
    fn request_restart(&self) {}
    fn set_current_voice_capacity(&self, _: u32) {}
}

impl ActivateContext<Vocalise> for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    fn execute(&self, _: Task) {}
    fn set_latency_samples(&self, samples: u32) {
        self.latency.set(samples);
    }
    fn set_current_voice_capacity(&self, _: u32) {}
}

impl Rig {
    /// A plugin activated for mono audio at `rate` Hz.
    pub fn new(rate: f32, offline: bool) -> Self {
        let mut plugin = Vocalise::default();
        let run_task = plugin.task_executor();
        let process_mode = if offline {
            ProcessMode::Offline
        } else {
            ProcessMode::Realtime
        };
        let config = BufferConfig {
            sample_rate: rate,
            min_buffer_size: None,
            max_buffer_size: 8_192,
            process_mode,
        };
        let host = Host {
            transport: Transport::new(rate),
            sent: Vec::with_capacity(4_096),
            latency: std::cell::Cell::new(0),
        };
        let layout = Vocalise::AUDIO_IO_LAYOUTS[1];
        let mut buffer = Buffer::default();
        // SAFETY: an empty slice borrows nothing.
        unsafe { buffer.set_slices(0, |slices| slices.push(&mut [])) };
        let mut rig = Self {
            plugin,
            run_task,
            host,
            buffer,
            position: 0,
            layout,
            config,
        };
        rig.activate();
        rig
    }

    /// Activates (again), as a host does after a change of rate.
    pub fn activate(&mut self) {
        assert!(
            self.plugin
                .activate(&self.layout, &self.config, &mut self.host)
        );
        self.plugin.reset();
        self.position = 0;
        // Ahead of the first block, which asks for it: this host has no background thread, and an
        // offline block waits for its notes.
        (self.run_task)(Task::StartLine);
    }

    /// The transport that the next blocks see.
    pub fn transport(&mut self) -> &mut Transport {
        &mut self.host.transport
    }

    /// The latency that the plugin told last, in samples.
    pub fn latency(&self) -> usize {
        self.host.latency.get() as usize
    }

    /// What was reported of the engine since the last call.
    pub fn reports(&self) -> Vec<vocalise::voice::Report> {
        self.plugin.view().reports().collect()
    }

    /// Waits until the engine runs; says why if it cannot.
    pub fn wait_until_ready(&self) {
        for _ in 0..1_000 {
            match self.plugin.view().engine() {
                EngineState::Ready => return,
                EngineState::Failed(reason) => panic!("{reason}"),
                _ => std::thread::sleep(std::time::Duration::from_millis(20)),
            }
        }
        panic!("the engine was not ready after 20 s");
    }

    /// The host forgets what was played.
    pub fn reset(&mut self) {
        self.plugin.reset();
    }

    /// The host stops processing.
    pub fn stop(&mut self) {
        self.plugin.stop_processing();
    }

    /// The host takes the plugin out of the signal path.
    pub fn deactivate(&mut self) {
        self.plugin.deactivate();
    }

    /// The host's bypass switch.
    pub fn set_bypass(&mut self, on: bool) {
        let bypass = self.plugin.values().bypass.as_ptr();
        // SAFETY: the pointer is to a parameter of `self.plugin`, which lives.
        unsafe { bypass._internal_set_normalized_value(f32::from(u8::from(on))) };
    }

    /// The host moves a parameter.
    pub fn set<P: Param>(&mut self, param: impl Fn(&VocaliseParams) -> &P, value: P::Plain) {
        let param = param(self.plugin.values());
        // SAFETY: the pointer is to a parameter of `self.plugin`, which lives.
        unsafe {
            param
                .as_ptr()
                ._internal_set_normalized_value(param.preview_normalized(value))
        };
    }

    /// Notes that the last block began.
    pub fn sent_notes(&self) -> usize {
        self.host
            .sent
            .iter()
            .filter(|(_, e)| matches!(e, NoteEvent::NoteOn { .. }))
            .count()
    }

    /// One block; gives what was sent in it, with positions since activation.
    pub fn process(&mut self, block: &mut [f32]) -> Vec<TimedMessage> {
        self.process_only(block);
        let start = self.position - block.len() as i64;
        let timed = |(offset, event): &(u32, NoteEvent<()>)| {
            assert!(
                (*offset as usize) < block.len(),
                "an event outside its block"
            );
            let position = start + i64::from(*offset);
            TimedMessage {
                position,
                message: message(event),
            }
        };
        self.host.sent.iter().map(timed).collect()
    }

    /// One block, and nothing else: for counting what the callback does.
    pub fn process_only(&mut self, block: &mut [f32]) {
        self.host.sent.clear();
        let len = block.len();
        // SAFETY: the slices are given back to `self.buffer` empty, before the block's borrow ends.
        unsafe {
            let block: &'static mut [f32] = std::slice::from_raw_parts_mut(block.as_mut_ptr(), len);
            self.buffer.set_slices(len, |slices| slices[0] = block);
        }
        let mut aux = AuxiliaryBuffers {
            inputs: &mut [],
            outputs: &mut [],
        };
        let status = self
            .plugin
            .process(&mut self.buffer, &mut aux, &mut self.host);
        // SAFETY: an empty slice borrows nothing.
        unsafe { self.buffer.set_slices(0, |slices| slices[0] = &mut []) };
        assert_eq!(status, ProcessStatus::KeepAlive);
        self.position += len as i64;
    }

    /// All of `audio` in blocks of the given sizes, over and over; it comes out as it went in, late
    /// by the plugin's latency.
    pub fn play(&mut self, audio: &[f32], sizes: &[usize]) -> Vec<TimedMessage> {
        let mut sent = Vec::new();
        let mut sizes = sizes.iter().cycle();
        let mut passed = Vec::with_capacity(audio.len());
        let mut block = Vec::new();
        while passed.len() < audio.len() {
            let rest = &audio[passed.len()..];
            let len = (*sizes.next().expect("sizes repeat")).clamp(1, rest.len());
            block.clear();
            block.extend_from_slice(&rest[..len]);
            sent.extend(self.process(&mut block));
            passed.extend_from_slice(&block);
        }
        let late = self.latency().min(audio.len());
        let mut pairs = audio.iter().zip(&passed[late..]);
        assert!(
            pairs.all(|(a, b)| a.to_bits() == b.to_bits()),
            "pass-through"
        );
        sent
    }
}

fn message(event: &NoteEvent<()>) -> Message {
    vocalise::plugin::message(event).expect("the plugin sends what it can name")
}
