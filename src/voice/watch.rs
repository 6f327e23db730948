//! Who watches: the editor through reports, and the take.

use super::report::Report;
use crate::audio::Frame;
use crate::voice::recording::{Take, Tape};
use crossbeam_channel::Sender;
use parking_lot::Mutex;
use std::sync::Arc;

/// Reports and frames that may wait while somebody looks at the take.
const BACKLOG: usize = 8_192;

/// Where the output stage tells what it hears. Never waited for: a watcher that does not keep up
/// misses something.
pub struct Watch {
    reports: Sender<Report>,
    take: Option<Arc<Mutex<Take>>>,
    tape: Option<Arc<Mutex<Tape>>>,
    wake: Option<Wake>,
}

/// Says that there is something to see. Called often, so it has to be quick.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

impl Watch {
    /// Reports alone.
    pub fn new(reports: Sender<Report>) -> Self {
        Self {
            reports,
            take: None,
            tape: None,
            wake: None,
        }
    }

    /// Also calls `wake` for whatever there is to see.
    pub fn waking(self, wake: Wake) -> Self {
        Self {
            wake: Some(wake),
            ..self
        }
    }

    /// Also records a take, and its audio.
    pub fn recording(self, take: Arc<Mutex<Take>>, tape: Arc<Mutex<Tape>>) -> Self {
        Self {
            take: Some(take),
            tape: Some(tape),
            ..self
        }
    }

    /// The ends for the output stage and for the input stage.
    pub(super) fn split(self) -> (Teller, Recorder) {
        let teller = Teller {
            reports: self.reports,
            take: self.take,
            wake: self.wake,
            backlog: Vec::new(),
        };
        let recorder = Recorder {
            tape: self.tape,
            backlog: Vec::new(),
        };
        (teller, recorder)
    }
}

/// Tells the reports.
pub struct Teller {
    reports: Sender<Report>,
    take: Option<Arc<Mutex<Take>>>,
    wake: Option<Wake>,
    /// What the take does not know yet.
    backlog: Vec<Report>,
}

impl Teller {
    /// Tells everybody.
    pub fn tell(&mut self, report: Report) {
        let _ = self.reports.try_send(report);
        if let Some(wake) = self.wake.as_ref().filter(|_| report.is_news()) {
            wake();
        }
        let Some(take) = &self.take else { return };
        if self.backlog.len() < BACKLOG {
            self.backlog.push(report);
        }
        if let Some(mut take) = take.try_lock() {
            for report in self.backlog.drain(..) {
                take.hear(&report);
            }
        }
    }
}

/// Records the audio of frames.
pub struct Recorder {
    tape: Option<Arc<Mutex<Tape>>>,
    /// What is not on the tape yet; `None` is a new beginning.
    backlog: Vec<Option<Frame>>,
}

impl Recorder {
    /// Takes a frame in.
    pub fn record(&mut self, frame: &Frame) {
        self.push(Some(*frame));
    }

    /// The front end begins anew.
    pub fn restart(&mut self) {
        self.push(None);
    }

    fn push(&mut self, frame: Option<Frame>) {
        let Some(tape) = &self.tape else { return };
        if self.backlog.len() < BACKLOG {
            self.backlog.push(frame);
        }
        if let Some(mut tape) = tape.try_lock() {
            for frame in self.backlog.drain(..) {
                match frame {
                    Some(frame) => tape.record(&frame),
                    None => tape.restart(),
                }
            }
        }
    }
}
