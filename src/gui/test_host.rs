//! A host for windows that nobody sees.

use nih_plug::context::PluginApi;
use nih_plug::context::gui::GuiContextInner;
use nih_plug::prelude::{ParamPtr, PluginState};
use std::sync::Mutex;

/// A host that takes every value at once and remembers the gestures.
#[derive(Default)]
pub struct Host {
    pub gestures: Mutex<Vec<&'static str>>,
}

impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    unsafe fn raw_begin_set_parameter(&self, _: ParamPtr) {
        self.gestures.lock().unwrap().push("begin");
    }
    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        self.gestures.lock().unwrap().push("set");
        // SAFETY: the parameters outlive the window.
        unsafe { param._internal_set_normalized_value(normalized) };
    }
    unsafe fn raw_end_set_parameter(&self, _: ParamPtr) {
        self.gestures.lock().unwrap().push("end");
    }
    fn get_state(&self) -> PluginState {
        panic!("nobody asks for the state")
    }
    fn set_state(&self, _: PluginState) {}
    fn request_restart(&self) {}
}
