//! The thread on which plugins are processed.

use anyhow::{Result, anyhow};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// Runs one job after another on a thread of its own, until dropped.
pub(crate) struct AudioThread {
    jobs: mpsc::Sender<Job>,
}

impl AudioThread {
    pub(crate) fn start() -> Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("audio".into())
            .spawn(move || queue.into_iter().for_each(|job| job()))
            .map_err(|error| anyhow!("no thread for the audio could be started: {error}"))?;
        Ok(Self { jobs })
    }

    /// Does `work` there and `meanwhile` here, a thousand times a second, until it is done.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        mut meanwhile: impl FnMut(),
    ) -> Result<T> {
        let (done, result) = mpsc::sync_channel(1);
        let job = Box::new(move || {
            // Nobody waits only when the waiting thread has panicked.
            let _ = done.send(work());
        });
        let gone = || anyhow!("the audio thread has died");
        self.jobs.send(job).map_err(|_| gone())?;
        loop {
            match result.recv_timeout(Duration::from_millis(1)) {
                Ok(value) => return Ok(value),
                Err(RecvTimeoutError::Timeout) => meanwhile(),
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
            }
        }
    }
}
