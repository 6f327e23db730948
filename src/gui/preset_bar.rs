//! Presets: which one is on, the one before and after, the list, and saving and deleting one's own.

use super::theme;
use crate::plugin::VocaliseParams;
use crate::plugin::preset_values::{HostDesk, ParamsById, catalogue};
use crate::presets::{Browser, Folder, Origin, Overwrite, PresetError};
use egui::{RichText, Ui};
use nih_plug::prelude::ParamSetter;
use std::sync::Arc;

/// The presets, and what is typed for a new one.
pub struct PresetBar {
    by_id: Arc<ParamsById>,
    browser: Browser,
    /// The name that is typed for a new preset; `None` while nobody saves.
    typed: Option<String>,
    /// Whether the typed name is taken and may be overwritten with the next press.
    asks: bool,
    /// What went wrong.
    error: Option<String>,
}

impl PresetBar {
    /// The factory's presets and the user's, for `params`.
    pub fn new(params: Arc<VocaliseParams>) -> Self {
        Self {
            by_id: Arc::new(ParamsById::new(params)),
            browser: Browser::new(catalogue().clone(), Folder::of_user()),
            typed: None,
            asks: false,
            error: None,
        }
    }

    /// Shows the bar.
    pub fn show(&mut self, ui: &mut Ui, params: &VocaliseParams, setter: &ParamSetter<'_>) {
        // A project was loaded: its preset is known by name, and its values are there already.
        let of_project = params.preset.read().clone();
        if of_project != self.browser.name() {
            self.browser.recall(&of_project);
        }
        let by_id = self.by_id.clone();
        let mut desk = HostDesk {
            params: &by_id,
            setter,
        };
        ui.vertical(|ui| {
            ui.label(RichText::new("Preset").small().color(theme::DIM));
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                if ui.button("<").on_hover_text("The preset before.").clicked() {
                    self.browser.previous(&mut desk);
                }
                let mut shown = match self.browser.name() {
                    "" => "–".to_owned(),
                    name => name.to_owned(),
                };
                if !self.browser.name().is_empty() && self.browser.is_dirty(&desk) {
                    shown.push_str(" *");
                }
                let list = egui::ComboBox::from_id_salt("presets")
                    .width(170.0)
                    .height(420.0)
                    .selected_text(shown)
                    .show_ui(ui, |ui| {
                        let mut chosen = None;
                        for (place, entry) in self.browser.entries().iter().enumerate() {
                            let is_on = self.browser.current() == Some(place);
                            let preset = &entry.preset;
                            let label = ui.selectable_label(is_on, &preset.name);
                            if label.on_hover_text(&preset.about).clicked() {
                                chosen = Some(place);
                            }
                        }
                        chosen
                    });
                let help = "Presets set how the band and the melody are played; your microphone's \
                            settings, the key and the channels stay.";
                list.response.on_hover_text(help);
                if let Some(place) = list.inner.flatten() {
                    self.browser.select(place, &mut desk);
                }
                if ui.button(">").on_hover_text("The next preset.").clicked() {
                    self.browser.next(&mut desk);
                }
                let help = "Saves the settings as a preset of your own.";
                if ui.button("Keep").on_hover_text(help).clicked() {
                    let name = self.own().map_or("", |_| self.browser.name());
                    self.typed = match self.typed {
                        None => Some(name.to_owned()),
                        Some(_) => None,
                    };
                    (self.asks, self.error) = (false, None);
                }
            });
        });
        if *params.preset.read() != self.browser.name() {
            *params.preset.write() = self.browser.name().to_owned();
        }
    }

    /// The row in which one's own are saved and deleted, while somebody does.
    pub fn keep(&mut self, ui: &mut Ui, setter: &ParamSetter<'_>) {
        if self.typed.is_none() {
            return;
        }
        let by_id = self.by_id.clone();
        let desk = HostDesk {
            params: &by_id,
            setter,
        };
        ui.horizontal_wrapped(|ui| {
            self.save(ui, &desk);
            self.delete(ui);
        });
        // Files of the folder that are no presets.
        for refused in self.browser.refused() {
            ui.label(RichText::new(refused).small().color(theme::WARN));
        }
    }

    /// The place of the preset that is on, if it is the user's own.
    fn own(&self) -> Option<usize> {
        let own = |place: &usize| self.browser.entries()[*place].origin != Origin::Factory;
        self.browser.current().filter(own)
    }

    /// Deletes the user's own preset that is on, and brings it back.
    fn delete(&mut self, ui: &mut Ui) {
        let outcome = if let Some(place) = self.own()
            && ui
                .button("Delete")
                .on_hover_text("Deletes this preset of yours.")
                .clicked()
        {
            self.browser.delete(place)
        } else if let Some(name) = self.browser.deleted()
            && ui.button(format!("Bring {name} back")).clicked()
        {
            self.browser.undo_delete()
        } else {
            return;
        };
        self.error = outcome.err().map(|error| error.to_string());
    }

    fn save(&mut self, ui: &mut Ui, desk: &HostDesk<'_>) {
        let Some(typed) = &mut self.typed else { return };
        ui.label(RichText::new("Keep as").small().color(theme::DIM));
        let edit = egui::TextEdit::singleline(typed).desired_width(170.0);
        if ui.add(edit.hint_text("a name")).changed() {
            (self.asks, self.error) = (false, None);
        }
        let label = if self.asks { "Overwrite" } else { "Save" };
        if ui.button(label).clicked() {
            let overwrite = if self.asks {
                Overwrite::Yes
            } else {
                Overwrite::No
            };
            match self.browser.save(typed, "My own", "", overwrite, desk) {
                Ok(_) => (self.typed, self.asks, self.error) = (None, false, None),
                Err(error) => {
                    self.asks = matches!(error, PresetError::Exists(_));
                    self.error = Some(error.to_string());
                }
            }
        }
        if ui.button("Cancel").clicked() {
            (self.typed, self.asks, self.error) = (None, false, None);
        }
        if let Some(error) = &self.error {
            ui.label(RichText::new(error).small().color(theme::WARN));
        }
    }
}
