//! From the moment a note was sung to the moment it is played.

use super::draw::nth;
use super::expecting::Expecting;
use super::reading::swung;
use super::song_clock::SongClock;
use super::timing::{Timing, TimingMode};
use crate::music::Division;

/// Draws notes to the song's grid.
pub struct Quantiser {
    /// The host's rate in Hz.
    rate: f64,
    /// Notes that were spread: the same notes are spread the same way.
    spread: u64,
}

impl Quantiser {
    pub fn new(rate: f64) -> Self {
        Self { rate, spread: 0 }
    }

    /// As at the beginning.
    pub fn reset(&mut self) {
        self.spread = 0;
    }

    /// The sample at which a note with its onset at sample `onset`, decided by sample `decided`, is
    /// to be played. Live, a note cannot be played before it is decided: in the first half of a
    /// cell of the grid it goes out at once, in the second it waits for the line. Where no grid is
    /// chosen, the genre's feel draws it to the line that is `expected`.
    pub fn place(
        &mut self,
        (onset, decided): (i64, i64),
        timing: &Timing,
        clock: &SongClock,
        expected: &Expecting,
    ) -> i64 {
        let earliest = match timing.mode {
            TimingMode::Live => decided,
            TimingMode::Aligned => i64::MIN,
        };
        let sung = match timing.mode {
            TimingMode::Live => decided,
            TimingMode::Aligned => onset,
        };
        let drawn = self.drawn(onset, timing, clock, expected).unwrap_or(sung);
        drawn.saturating_add(self.spread(timing)).max(earliest)
    }

    /// Where the grid draws the onset; `None` without a grid.
    fn drawn(
        &self,
        onset: i64,
        timing: &Timing,
        clock: &SongClock,
        expected: &Expecting,
    ) -> Option<i64> {
        let samples = |ms: f32| (f64::from(ms) * self.rate / 1_000.0).round() as i64;
        let heard = onset - samples(timing.singer_offset_ms);
        let place = clock.place(heard)?;
        let samples_per_quarter = clock.samples_per_quarter(heard);
        let felt = (timing.quantise == Division::Off && timing.feel > 0.0)
            .then(|| expected.line(&place, samples_per_quarter / self.rate))
            .flatten();
        let moved = match felt {
            Some(line) => {
                let line = swung(line, timing.genre.swing());
                f64::from(timing.feel) * (line - place.quarters)
            }
            None => {
                let (grid, strength) = timing.grid();
                let line = grid.nearest(place.in_bar(), place.bar_quarters)?;
                strength * (line - place.in_bar())
            }
        };
        Some(heard + (moved * samples_per_quarter).round() as i64)
    }

    /// A random distance within the spread, in samples.
    fn spread(&mut self, timing: &Timing) -> i64 {
        if timing.humanise_ms <= 0.0 {
            return 0;
        }
        let widest = f64::from(timing.humanise_ms) * self.rate / 1_000.0;
        let unit = nth(self.spread);
        self.spread += 1;
        ((2.0 * unit - 1.0) * widest).round() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::{Stamped, Transport};

    const RATE: f64 = 48_000.0;

    /// 120 BPM: an eighth is 12 000 samples.
    fn clock() -> SongClock {
        let mut clock = SongClock::new(RATE);
        let playing = Transport {
            playing: true,
            tempo: Some(120.0),
            quarters: Some(0.0),
            ..Transport::STOPPED
        };
        clock.follow(Stamped::new(0, playing));
        clock
    }

    fn eighths(mode: TimingMode) -> Timing {
        Timing {
            mode,
            quantise: Division::Eighth,
            ..Timing::default()
        }
    }

    #[test]
    fn live_an_early_note_waits_and_a_late_one_goes_at_once() {
        let (mut quantiser, clock) = (Quantiser::new(RATE), clock());
        let live = eighths(TimingMode::Live);
        assert_eq!(
            quantiser.place((11_000, 11_500), &live, &clock, &Expecting::default()),
            12_000
        );
        assert_eq!(
            quantiser.place((11_000, 15_000), &live, &clock, &Expecting::default()),
            15_000
        );
        assert_eq!(
            quantiser.place((13_000, 17_000), &live, &clock, &Expecting::default()),
            17_000
        );
        let half = Timing {
            strength: 0.5,
            ..live
        };
        assert_eq!(
            quantiser.place((11_000, 11_100), &half, &clock, &Expecting::default()),
            11_500
        );
    }

    #[test]
    fn aligned_a_note_goes_to_its_line_from_both_sides_or_stays_on_its_onset() {
        let (mut quantiser, clock) = (Quantiser::new(RATE), clock());
        let aligned = eighths(TimingMode::Aligned);
        for onset in [11_000, 13_000] {
            assert_eq!(
                quantiser.place((onset, 16_000), &aligned, &clock, &Expecting::default()),
                12_000
            );
        }
        let off = Timing {
            quantise: Division::Off,
            ..aligned
        };
        assert_eq!(
            quantiser.place((13_000, 16_000), &off, &clock, &Expecting::default()),
            13_000
        );
        let stopped = SongClock::new(RATE);
        assert_eq!(
            quantiser.place((13_000, 16_000), &aligned, &stopped, &Expecting::default()),
            13_000
        );
    }

    #[test]
    fn the_round_trip_of_the_device_is_taken_off_before_a_note_is_judged() {
        let (mut quantiser, clock) = (Quantiser::new(RATE), clock());
        let slow_device = Timing {
            singer_offset_ms: 100.0,
            ..eighths(TimingMode::Aligned)
        };
        let place = quantiser.place(
            (12_000 + 7_000, 25_000),
            &slow_device,
            &clock,
            &Expecting::default(),
        );
        assert_eq!(place, 12_000, "sung 100 ms before it was heard");
    }

    #[test]
    fn humanised_notes_spread_within_bounds_and_the_same_way_each_time() {
        let clock = clock();
        let human = Timing {
            humanise_ms: 10.0,
            ..eighths(TimingMode::Aligned)
        };
        let play = || {
            let mut quantiser = Quantiser::new(RATE);
            let place = |n: i64| {
                quantiser.place(
                    (12_000 * n, 12_000 * n),
                    &human,
                    &clock,
                    &Expecting::default(),
                ) - 12_000 * n
            };
            (0..50).map(place).collect::<Vec<i64>>()
        };
        let spread = play();
        assert!(spread.iter().all(|s| s.abs() <= 480));
        assert!(spread.iter().any(|s| *s > 100) && spread.iter().any(|s| *s < -100));
        assert_eq!(spread, play());
    }
}
