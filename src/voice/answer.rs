//! The answering line: what the continuation model makes of the tune that was sung, as notes.

use super::draw::{Chance, choose};
use super::melody_steps::{IN_A_QUARTER, SILENCE, bar_sixteenths};
use super::step_features::{LONGEST, Step, StepFeatures};
use crate::music::Genre;
use crate::nn::{ContinuationModel, ContinuationOutput, NnError};
use std::ops::RangeInclusive;

/// Steps of the tune that the model hears, as many as in its training.
pub const HEARD: usize = 8;
/// Steps that [`AnsweringLine::go_on`] adds.
pub const AHEAD: usize = 4;
/// The longest rest before the answer's first note, in sixteenths: a beat.
const LONGEST_WAIT: u32 = 4;

// What is asked of chance about each step.
const WHICH_NOTE: u64 = 0;
const HOW_LONG: u64 = 1;
const HOW_LOUD: u64 = 2;

/// How an answer is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerStyle {
    /// The genre of the band.
    pub genre: Genre,
    /// Length of the bar in quarter notes.
    pub bar_quarters: f64,
    /// How daring: 0 always the likeliest, 1 as the model learnt it; [`AnswerStyle::TEMPERATURE`].
    pub temperature: f32,
    /// The keys that may be played; others are played in another octave or not at all.
    pub keys: RangeInclusive<u8>,
    /// What decides between likely notes.
    pub chance: Chance,
}

impl AnswerStyle {
    /// The usual [`AnswerStyle::temperature`].
    pub const TEMPERATURE: f32 = 0.9;
}

/// A note of the answer. Times are quarter notes from where the answer begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerNote {
    /// MIDI key, 0 – 127.
    pub key: u8,
    /// How loud, above 0, at most 1.
    pub velocity: f32,
    /// When it begins, 0 or later; not before the end of the note before.
    pub start: f64,
    /// How long it lasts, above 0.
    pub length: f64,
}

/// Answers a tune, a few steps at a time.
pub struct AnsweringLine {
    model: ContinuationModel,
    /// The answer that is being given; `None` while there is nothing to answer.
    answer: Option<Answer>,
}

/// An answer on its way.
struct Answer {
    style: AnswerStyle,
    features: StepFeatures,
    /// What is likely to come next.
    next: ContinuationOutput,
    /// Where in its bar the next step begins, in sixteenths.
    place_in_bar: u32,
    /// Sixteenths since the answer's beginning.
    elapsed: u32,
    /// Steps of the answer so far.
    steps: u64,
    /// Whether it has had a note.
    has_begun: bool,
    /// Whether the last step was a rest: two never follow each other.
    rests: bool,
}

impl AnsweringLine {
    /// A line that has heard nothing.
    pub fn new(model: ContinuationModel) -> Self {
        Self {
            model,
            answer: None,
        }
    }

    /// Hears the end of a tune, of which the last [`HEARD`] steps count, and gets ready to answer
    /// it from `place_in_bar` on, in sixteenths: the first such place at or after the tune's end.
    /// What lies between is a rest. A tune without a note gets no answer. Some 0.5 ms; not for
    /// the audio thread.
    ///
    /// # Errors
    /// [`NnError::Run`] if the model fails.
    pub fn hear(
        &mut self,
        tune: &[Step],
        place_in_bar: u32,
        style: AnswerStyle,
    ) -> Result<(), NnError> {
        self.answer = None;
        self.model.reset();
        let bar = bar_sixteenths(style.bar_quarters);
        let place_in_bar = place_in_bar % bar;
        let mut tune = tune[tune.len().saturating_sub(HEARD)..].to_vec();
        hold_until(&mut tune, place_in_bar, bar);
        let tune = &tune[tune.len().saturating_sub(HEARD)..];
        let mut features = StepFeatures::new(style.genre, style.bar_quarters);
        let mut next = None;
        for step in tune {
            next = Some(self.model.step(&features.next(step))?);
        }
        if tune.iter().all(|step| step.key.is_none()) {
            return Ok(());
        }
        self.answer = next.cloned().map(|next| Answer {
            style,
            features,
            next,
            place_in_bar,
            elapsed: 0,
            steps: 0,
            has_begun: false,
            rests: tune.last().is_some_and(|step| step.key.is_none()),
        });
        Ok(())
    }

    /// The notes of the next [`AHEAD`] steps: up to as many. Called again, the answer goes on
    /// where it was. Some 0.3 ms; not for the audio thread.
    ///
    /// # Errors
    /// [`NnError::Run`] if the model fails; there is nothing then until a tune is heard.
    pub fn go_on(&mut self) -> Result<Vec<AnswerNote>, NnError> {
        let Some(mut answer) = self.answer.take() else {
            return Ok(Vec::new());
        };
        let mut notes = Vec::with_capacity(AHEAD);
        for _ in 0..AHEAD {
            let step = answer.draw();
            notes.extend(answer.add(&step));
            let numbers = answer.features.next(&step);
            answer.next.clone_from(self.model.step(&numbers)?);
        }
        self.answer = Some(answer);
        Ok(notes)
    }

    /// Quarter notes from the answer's beginning to where it would go on.
    pub fn length(&self) -> f64 {
        let elapsed = self.answer.as_ref().map_or(0, |answer| answer.elapsed);
        f64::from(elapsed) / IN_A_QUARTER
    }
}

impl Answer {
    /// Draws the next step.
    fn draw(&self) -> Step {
        let draw = |likely: &[f32], question| {
            let unit = self.style.chance.unit(self.steps, question);
            choose(likely, self.style.temperature, unit)
        };
        let sixteenths = draw(&self.next.timing, HOW_LONG).map_or(1, |class| class as u32 + 1);
        let waits_too_long = !self.has_begun && sixteenths > LONGEST_WAIT;
        let mut likely = self.playable();
        if self.rests || waits_too_long {
            likely[0] = 0.0;
        }
        let key = draw(&likely, WHICH_NOTE).unwrap_or(0);
        let mut loud = self.next.velocity;
        loud[0] = 0.0;
        let velocity = draw(&loud, HOW_LOUD).unwrap_or(64);
        Step {
            key: (key > 0).then_some(key as u8),
            sixteenths: sixteenths.min(LONGEST),
            velocity: Some(velocity as f32),
            place_in_bar: self.place_in_bar,
        }
    }

    /// How likely each key is that may be played, and at place 0 a rest: what is out of range
    /// counts for the nearest octave that is not.
    fn playable(&self) -> [f32; 128] {
        let mut likely = [0.0; 128];
        likely[0] = self.next.note[0];
        let (lowest, highest) = (*self.style.keys.start(), *self.style.keys.end());
        let (lowest, highest) = (usize::from(lowest).max(1), usize::from(highest).min(127));
        for (key, share) in self.next.note.iter().enumerate().skip(1) {
            let up = lowest.saturating_sub(key).div_ceil(12) * 12;
            let down = key.saturating_sub(highest).div_ceil(12) * 12;
            let near = (key + up).saturating_sub(down);
            if (lowest..=highest).contains(&near) {
                likely[near] += share;
            }
        }
        likely
    }

    /// Puts the step behind what there is, and gives its note if it is one.
    fn add(&mut self, step: &Step) -> Option<AnswerNote> {
        let start = f64::from(self.elapsed) / IN_A_QUARTER;
        let bar = bar_sixteenths(self.style.bar_quarters);
        self.place_in_bar = (self.place_in_bar + step.sixteenths) % bar;
        self.elapsed = self.elapsed.saturating_add(step.sixteenths);
        self.steps += 1;
        self.has_begun |= step.key.is_some();
        self.rests = step.key.is_none();
        Some(AnswerNote {
            key: step.key?,
            velocity: step.velocity? / 127.0,
            start,
            length: f64::from(step.sixteenths) / IN_A_QUARTER,
        })
    }
}

/// Makes `tune` last to where the answer begins: by a rest, or by its last note if that is not
/// worth one.
fn hold_until(tune: &mut Vec<Step>, place_in_bar: u32, bar: u32) {
    let Some(last) = tune.last_mut() else {
        return;
    };
    let end = (last.place_in_bar % bar + last.sixteenths % bar) % bar;
    let left = (place_in_bar + bar - end) % bar;
    if last.key.is_none() || i64::from(left) < SILENCE {
        last.sixteenths = last.sixteenths.saturating_add(left);
    } else {
        tune.push(Step {
            key: None,
            sixteenths: left,
            velocity: None,
            place_in_bar: end,
        });
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
