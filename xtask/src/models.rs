//! `cargo xtask models verify`: is a model pack what it says it is?

use std::path::Path;

use anyhow::Result;

use crate::step::{build, program, run, step};
use crate::{paths, setup};

/// Has the program load the pack, which compares every file with its hash,
/// checks tensors and runs each model on silence.
pub fn verify(pack: &Path) -> Result<()> {
    let pack = paths::root().join(pack);
    setup::runtime_only()?;
    step(
        &format!("Hashes, tensors and a trial run of {}", pack.display()),
        || {
            build(&["--lib", "--bins"])?;
            run(program("vocalise").arg("models").arg(&pack))
        },
    )
}
