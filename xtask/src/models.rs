//! `cargo xtask models verify`: is a model pack what it says it is?

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::step::{build, program, run, step};
use crate::{onnxruntime, paths, setup};

/// Compares every file of a pack with its hash, then has the program load the
/// pack, which checks tensors and runs each model on silence.
pub fn verify(pack: &Path) -> Result<()> {
    let pack = paths::root().join(pack);
    step(&format!("Hashes of {}", pack.display()), || {
        check_hashes(&pack)
    })?;
    setup::runtime_only()?;
    step("Tensors and a trial run", || {
        build(&["--lib", "--bins"])?;
        run(program("vocalise").arg("models").arg(&pack))
    })
}

fn check_hashes(pack: &Path) -> Result<()> {
    let path = pack.join("pack.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("{} is not valid", path.display()))?;
    for (role, entry) in table.iter().filter(|(name, _)| *name != "pack") {
        let field = |name: &str| {
            let value = entry.get(name).and_then(toml::Value::as_str);
            value.with_context(|| format!("pack.toml has no {name} for {role}"))
        };
        let (file, expected) = (field("file")?, field("sha256")?);
        let found = onnxruntime::sha256(&pack.join(file))?;
        if found != expected {
            bail!("{file} of {role} has SHA-256 {found}, where pack.toml says {expected}");
        }
        eprintln!("    {role}: {file} is as listed");
    }
    Ok(())
}
