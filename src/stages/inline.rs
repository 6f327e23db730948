//! The same stages on one thread, one message at a time: for files, bounces and tests.
//!
//! Each message is worked off before the next one is taken, so nothing is under way when a reset
//! comes and no answer can be older than it: epochs are the business of who runs this line.

use super::access::{Line, Requests};
use super::counters::{Counters, CountersView};
use super::engine::Stages;
use super::event::{HostEvent, Stamped};
use super::playback::Player;
use super::steps::{answer, output_event, output_planned, output_response};
use crate::music::TimedMessage;
use std::sync::Arc;

/// A line that runs to the end with each message it is given.
pub struct Inline<L: Line> {
    stages: Stages<L>,
    requests: Requests<L>,
    player: Player,
    said: Vec<Stamped<L::Feedback>>,
    counters: Arc<Counters>,
}

impl<L: Line> Inline<L> {
    /// A line for a stream at `rate` Hz.
    pub fn new(stages: Stages<L>, rate: f64) -> Self {
        Self::counting(stages, rate, Arc::default())
    }

    /// [`Self::new`] with counters that others read.
    pub(super) fn counting(stages: Stages<L>, rate: f64, counters: Arc<Counters>) -> Self {
        Self {
            stages,
            requests: Requests::default(),
            player: Player::new(rate),
            said: Vec::new(),
            counters,
        }
    }

    /// A host event.
    pub fn event(&mut self, event: Stamped<HostEvent>) {
        self.stages.reactive.event(&event);
        output_event::<L>(
            self.stages.output.as_mut(),
            &event,
            &mut self.player,
            &mut self.said,
        );
        self.stages.input.event(&event, &mut self.requests);
        self.settle();
    }

    /// A frame of the front end.
    pub fn frame(&mut self, frame: Stamped<L::Frame>) {
        self.stages.input.frame(frame, &mut self.requests);
        self.settle();
    }

    /// Messages that became due since the last call, with their positions.
    pub fn messages(&mut self) -> impl Iterator<Item = TimedMessage> + '_ {
        self.player.drain()
    }

    /// What the output stage plays on.
    pub(super) fn player(&mut self) -> &mut Player {
        &mut self.player
    }

    /// Failed runs; nothing else can be lost here.
    pub fn counters(&self) -> CountersView {
        self.counters.view()
    }

    /// Works until no stage has anything left to do: in rounds, the reactive lane before the
    /// generative one, and what the output stage says in one round is heard in the next.
    fn settle(&mut self) {
        loop {
            let output = self.stages.output.as_mut();
            let requests = std::mem::take(&mut self.requests.reactive);
            let plans = std::mem::take(&mut self.requests.generative);
            for request in requests {
                let position = request.position;
                if let Some(response) =
                    answer(self.stages.reactive.as_mut(), request, &self.counters)
                {
                    let response = Stamped::new(position, response);
                    output_response::<L>(output, response, &mut self.player, &mut self.said);
                }
            }
            if let Some(generative) = &mut self.stages.generative {
                for plan in plans {
                    let position = plan.position;
                    if let Some(planned) = answer(generative.as_mut(), plan, &self.counters) {
                        let planned = Stamped::new(position, planned);
                        output_planned::<L>(output, planned, &mut self.player, &mut self.said);
                    }
                }
            }
            if self.said.is_empty() {
                return;
            }
            for feedback in std::mem::take(&mut self.said) {
                self.stages.input.feedback(feedback, &mut self.requests);
            }
        }
    }
}
