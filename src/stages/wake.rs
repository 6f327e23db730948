//! Waking a sleeping stage without losing a wake-up and without a system call for each message.
//!
//! The consumer says that it sleeps, fences, looks at its rings once more, and only then parks;
//! the producer pushes, fences, and unparks only if the consumer says that it sleeps. The two
//! sequentially consistent fences make it impossible that both miss the other's store.
//! `tests/wake.rs` includes this very file and checks every interleaving with loom.

use super::sync::{Arc, AtomicBool, Ordering, Thread, current, fence, park_timeout};
use std::time::Duration;

/// How long a stage sleeps at most: a seat belt, never relied on.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);

/// The consumer's end; stays on the thread that made it.
pub struct Sleeper {
    sleeping: Arc<AtomicBool>,
}

/// The producers' end.
#[derive(Clone)]
pub struct Waker {
    sleeping: Arc<AtomicBool>,
    thread: Thread,
}

/// A pair for the calling thread.
pub fn pair() -> (Sleeper, Waker) {
    let sleeping = Arc::new(AtomicBool::new(false));
    (
        Sleeper {
            sleeping: sleeping.clone(),
        },
        Waker {
            sleeping,
            thread: current(),
        },
    )
}

impl Sleeper {
    /// Parks until woken, unless `has_work` finds something after sleep was announced.
    pub fn sleep_unless(&self, mut has_work: impl FnMut() -> bool) {
        self.sleeping.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if !has_work() {
            park_timeout(LONGEST_SLEEP);
        }
        self.sleeping.store(false, Ordering::Relaxed);
    }
}

impl Waker {
    /// To be called after a push: wakes the consumer if it sleeps. Never blocks.
    pub fn wake(&self) {
        fence(Ordering::SeqCst);
        if self.sleeping.load(Ordering::Relaxed) {
            self.thread.unpark();
        }
    }
}
