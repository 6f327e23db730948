//! Controls of parameters: what a hand does on them reaches the host as whole gestures.

use super::theme;
use egui::emath::Numeric;
use egui::{RichText, Ui};
use nih_plug::prelude::{BoolParam, Enum, EnumParam, Param, ParamSetter};

#[cfg(test)]
thread_local! {
    /// Names of the parameters that were drawn on this thread, for who checks that none is missing.
    pub static DRAWN: std::cell::RefCell<std::collections::BTreeSet<String>> =
        std::cell::RefCell::default();
}

/// Every control says which parameter it is of.
fn drawn<P: Param>(param: &P) {
    #[cfg(test)]
    DRAWN.with_borrow_mut(|names| names.insert(param.name().to_owned()));
    let _ = param;
}

/// A list of an enumeration's values under its name.
pub fn picker<T: Enum + Copy + PartialEq + 'static>(
    ui: &mut Ui,
    param: &EnumParam<T>,
    setter: &ParamSetter<'_>,
    help: &str,
) {
    ui.vertical(|ui| {
        ui.label(RichText::new(param.name()).small().color(theme::DIM));
        list(ui, param, setter, help, 150.0);
    });
}

/// A list of an enumeration's values, for a row of a table.
pub fn picker_small<T: Enum + Copy + PartialEq + 'static>(
    ui: &mut Ui,
    param: &EnumParam<T>,
    setter: &ParamSetter<'_>,
    help: &str,
) {
    list(ui, param, setter, help, 122.0);
}

fn list<T: Enum + Copy + PartialEq + 'static>(
    ui: &mut Ui,
    param: &EnumParam<T>,
    setter: &ParamSetter<'_>,
    help: &str,
    width: f32,
) {
    drawn(param);
    let chosen = param.value();
    egui::ComboBox::from_id_salt(param.name())
        .width(width)
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
}

/// A slider over a parameter's own range, in its own words, under its name.
pub fn slider<P>(ui: &mut Ui, param: &P, setter: &ParamSetter<'_>, help: &str)
where
    P: Param,
    P::Plain: Numeric,
{
    ui.vertical(|ui| {
        ui.label(RichText::new(param.name()).small().color(theme::DIM));
        let mut value = param.modulated_plain_value();
        let slider = egui::Slider::new(&mut value, range(param));
        let slider = slider
            .custom_formatter(|value, _| words(param, value))
            .custom_parser(|text| parsed(param, text));
        let response = ui.add(slider).on_hover_text(help);
        follow(&response, setter, param, value);
    });
}

/// A slider for a row of a table, of the width that the table sets.
pub fn slider_small<P>(ui: &mut Ui, param: &P, setter: &ParamSetter<'_>, help: &str)
where
    P: Param,
    P::Plain: Numeric,
{
    let mut value = param.modulated_plain_value();
    let slider = egui::Slider::new(&mut value, range(param)).show_value(false);
    let response = ui.add(slider);
    let text = format!("{}: {}\n{help}", param.name(), words(param, value.to_f64()));
    follow(&response.on_hover_text(text), setter, param, value);
}

/// A number that is dragged or typed, for a row of a table.
pub fn number<P>(ui: &mut Ui, param: &P, setter: &ParamSetter<'_>, help: &str)
where
    P: Param,
    P::Plain: Numeric,
{
    let mut value = param.modulated_plain_value();
    let drag = egui::DragValue::new(&mut value)
        .range(range(param))
        .speed(0.05)
        .custom_formatter(|value, _| words(param, value))
        .custom_parser(|text| parsed(param, text));
    let response = ui.add_sized([44.0, 18.0], drag);
    follow(&response.on_hover_text(help), setter, param, value);
}

fn range<P: Param>(param: &P) -> std::ops::RangeInclusive<P::Plain> {
    param.preview_plain(0.0)..=param.preview_plain(1.0)
}

/// A value in the parameter's own words.
fn words<P>(param: &P, value: f64) -> String
where
    P: Param,
    P::Plain: Numeric,
{
    let value = param.preview_normalized(P::Plain::from_f64(value));
    param.normalized_value_to_string(value, true)
}

/// What such words mean.
fn parsed<P>(param: &P, text: &str) -> Option<f64>
where
    P: Param,
    P::Plain: Numeric,
{
    let value = param.string_to_normalized_value(text)?;
    Some(param.preview_plain(value).to_f64())
}

/// Tells the host what was done: a drag is one gesture.
fn follow<P: Param>(
    response: &egui::Response,
    setter: &ParamSetter<'_>,
    param: &P,
    value: P::Plain,
) {
    drawn(param);
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
}

/// A button that stays down while `param` is on.
pub fn toggle(ui: &mut Ui, label: &str, param: &BoolParam, setter: &ParamSetter<'_>, help: &str) {
    drawn(param);
    let on = param.value();
    let text = RichText::new(label).small();
    if ui.selectable_label(on, text).on_hover_text(help).clicked() {
        set(setter, param, !on);
    }
}

/// A button whose every press changes `param`.
pub fn press(ui: &mut Ui, label: &str, param: &BoolParam, setter: &ParamSetter<'_>, help: &str) {
    drawn(param);
    let text = RichText::new(label).small();
    if ui.button(text).on_hover_text(help).clicked() {
        set(setter, param, !param.value());
    }
}

/// A switch.
pub fn switch(ui: &mut Ui, param: &BoolParam, setter: &ParamSetter<'_>, help: &str) {
    drawn(param);
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
