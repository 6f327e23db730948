//! The project's chores: `cargo xtask setup | bundle | test | demo | app | pictures | models`.
//!
//! Each command does what it needs of the others first and skips what is
//! already there, so any one of them works on a fresh checkout.

mod app;
mod bundle;
mod demo;
mod licences;
mod models;
mod onnxruntime;
mod paths;
mod pictures;
mod python;
mod setup;
mod step;
mod suite;
mod training;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of the Vocalise project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing: system packages (Debian) and ONNX Runtime
    Setup {
        /// Also install Ardour, which one end-to-end test drives (large; implied by CI=true)
        #[arg(long)]
        ardour: bool,
    },
    /// Build the VST3 and CLAP bundles into target/bundled
    Bundle(bundle::Arguments),
    /// Set up, bundle, and run every test; arguments go to `cargo test`
    Test {
        /// For instance a filter, or `-- --nocapture`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Play a recording through the bundled plugin and show the notes
    Demo {
        /// A WAV or FLAC file of one voice [default: models/golden/phrase.flac]
        recording: Option<PathBuf>,
        /// Beats a minute that were sung to, from the recording's first sample on; without it the band
        /// follows the voice
        #[arg(long)]
        tempo: Option<f64>,
    },
    /// Build and start the desktop app, which needs no DAW
    App(app::Arguments),
    /// Take the README's pictures anew
    Pictures,
    /// Work with model packs
    Models {
        #[command(subcommand)]
        command: ModelsCommand,
    },
}

#[derive(Subcommand)]
enum ModelsCommand {
    /// Check a pack's hashes, shapes and a trial run on silence
    Verify {
        /// The pack's folder
        #[arg(default_value = "models")]
        pack: PathBuf,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Setup { ardour } => setup::install(ardour),
        Command::Bundle(arguments) => setup::runtime_only().and_then(|()| bundle::make(&arguments)),
        Command::Test { arguments } => suite::test(&arguments),
        Command::Demo { recording, tempo } => demo::play(recording, tempo),
        Command::Pictures => pictures::take(),
        Command::App(arguments) => app::start(&arguments),
        Command::Models {
            command: ModelsCommand::Verify { pack },
        } => models::verify(&pack),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
