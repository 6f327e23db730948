//! A screen that nobody sees: Xvfb with a window manager, for one test.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Programs that the screen is made of, and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 4] = [
    ("Xvfb", "xvfb"),
    ("openbox", "openbox"),
    ("xdotool", "xdotool"),
    ("import", "imagemagick"),
];

/// A running X server; it ends with this.
pub struct Screen {
    server: Child,
    manager: Child,
    /// As in the environment variable `DISPLAY`.
    pub display: String,
}

/// The packages that are missing on this machine.
fn missing() -> Vec<&'static str> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let there = |program: &str| std::env::split_paths(&folders).any(|f| f.join(program).exists());
    let missing = PROGRAMS.iter().filter(|(program, _)| !there(program));
    missing.map(|(_, package)| *package).collect()
}

/// The pixels of a part of a picture: from the left, from the top, width, height.
#[allow(dead_code, reason = "not every test looks that closely")]
pub fn part(picture: &Path, (x, y, width, height): (u32, u32, u32, u32)) -> Result<Vec<u8>> {
    let output = Command::new("convert")
        .arg(picture)
        .args([
            "-crop",
            &format!("{width}x{height}+{x}+{y}"),
            "-depth",
            "8",
            "rgb:-",
        ])
        .output()
        .context("convert does not run")?;
    ensure!(output.status.success(), "no part of the picture was read");
    ensure!(
        output.stdout.len() as u32 == 3 * width * height,
        "it is no such part"
    );
    Ok(output.stdout)
}

/// Whether a test that needs a screen is left out here; says why.
pub fn is_left_out() -> bool {
    let missing = missing();
    if !missing.is_empty() {
        eprintln!("skipped: run `apt-get install {}`", missing.join(" "));
    }
    !missing.is_empty()
}

/// A screen on which the windows of this program come up, drawn by software; the program's data folder
/// is `home`.
///
/// # Safety
/// No other thread runs yet.
#[allow(dead_code, reason = "not every test opens windows of its own")]
pub unsafe fn for_this_program(home: &Path) -> Result<Screen> {
    let screen = Screen::start()?;
    // SAFETY: as the caller promises.
    unsafe {
        std::env::set_var("DISPLAY", &screen.display);
        std::env::set_var("LIBGL_ALWAYS_SOFTWARE", "1");
        std::env::set_var("XDG_DATA_HOME", home);
    }
    Ok(screen)
}

impl Screen {
    /// Starts a server on a free display.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "2100x1640x24",
                "-noreset",
            ])
            .args(["+extension", "GLX"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb does not start")?;
        // The server says its number once it is ready.
        let output = server.stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb found no free display");
        let display = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .stderr(Stdio::null())
            .spawn()
            .context("openbox does not start")?;
        Ok(Self {
            server,
            manager,
            display,
        })
    }

    /// Moves the pointer and presses the left button, in pixels from the
    /// top left corner of the window of this name.
    pub fn click(&self, window: &str, x: i32, y: i32) -> Result<()> {
        self.point(window, x, y)?;
        self.xdotool(&["click", "1"])?;
        Ok(())
    }

    /// Moves the pointer, in pixels from the top left corner of the window of this name.
    pub fn point(&self, window: &str, x: i32, y: i32) -> Result<()> {
        let id = self.window(window)?;
        let (x, y) = (x.to_string(), y.to_string());
        self.xdotool(&["mousemove", "--window", &id, &x, &y])?;
        Ok(())
    }

    /// Gives the window of this name another size in pixels.
    pub fn resize(&self, window: &str, width: i32, height: i32) -> Result<()> {
        let id = self.window(window)?;
        let (width, height) = (width.to_string(), height.to_string());
        self.xdotool(&["windowsize", "--sync", &id, &width, &height])?;
        Ok(())
    }

    /// Saves what the window of this name shows.
    pub fn screenshot(&self, window: &str, path: &Path) -> Result<()> {
        let id = self.window(window)?;
        let status = Command::new("import")
            .args(["-window", &id])
            .arg(path)
            .env("DISPLAY", &self.display)
            .status()
            .context("import does not run")?;
        ensure!(status.success(), "no screenshot was taken");
        Ok(())
    }

    fn window(&self, name: &str) -> Result<String> {
        let found = self.xdotool(&["search", "--sync", "--onlyvisible", "--name", name])?;
        let id = found.lines().next().context("the window is not there")?;
        Ok(id.to_owned())
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.display)
            .output()
            .context("xdotool does not run")?;
        ensure!(
            output.status.success(),
            "xdotool {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for program in [&mut self.manager, &mut self.server] {
            // Ended already is as good.
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}
