//! One bar of song, as the planner keeps it.

use super::HarmonyNote;

/// Places in a bar at which two bars are compared.
pub(super) const SLOTS: usize = 16;
/// Nothing sounds.
pub(super) const SILENT: u8 = u8::MAX;
/// A note this near (in quarters) to the beginning of a half bar begins it.
const NEAR: f64 = 0.13;
/// Notes of one bar that are heard; a voice does not sing more.
const MOST: usize = 128;
/// Bars are at least and at most this long, in quarters.
const QUARTERS: std::ops::RangeInclusive<f64> = 0.5..=64.0;

/// How much each pitch class is heard: where the half bar begins, and elsewhere.
pub(super) type Sound = [[f32; 12]; 2];

/// See the file's head.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// The bar's number.
    pub number: i64,
    /// What is heard in its halves.
    pub halves: [Sound; 2],
    /// The pitch class at each sixteenth part, or [`SILENT`].
    pub slots: [u8; SLOTS],
    /// The pitch class that it ends on.
    pub last: Option<u8>,
}

/// A bar's length that can be reckoned with, in quarters.
pub(super) fn sane(quarters: f64) -> f64 {
    if quarters.is_finite() && quarters > 0.0 {
        quarters.clamp(*QUARTERS.start(), *QUARTERS.end())
    } else {
        4.0
    }
}

impl Heard {
    /// A bar of song; `quarters` is its length.
    pub fn new(number: i64, quarters: f64, notes: &[HarmonyNote]) -> Self {
        let quarters = sane(quarters);
        let mut heard = Self {
            number,
            halves: [[[0.0; 12]; 2]; 2],
            slots: [SILENT; SLOTS],
            last: None,
        };
        let mut clean: Vec<_> = notes
            .iter()
            .filter(|note| note.start.is_finite() && note.velocity > 0.0 && note.key < 128)
            .take(MOST)
            .map(|note| {
                let start = note.start.clamp(0.0, quarters - 0.01);
                let length = if note.length.is_finite() {
                    note.length
                } else {
                    0.0
                };
                (start, length.clamp(0.05, quarters), note.key % 12)
            })
            .collect();
        clean.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (start, length, class) in &clean {
            heard.add(quarters, *start, *length, usize::from(*class));
        }
        heard.last = clean.last().map(|note| note.2);
        heard
    }

    fn add(&mut self, quarters: f64, start: f64, length: f64, class: usize) {
        let half = quarters / 2.0;
        // A note just before a half bar is meant to begin it.
        let place = usize::from(start > half - NEAR);
        let from = place as f64 * half;
        let elsewhere = usize::from((start - from).abs() > NEAR);
        let weight = |length: f64| (length.min(2.0) as f32).sqrt();
        self.halves[place][elsewhere][class] += weight(length.min(half));
        // What is held on is heard in the second half too.
        let held = start + length - half;
        if place == 0 && held > 0.25 {
            self.halves[1][1][class] += weight(held);
        }
        for (slot, sounding) in self.slots.iter_mut().enumerate() {
            let at = (slot as f64 + 0.5) * quarters / SLOTS as f64;
            if start <= at + 1e-9 && at < start + length {
                *sounding = class as u8;
            }
        }
    }

    /// Whether nothing was sung.
    pub fn is_silent(&self) -> bool {
        self.last.is_none()
    }

    /// How alike two bars are, 0 – 1, when the other is moved up by `moved` semitones.
    pub fn likeness(&self, other: &Self, moved: u8) -> f32 {
        let (mut same, mut sounding) = (0.0, 0.0);
        for (own, other) in self.slots.iter().zip(&other.slots) {
            if *own == SILENT && *other == SILENT {
                continue;
            }
            sounding += 1.0;
            if *own != SILENT && *other != SILENT && *own == (*other + moved) % 12 {
                same += 1.0;
            }
        }
        if sounding > 0.0 { same / sounding } else { 0.3 }
    }

    /// What is heard in a half, moved up by `moved` semitones.
    pub fn moved(&self, half: usize, moved: u8) -> Sound {
        self.halves[half]
            .map(|place| std::array::from_fn(|class| place[(class + 12 - usize::from(moved)) % 12]))
    }
}
