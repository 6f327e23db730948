//! What an overload did, counted where it happened, for the editor and the log.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// Counters that any thread may raise; relaxed, since nothing is decided by them.
        #[derive(Default, Debug)]
        pub struct Counters {
            $($(#[$doc])* pub $name: AtomicU64,)*
        }

        /// The counters at one moment.
        #[derive(Clone, Copy, Default, Debug, PartialEq, Eq, serde::Serialize)]
        pub struct CountersView {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Counters {
            /// All of them, read one after the other.
            pub fn view(&self) -> CountersView {
                CountersView { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters! {
    /// Audio frames dropped because the input stage did not keep up.
    dropped_frames,
    /// Host events (MIDI, parameters, transport) that found the ring full.
    dropped_events,
    /// Events that reached the audio thread after their time and were sent at once.
    late_events,
    /// Notes that were over, or begun again, before they could be played.
    skipped_notes,
    /// Generative requests replaced by a newer one before they ran.
    replaced_plans,
    /// Events that the host's output queue refused.
    refused_events,
    /// Model runs that failed.
    failed_runs,
}

impl Counters {
    /// Raises `counter` by `n`.
    pub fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }
}
