//! The notes of a take, put into time when all of it is known: drawn to the grid both ways.

use super::expecting::Expecting;
use super::offline::Settings;
use super::quantiser::Quantiser;
use super::reading::{Read, swung};
use super::song_clock::SongClock;
use super::timing::{Timing, TimingMode};
use crate::music::{Division, Message, TimedMessage, Track};
use crate::stages::Stamped;

/// Puts one voice's notes into time, one after the other.
pub struct Placing {
    timing: Timing,
    song: SongClock,
    quantiser: Quantiser,
    /// The shortest note that a receiver plays, in samples.
    shortest: i64,
    /// Sample at which the last note began, and where its end stands among the messages.
    last: Option<(i64, usize)>,
}

impl Placing {
    pub fn new(rate: f64, settings: &Settings) -> Self {
        let mut song = SongClock::new(rate);
        if let Some(transport) = settings.transport() {
            song.follow(Stamped::new(0, transport));
        }
        Self {
            timing: Timing {
                mode: TimingMode::Aligned,
                genre: settings.genre,
                ..settings.timing
            },
            song,
            quantiser: Quantiser::new(rate),
            shortest: (f64::from(settings.performance.min_note_ms) * rate / 1_000.0) as i64,
            last: None,
        }
    }

    /// The song that notes are placed in.
    pub fn song(&self) -> &SongClock {
        &self.song
    }

    /// Adds a note that was sung over the samples `from..to`. Where no grid is chosen and it was
    /// `read`, the genre's feel draws it to where it belongs and to how loud it would be.
    pub fn play(
        &mut self,
        (from, to): (i64, i64),
        (key, velocity): (u8, f32),
        read: Option<Read>,
        out: &mut Vec<TimedMessage>,
    ) {
        let read = read.filter(|_| self.timing.quantise == Division::Off);
        let drawn = read
            .and_then(|read| self.felt(from, read.quarters))
            .unwrap_or_else(|| {
                let nothing = Expecting::default();
                let moment = (from, from);
                self.quantiser
                    .place(moment, &self.timing, &self.song, &nothing)
            });
        let louder = read.map_or(0.0, |read| read.velocity - velocity);
        let velocity = (velocity + self.timing.feel * louder).clamp(0.01, 1.0);
        let mut on = drawn.max(0);
        if let Some((before, end)) = self.last {
            // Two notes of one voice are never drawn onto each other.
            if on < before + self.shortest {
                on = from.max(before + self.shortest);
            }
            out[end].position = out[end].position.min(on);
        }
        let channel = Track::Melody.channel();
        let off = on + (to - from).max(self.shortest);
        out.push(TimedMessage {
            position: on,
            message: Message::note_on(channel, key, velocity),
        });
        self.last = Some((on, out.len()));
        out.push(TimedMessage {
            position: off,
            message: Message::note_off(channel, key, 0.0),
        });
    }

    /// The sample to which the genre's feel draws a note that was sung at `from` and belongs to
    /// `quarters`.
    fn felt(&self, from: i64, quarters: f64) -> Option<i64> {
        let here = self.song.place(from)?;
        let away = swung(quarters, self.timing.genre.swing()) - here.quarters;
        let moved = f64::from(self.timing.feel) * away * self.song.samples_per_quarter(from);
        Some(from + moved.round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Meter;
    use crate::voice::offline::Song;
    use proptest::prelude::*;

    const RATE: f64 = 48_000.0;

    /// The messages of notes that were sung over `spans`, at 120 BPM on eighths: lines 12 000 apart.
    fn played(spans: &[(i64, i64)]) -> Vec<TimedMessage> {
        let settings = Settings {
            song: Some(Song::at(120.0, Meter::COMMON)),
            timing: Timing {
                quantise: Division::Eighth,
                ..Timing::default()
            },
            ..Settings::default()
        };
        let mut placing = Placing::new(RATE, &settings);
        let mut out = Vec::new();
        for span in spans {
            placing.play(*span, (60, 0.5), None, &mut out);
        }
        out
    }

    #[test]
    fn a_take_is_drawn_to_its_lines_from_both_sides() {
        let positions = |spans| played(spans).iter().map(|m| m.position).collect::<Vec<_>>();
        let spans = [(11_000, 20_000), (25_500, 30_500)];
        assert_eq!(positions(&spans), [12_000, 21_000, 24_000, 29_000]);
    }

    proptest! {
        #[test]
        fn no_note_is_lost_overlaps_or_changes_places(
            gaps in proptest::collection::vec((0i64..9_000, 1i64..30_000), 1..40),
        ) {
            let mut now = 0;
            let spans: Vec<(i64, i64)> = gaps.iter().map(|(gap, length)| {
                let from = now + gap;
                now = from + length;
                (from, now)
            }).collect();
            let out = played(&spans);
            prop_assert_eq!(out.len(), 2 * spans.len());
            prop_assert!(out.windows(2).all(|w| w[0].position <= w[1].position), "{:?}", out);
            prop_assert!(out.chunks(2).all(|c| c[0].position < c[1].position), "{:?}", out);
        }
    }
}
