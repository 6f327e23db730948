//! The editor: what the plugin hears, how it is doing, and its parameters.

mod calibrating;
mod controls;
mod header;
mod heard;
mod help;
mod offset_button;
mod panels;
mod performing;
mod preset_bar;
mod refining;
mod roll;
mod roll_hands;
mod saving;
pub mod shape;
mod strips;
mod take_bar;
pub mod theme;
mod timing;
mod viewport;
mod voice_bar;

use crate::plugin::{View, VocaliseParams};
use calibrating::Calibrating;
use heard::Heard;
use nih_plug::context::gui::GuiContext;
use nih_plug::editor::ResizeHint;
use nih_plug::editor::dpi::LogicalSize;
use nih_plug::prelude::ParamSetter;
use nih_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier, baseview,
    create_egui_editor,
};
use shape::{Remembered, Shape};
use std::sync::Arc;
use std::time::Duration;

/// Size of a new window in logical points.
pub const SIZE: (f32, f32) = (980.0, 760.0);
/// Time between two looks whether there is something new to see.
pub const LOOK: Duration = Duration::from_millis(33);
/// Time between two pictures while something moves by itself.
const MOVING: Duration = Duration::from_millis(33);
/// Time between two pictures while nothing does.
const STILL: Duration = Duration::from_secs(1);

/// The state of one editor.
pub struct Editor {
    params: Arc<VocaliseParams>,
    view: Arc<View>,
    heard: Heard,
    calibrating: Calibrating,
    offset: offset_button::OffsetButton,
    /// What is shown below the roll.
    page: panels::Page,
    /// The part of the take that the roll shows.
    viewport: viewport::Viewport,
    /// Where the roll's parts were drawn last.
    areas: Option<roll::Areas>,
    /// What is marked in it.
    marks: roll::Marks,
    hands: roll_hands::Hands,
    refining: refining::Refining,
    saving: saving::Saving,
    presets: preset_bar::PresetBar,
    /// The window's shape, where the window is the editor's own.
    window: Option<Remembered>,
    /// The way to the host, while the window is open.
    host: Option<GuiContext>,
}

/// An editor of `params` that shows `view`.
pub fn editor(params: Arc<VocaliseParams>, view: Arc<View>) -> Option<EguiEditor<Editor>> {
    let window = Remembered::of_user("editor", Shape::default());
    let shape = window.shape();
    let size = LogicalSize::new(shape.width, shape.height);
    let state = EguiEditorState::from_size(size, shape.zoom);
    let settings = EguiNiceSettings::new()
        .with_tile("Vocalise")
        .with_resize_hint(ResizeHint::resizable().with_min_logical_size(shape::least()))
        .with_repaint_poll_interval(LOOK);
    let repaint = view.repaint();
    let mut editor = Editor::new(params, view);
    editor.window = Some(window);
    create_egui_editor(state, repaint, settings, editor)
}

/// Where a take goes that nobody saved, if this system has a place for it.
pub fn last_take() -> Option<std::path::PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "vocalise")?;
    Some(folders.data_dir().join("last take.mid"))
}

impl Editor {
    /// The editor itself, for a window that is somebody else's: it fills what is left of that.
    pub fn new(params: Arc<VocaliseParams>, view: Arc<View>) -> Self {
        Self {
            heard: Heard::default(),
            calibrating: Calibrating::default(),
            offset: offset_button::OffsetButton::default(),
            page: panels::Page::default(),
            viewport: viewport::Viewport::default(),
            areas: None,
            marks: roll::Marks::default(),
            hands: roll_hands::Hands::default(),
            refining: refining::Refining::default(),
            saving: saving::Saving::default(),
            presets: preset_bar::PresetBar::new(params.clone()),
            window: None,
            host: None,
            params,
            view,
        }
    }

    /// Writes the whole take to `path` if there is one, for a program that ends before anybody saved it.
    ///
    /// # Errors
    /// Why it could not be written, in words.
    pub fn rescue(&self, path: &std::path::Path) -> Result<bool, String> {
        saving::rescue(path, &self.params, &self.view.take().lock())
    }

    /// What asks its window for a picture.
    pub fn repaint(&self) -> RepaintNotifier {
        self.view.repaint()
    }

    /// Whether something moves by itself, without news from the engine.
    fn moves(&self) -> bool {
        let hears = self.calibrating.hears() || self.offset.hears();
        hears || self.marks.playhead_s.is_some() || !self.refining.is_idle()
    }

    /// Takes in what was reported, and shows everything.
    fn show(&mut self, ui: &mut egui::Ui, setter: &ParamSetter<'_>) {
        for report in self.view.reports() {
            self.calibrating.take(&report);
            self.offset.take(&report);
            self.heard.take(report);
        }
        self.calibrating.settle(&self.params, setter);
        self.offset.settle(&self.params, setter);
        panels::show(ui, self, setter);
        if let Some(window) = &mut self.window {
            window.watch(ui);
            shape::corner(ui);
        }
    }
}

impl NiceEguiApp for Editor {
    fn build(
        &mut self,
        context: egui::Context,
        host: GuiContext,
        _: &mut Frame,
    ) -> Result<(), baseview::HandlerError> {
        theme::apply(&context);
        self.host = Some(host);
        Ok(())
    }

    fn editor_closed(&mut self) {
        self.host = None;
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut Frame) {
        let Some(host) = self.host.clone() else {
            return;
        };
        self.show(ui, &host.param_setter());
        ui.ctx()
            .request_repaint_after(if self.moves() { MOVING } else { STILL });
    }
}

#[cfg(test)]
mod test_host;
#[cfg(test)]
mod tests;
