//! The window: transport and devices above, and below them the plugin's own editor.

mod devices;
mod transport;

use crate::Watch;
use crate::studio::Studio;
use anyhow::{Result, anyhow};
use egui::{Frame as Framing, Margin, Panel, Ui};
use nih_plug::context::gui::GuiContext;
use nih_plug::editor::dpi::LogicalSize;
use nih_plug::editor::{Editor as _, EditorHandle, ResizeHint};
use nih_plug_egui::{
    EguiEditorHandle, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, baseview,
    create_egui_editor,
};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use vocalise::gui::shape::{Remembered, Shape};
use vocalise::gui::{self, Editor, theme};

/// Height of what is above the editor when the devices are shown, in points.
const ABOVE: f32 = 140.0;
/// Time between two pictures while nothing moves, and so between two looks for a wish to close.
const LOOK: Duration = Duration::from_millis(500);

/// What the window draws.
struct Window {
    studio: Arc<Mutex<Studio>>,
    editor: Editor,
    remembered: Remembered,
    transport: transport::Bar,
    /// Whether the devices are shown.
    devices: bool,
    watch: Watch,
}

/// Shows the window until it is closed, or until `watch` says so.
pub fn show(studio: &Arc<Mutex<Studio>>, editor: Editor, watch: Watch) -> Result<()> {
    let (context, devices) = {
        let studio = studio.lock();
        let context = GuiContext::new(studio.values.clone());
        (context, !studio.is_well())
    };
    let usual = Shape {
        height: gui::SIZE.1 + ABOVE,
        ..Shape::default()
    };
    let remembered = Remembered::of_user("app-window", usual);
    let shape = remembered.shape();
    let repaint = editor.repaint();
    let window = Window {
        remembered,
        studio: studio.clone(),
        editor,
        transport: transport::Bar::default(),
        devices,
        watch,
    };
    let size = LogicalSize::new(shape.width, shape.height);
    let resizing = ResizeHint::resizable().with_min_logical_size(gui::shape::least());
    let settings = EguiNiceSettings::new()
        .with_tile("Vocalise")
        .with_resize_hint(resizing)
        .with_repaint_poll_interval(gui::LOOK);
    let editor = create_egui_editor(
        EguiEditorState::from_size(size, shape.zoom),
        repaint,
        settings,
        window,
    )
    .ok_or_else(|| anyhow!("the window cannot be made"))?;
    // SAFETY: this process is this program's own, with one windowing library in it.
    unsafe { editor.assume_standalone_in_process() };
    let no_window = "no window opens (is there a screen? `--no-window` needs none)";
    let spawned = editor
        .spawn(None, false, None, context, None)
        .map_err(|error| anyhow!("{no_window}: {error}"))?;
    spawned
        .handle
        .show(&spawned.window)
        .map_err(|error| anyhow!("{no_window}: {error}"))?;
    EguiEditorHandle::run_until_closed(spawned.window)
        .map_err(|error| anyhow!("the window failed: {error}"))
}

impl Drop for Window {
    /// What was sung last is there the next day, whether it was saved or not.
    fn drop(&mut self) {
        let Some(path) = vocalise::gui::last_take() else {
            return;
        };
        match self.editor.rescue(&path) {
            Ok(true) => eprintln!("vocalise-app: the take is in {}", path.display()),
            Ok(false) => {}
            Err(reason) => eprintln!("vocalise-app: the take is lost: {reason}"),
        }
    }
}

impl NiceEguiApp for Window {
    fn build(
        &mut self,
        context: egui::Context,
        host: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), baseview::HandlerError> {
        self.editor.build(context, host, frame)
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        if self.watch.is_over() {
            ui.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        ui.ctx().request_repaint_after(LOOK);
        self.remembered.watch(ui);
        let mut studio = self.studio.lock();
        studio.tick();
        let framing = Framing::new()
            .fill(theme::PANEL)
            .inner_margin(Margin::symmetric(10, 8));
        Panel::top("above").frame(framing).show(ui, |ui| {
            self.transport.show(ui, &studio, &mut self.devices);
            if self.devices {
                ui.add_space(6.0);
                devices::show(ui, &mut studio);
            }
            devices::troubles(ui, &mut studio);
        });
        drop(studio);
        self.editor.ui(ui, frame);
    }

    fn editor_closed(&mut self) {
        self.editor.editor_closed();
    }
}
