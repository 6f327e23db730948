//! The plugin in this program's hands: one block of one channel after another.

use crate::click::Click;
use crate::clock::{Clock, Song};
use crate::midi::{Sending, Sent};
use nih_plug::context::PluginApi;
use nih_plug::context::process::SendEventError;
use nih_plug::prelude::*;
use rtrb::{Consumer, Producer, RingBuffer};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;
use vocalise::music::Message;
use vocalise::nn::denormals::DenormalsOff;
use vocalise::plugin::{self, Task, Vocalise};

/// The longest block that the plugin sees; longer ones are cut.
pub const LARGEST: usize = 2_048;
/// Messages in one block.
const MESSAGES: usize = 1_024;
/// Tasks that may wait for the worker.
const TASKS: usize = 64;
/// The worker's seat belt; it is woken.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

/// How the audio is doing: written by the audio threads, read by the window.
#[derive(Default)]
pub struct Health {
    /// The loudest sample since the last look, as bits.
    peak: AtomicU32,
    /// Blocks that the sound system lost.
    pub xruns: AtomicU64,
    /// Times the output had to be joined to the input anew.
    pub resyncs: AtomicU64,
    /// Samples of audio so far.
    pub samples: AtomicU64,
    /// The device is gone.
    pub gone: AtomicBool,
    /// The recording that plays in place of a microphone is over.
    pub over: AtomicBool,
    /// The plugin wants to be started anew, since its latency changed.
    pub restart: AtomicBool,
}

impl Health {
    /// The loudest sample since the last call.
    pub fn take_peak(&self) -> f32 {
        f32::from_bits(self.peak.swap(0, Ordering::Relaxed))
    }

    fn hear(&self, block: &[f32]) {
        let peak = block.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        // Floats that are not below zero sort like their bits.
        self.peak.fetch_max(peak.to_bits(), Ordering::Relaxed);
        self.samples
            .fetch_add(block.len() as u64, Ordering::Relaxed);
    }

    /// Forgets what was, for a new start.
    pub fn clear(&self) {
        for count in [&self.xruns, &self.resyncs, &self.samples] {
            count.store(0, Ordering::Relaxed);
        }
        for flag in [&self.gone, &self.over, &self.restart] {
            flag.store(false, Ordering::Relaxed);
        }
    }
}

/// One plugin with all it needs. It is lent to whatever thread the audio comes on.
pub struct Performer {
    plugin: Vocalise,
    /// One channel; empty between blocks.
    buffer: Buffer<'static>,
    song: Arc<Song>,
    health: Arc<Health>,
    clock: Clock,
    click: Click,
    link: Link,
}

/// What the plugin sees of this program.
struct Link {
    transport: Transport,
    /// Messages of the current block with their places in it, in fixed memory.
    sent: Vec<(u32, Message)>,
    sending: Sending,
    tasks: RefCell<Producer<Task>>,
    worker: Thread,
    /// The latency that the plugin told last, in samples.
    latency: Cell<u32>,
    /// Samples since the start.
    position: i64,
    rate: f64,
    /// Whether blocks come as fast as they are done, and not at their time.
    offline: bool,
}

impl Performer {
    /// A performer that rests, and its worker.
    pub fn new(
        song: Arc<Song>,
        health: Arc<Health>,
        sending: Sending,
    ) -> std::io::Result<(Self, Worker)> {
        let mut plugin = Vocalise::default();
        let (tasks, queue) = RingBuffer::new(TASKS);
        let worker = Worker::start(plugin.task_executor(), queue)?;
        let rate = 48_000.0;
        let mut buffer = Buffer::default();
        // SAFETY: an empty slice borrows nothing.
        unsafe { buffer.set_slices(0, |slices| slices.push(&mut [])) };
        let performer = Self {
            plugin,
            buffer,
            clock: Clock::new(&song, rate),
            click: Click::new(rate as f32),
            song,
            health,
            link: Link {
                transport: Transport::new(rate as f32),
                sent: Vec::with_capacity(MESSAGES),
                sending,
                tasks: RefCell::new(tasks),
                worker: worker.thread.thread().clone(),
                latency: Cell::new(0),
                position: 0,
                rate,
                offline: false,
            },
        };
        Ok((performer, worker))
    }

    /// The plugin, for its parameters and its editor.
    pub fn plugin(&self) -> &Vocalise {
        &self.plugin
    }

    /// Makes ready for blocks at `rate` Hz of at most `block` samples; blocks beyond
    /// [`LARGEST`] are cut into such.
    pub fn start(&mut self, rate: f64, block: usize, offline: bool) {
        self.link.transport = Transport::new(rate as f32);
        (self.link.rate, self.link.position) = (rate, 0);
        self.link.offline = offline;
        self.clock = Clock::new(&self.song, rate);
        self.click = Click::new(rate as f32);
        let config = BufferConfig {
            sample_rate: rate as f32,
            min_buffer_size: None,
            max_buffer_size: block.clamp(1, LARGEST) as u32,
            process_mode: if offline {
                ProcessMode::Offline
            } else {
                ProcessMode::Realtime
            },
        };
        let mono = |layout: &&AudioIOLayout| layout.main_input_channels == NonZeroU32::new(1);
        let layouts = Vocalise::AUDIO_IO_LAYOUTS;
        let layout = layouts.iter().find(mono).unwrap_or(&layouts[0]);
        // It always succeeds; what is wrong is told in its editor.
        self.plugin.activate(layout, &config, &mut self.link);
        self.plugin.reset();
    }

    /// The audio is over.
    pub fn stop(&mut self) {
        self.plugin.stop_processing();
        self.plugin.deactivate();
    }

    /// Whether the plugin's models are loaded; a sentence if they never will be.
    pub fn ready(&self) -> Result<bool, String> {
        match self.plugin.view().engine() {
            vocalise::stages::EngineState::Ready => Ok(true),
            vocalise::stages::EngineState::Failed(reason) => Err(reason),
            _ => Ok(false),
        }
    }

    /// Hears `block` and puts into it what is to be heard; `tell` gets each message with its place
    /// in the block. On the audio thread: allocates nothing, locks nothing, waits for nothing.
    pub fn process(&mut self, block: &mut [f32], mut tell: impl FnMut(u32, Message)) {
        let _no_denormals = DenormalsOff::new();
        let mut done = 0;
        for part in block.chunks_mut(LARGEST) {
            self.health.hear(part);
            self.clock.follow(&self.song);
            self.clock.tell(&mut self.link.transport);
            self.plugin.set_passing(self.song.hear_voice());
            self.run(part);
            if self.song.click() {
                self.click.add(part, self.clock.beats(part.len()));
            }
            self.clock.advance(part.len());
            for (offset, message) in self.link.sent.drain(..) {
                let offset = offset.min(part.len() as u32 - 1) + done;
                let ahead_s = f64::from(offset) / self.link.rate;
                self.link.sending.push(Sent {
                    position: self.link.position + i64::from(offset - done),
                    ahead_s: if self.link.offline {
                        0.0
                    } else {
                        ahead_s as f32
                    },
                    message,
                });
                tell(offset, message);
            }
            self.link.position += part.len() as i64;
            done += part.len() as u32;
        }
        self.link.sending.flush();
    }

    fn run(&mut self, part: &mut [f32]) {
        let len = part.len();
        // SAFETY: the slice is given back to `self.buffer` empty, before the block's borrow ends.
        unsafe {
            let part: &'static mut [f32] = std::slice::from_raw_parts_mut(part.as_mut_ptr(), len);
            self.buffer.set_slices(len, |slices| slices[0] = part);
        }
        let mut aux = AuxiliaryBuffers {
            inputs: &mut [],
            outputs: &mut [],
        };
        let before = self.link.latency.get();
        self.plugin
            .process(&mut self.buffer, &mut aux, &mut self.link);
        // SAFETY: an empty slice borrows nothing.
        unsafe { self.buffer.set_slices(0, |slices| slices[0] = &mut []) };
        if self.link.latency.get() != before {
            self.health.restart.store(true, Ordering::Relaxed);
        }
    }
}

impl ProcessContext<Vocalise> for Link {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Standalone
    }
    fn execute_background(&self, task: Task) {
        // The worker is far behind if there is no room; the plugin asks once, so the ring is long.
        let _ = self.tasks.borrow_mut().push(task);
        self.worker.unpark();
    }
    fn execute_gui(&self, task: Task) {
        self.execute_background(task);
    }
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
        if let Some(message) = plugin::message(&event) {
            self.sent.push((event.timing(), message));
        }
        Ok(())
    }
    fn set_latency_samples(&self, samples: u32) {
        self.latency.set(samples);
    }
    fn request_restart(&self) {}
    fn set_current_voice_capacity(&self, _: u32) {}
}

impl ActivateContext<Vocalise> for Link {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Standalone
    }
    fn execute(&self, task: Task) {
        ProcessContext::execute_background(self, task);
    }
    fn set_latency_samples(&self, samples: u32) {
        self.latency.set(samples);
    }
    fn set_current_voice_capacity(&self, _: u32) {}
}

/// Does what the plugin cannot do on the audio thread.
pub struct Worker {
    thread: JoinHandle<()>,
    end: Arc<AtomicBool>,
}

impl Worker {
    fn start(execute: TaskExecutor<Vocalise>, mut tasks: Consumer<Task>) -> std::io::Result<Self> {
        let end = Arc::new(AtomicBool::new(false));
        let over = end.clone();
        let thread = std::thread::Builder::new()
            .name("vocalise worker".to_owned())
            .spawn(move || {
                while !over.load(Ordering::Acquire) {
                    while let Ok(task) = tasks.pop() {
                        execute(task);
                    }
                    std::thread::park_timeout(LONGEST_SLEEP);
                }
            })?;
        Ok(Self { thread, end })
    }

    /// Waits for what is being done and ends.
    pub fn finish(self) {
        self.end.store(true, Ordering::Release);
        self.thread.thread().unpark();
        // A panic there has said so already.
        let _ = self.thread.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::midi::Sender;
    use crate::values::Values;
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::time::Instant;
    use vocalise::music::Meter;

    /// Counts what each thread asks of the heap.
    struct Counting;

    thread_local! {
        static ASKED: Cell<u64> = const { Cell::new(0) };
    }

    // SAFETY: everything is the system allocator's; the counter neither allocates nor unwinds.
    unsafe impl GlobalAlloc for Counting {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
            // SAFETY: the caller's promise.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
            let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
            // SAFETY: the caller's promise.
            unsafe { System.dealloc(place, layout) }
        }
    }

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    #[test]
    fn who_does_not_hear_the_own_voice_hears_the_band_and_nothing_else() {
        let song = Arc::new(Song::new(120.0, Meter::COMMON));
        let (sender, sending) = Sender::start(true).unwrap();
        let (mut performer, worker) =
            Performer::new(song.clone(), Arc::default(), sending).unwrap();
        let phrase = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/golden/phrase.flac");
        let phrase = vocalise::files::audio::read(&phrase).unwrap();
        performer.start(f64::from(phrase.sample_rate), 512, true);
        let play = |performer: &mut Performer| {
            let mut loudest = 0.0f32;
            for samples in phrase.channels[0].chunks_exact(512).take(600) {
                let mut block = samples.to_vec();
                performer.process(&mut block, |_, _| {});
                loudest = block
                    .iter()
                    .fold(loudest, |most, sample| most.max(sample.abs()));
            }
            loudest
        };
        assert_eq!(play(&mut performer), 0.0, "nobody wants to hear anything");
        let values = Values::new(Plugin::params(performer.plugin()));
        values.take(&BTreeMap::from([("monitor".to_owned(), true.into())]));
        song.play(true);
        assert!(play(&mut performer) > 0.01, "the band plays");
        performer.stop();
        worker.finish();
        sender.finish();
    }

    #[test]
    fn a_block_asks_nothing_of_the_heap() {
        let song = Arc::new(Song::new(120.0, Meter::COMMON));
        song.play(true);
        song.set_click(true);
        song.set_hear_voice(true);
        let (sender, sending) = Sender::start(true).unwrap();
        let health = Arc::<Health>::default();
        let (mut performer, worker) = Performer::new(song, health.clone(), sending).unwrap();
        let phrase = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/golden/phrase.flac");
        let phrase = vocalise::files::audio::read(&phrase).unwrap();
        performer.start(f64::from(phrase.sample_rate), 256, false);
        let mut block = [0.0; 256];
        let before = ASKED.get();
        performer.process(&mut block, |_, _| {});
        assert_eq!(ASKED.get(), before, "the first block");
        let limit = Instant::now() + Duration::from_secs(60);
        while performer.ready() == Ok(false) && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(performer.ready(), Ok(true));
        let before = ASKED.get();
        let mut told = 0;
        for samples in phrase.channels[0].chunks_exact(256).take(1_000) {
            block.copy_from_slice(samples);
            performer.process(&mut block, |_, _| told += 1);
            // Four times as fast as it was sung: the other threads keep up.
            std::thread::sleep(Duration::from_micros(1_450));
        }
        assert_eq!(ASKED.get(), before, "{told} messages");
        assert!(told > 10, "{told}");
        performer.stop();
        worker.finish();
        assert!(sender.finish().len() as u64 >= told);
        assert!(health.take_peak() > 0.1);
    }
}
