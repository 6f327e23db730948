//! The threads of a line, the rings between them, and how it all ends.

use super::access::{Infer, Line, PrepareInput, PrepareOutput, Requests};
use super::counters::Counters;
use super::engine::{Emission, Lifeline, Shared};
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

/// Generative requests that wait: newer ones replace stale ones.
pub(super) struct Plans<L: Line> {
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
pub(super) struct Lanes<L: Line> {
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
    pub(super) fn start(
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
