//! Finds the *Singer Offset*: how late somebody who sings on the beat of the host reaches the plugin.

use super::report::Report;

/// Notes that are heard.
const NOTES: usize = 8;
/// How far half of the notes may lie from the middle one, in seconds; looser singing tells nothing.
const LOOSE_S: f64 = 0.06;

/// How far a calibration is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OffsetStep {
    /// The host does not play, so there is no beat yet.
    NoBeat,
    /// So many of so many notes were heard.
    Sing(usize, usize),
    /// The offset in ms, 0 or more.
    Done(f32),
    /// The notes lie so far from each other, in ms, that they tell nothing.
    Loose(f32),
}

/// Hears notes that are sung on the beat.
#[derive(Debug, Default)]
pub struct OffsetCalibration {
    /// Where the newest bar began and how long its quarter notes are, in seconds.
    beat: Option<(f64, f64)>,
    /// How late each note was, in seconds.
    late_s: Vec<f64>,
}

impl OffsetCalibration {
    /// Takes a report in.
    pub fn hear(&mut self, report: &Report) {
        match *report {
            Report::Bar {
                at_s,
                length_s,
                quarters,
                ..
            } if quarters > 0.0 && length_s > 0.0 => self.beat = Some((at_s, length_s / quarters)),
            Report::NoteOn(note) if self.late_s.len() < NOTES => {
                if let Some((at_s, quarter_s)) = self.beat {
                    let beats = (note.onset_s - at_s) / quarter_s;
                    self.late_s.push((beats - beats.round()) * quarter_s);
                }
            }
            Report::Reset => *self = Self::default(),
            _ => {}
        }
    }

    /// How far it is.
    pub fn step(&self) -> OffsetStep {
        if self.beat.is_none() {
            return OffsetStep::NoBeat;
        }
        if self.late_s.len() < NOTES {
            return OffsetStep::Sing(self.late_s.len(), NOTES);
        }
        let middle = median(&self.late_s);
        let apart: Vec<f64> = self
            .late_s
            .iter()
            .map(|late| (late - middle).abs())
            .collect();
        let loose = median(&apart);
        if loose > LOOSE_S {
            OffsetStep::Loose((1e3 * loose) as f32)
        } else {
            OffsetStep::Done((1e3 * middle).max(0.0) as f32)
        }
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.as_slice() {
        [] => 0.0,
        all if all.len() % 2 == 1 => all[half],
        all => 0.5 * (all[half - 1] + all[half]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::SungNote;

    fn sung(at_s: f64) -> Report {
        Report::NoteOn(SungNote {
            onset_s: at_s,
            offset_s: at_s,
            pitch: 60.0,
            velocity: 0.7,
            decided_s: at_s,
        })
    }

    fn after(late_s: impl Fn(usize) -> f64) -> OffsetStep {
        let mut calibration = OffsetCalibration::default();
        calibration.hear(&sung(0.3));
        assert_eq!(calibration.step(), OffsetStep::NoBeat);
        for bar in 0..2 {
            calibration.hear(&Report::Bar {
                at_s: f64::from(bar) * 2.0,
                length_s: 2.0,
                quarters: 4.0,
                bar: bar.into(),
                plan: None,
                late: 0,
            });
            for beat in 0..4 {
                let number = bar as usize * 4 + beat;
                let at_s = number as f64 * 0.5;
                calibration.hear(&sung(at_s + late_s(number)));
            }
        }
        calibration.step()
    }

    #[test]
    fn the_middle_of_what_is_late_is_the_offset() {
        let OffsetStep::Done(ms) = after(|n| 0.045 + [-0.02, 0.0, 0.01, 0.02][n % 4]) else {
            panic!("not done");
        };
        assert!((ms - 50.0).abs() < 1.0, "{ms}");
        assert_eq!(after(|_| -0.03), OffsetStep::Done(0.0), "nobody is early");
        let loose = after(|n| [-0.2, 0.2, -0.12, 0.15][n % 4]);
        assert!(matches!(loose, OffsetStep::Loose(_)), "{loose:?}");
    }
}
