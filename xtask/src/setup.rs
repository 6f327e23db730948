//! `cargo xtask setup`: what the build and the tests need from outside.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::onnxruntime;
use crate::step::{output_of, run, step};

/// What the editor loads at run time (`lib…`), and the screen, mouse and
/// camera of its tests. The build itself needs no development package: X11 and
/// OpenGL are opened at run time, and nothing compiles C.
const PACKAGES: [&str; 14] = [
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libxcursor1",
    "libgl1",
    "libegl1",
    "libgl1-mesa-dri",
    "xvfb",
    "xauth",
    "xdotool",
    "imagemagick",
    "openbox",
];

/// What the desktop app is built with; nothing else is.
const APP: [&str; 3] = ["libasound2-dev", "libjack-jackd2-dev", "pkg-config"];

/// A whole digital audio workstation, for one end-to-end test.
const ARDOUR: &str = "ardour";

/// Installs what is missing. System packages that cannot be installed are
/// named and left to the user; ONNX Runtime is a must.
pub fn install(ardour: bool) -> Result<()> {
    let ardour = ardour || std::env::var("CI").is_ok_and(|value| value == "true");
    let wanted = PACKAGES.into_iter().chain(ardour.then_some(ARDOUR));
    if let Err(error) = packages(wanted) {
        eprintln!("    {error:#}");
        eprintln!("    Going on: only tests that open the editor or a host need them.");
    }
    runtime_only()
}

/// The system packages that the desktop app is built with.
pub fn app() -> Result<()> {
    packages(APP)
}

/// ONNX Runtime alone, which is all that a bundle needs.
pub fn runtime_only() -> Result<()> {
    onnxruntime::ensure().map(drop)
}

fn packages(wanted: impl IntoIterator<Item = &'static str>) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut missing: Vec<&str> = wanted.into_iter().collect();
    if !starts("dpkg-query") {
        bail!(
            "This is not a Debian system; the equivalents of these are needed: {}",
            missing.join(" ")
        );
    }
    missing.retain(|package| !is_installed(package));
    if missing.is_empty() {
        eprintln!("==> System packages are there");
        return Ok(());
    }
    let Some(prefix) = root_prefix() else {
        bail!(
            "System packages are missing; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
            missing.join(" ")
        );
    };
    step(&format!("Installing {}", missing.join(" ")), || {
        run(apt(&prefix).arg("update").arg("-q"))?;
        run(apt(&prefix)
            .args(["install", "-q", "-y", "--no-install-recommends"])
            .args(&missing))
    })
}

/// What to put before `apt-get` to be allowed to install, or `None`.
fn root_prefix() -> Option<Vec<&'static str>> {
    if !starts("apt-get") {
        return None;
    }
    let is_root = output_of(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(Vec::new());
    }
    let sudo = output_of(Command::new("sudo").args(["-n", "true"]));
    sudo.is_ok()
        .then(|| vec!["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"])
}

fn apt(prefix: &[&str]) -> Command {
    let mut words = prefix.iter().chain(&["apt-get"]);
    let mut command = Command::new(words.next().unwrap_or(&"apt-get"));
    command
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(Stdio::null());
    command
}

fn is_installed(package: &str) -> bool {
    output_of(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]))
        .is_ok_and(|status| status.trim() == "installed")
}

/// Whether a program is there to be started.
fn starts(program: &str) -> bool {
    output_of(Command::new(program).arg("--version")).is_ok()
}
