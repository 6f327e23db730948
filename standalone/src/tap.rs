//! The tempo of taps.

use std::time::{Duration, Instant};

/// A longer pause begins anew.
const LONGEST: Duration = Duration::from_secs(3);
/// Taps that count: the last few, so that the tempo follows a change of mind.
const TAPS: usize = 5;

/// Hears taps.
#[derive(Default)]
pub struct Tap {
    taps: Vec<Instant>,
}

impl Tap {
    /// A tap at `now`; gives the tempo in BPM from the second tap on.
    pub fn hit(&mut self, now: Instant) -> Option<f64> {
        if self.taps.last().is_some_and(|last| now - *last > LONGEST) {
            self.taps.clear();
        }
        self.taps.push(now);
        if self.taps.len() > TAPS {
            self.taps.remove(0);
        }
        let span = now.duration_since(*self.taps.first()?).as_secs_f64();
        let beats = self.taps.len() - 1;
        (beats > 0 && span > 0.0).then(|| 60.0 * beats as f64 / span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_taps_give_their_tempo_and_a_pause_begins_anew() {
        let mut tap = Tap::default();
        let begin = Instant::now();
        let at = |ms: u64| begin + Duration::from_millis(ms);
        assert_eq!(tap.hit(at(0)), None);
        for n in 1..8 {
            let bpm = tap.hit(at(500 * n)).unwrap();
            assert!((bpm - 120.0).abs() < 1e-9);
        }
        assert_eq!(tap.hit(at(20_000)), None);
        assert_eq!(tap.hit(at(20_600)).map(f64::round), Some(100.0));
    }
}
