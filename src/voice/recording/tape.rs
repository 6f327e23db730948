//! The audio of a take, for a second hearing: mono, 16 bits, at the rate of the features.

use super::SPAN_S;
use crate::audio::Frame;
use crate::audio::frame::{AUDIO_STEP, HOP, SAMPLE_RATE};
use std::collections::VecDeque;

/// Hops that are kept.
const HOPS: usize = (SPAN_S * SAMPLE_RATE) as usize / HOP;

/// The newest audio. 2.6 MB a minute.
#[derive(Debug, Default)]
pub struct Tape {
    hops: VecDeque<[i16; HOP]>,
    /// Hops that were recorded since the tape began.
    recorded: u64,
    /// The number of the hop that the next frame has if none is missing, and the front end's zero.
    next: u64,
}

impl Tape {
    /// Takes the hop that `frame` ends with in; what went missing before it is silence.
    pub fn record(&mut self, frame: &Frame) {
        let missing = frame.index.saturating_sub(self.next);
        if frame.index >= self.next {
            for _ in 0..missing.min(HOPS as u64) {
                self.push([0; HOP]);
            }
        }
        self.next = frame.index + 1;
        self.push(frame.audio);
    }

    /// The front end begins anew, at index 0.
    pub fn restart(&mut self) {
        self.next = 0;
    }

    fn push(&mut self, hop: [i16; HOP]) {
        if self.hops.len() == HOPS {
            self.hops.pop_front();
        }
        self.hops.push_back(hop);
        self.recorded += 1;
    }

    /// The newest `seconds`, or what there is of them, at [`SAMPLE_RATE`].
    pub fn newest(&self, seconds: f64) -> Vec<f32> {
        let hops = (seconds.max(0.0) * SAMPLE_RATE / HOP as f64).ceil() as usize;
        let first = self.hops.len().saturating_sub(hops);
        let samples = self.hops.range(first..).flatten();
        samples
            .map(|sample| f32::from(*sample) * AUDIO_STEP)
            .collect()
    }

    /// Where the tape ends, in seconds since the front end began.
    pub fn end_s(&self) -> f64 {
        (self.next * HOP as u64) as f64 / SAMPLE_RATE
    }

    /// Seconds that are on the tape.
    pub fn length_s(&self) -> f64 {
        (self.hops.len() * HOP) as f64 / SAMPLE_RATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::frame::BANDS;

    fn frame(index: u64, sample: i16) -> Frame {
        Frame {
            index,
            features: [0.0; 2 * BANDS],
            level_db: -20.0,
            gate_open: true,
            audio: [sample; HOP],
        }
    }

    #[test]
    fn the_newest_is_given_and_what_went_missing_is_silent() {
        let mut tape = Tape::default();
        assert!(tape.newest(1.0).is_empty());
        tape.record(&frame(0, 100));
        tape.record(&frame(2, -100));
        let all = tape.newest(60.0);
        assert_eq!(all.len(), 3 * HOP);
        assert_eq!(all[0], 100.0 * AUDIO_STEP);
        assert!(all[HOP..2 * HOP].iter().all(|sample| *sample == 0.0));
        assert_eq!(tape.newest(0.001).len(), HOP);
        assert!((tape.end_s() - 3.0 * HOP as f64 / SAMPLE_RATE).abs() < 1e-9);
        tape.restart();
        tape.record(&frame(0, 7));
        assert_eq!(tape.newest(60.0).len(), 4 * HOP);
    }

    #[test]
    fn no_more_than_ten_minutes_are_kept() {
        let mut tape = Tape::default();
        for index in 0..HOPS as u64 + 10 {
            tape.record(&frame(index, 1));
        }
        assert_eq!(tape.hops.len(), HOPS);
        tape.record(&frame(u64::MAX - 1, 1));
        assert_eq!(tape.hops.len(), HOPS);
    }
}
