//! The built bundles in a CLAP and a VST3 host, as a DAW uses them.
//!
//! Needs `cargo xtask bundle`. Without it the tests skip with a line on
//! stderr; with `VOCALISE_BUNDLES=required` in the environment they fail.

#[path = "../bundles/mod.rs"]
mod bundles;

mod expression;
mod parameters;
mod pass_through;
mod releases;
mod same_notes;
mod states;
