//! When what was sung is played.

use super::parameter;
use crate::music::{Division, Grid};
use std::ops::RangeInclusive;

/// How far the notes lie behind the voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimingMode {
    /// Each note goes out once it is decided.
    #[default]
    Live,
    /// Everything, the audio too, is late by the same known time, which the host is told and makes
    /// up for: each note sits on its onset.
    Aligned,
}

impl TimingMode {
    /// Both, in the order of the parameter.
    pub const ALL: [Self; 2] = [Self::Live, Self::Aligned];
    /// How far an aligned line runs behind its input, in seconds: all but a few notes in a hundred
    /// are decided by then.
    pub const HOLD_S: f64 = 0.24;

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Aligned => "Aligned",
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Aligned => "aligned",
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

    /// How far the line runs behind its input, in samples at `rate` Hz.
    pub fn hold(self, rate: f64) -> i64 {
        match self {
            Self::Live => 0,
            Self::Aligned => (Self::HOLD_S * rate).round() as i64,
        }
    }
}

/// How notes are put into time. The defaults move none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Fixed from activation on, since the host is told the latency there.
    pub mode: TimingMode,
    /// The grid that notes are drawn to.
    pub quantise: Division,
    /// How far a note is drawn to its line: 0 not at all, 1 onto it.
    pub strength: f32,
    /// Long to short of a pair of steps, [`Grid::SWINGS`].
    pub swing: f32,
    /// Notes are spread around their time by up to this, in ms.
    pub humanise_ms: f32,
    /// How late the singer sounds to the host: the round trip of the audio device, in ms. Onsets
    /// are judged by so much earlier.
    pub singer_offset_ms: f32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            mode: TimingMode::Live,
            quantise: Division::Off,
            strength: 1.0,
            swing: 1.0,
            humanise_ms: 0.0,
            singer_offset_ms: 0.0,
        }
    }
}

impl Timing {
    /// What [`Self::humanise_ms`] can be.
    pub const HUMANISE_MS: RangeInclusive<f32> = 0.0..=50.0;
    /// What [`Self::singer_offset_ms`] can be.
    pub const SINGER_OFFSET_MS: RangeInclusive<f32> = 0.0..=300.0;

    /// Every parameter's index, see [`parameter`], and plain value.
    pub fn values(&self) -> [(u32, f32); 5] {
        [
            (parameter::QUANTISE, self.quantise.index() as f32),
            (parameter::STRENGTH, self.strength),
            (parameter::SWING, self.swing),
            (parameter::HUMANISE, self.humanise_ms),
            (parameter::SINGER_OFFSET, self.singer_offset_ms),
        ]
    }

    /// Sets parameter `index` to `value`, held to its range. What is not a number, and indices of
    /// others, change nothing.
    pub fn set(&mut self, index: u32, value: f32) {
        if value.is_nan() {
            return;
        }
        let within = |range: RangeInclusive<f32>| value.clamp(*range.start(), *range.end());
        match index {
            parameter::QUANTISE => {
                let division = Division::from_index(value.max(0.0) as usize);
                self.quantise = division.unwrap_or(self.quantise);
            }
            parameter::STRENGTH => self.strength = within(0.0..=1.0),
            parameter::SWING => {
                self.swing = within(*Grid::SWINGS.start() as f32..=*Grid::SWINGS.end() as f32);
            }
            parameter::HUMANISE => self.humanise_ms = within(Self::HUMANISE_MS),
            parameter::SINGER_OFFSET => self.singer_offset_ms = within(Self::SINGER_OFFSET_MS),
            _ => {}
        }
    }

    /// The lines that notes are drawn to.
    pub fn grid(&self) -> Grid {
        Grid {
            division: self.quantise,
            swing: f64::from(self.swing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_set_and_held_to_its_range() {
        let wanted = Timing {
            mode: TimingMode::Live,
            quantise: Division::EighthTriplet,
            strength: 0.5,
            swing: 1.5,
            humanise_ms: 12.0,
            singer_offset_ms: 34.0,
        };
        let mut told = Timing::default();
        for (index, value) in wanted.values() {
            told.set(index, f32::NAN);
            told.set(index, value);
        }
        assert_eq!(told, wanted);
        told.set(parameter::SWING, 99.0);
        told.set(parameter::QUANTISE, -5.0);
        assert_eq!((told.swing, told.quantise), (3.0, Division::Off));
        told.set(parameter::QUANTISE, 1e9);
        assert_eq!(told.quantise, Division::Off);
    }
}
