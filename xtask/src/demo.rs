//! `cargo xtask demo`: the plugin in a host, on a recording, without a screen.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::step::{program, run, step};
use crate::{bundle, paths, setup};

/// Plays `recording` (or the phrase that comes with the models) through the
/// bundled CLAP; the host prints the notes and writes a MIDI file and a picture.
pub fn play(recording: Option<PathBuf>) -> Result<()> {
    // The file is named from where the user is, which need not be the root.
    let recording = match recording {
        Some(file) => std::path::absolute(&file)
            .with_context(|| format!("{} is not a path", file.display()))?,
        None => paths::root().join("models/golden/phrase.flac"),
    };
    if !recording.is_file() {
        bail!(
            "{} is not a file; give a WAV or FLAC recording of one voice",
            recording.display()
        );
    }
    setup::runtime_only()?;
    bundle::make(&bundle::Arguments::default())?;
    let plugin = paths::target().join("bundled/Vocalise/Vocalise.clap");
    let folder = paths::target().join("demo");
    std::fs::create_dir_all(&folder)?;
    let (midi, picture) = (folder.join("demo.mid"), folder.join("demo.png"));
    let pitch = folder.join("demo.f0.tsv");
    step("Listening for the pitch track", || {
        run(program("vocalise")
            .arg("render")
            .arg(&recording)
            .arg("-o")
            .arg(folder.join("render.mid"))
            .arg("--f0")
            .arg(&pitch))
    })?;
    step(&format!("Playing {}", recording.display()), || {
        run(program("headless")
            .arg("play")
            .args([&plugin, &recording])
            .arg("--midi")
            .arg(&midi)
            .arg("--picture")
            .arg(&picture)
            .arg("--f0")
            .arg(&pitch))
    })?;
    eprintln!("    {}\n    {}", midi.display(), picture.display());
    Ok(())
}
