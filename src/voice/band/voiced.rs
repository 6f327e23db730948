//! What the band remembers of the bar before.

/// How the bar before ended, so that each line goes on from where it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voiced {
    /// The keys of the last chord, upwards; empty before the first.
    pub chord: Vec<u8>,
    /// The bass's last key.
    pub bass: Option<u8>,
    /// The second melody's last key.
    pub counter: Option<u8>,
}
