//! `cargo xtask pictures`: the README's pictures, taken anew.

use anyhow::{Context, Result};

use crate::step::{cargo, run, step};
use crate::{bundle, demo, paths, setup};

/// Screenshots that the tests leave, and their names in `docs`.
const SHOTS: [(&str, &str); 6] = [
    ("editor.png", "editor.png"),
    ("app.png", "app.png"),
    ("walk-1-genre.png", "walk-1-genre.png"),
    ("walk-2-sing.png", "walk-2-sing.png"),
    ("walk-4-refine.png", "walk-3-refine.png"),
    ("walk-7-save.png", "walk-4-save.png"),
];

/// Runs what takes them, and puts them into `docs`.
pub fn take() -> Result<()> {
    setup::install(false)?;
    setup::app()?;
    bundle::make(&bundle::Arguments::default())?;
    let tests = [
        vec!["test", "--release", "--test", "editor"],
        vec![
            "test",
            "--release",
            "--package",
            "vocalise-app",
            "--test",
            "app",
            "the_w",
        ],
    ];
    for arguments in tests {
        step(&format!("cargo {}", arguments.join(" ")), || {
            run(cargo().args(&arguments))
        })?;
    }
    demo::play(None, None)?;
    let (target, docs) = (paths::target(), paths::root().join("docs"));
    let shots = SHOTS.map(|(shot, name)| (target.join("screenshots").join(shot), name));
    let demo = (target.join("demo/demo.png"), "demo.png");
    for (from, name) in shots.into_iter().chain([demo]) {
        let to = docs.join(name);
        std::fs::copy(&from, &to).with_context(|| {
            format!("{} cannot be copied: was its test skipped?", from.display())
        })?;
        eprintln!("    {}", to.display());
    }
    Ok(())
}
