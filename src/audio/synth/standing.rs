//! Which note a voice plays, and how it stands.

/// Which note a voice plays.
#[derive(Clone, Copy, Debug)]
pub struct NoteName {
    pub channel: u8,
    pub key: u8,
    /// Counts all notes from 1.
    pub number: u32,
    /// 0 – 1.
    pub velocity: f32,
}

/// How a voice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is heard.
    Free,
    /// The key is down.
    Held,
    /// The key is up and the pedal down.
    Pedal,
    /// The note dies away.
    Released,
    /// It gives way to another, or was cut.
    Fading,
}
