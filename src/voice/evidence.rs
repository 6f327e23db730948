//! What one answer of the network says about notes.

use super::pitch_track::{certainty, note_centre, pitch_of};
use super::{F0Point, FrameClock, PitchAnswer};
use crate::music::pitch;

/// Onset peaks closer than this many frames share their weight: the later counts for what it
/// exceeds the earlier by.
const PEAKS_APART: usize = 5;
/// Voicing times clarity from which a frame counts as sung in the pitch track: more misses below,
/// more echoes and breath above.
const VOICED: f32 = 0.35;
/// Clarity under which the pitch track stays where it was.
const CLEAR: f32 = 0.5;

/// Voicing from which a frame counts towards the steadiness of the voice.
const HEARD: f32 = 0.5;
/// Semitones over two frames that count as steady.
const STEADY: f32 = 0.2;
/// Voiced frames over which steadiness is averaged (0.8 s of voice), and where it begins.
const STEADINESS_FRAMES: f32 = 80.0;
const FIRST_STEADINESS: f32 = 0.7;
/// Where tunefulness, which is averaged over as much voice, begins.
const FIRST_TUNEFULNESS: f32 = 0.5;

/// One frame's evidence for and against notes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The frame's number; see [`PitchAnswer::index`].
    pub frame: u64,
    /// Fractional MIDI pitch of the frame, from the fine head.
    pub pitch: f32,
    /// How much of the fine head's belief lies around `pitch`, 0 – 1.
    pub clarity: f32,
    /// `pitch`, or that of the last frame where it was clear.
    pub clear_pitch: f32,
    /// Fractional MIDI pitch of the note that the frame belongs to, from the note head.
    pub centre: f32,
    /// Share of the note head's belief in notes that lies on the two semitones around `centre`, 0 – 1.
    pub certainty: f32,
    /// How likely the frame belongs to a sung note rather than to nothing or to speech, 0 – 1.
    pub activity: f32,
    /// How steady the voice's pitch has been of late, 0 – 1: the share of its frames that moved little.
    pub steadiness: f32,
    /// How much of the voice belonged to notes of late, 0 – 1: the mean of its activity.
    pub tunefulness: f32,
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
    /// How surely there is a voice of a clear pitch, 0 – 1.
    pub(super) fn presence(&self) -> f32 {
        self.voicing * self.clarity
    }

    /// The frame's point in the pitch track, as the network has it; see [`super::f0_track`].
    pub(super) fn f0(&self, clock: FrameClock) -> F0Point {
        let hz = pitch::to_hz(f64::from(self.clear_pitch)) as f32;
        F0Point {
            time_s: clock.described_s(self.frame as f64),
            hz: if self.presence() >= VOICED { hz } else { -hz },
        }
    }
}

/// Makes evidence of one stream of answers.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Onsets of the last frame and of the one before.
    onsets: [f32; 2],
    /// Peaks of the last frames, the newest first.
    peaks: [f32; PEAKS_APART],
    /// Answers heard so far, as far as they matter.
    heard: usize,
    /// Pitch of the last frame and of the one before; `None` where there was no voice.
    pitches: [Option<f32>; 2],
    steadiness: f32,
    tunefulness: f32,
    /// Pitch of the last clear frame.
    clear: Option<f32>,
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            onsets: [0.0; 2],
            peaks: [0.0; PEAKS_APART],
            heard: 0,
            pitches: [None; 2],
            steadiness: FIRST_STEADINESS,
            tunefulness: FIRST_TUNEFULNESS,
            clear: None,
        }
    }
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
        let ((pitch, clarity), centre) = (pitch_of(output), note_centre(output));
        if clarity >= CLEAR {
            self.clear = Some(pitch);
        }
        let voicing = open(output.voicing);
        let voiced = (voicing > HEARD).then_some(pitch);
        if let (Some(now), Some(before)) = (voiced, self.pitches[1]) {
            let steady = f32::from((now - before).abs() < STEADY);
            self.steadiness += (steady - self.steadiness) / STEADINESS_FRAMES;
        }
        self.pitches = [voiced, self.pitches[0]];
        let activity = (1.0 - output.pitch[0]).clamp(0.0, 1.0);
        if voiced.is_some() {
            self.tunefulness += (activity - self.tunefulness) / STEADINESS_FRAMES;
        }
        Evidence {
            frame: answer.index,
            pitch,
            clarity,
            clear_pitch: self.clear.unwrap_or(pitch),
            centre,
            certainty: certainty(output, centre),
            activity,
            steadiness: self.steadiness,
            tunefulness: self.tunefulness,
            voicing,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::frame::HOP;
    use crate::nn::PitchOutput;

    fn answer(index: u64, class: Option<usize>) -> PitchAnswer {
        let mut output = PitchOutput::UNVOICED;
        output.voicing = 0.9;
        match class {
            Some(class) => output.fine[class] = 1.0,
            None => output.fine.fill(1.0 / 420.0),
        }
        PitchAnswer {
            index,
            output,
            level_db: -20.0,
            gate_open: true,
            audio: [0; HOP],
        }
    }

    #[test]
    fn the_pitch_track_stays_where_it_was_while_the_pitch_is_unclear() {
        let mut listener = Listener::default();
        let clock = FrameClock::usual();
        let track: Vec<f32> = [Some(180), None, Some(185)]
            .into_iter()
            .enumerate()
            .map(|(i, class)| listener.hear(&answer(i as u64, class)).f0(clock).hz)
            .collect();
        let expected = [261.63, -261.63, 277.18];
        let close = |(a, b): (&f32, f32)| (a - b).abs() < 0.01;
        assert!(track.iter().zip(expected).all(close), "{track:?}");
    }
}
