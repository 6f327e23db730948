//! The window's size and scale: chosen by hand, remembered for the next window.

use super::{SIZE, theme};
use egui::{Rect, RichText, Sense, Ui, ViewportCommand, vec2};
use nih_plug::editor::dpi::LogicalSize;
use nih_plug_egui::resizable_window::paint_resize_corner;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The smallest window whose parts all have room, in points; in a smaller one they are scrolled.
pub const SMALLEST: (f32, f32) = (820.0, 640.0);
/// The largest one that is remembered, in points.
const LARGEST: (f32, f32) = (8_000.0, 8_000.0);
/// What can be chosen as the size of a point, over the system's own.
const ZOOMS: [f32; 6] = [0.75, 1.0, 1.25, 1.5, 1.75, 2.0];
/// How long a window keeps its shape until that is written down, in seconds.
const SETTLED_S: f64 = 1.0;
/// A window that has room on most screens, in the system's points: a larger one is nobody's choice but
/// the user's own.
const SCREEN: (f32, f32) = (1_600.0, 960.0);
/// The side of the corner that is dragged, in points.
const CORNER: f32 = 14.0;

/// A window's size and scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// In points.
    pub width: f32,
    /// In points.
    pub height: f32,
    /// Size of a point over the system's own.
    pub zoom: f32,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            width: SIZE.0,
            height: SIZE.1,
            zoom: 1.0,
        }
    }
}

impl Shape {
    /// That of the window which shows `ui`.
    fn of(ui: &Ui) -> Self {
        let size = ui.ctx().content_rect().size();
        Self {
            width: size.x,
            height: size.y,
            zoom: ui.ctx().zoom_factor(),
        }
    }

    /// The same, and sane whatever was read.
    fn within_bounds(self) -> Self {
        let side = |value: f32, least: f32, most: f32, usual: f32| match value.is_finite() {
            true => value.clamp(least, most),
            false => usual,
        };
        Self {
            width: side(self.width, SMALLEST.0, LARGEST.0, SIZE.0),
            height: side(self.height, SMALLEST.1, LARGEST.1, SIZE.1),
            zoom: side(self.zoom, ZOOMS[0], ZOOMS[ZOOMS.len() - 1], 1.0),
        }
    }
}

/// A shape that outlives its window, as a file in the user's data folder.
pub struct Remembered {
    /// `None` where there is no such folder.
    path: Option<PathBuf>,
    /// What the file says.
    written: Shape,
    /// What the window has, and since when, in seconds of its clock.
    seen: (Shape, f64),
}

impl Remembered {
    /// That of the windows of this name; `usual` is the first one's.
    pub fn of_user(name: &str, usual: Shape) -> Self {
        let folders = directories::ProjectDirs::from("", "", "vocalise");
        let path = folders.map(|folders| folders.data_dir().join(format!("{name}.toml")));
        Self::at(path, usual)
    }

    /// The one in the file at `path`, which need not exist yet or make sense.
    pub fn at(path: Option<PathBuf>, usual: Shape) -> Self {
        let text = path
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok());
        let read: Option<Shape> = text.and_then(|text| toml::from_str(&text).ok());
        let shape = read.unwrap_or(usual).within_bounds();
        Self {
            path,
            written: shape,
            seen: (shape, 0.0),
        }
    }

    /// What a new window is to have.
    pub fn shape(&self) -> Shape {
        self.seen.0
    }

    /// Looks at the window, once for every picture, and writes down what has settled.
    pub fn watch(&mut self, ui: &Ui) {
        self.see(Shape::of(ui), ui.input(|input| input.time));
    }

    fn see(&mut self, shape: Shape, now_s: f64) {
        let (seen, since_s) = self.seen;
        if shape != seen {
            self.seen = (shape, now_s);
        } else if now_s - since_s >= SETTLED_S {
            self.write();
        }
    }

    /// A shape that cannot be written is no more than forgotten.
    fn write(&mut self) {
        let shape = self.seen.0.within_bounds();
        if shape == self.written {
            return;
        }
        self.written = shape;
        if let (Some(path), Ok(text)) = (&self.path, toml::to_string(&shape)) {
            let made = path.parent().map(std::fs::create_dir_all);
            if matches!(made, Some(Ok(()))) {
                let _ = std::fs::write(path, text);
            }
        }
    }
}

impl Drop for Remembered {
    fn drop(&mut self) {
        self.write();
    }
}

/// The smallest window that can be had, in the system's points: [`SMALLEST`] at the smallest zoom.
pub fn least() -> LogicalSize<f32> {
    LogicalSize::new(ZOOMS[0] * SMALLEST.0, ZOOMS[0] * SMALLEST.1)
}

/// Everything as large as was chosen.
pub fn zoom(ui: &mut Ui) {
    let chosen = ui.ctx().zoom_factor();
    let words = |zoom: f32| format!("{:.0} %", 100.0 * zoom);
    let list = egui::ComboBox::from_id_salt("zoom")
        .width(66.0)
        .selected_text(words(chosen))
        .show_ui(ui, |ui| {
            for zoom in ZOOMS {
                let is_on = (zoom - chosen).abs() < 1e-3;
                if ui.selectable_label(is_on, words(zoom)).clicked() {
                    ui.ctx().set_zoom_factor(zoom);
                    // As large as before in points, but not larger than screens are.
                    let size = ui.ctx().content_rect().size();
                    let most = (size * chosen).max(vec2(SCREEN.0, SCREEN.1));
                    let size = size.min(most / zoom);
                    ui.send_viewport_cmd(ViewportCommand::InnerSize(size));
                }
            }
        });
    let help = "How large everything is. Ctrl+Plus, Ctrl+Minus, Ctrl+0";
    list.response.on_hover_text(help);
    ui.label(RichText::new("Size").small().color(theme::DIM));
}

/// The corner by which the window is dragged, for hosts whose windows have none.
pub fn corner(ui: &mut Ui) {
    let window = ui.ctx().content_rect();
    let area = Rect::from_min_max(window.max - vec2(CORNER, CORNER), window.max);
    let response = ui.interact(area, egui::Id::unique("corner"), Sense::drag());
    if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let least = vec2(SMALLEST.0, SMALLEST.1);
        let size = pointer.to_vec2().max(least);
        if (size - window.size()).length() > 0.5 {
            ui.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
    }
    paint_resize_corner(ui, &response);
    response.on_hover_cursor(egui::CursorIcon::ResizeNwSe);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_that_has_settled_is_there_for_the_next_window() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/editor.toml");
        let wanted = Shape {
            width: 1_200.0,
            height: 800.0,
            zoom: 1.5,
        };
        let mut window = Remembered::at(Some(path.clone()), Shape::default());
        assert_eq!(window.shape(), Shape::default());
        window.see(wanted, 5.0);
        window.see(wanted, 5.5);
        assert!(!path.exists(), "it may still be moving");
        window.see(wanted, 6.5);
        assert_eq!(
            Remembered::at(Some(path.clone()), Shape::default()).shape(),
            wanted
        );
        window.see(Shape::default(), 7.0);
        drop(window);
        assert_eq!(
            Remembered::at(Some(path), Shape::default()).shape(),
            Shape::default()
        );
    }

    #[test]
    fn what_makes_no_sense_opens_a_usual_window() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("editor.toml");
        for text in [
            "",
            "\0\u{fffd}",
            "width = 'wide'",
            "width = nan\nzoom = inf",
        ] {
            std::fs::write(&path, text).unwrap();
            let shape = Remembered::at(Some(path.clone()), Shape::default()).shape();
            assert_eq!(shape, Shape::default(), "{text:?}");
        }
        std::fs::write(&path, "width = 1.0\nheight = 1e30\nzoom = -4.0").unwrap();
        let shape = Remembered::at(Some(path), Shape::default()).shape();
        let bounds = (SMALLEST.0, LARGEST.1, ZOOMS[0]);
        assert_eq!((shape.width, shape.height, shape.zoom), bounds);
    }
}
