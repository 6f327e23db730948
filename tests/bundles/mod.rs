//! Where the bundles are, and a voice to sing into them.

use headless::Host;
use std::path::{Path, PathBuf};

/// The plugin's file in each format, under the build folder.
pub const CLAP: &str = "bundled/Vocalise/Vocalise.clap";
/// See [`CLAP`].
pub const VST3: &str = "bundled/Vocalise.vst3";

/// Cargo's build folder.
pub fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A bundle, or `None` and a line on stderr where it has not been made.
pub fn bundle(name: &str) -> Option<PathBuf> {
    let path = target().join(name);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var("VOCALISE_BUNDLES").is_ok_and(|value| value == "required");
    assert!(!required, "{} is missing", path.display());
    eprintln!(
        "skipped: {} is missing, run `cargo xtask bundle`",
        path.display()
    );
    None
}

/// Does `test` with a fresh instance in every format.
#[allow(dead_code, reason = "not every test program uses every helper")]
pub fn in_each_format(mut test: impl FnMut(&mut dyn Host)) {
    for path in [CLAP, VST3].into_iter().filter_map(bundle) {
        let mut host = headless::open(&path).expect("the bundle opens");
        test(host.as_mut());
    }
}

/// A sung phrase of one channel, and its sample rate in Hz.
#[allow(dead_code, reason = "not every test program uses every helper")]
pub fn phrase() -> (Vec<f32>, f64) {
    let path = phrase_path();
    let (mut channels, rate) = headless::audio_file::read(&path).expect("the phrase reads");
    (channels.swap_remove(0), f64::from(rate))
}

/// The file of [`phrase`].
#[allow(dead_code, reason = "not every test program uses every helper")]
pub fn phrase_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/golden/phrase.flac")
}
