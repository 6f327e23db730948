//! What the sung melody is played on.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::folded;

/// An instrument. The order is part of the model contract: `index()` is the instrument's row in
/// the embedding tables of the networks, so one may be added at the end but never moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each variant is what its name says")]
pub enum Instrument {
    #[default]
    Piano,
    ElectricPiano,
    Organ,
    SynthLead,
    Pad,
    AcousticGuitar,
    ElectricGuitar,
    Bass,
    Strings,
    SoloViolin,
    Choir,
    Brass,
    Trumpet,
    Saxophone,
    Woodwinds,
    Flute,
    Mallets,
    PluckedSynth,
    SubBass,
    Drums,
}

/// All that is known of one instrument; one row a variant, in the enum's order.
struct Row {
    /// The name that people read.
    name: &'static str,
    /// The name that files, presets and the command line keep.
    id: &'static str,
    /// General MIDI program, 0-based.
    program: u8,
    /// Lowest key that a player of the real instrument reaches, MIDI number.
    lowest: u8,
    /// Highest such key, MIDI number.
    highest: u8,
}

const fn row(name: &'static str, id: &'static str, program: u8, lowest: u8, highest: u8) -> Row {
    Row {
        name,
        id,
        program,
        lowest,
        highest,
    }
}

/// Ranges are sounding pitch. Where General MIDI has no such instrument (plucked synth, sub bass)
/// the nearest program stands in.
const ROWS: [Row; 20] = [
    row("Piano", "piano", 0, 21, 108),
    row("Electric Piano", "electric-piano", 4, 28, 103),
    row("Organ", "organ", 16, 36, 96),
    row("Synth Lead", "synth-lead", 81, 36, 108),
    row("Pad", "pad", 89, 36, 96),
    row("Acoustic Guitar", "acoustic-guitar", 25, 40, 84),
    row("Electric Guitar", "electric-guitar", 27, 40, 88),
    row("Bass", "bass", 33, 28, 67),
    row("Strings", "strings", 48, 28, 103),
    row("Solo Violin", "solo-violin", 40, 55, 103),
    row("Choir", "choir", 52, 40, 84),
    row("Brass", "brass", 61, 34, 84),
    row("Trumpet", "trumpet", 56, 54, 86),
    row("Saxophone", "saxophone", 65, 49, 81),
    row("Woodwinds", "woodwinds", 71, 50, 91),
    row("Flute", "flute", 73, 60, 96),
    row("Mallets", "mallets", 11, 53, 89),
    row("Plucked Synth", "plucked-synth", 98, 36, 96),
    row("Sub Bass", "sub-bass", 39, 24, 55),
    row("Drums", "drums", 0, 35, 81),
];

impl Instrument {
    /// Every instrument, in the order of [`Instrument::index`].
    pub const ALL: [Self; 20] = [
        Self::Piano,
        Self::ElectricPiano,
        Self::Organ,
        Self::SynthLead,
        Self::Pad,
        Self::AcousticGuitar,
        Self::ElectricGuitar,
        Self::Bass,
        Self::Strings,
        Self::SoloViolin,
        Self::Choir,
        Self::Brass,
        Self::Trumpet,
        Self::Saxophone,
        Self::Woodwinds,
        Self::Flute,
        Self::Mallets,
        Self::PluckedSynth,
        Self::SubBass,
        Self::Drums,
    ];

    /// The name that people read.
    pub const fn name(self) -> &'static str {
        ROWS[self.index()].name
    }

    /// The name that files, presets and the command line keep: it never changes.
    pub const fn id(self) -> &'static str {
        ROWS[self.index()].id
    }

    /// The General MIDI program, 0-based. For [`Instrument::Drums`] it is the standard kit and
    /// means that only on the drum channel.
    pub const fn program(self) -> u8 {
        ROWS[self.index()].program
    }

    /// The MIDI keys that a player of the instrument can reach. For [`Instrument::Drums`] these
    /// are the General MIDI percussion keys, not pitches.
    pub const fn range(self) -> RangeInclusive<u8> {
        let row = &ROWS[self.index()];
        row.lowest..=row.highest
    }

    /// The place in [`Instrument::ALL`], and the instrument's row in the models' tables.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The instrument at a place in [`Instrument::ALL`], if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Instrument {
    type Err = UnknownInstrument;

    /// Reads a name or an id; case, spaces and hyphens do not count.
    fn from_str(text: &str) -> Result<Self, UnknownInstrument> {
        let wanted = folded(text);
        Self::ALL
            .into_iter()
            .find(|instrument| wanted == folded(instrument.id()))
            .ok_or_else(|| UnknownInstrument {
                given: text.to_owned(),
            })
    }
}

/// A name that is no instrument's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no instrument `{given}`: choose one of {}",
    Instrument::ALL.map(Instrument::id).join(", ")
)]
pub struct UnknownInstrument {
    /// What was asked for, as it was written.
    pub given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_the_place_in_all() {
        for (place, instrument) in Instrument::ALL.into_iter().enumerate() {
            assert_eq!(instrument.index(), place);
            assert_eq!(Instrument::from_index(place), Some(instrument));
        }
        assert_eq!(Instrument::from_index(Instrument::ALL.len()), None);
    }

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for instrument in Instrument::ALL {
            assert_eq!(
                format!("{instrument:?}"),
                instrument.name().replace(' ', "")
            );
            assert_eq!(instrument.name().parse(), Ok(instrument));
            assert_eq!(instrument.id().to_uppercase().parse(), Ok(instrument));
        }
        assert!(
            "kazoo"
                .parse::<Instrument>()
                .unwrap_err()
                .to_string()
                .contains("solo-violin")
        );
    }

    #[test]
    fn programs_and_ranges_are_midi() {
        for instrument in Instrument::ALL {
            let range = instrument.range();
            assert!(instrument.program() < 128);
            assert!(
                range.start() < range.end() && *range.end() < 128,
                "{instrument}"
            );
        }
    }
}
