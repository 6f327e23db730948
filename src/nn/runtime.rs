//! ONNX Runtime's shared library: found once, opened once, kept for ever.
//!
//! It is opened by absolute path and never by name, because by name a process
//! hands out whatever `onnxruntime` the host or another plugin (or Windows
//! itself) brought along. It is never closed: `ort` allows one environment per
//! process image, and a plugin can be unloaded and loaded again.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ort::environment::Environment;
use ort::logging::LogLevel;
use parking_lot::Mutex;
use thiserror::Error;

use super::own_path::own_path;

/// The version that bundles carry. Later builds collect usage data.
pub const VERSION: &str = "1.28.0";

/// Names one library file to use instead of searching; set by developers and tests.
pub const OVERRIDE: &str = "VOCALISE_ONNXRUNTIME";

/// The library's file name on this system.
pub const LIBRARY: &str = if cfg!(windows) {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// Why there is no ONNX Runtime. Audio still passes without it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuntimeError {
    /// No candidate exists or opens. Trying again later is possible.
    #[error(
        "ONNX Runtime was not found; reinstall Vocalise, or put {LIBRARY} of version {VERSION} \
         at one of these places:{}",
        Attempts(.attempts)
    )]
    NotFound {
        /// Every path that was tried and why it did not serve, in order.
        attempts: Vec<(PathBuf, String)>,
    },
    /// The library opened and then failed to start.
    #[error("ONNX Runtime at {path} does not start: {reason}; reinstall Vocalise", path = path.display())]
    Start {
        /// The library that was opened.
        path: PathBuf,
        /// ONNX Runtime's words.
        reason: String,
    },
}

/// Writes the attempts of an error as one line each.
struct Attempts<'a>(&'a [(PathBuf, String)]);

impl fmt::Display for Attempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, reason) in self.0 {
            write!(f, "\n  {} ({reason})", path.display())?;
        }
        Ok(())
    }
}

/// The opened library.
struct Runtime {
    /// Sessions are made in it.
    environment: Environment,
    /// The file it was opened from.
    path: PathBuf,
}

/// Never dropped, see the top of the file.
static RUNTIME: OnceLock<Runtime> = OnceLock::new();
/// Lets one thread at a time look for the library.
static OPENING: Mutex<()> = Mutex::new(());
/// The library that `ort` has taken, which it never lets go of, even if
/// starting the environment failed.
static TAKEN: OnceLock<PathBuf> = OnceLock::new();

/// The process's ONNX Runtime, opened at the first call.
///
/// Takes 20 to 50 ms then, and reads files: not for the audio thread.
///
/// # Errors
/// [`RuntimeError`] if no library can be opened. Nothing is remembered of a
/// failure: once the file is in place, the next call finds it.
pub fn runtime() -> Result<&'static Environment, RuntimeError> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(&runtime.environment);
    }
    let _one_at_a_time = OPENING.lock();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(&runtime.environment);
    }
    let opened = open(&Places::of_this_process())?;
    Ok(&RUNTIME.get_or_init(|| opened).environment)
}

/// Where the opened library lies, for display; `None` before [`runtime`] succeeded.
pub fn location() -> Option<&'static Path> {
    RUNTIME.get().map(|runtime| runtime.path.as_path())
}

/// What the search starts from.
struct Places {
    /// The value of [`OVERRIDE`], if set and not empty.
    override_file: Option<PathBuf>,
    /// The plugin's or program's own file.
    own_file: Option<PathBuf>,
    /// The running executable.
    executable: Option<PathBuf>,
    /// The folder that `cargo xtask setup` fills.
    cache: Option<PathBuf>,
}

impl Places {
    fn of_this_process() -> Self {
        Self {
            override_file: non_empty(std::env::var_os(OVERRIDE)),
            own_file: own_path(),
            executable: std::env::current_exe().ok(),
            cache: cache(),
        }
    }

    /// The files to try, in order. An override stands alone: a library other
    /// than the one asked for would be a surprise.
    fn candidates(&self) -> Vec<PathBuf> {
        if let Some(file) = &self.override_file {
            return vec![file.clone()];
        }
        let mut found = Vec::new();
        if let Some(own) = &self.own_file
            && let Some(folder) = own.parent()
        {
            // VST3: NAME.vst3/Contents/<arch>/NAME.so. The library cannot lie
            // beside NAME.so: hosts would take it for the plugin.
            if let Some(contents) = folder.parent() {
                found.push(contents.join("Resources").join(LIBRARY));
            }
            // CLAP: NAME.clap is a file, so its resources lie beside it.
            if let Some(stem) = own.file_stem() {
                let mut resources = stem.to_os_string();
                resources.push(".resources");
                found.push(folder.join(resources).join(LIBRARY));
            }
            found.push(folder.join("resources").join(LIBRARY));
        }
        if let Some(folder) = self.executable.as_deref().and_then(Path::parent) {
            found.push(folder.join(LIBRARY));
            found.push(folder.join("resources").join(LIBRARY));
            found.push(folder.join("../lib/vocalise").join(LIBRARY));
        }
        if let Some(cache) = &self.cache {
            found.push(cache.join(LIBRARY));
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|path| seen.insert(path.clone()));
        found
    }
}

/// The per-user folder in which `cargo xtask setup` keeps this version's library.
fn cache() -> Option<PathBuf> {
    let variable = |name| non_empty(std::env::var_os(name)).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA")?
    } else if cfg!(target_os = "macos") {
        variable("HOME")?.join("Library/Caches")
    } else {
        variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?
    };
    Some(base.join("vocalise").join(format!("onnxruntime-{VERSION}")))
}

fn non_empty(value: Option<impl AsRef<OsStr>>) -> Option<PathBuf> {
    value
        .filter(|value| !value.as_ref().is_empty())
        .map(|value| PathBuf::from(value.as_ref()))
}

fn open(places: &Places) -> Result<Runtime, RuntimeError> {
    if let Some(path) = TAKEN.get() {
        return start(path.clone());
    }
    let mut attempts = Vec::new();
    for candidate in places.candidates() {
        match take(&candidate) {
            Ok(path) => return start(TAKEN.get_or_init(|| path).clone()),
            Err(reason) => attempts.push((candidate, reason)),
        }
    }
    Err(RuntimeError::NotFound { attempts })
}

/// Has `ort` load the library; the first success binds the process to it.
fn take(candidate: &Path) -> Result<PathBuf, String> {
    let path = std::fs::canonicalize(candidate).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => String::from("not there"),
        _ => error.to_string(),
    })?;
    if !path.is_file() {
        return Err(String::from("not a file"));
    }
    // The builder that comes back is dropped: the environment is built in `start`.
    match ort::init_from(&path) {
        Ok(_) => Ok(path),
        Err(error) => Err(one_line(&error.to_string())),
    }
}

fn start(path: PathBuf) -> Result<Runtime, RuntimeError> {
    let environment = ort::init_from(&path)
        .map_err(|error| error.to_string())
        .and_then(|builder| {
            builder
                .with_name("vocalise")
                .with_telemetry(false)
                .build()
                .map_err(|error| error.to_string())
        });
    match environment {
        Ok(environment) => {
            // Every failure comes back as an error; a second copy on the
            // host's stderr would help nobody.
            environment.set_log_level(LogLevel::Fatal);
            Ok(Runtime { environment, path })
        }
        Err(reason) => Err(RuntimeError::Start {
            path,
            reason: one_line(&reason),
        }),
    }
}

/// Messages of other libraries, fit for one line of a log or a window.
pub(super) fn one_line(message: &str) -> String {
    const LONGEST: usize = 300;
    let mut line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST).collect();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> Places {
        Places {
            override_file: None,
            own_file: None,
            executable: None,
            cache: None,
        }
    }

    #[test]
    fn a_bundle_looks_in_its_own_folders_first() {
        let places = Places {
            own_file: Some(PathBuf::from(
                "/v/Vocalise.vst3/Contents/x86_64-linux/Vocalise.so",
            )),
            executable: Some(PathBuf::from("/usr/bin/host")),
            cache: Some(PathBuf::from("/home/me/.cache/vocalise/x")),
            ..nowhere()
        };
        let candidates = places.candidates();
        let expected = [
            "/v/Vocalise.vst3/Contents/Resources",
            "/v/Vocalise.vst3/Contents/x86_64-linux/Vocalise.resources",
            "/v/Vocalise.vst3/Contents/x86_64-linux/resources",
            "/usr/bin",
            "/usr/bin/resources",
            "/usr/bin/../lib/vocalise",
            "/home/me/.cache/vocalise/x",
        ];
        let expected: Vec<PathBuf> = expected
            .iter()
            .map(|p| Path::new(p).join(LIBRARY))
            .collect();
        assert_eq!(candidates, expected);
    }

    #[test]
    fn an_override_stands_alone() {
        let places = Places {
            override_file: Some(PathBuf::from("/elsewhere/lib")),
            cache: Some(PathBuf::from("/cache")),
            ..nowhere()
        };
        assert_eq!(places.candidates(), [PathBuf::from("/elsewhere/lib")]);
    }

    #[test]
    fn what_is_not_a_runtime_is_reported_and_leaves_the_process_able_to_try_again() {
        let folder = tempfile::tempdir().unwrap();
        let garbage = folder.path().join("garbage.so");
        std::fs::write(&garbage, b"not a library").unwrap();
        for file in [
            garbage,
            folder.path().join("absent.so"),
            folder.path().to_path_buf(),
        ] {
            assert!(take(&file).is_err(), "{}", file.display());
        }
        assert!(runtime().is_ok());
        assert!(location().unwrap().is_absolute());
    }

    #[test]
    fn the_message_names_every_place() {
        let error = RuntimeError::NotFound {
            attempts: vec![
                (PathBuf::from("/a/lib"), String::from("not there")),
                (PathBuf::from("/b/lib"), String::from("too old")),
            ],
        };
        let message = error.to_string();
        assert!(message.contains("/a/lib (not there)") && message.contains("/b/lib (too old)"));
    }
}
