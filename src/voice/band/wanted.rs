//! What the user wants of one track of the band.

/// What the user wants of one track, as far as it decides which notes are played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// How many notes, 0 – 1; 0.5 is usual in the genre.
    pub density: f32,
    /// How much its bars differ, 0 (a loop of a phrase) – 1 (each is new).
    pub variation: f32,
    /// How forcefully it is played, 0 – 1; 0.5 is usual in the genre.
    pub intensity: f32,
    /// Octaves by which its usual register is moved, −2 – 2.
    pub octave: i8,
    /// The lowest key that may be played, 0 – 127.
    pub lowest: u8,
    /// The highest key that may be played, 0 – 127.
    pub highest: u8,
}

impl Default for Wanted {
    /// What is usual, on any key.
    fn default() -> Self {
        Self {
            density: 0.5,
            variation: 0.35,
            intensity: 0.5,
            octave: 0,
            lowest: 0,
            highest: 127,
        }
    }
}

impl Wanted {
    /// The same with every value held to its range; what is not a number becomes what is usual.
    pub fn held(self) -> Self {
        let usual = Self::default();
        let (lowest, highest) = (self.lowest.min(127), self.highest.min(127));
        Self {
            density: unit(self.density, usual.density),
            variation: unit(self.variation, usual.variation),
            intensity: unit(self.intensity, usual.intensity),
            octave: self.octave.clamp(-2, 2),
            lowest: lowest.min(highest),
            highest: lowest.max(highest),
        }
    }
}

/// A value held to 0 – 1; `usual` if it is not a number.
pub fn unit(value: f32, usual: f32) -> f32 {
    if value.is_nan() {
        usual
    } else {
        value.clamp(0.0, 1.0)
    }
}
