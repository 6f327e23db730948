//! ONNX Runtime's shared library, taken from its Python wheel and checked
//! against a pinned hash.
//!
//! The wheels carry the plain C library. 1.28.0 is the last version that does
//! not collect usage data; do not raise it without looking at that again.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::paths;
use crate::python::python;
use crate::step::{run, step};

/// The version that is bundled; `src/nn/runtime.rs` names the same.
pub const VERSION: &str = "1.28.0";

/// The runtime's own licence, beside the library in the cache.
pub const LICENCE: &str = "LICENSE";
/// The licences of what the runtime is built from, likewise.
pub const NOTICES: &str = "ThirdPartyNotices.txt";

/// The library for one kind of machine.
struct Build {
    /// As in `std::env::consts`.
    system: &'static str,
    /// As in `std::env::consts`.
    processor: &'static str,
    /// The wheel's platform tag.
    wheel: &'static str,
    /// The library's path inside the wheel.
    member: &'static str,
    /// Its name in a bundle and in the cache.
    library: &'static str,
    /// SHA-256 of the library, hexadecimal.
    sha256: &'static str,
}

const BUILDS: [Build; 5] = [
    Build {
        system: "linux",
        processor: "x86_64",
        wheel: "manylinux_2_28_x86_64",
        member: "onnxruntime/capi/libonnxruntime.so.1.28.0",
        library: "libonnxruntime.so",
        sha256: "aa4079d18f4ea7a5f3a94d80cd4bbe0f2740436626622d64d793803a20381083",
    },
    Build {
        system: "linux",
        processor: "aarch64",
        wheel: "manylinux_2_28_aarch64",
        member: "onnxruntime/capi/libonnxruntime.so.1.28.0",
        library: "libonnxruntime.so",
        sha256: "23a37c2994bc273e1d59a4f49af6cba5bf1cfbc29f04907ec27df375aba50a7d",
    },
    Build {
        system: "macos",
        processor: "aarch64",
        wheel: "macosx_14_0_arm64",
        member: "onnxruntime/capi/libonnxruntime.1.28.0.dylib",
        library: "libonnxruntime.dylib",
        sha256: "99909e99214e31fe2296c9f7fae5abc2eaf0145342efe8b0a6ed82e9ddb0a0a0",
    },
    Build {
        system: "windows",
        processor: "x86_64",
        wheel: "win_amd64",
        member: "onnxruntime/capi/onnxruntime.dll",
        library: "onnxruntime.dll",
        sha256: "14e186627f109a15f28f0b36f6e8ea07c79eac666818e63c39a9792f415bf649",
    },
    Build {
        system: "windows",
        processor: "aarch64",
        wheel: "win_arm64",
        member: "onnxruntime/capi/onnxruntime.dll",
        library: "onnxruntime.dll",
        sha256: "a3c722907fb82ae7aa999d90bc81b8dc6358f1260125078485b392d53eea716c",
    },
];

/// Takes one file out of a wheel, which is a ZIP archive.
const EXTRACT: &str = "\
import pathlib, sys, zipfile
wheel, target, members = sys.argv[1], sys.argv[2], sys.argv[3:]
with zipfile.ZipFile(wheel) as archive:
    for member in members:
        name, _, rename = member.partition('=')
        (pathlib.Path(target) / rename).write_bytes(archive.read(name))
";

/// The folder that holds the library and its licences; fetched if need be.
pub fn ensure() -> Result<PathBuf> {
    let build = this_machine()?;
    let folder = paths::cache(&format!("onnxruntime-{VERSION}"))?;
    if is_complete(&folder, build)? {
        eprintln!("==> ONNX Runtime {VERSION} is there: {}", folder.display());
        return Ok(folder);
    }
    step(
        &format!("Fetching ONNX Runtime {VERSION} for {}", build.wheel),
        || fetch(build, &folder),
    )?;
    Ok(folder)
}

/// The library's file name on this machine.
pub fn library() -> Result<&'static str> {
    Ok(this_machine()?.library)
}

fn this_machine() -> Result<&'static Build> {
    BUILDS
        .iter()
        .find(|build| build.system == OS && build.processor == ARCH)
        .with_context(|| format!("there is no ONNX Runtime {VERSION} for {OS} on {ARCH}"))
}

fn is_complete(folder: &Path, build: &Build) -> Result<bool> {
    let library = folder.join(build.library);
    let all_there = [LICENCE, NOTICES]
        .iter()
        .all(|name| folder.join(name).is_file());
    Ok(all_there && library.is_file() && sha256(&library)? == build.sha256)
}

fn fetch(build: &Build, folder: &Path) -> Result<()> {
    let parent = folder.parent().context("the cache folder has no parent")?;
    // Beside its destination, so that it can be moved there in one go, and
    // named after this process, so that two of them do not meet.
    let work = parent.join(format!("fetching-{}", std::process::id()));
    fs::create_dir_all(&work).with_context(|| format!("cannot write to {}", parent.display()))?;
    let result = fetch_into(build, &work).and_then(|()| {
        // Another process may have been faster; its files are as good.
        let _ = fs::remove_dir_all(folder);
        fs::rename(work.join("files"), folder)
            .with_context(|| format!("cannot write {}", folder.display()))
    });
    let _ = fs::remove_dir_all(&work);
    result
}

fn fetch_into(build: &Build, work: &Path) -> Result<()> {
    run(python()?
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
        ])
        .args(["--only-binary", ":all:", "--python-version", "311"])
        .args(["--platform", build.wheel])
        .arg(format!("onnxruntime=={VERSION}"))
        .arg("--dest")
        .arg(work))?;
    let wheel = fs::read_dir(work)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip downloaded no wheel")?;
    let files = work.join("files");
    fs::create_dir(&files)?;
    run(python()?
        .args(["-c", EXTRACT])
        .arg(&wheel)
        .arg(&files)
        .arg(format!("{}={}", build.member, build.library))
        .arg(format!("onnxruntime/{LICENCE}={LICENCE}"))
        .arg(format!("onnxruntime/{NOTICES}={NOTICES}")))?;
    let found = sha256(&files.join(build.library))?;
    if found != build.sha256 {
        bail!(
            "the library in {} has SHA-256 {found}, not {}; it was not kept",
            wheel.display(),
            build.sha256
        );
    }
    Ok(())
}

/// A file's SHA-256, hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
