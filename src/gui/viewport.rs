//! Which part of the take the piano roll shows, and where on the screen it lies.

use egui::{Pos2, Rect, pos2};

/// Seconds that a new roll shows.
const USUAL_S: f64 = 14.0;
/// The least and the most that it can show, in seconds.
const SPANS_S: (f64, f64) = (1.0, 600.0);
/// Semitones that it can show at least and at most.
const HEIGHTS: (f32, f32) = (12.0, 88.0);
/// Where the newest moment lies while the roll follows it, as a share of its width.
const NEWEST_AT: f64 = 0.88;

/// A part of the take.
#[derive(Clone, Copy, Debug)]
pub struct Viewport {
    /// Seconds of the take at the left edge.
    pub from_s: f64,
    /// Seconds from edge to edge.
    pub span_s: f64,
    /// MIDI pitch in the middle.
    pub centre: f32,
    /// Semitones from edge to edge.
    pub semitones: f32,
    /// Whether it moves along with what is sung.
    pub follows: bool,
}

impl Default for Viewport {
    fn default() -> Self {
        Self {
            from_s: 0.0,
            span_s: USUAL_S,
            centre: 60.0,
            semitones: 48.0,
            follows: true,
        }
    }
}

impl Viewport {
    /// Moves along, if it follows: the newest moment is `now_s`.
    pub fn follow(&mut self, now_s: f64) {
        if self.follows {
            self.from_s = (now_s - NEWEST_AT * self.span_s).max(0.0);
        }
    }

    /// Scrolls by seconds and semitones; the hand leads from now on.
    pub fn scroll(&mut self, seconds: f64, semitones: f32) {
        if seconds != 0.0 {
            self.follows = false;
        }
        self.from_s = (self.from_s + seconds).max(0.0);
        self.centre = (self.centre + semitones).clamp(12.0, 115.0);
    }

    /// Shows `factor` times as much, and the moment `at_s` where it was.
    pub fn zoom(&mut self, factor: f64, at_s: f64) {
        let span_s = (self.span_s * factor).clamp(SPANS_S.0, SPANS_S.1);
        let share = (at_s - self.from_s) / self.span_s;
        self.from_s = (at_s - share * span_s).max(0.0);
        self.span_s = span_s;
    }

    /// Moves towards showing the pitches from `low` to `high`.
    pub fn settle(&mut self, low: f32, high: f32) {
        if low > high {
            return;
        }
        let wanted = (high - low + 8.0).clamp(30.0, HEIGHTS.1);
        self.centre += 0.08 * (0.5 * (low + high) - self.centre);
        self.semitones += 0.08 * (wanted - self.semitones);
    }

    /// Where a moment and a pitch lie in `area`.
    pub fn place(&self, area: Rect, at_s: f64, pitch: f32) -> Pos2 {
        pos2(self.x(area, at_s), self.y(area, pitch))
    }

    /// Where a moment lies in `area`.
    pub fn x(&self, area: Rect, at_s: f64) -> f32 {
        area.left() + ((at_s - self.from_s) / self.span_s) as f32 * area.width()
    }

    /// Where a pitch lies in `area`.
    pub fn y(&self, area: Rect, pitch: f32) -> f32 {
        area.center().y - (pitch - self.centre) / self.semitones * area.height()
    }

    /// The moment at `x` in `area`.
    pub fn time(&self, area: Rect, x: f32) -> f64 {
        self.from_s + f64::from((x - area.left()) / area.width()) * self.span_s
    }

    /// The pitch at `y` in `area`.
    pub fn pitch(&self, area: Rect, y: f32) -> f32 {
        self.centre - (y - area.center().y) / area.height() * self.semitones
    }

    /// Height of a semitone in `area`.
    pub fn semitone(&self, area: Rect) -> f32 {
        area.height() / self.semitones
    }

    /// Seconds at the right edge.
    pub fn until_s(&self) -> f64 {
        self.from_s + self.span_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn what_is_under_the_pointer_stays_there_when_zoomed() {
        let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(500.0, 300.0));
        let mut view = Viewport {
            from_s: 30.0,
            ..Viewport::default()
        };
        let at_s = view.time(area, 210.0);
        view.zoom(0.5, at_s);
        assert!((view.x(area, at_s) - 210.0).abs() < 0.01);
        assert!((view.pitch(area, view.y(area, 64.0)) - 64.0).abs() < 1e-3);
        view.follow(100.0);
        assert!(view.until_s() > 100.0 && view.from_s < 100.0);
        view.scroll(-5.0, 0.0);
        let from_s = view.from_s;
        view.follow(200.0);
        assert_eq!(view.from_s, from_s, "the hand leads");
    }
}
