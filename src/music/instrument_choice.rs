//! An instrument, or leave to find one.

use super::Instrument;

/// What plays a track: an instrument, or whichever fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentChoice(Option<Instrument>);

impl Default for InstrumentChoice {
    /// The default instrument.
    fn default() -> Self {
        Self(Some(Instrument::default()))
    }
}

impl InstrumentChoice {
    /// Whichever fits.
    pub const AUTO: Self = Self(None);

    /// All, in the order of the parameter: the instruments in theirs, then [`Self::AUTO`].
    pub const ALL: [Self; Instrument::ALL.len() + 1] = {
        let mut all = [Self::AUTO; Instrument::ALL.len() + 1];
        let mut place = 0;
        while place < Instrument::ALL.len() {
            all[place] = Self(Some(Instrument::ALL[place]));
            place += 1;
        }
        all
    };

    /// This instrument.
    pub const fn of(instrument: Instrument) -> Self {
        Self(Some(instrument))
    }

    /// The instrument that was chosen.
    pub const fn instrument(self) -> Option<Instrument> {
        self.0
    }

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        match self.0 {
            Some(instrument) => instrument.name(),
            None => "Auto",
        }
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        match self.0 {
            Some(instrument) => instrument.id(),
            None => "auto",
        }
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        match self.0 {
            Some(instrument) => instrument.index(),
            None => Instrument::ALL.len(),
        }
    }

    /// The choice at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_stand_in_their_order() {
        for (place, choice) in InstrumentChoice::ALL.into_iter().enumerate() {
            assert_eq!(choice.index(), place);
            assert_eq!(InstrumentChoice::from_index(place), Some(choice));
        }
        assert_eq!(InstrumentChoice::default().name(), "Piano");
        assert_eq!(InstrumentChoice::AUTO.id(), "auto");
    }
}
