//! `cargo xtask app`: the desktop app, which alone needs the system's sound libraries.

use std::process::Command;

use anyhow::Result;

use crate::setup;
use crate::step::{self, program, run, step};

/// The crate and its program.
const NAME: &str = "vocalise-app";

/// What the app is to do.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only build it
    #[arg(long)]
    build: bool,
    /// Go to the app, for instance `-- --list`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Installs what is missing, builds the app, and starts it.
pub fn start(arguments: &Arguments) -> Result<()> {
    setup::app()?;
    setup::runtime_only()?;
    step("Building the app", step::build_app)?;
    let program = program(NAME);
    if arguments.build {
        eprintln!("    {}", program.get_program().display());
        return Ok(());
    }
    // Where the user is, for the files that it is told of.
    run(Command::new(program.get_program()).args(&arguments.arguments))
}
