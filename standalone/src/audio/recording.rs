//! A recording in place of a microphone: for demonstrations and tests, and for machines without
//! sound.

use super::{Facts, Home, Lent, Running};
use crate::settings::Audio;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vocalise::files::audio;

/// Silence after the recording, so that its last note ends and leaves, in seconds.
const TAIL_S: f64 = 2.0;
/// How long a recording waits for the models at most: longer ones miss its beginning.
const LOADING: Duration = Duration::from_secs(30);
/// A block where the settings leave it to the system.
const BLOCK: u32 = 256;

/// What is played in place of a microphone.
#[derive(Clone, Debug)]
pub struct Feed {
    path: PathBuf,
    rate: f64,
    samples: Arc<Vec<f32>>,
    /// As fast as it goes, in place of in time.
    fast: bool,
}

impl Feed {
    /// Reads a recording; its channels are mixed. An error is a sentence.
    pub fn read(path: &Path, fast: bool) -> Result<Self, String> {
        let recording =
            audio::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let share = 1.0 / recording.channels.len() as f32;
        let frames = recording.channels.first().map_or(0, Vec::len);
        let mixed = (0..frames).map(|n| {
            let sum: f32 = recording.channels.iter().map(|channel| channel[n]).sum();
            share * sum
        });
        Ok(Self {
            path: path.to_owned(),
            rate: f64::from(recording.sample_rate),
            samples: Arc::new(mixed.collect()),
            fast,
        })
    }
}

/// The thread that plays it.
struct Player {
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Player {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic there has said so already.
            let _ = thread.join();
        }
    }
}

pub(super) fn open(home: &mut Home, feed: &Feed, wanted: &Audio) -> Result<Running, String> {
    let block = if wanted.buffer == 0 {
        BLOCK
    } else {
        wanted.buffer
    } as usize;
    let lent = home.lend(feed.rate, block, feed.fast)?;
    let end = Arc::new(AtomicBool::new(false));
    let thread = {
        let (feed, end, health) = (feed.clone(), end.clone(), home.health.clone());
        std::thread::Builder::new()
            .name("vocalise recording".to_owned())
            .spawn(move || {
                play(lent, &feed, block, &end);
                health.over.store(true, Ordering::Release);
            })
            .map_err(|error| format!("no thread for the recording: {error}"))?
    };
    Ok(Running {
        facts: Facts {
            input: feed.path.display().to_string(),
            output: None,
            rate: feed.rate,
            block,
            channels: 1,
            lack: None,
        },
        _streams: Box::new(Player {
            end,
            thread: Some(thread),
        }),
    })
}

fn play(mut lent: Lent, feed: &Feed, block: usize, end: &AtomicBool) {
    let Some(performer) = lent.performer() else {
        return;
    };
    let mut buffer = vec![0.0; block];
    if !feed.fast {
        // The plugin begins to load with the first block.
        performer.process(&mut buffer, |_, _| {});
        let limit = Instant::now() + LOADING;
        while !end.load(Ordering::Acquire)
            && Instant::now() < limit
            && matches!(performer.ready(), Ok(false))
        {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    let begin = Instant::now();
    let total = feed.samples.len() + (TAIL_S * feed.rate) as usize;
    let mut done = 0;
    while done < total && !end.load(Ordering::Acquire) {
        let rest = feed.samples.get(done..).unwrap_or_default();
        let there = rest.len().min(block);
        buffer.clear();
        buffer.extend_from_slice(&rest[..there]);
        buffer.resize(block, 0.0);
        if !feed.fast {
            let due = begin + Duration::from_secs_f64((done + block) as f64 / feed.rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        performer.process(&mut buffer, |_, _| {});
        done += block;
    }
}
