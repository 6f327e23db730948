//! The editor: what the plugin hears, how it is doing, and its parameters.

mod calibrating;
mod controls;
mod heard;
mod panels;
mod performing;
pub mod theme;
mod timing;

use crate::plugin::{View, VocaliseParams};
use calibrating::Calibrating;
use heard::Heard;
use nih_plug::context::gui::GuiContext;
use nih_plug::editor::dpi::LogicalSize;
use nih_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier, baseview,
    create_egui_editor,
};
use std::sync::Arc;
use std::time::Duration;

/// Size of a new window in logical points.
pub const SIZE: (f32, f32) = (640.0, 690.0);
/// Time between two pictures while something may move: 30 a second.
const REPAINT: Duration = Duration::from_millis(33);

/// The state of one editor.
pub struct Editor {
    params: Arc<VocaliseParams>,
    view: Arc<View>,
    heard: Heard,
    calibrating: Calibrating,
    /// Which parameters are shown.
    page: panels::Page,
    /// The way to the host, while the window is open.
    host: Option<GuiContext>,
}

/// An editor of `params` that shows `view`.
pub fn editor(params: Arc<VocaliseParams>, view: Arc<View>) -> Option<EguiEditor<Editor>> {
    let state = EguiEditorState::from_size(LogicalSize::new(SIZE.0, SIZE.1), 1.0);
    let settings = EguiNiceSettings::new().with_tile("Vocalise");
    let editor = Editor::new(params, view);
    create_egui_editor(state, RepaintNotifier::new(), settings, editor)
}

impl Editor {
    /// The editor itself, for a window that is somebody else's: it fills what is left of that.
    pub fn new(params: Arc<VocaliseParams>, view: Arc<View>) -> Self {
        Self {
            params,
            view,
            heard: Heard::default(),
            calibrating: Calibrating::default(),
            page: panels::Page::default(),
            host: None,
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
        for report in self.view.reports() {
            self.calibrating.take(&report);
            self.heard.take(report);
        }
        let Some(host) = &self.host else { return };
        ui.ctx().request_repaint_after(REPAINT);
        let setter = host.param_setter();
        self.calibrating.settle(&self.params, &setter);
        panels::show(
            ui,
            &self.params,
            &self.view,
            &self.heard,
            &mut self.calibrating,
            &mut self.page,
            &setter,
        );
    }
}
