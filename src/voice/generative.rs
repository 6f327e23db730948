//! Second stage of the voice line, generative lane: the symbolic networks, when there is time.

use super::answer::AnsweringLine;
use super::answering::{Call, Reply};
use super::band::arranger::Arranger;
use super::band::bar::{Bar, BarCall};
use super::expecting::{ExpectCall, Expected, expect};
use crate::music::Instrument;
use crate::nn::{ContextModel, NnError, TimbreModel, TimbreSecond};
use crate::stages::{Infer, Stamped};
use std::error::Error;

/// The most notes of an answer, whatever their lengths.
const MOST_NOTES: usize = 64;

/// What the lane can be asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// To answer a tune.
    Answer(Call),
    /// For a bar of the band.
    Bar(Box<BarCall>),
    /// What is expected of the next note.
    Expect(ExpectCall),
    /// What a second of singing sounds like: its log-mel frames, the oldest first.
    Timbre(Box<TimbreSecond>),
}

impl Ask {
    /// Whether `old` need not be answered once this is asked.
    pub fn replaces(&self, old: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(old)
    }
}

/// What the lane has made.
#[derive(Clone, Debug)]
pub enum Made {
    /// An answer.
    Answer(Reply),
    /// A bar.
    Bar(Box<Bar>),
    /// What is expected of the next note.
    Expected(Expected),
    /// How much each instrument sounds like what was sung.
    Timbre([f32; Instrument::ALL.len()]),
}

/// Answers tunes and makes bars.
pub struct GenerativeLane {
    answering: Option<AnsweringLine>,
    arranger: Arranger,
    context: Option<ContextModel>,
    timbre: Option<TimbreModel>,
}

impl GenerativeLane {
    /// A lane that does what it has models for.
    pub fn new(
        answering: Option<AnsweringLine>,
        arranger: Arranger,
        context: Option<ContextModel>,
        timbre: Option<TimbreModel>,
    ) -> Self {
        Self {
            answering,
            arranger,
            context,
            timbre,
        }
    }
}

impl Infer for GenerativeLane {
    type Request = Ask;
    type Response = Made;

    fn infer(&mut self, ask: Stamped<Ask>) -> Result<Option<Made>, Box<dyn Error + Send + Sync>> {
        Ok(match ask.body {
            Ask::Answer(call) => match &mut self.answering {
                Some(answering) => Some(Made::Answer(answer(answering, &call)?)),
                None => None,
            },
            Ask::Expect(call) => match &mut self.context {
                Some(model) => expect(model, &call)?.map(Made::Expected),
                None => None,
            },
            Ask::Timbre(second) => match &mut self.timbre {
                Some(model) => Some(Made::Timbre(model.run(&second)?.scores)),
                None => None,
            },
            Ask::Bar(call) => Some(Made::Bar(Box::new(self.arranger.arrange(&call)?))),
        })
    }
}

/// The answer to `call`.
fn answer(answering: &mut AnsweringLine, call: &Call) -> Result<Reply, NnError> {
    answering.hear(&call.tune, call.place_in_bar, call.style.clone())?;
    let mut notes = Vec::new();
    loop {
        let before = answering.length();
        notes.extend(answering.go_on()?);
        let done = answering.length() >= call.room || answering.length() <= before;
        if done || notes.len() >= MOST_NOTES {
            break;
        }
    }
    notes.retain(|note| note.start < call.room);
    for note in &mut notes {
        note.length = note.length.min(call.room - note.start);
    }
    Ok(Reply {
        number: call.number,
        begins: call.begins,
        samples_per_quarter: call.samples_per_quarter,
        notes,
    })
}
