//! A line between being laid and running.

use crate::stages::{Engine, Line, Parked};
use parking_lot::Mutex;
use std::sync::Arc;

/// Holds a line that `activate` laid until the first `process` asks the background thread to start
/// it, and then keeps it running. Never locked on the audio thread.
pub struct Starter<L: Line> {
    slot: Arc<Mutex<Slot<L>>>,
}

/// At most one of the two.
struct Slot<L: Line> {
    parked: Option<Parked<L>>,
    engine: Option<Engine>,
}

impl<L: Line> Default for Starter<L> {
    fn default() -> Self {
        Self {
            slot: Arc::new(Mutex::new(Slot {
                parked: None,
                engine: None,
            })),
        }
    }
}

impl<L: Line> Clone for Starter<L> {
    fn clone(&self) -> Self {
        Self {
            slot: self.slot.clone(),
        }
    }
}

impl<L: Line> Starter<L> {
    /// Takes over a line that was laid; one that ran before ends.
    pub fn park(&self, line: Parked<L>) {
        *self.slot.lock() = Slot {
            parked: Some(line),
            engine: None,
        };
    }

    /// Starts the line that is parked, if one is.
    pub fn start(&self) {
        let mut slot = self.slot.lock();
        if let Some(parked) = slot.parked.take() {
            slot.engine = Some(parked.start());
        }
    }

    /// Ends whatever runs or waits.
    pub fn stop(&self) {
        *self.slot.lock() = Slot {
            parked: None,
            engine: None,
        };
    }
}
