//! How a take listens.

use super::Take;
use super::note::{TakeBar, TakeNote, TracePoint};
use crate::music::Track;
use crate::voice::Report;

impl Take {
    /// Takes one report of the output stage in.
    pub fn hear(&mut self, report: &Report) {
        match *report {
            Report::Frame { f0, .. } => {
                let time_s = self.origin_s + f0.time_s;
                let pitch = (f0.hz > 0.0).then(|| 69.0 + 12.0 * (f0.hz / 440.0).log2());
                self.trace.push_back(TracePoint { time_s, pitch });
                self.now_s = self.now_s.max(time_s);
                self.trim();
            }
            Report::NoteOff(note, Some(key)) => {
                let id = self.new_id();
                self.insert(TakeNote {
                    id,
                    track: Track::Melody,
                    start_s: self.origin_s + note.onset_s,
                    end_s: Some(self.origin_s + note.offset_s),
                    key,
                    velocity: note.velocity.clamp(0.01, 1.0),
                });
            }
            // What is sung is kept as it was sung, not as late as it was played.
            Report::Sent {
                track,
                at_s,
                key,
                velocity,
            } if track != Track::Melody => self.hear_played(track, at_s, key, velocity),
            Report::Bar {
                at_s,
                length_s,
                quarters,
                bar,
                plan,
                ..
            } => self.hear_bar(TakeBar {
                start_s: self.origin_s + at_s,
                length_s,
                whole_s: length_s,
                quarters,
                number: bar,
                plan,
            }),
            Report::Reset => {
                self.origin_s = self.now_s;
                let now_s = self.now_s;
                for note in &mut self.notes {
                    note.end_s.get_or_insert(now_s.max(note.start_s));
                }
                self.version += 1;
            }
            _ => {}
        }
    }

    fn hear_played(&mut self, track: Track, at_s: f64, key: u8, velocity: f32) {
        let at_s = self.origin_s + at_s;
        let same =
            |note: &&mut TakeNote| note.track == track && note.key == key && note.end_s.is_none();
        if let Some(note) = self.notes.iter_mut().rev().find(same) {
            note.end_s = Some(at_s.max(note.start_s));
            self.version += 1;
        }
        if velocity > 0.0 {
            let id = self.new_id();
            self.insert(TakeNote {
                id,
                track,
                start_s: at_s,
                end_s: None,
                key,
                velocity,
            });
        }
    }

    fn hear_bar(&mut self, bar: TakeBar) {
        // A bar that was cut short by a jump or a stop is as long as it lasted.
        if let Some(last) = self.bars.back_mut() {
            let lasted_s = (bar.start_s - last.start_s).max(0.0);
            if lasted_s < 0.98 * last.length_s {
                last.length_s = lasted_s;
            }
        }
        self.bars.retain(|other| other.length_s > 1e-3);
        if bar.start_s.is_finite() && bar.length_s > 0.0 && bar.quarters > 0.0 {
            self.bars.push_back(bar);
        }
        self.version += 1;
    }
}
