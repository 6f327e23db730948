//! Presets meet the plugin: its parameters as texts by id, read from it and set through its host.

use super::VocaliseParams;
use crate::presets::{Catalogue, Choice, Desk, Parameter, Preset, Values, plain_text};
use crate::voice::offline::Settings;
use nih_plug::prelude::{Param, ParamPtr, ParamSetter, Params};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// The plugin's parameters that presets hold.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        // A set of its own: to see what a choice can be, each is tried.
        let params = VocaliseParams::default();
        // SAFETY: the pointers are to parameters of `params`, which lives.
        let all = params.param_map().into_iter().map(|(id, param, _)| unsafe {
            Parameter {
                id,
                default: text(param),
                values: values(param),
            }
        });
        Catalogue::new(all)
    });
    &CATALOGUE
}

/// One instance's parameters, by id.
pub struct ParamsById {
    by_id: HashMap<String, ParamPtr>,
    /// Keeps what [`Self::by_id`] points to.
    _params: Arc<VocaliseParams>,
}

impl ParamsById {
    /// Those of `params`.
    pub fn new(params: Arc<VocaliseParams>) -> Self {
        let pair = |(id, param, _)| (id, param);
        Self {
            by_id: params.param_map().into_iter().map(pair).collect(),
            _params: params,
        }
    }

    /// What the parameter is, the host's modulation aside; `None` for an id that there is not.
    pub fn value(&self, id: &str) -> Option<String> {
        let param = *self.by_id.get(id)?;
        // SAFETY: the pointer is to a parameter of `_params`, which lives.
        Some(unsafe { text(param) })
    }

    /// The parameter and the normalised value that `text` stands for. `None` for a parameter that
    /// presets leave alone, and for what it cannot be.
    fn wanted(&self, id: &str, text: &str) -> Option<(ParamPtr, f32)> {
        let param = *self.by_id.get(id)?;
        let known = catalogue().get(id)?;
        let text = known.read(text).ok()?;
        let plain = match &known.values {
            Values::Switch => f32::from(u8::from(text == "on")),
            Values::Number(_) | Values::Whole(_) | Values::Key(_) => text.parse().ok()?,
            Values::Choice(all) => all.iter().position(|choice| choice.id == text)? as f32,
        };
        // SAFETY: the pointer is to a parameter of `_params`, which lives.
        Some((param, unsafe { param.preview_normalized(plain) }))
    }
}

/// The parameters of an instance that has a host: what is set reaches it as whole gestures.
pub struct HostDesk<'a> {
    /// The parameters.
    pub params: &'a ParamsById,
    /// The way to the host.
    pub setter: &'a ParamSetter<'a>,
}

impl Desk for HostDesk<'_> {
    fn value(&self, id: &str) -> Option<String> {
        self.params.value(id)
    }

    fn set(&mut self, id: &str, value: &str) {
        let Some((param, normalized)) = self.params.wanted(id, value) else {
            return;
        };
        let host = self.setter.raw_context;
        // SAFETY: the pointer is to a parameter of the instance that the host runs.
        unsafe {
            host.raw_begin_set_parameter(param);
            host.raw_set_parameter_normalized(param, normalized);
            host.raw_end_set_parameter(param);
        }
    }
}

/// The parameters of a set that no host has.
struct OwnDesk(ParamsById);

impl Desk for OwnDesk {
    fn value(&self, id: &str) -> Option<String> {
        self.0.value(id)
    }

    fn set(&mut self, id: &str, value: &str) {
        if let Some((param, normalized)) = self.0.wanted(id, value) {
            // SAFETY: the pointer is to a parameter of `_params`, which lives.
            unsafe { param._internal_set_normalized_value(normalized) };
        }
    }
}

/// What a recording is rendered with by `preset`; what presets leave alone is as the plugin begins.
pub fn settings(preset: &Preset) -> Settings {
    let params = Arc::new(VocaliseParams::default());
    let mut desk = OwnDesk(ParamsById::new(params.clone()));
    for (id, value) in catalogue().all_of(preset) {
        desk.set(&id, &value);
    }
    Settings {
        genre: params.genre.value(),
        response: params.response.value(),
        performance: params.performance(),
        timing: params.timing(),
        tuneful: params.tuneful(),
        answers: params.answers(),
        tracks: params.tracks(),
        ..Settings::default()
    }
}

/// What `param` is, as presets write it.
///
/// # Safety
/// It lives.
unsafe fn text(param: ParamPtr) -> String {
    // SAFETY: it lives.
    unsafe {
        match param {
            ParamPtr::FloatParam(p) => plain_text((*p).unmodulated_plain_value()),
            ParamPtr::IntParam(p) => (*p).unmodulated_plain_value().to_string(),
            ParamPtr::BoolParam(p) => {
                let on = (*p).unmodulated_plain_value();
                if on { "on" } else { "off" }.to_owned()
            }
            ParamPtr::EnumParam(p) => match (*p).unmodulated_plain_id() {
                Some(id) => id.to_owned(),
                None => (*p).unmodulated_plain_value().to_string(),
            },
        }
    }
}

/// What `param` can be. A choice is left at its last value.
///
/// # Safety
/// It lives, and nobody relies on its value.
unsafe fn values(param: ParamPtr) -> Values {
    // SAFETY: it lives.
    unsafe {
        let (least, most) = (param.preview_plain(0.0), param.preview_plain(1.0));
        let is_named = || {
            let shown = param.normalized_value_to_string(0.0, false);
            shown.parse::<i32>().is_err()
        };
        match param {
            ParamPtr::FloatParam(_) => Values::Number(least..=most),
            ParamPtr::IntParam(_) if is_named() => Values::Key(least as u8..=most as u8),
            ParamPtr::IntParam(_) => Values::Whole(least as i32..=most as i32),
            ParamPtr::BoolParam(_) => Values::Switch,
            ParamPtr::EnumParam(_) => {
                let choice = |index: i32| {
                    let normalized = param.preview_normalized(index as f32);
                    param._internal_set_normalized_value(normalized);
                    Choice {
                        id: text(param),
                        name: param.normalized_value_to_string(normalized, false),
                    }
                };
                Values::Choice((0..=most as i32).map(choice).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
