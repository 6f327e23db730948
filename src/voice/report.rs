//! What the output stage tells whoever watches: the editor, or a rendering.

use crate::music::{FoundBeat, FoundKey, FoundTempo, SungNote};

/// One point of the pitch track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct F0Point {
    /// Seconds since the beginning.
    pub time_s: f64,
    /// Fundamental frequency in Hz; ≤ 0 where unvoiced, minus the best guess (mir_eval's way).
    pub hz: f32,
}

/// One thing that was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    /// A frame was decoded.
    Frame {
        /// Its pitch.
        f0: F0Point,
        /// Its level in dB below full scale.
        level_db: f32,
        /// How likely there is a voice, 0 – 1, whatever the gate says.
        voicing: f32,
    },
    /// A note began; its offset is not known yet and equals its onset.
    NoteOn(SungNote),
    /// The note ended and is complete.
    NoteOff(SungNote),
    /// What is known of the song, after each beat and each note.
    Song {
        /// The key, found or chosen.
        key: Option<FoundKey>,
        /// The tempo that is heard.
        tempo: Option<FoundTempo>,
        /// The beat that is heard.
        beat: Option<FoundBeat>,
    },
    /// The line was reset: times start at 0 again.
    Reset,
}
