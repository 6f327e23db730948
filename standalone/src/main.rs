//! Vocalise without a DAW: a microphone in, MIDI out, and a transport of its own, around the
//! plugin's own engine and editor.

mod arguments;
mod audio;
mod click;
mod clock;
mod headless;
mod midi;
mod names;
mod performer;
mod settings;
mod studio;
mod tap;
mod values;
mod window;

use anyhow::{Context, Result, anyhow};
use arguments::Arguments;
use audio::{Choices, Feed, System};
use clap::Parser;
use parking_lot::Mutex;
use settings::Settings;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use studio::{Beginning, Studio};

/// Time between two looks whether the end has come.
const WATCH: Duration = Duration::from_millis(200);
/// How long a window may take to close.
const PATIENCE: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// A line to the terminal, if there is one.
fn say(line: &str) {
    // Nobody reads is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn run(arguments: &Arguments) -> Result<()> {
    if arguments.list {
        return list();
    }
    let path = arguments.settings.clone().or_else(settings::default_path);
    let (mut settings, trouble) = match &path {
        Some(path) => Settings::read(path),
        None => (Settings::default(), None),
    };
    if let Some(trouble) = &trouble {
        say(trouble);
    }
    let remembered = settings.clone();
    if let Some(system) = &arguments.system {
        settings.audio.system.clone_from(system);
    }
    if let Some(buffer) = arguments.buffer {
        settings.audio.buffer = buffer;
    }
    if let Some(tempo) = arguments.tempo {
        settings.song.tempo = tempo;
    }
    if let Some(meter) = arguments.meter {
        settings.song.meter = meter.to_string();
    }
    let feed = match &arguments.play {
        Some(path) => Some(Feed::read(path, arguments.fast).map_err(|reason| anyhow!(reason))?),
        None => None,
    };
    let (mut studio, editor) = Studio::new(Beginning {
        remembered,
        settings,
        path: path.filter(|_| !arguments.no_window),
        feed,
        keep: arguments.midi_file.is_some(),
    })?;
    if trouble.is_some() {
        studio.settings_trouble = trouble;
    }
    studio
        .choose(
            arguments.input.as_deref(),
            arguments.output.as_deref(),
            arguments.midi.as_deref(),
        )
        .map_err(|reason| anyhow!(reason))?;
    studio.song.play(arguments.tempo.is_some());
    studio.look_again();

    let interrupted = interrupts()?;
    if arguments.no_window {
        let ran = headless::run(&mut studio, arguments, &interrupted);
        return ran.and(end(&mut studio, arguments));
    }
    let studio = Arc::new(Mutex::new(studio));
    let end_at = arguments
        .seconds
        .map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
    let watch = Watch {
        end: end_at,
        interrupted,
    };
    watch.over(studio.clone(), arguments.clone())?;
    let shown = window::show(&studio, editor, watch);
    let mut studio = studio.lock();
    shown.and(end(&mut studio, arguments))
}

/// Remembers what was set, and ends.
fn end(studio: &mut Studio, arguments: &Arguments) -> Result<()> {
    if let Err(error) = studio.remember() {
        say(&format!("{error:#}"));
    }
    let bytes = studio.finish()?;
    if let (Some(path), Some(bytes)) = (&arguments.midi_file, bytes) {
        std::fs::write(path, bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// Knows when a program with a window is to end.
#[derive(Clone)]
pub struct Watch {
    end: Option<Instant>,
    interrupted: Arc<AtomicBool>,
}

impl Watch {
    /// Whether the end has come.
    pub fn is_over(&self) -> bool {
        let late = self.end.is_some_and(|end| Instant::now() >= end);
        late || self.interrupted.load(Ordering::Relaxed)
    }

    /// Sees to it that the program ends even if its window does not answer: a note that hangs in a
    /// synthesiser is worse.
    fn over(&self, studio: Arc<Mutex<Studio>>, arguments: Arguments) -> Result<()> {
        let watch = self.clone();
        let thread = std::thread::Builder::new().name("vocalise watch".to_owned());
        thread
            .spawn(move || {
                while !watch.is_over() {
                    std::thread::sleep(WATCH);
                }
                std::thread::sleep(PATIENCE);
                // Whoever holds the studio for ever has to be left behind.
                if let Some(mut studio) = studio.try_lock_for(PATIENCE) {
                    let ended = end(&mut studio, &arguments);
                    std::process::exit(i32::from(ended.is_err()));
                }
                std::process::exit(1);
            })
            .context("no thread for the watch")?;
        Ok(())
    }
}

/// A flag that Ctrl-C and a polite end of the session raise.
fn interrupts() -> Result<Arc<AtomicBool>> {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let flag = Arc::<AtomicBool>::default();
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, flag.clone()).context("no signals can be heard")?;
    }
    Ok(flag)
}

/// Says what devices and ports there are.
fn list() -> Result<()> {
    let mut text = String::new();
    let mut part = |heading: String, names: Result<Vec<String>, String>| {
        text += &format!("{heading}\n");
        match names {
            Ok(names) if names.is_empty() => text += "  none\n",
            Ok(names) => names.iter().for_each(|name| text += &format!("  {name}\n")),
            Err(reason) => text += &format!("  none: {reason}\n"),
        }
    };
    for system in System::ALL {
        let choices = Choices::look(system);
        let names = |list: &[audio::Choice]| {
            let line = |choice: &audio::Choice| {
                if choice.name == choice.id {
                    choice.id.clone()
                } else {
                    format!("{} [{}]", choice.name, choice.id)
                }
            };
            list.iter().map(line).collect::<Vec<_>>()
        };
        let inputs = choices
            .as_ref()
            .map(|c| names(&c.inputs))
            .map_err(Clone::clone);
        let outputs = choices
            .as_ref()
            .map(|c| names(&c.outputs))
            .map_err(Clone::clone);
        part(format!("Inputs ({})", system.name()), inputs);
        part(format!("Outputs ({})", system.name()), outputs);
    }
    part("MIDI outputs".to_owned(), midi::ports());
    write!(std::io::stdout(), "{text}").context("the list cannot be written to stdout")
}
