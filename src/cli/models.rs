//! `vocalise models`: what is in a model pack. Loading it is the check: hashes, tensors, a trial
//! run; a pack that is listed works.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use vocalise::nn::{Model, Pack};

use super::one_line;

/// Lists the pack in `folder`, or the built-in one.
pub fn run(folder: Option<&Path>) -> anyhow::Result<()> {
    let pack = match folder {
        Some(folder) => Pack::from_dir(folder).with_context(|| folder.display().to_string())?,
        None => Pack::factory()?,
    };
    let info = pack.info();
    let head = format!(
        "{} {} ({}), by {}",
        info.name, info.version, info.licence, info.author
    );
    let lines = std::iter::once(head).chain(pack.models().map(described));
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{}", one_line(&line)).context("the list cannot be written to stdout")?;
    }
    Ok(())
}

fn described(model: &Model) -> String {
    let manifest = model.manifest();
    let hash: String = manifest
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let role = model.role().name();
    let (file, training) = (&manifest.file, &manifest.training_commit);
    format!("  {role:<12} {file}  sha256 {hash}  trained at {training}  verified")
}
