//! The three access points: what somebody who brings a network writes.

use super::event::{HostEvent, Stamped};
use super::playback::Outbox;
use std::error::Error;

/// The types that travel along one line of stages. Use [`Never`] for what a line lacks.
pub trait Line: Sized + Send + 'static {
    /// What the audio front end hands over, e.g. one hop of features.
    type Frame: Send + 'static;
    /// Input of the reactive model.
    type Request: Send + 'static;
    /// Output of the reactive model.
    type Response: Send + 'static;
    /// Input of the generative models.
    type Plan: Send + 'static;
    /// Output of the generative models.
    type Planned: Send + 'static;
    /// What the output stage tells the input stage, e.g. decoded notes.
    type Feedback: Send + 'static;

    /// Whether a waiting `old` plan is stale once `new` is asked for. Default: always.
    fn replaces(new: &Self::Plan, old: &Self::Plan) -> bool {
        let _ = (new, old);
        true
    }
}

/// A type without values, for the parts that a line does not have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Never {}

/// First access point: host events and audio frames become model input.
pub trait PrepareInput<L: Line>: Send {
    /// Something happened in the host. It is passed on to the later stages by the runtime, before
    /// what is requested here.
    fn event(&mut self, event: &Stamped<HostEvent>, requests: &mut Requests<L>) {
        let _ = (event, requests);
    }

    /// The front end finished a frame.
    fn frame(&mut self, frame: Stamped<L::Frame>, requests: &mut Requests<L>) {
        let _ = (frame, requests);
    }

    /// The output stage reports back.
    fn feedback(&mut self, feedback: Stamped<L::Feedback>, requests: &mut Requests<L>) {
        let _ = (feedback, requests);
    }
}

/// Second access point: model input becomes model output. One object serves the reactive lane, one
/// the generative; each has a thread of its own, so a slow one never delays a fast one.
pub trait Infer: Send {
    /// What the model is asked.
    type Request;
    /// What it answers.
    type Response;

    /// Runs the model; `None` says that there is nothing to tell the output stage.
    ///
    /// # Errors
    /// A failed run is counted and its answer is missing; the line goes on.
    fn infer(
        &mut self,
        request: Stamped<Self::Request>,
    ) -> Result<Option<Self::Response>, Box<dyn Error + Send + Sync>>;

    /// Something happened in the host, e.g. a reset of the model's state is due. Only the reactive
    /// lane is told.
    fn event(&mut self, event: &Stamped<HostEvent>) {
        let _ = event;
    }
}

/// Third access point: model output becomes timed MIDI.
pub trait PrepareOutput<L: Line>: Send {
    /// Something happened in the host.
    fn event(&mut self, event: &Stamped<HostEvent>, out: &mut Outbox<'_, L::Feedback>) {
        let _ = (event, out);
    }

    /// The reactive model answered; `position` is that of its request.
    fn response(&mut self, response: Stamped<L::Response>, out: &mut Outbox<'_, L::Feedback>);

    /// The generative models answered; `position` is that of their request.
    fn planned(&mut self, planned: Stamped<L::Planned>, out: &mut Outbox<'_, L::Feedback>) {
        let _ = (planned, out);
    }
}

/// Where the input stage puts what it wants to have inferred.
pub struct Requests<L: Line> {
    pub(super) reactive: Vec<Stamped<L::Request>>,
    pub(super) generative: Vec<Stamped<L::Plan>>,
}

impl<L: Line> Default for Requests<L> {
    fn default() -> Self {
        Self {
            reactive: Vec::new(),
            generative: Vec::new(),
        }
    }
}

impl<L: Line> Requests<L> {
    /// Asks the reactive model; answered in order, none left out.
    pub fn infer(&mut self, position: i64, request: L::Request) {
        self.reactive.push(Stamped::new(position, request));
    }

    /// Asks the generative models; a waiting request may be replaced (see [`Line::replaces`]).
    pub fn plan(&mut self, position: i64, plan: L::Plan) {
        self.generative.push(Stamped::new(position, plan));
    }
}

/// The generative lane of a line that has none.
pub struct NoGenerative<L>(std::marker::PhantomData<fn() -> L>);

impl<L> Default for NoGenerative<L> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<L: Line> Infer for NoGenerative<L> {
    type Request = L::Plan;
    type Response = L::Planned;

    fn infer(
        &mut self,
        _: Stamped<L::Plan>,
    ) -> Result<Option<L::Planned>, Box<dyn Error + Send + Sync>> {
        Ok(None)
    }
}
