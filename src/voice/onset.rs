//! Where a note began, finer than a frame, so that what moves a frame's values a little (another
//! sample rate, say) moves the onset a little.

use super::evidence::Evidence;

/// Frames before and after a note's entry among which its onset's peak is looked for.
const REACH: (u64, u64) = (3, 1);
/// Frames on either side of the peak that tell its place.
const AROUND: u64 = 2;
/// Onset probability that makes a peak.
const HEARD: f32 = 0.15;

/// An onset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// Its place in frames.
    place: f64,
}

impl Onset {
    /// The onset of a note that the search entered at the frame `start`: the mean place of the onset
    /// head's peak, weighted by the square of its probability; one frame before `start`, where the
    /// search would have noticed a peak, if there is none. `heard` comes in any order.
    pub fn around<'a>(start: u64, heard: impl Iterator<Item = &'a Evidence> + Clone) -> Self {
        let near = start.saturating_sub(REACH.0)..=start + REACH.1;
        // Of equal peaks the first: `heard` runs backwards in live use, forwards with hindsight.
        let peak = heard
            .clone()
            .filter(|e| near.contains(&e.frame))
            .max_by(|a, b| a.onset.total_cmp(&b.onset).then(b.frame.cmp(&a.frame)));
        let Some(peak) = peak.filter(|peak| peak.onset >= HEARD) else {
            return Self {
                place: start as f64 - 1.0,
            };
        };
        let (mut sum, mut moment) = (0.0, 0.0);
        for e in heard.filter(|e| e.frame.abs_diff(peak.frame) <= AROUND) {
            let weight = f64::from(e.onset).powi(2);
            sum += weight;
            moment += weight * (e.frame as f64 - peak.frame as f64);
        }
        Self {
            place: peak.frame as f64 + moment / sum,
        }
    }

    /// Its place in frames, moved by `shift`; never before the first frame.
    pub fn frame(self, shift: f64) -> f64 {
        (self.place + shift).max(0.0)
    }
}
