//! Holding a melody to a key.

use super::{Key, pitch};

/// What happens to notes that are not allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SnapMode {
    /// Nothing: every note is as it was sung.
    #[default]
    Off,
    /// They go to the nearest note that is.
    Adjust,
    /// They are dropped.
    Remove,
}

impl SnapMode {
    /// All, in the order of the parameter.
    pub const ALL: [Self; 3] = [Self::Off, Self::Adjust, Self::Remove];

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Adjust => "Adjust",
            Self::Remove => "Remove",
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Adjust => "adjust",
            Self::Remove => "remove",
        }
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The mode at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// A key, which of its degrees are allowed, and what happens to the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snap {
    /// What happens to notes that are not allowed.
    pub mode: SnapMode,
    key: Key,
    /// One bit a degree.
    degrees: u16,
}

impl Snap {
    /// All degrees of the key are allowed.
    pub const fn new(key: Key, mode: SnapMode) -> Self {
        Self {
            mode,
            key,
            degrees: u16::MAX,
        }
    }

    /// The key.
    pub const fn key(&self) -> Key {
        self.key
    }

    /// Another key; which degrees are allowed stays.
    pub const fn set_key(&mut self, key: Key) {
        self.key = key;
    }

    /// Allows a degree (0 is the tonic) or not. What is beyond the scale's degrees is ignored, and
    /// kept for a scale that has more.
    pub const fn set_degree(&mut self, degree: usize, allowed: bool) {
        if degree < 12 {
            let bit = 1 << degree;
            self.degrees = if allowed {
                self.degrees | bit
            } else {
                self.degrees & !bit
            };
        }
    }

    /// Whether a degree is allowed.
    pub const fn degree(&self, degree: usize) -> bool {
        degree < 12 && self.degrees & (1 << degree) != 0
    }

    /// Whether a MIDI key is allowed.
    pub fn allows(&self, key: u8) -> bool {
        self.key
            .degree_of(key)
            .is_some_and(|degree| self.degree(degree))
    }

    /// What becomes of a note sung at a fractional MIDI pitch: the pitch that it is played at (a
    /// whole one if it was moved), or None if it is dropped. With no degree allowed there is
    /// nothing to adjust to, and it is dropped, too.
    pub fn apply(&self, sung: f32) -> Option<f32> {
        let key = pitch::nearest_key(sung);
        match self.mode {
            SnapMode::Off => Some(sung),
            _ if sung.is_nan() => None,
            _ if self.allows(key) => Some(sung),
            SnapMode::Remove => None,
            SnapMode::Adjust => (0..=127)
                .filter(|key| self.allows(*key))
                .map(f32::from)
                // Of two as near as each other the lower one.
                .min_by(|a, b| (a - sung).abs().total_cmp(&(b - sung).abs())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scale;
    use super::*;
    use proptest::prelude::*;

    const C_MAJOR: Key = Key::new(0, Scale::Major);

    #[test]
    fn off_adjust_and_remove() {
        let snap = |mode, sung| Snap::new(C_MAJOR, mode).apply(sung);
        assert_eq!(snap(SnapMode::Off, 61.2), Some(61.2));
        assert_eq!(snap(SnapMode::Adjust, 61.2), Some(62.0));
        assert_eq!(snap(SnapMode::Adjust, 60.8), Some(60.0));
        assert_eq!(snap(SnapMode::Remove, 61.2), None);
        // In the scale: as it was sung, its own tuning included.
        assert_eq!(snap(SnapMode::Adjust, 64.3), Some(64.3));
        assert_eq!(snap(SnapMode::Remove, 64.3), Some(64.3));
    }

    #[test]
    fn a_degree_that_is_off_is_as_if_outside() {
        let mut snap = Snap::new(C_MAJOR, SnapMode::Adjust);
        snap.set_degree(3, false);
        assert_eq!(snap.apply(65.1), Some(64.0));
        assert_eq!(snap.apply(65.9), Some(67.0));
        // The key may change under it.
        snap.set_key(Key::new(7, Scale::Major));
        assert_eq!(snap.apply(60.0), Some(59.0));
        snap.set_degree(3, true);
        assert_eq!(snap.apply(60.0), Some(60.0));
    }

    #[test]
    fn with_no_degree_nothing_is_left() {
        let mut snap = Snap::new(C_MAJOR, SnapMode::Adjust);
        (0..12).for_each(|degree| snap.set_degree(degree, false));
        assert_eq!(snap.apply(60.0), None);
        assert!(!snap.degree(99));
    }

    proptest! {
        #[test]
        fn what_is_played_is_allowed(sung: f32, tonic: u8, scale in 0..12usize, degrees: u16) {
            for mode in [SnapMode::Adjust, SnapMode::Remove] {
                let mut snap = Snap::new(Key::new(tonic, Scale::ALL[scale]), mode);
                (0..12).for_each(|at| snap.set_degree(at, degrees & (1 << at) != 0));
                if let Some(played) = snap.apply(sung) {
                    prop_assert!(snap.allows(pitch::nearest_key(played)));
                }
            }
        }
    }
}
