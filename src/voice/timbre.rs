//! Which instrument the voice is nearest to, and when the melody may change to it.
//!
//! [`InstrumentPicker`] gathers what the timbre model is asked with, weighs what the model says
//! against the register of the voice, and makes up its mind slowly: an instrument that changes
//! under a held note is worse than one that is not the nearest.

mod memory;

use crate::audio::frame::BANDS;
use crate::music::Instrument;
use crate::nn::TimbreSecond;
use memory::Memory;

/// How many instruments there are, in the order of [`Instrument::index`].
const INSTRUMENTS: usize = Instrument::ALL.len();
/// Voiced frames from one query to the next: 250 ms.
const BETWEEN_QUERIES: usize = 25;
/// Unvoiced frames that make a rest: 250 ms.
const REST: usize = 25;
/// Share of an answer in what is believed of all: half of a belief is from the last 0.9 s of voice.
const NEWEST: f32 = 0.18;
/// Nats by which another instrument must be ahead of the one that plays.
const MARGIN: f32 = 0.35;
/// Queries in a row that it must have been ahead in: 1.5 s of voice.
const PERSISTENCE: usize = 6;
/// Scores below this count as this: what a network rules out is not ruled out that far.
const LOWEST_SCORE: f32 = 1e-3;
/// Semitones that the voice may lie outside an instrument's range for each nat it loses.
const SEMITONES_A_NAT: f32 = 3.0;
/// Nats that an instrument without pitch loses under a voice with one, and the other way round.
const NO_PITCH: f32 = 4.0;
/// Highest register, as MIDI pitch, in which a voice is a bass and in which it is a sub bass. Their
/// ranges reach further up than anybody means them.
const BASS_BELOW: f32 = 48.0;
const SUB_BASS_BELOW: f32 = 42.0;

/// Natural logarithms of the scores that the model gives voices on average, by instrument: any
/// voice is more of a choir than of a drum kit, and what counts is how it differs from the others.
/// `python -m vocalise_timbre.sung` measures them.
const USUAL: [f32; INSTRUMENTS] = [
    -5.06, -4.71, -3.97, -4.70, -3.57, -5.11, -4.90, -4.84, -4.09, -4.69, -2.80, -3.41, -4.88,
    -4.51, -3.48, -2.91, -5.24, -4.86, -4.80, -5.27,
];

/// Gathers the last second of voice and chooses the instrument that fits it.
#[derive(Default)]
pub struct InstrumentPicker {
    /// The last second of voice.
    memory: Memory,
    /// Voiced frames since the last query.
    since_query: usize,
    /// Unvoiced frames since the last voiced one.
    silence: usize,
    /// What is believed of each instrument, in nats; nothing before the first answer.
    beliefs: Option<[f32; INSTRUMENTS]>,
    /// Who is ahead of the choice, and in how many answers running.
    challenger: Option<(Instrument, usize)>,
    /// What plays.
    choice: Option<Instrument>,
}

impl InstrumentPicker {
    /// Forgets the voice and the choice.
    pub fn reset(&mut self) {
        self.memory.clear();
        (self.since_query, self.silence) = (0, 0);
        (self.beliefs, self.challenger, self.choice) = (None, None, None);
    }

    /// The instrument that fits the voice, once enough was heard; it changes at rests only.
    pub fn choice(&self) -> Option<Instrument> {
        self.choice
    }

    /// Hears a frame: its log-mel channel, whether it is voice, and its pitch in Hz (0 for none).
    /// Every 250 ms of voice a query is due, once there was a second of it: the log-mel channel over
    /// the last second of voice, for the timbre model.
    pub fn hear(
        &mut self,
        mel: &[f32; BANDS],
        voiced: bool,
        f0_hz: f32,
    ) -> Option<Box<TimbreSecond>> {
        if !voiced {
            self.silence += 1;
            if self.silence >= REST {
                self.change_if_due();
            }
            return None;
        }
        self.silence = 0;
        if !mel.iter().all(|value| value.is_finite()) {
            return None;
        }
        self.memory.keep(mel, f0_hz);
        self.since_query += 1;
        if self.since_query < BETWEEN_QUERIES {
            return None;
        }
        let second = self.memory.second()?;
        self.since_query = 0;
        Some(second)
    }

    /// Takes what the model answered to the last query: how near each instrument is, 0 – 1.
    pub fn answer(&mut self, scores: &[f32; INSTRUMENTS]) {
        let register = self.memory.register();
        let heard = |place: usize| {
            let score = scores[place].max(LOWEST_SCORE); // NaN counts as the lowest
            score.ln() - USUAL[place] - misfit(Instrument::ALL[place], register)
        };
        match &mut self.beliefs {
            None => self.beliefs = Some(std::array::from_fn(heard)),
            Some(beliefs) => {
                for (place, belief) in beliefs.iter_mut().enumerate() {
                    *belief += NEWEST * (heard(place) - *belief);
                }
            }
        }
        self.challenger = self.ahead().map(|leader| match self.challenger {
            Some((same, times)) if same == leader => (leader, times + 1),
            _ => (leader, 1),
        });
    }

    /// Who is ahead of the choice by enough, if anybody.
    fn ahead(&self) -> Option<Instrument> {
        let beliefs = self.beliefs.as_ref()?;
        let of = |instrument: &Instrument| beliefs[instrument.index()];
        let leader = Instrument::ALL
            .into_iter()
            .max_by(|a, b| of(a).total_cmp(&of(b)))?;
        let enough = self
            .choice
            .is_none_or(|choice| leader != choice && of(&leader) >= of(&choice) + MARGIN);
        enough.then_some(leader)
    }

    /// In a rest: the challenger takes over if it was ahead for long enough.
    fn change_if_due(&mut self) {
        if let Some((leader, times)) = self.challenger
            && times >= PERSISTENCE
        {
            self.choice = Some(leader);
            self.challenger = None;
        }
    }
}

/// Nats that `instrument` loses by playing in the register of a voice; `None` has no pitch.
fn misfit(instrument: Instrument, register: Option<f32>) -> f32 {
    let unpitched = instrument == Instrument::Drums;
    let Some(register) = register else {
        return if unpitched { 0.0 } else { NO_PITCH };
    };
    if unpitched {
        return NO_PITCH;
    }
    let range = instrument.range();
    let highest = match instrument {
        Instrument::Bass => BASS_BELOW,
        Instrument::SubBass => SUB_BASS_BELOW,
        _ => f32::from(*range.end()),
    };
    let below = f32::from(*range.start()) - register;
    let above = register - highest;
    below.max(above).max(0.0) / SEMITONES_A_NAT
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIDDLE_C: f32 = 261.63;

    /// Scores of a model that is sure of `instrument`.
    fn sure_of(instrument: Instrument) -> [f32; INSTRUMENTS] {
        let mut scores = [0.1 / (INSTRUMENTS - 1) as f32; INSTRUMENTS];
        scores[instrument.index()] = 0.9;
        scores
    }

    /// Sings `frames` frames, each query answered by `scores`.
    fn sing(
        picker: &mut InstrumentPicker,
        frames: usize,
        f0_hz: f32,
        mut scores: impl FnMut() -> [f32; INSTRUMENTS],
    ) {
        for _ in 0..frames {
            if picker.hear(&[-4.0; BANDS], true, f0_hz).is_some() {
                picker.answer(&scores());
            }
        }
    }

    fn rest(picker: &mut InstrumentPicker, frames: usize) {
        for _ in 0..frames {
            assert!(picker.hear(&[-11.0; BANDS], false, 0.0).is_none());
        }
    }

    #[test]
    fn a_query_is_due_every_quarter_second_of_voice_with_the_last_second() {
        let mut picker = InstrumentPicker::default();
        let mut due = Vec::new();
        for frame in 0..300 {
            let mel = std::array::from_fn(|band| (frame * (band + 1)) as f32 * 0.01);
            if let Some(second) = picker.hear(&mel, true, MIDDLE_C) {
                due.push(frame);
                for (place, mel) in second.iter().enumerate() {
                    let first = (frame + 1 - second.len() + place) as f32 * 0.01;
                    assert_eq!(mel[0], first, "{frame}, {place}");
                }
            }
            // Rests do not count.
            picker.hear(&[9.0; BANDS], false, 0.0);
        }
        assert_eq!(due[0], 99, "not before there was a second");
        assert!(
            due.windows(2)
                .all(|pair| pair[1] - pair[0] == BETWEEN_QUERIES)
        );
    }

    #[test]
    fn what_is_heard_again_and_again_is_chosen_at_the_rest() {
        for planted in [
            Instrument::Saxophone,
            Instrument::Strings,
            Instrument::Choir,
        ] {
            let mut picker = InstrumentPicker::default();
            sing(&mut picker, 400, MIDDLE_C, || sure_of(planted));
            assert_eq!(picker.choice(), None, "not before a rest");
            rest(&mut picker, REST - 1);
            assert_eq!(picker.choice(), None, "a consonant is no rest");
            rest(&mut picker, 1);
            assert_eq!(picker.choice(), Some(planted));
        }
    }

    #[test]
    fn it_changes_at_the_rest_when_the_evidence_lasts_and_stays_when_it_does_not() {
        let mut picker = InstrumentPicker::default();
        sing(&mut picker, 400, MIDDLE_C, || sure_of(Instrument::Flute));
        rest(&mut picker, 40);
        sing(&mut picker, 75, MIDDLE_C, || sure_of(Instrument::Organ));
        rest(&mut picker, 40);
        assert_eq!(picker.choice(), Some(Instrument::Flute), "a whim");
        sing(&mut picker, 500, MIDDLE_C, || sure_of(Instrument::Organ));
        assert_eq!(picker.choice(), Some(Instrument::Flute), "still sung");
        rest(&mut picker, 40);
        assert_eq!(picker.choice(), Some(Instrument::Organ));
        picker.reset();
        assert_eq!(picker.choice(), None);
    }

    #[test]
    fn two_that_are_level_do_not_take_turns() {
        let mut picker = InstrumentPicker::default();
        sing(&mut picker, 400, MIDDLE_C, || sure_of(Instrument::Flute));
        rest(&mut picker, 40);
        for turn in 0..20 {
            let instrument = [Instrument::Woodwinds, Instrument::Flute][turn % 2];
            sing(&mut picker, 100, MIDDLE_C, || sure_of(instrument));
            rest(&mut picker, 40);
            assert_eq!(picker.choice(), Some(Instrument::Flute), "turn {turn}");
        }
    }

    #[test]
    fn the_register_of_the_voice_counts() {
        let chosen = |f0_hz: f32, instrument: Instrument| {
            let mut picker = InstrumentPicker::default();
            let mut scores = USUAL.map(f32::exp);
            scores[instrument.index()] *= 4.0;
            scores[Instrument::Organ.index()] *= 3.0;
            sing(&mut picker, 400, f0_hz, || scores);
            rest(&mut picker, 40);
            picker.choice()
        };
        use Instrument::{Bass, Drums, Flute, Organ, SubBass};
        assert_eq!(chosen(880.0, Flute), Some(Flute));
        assert_eq!(chosen(110.0, Flute), Some(Organ), "below its range");
        assert_eq!(chosen(98.0, Bass), Some(Bass));
        assert_eq!(chosen(392.0, Bass), Some(Organ));
        assert_eq!(chosen(60.0, SubBass), Some(SubBass));
        assert_eq!(chosen(196.0, SubBass), Some(Organ));
        assert_eq!(chosen(220.0, Drums), Some(Organ), "a pitch is no drum");
        assert_eq!(chosen(0.0, Drums), Some(Drums));
    }

    #[test]
    fn what_is_no_number_changes_nothing() {
        let mut picker = InstrumentPicker::default();
        for _ in 0..100 {
            assert!(picker.hear(&[f32::NAN; BANDS], true, f32::NAN).is_none());
        }
        let mut scores = sure_of(Instrument::Brass);
        scores[3] = f32::NAN;
        sing(&mut picker, 400, f32::INFINITY, || scores);
        sing(&mut picker, 400, MIDDLE_C, || scores);
        rest(&mut picker, 40);
        assert_eq!(picker.choice(), Some(Instrument::Brass));
    }

    proptest! {
        #[test]
        fn nothing_changes_within_a_phrase_whatever_the_scores(
            first in 0..INSTRUMENTS - 1,
            seed in any::<u64>(),
            gaps in proptest::collection::vec((1usize..200, 1usize..REST), 1..20),
        ) {
            let mut picker = InstrumentPicker::default();
            let planted = Instrument::ALL[first];
            sing(&mut picker, 400, 130.8, || sure_of(planted));
            rest(&mut picker, 40);
            let chosen = picker.choice();
            prop_assert!(chosen.is_some());
            let mut state = seed | 1;
            for (sung, silent) in gaps {
                sing(&mut picker, sung, 130.8, || {
                    std::array::from_fn(|_| {
                        state ^= state << 13;
                        state ^= state >> 7;
                        state ^= state << 17;
                        (state >> 40) as f32 / (1u64 << 24) as f32
                    })
                });
                prop_assert_eq!(picker.choice(), chosen);
                rest(&mut picker, silent);
                prop_assert_eq!(picker.choice(), chosen);
            }
        }
    }
}
