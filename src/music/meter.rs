//! How many of which note value make a bar.

use std::fmt;
use std::str::FromStr;

/// A time signature: `beats` notes of value 1/`unit` to the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Meter {
    beats: u8,
    unit: u8,
}

impl Meter {
    /// 4/4, what nearly all popular music is in, and what a MIDI file without a meter means.
    pub const COMMON: Self = Self { beats: 4, unit: 4 };

    /// A meter of 1 to 64 beats of a whole note's 1, 1/2, 1/4 … 1/64; nothing else is a meter.
    pub const fn new(beats: u8, unit: u8) -> Option<Self> {
        let unit_is_a_note = unit.is_power_of_two() && unit <= 64;
        if beats >= 1 && beats <= 64 && unit_is_a_note {
            Some(Self { beats, unit })
        } else {
            None
        }
    }

    /// Beats to the bar, the upper number, 1 – 64.
    pub const fn beats(self) -> u8 {
        self.beats
    }

    /// The note that is one beat, the lower number: 1, 2, 4 … 64.
    pub const fn unit(self) -> u8 {
        self.unit
    }

    /// The bar's length in quarter notes (3.0 for 6/8).
    pub fn bar_quarters(self) -> f64 {
        f64::from(self.beats) * 4.0 / f64::from(self.unit)
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::COMMON
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.beats, self.unit)
    }
}

impl FromStr for Meter {
    type Err = UnknownMeter;

    /// Reads "6/8".
    fn from_str(text: &str) -> Result<Self, UnknownMeter> {
        text.split_once('/')
            .and_then(|(beats, unit)| {
                Self::new(beats.trim().parse().ok()?, unit.trim().parse().ok()?)
            })
            .ok_or_else(|| UnknownMeter {
                given: text.to_owned(),
            })
    }
}

/// A text that is no meter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a meter: write beats/unit, such as 4/4, 3/4 or 6/8")]
pub struct UnknownMeter {
    /// What was asked for, as it was written.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_musical_meters_exist() {
        assert_eq!(Meter::new(0, 4), None);
        assert_eq!(Meter::new(4, 0), None);
        assert_eq!(Meter::new(4, 3), None);
        assert_eq!(Meter::new(4, 128), None);
        assert_eq!("6/8".parse::<Meter>().map(Meter::bar_quarters), Ok(3.0));
        assert!("four/four".parse::<Meter>().is_err());
    }
}
