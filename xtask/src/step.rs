//! Saying what is done, doing it, and saying how long it took.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs `work` under a heading and prints its time.
pub fn step<T>(heading: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {heading}");
    let begin = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "FAILED" };
    eprintln!("    {outcome} in {}", seconds(begin.elapsed()));
    result
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Runs a command to its end; its output goes to the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command
        .status()
        .with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and gives what it wrote to standard output.
pub fn output_of(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .output()
        .with_context(|| format!("`{shown}` could not be started"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` ended with {}: {}", output.status, message.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Builds these targets of the workspace. Always of the whole workspace, since
/// Cargo compiles dependencies anew for every other selection of packages;
/// without this program, which cannot be replaced while it runs on Windows, and
/// without the app, which needs sound libraries that the plugin does not.
pub fn build(targets: &[&str]) -> Result<()> {
    run(workspace()
        .args(["--exclude", "vocalise-app"])
        .args(targets))
}

/// Builds the app. With the rest of the workspace, for the reason given above:
/// the app asks no more of the dependencies that they share.
pub fn build_app() -> Result<()> {
    run(workspace().arg("--bins"))
}

fn workspace() -> Command {
    let mut command = cargo();
    command.args(["build", "--release", "--workspace", "--exclude", "xtask"]);
    command
}

/// A program that [`build`] made from `--bins`.
pub fn program(name: &str) -> Command {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(super::paths::target().join("release").join(file));
    command.current_dir(super::paths::root());
    command
}

/// Cargo, the one that runs this.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(super::paths::root());
    // Meant for this program, not for those it starts.
    command.env_remove("CARGO_MANIFEST_DIR");
    command
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let mut line = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ");
    const LONGEST: usize = 300;
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST).collect::<String>() + " …";
    }
    line
}
