//! What hands do on the piano roll: choose, move, resize, delete, select bars, scroll and zoom.

use super::roll::{Areas, Marks, note_rect};
use super::viewport::Viewport;
use crate::voice::recording::{NoteId, Take, TakeNote};
use egui::{CursorIcon, Key, Modifiers, Pos2, Rect, Response, Ui};

/// How near its end a note is taken hold of to be resized, in points.
const EDGE: f32 = 5.0;
/// How much louder a key press makes a note.
const LOUDER: f32 = 0.05;

/// What a drag does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Drag {
    #[default]
    None,
    /// Moves the chosen notes; how far they were moved already, and whether that changed anything.
    Move { by: (f64, i32), moved: bool },
    /// Makes the chosen notes longer, likewise.
    Resize { by: f64, resized: bool },
    /// Selects bars from this moment on.
    Bars { from_s: f64 },
    /// Scrolls.
    Scroll,
}

/// Hands on the roll.
#[derive(Default)]
pub struct Hands {
    drag: Drag,
    /// Where the drag began.
    from: Pos2,
    /// The take's edits after the drag's own last one.
    turns: u64,
}

impl Hands {
    /// Lets hands work on what is shown.
    pub fn work(
        &mut self,
        ui: &Ui,
        response: &Response,
        areas: &Areas,
        view: &mut Viewport,
        take: &mut Take,
        marks: &mut Marks,
    ) {
        self.look(ui, response, areas, view, take);
        self.choose(ui, response, areas, view, take, marks);
        self.drag(ui, response, areas, view, take, marks);
        scroll(ui, response, areas, view);
        if response.has_focus() || (response.hovered() && !ui.ctx().text_edit_focused()) {
            keys(ui, take, marks);
        }
    }

    /// The pointer says what it would do.
    fn look(&self, ui: &Ui, response: &Response, areas: &Areas, view: &Viewport, take: &Take) {
        if let Some(at) = response.hover_pos()
            && let Some((_, rect)) = under(areas, view, take, at)
        {
            ui.ctx().set_cursor_icon(if at_its_end(rect, at) {
                CursorIcon::ResizeHorizontal
            } else {
                CursorIcon::Grab
            });
        }
    }

    fn choose(
        &self,
        ui: &Ui,
        response: &Response,
        areas: &Areas,
        view: &Viewport,
        take: &Take,
        marks: &mut Marks,
    ) {
        if !response.clicked() {
            return;
        }
        response.request_focus();
        let Some(at) = response.interact_pointer_pos() else {
            return;
        };
        let adds = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        match under(areas, view, take, at) {
            Some((note, _)) => take_hold(marks, note.id, adds),
            None => {
                marks.notes.clear();
                marks.bars = None;
            }
        }
    }

    fn drag(
        &mut self,
        ui: &Ui,
        response: &Response,
        areas: &Areas,
        view: &mut Viewport,
        take: &mut Take,
        marks: &mut Marks,
    ) {
        let Some(at) = response.interact_pointer_pos() else {
            self.drag = Drag::None;
            return;
        };
        if response.drag_started() {
            let from = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
            self.from = from;
            self.turns = take.turns();
            self.drag = match under(areas, view, take, from) {
                _ if areas.ruler.contains(from) => Drag::Bars {
                    from_s: view.time(areas.notes, from.x),
                },
                Some((note, rect)) if note.end_s.is_some() => {
                    if !marks.notes.contains(&note.id) {
                        take_hold(marks, note.id, false);
                    }
                    if at_its_end(rect, from) {
                        Drag::Resize {
                            by: 0.0,
                            resized: false,
                        }
                    } else {
                        Drag::Move {
                            by: (0.0, 0),
                            moved: false,
                        }
                    }
                }
                _ => Drag::Scroll,
            };
        }
        // Somebody else edited meanwhile: the drag's own edit is not the one to take back any more.
        let edits = matches!(self.drag, Drag::Move { .. } | Drag::Resize { .. });
        if edits && take.turns() != self.turns {
            self.drag = Drag::None;
        }
        let seconds_here = view.time(areas.notes, at.x) - view.time(areas.notes, self.from.x);
        let semitones_here = view.pitch(areas.notes, at.y) - view.pitch(areas.notes, self.from.y);
        match &mut self.drag {
            Drag::None => {}
            Drag::Bars { from_s } => {
                marks.bars = take.bars_between(*from_s, view.time(areas.notes, at.x));
            }
            Drag::Scroll => {
                let moved = response.drag_delta();
                let seconds = -f64::from(moved.x / areas.notes.width()) * view.span_s;
                view.scroll(seconds, moved.y / view.semitone(areas.notes));
            }
            // One edit a drag: what it did so far is taken back first.
            Drag::Move { by, moved } => {
                let wanted = (seconds_here, semitones_here.round() as i32);
                if wanted != *by {
                    if *moved {
                        take.undo();
                    }
                    *moved = take.move_notes(&marks.notes, wanted.0, wanted.1);
                    *by = wanted;
                }
            }
            Drag::Resize { by, resized } => {
                if seconds_here != *by {
                    if *resized {
                        take.undo();
                    }
                    *resized = take.resize(&marks.notes, seconds_here);
                    *by = seconds_here;
                }
            }
        }
        self.turns = take.turns();
    }
}

/// The note under the pointer, the newest drawn first.
fn under(areas: &Areas, view: &Viewport, take: &Take, at: Pos2) -> Option<(TakeNote, Rect)> {
    if !areas.notes.contains(at) && !areas.drums.contains(at) {
        return None;
    }
    let hit = |note: &TakeNote| {
        let rect = note_rect(view, areas, note, take.now_s())?;
        rect.expand(1.5).contains(at).then_some((*note, rect))
    };
    take.notes().iter().rev().find_map(hit)
}

fn at_its_end(rect: Rect, at: Pos2) -> bool {
    rect.width() > 3.0 * EDGE && rect.right() - at.x < EDGE
}

fn take_hold(marks: &mut Marks, id: NoteId, adds: bool) {
    if !adds {
        marks.notes.clear();
    }
    match marks.notes.iter().position(|other| *other == id) {
        Some(place) => {
            marks.notes.remove(place);
        }
        None => marks.notes.push(id),
    }
}

/// The wheel scrolls in time; with Shift in pitch, with Ctrl it zooms.
fn scroll(ui: &Ui, response: &Response, areas: &Areas, view: &mut Viewport) {
    let Some(at) = response.hover_pos() else {
        return;
    };
    let (wheel, zoom, shift) = ui.input(|input| {
        (
            input.smooth_scroll_delta(),
            input.zoom_delta(),
            input.modifiers.shift,
        )
    });
    if zoom != 1.0 {
        view.zoom(1.0 / f64::from(zoom), view.time(areas.notes, at.x));
    } else if shift {
        view.scroll(0.0, (wheel.x + wheel.y) / view.semitone(areas.notes));
    } else if wheel.x + wheel.y != 0.0 {
        let share = (wheel.x + wheel.y) / areas.notes.width();
        view.scroll(-f64::from(share) * view.span_s, 0.0);
    }
}

/// Keys that work on what is chosen.
fn keys(ui: &Ui, take: &mut Take, marks: &mut Marks) {
    let chosen = marks.notes.clone();
    let pressed =
        |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z) || pressed(Modifiers::COMMAND, Key::Y)
    {
        take.redo();
    } else if pressed(Modifiers::COMMAND, Key::Z) {
        take.undo();
    }
    if pressed(Modifiers::COMMAND, Key::A) {
        marks.notes = take.notes().iter().map(|note| note.id).collect();
    }
    if chosen.is_empty() {
        return;
    }
    if pressed(Modifiers::NONE, Key::Delete) || pressed(Modifiers::NONE, Key::Backspace) {
        take.delete(&chosen);
        marks.notes.clear();
    }
    for (key, semitones) in [(Key::ArrowUp, 1), (Key::ArrowDown, -1)] {
        if pressed(Modifiers::SHIFT, key) {
            take.move_notes(&chosen, 0.0, 12 * semitones);
        }
        if pressed(Modifiers::COMMAND, key) {
            take.change_velocity(&chosen, LOUDER * semitones as f32);
        }
        if pressed(Modifiers::NONE, key) {
            take.move_notes(&chosen, 0.0, semitones);
        }
    }
}
