//! Second stage of the voice line, generative lane: the symbolic networks, when there is time.

use super::answer::AnsweringLine;
use super::answering::{Call, Reply};
use crate::stages::{Infer, Stamped};
use std::error::Error;

/// The most notes of an answer, whatever their lengths.
const MOST_NOTES: usize = 64;

/// Answers calls.
pub struct GenerativeLane {
    answering: AnsweringLine,
}

impl GenerativeLane {
    pub fn new(answering: AnsweringLine) -> Self {
        Self { answering }
    }
}

impl Infer for GenerativeLane {
    type Request = Call;
    type Response = Reply;

    fn infer(
        &mut self,
        call: Stamped<Call>,
    ) -> Result<Option<Reply>, Box<dyn Error + Send + Sync>> {
        let call = call.body;
        self.answering
            .hear(&call.tune, call.place_in_bar, call.style)?;
        let mut notes = Vec::new();
        loop {
            let before = self.answering.length();
            notes.extend(self.answering.go_on()?);
            let done = self.answering.length() >= call.room || self.answering.length() <= before;
            if done || notes.len() >= MOST_NOTES {
                break;
            }
        }
        notes.retain(|note| note.start < call.room);
        for note in &mut notes {
            note.length = note.length.min(call.room - note.start);
        }
        Ok(Some(Reply {
            number: call.number,
            begins: call.begins,
            samples_per_quarter: call.samples_per_quarter,
            notes,
        }))
    }
}
