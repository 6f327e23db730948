//! Where in the song a sample lies: bars and quarter notes by the host's transport or, where that
//! stands, by the beat that is heard.

use crate::music::{FoundBeat, FoundTempo, Meter};
use crate::stages::{Stamped, Transport};
use std::collections::VecDeque;

/// Snapshots that are kept: what is decided late may have begun before a jump.
const KEPT: usize = 16;

/// Confidence from which a beat that is heard counts as a clock, 0 – 1.
const BELIEVED: f32 = 0.4;

/// A place in the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Quarter notes since the song's beginning; below 0 in a count-in.
    pub quarters: f64,
    /// Where the bar began, in quarter notes.
    pub bar_start: f64,
    /// Length of the bar in quarter notes.
    pub bar_quarters: f64,
}

impl Place {
    /// Quarter notes since the bar began.
    pub fn in_bar(&self) -> f64 {
        self.quarters - self.bar_start
    }
}

/// Follows the host's transport: play, stop, jumps, loops, tempo and meter.
#[derive(Clone, Debug)]
pub struct SongClock {
    /// The host's rate in Hz.
    rate: f64,
    /// The transport's last snapshots, the newest last.
    snapshots: VecDeque<Stamped<Transport>>,
    /// The transport of a host that would play along with what is heard.
    heard: Option<Stamped<Transport>>,
}

impl SongClock {
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            snapshots: VecDeque::with_capacity(KEPT),
            heard: None,
        }
    }

    /// Takes a snapshot of the transport.
    pub fn follow(&mut self, snapshot: Stamped<Transport>) {
        if self.snapshots.len() == KEPT {
            self.snapshots.pop_front();
        }
        self.snapshots.push_back(snapshot);
    }

    /// Takes the beat that is heard, in `meter`, whose beat is `quarters` quarter notes long; its
    /// times are in seconds since activation.
    pub fn hear(&mut self, tempo: FoundTempo, beat: FoundBeat, meter: Meter, quarters: f64) {
        let place = beat.count as f64 * quarters;
        self.heard = (tempo.confidence >= BELIEVED).then(|| {
            let transport = Transport {
                playing: true,
                tempo: Some(tempo.bpm * quarters),
                numerator: Some(meter.beats()),
                denominator: Some(meter.unit()),
                quarters: Some(place),
                bar_start: Some(place - f64::from(beat.beat_of_bar) * quarters),
                ..Transport::STOPPED
            };
            Stamped::new((beat.last_s * self.rate).round() as i64, transport)
        });
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        self.snapshots.clear();
        self.heard = None;
    }

    /// Where sample `position` lies; `None` while the transport stands or tells no place.
    pub fn place(&self, position: i64) -> Option<Place> {
        let snapshot = self.snapshot(position)?;
        let now = snapshot
            .body
            .advanced(position - snapshot.position, self.rate);
        let quarters = now.quarters.filter(|q| q.is_finite() && now.playing)?;
        let meter = now.numerator.zip(now.denominator);
        let meter = meter.and_then(|(beats, unit)| Meter::new(beats, unit));
        let bar_quarters = meter.unwrap_or_default().bar_quarters();
        // A bar as long as any began where the host says; without its word, bars count from 0.
        let anchor = now.bar_start.filter(|b| b.is_finite()).unwrap_or(0.0);
        let bars = ((quarters - anchor) / bar_quarters + 1e-9).floor();
        Some(Place {
            quarters,
            bar_start: anchor + bars * bar_quarters,
            bar_quarters,
        })
    }

    /// Whether the host's transport is the clock at sample `position`, and not a beat that is heard.
    pub fn is_hosts(&self, position: i64) -> bool {
        let told = |snapshot: &&Stamped<Transport>| snapshot.position <= position;
        let told = self.snapshots.iter().rev().find(told);
        told.is_some_and(|told| told.body.playing)
    }

    /// The host's loop at sample `position`, in quarter notes of the song.
    pub fn loop_range(&self, position: i64) -> Option<(f64, f64)> {
        let snapshot = self.snapshot(position)?;
        snapshot.body.loop_range.filter(|_| snapshot.body.playing)
    }

    /// Samples a quarter note at sample `position`.
    pub fn samples_per_quarter(&self, position: i64) -> f64 {
        let tempo = self
            .snapshot(position)
            .map_or(Transport::DEFAULT_TEMPO, |s| s.body.tempo_or_default());
        self.rate * 60.0 / tempo
    }

    /// The transport as it was told last at or before sample `position`, or as it is heard where it
    /// stands.
    fn snapshot(&self, position: i64) -> Option<&Stamped<Transport>> {
        let told = |snapshot: &&Stamped<Transport>| snapshot.position <= position;
        let told = self.snapshots.iter().rev().find(told);
        told.filter(|told| told.body.playing)
            .or(self.heard.as_ref())
            .or(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    fn playing(quarters: f64, tempo: f64) -> Transport {
        Transport {
            playing: true,
            tempo: Some(tempo),
            numerator: Some(3),
            denominator: Some(4),
            quarters: Some(quarters),
            bar_start: Some((quarters / 3.0).floor() * 3.0),
            ..Transport::STOPPED
        }
    }

    #[test]
    fn a_place_is_found_before_and_after_a_jump_and_nowhere_when_stopped() {
        let mut clock = SongClock::new(RATE);
        assert_eq!(clock.place(0), None);
        clock.follow(Stamped::new(1_000, playing(4.0, 120.0)));
        let place = clock.place(1_000 + 60_000).unwrap();
        assert!((place.quarters - 6.5).abs() < 1e-9);
        assert_eq!((place.bar_start, place.bar_quarters), (6.0, 3.0));
        assert!((place.in_bar() - 0.5).abs() < 1e-9);
        clock.follow(Stamped::new(70_000, playing(0.0, 60.0)));
        assert!((clock.place(61_000).unwrap().quarters - 6.5).abs() < 1e-9);
        assert!((clock.place(118_000).unwrap().quarters - 1.0).abs() < 1e-9);
        assert_eq!(clock.samples_per_quarter(61_000), 24_000.0);
        assert_eq!(clock.samples_per_quarter(118_000), 48_000.0);
        clock.follow(Stamped::new(120_000, Transport::STOPPED));
        assert_eq!(clock.place(130_000), None);
    }

    #[test]
    fn where_the_transport_stands_the_beat_that_is_heard_is_the_clock() {
        let mut clock = SongClock::new(RATE);
        let tempo = |confidence| FoundTempo {
            bpm: 90.0,
            confidence,
        };
        let beat = FoundBeat {
            last_s: 2.0,
            next_s: 2.0 + 60.0 / 90.0,
            beat_of_bar: 1,
            count: 5,
            bar_is_known: false,
        };
        clock.hear(tempo(0.1), beat, Meter::COMMON, 1.0);
        assert_eq!(clock.place(96_000), None, "a guess is no clock");
        clock.hear(tempo(0.9), beat, Meter::COMMON, 1.0);
        let place = clock.place(96_000 + 16_000).unwrap();
        assert!((place.quarters - 5.5).abs() < 1e-9 && (place.in_bar() - 1.5).abs() < 1e-9);
        clock.follow(Stamped::new(0, playing(0.0, 120.0)));
        assert!(
            (clock.place(24_000).unwrap().quarters - 1.0).abs() < 1e-9,
            "the host goes first"
        );
        clock.follow(Stamped::new(50_000, Transport::STOPPED));
        assert!((clock.place(96_000).unwrap().quarters - 5.0).abs() < 1e-9);
    }

    #[test]
    fn numbers_that_make_no_sense_give_no_place_or_a_usual_one() {
        let mut clock = SongClock::new(RATE);
        let odd = Transport {
            numerator: Some(0),
            denominator: Some(7),
            bar_start: Some(f64::NAN),
            tempo: Some(f64::NAN),
            ..playing(5.0, 120.0)
        };
        clock.follow(Stamped::new(0, odd));
        let place = clock.place(0).unwrap();
        assert_eq!((place.bar_start, place.bar_quarters), (4.0, 4.0));
        clock.follow(Stamped::new(
            0,
            Transport {
                quarters: Some(f64::NAN),
                ..odd
            },
        ));
        assert_eq!(clock.place(0), None);
    }
}
