//! A bar as strokes in the order of their time.

use super::bar::{BAND, Bar};
use crate::music::{PlannedBar, Track};
use crate::voice::reading::swung;

/// How much earlier than the next one could begin a note ends, in quarter notes.
const BREATH: f64 = 0.02;

/// A note's beginning or end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// When, in quarter notes of the song.
    pub quarters: f64,
    /// Who plays it.
    pub track: Track,
    /// MIDI key.
    pub key: u8,
    /// How loud, 0 – 1; 0 is an end.
    pub velocity: f32,
}

/// A bar that can be played.
#[derive(Clone, Debug)]
pub struct Score {
    start: f64,
    quarters: f64,
    plan: Option<PlannedBar>,
    /// By time, ends first.
    strokes: Vec<Stroke>,
    /// How many of them were played.
    played: usize,
}

impl Score {
    /// What is to be played of `bar`.
    pub fn of(bar: &Bar) -> Self {
        let mut strokes = Vec::new();
        for ((track, notes), swing) in BAND.into_iter().zip(&bar.notes).zip(bar.swing) {
            let at = |step: f64| swung(step / 4.0, swing).min(bar.quarters);
            for note in notes {
                let (step, length) = (f64::from(note.step), f64::from(note.length));
                let (on, off) = (at(step), at(step + length) - BREATH);
                if on >= bar.quarters - BREATH {
                    continue;
                }
                let stroke = |quarters, velocity| Stroke {
                    quarters: bar.start + quarters,
                    track,
                    key: note.key,
                    velocity,
                };
                strokes.push(stroke(on, note.velocity.clamp(0.01, 1.0)));
                strokes.push(stroke(off.max(on + BREATH), 0.0));
            }
        }
        strokes.sort_by(|a, b| {
            let order = a.quarters.total_cmp(&b.quarters);
            order.then((a.velocity > 0.0).cmp(&(b.velocity > 0.0)))
        });
        Self {
            start: bar.start,
            quarters: bar.quarters,
            plan: bar.plan,
            strokes,
            played: 0,
        }
    }

    /// Where it begins, in quarter notes of the song.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// How long it is, in quarter notes.
    pub fn quarters(&self) -> f64 {
        self.quarters
    }

    /// Where it ends, in quarter notes of the song.
    pub fn end(&self) -> f64 {
        self.start + self.quarters
    }

    /// Its harmony.
    pub fn plan(&self) -> Option<PlannedBar> {
        self.plan
    }

    /// All its strokes.
    pub fn strokes(&self) -> &[Stroke] {
        &self.strokes
    }

    /// The next stroke before `until`, in quarter notes of the song.
    pub fn next(&mut self, until: f64) -> Option<Stroke> {
        let stroke = *self.strokes.get(self.played)?;
        (stroke.quarters < until).then(|| {
            self.played += 1;
            stroke
        })
    }

    /// Does not play what lies before `quarters` of the song.
    pub fn skip(&mut self, quarters: f64) {
        self.played = self.strokes.partition_point(|s| s.quarters < quarters);
    }

    /// The same bar once more, from `start` on.
    pub fn again_from(&mut self, start: f64) {
        let moved = start - self.start;
        for stroke in &mut self.strokes {
            stroke.quarters += moved;
        }
        self.start = start;
        self.played = 0;
    }
}
