//! A small catalogue and a desk without a host.

use super::{Catalogue, Choice, Desk, Parameter, Values};
use std::collections::BTreeMap;

/// A few parameters of each kind, and one that presets leave alone.
pub fn catalogue() -> Catalogue {
    let parameter = |id: &str, values, default: &str| Parameter {
        id: id.to_owned(),
        values,
        default: default.to_owned(),
    };
    let choice = |id: &str, name: &str| Choice {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    let styles = vec![choice("plain", "Plain"), choice("slow-blues", "Slow Blues")];
    Catalogue::new([
        parameter("style", Values::Choice(styles), "plain"),
        parameter("gain", Values::Number(-30.0..=30.0), "0"),
        parameter("bend", Values::Number(0.0..=1.0), "0"),
        parameter("bass_on", Values::Switch, "on"),
        parameter("bass_octave", Values::Whole(-3..=3), "0"),
        parameter("bass_low", Values::Key(0..=127), "0"),
        parameter("bass_high", Values::Key(0..=127), "127"),
    ])
}

/// Values as a host would hold them, and what was set, in its order.
#[derive(Default)]
pub struct Host {
    /// By parameter id.
    pub values: BTreeMap<String, String>,
    /// Ids and values.
    pub set: Vec<(String, String)>,
}

impl Host {
    /// All at their defaults.
    pub fn new() -> Self {
        let defaults = |parameter: &Parameter| (parameter.id.clone(), parameter.default.clone());
        let mut values: BTreeMap<_, _> = catalogue().parameters().iter().map(defaults).collect();
        values.insert("gain".to_owned(), "-7.5".to_owned());
        let set = Vec::new();
        Self { values, set }
    }
}

impl Desk for Host {
    fn value(&self, id: &str) -> Option<String> {
        self.values.get(id).cloned()
    }

    fn set(&mut self, id: &str, value: &str) {
        self.set.push((id.to_owned(), value.to_owned()));
        self.values.insert(id.to_owned(), value.to_owned());
    }
}
