//! The tests of the Python package that trains the models.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::paths;
use crate::python::python;
use crate::step::{output_of, run, step};

/// Names an interpreter that has the package's dependencies, PyTorch included.
const INTERPRETER: &str = "VOCALISE_PYTHON";

/// Lists the test files that cannot be imported without PyTorch.
const NEEDING_TORCH: &str = "\
import importlib.util, pathlib, sys
sys.path.insert(0, '.')
for path in sorted(pathlib.Path('tests').glob('test_*.py')):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except ModuleNotFoundError as error:
        if (error.name or '').split('.')[0] == 'torch':
            print(path)
    except BaseException:
        pass
";

/// Runs the package's tests: all of them with an interpreter that has
/// PyTorch, named by `VOCALISE_PYTHON`; otherwise those that need none, in a
/// virtual environment that is kept in the user's cache.
pub fn test() -> Result<()> {
    let package = paths::root().join("models/training");
    if !package.join("tests").is_dir() {
        eprintln!("==> The training package has no tests here");
        return Ok(());
    }
    let interpreter = match std::env::var_os(INTERPRETER).filter(|name| !name.is_empty()) {
        Some(interpreter) => PathBuf::from(interpreter),
        None => environment(&package)?,
    };
    let mut pytest = Command::new(&interpreter);
    pytest
        .current_dir(&package)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if output_of(Command::new(&interpreter).args(["-c", "import torch"])).is_err() {
        let listed = output_of(Command::new(&interpreter).current_dir(&package).args([
            "-B",
            "-c",
            NEEDING_TORCH,
        ]))?;
        let files: Vec<&str> = listed.lines().collect();
        eprintln!(
            "==> Skipped without PyTorch ({INTERPRETER} can name a Python that has it): {}",
            files.join(" ")
        );
        pytest.args(files.iter().map(|file| format!("--ignore={file}")));
    }
    step("pytest in models/training", || run(&mut pytest))
}

/// The interpreter of a virtual environment with the package's dependencies
/// except PyTorch, which is half a gigabyte. Made anew when they change.
fn environment(package: &Path) -> Result<PathBuf> {
    let requirements = requirements(&package.join("pyproject.toml"))?;
    let version = output_of(python()?.args(["-c", "import sys; print(sys.version, sys.prefix)"]))?;
    let identity = Sha256::digest(format!("{version}\n{}", requirements.join("\n")));
    let identity: String = identity
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = paths::cache(&format!("python-{identity}"))?;
    let interpreter = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    // Written last, so that an interrupted installation is done again.
    let complete = folder.join("complete");
    if !complete.is_file() {
        step(&format!("Installing {}", requirements.join(" ")), || {
            run(python()?.args(["-m", "venv", "--clear"]).arg(&folder))?;
            run(Command::new(&interpreter)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(&requirements))?;
            fs::write(&complete, "").context("cannot write to the cache")
        })?;
    }
    Ok(interpreter)
}

/// The package's dependencies and those of its tests, without PyTorch.
fn requirements(manifest: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(manifest)
        .with_context(|| format!("cannot read {}", manifest.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("{} is not valid", manifest.display()))?;
    let project = table
        .get("project")
        .context("pyproject.toml has no [project]")?;
    let for_tests = project
        .get("optional-dependencies")
        .and_then(|extra| extra.get("test"));
    let lists = [project.get("dependencies"), for_tests];
    let all = lists
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_array)
        .flatten();
    Ok(all
        .filter_map(toml::Value::as_str)
        .filter(|name| !name.starts_with("torch"))
        .map(str::to_owned)
        .collect())
}
