//! What is likely to be sung in the half bars to come.

use super::belief::{Belief, fit};
use super::memory::{Guess, Memory};
use super::table::{ByState, Mode, STATES, Table, state_of};
use super::way::wanted;
use super::weights::Weights;

/// What a note that begins no half bar counts against one that does.
pub(super) const ELSEWHERE: f32 = 0.15;

/// What is expected in a half bar because it was sung before.
pub(super) struct Again {
    /// Shares of the notes wanted, in semitones above the tonic; all and the doubt sum to one.
    pub notes: [f32; 12],
    /// How likely they are in each state, as a logarithm.
    pub fit: ByState,
    /// How likely each state is the one that was played there.
    pub played: ByState,
}

impl Again {
    /// In the half bar `half` from now, in a key of this mode and tonic.
    pub fn new(
        memory: &Memory,
        guesses: &[Guess],
        half: usize,
        (mode, tonic): (&Mode, usize),
        weights: &Weights,
    ) -> Self {
        let mut again = Self {
            notes: [0.0; 12],
            fit: [0.0; STATES],
            played: [0.0; STATES],
        };
        let later = weights.later.powi((half / 2) as i32);
        for guess in guesses {
            let Some(past) = memory.get(guess.next + half / 2) else {
                continue;
            };
            let chance = guess.chance * later;
            let sound = past.heard.moved(half % 2, guess.moved);
            for (sum, notes) in again.notes.iter_mut().zip(wanted(&sound, tonic, ELSEWHERE)) {
                *sum += chance * notes;
            }
            for (sum, fit) in again.fit.iter_mut().zip(fit(mode, tonic, &sound)) {
                *sum += chance * fit;
            }
            if let Some(played) = past.played {
                let chord = [played.first, played.second][half % 2];
                let state = state_of(chord.transposed(guess.moved.into()), tonic as u8);
                again.played[state] += chance;
            }
        }
        again
    }
}

/// The notes that the half bar `half` from now is likely to begin with, as shares of one in
/// semitones above the tonic: what the chords believed in have above them (in one key, or in all),
/// what was sung of late, what the last note leads to, and what is expected again.
pub(super) fn hope(
    belief: &Belief,
    (table, only): (&Table, Option<usize>),
    memory: &Memory,
    (half, again): (usize, &Again),
    (mode, tonic): (&Mode, usize),
    weights: &Weights,
) -> [f32; 12] {
    let mut hope = belief.begins(table, tonic, only);
    let usual = memory.usual(tonic);
    let known = weights.usual * usual.iter().sum::<f32>();
    for (hope, usual) in hope.iter_mut().zip(usual) {
        *hope = (1.0 - known) * *hope + weights.usual * usual;
    }
    let last = memory.last().and_then(|past| past.heard.last);
    if let (Some(last), Some(leads)) = (last, mode.leads.get(half)) {
        let last = (usize::from(last) + 12 - tonic) % 12;
        lead(
            &mut hope,
            &leads[last],
            [weights.lead, weights.lead_within][half],
        );
    }
    let doubt = 1.0 - again.notes.iter().sum::<f32>();
    for (hope, again) in hope.iter_mut().zip(&again.notes) {
        *hope = doubt * *hope + again;
    }
    hope
}

/// Weighs what is hoped for by what the last note sung leads to.
fn lead(hope: &mut [f32; 12], leads: &[f32; 12], weight: f32) {
    let mut all = 0.0;
    for (hope, lead) in hope.iter_mut().zip(leads) {
        *hope *= lead.powf(weight);
        all += *hope;
    }
    if all > 0.0 {
        hope.iter_mut().for_each(|hope| *hope /= all);
    }
}
