//! A line on its threads, as a host sees it: what goes in, and what comes out after a reset, in a
//! bounce, and after a load that took its time. The models are echoes that a test can hold up.

use super::*;
use crate::music::Message;
use crate::stages::{HostEvent, Inline, Never, Outbox, PrepareInput, PrepareOutput, Requests};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::error::Error;
use std::time::Duration;

const RATE: f64 = 48_000.0;
const BLOCK: usize = 480;

/// The channel says which lane is asked: [`REACTIVE`], [`GENERATIVE`], or both for any other.
enum TwoLanes {}
const REACTIVE: u8 = 0;
const GENERATIVE: u8 = 1;
const BOTH: u8 = 2;

impl Line for TwoLanes {
    type Frame = Never;
    type Request = Message;
    type Response = Message;
    type Plan = Message;
    type Planned = Message;
    type Feedback = Message;
}

struct Input;

impl Input {
    fn ask(position: i64, message: Message, requests: &mut Requests<TwoLanes>) {
        if message.channel() != GENERATIVE {
            requests.infer(position, message);
        }
        if message.channel() != REACTIVE {
            requests.plan(position, message);
        }
    }
}

impl PrepareInput<TwoLanes> for Input {
    fn event(&mut self, event: &Stamped<HostEvent>, requests: &mut Requests<TwoLanes>) {
        if let HostEvent::Midi(message) = event.body {
            Self::ask(event.position, message, requests);
        }
    }

    fn feedback(&mut self, feedback: Stamped<Message>, requests: &mut Requests<TwoLanes>) {
        Self::ask(feedback.position, feedback.body, requests);
    }
}

/// Gives back what it is asked, `raised` by some keys.
#[derive(Default)]
struct Echo {
    raised: u8,
    /// Takes its time.
    slow: bool,
    /// Holds it up at each request.
    gate: Option<Gate>,
}

/// Says that a model was asked, then waits until it may answer.
struct Gate {
    asked: Sender<()>,
    may_answer: Receiver<()>,
}

impl Infer for Echo {
    type Request = Message;
    type Response = Message;

    fn infer(
        &mut self,
        request: Stamped<Message>,
    ) -> Result<Option<Message>, Box<dyn Error + Send + Sync>> {
        if self.slow {
            std::thread::sleep(Duration::from_millis(3));
        }
        if let Some(gate) = &self.gate {
            gate.asked.send(())?;
            gate.may_answer.recv()?;
        }
        Ok(Some(match request.body {
            Message::NoteOn { channel, key, .. } => {
                Message::note_on(channel, key + self.raised, 0.5)
            }
            other => other,
        }))
    }
}

/// Plays each answer, and has notes below [`LAST_KEY`] asked again a key higher.
struct Output {
    seen: Sender<Message>,
    last_key: u8,
}

impl Output {
    fn play(&mut self, answer: Stamped<Message>, out: &mut Outbox<'_, Message>) {
        out.send(answer.position, answer.body);
        if let Message::NoteOn { channel, key, .. } = answer.body
            && key < self.last_key
        {
            out.feedback(Message::note_on(channel, key + 1, 0.5));
        }
        let _ = self.seen.send(answer.body);
    }
}

impl PrepareOutput<TwoLanes> for Output {
    fn response(&mut self, answer: Stamped<Message>, out: &mut Outbox<'_, Message>) {
        self.play(answer, out);
    }

    fn planned(&mut self, answer: Stamped<Message>, out: &mut Outbox<'_, Message>) {
        self.play(answer, out);
    }
}

fn stages(reactive: Echo, generative: Echo, last_key: u8) -> (Stages<TwoLanes>, Receiver<Message>) {
    let (seen, seen_out) = unbounded();
    let stages = Stages::<TwoLanes> {
        input: Box::new(Input),
        reactive: Box::new(reactive),
        generative: Some(Box::new(generative)),
        output: Box::new(Output { seen, last_key }),
    };
    (stages, seen_out)
}

/// A gate for a model, and the test's side of it: was it asked, let it answer.
fn gate() -> (Option<Gate>, Receiver<()>, Sender<()>) {
    let (asked, was_asked) = unbounded();
    let (let_answer, may_answer) = unbounded();
    (Some(Gate { asked, may_answer }), was_asked, let_answer)
}

/// A line and the host that plays into it.
struct Host {
    port: Port<Never>,
    shared: Arc<Shared>,
    _engine: Engine,
}

impl Host {
    fn new(offline: bool, build: Build<TwoLanes>) -> Self {
        let (port, parked) = Engine::lay(RATE, offline, false, Arc::default(), build);
        Self {
            port,
            shared: parked.shared.clone(),
            _engine: parked.start(),
        }
    }

    /// Plays a block in which `messages` come in; gives what came out.
    fn block(&mut self, messages: &[Message]) -> Vec<Message> {
        self.port.begin(BLOCK);
        for message in messages {
            let position = self.port.position();
            assert!(self.port.event(position, HostEvent::Midi(*message)));
        }
        let mut sent = Vec::new();
        self.port.finish(BLOCK, |_, message| {
            sent.push(message);
            true
        });
        sent
    }

    /// Plays on without input for half a second.
    fn blocks(&mut self) -> Vec<Message> {
        (0..50).flat_map(|_| self.block(&[])).collect()
    }

    fn wait_until_idle(&self) {
        self.shared.wait_idle(|| {});
    }
}

fn on(channel: u8, key: u8) -> Message {
    Message::note_on(channel, key, 0.5)
}

fn off(channel: u8, key: u8) -> Message {
    Message::note_off(channel, key, 0.0)
}

#[test]
fn an_answer_to_what_was_asked_before_a_reset_does_not_play_after_it() {
    let (gate, was_asked, let_answer) = gate();
    let generative = Echo {
        gate,
        ..Echo::default()
    };
    let (stages, seen) = stages(Echo::default(), generative, 0);
    let mut host = Host::new(false, Box::new(move |_| Ok(stages)));
    // The first is being answered and the second waits when the reset comes.
    host.block(&[on(GENERATIVE, 60)]);
    was_asked.recv().unwrap();
    host.block(&[on(GENERATIVE, 61)]);
    host.port.reset();
    let mut sent = host.block(&[on(REACTIVE, 70)]);
    while seen.recv().unwrap() != on(REACTIVE, 70) {}
    for _ in 0..2 {
        let_answer.send(()).unwrap();
    }
    host.wait_until_idle();
    sent.extend(host.blocks());
    assert_eq!(sent, [on(REACTIVE, 70)]);
}

#[test]
fn an_answer_to_what_was_asked_after_a_reset_plays_even_if_it_overtakes_the_reset() {
    let (gate, was_asked, let_answer) = gate();
    let reactive = Echo {
        gate,
        ..Echo::default()
    };
    let (stages, _seen) = stages(reactive, Echo::default(), 0);
    let mut host = Host::new(false, Box::new(move |_| Ok(stages)));
    host.block(&[on(REACTIVE, 60)]);
    was_asked.recv().unwrap();
    host.port.reset();
    // Its answer is there long before the reset, which is stuck behind the reactive model.
    let mut sent = host.block(&[on(GENERATIVE, 70)]);
    std::thread::sleep(Duration::from_millis(50));
    let_answer.send(()).unwrap();
    host.wait_until_idle();
    sent.extend(host.blocks());
    assert_eq!(sent, [on(GENERATIVE, 70)]);
}

#[test]
fn what_was_decided_before_a_reset_asks_for_nothing_after_it() {
    let (gate, was_asked, let_answer) = gate();
    let reactive = Echo {
        gate,
        ..Echo::default()
    };
    // A note below 61 is reported back and asked again a key higher.
    let (stages, _seen) = stages(reactive, Echo::default(), 61);
    let mut host = Host::new(false, Box::new(move |_| Ok(stages)));
    host.block(&[on(REACTIVE, 60)]);
    was_asked.recv().unwrap();
    host.port.reset();
    let mut sent = host.block(&[on(REACTIVE, 70)]);
    for _ in 0..3 {
        let_answer.send(()).unwrap();
    }
    host.wait_until_idle();
    sent.extend(host.blocks());
    assert_eq!(sent, [on(REACTIVE, 70)]);
}

#[test]
fn a_bounce_hears_both_lanes_in_the_order_of_the_command_line() {
    let models = |slow: bool| {
        let raised = Echo {
            raised: 20,
            slow: !slow,
            ..Echo::default()
        };
        let plain = Echo {
            slow,
            ..Echo::default()
        };
        stages(plain, raised, 65).0
    };
    let asked = [60, 62, 64].map(|key| on(BOTH, key));
    let mut line = Inline::new(models(false), RATE);
    for message in asked {
        line.event(Stamped::new(0, HostEvent::Midi(message)));
    }
    let expected: Vec<Message> = line.messages().map(|timed| timed.message).collect();
    assert!(expected.len() > 12, "{expected:?}");
    // Whichever lane is the slower one, and although two plans wait at times.
    for slow in [false, true] {
        let stages = models(slow);
        let mut host = Host::new(true, Box::new(move |_| Ok(stages)));
        let sent = host.block(&asked);
        let begun = |messages: &[Message]| -> Vec<(u8, u8)> {
            messages.iter().filter_map(|m| m.begins()).collect()
        };
        assert_eq!(begun(&sent), begun(&expected), "reactive lane slow: {slow}");
    }
}

/// A line that is loading, and what ends its loading.
fn loading(reactive: Echo) -> (Host, Sender<()>) {
    let (loaded, wait) = unbounded::<()>();
    let (stages, _) = stages(reactive, Echo::default(), 0);
    let build = Box::new(move |_: &OffAudio| {
        wait.recv().map_err(|e| e.to_string())?;
        Ok(stages)
    });
    (Host::new(false, build), loaded)
}

#[test]
fn a_note_held_since_the_models_were_loading_is_struck_when_they_are_there() {
    let (mut host, loaded) = loading(Echo::default());
    // Long over, and still held.
    let mut sent = host.block(&[on(REACTIVE, 60)]);
    sent.extend(host.block(&[off(REACTIVE, 60), on(REACTIVE, 64)]));
    sent.extend(host.blocks());
    assert_eq!(sent, []);
    loaded.send(()).unwrap();
    host.wait_until_idle();
    // The newest that the line knows of is half a second old: who knows what ended since.
    assert_eq!(host.block(&[]), []);
    assert!(host.port.event(host.port.position(), HostEvent::Tick));
    host.wait_until_idle();
    assert_eq!(host.block(&[]), [on(REACTIVE, 64)]);
    host.block(&[off(REACTIVE, 64)]);
    host.wait_until_idle();
    assert_eq!(host.blocks(), [off(REACTIVE, 64)]);
}

#[test]
fn a_note_that_was_missed_is_not_struck_after_a_stop_or_a_reset() {
    let interruptions: [fn(&mut Host); 2] = [
        |host| host.port.reset(),
        |host| {
            let playing = crate::stages::Transport {
                playing: true,
                ..crate::stages::Transport::STOPPED
            };
            host.port.transport(playing);
            host.port.transport(crate::stages::Transport::STOPPED);
        },
    ];
    for interrupt in interruptions {
        let (mut host, loaded) = loading(Echo::default());
        host.block(&[on(REACTIVE, 60)]);
        host.blocks();
        loaded.send(()).unwrap();
        host.wait_until_idle();
        // Now the note waits to be struck.
        assert_eq!(host.block(&[]), []);
        interrupt(&mut host);
        host.block(&[on(REACTIVE, 72)]);
        host.wait_until_idle();
        assert_eq!(host.blocks(), [on(REACTIVE, 72)]);
    }
}
