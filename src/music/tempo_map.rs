//! Where the beats fall: tempo and meter over a piece, and seconds to beats and back.
//!
//! A beat here is a quarter note, as in MIDI files and plugin hosts, whatever the meter.

use super::Meter;

/// Microseconds a quarter note at most: what a MIDI file's 24 bits can say (3.6 BPM).
const SLOWEST_US: u32 = 0xFF_FFFF;

/// From a beat on, a new tempo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TempoChange {
    /// Quarter notes from the start.
    pub beat: f64,
    /// Microseconds a quarter note, 1 – 16 777 215: MIDI's own unit, so that writing a file and
    /// reading it back gives the same times to the bit. 500 000 is 120 BPM.
    pub us_per_beat: u32,
}

impl TempoChange {
    /// The tempo in quarter notes a minute.
    pub fn bpm(&self) -> f64 {
        60e6 / f64::from(self.us_per_beat)
    }
}

/// Tempo and meter from the start of a piece to its end. There is always a tempo and a meter at
/// beat 0, and the changes are in order.
#[derive(Clone, Debug, PartialEq)]
pub struct TempoMap {
    tempos: Vec<TempoChange>,
    meters: Vec<(f64, Meter)>,
}

impl Default for TempoMap {
    /// 120 BPM in 4/4: what a MIDI file that says nothing means.
    fn default() -> Self {
        Self::constant(120.0, Meter::COMMON)
    }
}

impl TempoMap {
    /// One tempo and one meter throughout. The tempo is held to what a MIDI file can say, and
    /// rounded to a whole number of microseconds a beat.
    pub fn constant(bpm: f64, meter: Meter) -> Self {
        let start = TempoChange {
            beat: 0.0,
            us_per_beat: us_per_beat(bpm),
        };
        Self {
            tempos: vec![start],
            meters: vec![(0.0, meter)],
        }
    }

    /// One tempo and one meter from the second bar on; the first, a pick-up, has a tempo of its own.
    pub fn with_pick_up(pick_up_bpm: f64, bpm: f64, meter: Meter) -> Self {
        let mut map = Self::constant(pick_up_bpm, meter);
        map.set_tempo(meter.bar_quarters(), us_per_beat(bpm));
        map
    }

    /// Sets the tempo from a beat (≥ 0) on, in place of what was set at that same beat.
    pub fn set_tempo(&mut self, beat: f64, us_per_beat: u32) {
        let change = TempoChange {
            beat: not_before_the_start(beat),
            us_per_beat: us_per_beat.clamp(1, SLOWEST_US),
        };
        put(&mut self.tempos, change, |change| change.beat);
    }

    /// Sets the meter from a beat (≥ 0) on, in place of what was set at that same beat.
    pub fn set_meter(&mut self, beat: f64, meter: Meter) {
        put(
            &mut self.meters,
            (not_before_the_start(beat), meter),
            |change| change.0,
        );
    }

    /// The tempos in order; the first is at beat 0.
    pub fn tempos(&self) -> &[TempoChange] {
        &self.tempos
    }

    /// The meters in order, with the beat each begins at; the first is at beat 0.
    pub fn meters(&self) -> &[(f64, Meter)] {
        &self.meters
    }

    /// The beat that is sounding after so many seconds; what lies before the start is in the first
    /// tempo.
    pub fn beat_at(&self, seconds: f64) -> f64 {
        let mut left_us = seconds * 1e6;
        let mut here = self.tempos[0];
        for next in &self.tempos[1..] {
            let span_us = (next.beat - here.beat) * f64::from(here.us_per_beat);
            if left_us < span_us {
                break;
            }
            left_us -= span_us;
            here = *next;
        }
        here.beat + left_us / f64::from(here.us_per_beat)
    }

    /// The seconds from the start at which a beat falls.
    pub fn seconds_at(&self, beat: f64) -> f64 {
        let mut us = 0.0;
        let mut here = self.tempos[0];
        for next in &self.tempos[1..] {
            if beat < next.beat {
                break;
            }
            us += (next.beat - here.beat) * f64::from(here.us_per_beat);
            here = *next;
        }
        (us + (beat - here.beat) * f64::from(here.us_per_beat)) * 1e-6
    }
}

/// The tempo as MIDI says it. Not-a-number becomes the slowest.
fn us_per_beat(bpm: f64) -> u32 {
    (60e6 / bpm.max(0.0))
        .round()
        .clamp(1.0, f64::from(SLOWEST_US)) as u32
}

fn not_before_the_start(beat: f64) -> f64 {
    if beat.is_finite() { beat.max(0.0) } else { 0.0 }
}

/// Puts a change in its place, over one at the same beat.
fn put<T>(changes: &mut Vec<T>, change: T, beat: impl Fn(&T) -> f64) {
    let at = changes.partition_point(|other| beat(other) < beat(&change));
    match changes.get_mut(at) {
        Some(there) if beat(there) == beat(&change) => *there = change,
        _ => changes.insert(at, change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_tempo_is_a_straight_line() {
        let map = TempoMap::constant(120.0, Meter::COMMON);
        assert_eq!(map.beat_at(2.0), 4.0);
        assert_eq!(map.seconds_at(4.0), 2.0);
        assert_eq!(map.beat_at(-1.0), -2.0);
    }

    #[test]
    fn seconds_and_beats_agree_across_tempo_changes() {
        let mut map = TempoMap::constant(120.0, Meter::COMMON);
        map.set_tempo(8.0, 1_000_000);
        map.set_tempo(4.0, 250_000);
        assert_eq!(map.seconds_at(10.0), 2.0 + 1.0 + 2.0);
        for beat in [0.0, 3.9, 4.0, 7.5, 8.0, 100.25] {
            assert!(
                (map.beat_at(map.seconds_at(beat)) - beat).abs() < 1e-9,
                "{beat}"
            );
        }
        map.set_tempo(0.0, 250_000);
        assert_eq!(map.tempos().len(), 3);
        assert_eq!(map.seconds_at(4.0), 1.0);
    }

    #[test]
    fn no_tempo_is_beyond_what_a_file_can_say() {
        for bpm in [0.0, -5.0, f64::NAN, 1e-300, f64::INFINITY, 1e300] {
            let map = TempoMap::constant(bpm, Meter::COMMON);
            let us = map.tempos()[0].us_per_beat;
            assert!((1..=SLOWEST_US).contains(&us), "{bpm}: {us}");
        }
        let mut map = TempoMap::default();
        map.set_tempo(f64::NAN, 0);
        assert_eq!(
            map.tempos(),
            [TempoChange {
                beat: 0.0,
                us_per_beat: 1
            }]
        );
    }
}
