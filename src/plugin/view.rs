//! What crosses from the engine to the editor, and nothing else does.

use super::audition::{AuditionDesk, AuditionPlayer, audition};
use crate::stages::{Counters, EngineState};
use crate::voice::recording::{Take, Tape};
use crate::voice::{Report, Watch};
use crossbeam_channel::{Receiver, Sender};
use nih_plug_egui::RepaintNotifier;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Written by the audio thread (counters, relaxed atomics) and the output stage (reports, state);
/// read by the editor. A race shows a value one frame old.
pub struct View {
    state: Arc<Mutex<EngineState>>,
    reports_in: Sender<Report>,
    reports: Receiver<Report>,
    /// What was sung and played lately.
    take: Arc<Mutex<Take>>,
    /// Its audio.
    tape: Arc<Mutex<Tape>>,
    /// What is listened to.
    audition: AuditionDesk,
    /// The audio thread's end of it, until that takes it.
    player: Mutex<Option<AuditionPlayer>>,
    /// Asks the open editor for a picture.
    repaint: RepaintNotifier,
    /// Frames dropped, then late events, as last seen by the audio thread.
    dropped: AtomicU64,
    late: AtomicU64,
}

impl View {
    /// A view that holds at most `reports` unread reports; more are lost, nobody waits.
    pub fn new(reports: usize) -> Self {
        let (reports_in, reports) = crossbeam_channel::bounded(reports);
        let (audition, player) = audition();
        Self {
            state: Arc::default(),
            reports_in,
            reports,
            take: Arc::default(),
            tape: Arc::default(),
            audition,
            player: Mutex::new(Some(player)),
            repaint: RepaintNotifier::new(),
            dropped: AtomicU64::new(0),
            late: AtomicU64::new(0),
        }
    }

    /// Where an engine says how it is doing.
    pub fn state(&self) -> Arc<Mutex<EngineState>> {
        self.state.clone()
    }

    /// How the engine is doing. Not for the audio thread.
    pub fn engine(&self) -> EngineState {
        self.state.lock().clone()
    }

    /// Says why there is no engine.
    pub fn fail(&self, reason: String) {
        *self.state.lock() = EngineState::Failed(reason);
    }

    /// The ends that the stages tell what they hear.
    pub fn watch(&self) -> Watch {
        let repaint = self.repaint.clone();
        Watch::new(self.reports_in.clone())
            .recording(self.take.clone(), self.tape.clone())
            .waking(Arc::new(move || repaint.request_repaint()))
    }

    /// What asks the open editor for a picture.
    pub fn repaint(&self) -> RepaintNotifier {
        self.repaint.clone()
    }

    /// What was sung and played lately. Not for the audio thread.
    pub fn take(&self) -> &Arc<Mutex<Take>> {
        &self.take
    }

    /// Its audio. Not for the audio thread.
    pub fn tape(&self) -> &Arc<Mutex<Tape>> {
        &self.tape
    }

    /// What was reported since the last call.
    pub fn reports(&self) -> impl Iterator<Item = Report> + '_ {
        self.reports.try_iter()
    }

    /// Where a take is listened to. Not for the audio thread.
    pub fn audition(&self) -> &AuditionDesk {
        &self.audition
    }

    /// The audio thread's end of it; to be had once.
    pub(super) fn take_player(&self) -> Option<AuditionPlayer> {
        self.player.lock().take()
    }

    /// Frames dropped and events late so far.
    pub fn overload(&self) -> (u64, u64) {
        (
            self.dropped.load(Ordering::Relaxed),
            self.late.load(Ordering::Relaxed),
        )
    }

    /// Takes over the counters; called by the audio thread once a block.
    pub fn update(&self, counters: &Counters) {
        let copy = |to: &AtomicU64, from: &AtomicU64| {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        };
        copy(&self.dropped, &counters.dropped_frames);
        copy(&self.late, &counters.late_events);
    }
}
