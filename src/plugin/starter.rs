//! A line between being laid and running.

use crate::stages::{Engine, Line, Parked};
use parking_lot::Mutex;
use std::sync::Arc;

/// Holds a line that `activate` laid until the first `process` asks the background thread to start
/// it, and then keeps it running. Never locked on the audio thread.
pub struct Starter<L: Line> {
    slot: Arc<Mutex<Slot<L>>>,
}

struct Slot<L: Line> {
    /// At most one of this and the next.
    parked: Option<Parked<L>>,
    engine: Option<Engine>,
    /// Lines that were ended while they loaded. The last one to leave the slot, when the plugin is
    /// destroyed, waits for them: no thread may outlive the library. Linux never unmaps it
    /// (`-z nodelete`, see build.rs), but other systems do, and the end of the process takes ONNX
    /// Runtime away from whoever is still loading.
    ending: Vec<Engine>,
}

impl<L: Line> Default for Starter<L> {
    fn default() -> Self {
        Self {
            slot: Arc::new(Mutex::new(Slot {
                parked: None,
                engine: None,
                ending: Vec::new(),
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
        let mut slot = self.slot.lock();
        slot.end();
        slot.parked = Some(line);
    }

    /// Starts the line that is parked, if one is.
    pub fn start(&self) {
        let mut slot = self.slot.lock();
        if let Some(parked) = slot.parked.take() {
            slot.engine = Some(parked.start());
        }
    }

    /// Ends whatever runs or waits. What still loads is not waited for.
    pub fn stop(&self) {
        self.slot.lock().end();
    }
}

impl<L: Line> Slot<L> {
    fn end(&mut self) {
        self.parked = None;
        self.ending.retain(|engine| !engine.is_over());
        // A line that runs ends within one run of a model: dropping it waits for that.
        self.ending
            .extend(self.engine.take().filter(|engine| !engine.end()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::{
        EngineState, HostEvent, Infer, Never, Outbox, PrepareInput, PrepareOutput, Stages, Stamped,
    };
    use crossbeam_channel::{Receiver, Sender, unbounded};
    use std::error::Error;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    enum Nothing {}

    impl Line for Nothing {
        type Frame = Never;
        type Request = Never;
        type Response = Never;
        type Plan = Never;
        type Planned = Never;
        type Feedback = Never;
    }

    /// Models that tell where they are let go.
    struct Models(Sender<Option<String>>);

    impl Drop for Models {
        fn drop(&mut self) {
            let thread = std::thread::current();
            let _ = self.0.send(thread.name().map(str::to_owned));
        }
    }

    impl PrepareInput<Nothing> for Models {}

    struct Idle;

    impl Infer for Idle {
        type Request = Never;
        type Response = Never;

        fn infer(
            &mut self,
            request: Stamped<Never>,
        ) -> Result<Option<Never>, Box<dyn Error + Send + Sync>> {
            match request.body {}
        }
    }

    impl PrepareOutput<Nothing> for Idle {
        fn response(&mut self, response: Stamped<Never>, _: &mut Outbox<'_, Never>) {
            match response.body {}
        }
    }

    /// A line that began to load and goes on until told.
    struct Loading {
        starter: Starter<Nothing>,
        state: Arc<Mutex<EngineState>>,
        may_end: Sender<()>,
        ended: Arc<AtomicBool>,
        let_go: Receiver<Option<String>>,
    }

    fn loading() -> Loading {
        let starter = Starter::<Nothing>::default();
        let state = Arc::<Mutex<EngineState>>::default();
        let (may_end, wait) = unbounded::<()>();
        let (begun, has_begun) = unbounded();
        let (models, let_go) = unbounded();
        let ended = Arc::new(AtomicBool::new(false));
        let end = ended.clone();
        let build = Box::new(move |_: &_| {
            let _ = begun.send(());
            // Who waits for the load waits this long, and is found out by `ended`.
            let _ = wait.recv_timeout(Duration::from_secs(5));
            end.store(true, Ordering::Release);
            Ok(Stages::<Nothing> {
                input: Box::new(Models(models)),
                reactive: Box::new(Idle),
                generative: None,
                output: Box::new(Idle),
            })
        });
        let (_, parked) = crate::stages::Engine::lay(48_000.0, false, false, state.clone(), build);
        starter.park(parked);
        starter.start();
        has_begun.recv().unwrap();
        Loading {
            starter,
            state,
            may_end,
            ended,
            let_go,
        }
    }

    #[test]
    fn nobody_waits_for_a_load_that_is_no_longer_wanted() {
        let line = loading();
        line.starter.stop();
        assert!(
            !line.ended.load(Ordering::Acquire),
            "the load was waited for"
        );
        assert_eq!(*line.state.lock(), EngineState::Idle);

        // The next line is not told of the last one's end.
        let build = Box::new(|_: &_| Err("not to be built".to_owned()));
        let state = line.state.clone();
        let (mut port, parked) =
            crate::stages::Engine::lay::<Nothing>(48_000.0, false, false, state, build);
        line.starter.park(parked);
        line.may_end.send(()).unwrap();
        let thread = line.let_go.recv().unwrap();
        assert_eq!(thread.as_deref(), Some("vocalise input"));
        assert!(port.event(0, HostEvent::Tick));
        assert_eq!(*line.state.lock(), EngineState::Idle);
    }

    #[test]
    fn a_load_is_over_before_the_plugin_is_gone() {
        let line = loading();
        line.starter.stop();
        // The end of the library, or of the process, may follow at once.
        let _ = line.may_end.send(());
        drop(line.starter);
        assert!(line.ended.load(Ordering::Acquire));
        assert!(line.let_go.try_recv().is_ok(), "the models are still there");
    }
}
