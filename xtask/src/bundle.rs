//! `cargo xtask bundle`: the plugin as hosts want it, with all it needs at run time.
//!
//! ```text
//! target/bundled/Vocalise.vst3/Contents/x86_64-linux/Vocalise.so
//!                              Contents/Resources/{libonnxruntime.so, LICENSES.txt}
//! target/bundled/Vocalise/Vocalise.clap
//!                         Vocalise.resources/{libonnxruntime.so, LICENSES.txt}
//! ```
//!
//! On macOS both formats are bundles with `Contents/MacOS` and
//! `Contents/Resources`. ONNX Runtime never lies in the same folder as the
//! plugin: VST3 hosts take any library there for the plugin.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use libloading::Library;

use crate::step::{self, step};
use crate::{licences, onnxruntime, paths};

/// The largest bundle, in bytes.
const LARGEST: u64 = 90_000_000;

/// What hosts look up in the library.
const SYMBOLS: &[&str] = if cfg!(target_os = "linux") {
    &[
        "clap_entry",
        "GetPluginFactory",
        "ModuleEntry",
        "ModuleExit",
    ]
} else if cfg!(target_os = "macos") {
    &[
        "clap_entry",
        "GetPluginFactory",
        "bundleEntry",
        "bundleExit",
    ]
} else {
    &["clap_entry", "GetPluginFactory"]
};

/// Options of `cargo xtask bundle`.
#[derive(Args, Default)]
pub struct Arguments {
    /// Accepted for habit's sake: release is the only profile
    #[arg(long)]
    release: bool,
    /// Copy the bundles to where this user's hosts look for plugins
    #[arg(long)]
    install: bool,
    /// Bundle this example plugin instead
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
}

/// The two bundles.
struct Bundles {
    /// The `.vst3` folder.
    vst3: PathBuf,
    /// The `.clap` bundle on macOS; elsewhere the folder of the `.clap` file
    /// and its resources.
    clap: PathBuf,
}

impl Arguments {
    /// To bundle the example plugin `name` and nothing else.
    pub fn example(name: &str) -> Self {
        Self {
            example: Some(name.to_owned()),
            ..Self::default()
        }
    }
}

/// Builds, writes, checks and perhaps installs the bundles.
pub fn make(arguments: &Arguments) -> Result<()> {
    let crate_name = arguments.example.as_deref().unwrap_or("vocalise");
    let name = display_name(crate_name)?;
    let library = step(&format!("Building {crate_name}"), || {
        build(arguments.example.as_deref())
    })?;
    let bundles = step(&format!("Bundling {name}"), || write(&name, &library))?;
    for bundle in [&bundles.vst3, &bundles.clap] {
        let size = size_of(bundle)?;
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        eprintln!("    {:6.1} MB  {}", megabytes(size), bundle.display());
        if size > LARGEST {
            bail!(
                "{} has {:.1} MB, more than the {:.0} MB that a bundle may have",
                bundle.display(),
                megabytes(size),
                megabytes(LARGEST)
            );
        }
    }
    if arguments.install {
        step("Installing for this user", || install(&bundles))?;
    }
    Ok(())
}

/// The name that `bundler.toml` gives to a crate, or the crate's own.
fn display_name(crate_name: &str) -> Result<String> {
    let path = paths::root().join("bundler.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("{} is not valid", path.display()))?;
    let name = table.get(crate_name).and_then(|entry| entry.get("name"));
    Ok(name
        .and_then(toml::Value::as_str)
        .unwrap_or(crate_name)
        .to_owned())
}

/// The built library.
fn build(example: Option<&str>) -> Result<PathBuf> {
    let (folder, stem) = match example {
        Some(example) => {
            // Without Vocalise's own exports: a library can hold one plugin.
            step::build(&[
                "--no-default-features",
                "--features",
                "vocalise/example-plugins",
                "--example",
                example,
            ])?;
            (
                paths::target().join("release/examples"),
                example.replace('-', "_"),
            )
        }
        None => {
            step::build(&["--lib", "--bins"])?;
            (paths::target().join("release"), String::from("vocalise"))
        }
    };
    let library = folder.join(format!("{DLL_PREFIX}{stem}{DLL_SUFFIX}"));
    check_symbols(&library)?;
    Ok(library)
}

/// Loads the plugin as a host would: it must need no library that is not
/// there, and have both formats' entry points.
fn check_symbols(path: &Path) -> Result<()> {
    // SAFETY: the library was built from this repository a moment ago; loading
    // it runs its initialisers, which are those of the Rust runtime.
    let library = unsafe { Library::new(path) }
        .with_context(|| format!("{} does not load", path.display()))?;
    for symbol in SYMBOLS {
        // SAFETY: the address is only tested for being there.
        let found = unsafe { library.get::<*const ()>(symbol.as_bytes()) };
        if found.is_err() {
            bail!(
                "{} exports no {symbol}: is the plugin exported in it?",
                path.display()
            );
        }
    }
    Ok(())
}

fn write(name: &str, library: &Path) -> Result<Bundles> {
    let folder = paths::target().join("bundled");
    let vst3 = folder.join(format!("{name}.vst3"));
    let clap;
    let mut resources = vec![vst3.join("Contents/Resources")];
    clear(&vst3)?;
    if cfg!(target_os = "macos") {
        clap = folder.join(format!("{name}.clap"));
        clear(&clap)?;
        for bundle in [&vst3, &clap] {
            copy(library, &bundle.join("Contents/MacOS").join(name))?;
            write_mac_files(bundle, name)?;
        }
        resources.push(clap.join("Contents/Resources"));
    } else {
        let (arch, extension) = match (cfg!(windows), ARCH) {
            (true, "aarch64") => (String::from("arm64-win"), "vst3"),
            (true, _) => (format!("{ARCH}-win"), "vst3"),
            (false, _) => (format!("{ARCH}-linux"), "so"),
        };
        // Hosts want the file inside named like the bundle.
        copy(
            library,
            &vst3.join(format!("Contents/{arch}/{name}.{extension}")),
        )?;
        clap = folder.join(name);
        clear(&clap)?;
        copy(library, &clap.join(format!("{name}.clap")))?;
        resources.push(clap.join(format!("{name}.resources")));
    }
    let runtime = onnxruntime::ensure()?;
    let licences = licences::text(&runtime)?;
    for folder in resources {
        let library = onnxruntime::library()?;
        copy(&runtime.join(library), &folder.join(library))?;
        fs::write(folder.join("LICENSES.txt"), &licences)?;
    }
    Ok(Bundles { vst3, clap })
}

/// What makes a folder a bundle on macOS.
fn write_mac_files(bundle: &Path, name: &str) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let identifier: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let info = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleExecutable</key><string>{name}</string>
  <key>CFBundleIdentifier</key><string>audio.vocalise.{identifier}</string>
  <key>CFBundleName</key><string>{name}</string>
  <key>CFBundleDisplayName</key><string>{name}</string>
  <key>CFBundlePackageType</key><string>BNDL</string>
  <key>CFBundleSignature</key><string>????</string>
  <key>CFBundleShortVersionString</key><string>{version}</string>
  <key>CFBundleVersion</key><string>{version}</string>
  <key>NSHighResolutionCapable</key><true/>
</dict>
</plist>
"#
    );
    fs::write(bundle.join("Contents/Info.plist"), info)?;
    fs::write(bundle.join("Contents/PkgInfo"), "BNDL????")?;
    Ok(())
}

fn install(bundles: &Bundles) -> Result<()> {
    let (vst3, clap) = if cfg!(target_os = "macos") {
        let base = paths::home()?.join("Library/Audio/Plug-Ins");
        (base.join("VST3"), base.join("CLAP"))
    } else if cfg!(windows) {
        let base = std::env::var_os("LOCALAPPDATA").context("LOCALAPPDATA is not set")?;
        let base = PathBuf::from(base).join("Programs/Common");
        (base.join("VST3"), base.join("CLAP"))
    } else {
        (paths::home()?.join(".vst3"), paths::home()?.join(".clap"))
    };
    for (bundle, folder) in [(&bundles.vst3, vst3), (&bundles.clap, clap)] {
        let name = bundle.file_name().context("a bundle has no name")?;
        let installed = folder.join(name);
        clear(&installed)?;
        copy_folder(bundle, &installed)?;
        eprintln!("    {}", installed.display());
    }
    Ok(())
}

/// Removes what an earlier run left, never only a part of it. A host that has
/// the old plugin open keeps its own copy, since no file is written over.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot replace {}", folder.display()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("a file has no folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        copy(&file, &to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

fn size_of(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for file in files(folder)? {
        size += fs::metadata(file)?.len();
    }
    Ok(size)
}

/// Every file below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
