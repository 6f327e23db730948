//! Running without a window.

use crate::arguments::Arguments;
use crate::say;
use crate::studio::Studio;
use anyhow::{Result, anyhow};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two looks at how it goes.
const LOOK: Duration = Duration::from_millis(20);

/// Runs until interrupted, until the time or the recording is over, or until the sound fails.
pub fn run(studio: &mut Studio, arguments: &Arguments, interrupted: &AtomicBool) -> Result<()> {
    let Some(running) = studio.running() else {
        let reason = studio.audio_trouble.take();
        return Err(anyhow!(
            reason.unwrap_or_else(|| "no sound comes in".to_owned())
        ));
    };
    let facts = running.facts.clone();
    let output = facts.output.as_deref().unwrap_or("nothing");
    let jack = if studio.has_jack_port() {
        "JACK's Vocalise:midi_out and "
    } else {
        ""
    };
    say(&format!(
        "hears {}, plays to {output}: {} Hz, blocks of {}; MIDI goes to {jack}{}",
        facts.input, facts.rate, facts.block, studio.settings.midi.output
    ));
    for trouble in [&facts.lack, &studio.midi_trouble].into_iter().flatten() {
        say(trouble);
    }
    let end = arguments
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
    let mut midi_trouble = studio.midi_trouble.clone();
    while !interrupted.load(Ordering::Relaxed)
        && !studio.health.over.load(Ordering::Relaxed)
        && end.is_none_or(|end| Instant::now() < end)
    {
        std::thread::sleep(LOOK);
        studio.tick();
        if let Some(reason) = studio.audio_trouble.take() {
            return Err(anyhow!(reason));
        }
        if studio.midi_trouble != midi_trouble {
            midi_trouble.clone_from(&studio.midi_trouble);
            if let Some(trouble) = &midi_trouble {
                say(trouble);
            }
        }
    }
    let (notes, lost) = studio.counts();
    let health = &studio.health;
    say(&format!(
        "sent {notes} notes in {:.1} s of sound; {lost} messages lost, {} blocks lost, {} joined anew",
        health.samples.load(Ordering::Relaxed) as f64 / facts.rate,
        health.xruns.load(Ordering::Relaxed),
        health.resyncs.load(Ordering::Relaxed),
    ));
    if let vocalise::stages::EngineState::Failed(reason) = studio.engine() {
        return Err(anyhow!(reason));
    }
    Ok(())
}
