//! `LICENSES.txt`: the terms of everything that is inside a bundle.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::step::{cargo, output_of};
use crate::{onnxruntime, paths};

/// Vocalise's own terms, then ONNX Runtime's, then those of every crate that
/// is linked in, equal texts once.
pub fn text(runtime: &Path) -> Result<String> {
    let mut text = String::from("Vocalise may be used under either of two licences.\n");
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        section(
            &mut text,
            &format!("Vocalise, {name}"),
            &read(&paths::root().join(name))?,
        );
    }
    for name in [onnxruntime::LICENCE, onnxruntime::NOTICES] {
        section(
            &mut text,
            &format!("ONNX Runtime, {name}"),
            &read(&runtime.join(name))?,
        );
    }

    let mut crates_by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in linked_packages()? {
        let label = format!("{} {} ({})", package.name, package.version, package.licence);
        let texts = licence_files(&package.folder)?;
        if texts.is_empty() {
            let stated = format!("Stated in its Cargo.toml: {}", package.licence);
            crates_by_text
                .entry(stated)
                .or_default()
                .push(label.clone());
        }
        for text in texts {
            crates_by_text.entry(text).or_default().push(label.clone());
        }
    }
    for (body, mut crates) in crates_by_text {
        crates.sort();
        crates.dedup();
        section(&mut text, &crates.join("\n"), &body);
    }
    Ok(text)
}

/// A crate of the plugin.
struct Package {
    name: String,
    version: String,
    /// The SPDX expression in its manifest.
    licence: String,
    /// Where its source lies.
    folder: std::path::PathBuf,
}

/// What is linked into the plugin for this machine, itself excepted.
fn linked_packages() -> Result<Vec<Package>> {
    let tree = output_of(
        cargo()
            .args(["tree", "--package", "vocalise", "--edges", "normal"])
            .args(["--prefix", "none", "--no-dedupe", "--format", "{p}"]),
    )?;
    let metadata = output_of(cargo().args(["metadata", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let linked: std::collections::BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.trim_start_matches('v')))
        })
        .collect();
    let field = |package: &Value, name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for package in packages {
        let (name, version) = (field(package, "name"), field(package, "version"));
        if name == "vocalise" || !linked.contains(&(name.as_str(), version.as_str())) {
            continue;
        }
        let manifest = field(package, "manifest_path");
        let folder = Path::new(&manifest)
            .parent()
            .context("a manifest has no folder")?;
        found.push(Package {
            name,
            version,
            licence: field(package, "license"),
            folder: folder.to_path_buf(),
        });
    }
    Ok(found)
}

/// The licence files at the top of a crate's source.
fn licence_files(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        let is_licence = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|word| name.starts_with(word));
        if is_licence && path.is_file() {
            texts.push(read(&path)?);
        }
    }
    Ok(texts)
}

fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes)
        .replace("\r\n", "\n")
        .trim()
        .to_owned())
}

fn section(text: &mut String, heading: &str, body: &str) {
    let line = "=".repeat(80);
    // Writing to a String cannot fail.
    let _ = write!(text, "\n{line}\n{heading}\n{line}\n\n{body}\n");
}
