//! The drums of General MIDI, and which of them one player can play at once.

/// What part of the kit a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The bass drum: a foot.
    Kick,
    /// The snare and what stands for it.
    Snare,
    /// The hi-hat, which is either open or closed.
    Hat,
    /// The ride.
    Ride,
    /// Crash and splash.
    Crash,
    /// A tom.
    Tom,
    /// Played by somebody else.
    Percussion,
}

/// The lowest and the highest key of the kit.
pub const LOWEST: u8 = 35;
/// See [`LOWEST`].
pub const HIGHEST: u8 = 81;

/// The bass drum of an orchestra.
pub const DEEP: u8 = 35;
/// The kit's bass drum.
pub const KICK: u8 = 36;
/// The stick on the snare's rim.
#[cfg(test)]
pub const STICK: u8 = 37;
/// The snare.
pub const SNARE: u8 = 38;
/// Hands clap.
pub const CLAP: u8 = 39;
/// The lowest tom.
pub const FLOOR_TOM: u8 = 41;
/// The closed hi-hat.
pub const HAT: u8 = 42;
/// A low tom.
pub const LOW_TOM: u8 = 43;
/// The hi-hat closed by the foot.
pub const PEDAL: u8 = 44;
/// A tom.
pub const MID_TOM: u8 = 45;
/// The open hi-hat.
pub const OPEN: u8 = 46;
/// A high tom.
pub const HIGH_TOM: u8 = 48;
/// The crash cymbal.
pub const CRASH: u8 = 49;

/// The keys from [`LOWEST`] to [`HIGHEST`]: what part of the kit each is, and its name in General
/// MIDI.
const KEYS: [(Part, &str); 47] = [
    (Part::Kick, "Acoustic Bass Drum"),
    (Part::Kick, "Bass Drum 1"),
    (Part::Snare, "Side Stick"),
    (Part::Snare, "Acoustic Snare"),
    (Part::Snare, "Hand Clap"),
    (Part::Snare, "Electric Snare"),
    (Part::Tom, "Low Floor Tom"),
    (Part::Hat, "Closed Hi-Hat"),
    (Part::Tom, "High Floor Tom"),
    (Part::Hat, "Pedal Hi-Hat"),
    (Part::Tom, "Low Tom"),
    (Part::Hat, "Open Hi-Hat"),
    (Part::Tom, "Low-Mid Tom"),
    (Part::Tom, "Hi-Mid Tom"),
    (Part::Crash, "Crash Cymbal 1"),
    (Part::Tom, "High Tom"),
    (Part::Ride, "Ride Cymbal 1"),
    (Part::Crash, "Chinese Cymbal"),
    (Part::Ride, "Ride Bell"),
    (Part::Percussion, "Tambourine"),
    (Part::Crash, "Splash Cymbal"),
    (Part::Percussion, "Cowbell"),
    (Part::Crash, "Crash Cymbal 2"),
    (Part::Percussion, "Vibraslap"),
    (Part::Ride, "Ride Cymbal 2"),
    (Part::Percussion, "High Bongo"),
    (Part::Percussion, "Low Bongo"),
    (Part::Percussion, "Mute High Conga"),
    (Part::Percussion, "Open High Conga"),
    (Part::Percussion, "Low Conga"),
    (Part::Percussion, "High Timbale"),
    (Part::Percussion, "Low Timbale"),
    (Part::Percussion, "High Agogo"),
    (Part::Percussion, "Low Agogo"),
    (Part::Percussion, "Cabasa"),
    (Part::Percussion, "Maracas"),
    (Part::Percussion, "Short Whistle"),
    (Part::Percussion, "Long Whistle"),
    (Part::Percussion, "Short Guiro"),
    (Part::Percussion, "Long Guiro"),
    (Part::Percussion, "Claves"),
    (Part::Percussion, "High Wood Block"),
    (Part::Percussion, "Low Wood Block"),
    (Part::Percussion, "Mute Cuica"),
    (Part::Percussion, "Open Cuica"),
    (Part::Percussion, "Mute Triangle"),
    (Part::Percussion, "Open Triangle"),
];

impl Part {
    /// The part that a key is; `None` outside the kit.
    pub fn of(key: u8) -> Option<Self> {
        let place = usize::from(key.checked_sub(LOWEST)?);
        KEYS.get(place).map(|(part, _)| *part)
    }

    /// How many keys of the part can be struck at once: one drum has one sound, but a clap may
    /// double a snare.
    pub const fn at_once(self) -> usize {
        match self {
            Self::Snare | Self::Tom | Self::Percussion => 2,
            Self::Kick | Self::Hat | Self::Ride | Self::Crash => 1,
        }
    }
}

/// Whether a hand is needed for a key: not for the feet's, for claps and for other players'.
pub fn takes_a_hand(key: u8) -> bool {
    let by_others = matches!(Part::of(key), Some(Part::Kick | Part::Percussion) | None);
    !by_others && key != PEDAL && key != CLAP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_general_midi() {
        for key in 0..=255 {
            assert_eq!(Part::of(key).is_some(), (LOWEST..=HIGHEST).contains(&key));
        }
        for (key, part, name) in [
            (DEEP, Part::Kick, "Acoustic Bass Drum"),
            (KICK, Part::Kick, "Bass Drum 1"),
            (STICK, Part::Snare, "Side Stick"),
            (SNARE, Part::Snare, "Acoustic Snare"),
            (CLAP, Part::Snare, "Hand Clap"),
            (FLOOR_TOM, Part::Tom, "Low Floor Tom"),
            (HAT, Part::Hat, "Closed Hi-Hat"),
            (LOW_TOM, Part::Tom, "High Floor Tom"),
            (PEDAL, Part::Hat, "Pedal Hi-Hat"),
            (MID_TOM, Part::Tom, "Low Tom"),
            (OPEN, Part::Hat, "Open Hi-Hat"),
            (HIGH_TOM, Part::Tom, "Hi-Mid Tom"),
            (CRASH, Part::Crash, "Crash Cymbal 1"),
            (51, Part::Ride, "Ride Cymbal 1"),
            (54, Part::Percussion, "Tambourine"),
            (HIGHEST, Part::Percussion, "Open Triangle"),
        ] {
            assert_eq!(KEYS[usize::from(key - LOWEST)], (part, name));
        }
    }
}
