//! The presets that come with the plugin. They are inside the binary, so that they cannot go missing.

use super::{Catalogue, Preset};

/// Their files, in the order of the list: by category.
const FILES: [&str; 20] = [
    include_str!("factory/pop_sketch.toml"),
    include_str!("factory/campfire.toml"),
    include_str!("factory/piano_ballad.toml"),
    include_str!("factory/late_night_trap.toml"),
    include_str!("factory/dusty_loop.toml"),
    include_str!("factory/bedroom_r_and_b.toml"),
    include_str!("factory/horn_section.toml"),
    include_str!("factory/afrobeat_groove.toml"),
    include_str!("factory/warehouse.toml"),
    include_str!("factory/slow_drift.toml"),
    include_str!("factory/garage_band.toml"),
    include_str!("factory/jazz_trio.toml"),
    include_str!("factory/after_hours_duet.toml"),
    include_str!("factory/string_quartet.toml"),
    include_str!("factory/hymn.toml"),
    include_str!("factory/film_cue.toml"),
    include_str!("factory/trailer.toml"),
    include_str!("factory/solo_flute.toml"),
    include_str!("factory/hummed_bass.toml"),
    include_str!("factory/sketchpad.toml"),
];

/// The presets, in the order of the list.
pub fn factory(catalogue: &Catalogue) -> Vec<Preset> {
    // A test of the plugin's reads every one with the plugin's own parameters.
    let read = |text: &&str| Preset::parse(text, catalogue).ok();
    FILES.iter().filter_map(read).collect()
}
