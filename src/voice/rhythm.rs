//! The beat of what is sung, for where no host clock plays, and where in the song we are.

use super::parameter;
use super::song_clock::SongClock;
use crate::music::{BeatTracker, FoundBeat, FoundTempo, Meter};
use crate::stages::{Stamped, Transport};

/// Follows the host's clock and the singer's.
pub struct Rhythm {
    song: SongClock,
    tracker: BeatTracker,
    /// The meter of what is heard: the host's last word, 4/4 without one.
    meter: Meter,
    /// How much later than heard the beat is wanted, in seconds.
    nudge_s: f64,
}

impl Rhythm {
    /// Nothing heard yet, at `rate` Hz.
    pub fn new(rate: f64) -> Self {
        Self {
            song: SongClock::new(rate),
            tracker: BeatTracker::new(Meter::COMMON),
            meter: Meter::COMMON,
            nudge_s: 0.0,
        }
    }

    /// Where in the song a sample lies.
    pub fn song(&self) -> &SongClock {
        &self.song
    }

    /// The tempo that is heard.
    pub fn tempo(&self) -> Option<FoundTempo> {
        self.tracker.tempo()
    }

    /// The beat that is heard.
    pub fn beat(&self) -> Option<FoundBeat> {
        self.tracker.beat()
    }

    /// Takes a snapshot of the host's transport.
    pub fn follow(&mut self, snapshot: Stamped<Transport>) {
        let meter = snapshot.body.numerator.zip(snapshot.body.denominator);
        if let Some(meter) = meter.and_then(|(beats, unit)| Meter::new(beats, unit))
            && meter != self.meter
        {
            self.meter = meter;
            self.tracker.set_meter(meter);
        }
        self.song.follow(snapshot);
    }

    /// A note began at `onset_s` seconds since activation, so loud (0 – 1).
    pub fn note(&mut self, onset_s: f64, velocity: f32) {
        self.tracker.onset(onset_s, velocity);
    }

    /// It is `now_s` seconds since activation.
    pub fn advance(&mut self, now_s: f64) {
        self.tracker.advance(now_s);
        if let (Some(tempo), Some(beat)) = (self.tracker.tempo(), self.tracker.beat()) {
            let quarters = self.tracker.quarters_to_beat();
            self.song.hear(tempo, beat, self.meter, quarters);
        }
    }

    /// A parameter moves at `at_s` seconds since activation. Indices of others change nothing.
    pub fn set(&mut self, index: u32, value: f32, at_s: f64) {
        match index {
            parameter::TAP => self.tracker.tap(at_s),
            parameter::SET_ONE => self.tracker.set_one(at_s),
            parameter::NUDGE if value.is_finite() => {
                let wanted_s = f64::from(value) / 1_000.0;
                self.tracker.nudge(wanted_s - self.nudge_s);
                self.nudge_s = wanted_s;
            }
            _ => {}
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.song.reset();
        self.tracker.reset();
        self.nudge_s = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    #[test]
    fn taps_make_a_clock_and_a_one_makes_its_bar() {
        let mut rhythm = Rhythm::new(RATE);
        assert_eq!(rhythm.song().place(0), None);
        for tap in 0..5 {
            let at_s = 1.0 + 0.5 * f64::from(tap);
            rhythm.set(parameter::TAP, (tap % 2) as f32, at_s);
            rhythm.advance(at_s + 0.01);
        }
        rhythm.set(parameter::SET_ONE, 1.0, 2.5);
        rhythm.advance(3.1);
        assert!((rhythm.tempo().unwrap().bpm - 120.0).abs() < 1.0);
        let place = rhythm.song().place((3.25 * RATE) as i64).unwrap();
        assert!((place.in_bar() - 1.5).abs() < 0.05, "{place:?}");
        rhythm.reset();
        assert_eq!(rhythm.song().place(200_000), None);
    }
}
