//! Saved projects of earlier versions.

use super::VocaliseParams;
use crate::presets::Preset;
use nih_plug::plugin::ParamValue;
use nih_plug::prelude::{ParamPtr, Params, PluginState};

/// Gives the parameters that `state` knows nothing of their defaults: else they would keep what was
/// set before the state was loaded.
pub fn complete(state: &mut PluginState) {
    // The answers became a track like the others.
    if let Some(on) = state.params.remove("answer") {
        state.params.entry("answer_on".to_owned()).or_insert(on);
    }
    let defaults = VocaliseParams::default();
    for (id, param, _) in defaults.param_map() {
        // SAFETY: the pointers are to parameters of `defaults`, which lives.
        let value = unsafe {
            match param {
                ParamPtr::FloatParam(p) => ParamValue::F32((*p).value()),
                ParamPtr::IntParam(p) => ParamValue::I32((*p).value()),
                ParamPtr::BoolParam(p) => ParamValue::Bool((*p).value()),
                ParamPtr::EnumParam(p) => (*p).unmodulated_plain_id().map_or_else(
                    || ParamValue::I32(param.unmodulated_plain_value() as i32),
                    |id| ParamValue::String(id.to_owned()),
                ),
            }
        };
        state.params.entry(id).or_insert(value);
    }
    // A state without a preset's name, or with something else in its place, has none.
    let name = state.fields.get("preset");
    let name = name.and_then(|json| serde_json::from_str::<String>(json).ok());
    let name = name.filter(|name| Preset::named(name, "", "").is_ok());
    let name = serde_json::Value::from(name.unwrap_or_default()).to_string();
    state.fields.insert("preset".to_owned(), name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_state_keeps_its_values_and_gets_the_defaults_of_what_is_new() {
        let mut state = PluginState {
            version: String::new(),
            params: [
                ("gain".to_owned(), ParamValue::F32(-7.5)),
                ("answer".to_owned(), ParamValue::Bool(true)),
            ]
            .into(),
            fields: Default::default(),
        };
        complete(&mut state);
        let json = serde_json::to_value(&state).unwrap();
        let params = &json["params"];
        assert_eq!(params["gain"]["f32"], -7.5);
        assert_eq!(params["hold_gaps"]["f32"], 120.0);
        assert_eq!(params["highest"]["i32"], 96);
        assert_eq!(params["loudness"]["bool"], true);
        assert_eq!(params["answer_on"]["bool"], true);
        assert_eq!(params["counter_on"]["bool"], false);
        assert_eq!(params["output"]["string"], "all");
    }
}
