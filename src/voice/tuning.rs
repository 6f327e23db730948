//! The decoder's settings, one set for each response and one for hindsight.
//!
//! Found by search on real amateur singing; see `models/pitch.card.md`.

use super::Response;
use super::rest::Rest;

/// Costs are in nats: negative natural logarithms of probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// Frames between what is heard and what is decided. Hindsight has no use for it.
    pub lag: usize,
    /// Voicing is believed no further than this from 0 and 1.
    pub voicing_floor: f32,
    /// Weight of the voicing head against the others.
    pub voicing_power: f32,
    /// Standard deviation of a frame's pitch around its note's, in semitones.
    pub width: f32,
    /// The most that a frame's pitch can cost.
    pub cap: f32,
    /// Share of the note head in a frame's pitch; the rest is the fine head's.
    pub note_share: f32,
    /// Share of the note head in the pitch that a note reports.
    pub centre_share: f32,
    /// A note out of silence, without an onset.
    pub enter: f32,
    /// A note out of another one, without an onset.
    pub change: f32,
    /// A note again on the same pitch, without an onset.
    pub repeat: f32,
    /// What the peak of a certain onset takes off the costs of a new note.
    pub onset_gain: f32,
    /// Silence out of a note where no offset is heard.
    pub leave: f32,
    /// What a certain offset takes off that.
    pub offset_gain: f32,
    /// Age of a note in frames up to which it is said as soon as its pitch stands, `standing`;
    /// after that it has missed its chance to be early, and waits for its pitch to settle.
    pub soon: f64,
    /// Age in frames at which it is said in any case.
    pub latest: f64,
    pub standing: Rest,
    pub settled: Rest,
    /// Frames by which a live note's pitch is drawn on the way that it moves.
    pub ahead: f32,
    /// Frames within which a note that nobody has heard of may still change its pitch, and within
    /// which no note begins again.
    pub young: u64,
    /// Frames that a note must last to be said when it ends before its pitch was sure.
    pub shortest: u64,
    /// Whether such a note is said when another one follows without a break.
    pub says_overtaken: bool,
    /// Frames after `latest` within which a note that seems to be speech may turn out sung.
    pub doubt: f64,
    /// Frames by which the end of a note is heard late: the voice is gone before its echo is.
    pub offset_late: u64,
    /// Frames added to the onset head's peak to meet where annotators hear a note begin.
    pub onset_shift: f64,
}

impl Tuning {
    const FAST: Self = Self {
        lag: 2,
        voicing_floor: 0.03,
        voicing_power: 0.5,
        width: 0.6,
        cap: 6.5,
        note_share: 0.3,
        centre_share: 0.15,
        enter: 10.3,
        change: 15.5,
        repeat: 8.0,
        onset_gain: 12.0,
        leave: 5.7,
        offset_gain: 6.2,
        soon: 3.2,
        latest: 7.2,
        standing: Rest {
            over: 2,
            pitch: 0.3,
            centre: 0.11,
            certainty: 0.9,
            apart: 0.2,
        },
        settled: Rest {
            over: 4,
            pitch: 0.15,
            centre: 0.13,
            certainty: 0.95,
            apart: 9.0,
        },
        ahead: 1.0,
        young: 6,
        shortest: 9,
        says_overtaken: true,
        doubt: 10.0,
        offset_late: 3,
        onset_shift: 1.5,
    };
    const SURE: Self = Self {
        lag: 5,
        voicing_floor: 0.03,
        voicing_power: 0.35,
        width: 0.6,
        cap: 6.0,
        note_share: 0.15,
        centre_share: 0.3,
        enter: 8.0,
        change: 17.0,
        repeat: 6.5,
        onset_gain: 9.0,
        leave: 9.0,
        offset_gain: 10.0,
        soon: 7.0,
        latest: 11.0,
        standing: Rest {
            over: 2,
            pitch: 0.1,
            centre: 0.1,
            certainty: 0.9,
            apart: 0.3,
        },
        settled: Rest {
            over: 4,
            pitch: 0.1,
            centre: 0.1,
            certainty: 0.95,
            apart: 9.0,
        },
        ahead: 1.0,
        young: 10,
        shortest: 9,
        says_overtaken: false,
        doubt: 10.0,
        offset_late: 3,
        onset_shift: 1.5,
    };
    /// For [`refined`](super::refined): the whole take is known.
    pub const HINDSIGHT: Self = Self {
        voicing_floor: 0.1,
        width: 0.8,
        cap: 3.0,
        note_share: 0.5,
        centre_share: 0.7,
        enter: 10.0,
        change: 20.0,
        onset_gain: 12.0,
        leave: 12.0,
        offset_gain: 8.0,
        repeat: 10.0,
        shortest: 10,
        ..Self::SURE
    };

    /// The settings of `response`.
    pub const fn of(response: Response) -> Self {
        match response {
            Response::Fast => Self::FAST,
            Response::Sure => Self::SURE,
        }
    }

    /// What `distance` semitones from a note's pitch cost.
    pub fn far(&self, distance: f32) -> f32 {
        let deviations = distance / self.width;
        (0.5 * deviations * deviations).min(self.cap)
    }

    /// The pitch that a note reports, of the fine head's and the note head's.
    pub fn reported(&self, pitch: f32, centre: f32) -> f32 {
        pitch + self.centre_share * (centre - pitch)
    }
}
