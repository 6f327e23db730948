//! What one answer of the network says about notes.

use super::pitch_track::{certainty, note_centre, pitch_of};
use super::{F0Point, FrameClock, PitchAnswer};
use crate::music::pitch;

/// Onset peaks closer than this many frames share their weight: the later counts for what it
/// exceeds the earlier by.
const PEAKS_APART: usize = 5;
/// Voicing from which a frame counts as sung in the pitch track: more misses below, more echoes and
/// breath above.
const VOICED: f32 = 0.7;

/// One frame's evidence for and against notes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The frame's number; see [`PitchAnswer::index`].
    pub frame: u64,
    /// Fractional MIDI pitch of the frame, from the fine head.
    pub pitch: f32,
    /// Fractional MIDI pitch of the note that the frame belongs to, from the note head.
    pub centre: f32,
    /// Share of the note head's belief in notes that lies on the two semitones around `centre`, 0 – 1.
    pub certainty: f32,
    /// How likely there is a voice with a pitch, 0 – 1.
    pub voicing: f32,
    /// How likely a note begins here, 0 – 1.
    pub onset: f32,
    /// How likely a note ends here, 0 – 1.
    pub offset: f32,
    /// Weight of the onset peak that lay one frame ago, 0 – 1; 0 where none did.
    pub peak: f32,
    /// Level in dB below full scale.
    pub level_db: f32,
}

impl Evidence {
    /// The frame's point in the pitch track.
    pub(super) fn f0(&self, clock: FrameClock) -> F0Point {
        let hz = pitch::to_hz(f64::from(self.pitch)) as f32;
        F0Point {
            time_s: clock.described_s(self.frame as f64),
            hz: if self.voicing >= VOICED { hz } else { -hz },
        }
    }
}

/// Makes evidence of one stream of answers.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    /// Onsets of the last frame and of the one before.
    onsets: [f32; 2],
    /// Peaks of the last frames, the newest first.
    peaks: [f32; PEAKS_APART],
    /// Answers heard so far, as far as they matter.
    heard: usize,
}

impl Listener {
    /// The evidence in the next answer. What the gate shuts out has neither voice nor onset.
    pub fn hear(&mut self, answer: &PitchAnswer) -> Evidence {
        let output = &answer.output;
        let open = |value: f32| {
            if answer.gate_open {
                value.clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let onset = open(output.onset);
        let peak = self.peak(onset);
        self.onsets = [onset, self.onsets[0]];
        self.peaks.rotate_right(1);
        self.peaks[0] = peak;
        self.heard = (self.heard + 1).min(2);
        let centre = note_centre(output);
        Evidence {
            frame: answer.index,
            pitch: pitch_of(output),
            centre,
            certainty: certainty(output, centre),
            voicing: open(output.voicing),
            onset,
            offset: output.offset.clamp(0.0, 1.0),
            peak,
            level_db: answer.level_db,
        }
    }

    /// Forgets what it heard.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// The weight of the onset peak that a frame of `onset` shows to have been one frame ago.
    fn peak(&self, onset: f32) -> f32 {
        let [last, before] = self.onsets;
        if self.heard < 2 || last < onset || last <= before {
            return 0.0;
        }
        let earlier = self.peaks.iter().copied().fold(0.0, f32::max);
        (last - earlier).max(0.0)
    }
}
