//! Presets: named settings of everything musical, those of the factory and the user's own.
//!
//! Nothing here knows the plugin framework: what parameters there are is told by a [`Catalogue`],
//! and values are read and set through [`Desk`], as texts by parameter id. [`scope`] says what a
//! preset leaves alone, [`preset`] how its file looks.

mod browser;
mod catalogue;
mod error;
mod factory;
mod file;
mod file_name;
mod folder;
mod parameter;
mod preset;
pub mod scope;

pub use browser::{Browser, Desk, Entry, Origin};
pub use catalogue::Catalogue;
pub use error::PresetError;
pub use factory::factory;
pub use folder::{Deleted, Folder, Listing, Overwrite, Stored};
pub use parameter::{Choice, Parameter, Values, plain_text};
pub use preset::Preset;

#[cfg(test)]
mod testing;
