//! The keys that a track may play.

use super::wanted::Wanted;
use std::ops::RangeInclusive;

/// The keys of an octave.
const OCTAVE: i32 = 12;

/// A range of keys, 0 – 127: as many of a track's usual ones as the user allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compass {
    lowest: i32,
    highest: i32,
}

impl Compass {
    /// The keys of `usual`, moved by the wanted octaves, that are within the wanted range. If those
    /// are less than an octave, the range's keys that are nearest to them.
    pub fn new(wanted: &Wanted, usual: RangeInclusive<u8>) -> Self {
        let wanted = wanted.held();
        let moved = OCTAVE * i32::from(wanted.octave);
        let (from, to) = (
            i32::from(*usual.start()) + moved,
            i32::from(*usual.end()) + moved,
        );
        Self {
            lowest: wanted.lowest.into(),
            highest: wanted.highest.into(),
        }
        .nearest_part(from, to)
    }

    /// The keys from `from` to `to` that are within; if those are less than an octave, the nearest
    /// keys within, as many as an octave has if there are so many.
    pub fn nearest_part(self, from: i32, to: i32) -> Self {
        let (lowest, highest) = (from.max(self.lowest), to.min(self.highest));
        if highest - lowest >= OCTAVE - 1 {
            return Self { lowest, highest };
        }
        let span = (to - from)
            .clamp(OCTAVE - 1, 127)
            .min(self.highest - self.lowest);
        let lowest = from.clamp(self.lowest, self.highest - span);
        Self {
            lowest,
            highest: lowest + span,
        }
    }

    /// The lowest and the highest key.
    pub const fn ends(self) -> (i32, i32) {
        (self.lowest, self.highest)
    }

    /// The keys, upwards.
    pub fn keys(self) -> impl Iterator<Item = u8> {
        (self.lowest..=self.highest).map(|key| key as u8)
    }

    /// The key, in whatever octave, that is nearest to `key`; `None` if no octave of it is within.
    pub fn folded(self, key: i32) -> Option<u8> {
        let up = (self.lowest - key).max(0) + OCTAVE - 1;
        let down = (key - self.highest).max(0) + OCTAVE - 1;
        let near = key + up / OCTAVE * OCTAVE - down / OCTAVE * OCTAVE;
        (self.lowest..=self.highest)
            .contains(&near)
            .then_some(near as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compass(lowest: u8, highest: u8, octave: i8) -> (i32, i32) {
        let wanted = Wanted {
            octave,
            lowest,
            highest,
            ..Wanted::default()
        };
        Compass::new(&wanted, 28..=55).ends()
    }

    #[test]
    fn the_users_range_and_octave_count() {
        assert_eq!(compass(0, 127, 0), (28, 55));
        assert_eq!(compass(0, 127, 1), (40, 67));
        assert_eq!(compass(36, 60, 0), (36, 55));
        // No room at all where it usually is: as near as can be.
        assert_eq!(compass(60, 100, 0), (60, 87));
        assert_eq!(compass(0, 20, 0), (0, 20));
        assert_eq!(compass(127, 120, 0), (120, 127));
        assert_eq!(compass(0, 255, -128), (4, 31));
    }

    #[test]
    fn keys_outside_come_in_by_octaves() {
        let compass = Compass {
            lowest: 28,
            highest: 55,
        };
        assert_eq!(compass.folded(40), Some(40));
        assert_eq!(compass.folded(56), Some(44));
        assert_eq!(compass.folded(3), Some(39));
        assert_eq!(compass.folded(16), Some(28));
        let narrow = Compass {
            lowest: 60,
            highest: 62,
        };
        assert_eq!((narrow.folded(72), narrow.folded(71)), (Some(60), None));
    }
}
