//! `vocalise presets`: the presets that `vocalise render --preset` takes.

use super::{BadUsage, complain, one_line};
use anyhow::Context;
use std::io::Write;
use std::path::Path;
use vocalise::plugin::preset_values::catalogue;
use vocalise::presets::{Browser, Folder, Origin, Preset};

/// Lists the factory's presets and the user's; files that are none are told on stderr.
pub fn run() -> anyhow::Result<()> {
    let browser = Browser::new(catalogue().clone(), Folder::of_user());
    browser.refused().iter().for_each(|reason| complain(reason));
    let names = browser.entries().iter().map(|entry| &entry.preset.name);
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let mut out = std::io::stdout().lock();
    for entry in browser.entries() {
        let Preset { name, about, .. } = &entry.preset;
        let own = match entry.origin {
            Origin::Factory => "",
            Origin::User(_) => " (yours)",
        };
        let line = format!("{name:<width$}  {about}{own}");
        writeln!(out, "{}", one_line(line.trim_end())).context("the list cannot be written")?;
    }
    Ok(())
}

/// The preset that `wanted` means: a name, in any case, or a file.
pub fn find(wanted: &str) -> Result<Preset, BadUsage> {
    let path = Path::new(wanted);
    if path.extension().is_some_and(|ending| ending == "toml") {
        let opened = Preset::open(path, catalogue());
        return opened.map_err(|error| BadUsage(format!("--preset {wanted}: {error}")));
    }
    let browser = Browser::new(catalogue().clone(), Folder::of_user());
    // Of two of one name the user's own, as in the plugin.
    let is = |preset: &&Preset| preset.name.to_lowercase() == wanted.trim().to_lowercase();
    let presets = browser.entries().iter().map(|entry| &entry.preset);
    presets.rev().find(is).cloned().ok_or_else(|| {
        let told =
            format!("there is no preset `{wanted}`: `vocalise presets` lists those there are");
        BadUsage(told)
    })
}
