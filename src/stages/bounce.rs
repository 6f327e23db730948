//! A line whose host waits for each message: [`Inline`] on one thread, fed by the port. What two
//! lanes answer at the same time then comes in the order of the command line, and no plan is
//! replaced because the machine was busy.

use super::access::Line;
use super::emissions::Emissions;
use super::engine::{Shared, Stages};
use super::event::{HostEvent, Signal, Stamped};
use super::inline::Inline;
use super::wake::Sleeper;
use rtrb::Consumer;
use std::sync::Arc;

/// Answers signals until shutdown.
pub(super) fn run<L: Line>(
    stages: Stages<L>,
    signals: &mut Consumer<Stamped<Signal<L::Frame>>>,
    mut emissions: Emissions,
    rate: f64,
    sleeper: &Sleeper,
    shared: &Arc<Shared>,
) {
    let mut line = Inline::counting(stages, rate, shared.counters.clone());
    while !shared.is_shut_down() {
        let Ok(signal) = signals.pop() else {
            sleeper.sleep_unless(|| !signals.is_empty() || shared.is_shut_down());
            continue;
        };
        match signal.body {
            Signal::Frame(frame) => line.frame(Stamped::new(signal.position, frame)),
            Signal::Event(event) => {
                if let HostEvent::Reset { epoch } = event {
                    emissions.epoch = epoch;
                }
                line.event(Stamped::new(signal.position, event));
            }
        }
        emissions.send(line.player(), shared);
        shared.done();
    }
}
