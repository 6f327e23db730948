//! What each stage does with one message: the same on threads and inline.

use super::access::{Infer, Line, PrepareOutput};
use super::counters::Counters;
use super::event::{HostEvent, Stamped};
use super::playback::{Outbox, Player};

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

/// The output stage's part of a response.
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

/// The output stage's part of a host event.
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

/// The output stage's part of a generative answer.
pub(super) fn output_planned<L: Line>(
    stage: &mut dyn PrepareOutput<L>,
    planned: Stamped<L::Planned>,
    player: &mut Player,
    said: &mut Vec<Stamped<L::Feedback>>,
) {
    let position = planned.position;
    stage.planned(planned, &mut Outbox::new(position, player, said));
}
