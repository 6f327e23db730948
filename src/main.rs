//! The `vocalise` command: the plugin's engine over files.
//!
//! stdout carries the result and nothing else; progress, warnings and errors go to stderr. The
//! exit code is 0, or 2 for a command that could not be understood, or 1 for all else that failed.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(&format!("{error:#}"));
            ExitCode::from(if error.is::<cli::BadUsage>() { 2 } else { 1 })
        }
    }
}
