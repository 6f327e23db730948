//! What several integration tests need to make model packs of their own.

#![allow(dead_code, reason = "each test program uses a part of this")]

pub mod onnx;

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The repository's models.
pub fn models() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/models"))
}

/// The factory's manifest.
pub fn factory_manifest() -> String {
    fs::read_to_string(models().join("pack.toml")).unwrap()
}

/// The factory's pitch model.
pub fn factory_pitch() -> Vec<u8> {
    fs::read(models().join("pitch.onnx")).unwrap()
}

/// A SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A pack's folder with this manifest and this pitch model. `SHA256` in the
/// manifest stands for the model's hash.
pub fn write_pack(manifest: &str, pitch: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest.replace("SHA256", &sha256(pitch));
    fs::write(folder.path().join("pack.toml"), manifest).unwrap();
    fs::write(folder.path().join("pitch.onnx"), pitch).unwrap();
    folder
}

/// The factory's manifest of the pitch model alone, which it lists first, with `SHA256` for its
/// hash, see [`write_pack`].
pub fn manifest_for_any_hash() -> String {
    let whole = factory_manifest();
    let (pitch, _) = whole.split_once("[refined]").expect("more than one role");
    pitch.replace(&sha256(&factory_pitch()), "SHA256")
}

/// A manifest of one model, for drums, for the small ones made with [`onnx`].
pub fn small_manifest() -> &'static str {
    r#"
[pack]
format = 1
name = "Small"
version = "1"
licence = "CC0-1.0"
author = "Nobody"

[drums]
file = "pitch.onnx"
sha256 = "SHA256"

[drums.inputs]
noise = [1, 100]
genre = [1, 10]
condition = [1, 64]

[drums.outputs]
roll = [1, 16, 128]
"#
}
