//! The stages on threads of their own.

use super::access::{Infer, Line, PrepareInput, PrepareOutput, Requests};
use super::counters::Counters;
use super::event::{HostEvent, Signal, Stamped};
use super::off_audio::OffAudio;
use super::playback::{Outbox, Player};
use super::port::Port;
use super::wake::{self, Sleeper, Waker};
use crate::music::TimedMessage;
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// Signals that fit between the audio thread and the input stage: five seconds of frames, so that
/// what is sung while the model loads is caught up.
const SIGNALS: usize = 512;
/// Messages that fit between two stages.
const BETWEEN: usize = 256;
/// Messages that fit on the way out and back.
const OUT: usize = 1_024;

/// A message on its way to the audio thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Emission {
    /// Emissions from before the newest reset are dropped by the port.
    pub epoch: u32,
    /// What is due when, before the constant delay.
    pub timed: TimedMessage,
}

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
    pub counters: Counters,
    /// Messages that were pushed anywhere and whose effects are not all pushed yet.
    pub in_flight: AtomicUsize,
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

    fn is_shut_down(&self) -> bool {
        self.shutdown.load(Ordering::Acquire)
    }

    fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
    }

    fn done(&self) {
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
                build,
            },
        )
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.shutdown.store(true, Ordering::Release);
        self.shared.wake_input();
        if let Some(input) = self.input.take() {
            // A stage that panicked has already said so; there is nothing to add.
            let _ = input.join();
        }
    }
}

/// Ends the whole line if its thread ends by a panic, so that nobody waits for it.
struct Lifeline(Arc<Shared>);

impl Drop for Lifeline {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let reason = "A stage stopped by an error of its own; reload the plugin.";
            *self.0.state.lock() = EngineState::Failed(reason.to_owned());
            self.0.shutdown.store(true, Ordering::Release);
            self.0.wake_input();
        }
    }
}

impl<L: Line> Parked<L> {
    /// Starts the line's threads; the stages are made on the first of them. Returns at once.
    pub fn start(self) -> Engine {
        let shared = self.shared.clone();
        let state = shared.state.clone();
        *state.lock() = EngineState::Loading;
        let input = OffAudio::spawn("vocalise input", move |off_audio| self.run(off_audio));
        if let Err(error) = &input {
            shared.shutdown.store(true, Ordering::Release);
            *state.lock() = EngineState::Failed(format!("The system gave no thread: {error}."));
        }
        Engine {
            shared,
            input: input.ok(),
        }
    }

    /// The input thread: makes the stages, starts the others, then prepares input until shutdown.
    fn run(mut self, off_audio: &OffAudio) {
        let _lifeline = Lifeline(self.shared.clone());
        let (sleeper, waker) = wake::pair();
        let _ = self.shared.input_waker.set(waker.clone());
        let built = (self.build)(off_audio).and_then(|stages| {
            let plans = Arc::new(Plans::<L>::default());
            let lanes = Lanes::start(
                stages.reactive,
                stages.generative,
                stages.output,
                plans.clone(),
                self.emissions,
                waker,
                self.shared.clone(),
                self.rate,
            );
            lanes
                .map(|lanes| (stages.input, lanes))
                .map_err(|e| format!("No thread: {e}."))
        });
        match built {
            Ok((stage, lanes)) => {
                *self.shared.state.lock() = EngineState::Ready;
                run_input(stage, &mut self.signals, lanes, &sleeper, &self.shared);
            }
            Err(reason) => {
                *self.shared.state.lock() = EngineState::Failed(reason);
                // Nobody answers, but nobody may wait for an answer either.
                while !self.shared.is_shut_down() {
                    while self.signals.pop().is_ok() {
                        self.shared.done();
                    }
                    sleeper.sleep_unless(|| !self.signals.is_empty() || self.shared.is_shut_down());
                }
            }
        }
    }
}

/// What goes down the reactive lane.
enum Work<R> {
    Request(Stamped<R>),
    Event(Stamped<HostEvent>),
}

/// What reaches the output stage.
enum Answer<L: Line> {
    Response(Stamped<L::Response>),
    Event(Stamped<HostEvent>),
}

/// Generative requests that wait: newer ones replace stale ones.
struct Plans<L: Line> {
    waiting: Mutex<VecDeque<Stamped<L::Plan>>>,
}

impl<L: Line> Default for Plans<L> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
        }
    }
}

/// The other three threads and the ways to them.
struct Lanes<L: Line> {
    work: Producer<Work<L::Request>>,
    work_waker: Waker,
    plans: Arc<Plans<L>>,
    /// `None` for a line without a generative lane.
    plan_waker: Option<Waker>,
    feedback: Consumer<Stamped<L::Feedback>>,
    threads: Vec<JoinHandle<()>>,
}

impl<L: Line> Lanes<L> {
    #[expect(
        clippy::too_many_arguments,
        reason = "each end of each ring goes to one thread, once"
    )]
    fn start(
        reactive: Box<dyn Infer<Request = L::Request, Response = L::Response>>,
        generative: Option<Box<dyn Infer<Request = L::Plan, Response = L::Planned>>>,
        output: Box<dyn PrepareOutput<L>>,
        plans: Arc<Plans<L>>,
        emissions: Producer<Emission>,
        input_waker: Waker,
        shared: Arc<Shared>,
        rate: f64,
    ) -> std::io::Result<Self> {
        let (work, work_out) = RingBuffer::new(BETWEEN);
        let (results, results_out) = RingBuffer::new(BETWEEN);
        let (planned, planned_out) = RingBuffer::new(BETWEEN);
        let (feedback, feedback_out) = RingBuffer::new(OUT);
        let mut threads = Vec::new();

        let (tell, told) = crossbeam_channel::bounded(1);
        let end = shared.clone();
        threads.push(OffAudio::spawn("vocalise output", move |_| {
            let _lifeline = Lifeline(end.clone());
            let (sleeper, waker) = wake::pair();
            let _ = tell.send(waker);
            let way_out = WayOut {
                emissions,
                feedback,
                input_waker,
                epoch: 0,
            };
            run_output(
                output,
                results_out,
                planned_out,
                way_out,
                rate,
                &sleeper,
                &end,
            );
        })?);
        let output_waker = receive(&told)?;

        let (tell, told) = crossbeam_channel::bounded(1);
        let (end, to_output) = (shared.clone(), output_waker.clone());
        threads.push(OffAudio::spawn("vocalise reactive", move |_| {
            let _lifeline = Lifeline(end.clone());
            let (sleeper, waker) = wake::pair();
            let _ = tell.send(waker);
            ask_for_priority();
            run_reactive(reactive, work_out, results, &to_output, &sleeper, &end);
        })?);
        let work_waker = receive(&told)?;

        let mut plan_waker = None;
        if let Some(stage) = generative {
            let (tell, told) = crossbeam_channel::bounded(1);
            let (end, plans) = (shared.clone(), plans.clone());
            threads.push(OffAudio::spawn("vocalise generative", move |_| {
                let _lifeline = Lifeline(end.clone());
                let (sleeper, waker) = wake::pair();
                let _ = tell.send(waker);
                run_generative(stage, &plans, planned, &output_waker, &sleeper, &end);
            })?);
            plan_waker = Some(receive(&told)?);
        }
        Ok(Self {
            work,
            work_waker,
            plans,
            plan_waker,
            feedback: feedback_out,
            threads,
        })
    }

    /// Passes on what the input stage asked for.
    fn pass_on(&mut self, requests: &mut Requests<L>, shared: &Shared) {
        for request in requests.reactive.drain(..) {
            push_waiting(
                &mut self.work,
                Work::Request(request),
                &self.work_waker,
                shared,
            );
        }
        for plan in requests.generative.drain(..) {
            let Some(waker) = &self.plan_waker else {
                continue;
            };
            shared.begin();
            {
                let mut waiting = self.plans.waiting.lock();
                let before = waiting.len();
                waiting.retain(|old| !L::replaces(&plan.body, &old.body));
                let replaced = before - waiting.len();
                waiting.push_back(plan);
                Counters::add(&shared.counters.replaced_plans, replaced as u64);
                shared.in_flight.fetch_sub(replaced, Ordering::AcqRel);
            }
            waker.wake();
        }
    }
}

fn receive(told: &crossbeam_channel::Receiver<Waker>) -> std::io::Result<Waker> {
    told.recv()
        .map_err(|_| std::io::Error::other("a stage's thread ended before it began"))
}

/// Asks for real-time priority; a system that refuses is lived with.
fn ask_for_priority() {
    use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
    if let Ok(value) = ThreadPriorityValue::try_from(70u8) {
        let _ = set_current_thread_priority(ThreadPriority::Crossplatform(value));
    }
}

/// Pushes, waiting for room: stages press back on each other until the port drops frames.
fn push_waiting<T>(ring: &mut Producer<T>, item: T, waker: &Waker, shared: &Shared) {
    shared.begin();
    let mut item = item;
    while let Err(rtrb::PushError::Full(back)) = ring.push(item) {
        if shared.is_shut_down() || ring.is_abandoned() {
            shared.done();
            return;
        }
        item = back;
        waker.wake();
        std::thread::sleep(Duration::from_micros(500));
    }
    waker.wake();
}

fn run_input<L: Line>(
    mut stage: Box<dyn PrepareInput<L>>,
    signals: &mut Consumer<Stamped<Signal<L::Frame>>>,
    mut lanes: Lanes<L>,
    sleeper: &Sleeper,
    shared: &Shared,
) {
    let mut requests = Requests::default();
    while !shared.is_shut_down() {
        if let Ok(feedback) = lanes.feedback.pop() {
            stage.feedback(feedback, &mut requests);
            lanes.pass_on(&mut requests, shared);
            shared.done();
        } else if let Ok(signal) = signals.pop() {
            match signal.body {
                Signal::Frame(frame) => {
                    stage.frame(Stamped::new(signal.position, frame), &mut requests);
                }
                Signal::Event(event) => {
                    let event = Stamped::new(signal.position, event);
                    let work = Work::Event(event);
                    push_waiting(&mut lanes.work, work, &lanes.work_waker, shared);
                    stage.event(&event, &mut requests);
                }
            }
            lanes.pass_on(&mut requests, shared);
            shared.done();
        } else {
            sleeper.sleep_unless(|| {
                !signals.is_empty() || !lanes.feedback.is_empty() || shared.is_shut_down()
            });
        }
    }
    lanes.work_waker.wake();
    if let Some(waker) = &lanes.plan_waker {
        waker.wake();
    }
    for thread in lanes.threads.drain(..) {
        thread.thread().unpark();
        let _ = thread.join();
    }
}

fn run_reactive<L: Line>(
    mut stage: Box<dyn Infer<Request = L::Request, Response = L::Response>>,
    mut work: Consumer<Work<L::Request>>,
    mut results: Producer<Answer<L>>,
    output: &Waker,
    sleeper: &Sleeper,
    shared: &Shared,
) {
    while !shared.is_shut_down() {
        let Ok(item) = work.pop() else {
            sleeper.sleep_unless(|| !work.is_empty() || shared.is_shut_down());
            continue;
        };
        match item {
            Work::Event(event) => {
                stage.event(&event);
                push_waiting(&mut results, Answer::Event(event), output, shared);
            }
            Work::Request(request) => {
                let position = request.position;
                if let Some(response) = answer(stage.as_mut(), request, &shared.counters) {
                    let response = Answer::Response(Stamped::new(position, response));
                    push_waiting(&mut results, response, output, shared);
                }
            }
        }
        shared.done();
    }
}

/// Runs a model; a failure is counted and gives no answer.
pub(super) fn answer<Q, R>(
    stage: &mut dyn Infer<Request = Q, Response = R>,
    request: Stamped<Q>,
    counters: &Counters,
) -> Option<R> {
    stage.infer(request).unwrap_or_else(|_| {
        Counters::add(&counters.failed_runs, 1);
        None
    })
}

fn run_generative<L: Line>(
    mut stage: Box<dyn Infer<Request = L::Plan, Response = L::Planned>>,
    plans: &Plans<L>,
    mut planned: Producer<Stamped<L::Planned>>,
    output: &Waker,
    sleeper: &Sleeper,
    shared: &Shared,
) {
    while !shared.is_shut_down() {
        let next = plans.waiting.lock().pop_front();
        let Some(plan) = next else {
            sleeper.sleep_unless(|| !plans.waiting.lock().is_empty() || shared.is_shut_down());
            continue;
        };
        let position = plan.position;
        if let Some(answer) = answer(stage.as_mut(), plan, &shared.counters) {
            push_waiting(&mut planned, Stamped::new(position, answer), output, shared);
        }
        shared.done();
    }
}

/// Where the output thread's products go.
struct WayOut<F> {
    emissions: Producer<Emission>,
    feedback: Producer<Stamped<F>>,
    input_waker: Waker,
    epoch: u32,
}

impl<F> WayOut<F> {
    fn deliver(&mut self, player: &mut Player, said: &mut Vec<Stamped<F>>, shared: &Shared) {
        for timed in player.drain() {
            let mut emission = Emission {
                epoch: self.epoch,
                timed,
            };
            while let Err(rtrb::PushError::Full(back)) = self.emissions.push(emission) {
                if shared.is_shut_down() {
                    return;
                }
                emission = back;
                std::thread::sleep(Duration::from_micros(500));
            }
        }
        for feedback in said.drain(..) {
            shared.begin();
            if self.feedback.push(feedback).is_err() {
                // Waiting here could close a circle of full rings.
                shared.done();
                Counters::add(&shared.counters.dropped_events, 1);
            }
            self.input_waker.wake();
        }
    }
}

fn run_output<L: Line>(
    mut stage: Box<dyn PrepareOutput<L>>,
    mut results: Consumer<Answer<L>>,
    mut planned: Consumer<Stamped<L::Planned>>,
    mut way_out: WayOut<L::Feedback>,
    rate: f64,
    sleeper: &Sleeper,
    shared: &Shared,
) {
    let mut player = Player::new(rate);
    let mut said = Vec::new();
    while !shared.is_shut_down() {
        if let Ok(result) = results.pop() {
            match result {
                Answer::Response(response) => {
                    output_response::<L>(stage.as_mut(), response, &mut player, &mut said);
                }
                Answer::Event(event) => {
                    if let HostEvent::Reset { epoch } = event.body {
                        way_out.epoch = epoch;
                    }
                    output_event::<L>(stage.as_mut(), &event, &mut player, &mut said);
                }
            }
        } else if let Ok(plan) = planned.pop() {
            output_planned::<L>(stage.as_mut(), plan, &mut player, &mut said);
        } else {
            sleeper.sleep_unless(|| {
                !results.is_empty() || !planned.is_empty() || shared.is_shut_down()
            });
            continue;
        }
        way_out.deliver(&mut player, &mut said, shared);
        shared.done();
    }
}

/// The output stage's part of a response, the same on threads and inline.
pub(super) fn output_response<L: Line>(
    stage: &mut dyn PrepareOutput<L>,
    response: Stamped<L::Response>,
    player: &mut Player,
    said: &mut Vec<Stamped<L::Feedback>>,
) {
    let position = response.position;
    player.advance(position);
    stage.response(response, &mut Outbox::new(position, player, said));
}

/// The output stage's part of a host event, the same on threads and inline.
pub(super) fn output_event<L: Line>(
    stage: &mut dyn PrepareOutput<L>,
    event: &Stamped<HostEvent>,
    player: &mut Player,
    said: &mut Vec<Stamped<L::Feedback>>,
) {
    match event.body {
        HostEvent::Transport(transport) => player.set_transport(event.position, transport),
        HostEvent::Reset { .. } => player.reset(),
        _ => {}
    }
    player.advance(event.position);
    stage.event(event, &mut Outbox::new(event.position, player, said));
}

/// The output stage's part of a generative answer, the same on threads and inline.
pub(super) fn output_planned<L: Line>(
    stage: &mut dyn PrepareOutput<L>,
    planned: Stamped<L::Planned>,
    player: &mut Player,
    said: &mut Vec<Stamped<L::Feedback>>,
) {
    let position = planned.position;
    stage.planned(planned, &mut Outbox::new(position, player, said));
}
