//! Finds the gain and the gate for a room, a microphone and a singer: two seconds of the room, then
//! one sung note.

/// Frames that are let pass first: the click that started it is no noise of the room.
const SETTLING: usize = 30;
/// Frames of the room that are heard: 2 s.
const QUIET: usize = 200;
/// Frames that the sung note lasts at least: 1 s.
const NOTE: usize = 100;
/// Frames without a voice that do not end the note.
const BREAK: usize = 5;
/// Probability of a voice from which a frame counts as sung.
const VOICED: f32 = 0.5;
/// Decibels from the room's noise up to the gate.
const ABOVE_NOISE_DB: f32 = 6.0;
/// Decibels from the voice down to the gate, at least: soft syllables must pass.
const BELOW_VOICE_DB: f32 = 12.0;
/// Level that a sung note is brought to, in dB below full scale: loud, with room for a shout.
pub const TARGET_DB: f32 = -20.0;

/// What was set before, or is to be set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Input gain in dB.
    pub gain_db: f32,
    /// Gate in dB below full scale, after the gain.
    pub gate_db: f32,
}

/// How far a calibration is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The room is heard.
    Quiet,
    /// A note is waited for, or being sung.
    Sing,
    /// The levels to set.
    Done(Levels),
    /// The voice is not loud enough against the room, by dB between them.
    TooNoisy(f32),
}

/// One calibration, fed with the frames that are heard while it runs.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// Gain in dB at which it hears.
    gain_db: f32,
    step: Step,
    /// Frames heard in this step.
    frames: usize,
    /// Levels of the room in dB, then their place's highest but 5 %.
    noise: Vec<f32>,
    /// Levels of the note in dB, as far as it was sung.
    note: Vec<f32>,
    /// Frames since the voice was last heard.
    silent: usize,
}

impl Calibration {
    /// One that hears at an input gain of `gain_db`, which must not be moved meanwhile.
    pub fn new(gain_db: f32) -> Self {
        Self {
            gain_db,
            step: Step::Quiet,
            frames: 0,
            noise: Vec::new(),
            note: Vec::new(),
            silent: 0,
        }
    }

    /// How far it is.
    pub fn step(&self) -> Step {
        self.step
    }

    /// How much of the step was heard, 0 – 1.
    pub fn progress(&self) -> f32 {
        match self.step {
            Step::Quiet => self.noise.len() as f32 / QUIET as f32,
            Step::Sing => self.note.len() as f32 / NOTE as f32,
            Step::Done(_) | Step::TooNoisy(_) => 1.0,
        }
    }

    /// Hears a frame of `level_db` (after the gain) that is a voice with probability `voicing`.
    pub fn hear(&mut self, level_db: f32, voicing: f32) {
        self.frames += 1;
        match self.step {
            Step::Quiet if self.frames > SETTLING => {
                self.noise.push(level_db);
                if self.noise.len() == QUIET {
                    self.step = Step::Sing;
                }
            }
            Step::Sing => self.hear_note(level_db, voicing),
            _ => {}
        }
    }

    fn hear_note(&mut self, level_db: f32, voicing: f32) {
        if voicing >= VOICED {
            self.silent = 0;
            self.note.push(level_db);
        } else {
            self.silent += 1;
            if self.silent > BREAK {
                self.note.clear();
            }
        }
        if self.note.len() < NOTE {
            return;
        }
        let noise_db = quantile(&mut self.noise, 0.95);
        let voice_db = quantile(&mut self.note, 0.5);
        let apart_db = voice_db - noise_db;
        self.step = if apart_db < BELOW_VOICE_DB {
            Step::TooNoisy(apart_db)
        } else {
            let raise_db = TARGET_DB - voice_db;
            let gate_db = (noise_db + ABOVE_NOISE_DB).min(voice_db - BELOW_VOICE_DB);
            Step::Done(Levels {
                gain_db: self.gain_db + raise_db,
                gate_db: gate_db + raise_db,
            })
        };
    }
}

/// The value below which `share` of `levels` lie.
fn quantile(levels: &mut [f32], share: f32) -> f32 {
    levels.sort_by(f32::total_cmp);
    levels[((levels.len() - 1) as f32 * share) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(calibration: &mut Calibration, frames: usize, level_db: f32, voicing: f32) {
        for _ in 0..frames {
            calibration.hear(level_db, voicing);
        }
    }

    /// A calibration that has heard a room of `noise_db`.
    fn in_a_room(noise_db: f32) -> Calibration {
        let mut calibration = Calibration::new(3.0);
        hear(&mut calibration, SETTLING, -5.0, 0.0);
        hear(&mut calibration, QUIET, noise_db, 0.0);
        assert_eq!(calibration.step(), Step::Sing);
        calibration
    }

    #[test]
    fn a_sung_note_meets_the_target_and_the_gate_lies_between_room_and_voice() {
        for (noise_db, voice_db) in [
            (-70.0, -35.0),
            (-50.0, -30.0),
            (-80.0, -12.0),
            (-42.0, -30.0),
        ] {
            let mut calibration = in_a_room(noise_db);
            hear(&mut calibration, NOTE, voice_db, 0.95);
            let Step::Done(levels) = calibration.step() else {
                panic!("{:?}", calibration.step());
            };
            let raise = levels.gain_db - 3.0;
            assert!((voice_db + raise - TARGET_DB).abs() < 0.01);
            assert!(levels.gate_db >= noise_db + raise, "the room stays outside");
            assert!(
                levels.gate_db <= voice_db + raise - 12.0,
                "soft notes come in"
            );
        }
    }

    #[test]
    fn a_door_that_slams_is_not_the_room() {
        let mut calibration = Calibration::new(0.0);
        hear(&mut calibration, SETTLING + QUIET - 8, -70.0, 0.0);
        hear(&mut calibration, 8, -10.0, 0.0);
        hear(&mut calibration, NOTE, -30.0, 0.95);
        assert_eq!(
            calibration.step(),
            Step::Done(Levels {
                gain_db: 10.0,
                gate_db: -54.0
            })
        );
    }

    #[test]
    fn only_a_note_of_a_second_counts_and_a_flicker_does_not_break_it() {
        let mut calibration = in_a_room(-70.0);
        for _ in 0..10 {
            hear(&mut calibration, NOTE - 1, -30.0, 0.95);
            hear(&mut calibration, 20, -70.0, 0.05);
        }
        assert_eq!(calibration.step(), Step::Sing);
        for _ in 0..5 {
            hear(&mut calibration, NOTE / 5, -30.0, 0.95);
            hear(&mut calibration, BREAK, -40.0, 0.3);
        }
        assert!(matches!(calibration.step(), Step::Done(_)));
    }

    #[test]
    fn a_room_as_loud_as_the_voice_is_said_to_be_so() {
        let mut calibration = in_a_room(-35.0);
        hear(&mut calibration, NOTE, -30.0, 0.95);
        assert_eq!(calibration.step(), Step::TooNoisy(5.0));
    }
}
