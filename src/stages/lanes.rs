//! The threads of a line, the rings between them, and how it all ends.

use super::access::{Infer, Line, PrepareInput, PrepareOutput, Requests};
use super::counters::Counters;
use super::emissions::Emissions;
use super::engine::{Lifeline, Shared};
use super::event::{HostEvent, Signal, Stamped};
use super::off_audio::OffAudio;
use super::playback::Player;
use super::steps::{answer, output_event, output_planned, output_response};
use super::wake::{self, Sleeper, Waker};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

/// Messages that fit between two stages.
const BETWEEN: usize = 256;
/// Messages that fit on the way from the output stage back to the input stage.
const BACK: usize = 1_024;

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

/// A message that does not keep its place among the host's events, and the epoch it was asked in.
struct OfEpoch<T> {
    epoch: u32,
    message: Stamped<T>,
}

impl<T> OfEpoch<T> {
    /// Whether the reset that began its epoch has not come by yet.
    fn is_newer_than(&self, epoch: u32) -> bool {
        self.epoch.wrapping_sub(epoch).cast_signed() > 0
    }
}

/// Generative requests that wait: newer ones replace stale ones.
pub(super) struct Plans<L: Line> {
    waiting: Mutex<VecDeque<OfEpoch<L::Plan>>>,
}

impl<L: Line> Default for Plans<L> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
        }
    }
}

/// The other three threads and the ways to them.
pub(super) struct Lanes<L: Line> {
    work: Producer<Work<L::Request>>,
    work_waker: Waker,
    plans: Arc<Plans<L>>,
    /// `None` for a line without a generative lane.
    plan_waker: Option<Waker>,
    feedback: Consumer<OfEpoch<L::Feedback>>,
    /// That of the newest reset which the input stage knows of.
    epoch: u32,
    threads: Vec<JoinHandle<()>>,
}

impl<L: Line> Lanes<L> {
    #[expect(
        clippy::too_many_arguments,
        reason = "each end of each ring goes to one thread, once"
    )]
    pub(super) fn start(
        reactive: Box<dyn Infer<Request = L::Request, Response = L::Response>>,
        generative: Option<Box<dyn Infer<Request = L::Plan, Response = L::Planned>>>,
        output: Box<dyn PrepareOutput<L>>,
        plans: Arc<Plans<L>>,
        emissions: Emissions,
        input_waker: Waker,
        shared: Arc<Shared>,
        rate: f64,
    ) -> std::io::Result<Self> {
        let (work, work_out) = RingBuffer::new(BETWEEN);
        let (results, results_out) = RingBuffer::new(BETWEEN);
        let (planned, planned_out) = RingBuffer::new(BETWEEN);
        let (feedback, feedback_out) = RingBuffer::new(BACK);
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
            epoch: 0,
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
                waiting.retain(|old| !L::replaces(&plan.body, &old.message.body));
                let replaced = before - waiting.len();
                waiting.push_back(OfEpoch {
                    epoch: self.epoch,
                    message: plan,
                });
                Counters::add(&shared.counters.replaced_plans, replaced as u64);
                shared.in_flight.fetch_sub(replaced, Ordering::AcqRel);
            }
            waker.wake();
        }
    }

    /// Begins an epoch: what waits to be planned was asked before it.
    fn begin_epoch(&mut self, epoch: u32, shared: &Shared) {
        self.epoch = epoch;
        let mut waiting = self.plans.waiting.lock();
        let dropped = waiting.len();
        waiting.clear();
        shared.in_flight.fetch_sub(dropped, Ordering::AcqRel);
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

pub(super) fn run_input<L: Line>(
    mut stage: Box<dyn PrepareInput<L>>,
    signals: &mut Consumer<Stamped<Signal<L::Frame>>>,
    mut lanes: Lanes<L>,
    sleeper: &Sleeper,
    shared: &Shared,
) {
    let mut requests = Requests::default();
    while !shared.is_shut_down() {
        if let Ok(feedback) = lanes.feedback.pop() {
            if feedback.epoch == lanes.epoch {
                stage.feedback(feedback.message, &mut requests);
                lanes.pass_on(&mut requests, shared);
            }
            shared.done();
        } else if let Ok(signal) = signals.pop() {
            match signal.body {
                Signal::Frame(frame) => {
                    stage.frame(Stamped::new(signal.position, frame), &mut requests);
                }
                Signal::Event(event) => {
                    if let HostEvent::Reset { epoch } = event {
                        lanes.begin_epoch(epoch, shared);
                    }
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

fn run_generative<L: Line>(
    mut stage: Box<dyn Infer<Request = L::Plan, Response = L::Planned>>,
    plans: &Plans<L>,
    mut planned: Producer<OfEpoch<L::Planned>>,
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
        let OfEpoch { epoch, message } = plan;
        let position = message.position;
        if let Some(answer) = answer(stage.as_mut(), message, &shared.counters) {
            let message = Stamped::new(position, answer);
            push_waiting(&mut planned, OfEpoch { epoch, message }, output, shared);
        }
        shared.done();
    }
}

/// Where the output thread's products go.
struct WayOut<F> {
    emissions: Emissions,
    feedback: Producer<OfEpoch<F>>,
    input_waker: Waker,
}

impl<F> WayOut<F> {
    fn deliver(&mut self, player: &mut Player, said: &mut Vec<Stamped<F>>, shared: &Shared) {
        self.emissions.send(player, shared);
        let epoch = self.emissions.epoch;
        for message in said.drain(..) {
            shared.begin();
            if self.feedback.push(OfEpoch { epoch, message }).is_err() {
                // Waiting here could close a circle of full rings.
                shared.done();
                Counters::add(&shared.counters.dropped_events, 1);
            }
            self.input_waker.wake();
        }
    }
}

/// The next answer of this epoch. Older ones are dropped; newer ones wait for the reset that goes
/// before them, which is still under way in the reactive lane.
fn next_planned<T>(
    planned: &mut Consumer<OfEpoch<T>>,
    epoch: u32,
    shared: &Shared,
) -> Option<Stamped<T>> {
    while has_planned(planned, epoch) {
        let answer = planned.pop().ok()?;
        if answer.epoch == epoch {
            return Some(answer.message);
        }
        shared.done();
    }
    None
}

/// Whether there is an answer that need not wait for a reset.
fn has_planned<T>(planned: &mut Consumer<OfEpoch<T>>, epoch: u32) -> bool {
    let next = planned.peek();
    next.is_ok_and(|answer| !answer.is_newer_than(epoch))
}

fn run_output<L: Line>(
    mut stage: Box<dyn PrepareOutput<L>>,
    mut results: Consumer<Answer<L>>,
    mut planned: Consumer<OfEpoch<L::Planned>>,
    mut way_out: WayOut<L::Feedback>,
    rate: f64,
    sleeper: &Sleeper,
    shared: &Shared,
) {
    let mut player = Player::new(rate);
    let mut said = Vec::new();
    while !shared.is_shut_down() {
        let epoch = way_out.emissions.epoch;
        if let Ok(result) = results.pop() {
            match result {
                Answer::Response(response) => {
                    output_response::<L>(stage.as_mut(), response, &mut player, &mut said);
                }
                Answer::Event(event) => {
                    if let HostEvent::Reset { epoch } = event.body {
                        way_out.emissions.epoch = epoch;
                    }
                    output_event::<L>(stage.as_mut(), &event, &mut player, &mut said);
                }
            }
        } else if let Some(plan) = next_planned(&mut planned, epoch, shared) {
            output_planned::<L>(stage.as_mut(), plan, &mut player, &mut said);
        } else {
            sleeper.sleep_unless(|| {
                !results.is_empty() || has_planned(&mut planned, epoch) || shared.is_shut_down()
            });
            continue;
        }
        way_out.deliver(&mut player, &mut said, shared);
        shared.done();
    }
}
