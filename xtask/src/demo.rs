//! `cargo xtask demo`: the plugin in a host, on a recording, without a screen.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::step::{program, run, step};
use crate::{bundle, paths, setup};

/// Tempo of the phrase that comes with the models, and the song position in quarter notes at which
/// the host begins, so that its first note falls on a bar.
const PHRASE: (f64, f64) = (142.857, 3.186);

/// Plays `recording` (or the phrase that comes with the models) through the
/// bundled CLAP; the host prints the notes and writes a MIDI file and a picture.
///
/// The host's clock runs at `tempo`; without one it stands, and the band follows the voice.
pub fn play(recording: Option<PathBuf>, tempo: Option<f64>) -> Result<()> {
    let clock = match (&recording, tempo) {
        (_, Some(tempo)) => Some((tempo, 0.0)),
        (None, None) => Some(PHRASE),
        (Some(_), None) => None,
    };
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
            .arg(&pitch)
            .args(match clock {
                Some((tempo, at)) => [format!("--tempo={tempo}"), format!("--at={at}")],
                None => ["--set", "Band Follows Voice=on"].map(str::to_owned),
            }))
    })?;
    eprintln!("    {}\n    {}", midi.display(), picture.display());
    Ok(())
}
