//! The bytes of one preset file: read within bounds, written whole or not at all.

use super::preset::LARGEST;
use super::{Catalogue, Preset, PresetError};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

impl Preset {
    /// Reads a preset file; any file is safe to give.
    ///
    /// # Errors
    /// What the system says, or what is wrong with the file.
    pub fn open(path: &Path, catalogue: &Catalogue) -> Result<Self, PresetError> {
        Self::parse(&read(path)?, catalogue)
    }
}

/// Puts a file of `text` in place of `path`, whole or not at all.
pub fn write(path: &Path, text: &str) -> Result<(), PresetError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let new = path.with_file_name(format!(".{process}-{count}.new"));
    let written = File::create_new(&new)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&new, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&new);
        failed(path, &error)
    })
}

/// The text of a file that may be a preset.
pub fn read(path: &Path) -> Result<String, PresetError> {
    let file = File::open(path).map_err(|error| failed(path, &error))?;
    let mut bytes = Vec::new();
    let read = file.take(LARGEST as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(path, &error))?;
    if bytes.len() > LARGEST {
        return Err(PresetError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| PresetError::Broken("it is no UTF-8 text".to_owned()))
}

/// `text` with another name, if that is on a line of its own.
pub fn with_name(text: &str, name: &str) -> Option<String> {
    let is_name = |line: &&str| {
        let rest = line.trim_start().strip_prefix("name");
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let line = text.lines().find(is_name)?;
    let own = toml::Value::String(name.to_owned());
    Some(text.replacen(line, &format!("name = {own}"), 1))
}

/// What the system said of `path`.
pub fn failed(path: &Path, error: &io::Error) -> PresetError {
    PresetError::File {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
