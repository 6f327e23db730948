//! What was heard lately, gathered from the reports of the output stage.

use crate::music::{FoundBeat, FoundKey, FoundTempo, SungNote};
use crate::voice::{F0Point, Report};
use std::collections::VecDeque;

/// Seconds of pitch that are kept.
pub const SPAN_S: f64 = 6.0;
/// The level before anything was heard, in dB below full scale.
const SILENCE_DB: f32 = -120.0;
/// Notes that are kept at most.
const NOTES: usize = 256;

/// The newest seconds of pitch and notes.
pub struct Heard {
    /// The pitch track, oldest first.
    pub track: VecDeque<F0Point>,
    /// Finished notes, oldest first.
    pub notes: VecDeque<SungNote>,
    /// The note that is being sung.
    pub now: Option<SungNote>,
    /// Level of the newest frame in dB below full scale.
    pub level_db: f32,
    /// The key of what is sung.
    pub key: Option<FoundKey>,
    /// The tempo of what is sung.
    pub tempo: Option<FoundTempo>,
    /// The beat of what is sung.
    pub beat: Option<FoundBeat>,
    /// The bar of the song that began last: its place, and quarter notes a minute.
    pub bar: Option<(i64, f64)>,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            track: VecDeque::new(),
            notes: VecDeque::new(),
            now: None,
            level_db: SILENCE_DB,
            key: None,
            tempo: None,
            beat: None,
            bar: None,
        }
    }
}

impl Heard {
    /// Takes one report in and forgets what is too old.
    pub fn take(&mut self, report: Report) {
        match report {
            Report::Frame { f0, level_db, .. } => {
                self.level_db = level_db;
                self.track.push_back(f0);
                let oldest = f0.time_s - SPAN_S;
                while self
                    .track
                    .front()
                    .is_some_and(|point| point.time_s < oldest)
                {
                    self.track.pop_front();
                }
                while self
                    .notes
                    .front()
                    .is_some_and(|note| note.offset_s < oldest)
                {
                    self.notes.pop_front();
                }
            }
            Report::NoteOn(note) => self.now = Some(note),
            Report::NoteOff(note, _) => {
                self.now = None;
                self.notes.push_back(note);
                if self.notes.len() > NOTES {
                    self.notes.pop_front();
                }
            }
            Report::Song { key, tempo, beat } => {
                (self.key, self.tempo, self.beat) = (key, tempo, beat);
            }
            Report::Bar {
                bar,
                quarters,
                length_s,
                ..
            } => self.bar = Some((bar, quarters * 60.0 / length_s)),
            Report::Reset => *self = Self::default(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_pitch_is_forgotten_and_a_reset_clears_all() {
        let mut heard = Heard::default();
        for n in 0..2_000 {
            let f0 = F0Point {
                time_s: f64::from(n) * 0.01,
                hz: 220.0,
            };
            heard.take(Report::Frame {
                f0,
                level_db: -20.0,
                voicing: 0.9,
            });
        }
        let first = heard.track.front().map(|p| p.time_s).unwrap_or_default();
        let last = heard.track.back().map(|p| p.time_s).unwrap_or_default();
        assert!((last - first - SPAN_S).abs() < 0.02);
        heard.take(Report::Reset);
        assert!(heard.track.is_empty() && heard.now.is_none());
    }
}
