//! Where notes may fall within a bar: the lines of a rhythmic grid.

/// Distance of the lines, as fractions of a whole note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Division {
    /// No lines: everything stays where it is.
    #[default]
    Off,
    /// Quarter notes.
    Quarter,
    /// Three to a half note.
    QuarterTriplet,
    /// Three eighths.
    QuarterDotted,
    /// Eighth notes.
    Eighth,
    /// Three to a quarter note.
    EighthTriplet,
    /// Three sixteenths.
    EighthDotted,
    /// Sixteenth notes.
    Sixteenth,
    /// Three to an eighth note.
    SixteenthTriplet,
    /// Three thirty-seconds.
    SixteenthDotted,
    /// Thirty-second notes.
    ThirtySecond,
    /// Three to a sixteenth note.
    ThirtySecondTriplet,
}

impl Division {
    /// All, in the order of the parameter.
    pub const ALL: [Self; 12] = [
        Self::Off,
        Self::Quarter,
        Self::QuarterTriplet,
        Self::QuarterDotted,
        Self::Eighth,
        Self::EighthTriplet,
        Self::EighthDotted,
        Self::Sixteenth,
        Self::SixteenthTriplet,
        Self::SixteenthDotted,
        Self::ThirtySecond,
        Self::ThirtySecondTriplet,
    ];

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Quarter => "1/4",
            Self::QuarterTriplet => "1/4 triplet",
            Self::QuarterDotted => "1/4 dotted",
            Self::Eighth => "1/8",
            Self::EighthTriplet => "1/8 triplet",
            Self::EighthDotted => "1/8 dotted",
            Self::Sixteenth => "1/16",
            Self::SixteenthTriplet => "1/16 triplet",
            Self::SixteenthDotted => "1/16 dotted",
            Self::ThirtySecond => "1/32",
            Self::ThirtySecondTriplet => "1/32 triplet",
        }
    }

    /// The name in saved projects and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Quarter => "1/4",
            Self::QuarterTriplet => "1/4t",
            Self::QuarterDotted => "1/4d",
            Self::Eighth => "1/8",
            Self::EighthTriplet => "1/8t",
            Self::EighthDotted => "1/8d",
            Self::Sixteenth => "1/16",
            Self::SixteenthTriplet => "1/16t",
            Self::SixteenthDotted => "1/16d",
            Self::ThirtySecond => "1/32",
            Self::ThirtySecondTriplet => "1/32t",
        }
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The choice at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Quarter notes from one line to the next; `None` without lines.
    pub const fn quarters(self) -> Option<f64> {
        Some(match self {
            Self::Off => return None,
            Self::Quarter => 1.0,
            Self::QuarterTriplet => 2.0 / 3.0,
            Self::QuarterDotted => 1.5,
            Self::Eighth => 0.5,
            Self::EighthTriplet => 1.0 / 3.0,
            Self::EighthDotted => 0.75,
            Self::Sixteenth => 0.25,
            Self::SixteenthTriplet => 0.5 / 3.0,
            Self::SixteenthDotted => 0.375,
            Self::ThirtySecond => 0.125,
            Self::ThirtySecondTriplet => 0.25 / 3.0,
        })
    }

    /// Whether every second line may swing: triplets and dotted values have a swing of their own.
    const fn swings(self) -> bool {
        matches!(
            self,
            Self::Eighth | Self::Sixteenth | Self::ThirtySecond | Self::Quarter
        )
    }
}

impl std::str::FromStr for Division {
    type Err = UnknownDivision;

    fn from_str(text: &str) -> Result<Self, UnknownDivision> {
        let named = |division: &Self| text.trim().eq_ignore_ascii_case(division.id());
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| UnknownDivision {
                given: text.to_owned(),
            })
    }
}

/// A text that names no grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is not a grid: write off, 1/4, 1/8, 1/16 or 1/32, with t for triplets (1/8t) or d for dotted (1/8d)"
)]
pub struct UnknownDivision {
    /// What was asked for, as it was written.
    pub given: String,
}

/// The lines of one bar.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// How far the lines lie apart.
    pub division: Division,
    /// How long the first of two steps is to the second, [`Grid::SWINGS`]; 1 is straight, 2 a
    /// triplet's long and short.
    pub swing: f64,
}

impl Grid {
    /// Ratios that a pair of steps can have.
    pub const SWINGS: std::ops::RangeInclusive<f64> = 1.0..=3.0;

    /// The line at or before `place` and the one after it, in quarter notes from the beginning of
    /// a bar of `bar` quarter notes; lines begin anew with each bar. `None` without lines.
    pub fn around(&self, place: f64, bar: f64) -> Option<(f64, f64)> {
        let step = self.division.quarters()?;
        if !(place.is_finite() && bar.is_finite() && bar > 0.0) {
            return None;
        }
        let bars = (place / bar).floor();
        let (origin, inside) = (bars * bar, place - bars * bar);
        // A line a hair ahead counts as reached: places in the song are fractions.
        let mut index = ((inside + 1e-9) / step).floor();
        if self.line(index, step) > inside + 1e-9 {
            index -= 1.0;
        }
        let before = self.line(index, step);
        let after = self.line(index + 1.0, step).min(bar);
        Some((origin + before, origin + after))
    }

    /// The line number `index` of the bar.
    fn line(&self, index: f64, step: f64) -> f64 {
        if index.rem_euclid(2.0) < 1.0 || !self.division.swings() {
            return index * step;
        }
        let swing = if self.swing.is_finite() {
            self.swing.clamp(*Self::SWINGS.start(), *Self::SWINGS.end())
        } else {
            1.0
        };
        (index - 1.0 + 2.0 * swing / (1.0 + swing)) * step
    }

    /// The line nearest to `place`.
    pub fn nearest(&self, place: f64, bar: f64) -> Option<f64> {
        let (before, after) = self.around(place, bar)?;
        Some(if place - before <= after - place {
            before
        } else {
            after
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn straight_and_swung_lines() {
        let straight = Grid {
            division: Division::Eighth,
            swing: 1.0,
        };
        assert_eq!(straight.around(0.6, 4.0), Some((0.5, 1.0)));
        assert_eq!(straight.around(1.0, 4.0), Some((1.0, 1.5)));
        let swung = Grid {
            swing: 2.0,
            ..straight
        };
        let (before, after) = swung.around(0.6, 4.0).unwrap();
        assert_eq!(before, 0.0);
        assert!((after - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(swung.nearest(0.5, 4.0), Some(after));
        assert_eq!(Grid::default().around(0.6, 4.0), None);
    }

    #[test]
    fn lines_begin_anew_with_each_bar() {
        let dotted = Grid {
            division: Division::QuarterDotted,
            swing: 1.0,
        };
        // 4/4: lines at 0, 1.5, 3, then the bar line.
        assert_eq!(dotted.around(3.5, 4.0), Some((3.0, 4.0)));
        assert_eq!(dotted.around(4.0, 4.0), Some((4.0, 5.5)));
        assert_eq!(dotted.around(-0.5, 4.0), Some((-1.0, 0.0)));
    }

    #[test]
    fn names_read_back() {
        for division in Division::ALL {
            assert_eq!(division.id().parse(), Ok(division));
            assert_eq!(Division::from_index(division.index()), Some(division));
        }
        assert!("1/7".parse::<Division>().is_err());
    }

    proptest! {
        #[test]
        fn a_place_lies_between_its_lines(
            place in -1e4..1e4f64, bar in 0.25..16.0f64, swing in 0.5..4.0f64, index in 1usize..12,
        ) {
            let grid = Grid { division: Division::ALL[index], swing };
            let (before, after) = grid.around(place, bar).unwrap();
            prop_assert!(before <= place + 1e-6 && place <= after + 1e-6, "{before} {place} {after}");
            prop_assert!(before < after);
            let steps = (after - before) / grid.division.quarters().unwrap();
            prop_assert!(steps <= 1.5 + 1e-9, "{steps}");
        }
    }
}
