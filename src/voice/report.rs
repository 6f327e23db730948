//! What the output stage tells whoever watches: the editor, or a rendering.

use crate::music::{FoundBeat, FoundKey, FoundTempo, Instrument, PlannedBar, SungNote, Track};

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
        /// The pitch of the one before it, which is known by now.
        f0: F0Point,
        /// Its level in dB below full scale.
        level_db: f32,
        /// How likely there is a voice, 0 – 1, whatever the gate says.
        voicing: f32,
    },
    /// A note began; its offset is not known yet and equals its onset.
    NoteOn(SungNote),
    /// The note ended and is complete; and the MIDI key that it was played on, if it was.
    NoteOff(SungNote, Option<u8>),
    /// What is known of the song, after each beat and each note.
    Song {
        /// The key, found or chosen.
        key: Option<FoundKey>,
        /// The tempo that is heard.
        tempo: Option<FoundTempo>,
        /// The beat that is heard.
        beat: Option<FoundBeat>,
    },
    /// A track's note left, or its end did.
    Sent {
        /// Whose.
        track: Track,
        /// Seconds since the beginning at which it is due.
        at_s: f64,
        /// MIDI key, as sent.
        key: u8,
        /// How loud, 0 – 1; 0 is an end.
        velocity: f32,
    },
    /// A bar of the song began, and the band plays it.
    Bar {
        /// Seconds since the beginning at which it did.
        at_s: f64,
        /// How long it is, in seconds, at the tempo of its beginning.
        length_s: f64,
        /// How long it is, in quarter notes.
        quarters: f64,
        /// Its place among the song's bars.
        bar: i64,
        /// Its harmony, once something was sung.
        plan: Option<PlannedBar>,
        /// Bars that were not made in time so far.
        late: u64,
    },
    /// What the voice sounds like, where the instrument is left to it.
    Fits(Instrument),
    /// The line was reset: times start at 0 again.
    Reset,
}

/// What a frame has to be louder than for there to be something to see, in dB below full scale.
const AUDIBLE_DB: f32 = -60.0;

impl Report {
    /// Whether there is something to see at once: a silent frame shows nothing new, and what is known of
    /// the song can wait for the next picture.
    pub fn is_news(&self) -> bool {
        match self {
            Self::Frame {
                level_db, voicing, ..
            } => *level_db > AUDIBLE_DB || *voicing > 0.5,
            Self::Song { .. } => false,
            _ => true,
        }
    }
}
