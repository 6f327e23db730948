//! What key is sung in, and what of what is sung is played.

use super::parameter;
use crate::music::{FoundKey, Key, KeyFinder, KeyNote, Scale, Snap, SnapMode, SungNote, pitch};

/// Confidence from which a key that was found counts, 0 – 1.
const BELIEVED: f32 = 0.5;
/// Every degree of a scale.
const ALL_DEGREES: u16 = 0xfff;

/// The key that the user chose, or leave to find it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is what its name says")]
pub enum KeyChoice {
    /// Found in what is sung; major or minor.
    #[default]
    Auto,
    C,
    CSharp,
    D,
    EFlat,
    E,
    F,
    FSharp,
    G,
    AFlat,
    A,
    BFlat,
    B,
}

impl KeyChoice {
    /// All, in the order of the parameter.
    pub const ALL: [Self; 13] = [
        Self::Auto,
        Self::C,
        Self::CSharp,
        Self::D,
        Self::EFlat,
        Self::E,
        Self::F,
        Self::FSharp,
        Self::G,
        Self::AFlat,
        Self::A,
        Self::BFlat,
        Self::B,
    ];

    /// The name shown to the user.
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; 13] = [
            "Auto", "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
        ];
        NAMES[self as usize]
    }

    /// The name in saved projects.
    pub const fn id(self) -> &'static str {
        const IDS: [&str; 13] = [
            "auto", "c", "c-sharp", "d", "e-flat", "e", "f", "f-sharp", "g", "a-flat", "a",
            "b-flat", "b",
        ];
        IDS[self as usize]
    }

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The choice at `index`, if there is one.
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The tonic that was chosen, in semitones above C.
    pub const fn tonic(self) -> Option<u8> {
        (self as u8).checked_sub(1)
    }

    /// The choice of a tonic, in semitones above C.
    pub fn of_tonic(tonic: u8) -> Self {
        Self::ALL[usize::from(tonic % 12) + 1]
    }
}

/// What the user wants of the key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuneful {
    /// The key's tonic, or leave to find the key.
    pub key: KeyChoice,
    /// The scale on a chosen tonic; one that is found is major or minor.
    pub scale: Scale,
    /// What happens to notes outside.
    pub snap: SnapMode,
    /// The degrees of the scale that are allowed, one bit each, the tonic lowest.
    pub degrees: u16,
}

impl Default for Tuneful {
    fn default() -> Self {
        Self {
            key: KeyChoice::Auto,
            scale: Scale::Major,
            snap: SnapMode::Off,
            degrees: ALL_DEGREES,
        }
    }
}

impl Tuneful {
    /// Every parameter's index, see [`parameter`], and plain value.
    pub fn values(&self) -> [(u32, f32); 4] {
        [
            (parameter::KEY, self.key.index() as f32),
            (parameter::SCALE, self.scale.index() as f32),
            (parameter::SNAP, self.snap.index() as f32),
            (parameter::DEGREES, f32::from(self.degrees)),
        ]
    }

    /// Sets parameter `index` to `value`. What makes no sense, and indices of others, change
    /// nothing.
    pub fn set(&mut self, index: u32, value: f32) {
        if value.is_nan() || value < 0.0 {
            return;
        }
        let place = value as usize;
        match index {
            parameter::KEY => self.key = KeyChoice::from_index(place).unwrap_or(self.key),
            parameter::SCALE => self.scale = Scale::from_index(place).unwrap_or(self.scale),
            parameter::SNAP => self.snap = SnapMode::from_index(place).unwrap_or(self.snap),
            parameter::DEGREES => self.degrees = (value as u16) & ALL_DEGREES,
            _ => {}
        }
    }
}

/// Listens for the key and holds the melody to it.
pub struct Tonality {
    wanted: Tuneful,
    finder: KeyFinder,
}

impl Tonality {
    /// Nothing heard yet.
    pub fn new(wanted: Tuneful) -> Self {
        let mut tonality = Self {
            wanted,
            finder: KeyFinder::new(),
        };
        tonality.lock();
        tonality
    }

    /// A parameter moves.
    pub fn set(&mut self, index: u32, value: f32) {
        self.wanted.set(index, value);
        self.lock();
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.finder.reset();
        self.lock();
    }

    /// A note has ended.
    pub fn hear(&mut self, note: &SungNote) {
        self.finder.note(KeyNote {
            pitch: note.pitch,
            duration_s: note.duration_s() as f32,
            strength: note.velocity,
        });
    }

    /// The key, as far as it is known.
    pub fn key(&self) -> Option<FoundKey> {
        self.finder.key()
    }

    /// The key that the user chose.
    pub fn chosen(&self) -> Option<Key> {
        let scale = self.wanted.scale;
        self.wanted.key.tonic().map(|tonic| Key::new(tonic, scale))
    }

    /// The MIDI key that a note sung at a fractional MIDI pitch is played on; `None` if it is
    /// dropped. What lies outside is judged by the singer's own tuning.
    pub fn played(&self, sung: f32) -> Option<u8> {
        let known = self.key().filter(|found| found.confidence >= BELIEVED);
        let Some(found) = known.filter(|_| self.wanted.snap != SnapMode::Off) else {
            return Some(pitch::nearest_key(sung));
        };
        let mut snap = Snap::new(found.key, self.wanted.snap);
        for degree in 0..12 {
            snap.set_degree(degree, self.wanted.degrees & (1 << degree) != 0);
        }
        let in_tune = sung - self.finder.tuning_cents() as f32 / 100.0;
        snap.apply(in_tune).map(pitch::nearest_key)
    }

    fn lock(&mut self) {
        match self.wanted.key.tonic() {
            Some(tonic) => self.finder.lock(Key::new(tonic, self.wanted.scale)),
            None => self.finder.unlock(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sung(pitch: f32) -> SungNote {
        SungNote {
            onset_s: 0.0,
            offset_s: 0.4,
            pitch,
            velocity: 0.7,
            decided_s: 0.1,
        }
    }

    #[test]
    fn a_chosen_key_holds_the_melody_and_off_leaves_it() {
        let mut wanted = Tuneful {
            key: KeyChoice::D,
            snap: SnapMode::Adjust,
            ..Tuneful::default()
        };
        let played = |wanted, pitch| Tonality::new(wanted).played(pitch);
        assert_eq!(played(wanted, 65.2), Some(66), "F in D major");
        wanted.snap = SnapMode::Remove;
        assert_eq!(
            (played(wanted, 65.2), played(wanted, 66.1)),
            (None, Some(66))
        );
        wanted.degrees &= !(1 << 2);
        assert_eq!(played(wanted, 66.1), None, "the third is switched off");
        wanted.snap = SnapMode::Off;
        assert_eq!(played(wanted, 65.2), Some(65));
    }

    #[test]
    fn a_key_that_is_found_counts_once_it_is_believed() {
        let mut tonality = Tonality::new(Tuneful {
            snap: SnapMode::Adjust,
            ..Tuneful::default()
        });
        assert_eq!(tonality.played(61.1), Some(61), "nothing is known yet");
        for _ in 0..4 {
            for pitch in [
                60.0, 62.0, 64.0, 65.0, 67.0, 69.0, 71.0, 72.0, 67.0, 64.0, 60.0,
            ] {
                tonality.hear(&sung(pitch));
            }
        }
        let found = tonality.key().expect("a plain tune has a key");
        assert_eq!(found.key, Key::new(0, Scale::Major));
        assert!([Some(60), Some(62)].contains(&tonality.played(61.1)));
        tonality.reset();
        assert_eq!(tonality.played(61.1), Some(61));
    }

    #[test]
    fn what_is_told_is_set_and_nonsense_changes_nothing() {
        let wanted = Tuneful {
            key: KeyChoice::BFlat,
            scale: Scale::Dorian,
            snap: SnapMode::Remove,
            degrees: 0b1010,
        };
        let mut told = Tuneful::default();
        for (index, value) in wanted.values() {
            told.set(index, value);
            told.set(index, f32::NAN);
            told.set(index, -1.0);
        }
        assert_eq!(told, wanted);
        told.set(parameter::KEY, 99.0);
        assert_eq!(told, wanted);
        assert!(
            KeyChoice::ALL
                .into_iter()
                .all(|k| k.tonic().is_none_or(|t| KeyChoice::of_tonic(t) == k))
        );
    }
}
