//! The plugin's parameters as the window moves them and as the settings keep them.

use nih_plug::context::PluginApi;
use nih_plug::plugin::ParamValue;
use nih_plug::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parameters that are gestures: they are not kept.
const GESTURES: [&str; 3] = ["tap", "set_one", "nudge"];

/// The parameters of one plugin.
pub struct Values {
    params: Arc<dyn Params>,
    map: Vec<(String, ParamPtr)>,
}

// SAFETY: the pointers are to parameters of `params`, which lives as long as this and can be sent;
// parameters are atomics, which every thread may read and set.
unsafe impl Send for Values {}
// SAFETY: as above.
unsafe impl Sync for Values {}

impl Values {
    /// The parameters `params`.
    pub fn new(params: Arc<dyn Params>) -> Self {
        let map = params.param_map();
        let map = map.into_iter().map(|(id, param, _)| (id, param)).collect();
        Self { params, map }
    }

    /// Every value worth keeping, as in a settings file.
    pub fn kept(&self) -> BTreeMap<String, toml::Value> {
        let all = self
            .map
            .iter()
            .filter(|(id, _)| !GESTURES.contains(&id.as_str()) && !id.ends_with("_again"));
        all.map(|(id, param)| {
            let value = match self.value(*param) {
                ParamValue::F32(value) => toml::Value::Float(shortest(value)),
                ParamValue::I32(value) => i64::from(value).into(),
                ParamValue::Bool(value) => value.into(),
                ParamValue::String(value) => value.into(),
            };
            (id.clone(), value)
        })
        .collect()
    }

    /// Takes values from a settings file over; gives the names of those that say nothing.
    pub fn take(&self, kept: &BTreeMap<String, toml::Value>) -> Vec<String> {
        let mut unknown = Vec::new();
        for (id, value) in kept {
            let value = match value {
                toml::Value::Float(value) => ParamValue::F32(*value as f32),
                toml::Value::Integer(value) => ParamValue::I32(*value as i32),
                toml::Value::Boolean(value) => ParamValue::Bool(*value),
                toml::Value::String(value) => ParamValue::String(value.clone()),
                _ => ParamValue::String(String::new()),
            };
            if !self.set(id, &value) {
                unknown.push(id.clone());
            }
        }
        unknown
    }

    fn value(&self, param: ParamPtr) -> ParamValue {
        // SAFETY: the pointer is to a parameter of `self.params`, which lives.
        unsafe {
            match param {
                ParamPtr::FloatParam(p) => ParamValue::F32((*p).unmodulated_plain_value()),
                ParamPtr::IntParam(p) => ParamValue::I32((*p).unmodulated_plain_value()),
                ParamPtr::BoolParam(p) => ParamValue::Bool((*p).unmodulated_plain_value()),
                ParamPtr::EnumParam(p) => match (*p).unmodulated_plain_id() {
                    Some(id) => ParamValue::String(id.to_owned()),
                    None => ParamValue::I32((*p).unmodulated_plain_value()),
                },
            }
        }
    }

    /// Sets one; whether the parameter is there and the value is one of it.
    fn set(&self, id: &str, value: &ParamValue) -> bool {
        let Some((_, param)) = self.map.iter().find(|(own, _)| own == id) else {
            return false;
        };
        let plain = match (param, value) {
            (ParamPtr::FloatParam(_), ParamValue::F32(value)) => *value,
            (ParamPtr::FloatParam(_) | ParamPtr::IntParam(_), ParamValue::I32(value)) => {
                *value as f32
            }
            (ParamPtr::EnumParam(_), ParamValue::I32(value)) => *value as f32,
            (ParamPtr::BoolParam(_), ParamValue::Bool(value)) => f32::from(u8::from(*value)),
            // SAFETY: the pointer is to a parameter of `self.params`, which lives.
            (ParamPtr::EnumParam(p), ParamValue::String(id)) => unsafe {
                return (**p).set_from_id(id);
            },
            _ => return false,
        };
        if !plain.is_finite() {
            return false;
        }
        // SAFETY: as above.
        unsafe {
            let normalized = param.preview_normalized(plain).clamp(0.0, 1.0);
            param._internal_set_normalized_value(normalized);
        }
        true
    }
}

/// What the editor reaches the parameters through.
impl GuiContextInner for Values {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Standalone
    }

    // There is no automation here that would record gestures.
    unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {}

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        if self.map.iter().any(|(_, own)| *own == param) {
            // SAFETY: the pointer is to a parameter of `self.params`, which lives.
            unsafe { param._internal_set_normalized_value(normalized) };
        }
    }

    unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {}

    fn get_state(&self) -> PluginState {
        let value = |(id, param): &(String, ParamPtr)| (id.clone(), self.value(*param));
        PluginState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            params: self.map.iter().map(value).collect(),
            fields: self.params.serialize_fields(),
        }
    }

    fn set_state(&self, mut state: PluginState) {
        vocalise::plugin::Vocalise::filter_state(&mut state);
        for (id, value) in &state.params {
            self.set(id, value);
        }
        self.params.deserialize_fields(&state.fields);
    }

    fn request_restart(&self) {}
}

/// A number with as many digits as it takes to know it again, and no more.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocalise::plugin::VocaliseParams;

    #[test]
    fn what_is_kept_comes_back() {
        let params = Arc::new(VocaliseParams::default());
        let values = Values::new(params.clone());
        let mut kept = values.kept();
        assert!(!kept.contains_key("tap"));
        kept.insert("genre".to_owned(), "jazz".into());
        kept.insert("gain".to_owned(), toml::Value::Float(-7.5));
        kept.insert("mpe".to_owned(), true.into());
        assert_eq!(values.take(&kept), Vec::<String>::new());
        assert_eq!(params.gain.value(), -7.5);
        assert!(params.mpe.value());
        assert_eq!(values.kept(), kept);
    }

    #[test]
    fn nonsense_changes_nothing_and_is_named() {
        let values = Values::new(Arc::new(VocaliseParams::default()));
        let before = values.kept();
        let nonsense = [
            ("nothing", toml::Value::Boolean(true)),
            ("gain", "loud".into()),
            ("gate", toml::Value::Float(f64::NAN)),
            ("genre", "no such genre".into()),
        ];
        let nonsense = nonsense.map(|(id, value)| (id.to_owned(), value));
        let unknown = values.take(&nonsense.into_iter().collect());
        assert_eq!(unknown, ["gain", "gate", "genre", "nothing"]);
        assert_eq!(values.kept(), before);
    }

    #[test]
    fn a_state_comes_back_too() {
        let params = Arc::new(VocaliseParams::default());
        let values = Values::new(params.clone());
        values.set("gain", &ParamValue::F32(3.0));
        let state = values.get_state();
        values.set("gain", &ParamValue::F32(9.0));
        values.set_state(state);
        assert_eq!(params.gain.value(), 3.0);
    }
}
