//! The ring that joins the output to the input: two devices, two clocks.

use crate::performer::Health;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Blocks that wait in the ring when all is well.
const WAITING: usize = 2;
/// Blocks that may wait until some are dropped.
const MOST: usize = 6;

/// Samples of the largest block that either device may have.
const LARGEST: usize = 16_384;

/// The input's end.
pub struct Feeding {
    ring: Producer<f32>,
    /// Samples of the largest block that was given.
    given: Arc<AtomicUsize>,
}

/// The output's end.
pub struct Hearing {
    ring: Consumer<f32>,
    given: Arc<AtomicUsize>,
    flowing: bool,
    health: Arc<Health>,
}

/// A ring for blocks of about `block` samples of one channel; what the devices really have may be more.
pub fn pair(block: usize, health: Arc<Health>) -> (Feeding, Hearing) {
    let (ring, consumer) = RingBuffer::new(block.max(LARGEST) * (MOST + 2));
    let given = Arc::new(AtomicUsize::new(block));
    let hearing = Hearing {
        ring: consumer,
        given: given.clone(),
        flowing: false,
        health,
    };
    (Feeding { ring, given }, hearing)
}

impl Feeding {
    /// Hands a block over; what finds no room is lost, which the other end counts.
    pub fn give(&mut self, block: &[f32]) {
        self.given.fetch_max(block.len(), Ordering::Relaxed);
        for sample in block {
            if self.ring.push(*sample).is_err() {
                return;
            }
        }
    }
}

impl Hearing {
    /// Fills a block of `channels` interleaved channels with the one that was given. The two
    /// clocks drift apart: when the ring has run dry or over, it begins anew, with a gap that is
    /// counted.
    pub fn fill<T>(&mut self, out: &mut [T], channels: usize, convert: impl Fn(f32) -> T) {
        let there = self.ring.slots();
        let wanted = out.len() / channels.max(1);
        let block = self.given.load(Ordering::Relaxed).max(wanted);
        let (waiting, most) = (block * WAITING, block * MOST);
        if !self.flowing && there >= waiting {
            self.flowing = true;
            self.skip(there - waiting);
        } else if self.flowing && (there < wanted || there > most) {
            self.health.resyncs.fetch_add(1, Ordering::Relaxed);
            if there > most {
                self.skip(there - waiting);
            } else {
                self.flowing = false;
            }
        }
        for frame in out.chunks_mut(channels.max(1)) {
            let sample = if self.flowing {
                self.ring.pop().unwrap_or_default()
            } else {
                0.0
            };
            for to in frame {
                *to = convert(sample);
            }
        }
    }

    fn skip(&mut self, samples: usize) {
        for _ in 0..samples {
            let _ = self.ring.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rig() -> (Feeding, Hearing, Arc<Health>) {
        let health = Arc::<Health>::default();
        let (feeding, hearing) = pair(64, health.clone());
        (feeding, hearing, health)
    }

    #[test]
    fn equal_clocks_pass_every_sample_once_on_all_channels() {
        let (mut feeding, mut hearing, health) = rig();
        let mut next = 1.0_f32;
        let mut heard = Vec::new();
        for _ in 0..100 {
            let block: [f32; 64] = std::array::from_fn(|n| next + n as f32);
            next += 64.0;
            feeding.give(&block);
            let mut out = [0.0; 128];
            hearing.fill(&mut out, 2, |x| x);
            assert!(out.chunks(2).all(|frame| frame[0] == frame[1]));
            heard.extend(out.chunks(2).map(|frame| frame[0]).filter(|x| *x > 0.0));
        }
        let expected: Vec<f32> = (1..=heard.len()).map(|n| n as f32).collect();
        assert_eq!(heard, expected);
        assert_eq!(health.resyncs.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn clocks_that_drift_are_joined_anew_and_counted() {
        for (given, taken) in [(64, 61), (61, 64)] {
            let (mut feeding, mut hearing, health) = rig();
            for _ in 0..2_000 {
                feeding.give(&vec![0.5; given]);
                hearing.fill(&mut vec![0.0; taken], 1, |x| x);
            }
            let resyncs = health.resyncs.load(Ordering::Relaxed);
            assert!((5..200).contains(&resyncs), "{resyncs}");
        }
    }

    #[test]
    fn blocks_far_from_what_was_said_are_heard_without_gaps() {
        for (given, taken) in [(64, 1_024), (4_096, 512), (8_192, 8_192)] {
            let (mut feeding, mut hearing, health) = rig();
            let mut gaps = 0;
            for moment in 0..64 * 8_192_usize {
                if moment % given == 0 {
                    feeding.give(&vec![0.5; given]);
                }
                if moment % taken == 0 {
                    let mut out = vec![0.0; taken];
                    hearing.fill(&mut out, 1, |x| x);
                    let begun = moment > 4 * given.max(taken);
                    gaps += usize::from(begun && out.contains(&0.0));
                }
            }
            assert_eq!(
                (gaps, health.resyncs.load(Ordering::Relaxed)),
                (0, 0),
                "{given} {taken}"
            );
        }
    }
}
