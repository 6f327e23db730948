//! The command line: what is asked, which files it means, doing it, telling the result.

mod args;
mod job;
mod models;
mod outcome;
mod presets;
mod render;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Sing, hum or whistle; get MIDI.
///
/// The same engine as the Vocalise plugin, over recordings.
#[derive(Debug, Parser)]
#[command(name = "vocalise", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Turn recordings into MIDI files.
    Render(Box<args::Render>),
    /// List the presets that `render --preset` takes: the factory's, then yours.
    Presets,
    /// List the models of a pack, after checking that each is whole and runs.
    Models {
        /// The pack's folder, which holds a pack.toml [default: the built-in pack].
        #[arg(value_name = "PACK")]
        folder: Option<PathBuf>,
    },
}

impl Cli {
    /// Does what was asked; stdout has the result when this returns.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Render(args) => render::run(&args),
            Command::Presets => presets::run(),
            Command::Models { folder } => models::run(folder.as_deref()),
        }
    }
}

/// A command that is well formed, but that this program cannot obey as it stands: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadUsage(pub String);

/// Writes one line to stderr. Where stderr is gone there is nobody to tell.
pub fn complain(what: &str) {
    let _ = writeln!(std::io::stderr(), "vocalise: {}", one_line(what));
}

/// The text without line breaks and control characters, which names of files may hold: a message
/// is one line, and must not be able to command the terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
