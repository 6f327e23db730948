//! All parameters that presets hold.

use super::{Parameter, Preset, scope};
use std::collections::BTreeMap;

/// The parameters that presets hold, in the plugin's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    parameters: Vec<Parameter>,
}

impl Catalogue {
    /// Those of `all` that presets do not leave alone, see [`scope`].
    pub fn new(all: impl IntoIterator<Item = Parameter>) -> Self {
        let held = |parameter: &Parameter| scope::reason(&parameter.id).is_none();
        Self {
            parameters: all.into_iter().filter(held).collect(),
        }
    }

    /// Every parameter.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The one of this id.
    pub fn get(&self, id: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.id == id)
    }

    /// What every parameter is in `preset`: as it says, and by default where it says nothing.
    pub fn all_of(&self, preset: &Preset) -> BTreeMap<String, String> {
        let value = |parameter: &Parameter| {
            let said = preset.values.get(&parameter.id);
            let read = said.and_then(|text| parameter.read(text).ok());
            read.unwrap_or_else(|| parameter.default.clone())
        };
        let own = |parameter: &Parameter| (parameter.id.clone(), value(parameter));
        self.parameters.iter().map(own).collect()
    }
}
