//! A note of a bar, as the band plays it.

/// A note of one track within a bar. Its place is on the grid of sixteenths; swing and feel are put
/// on when it is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BarNote {
    /// The sixteenth that it begins at, from 0.
    pub step: u8,
    /// How many sixteenths it lasts, at least 1; not past the bar's end.
    pub length: u8,
    /// MIDI key, 0 – 127.
    pub key: u8,
    /// How loud, above 0, at most 1.
    pub velocity: f32,
}

impl BarNote {
    /// The sixteenth at which it has ended.
    pub const fn end(&self) -> usize {
        self.step as usize + self.length as usize
    }
}
