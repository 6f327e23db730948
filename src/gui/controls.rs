//! Controls of parameters: what a hand does on them reaches the host as whole gestures.

use super::theme;
use egui::emath::Numeric;
use egui::{RichText, Ui};
use nih_plug::prelude::{BoolParam, Enum, EnumParam, Param, ParamSetter};

/// A list of an enumeration's values.
pub fn picker<T: Enum + Copy + PartialEq + 'static>(
    ui: &mut Ui,
    param: &EnumParam<T>,
    setter: &ParamSetter<'_>,
    help: &str,
) {
    ui.vertical(|ui| {
        ui.label(RichText::new(param.name()).small().color(theme::DIM));
        let chosen = param.value();
        egui::ComboBox::from_id_salt(param.name())
            .width(150.0)
            .height(360.0)
            .selected_text(T::variants()[chosen.to_index()])
            .show_ui(ui, |ui| {
                for (index, name) in T::variants().iter().enumerate() {
                    let selected = index == chosen.to_index();
                    if ui.selectable_label(selected, *name).clicked() && !selected {
                        set(setter, param, T::from_index(index));
                    }
                }
            })
            .response
            .on_hover_text(help);
    });
}

/// A slider over a parameter's own range, in its own words.
pub fn slider<P>(ui: &mut Ui, param: &P, setter: &ParamSetter<'_>, help: &str)
where
    P: Param,
    P::Plain: Numeric,
{
    ui.vertical(|ui| {
        ui.label(RichText::new(param.name()).small().color(theme::DIM));
        let range = param.preview_plain(0.0)..=param.preview_plain(1.0);
        let mut value = param.modulated_plain_value();
        let slider = egui::Slider::new(&mut value, range)
            .custom_formatter(|value, _| {
                let value = param.preview_normalized(P::Plain::from_f64(value));
                param.normalized_value_to_string(value, true)
            })
            .custom_parser(|text| {
                let value = param.string_to_normalized_value(text)?;
                Some(param.preview_plain(value).to_f64())
            });
        let response = ui.add(slider).on_hover_text(help);
        if response.drag_started() {
            setter.begin_set_parameter(param);
        }
        if response.changed() {
            if response.dragged() {
                setter.set_parameter(param, value);
            } else {
                set(setter, param, value);
            }
        }
        if response.drag_stopped() {
            setter.end_set_parameter(param);
        }
    });
}

/// A switch.
pub fn switch(ui: &mut Ui, param: &BoolParam, setter: &ParamSetter<'_>, help: &str) {
    let mut on = param.value();
    let response = ui.checkbox(&mut on, param.name()).on_hover_text(help);
    if response.changed() {
        set(setter, param, on);
    }
}

/// One whole gesture: the host sees begin, value and end.
pub fn set<P: Param>(setter: &ParamSetter<'_>, param: &P, value: P::Plain) {
    setter.begin_set_parameter(param);
    setter.set_parameter(param, value);
    setter.end_set_parameter(param);
}
