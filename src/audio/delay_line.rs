//! Audio that comes out later than it went in, bit for bit.

/// Delays up to two channels by a fixed number of samples. All memory is set up by
/// [`DelayLine::new`].
pub struct DelayLine {
    /// The last samples of each channel, in a ring.
    rings: [Box<[f32]>; 2],
    /// Where each ring is read and written next.
    places: [usize; 2],
}

impl DelayLine {
    /// A line that holds `samples` of silence; 0 passes at once.
    #[expect(clippy::disallowed_macros, reason = "set-up, not the callback")]
    pub fn new(samples: usize) -> Self {
        Self {
            rings: [0, 1].map(|_| vec![0.0; samples].into_boxed_slice()),
            places: [0; 2],
        }
    }

    /// Silence again.
    pub fn reset(&mut self) {
        for ring in &mut self.rings {
            ring.fill(0.0);
        }
    }

    /// Exchanges the next `samples` of `channel` for those that it took earlier. Channels that it
    /// does not have pass at once.
    pub fn process(&mut self, channel: usize, samples: &mut [f32]) {
        let (Some(ring), Some(place)) = (self.rings.get_mut(channel), self.places.get_mut(channel))
        else {
            return;
        };
        if ring.is_empty() {
            return;
        }
        for sample in samples {
            std::mem::swap(sample, &mut ring[*place]);
            *place += 1;
            if *place == ring.len() {
                *place = 0;
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests, not the callback")]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_later_to_the_bit_in_blocks_of_any_size() {
        let input: Vec<f32> = (0..500).map(|n| f32::from_bits(n * 7_777_777)).collect();
        for (delay, block) in [(0, 64), (1, 1), (100, 64), (100, 499), (499, 3)] {
            let mut line = DelayLine::new(delay);
            let mut output = input.clone();
            for part in output.chunks_mut(block) {
                line.process(1, part);
            }
            let bits = |samples: &[f32]| samples.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
            assert!(output[..delay].iter().all(|s| *s == 0.0));
            assert_eq!(bits(&output[delay..]), bits(&input[..500 - delay]));
            line.reset();
            let mut after = [1.0; 8];
            line.process(1, &mut after[..delay.min(8)]);
            assert!(after[..delay.min(8)].iter().all(|s| *s == 0.0));
        }
    }
}
