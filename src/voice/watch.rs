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
}

impl Watch {
    /// Reports alone.
    pub fn new(reports: Sender<Report>) -> Self {
        Self {
            reports,
            take: None,
            tape: None,
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
    /// What the take does not know yet.
    backlog: Vec<Report>,
}

impl Teller {
    /// Tells everybody.
    pub fn tell(&mut self, report: Report) {
        let _ = self.reports.try_send(report);
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
