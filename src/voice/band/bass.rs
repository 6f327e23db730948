//! The bass line: the roll's rhythm and contour on the roots of the planned chords.

use super::bar_note::BarNote;
use super::changes::Changes;
use super::compass::Compass;
use super::condition::STEPS;
use super::reading_roll::{Reading, SILENT, SURE, is_strong, velocity};
use super::voiced::Voiced;
use crate::music::{Chord, Genre};

/// The largest leap, in semitones.
const LEAP: i32 = 12;
/// The highest key.
const HIGHEST: u8 = 55;
/// Which share of the roll's clearest tone another must have to be meant, too.
const MEANT: f32 = 0.6;

/// The lowest key: a bass guitar's E, or as low as a synthesiser's C.
const fn lowest(genre: Genre) -> u8 {
    match genre {
        Genre::Trap | Genre::HipHop | Genre::Electronic => 24,
        _ => 28,
    }
}

/// What the bass plays: one note at a time, the root first whenever a chord begins. `before` is what
/// was played last, and becomes what is played here.
pub fn bass(reading: &Reading, changes: &Changes, before: &mut Voiced) -> Vec<BarNote> {
    let steps = reading.steps();
    let compass = Compass::new(reading.wanted(), lowest(reading.genre())..=HIGHEST);
    let evidence: [f32; STEPS] = std::array::from_fn(|step| reading.first_key(step).1);
    let mut onsets = reading.onsets(&evidence, reading.asked_onsets(), SURE);
    if let Some(half) = changes.moves(steps)
        && changes.first.root() != changes.second.root()
        && !onsets.contains(&half)
        && reading.sounds(half)
    {
        // What is held into another chord goes to its root.
        onsets.push(half);
        onsets.sort_unstable();
    }
    let mut notes: Vec<BarNote> = Vec::new();
    let mut told = None;
    let mut stands_for_root = None;
    for (place, step) in onsets.iter().copied().enumerate() {
        let chord = changes.at(step, steps);
        let next = onsets.get(place + 1).copied();
        let until = next.unwrap_or(steps);
        let is_first = told != Some(chord);
        if is_first {
            let (key, most) = reading.first_key(step);
            stands_for_root = (most > 0.0).then_some(key % 12);
        }
        let choice = Choice {
            reading,
            changes,
            compass,
            step,
            chord,
            is_first,
            stands_for_root,
            leads_to: next
                .map(|next| changes.at(next, steps))
                .filter(|next| *next != chord),
            last: before.bass,
        };
        let Some(key) = choice.key() else {
            continue;
        };
        let length = reading.lasts(step, until);
        if let Some(last) = notes.last_mut()
            && last.key == key
            && last.end() == step
            && step - usize::from(last.step) == 1
            && evidence[step] < SURE
            && !choice.is_first
        {
            // Hardly struck, so soon after the same: it only goes on.
            last.length += length as u8;
            continue;
        }
        (told, before.bass) = (Some(chord), Some(key));
        // What goes to another root without a stroke in the roll is as loud as what it goes on from.
        let as_before = || notes.last().map_or(velocity(SURE), |last| last.velocity);
        let stroke = evidence[step] >= SILENT;
        let velocity = if stroke {
            velocity(evidence[step])
        } else {
            as_before()
        };
        notes.push(BarNote {
            step: step as u8,
            length: length as u8,
            key,
            velocity,
        });
    }
    reading.level(&mut notes);
    notes
}

/// One note that is to be chosen.
struct Choice<'a> {
    reading: &'a Reading,
    changes: &'a Changes,
    compass: Compass,
    step: usize,
    chord: Chord,
    /// Whether it is the chord's first.
    is_first: bool,
    /// The roll's tone, in its own frame, at the chord's first note: where it comes again, the root
    /// does.
    stands_for_root: Option<usize>,
    /// The chord that begins with the note after, if one does.
    leads_to: Option<Chord>,
    /// The note before.
    last: Option<u8>,
}

impl Choice<'_> {
    /// The key that is played; `None` if none may be.
    fn key(&self) -> Option<u8> {
        let (from_roll, most) = self.reading.first_key(self.step);
        let octaves = 12 * i32::from(self.reading.wanted().octave);
        let meant = from_roll as i32 + self.changes.shift() + octaves;
        // Without a word from the roll, near where the line was.
        let meant = match (most > 0.0, self.last) {
            (false, Some(last)) => i32::from(last),
            _ => meant,
        };
        let near = self.compass.folded(meant).map_or(meant, i32::from);
        let leap = |key: u8| self.last.map_or(0, |last| i32::from(key.abs_diff(last)));
        let reachable = self
            .compass
            .keys()
            .any(|key| self.weight(key, most) > 0.0 && leap(key) <= LEAP);
        let mut best = (f32::NEG_INFINITY, None);
        for key in self.compass.keys() {
            let weight = self.weight(key, most);
            if weight <= 0.0 || (reachable && leap(key) > LEAP) {
                continue;
            }
            let away = (i32::from(key) - near).abs() as f32;
            let wide = (leap(key) - 7).max(0) as f32;
            let score = weight - 0.08 * away - 0.02 * leap(key) as f32 - 0.03 * wide;
            if score > best.0 {
                best = (score, Some(key));
            }
        }
        best.1
    }

    /// Whether the chord must be heard at the step: on the beats, or on every other one where basses
    /// walk.
    fn is_strong(&self) -> bool {
        let walks = matches!(self.reading.genre(), Genre::Jazz | Genre::Classical);
        is_strong(self.step) && (!walks || self.step.is_multiple_of(8))
    }

    /// How much speaks for a key as a tone, whatever its octave; 0 if it may not be played. `most`
    /// is how clear the roll's clearest tone is.
    fn weight(&self, key: u8, most: f32) -> f32 {
        let in_roll = (i32::from(key) - self.changes.shift()).rem_euclid(12) as usize;
        let is_root = key % 12 == self.chord.root();
        let stands_in = self.stands_for_root.filter(|_| is_root);
        let begins = [in_roll].into_iter().chain(stands_in);
        let begins = begins.fold(0.0, |most: f32, tone| {
            most.max(self.reading.tone_begins(self.step, tone))
        });
        let is_taken = self.stands_for_root == Some(in_roll);
        let says = begins >= SILENT && begins >= MEANT * most && !is_taken;
        let standing = if is_root {
            0.4
        } else if self.is_first || !says {
            return 0.0;
        } else if self.chord.contains(key) {
            0.3
        } else if self.is_strong() {
            return 0.0;
        } else if self.changes.fits(key, self.chord) {
            0.1
        } else if self
            .leads_to
            .is_some_and(|next| is_beside(key, next.root()))
        {
            0.05
        } else {
            return 0.0;
        };
        standing + 3.0 * begins
    }
}

/// Whether a key is a half-step from a pitch class.
fn is_beside(key: u8, tone: u8) -> bool {
    matches!((key + 12 - tone) % 12, 1 | 11)
}

#[cfg(test)]
#[path = "bass_tests.rs"]
mod tests;
