//! A second hearing of the take, on a thread of its own.

use crate::audio::frame::SAMPLE_RATE;
use crate::music::SungNote;
use crate::nn::Pack;
use crate::plugin::{View, VocaliseParams};
use crate::voice::offline::{self, Settings};
use crate::voice::recording::{Selection, Take};
use crossbeam_channel::{Receiver, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The most that is heard again without a selection, in seconds.
const USUAL_S: f64 = 120.0;
/// What is heard besides the selection, so that its first note is not cut, in seconds.
const AROUND_S: f64 = 1.0;

/// What was heard: notes in seconds of the take, with the keys they are played on; or why not.
type Heard = Result<Vec<(SungNote, u8)>, String>;

/// One hearing at a time.
#[derive(Default)]
pub struct Refining {
    running: Option<(Receiver<Heard>, Selection)>,
    /// Per mille that is done.
    progress: Arc<AtomicU32>,
    error: Option<String>,
}

impl Refining {
    /// Whether none runs.
    pub fn is_idle(&self) -> bool {
        self.running.is_none()
    }

    /// What the button says.
    pub fn label(&self) -> String {
        if self.is_idle() {
            "Refine".to_owned()
        } else {
            let percent = self.progress.load(Ordering::Relaxed) / 10;
            format!("Refines… {percent} %")
        }
    }

    /// Why the last one failed.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Begins to hear what is selected again.
    pub fn start(
        &mut self,
        params: &VocaliseParams,
        view: &View,
        take: &Take,
        selection: Selection,
    ) {
        let settings = Settings {
            tuneful: params.tuneful(),
            gate_db: params.gate.value(),
            ..Settings::default()
        };
        let now_s = take.now_s();
        let from_s = selection.from_s.max(now_s - USUAL_S);
        let (audio, end_s) = {
            let tape = view.tape().lock();
            let audio = tape.newest(now_s - from_s + AROUND_S);
            (audio, take.origin_s() + tape.end_s())
        };
        let from = Selection {
            from_s,
            ..selection
        };
        if audio.is_empty() {
            self.error = Some("There is nothing on the tape yet: sing first.".to_owned());
            return;
        }
        self.error = None;
        self.progress.store(0, Ordering::Relaxed);
        let (tell, told) = bounded(1);
        let progress = self.progress.clone();
        let begins_s = end_s - audio.len() as f64 / SAMPLE_RATE;
        let spawned = std::thread::Builder::new()
            .name("vocalise refine".to_owned())
            .spawn(move || {
                let _ = tell.send(hear(audio, begins_s, &settings, &progress));
            });
        match spawned {
            Ok(_) => self.running = Some((told, from)),
            Err(error) => self.error = Some(format!("No thread could be started: {error}.")),
        }
    }

    /// Takes what was heard into the take, once it is there.
    pub fn settle(&mut self, take: &mut Take) {
        let Some((told, selection)) = &self.running else {
            return;
        };
        match told.try_recv() {
            Ok(Ok(notes)) => take.refine(*selection, &notes),
            Ok(Err(reason)) => self.error = Some(reason),
            Err(crossbeam_channel::TryRecvError::Empty) => return,
            Err(crossbeam_channel::TryRecvError::Disconnected) => {
                self.error = Some("The second hearing broke off.".to_owned());
            }
        }
        self.running = None;
    }
}

fn hear(audio: Vec<f32>, begins_s: f64, settings: &Settings, progress: &AtomicU32) -> Heard {
    let pack = Pack::factory().map_err(|error| error.to_string())?;
    let mut tell = |done: f32| progress.store((done * 1_000.0) as u32, Ordering::Relaxed);
    let rendering = offline::hear_again(&pack, &[audio], SAMPLE_RATE, settings, &mut tell)
        .map_err(|error| error.to_string())?;
    let moved = rendering.into_iter().map(|(note, key)| {
        let note = SungNote {
            onset_s: note.onset_s + begins_s,
            offset_s: note.offset_s + begins_s,
            decided_s: note.decided_s + begins_s,
            ..note
        };
        (note, key)
    });
    Ok(moved.collect())
}
