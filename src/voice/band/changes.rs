//! The harmony of a bar as its players read it.

use crate::music::{Chord, Key};

/// The planned harmony of a bar: a key and a chord for each half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The key.
    pub key: Key,
    /// The chord at the bar's beginning.
    pub first: Chord,
    /// The chord from half the bar's steps on; the same if it does not change.
    pub second: Chord,
}

impl Changes {
    /// The chord at a step of a bar of `steps`.
    pub fn at(&self, step: usize, steps: usize) -> Chord {
        match self.moves(steps) {
            Some(half) if step >= half => self.second,
            _ => self.first,
        }
    }

    /// The step at which the chord changes, if it does.
    pub fn moves(&self, steps: usize) -> Option<usize> {
        (steps >= 2 && self.first != self.second).then_some(steps / 2)
    }

    /// Semitones, −5 – 6, from a pitched roll's keys, which count from the tonic, to sounding ones.
    pub const fn shift(&self) -> i32 {
        (self.key.tonic() as i32 + 5) % 12 - 5
    }

    /// Whether `key` belongs to the scale as it is while `chord` sounds: a tone that the chord
    /// borrows replaces its neighbours.
    pub fn fits(&self, key: u8, chord: Chord) -> bool {
        let borrowed = |tone: u8| chord.contains(tone) && !self.key.contains(tone);
        let beside = borrowed((key + 1) % 12) || borrowed((key + 11) % 12);
        chord.contains(key) || (self.key.contains(key) && !beside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Quality, Scale};

    #[test]
    fn a_borrowed_tone_replaces_its_neighbours() {
        let changes = Changes {
            key: Key::new(9, Scale::Minor),
            first: Chord::new(9, Quality::Minor),
            second: Chord::new(4, Quality::Major),
        };
        assert_eq!(
            (changes.at(7, 16), changes.at(8, 16)),
            (changes.first, changes.second)
        );
        assert_eq!(
            (changes.at(5, 12), changes.at(6, 12)),
            (changes.first, changes.second)
        );
        assert_eq!(changes.shift(), -3);
        // G is A minor's, but not while G sharp sounds.
        assert!(changes.fits(67, changes.first) && !changes.fits(67, changes.second));
        assert!(changes.fits(68, changes.second) && !changes.fits(68, changes.first));
    }

    #[test]
    fn the_shift_is_that_of_the_training() {
        let shift = |tonic| {
            let key = Key::new(tonic, Scale::Major);
            let (first, second) = (Chord::tonic_of(key), Chord::tonic_of(key));
            Changes { key, first, second }.shift()
        };
        assert_eq!([0, 1, 6, 7, 11].map(shift), [0, 1, 6, -5, -1]);
    }
}
