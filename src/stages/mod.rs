//! The three access points and the runtime that carries them.
//!
//! A network that turns what happens in a host into MIDI needs three things written for it, and
//! nothing else: [`PrepareInput`] (host events and audio frames → model input), [`Infer`] (model
//! input → model output) and [`PrepareOutput`] (model output → timed MIDI). The runtime gives each
//! a thread of its own, joins them by single-producer rings, wakes them on events, counts what an
//! overload drops and shuts them down. Nothing in here knows about voices: Vocalise's own filling
//! is `crate::voice`, and `examples/echo.rs` is a filling without audio.
//!
//! ```text
//! host audio thread        input thread        reactive thread      output thread
//! Port::push ──ring──► PrepareInput ──ring──► Infer ──ring──► PrepareOutput ──ring──► Port::pop
//!                           │  ▲ └──slot──► Infer (generative) ──ring──┘  │
//!                           │  └───────────────── feedback ring ──────────┘
//! ```
//!
//! [`Engine`] runs them on threads; [`Inline`] runs the same objects on the caller's thread, for
//! files. Both give the same events (DESIGN: determinism): every stage hears what one lane tells it
//! in the same order either way, and in offline mode, where the port waits for each message, the
//! engine's one thread runs an [`Inline`] itself.
//!
//! A reset of the host begins a new epoch. It goes down the reactive lane in its place; what could
//! overtake it or fall behind (plans, their answers, feedback, messages on their way out) carries
//! the epoch in which it was asked for, and is dropped in a later one.

mod access;
mod bounce;
mod counters;
mod due_queue;
mod emissions;
mod engine;
mod event;
mod inline;
mod lanes;
mod off_audio;
mod playback;
pub mod port;
mod steps;
mod wake;

/// What [`wake`](self) needs of the standard library; the loom model in `tests/wake.rs` gives its
/// own module of this name.
mod sync {
    pub use std::sync::Arc;
    pub use std::sync::atomic::{AtomicBool, Ordering, fence};
    pub use std::thread::{Thread, current, park_timeout};
}

pub use access::{Infer, Line, Never, NoGenerative, PrepareInput, PrepareOutput, Requests};
pub use counters::{Counters, CountersView};
pub use engine::{Engine, EngineState, Parked, Stages};
pub use event::{HostEvent, Signal, Stamped, Transport};
pub use inline::Inline;
pub use off_audio::OffAudio;
pub use playback::{Outbox, Overwrite, Player, Policy, Reference, Sequence, Unit};
pub use port::Port;
