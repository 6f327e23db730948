//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub fn root() -> PathBuf {
    // At run time by preference: a build folder may have been copied here from
    // another checkout.
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .map_or(manifest.clone(), Path::to_path_buf)
}

/// Cargo's build folder.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A folder of the project in the user's cache, outside the source tree so
/// that a clean checkout need not fetch again. `src/nn/runtime.rs` looks for
/// ONNX Runtime in the same place.
pub fn cache(name: &str) -> Result<PathBuf> {
    let variable = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA").context("LOCALAPPDATA is not set")?
    } else if cfg!(target_os = "macos") {
        home()?.join("Library/Caches")
    } else {
        match variable("XDG_CACHE_HOME") {
            Some(folder) => folder,
            None => home()?.join(".cache"),
        }
    };
    Ok(base.join("vocalise").join(name))
}

/// The user's home folder.
pub fn home() -> Result<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let home = env::var_os(name).with_context(|| format!("{name} is not set"))?;
    Ok(PathBuf::from(home))
}
