//! The stages on threads of their own.

use super::access::{Infer, Line, PrepareInput, PrepareOutput};
use super::bounce;
use super::counters::Counters;
use super::emissions::{Emission, Emissions};
use super::event::{Signal, Stamped};
use super::lanes::{Lanes, Plans, run_input};
use super::off_audio::OffAudio;
use super::port::Port;
use super::wake::{self, Waker};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// Signals that fit between the audio thread and the input stage: five seconds of frames, so that
/// what is sung while the model loads is caught up.
const SIGNALS: usize = 512;
/// Messages that fit on the way out.
const OUT: usize = 1_024;

/// How the engine is doing, in words a user can act on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EngineState {
    /// Nothing was asked of it yet.
    #[default]
    Idle,
    /// Models are being loaded.
    Loading,
    /// Running.
    Ready,
    /// It cannot run; one sentence says why. Audio still passes.
    Failed(String),
}

/// What all ends of a line share.
#[derive(Default)]
pub(super) struct Shared {
    pub counters: Arc<Counters>,
    /// Messages that were pushed anywhere and whose effects are not all pushed yet.
    pub in_flight: AtomicUsize,
    /// Position up to which everything is decided and on its way to the port.
    pub decided: AtomicI64,
    shutdown: AtomicBool,
    state: Arc<Mutex<EngineState>>,
    input_waker: OnceLock<Waker>,
}

impl Shared {
    pub(super) fn wake_input(&self) {
        if let Some(waker) = self.input_waker.get() {
            waker.wake();
        }
    }

    /// Waits until nothing is under way, calling `drain` so that a full way out cannot block it.
    /// Only for hosts that bounce offline, where waiting is what they ask for.
    pub(super) fn wait_idle(&self, mut drain: impl FnMut()) {
        let mut looks = 0u32;
        while self.in_flight.load(Ordering::Acquire) != 0 && !self.is_shut_down() {
            drain();
            looks = looks.saturating_add(1);
            match looks {
                0..=64 => std::hint::spin_loop(),
                65..=512 => std::thread::yield_now(),
                _ => std::thread::sleep(Duration::from_micros(100)),
            }
        }
        drain();
    }

    /// Says how the line is doing, unless it was ended: the next one may have the word by then.
    fn tell(&self, state: EngineState) {
        let mut told = self.state.lock();
        if !self.is_shut_down() {
            *told = state;
        }
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.shutdown.load(Ordering::Acquire)
    }

    pub(super) fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn done(&self) {
        self.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The filled-in stages of one line.
pub struct Stages<L: Line> {
    /// First access point.
    pub input: Box<dyn PrepareInput<L>>,
    /// Second access point, reactive lane: every request in order.
    pub reactive: Box<dyn Infer<Request = L::Request, Response = L::Response>>,
    /// Second access point, generative lane, where there is one.
    pub generative: Option<Box<dyn Infer<Request = L::Plan, Response = L::Planned>>>,
    /// Third access point.
    pub output: Box<dyn PrepareOutput<L>>,
}

/// Makes the stages, off the audio thread; an error is one sentence for the user.
pub type Build<L> = Box<dyn FnOnce(&OffAudio) -> Result<Stages<L>, String> + Send>;

/// A line whose rings exist and whose threads do not: cheap enough for hosts that activate
/// hundreds of times while they scan.
pub struct Parked<L: Line> {
    signals: Consumer<Stamped<Signal<L::Frame>>>,
    emissions: Producer<Emission>,
    shared: Arc<Shared>,
    rate: f64,
    /// Whether the port waits for each message.
    offline: bool,
    build: Build<L>,
}

/// A running line; dropping it stops the threads and waits for them.
pub struct Engine {
    shared: Arc<Shared>,
    input: Option<JoinHandle<()>>,
}

impl Engine {
    /// Lays a line: the audio thread's end and what [`Parked::start`] makes threads of.
    ///
    /// `rate` is the host's, in Hz; `offline` makes the port wait for each result; `ticks` makes it
    /// send [`HostEvent::Tick`]s; `state` is where the line says how it is doing.
    pub fn lay<L: Line>(
        rate: f64,
        offline: bool,
        ticks: bool,
        state: Arc<Mutex<EngineState>>,
        build: Build<L>,
    ) -> (Port<L::Frame>, Parked<L>) {
        let (signals_in, signals) = RingBuffer::new(SIGNALS);
        let (emissions, emissions_out) = RingBuffer::new(OUT);
        *state.lock() = EngineState::Idle;
        let shared = Arc::new(Shared {
            state,
            ..Shared::default()
        });
        let port = Port::new(
            signals_in,
            emissions_out,
            shared.clone(),
            rate,
            offline,
            ticks,
        );
        (
            port,
            Parked {
                signals,
                emissions,
                shared,
                rate,
                offline,
                build,
            },
        )
    }
}

impl Engine {
    /// Tells the line to end, without waiting for it. `false` if its models are still being loaded,
    /// which nothing interrupts: its thread lets them go when they are there, and dropping the
    /// engine waits for that.
    pub fn end(&self) -> bool {
        let was_loading = {
            let mut state = self.shared.state.lock();
            let ended_before = self.shared.shutdown.swap(true, Ordering::AcqRel);
            let was_loading = !ended_before && *state == EngineState::Loading;
            if was_loading {
                *state = EngineState::Idle;
            }
            was_loading
        };
        self.shared.wake_input();
        !was_loading
    }

    /// Whether the line's threads are gone.
    pub fn is_over(&self) -> bool {
        self.input.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
        if let Some(input) = self.input.take() {
            // A stage that panicked has already said so; there is nothing to add.
            let _ = input.join();
        }
    }
}

/// Ends the whole line if its thread ends by a panic, so that nobody waits for it.
pub(super) struct Lifeline(pub Arc<Shared>);

impl Drop for Lifeline {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let reason = "A stage stopped by an error of its own; reload the plugin.";
            self.0.tell(EngineState::Failed(reason.to_owned()));
            self.0.shutdown.store(true, Ordering::Release);
            self.0.wake_input();
        }
    }
}

impl<L: Line> Parked<L> {
    /// Starts the line's threads; the stages are made on the first of them. Returns at once.
    pub fn start(self) -> Engine {
        let shared = self.shared.clone();
        shared.tell(EngineState::Loading);
        let input = OffAudio::spawn("vocalise input", move |off_audio| self.run(off_audio));
        if let Err(error) = &input {
            let reason = format!("The system gave no thread: {error}.");
            shared.tell(EngineState::Failed(reason));
            shared.shutdown.store(true, Ordering::Release);
        }
        Engine {
            shared,
            input: input.ok(),
        }
    }

    /// The input thread: makes the stages, starts the others, then prepares input until shutdown.
    fn run(self, off_audio: &OffAudio) {
        let Self {
            mut signals,
            emissions,
            shared,
            rate,
            offline,
            build,
        } = self;
        let _lifeline = Lifeline(shared.clone());
        let (sleeper, waker) = wake::pair();
        let _ = shared.input_waker.set(waker.clone());
        let emissions = Emissions::new(emissions);
        if shared.is_shut_down() {
            return;
        }
        let reason = match build(off_audio) {
            // The line was ended meanwhile: what was loaded goes, here and now.
            Ok(_) if shared.is_shut_down() => return,
            Ok(stages) if offline => {
                shared.tell(EngineState::Ready);
                bounce::run(stages, &mut signals, emissions, rate, &sleeper, &shared);
                return;
            }
            Ok(stages) => {
                let lanes = Lanes::start(
                    stages.reactive,
                    stages.generative,
                    stages.output,
                    Arc::new(Plans::<L>::default()),
                    emissions,
                    waker,
                    shared.clone(),
                    rate,
                );
                match lanes {
                    Ok(lanes) => {
                        shared.tell(EngineState::Ready);
                        run_input(stages.input, &mut signals, lanes, &sleeper, &shared);
                        return;
                    }
                    Err(error) => format!("No thread: {error}."),
                }
            }
            Err(reason) => reason,
        };
        shared.tell(EngineState::Failed(reason));
        // Nobody answers, but nobody may wait for an answer either.
        while !shared.is_shut_down() {
            while signals.pop().is_ok() {
                shared.done();
            }
            sleeper.sleep_unless(|| !signals.is_empty() || shared.is_shut_down());
        }
    }
}

#[cfg(test)]
mod tests;
