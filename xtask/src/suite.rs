//! `cargo xtask test`: everything that can be tested on this machine.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::step::{cargo, run, seconds, step};
use crate::{bundle, setup, training};

/// One line of the summary.
struct Part {
    name: &'static str,
    time: Duration,
    error: Option<String>,
}

/// Runs each part even if one before it failed, and ends with a summary.
/// `arguments` go to `cargo test`.
pub fn test(arguments: &[String]) -> Result<()> {
    let mut parts = Vec::new();
    let mut part = |name: &'static str, work: &mut dyn FnMut() -> Result<()>| {
        let begin = Instant::now();
        let error = work().err().map(|error| format!("{error:#}"));
        if let Some(error) = &error {
            eprintln!("    {error}");
        }
        parts.push(Part {
            name,
            time: begin.elapsed(),
            error,
        });
    };
    part("setup", &mut || setup::install(false));
    // The example first: it builds the library without exports, under the same name.
    part("bundle the example", &mut || {
        bundle::make(&bundle::Arguments::example("echo"))
    });
    part(
        "bundle",
        &mut || bundle::make(&bundle::Arguments::default()),
    );
    // The app is tested where it can be built.
    let left_out: &[&str] = match setup::app() {
        Ok(()) => &[],
        Err(error) => {
            eprintln!("    {error:#}\n    Going on without the app.");
            &["--exclude", "vocalise-app"]
        }
    };
    part("Rust tests", &mut || {
        step("cargo test --release --workspace", || {
            run(cargo()
                .args(["test", "--release", "--workspace", "--no-fail-fast"])
                .args(left_out)
                // A host test without its bundle fails here; alone it is skipped.
                .env("VOCALISE_BUNDLES", "required")
                .args(arguments))
        })
    });
    part("training package", &mut training::test);

    eprintln!("\nSummary");
    for part in &parts {
        let outcome = if part.error.is_some() {
            "FAILED"
        } else {
            "passed"
        };
        eprintln!("  {outcome}  {:>9}  {}", seconds(part.time), part.name);
    }
    let failed = parts.iter().filter(|part| part.error.is_some()).count();
    if failed > 0 {
        bail!("{failed} of {} parts failed", parts.len());
    }
    Ok(())
}
