//! The Python that fetches wheels and runs the training package's tests.

use std::process::Command;

use anyhow::{Context, Result};

use crate::step::output_of;

/// The system's Python 3.
pub fn python() -> Result<Command> {
    let name = if cfg!(windows) { "python" } else { "python3" };
    output_of(Command::new(name).arg("--version"))
        .context("Python 3 is needed: install it with its pip and venv modules")?;
    Ok(Command::new(name))
}
