//! The piano roll: bars and chords, the notes of every track in its colour, the voice's pitch over
//! them, the drums below. What hands do on it is in [`super::roll_hands`].

use super::theme;
use super::viewport::Viewport;
use crate::music::{Track, pitch};
use crate::voice::recording::{NoteId, Take, TakeBar, TakeNote};
use egui::{Align2, Color32, FontId, Painter, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

/// Height of the ruler with bars and chords, in points.
pub const RULER: f32 = 22.0;
/// Height of the drums' lane.
pub const DRUMS: f32 = 60.0;
/// Width of the keyboard.
pub const KEYBOARD: f32 = 34.0;
/// Rows of the drums' lane, from the top: General MIDI keys each.
const DRUM_ROWS: [&[u8]; 6] = [
    &[49, 51, 52, 53, 55, 57, 59],
    &[42, 44, 46],
    &[41, 43, 45, 47, 48, 50],
    &[37, 38, 39, 40],
    &[],
    &[35, 36],
];
/// The row of the drums' lane for what is in no other.
const OTHER_DRUMS: usize = 4;

/// Where the roll's parts lie.
#[derive(Clone, Copy, Debug)]
pub struct Areas {
    pub ruler: Rect,
    pub notes: Rect,
    pub drums: Rect,
    pub keyboard: Rect,
}

impl Areas {
    /// Cuts `all` into the parts.
    pub fn of(all: Rect) -> Self {
        let left = all.left() + KEYBOARD;
        let (top, bottom) = (all.top() + RULER, all.bottom() - DRUMS);
        let part = |from_x: f32, from_y: f32, to_x: f32, to_y: f32| {
            Rect::from_min_max(pos2(from_x, from_y), pos2(to_x, to_y))
        };
        Self {
            ruler: part(left, all.top(), all.right(), top),
            notes: part(left, top, all.right(), bottom),
            drums: part(left, bottom, all.right(), all.bottom()),
            keyboard: part(all.left(), top, left, bottom),
        }
    }
}

/// What is marked.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Notes that were chosen.
    pub notes: Vec<NoteId>,
    /// A stretch of bars, in seconds of the take.
    pub bars: Option<(f64, f64)>,
    /// Where the audition is.
    pub playhead_s: Option<f64>,
    /// The track that hands work on; others are paler.
    pub track: Option<Track>,
}

/// Where a note lies, if it is in sight.
pub fn note_rect(view: &Viewport, areas: &Areas, note: &TakeNote, now_s: f64) -> Option<Rect> {
    let end_s = note.end_s.unwrap_or(now_s).max(note.start_s);
    if end_s < view.from_s || note.start_s > view.until_s() {
        return None;
    }
    let area = areas.notes;
    let (left, right) = (view.x(area, note.start_s), view.x(area, end_s));
    if note.track == Track::Drums {
        let row = DRUM_ROWS.iter().position(|row| row.contains(&note.key));
        let row = row.unwrap_or(OTHER_DRUMS) as f32;
        let height = (areas.drums.height() - 8.0) / DRUM_ROWS.len() as f32;
        let top = areas.drums.top() + 4.0 + row * height;
        return Some(Rect::from_min_size(
            pos2(left, top + 1.0),
            vec2(4.0, height - 2.0),
        ));
    }
    let half = (0.42 * view.semitone(area)).clamp(1.5, 7.0);
    let y = view.y(area, f32::from(note.key));
    let rect = Rect::from_min_max(pos2(left, y - half), pos2(right.max(left + 3.0), y + half));
    rect.intersects(area).then_some(rect)
}

/// Draws everything.
pub fn draw(ui: &Ui, areas: &Areas, view: &Viewport, take: &Take, marks: &Marks) {
    let all = areas.keyboard.union(areas.ruler).union(areas.drums);
    let painter = ui.painter_at(all);
    painter.rect_filled(all, 6.0, theme::PANEL);
    keys(&painter, areas, view);
    bars(&painter, areas, view, take);
    if let Some((from_s, to_s)) = marks.bars {
        let x = |at_s| {
            view.x(areas.notes, at_s)
                .clamp(areas.notes.left(), areas.notes.right())
        };
        let rect = Rect::from_x_y_ranges(
            x(from_s)..=x(to_s),
            areas.ruler.top()..=areas.drums.bottom(),
        );
        painter.rect_filled(rect, 0.0, theme::ACCENT.gamma_multiply(0.12));
    }
    let inside = painter.with_clip_rect(areas.notes.union(areas.drums));
    for note in take.notes().iter().filter(|n| n.track != Track::Melody) {
        draw_note(&inside, areas, view, take, marks, note);
    }
    for note in take.notes().iter().filter(|n| n.track == Track::Melody) {
        draw_note(&inside, areas, view, take, marks, note);
    }
    trace(&painter.with_clip_rect(areas.notes), areas, view, take);
    let line = |at_s: f64, colour: Color32| {
        let x = view.x(areas.notes, at_s);
        if areas.notes.x_range().contains(x) {
            let range = areas.ruler.top()..=areas.drums.bottom();
            painter.vline(x, range, Stroke::new(1.5, colour));
        }
    };
    line(take.now_s(), theme::GOOD.gamma_multiply(0.7));
    if let Some(at_s) = marks.playhead_s {
        line(at_s, theme::TEXT);
    }
}

fn draw_note(
    painter: &Painter,
    areas: &Areas,
    view: &Viewport,
    take: &Take,
    marks: &Marks,
    note: &TakeNote,
) {
    let Some(rect) = note_rect(view, areas, note, take.now_s()) else {
        return;
    };
    let pale = marks.track.is_some_and(|track| track != note.track);
    let strength = (0.35 + 0.65 * note.velocity) * if pale { 0.35 } else { 1.0 };
    let colour = theme::track(note.track);
    painter.rect_filled(rect, 2.5, colour.gamma_multiply(strength));
    if marks.notes.contains(&note.id) {
        let stroke = Stroke::new(1.5, theme::TEXT);
        painter.rect_stroke(rect.expand(1.0), 3.0, stroke, StrokeKind::Outside);
    }
}

/// The keyboard, and a line for each key.
fn keys(painter: &Painter, areas: &Areas, view: &Viewport) {
    let area = areas.notes;
    let height = view.semitone(area);
    let lowest = view.pitch(area, area.bottom()).ceil().max(0.0) as u8;
    let highest = view.pitch(area, area.top()).floor().clamp(0.0, 127.0) as u8;
    let inside = painter.with_clip_rect(area.union(areas.keyboard));
    for key in lowest..=highest {
        let y = view.y(area, f32::from(key));
        let row =
            |area: Rect| Rect::from_x_y_ranges(area.x_range(), y - 0.5 * height..=y + 0.5 * height);
        let black = matches!(key % 12, 1 | 3 | 6 | 8 | 10);
        if black {
            let shade = theme::BACKGROUND.gamma_multiply(0.35);
            inside.rect_filled(row(area), 0.0, shade);
        }
        let ivory = if black { theme::BACKGROUND } else { theme::DIM };
        let mut own = row(areas.keyboard).shrink2(vec2(2.0, 0.5));
        if black {
            own.set_width(0.6 * own.width());
        }
        inside.rect_filled(own, 1.0, ivory.gamma_multiply(0.6));
        if key % 12 == 0 {
            let line = Stroke::new(1.0, theme::FAINT);
            inside.hline(area.x_range(), y + 0.5 * height, line);
        }
    }
    // Above the keys: a key may be lower than its name.
    for key in (lowest..=highest).filter(|key| key % 12 == 0) {
        let font = FontId::proportional(9.0);
        let name = inside.layout_no_wrap(pitch::key_name(key), font, theme::TEXT);
        let middle = pos2(
            areas.keyboard.right() - 4.0 - 0.5 * name.size().x,
            view.y(area, f32::from(key)),
        );
        let place = Rect::from_center_size(middle, name.size());
        inside.rect_filled(place.expand2(vec2(2.0, -1.0)), 2.0, theme::PANEL);
        inside.galley(place.min, name, theme::TEXT);
    }
    let names = ["cym", "hat", "tom", "snare", "perc", "kick"];
    let row = (areas.drums.height() - 8.0) / names.len() as f32;
    for (place, name) in names.into_iter().enumerate() {
        let y = areas.drums.top() + 4.0 + (place as f32 + 0.5) * row;
        let at = pos2(areas.keyboard.left() + 4.0, y);
        let font = FontId::proportional(8.5);
        painter.text(at, Align2::LEFT_CENTER, name, font, theme::DIM);
    }
    let line = Stroke::new(1.0, theme::FAINT);
    let across = areas.keyboard.left()..=areas.notes.right();
    painter.hline(across.clone(), areas.drums.top(), line);
    painter.hline(across, areas.notes.top(), line);
}

/// Bars with their numbers, beats, and the chords that were planned.
fn bars(painter: &Painter, areas: &Areas, view: &Viewport, take: &Take) {
    let in_sight =
        |bar: &&TakeBar| bar.start_s < view.until_s() && bar.start_s + bar.length_s > view.from_s;
    let painter = painter.with_clip_rect(areas.ruler.union(areas.drums).union(areas.notes));
    let below = areas.ruler.bottom()..=areas.drums.bottom();
    let mut named_up_to = f32::MIN;
    for bar in take.bars().iter().filter(in_sight) {
        let x = view.x(areas.notes, bar.start_s);
        painter.vline(
            x,
            areas.ruler.top()..=areas.drums.bottom(),
            Stroke::new(1.0, theme::FAINT),
        );
        let beat = areas.notes.width() * (bar.length_s / bar.quarters / view.span_s) as f32;
        if beat > 14.0 {
            for n in 1..bar.quarters.ceil() as usize {
                let stroke = Stroke::new(1.0, theme::FAINT.gamma_multiply(0.45));
                painter.vline(x + n as f32 * beat, below.clone(), stroke);
            }
        }
        if x < named_up_to {
            continue;
        }
        let font = FontId::proportional(10.0);
        let at = pos2(x + 4.0, areas.ruler.center().y);
        let number = (bar.number + 1).to_string();
        let drawn = painter.text(at, Align2::LEFT_CENTER, number, font, theme::DIM);
        named_up_to = drawn.right() + 6.0;
        if let Some(plan) = bar.plan {
            let mut chord = |at_s: f64, text: String| {
                let at = pos2(view.x(areas.notes, at_s), areas.ruler.center().y);
                let at = pos2(at.x.max(named_up_to), at.y);
                let font = FontId::proportional(12.5);
                let colour = theme::track(Track::Chords);
                let drawn = painter.text(at, Align2::LEFT_CENTER, text, font, colour);
                named_up_to = drawn.right() + 6.0;
            };
            chord(bar.start_s, plan.first.to_string());
            if plan.second != plan.first {
                chord(bar.start_s + 0.5 * bar.length_s, plan.second.to_string());
            }
        }
    }
}

/// The pitch of the voice.
fn trace(painter: &Painter, areas: &Areas, view: &Viewport, take: &Take) {
    let points = take.trace();
    let first = points.partition_point(|point| point.time_s < view.from_s);
    // No more points than there is room for.
    let every = (view.span_s / 0.01 / f64::from(areas.notes.width()))
        .ceil()
        .max(1.0) as usize;
    let mut line = Vec::new();
    let stroke = Stroke::new(1.4, theme::TEXT.gamma_multiply(0.85));
    let flush = |line: &mut Vec<egui::Pos2>| {
        if line.len() > 1 {
            painter.line(std::mem::take(line), stroke);
        }
        line.clear();
    };
    for point in points.range(first..).step_by(every) {
        if point.time_s > view.until_s() {
            break;
        }
        match point.pitch {
            Some(pitch) => line.push(view.place(areas.notes, point.time_s, pitch)),
            None => flush(&mut line),
        }
    }
    flush(&mut line);
}
