//! Every interleaving of one sleeper and its waker, by loom: no wake-up is lost, even where the
//! sleeper's seat belt (the longest sleep) is missing.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};

/// What `wake.rs` needs, as loom has it.
mod sync {
    pub use loom::sync::Arc;
    pub use loom::sync::atomic::{AtomicBool, Ordering, fence};
    pub use loom::thread::{Thread, current};

    /// Parks for ever: a lost wake-up is a deadlock that loom finds.
    pub fn park_timeout(_: std::time::Duration) {
        loom::thread::park();
    }
}

#[path = "../src/stages/wake.rs"]
mod wake;

#[test]
fn no_wake_up_is_lost() {
    loom::model(|| {
        let (sleeper, waker) = wake::pair();
        let pushed = Arc::new(AtomicUsize::new(0));
        // Not joined: the last wake-up may come after the last message was taken, and loom's join
        // does not expect to be woken by anything else.
        loom::thread::spawn({
            let pushed = pushed.clone();
            move || {
                for _ in 0..2 {
                    pushed.fetch_add(1, Ordering::Release);
                    waker.wake();
                }
            }
        });
        let mut taken = 0;
        while taken < 2 {
            if pushed.load(Ordering::Acquire) > taken {
                taken += 1;
            } else {
                sleeper.sleep_unless(|| pushed.load(Ordering::Acquire) > taken);
            }
        }
    });
}
