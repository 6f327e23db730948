//! The second melody: it sings where the singer does not, and never against the tune.

use super::bar_note::BarNote;
use super::changes::Changes;
use super::compass::Compass;
use super::condition::{HeardBar, STEPS};
use super::reading_roll::{Reading, SILENT, SURE, is_strong, velocity};
use super::voiced::Voiced;
use crate::music::Chord;

/// The keys that a second melody is usually played on.
const USUAL: std::ops::RangeInclusive<u8> = 48..=91;
/// The largest leap, in semitones.
const LEAP: i32 = 12;
/// How far from the tune's middle, in semitones, the line keeps: at least and at most.
const BESIDE: (i32, i32) = (3, 20);
/// Which share of its notes a line loses beside a tune with a note on every other step.
const SPACE: f32 = 0.6;
/// Which share of its weight an onset loses on a sung one, and next to one.
const ON_SUNG: f32 = 0.45;
const NEXT_TO_SUNG: f32 = 0.15;

/// What the second melody plays: one note at a time. `heard` is what is expected to be sung in the
/// bar; `before` is what was played last, and becomes what is played here.
pub fn counter(
    reading: &Reading,
    changes: &Changes,
    heard: &HeardBar,
    before: &mut Voiced,
) -> Vec<BarNote> {
    let steps = reading.steps();
    let sung = Sung::of(heard, steps);
    let compass = compass(reading, changes, heard);
    let evidence: [f32; STEPS] = std::array::from_fn(|step| {
        let loud = |at: Option<usize>| at.is_some_and(|at| at < STEPS && sung.begins[at]);
        let beside = u8::from(loud(step.checked_sub(1))) + u8::from(loud(Some(step + 1)));
        let kept = 1.0 - f32::from(u8::from(loud(Some(step)))) * ON_SUNG;
        reading.first_key(step).1 * (kept - NEXT_TO_SUNG * f32::from(beside)).max(0.2)
    });
    let count = sung.begins.iter().filter(|begins| **begins).count() as f32;
    let busy = (2.0 * count / steps as f32).min(1.0);
    // The tune takes room from the line, and from what the roll is sure of.
    let asked = reading.asked_onsets() * (1.0 - SPACE * busy);
    let onsets = reading.onsets(&evidence, asked, SURE);
    let mut notes: Vec<BarNote> = Vec::new();
    for (place, step) in onsets.iter().copied().enumerate() {
        let until = onsets.get(place + 1).copied().unwrap_or(steps);
        let choice = Choice {
            reading,
            changes,
            compass,
            step,
            chord: changes.at(step, steps),
            sung: &sung,
            last: before.counter,
        };
        let Some(key) = choice.key() else {
            continue;
        };
        let lasts = reading.lasts(step, until);
        // It is let go where it would rub with what is sung, or with another chord.
        let rubs = |at: &usize| {
            sung.rubs(*at, key)
                || !(changes.at(*at, steps) == choice.chord
                    || changes.fits(key, changes.at(*at, steps)))
        };
        let end = (step + 1..step + lasts).find(rubs).unwrap_or(step + lasts);
        before.counter = Some(key);
        notes.push(BarNote {
            step: step as u8,
            length: (end - step) as u8,
            key,
            velocity: velocity(reading.first_key(step).1),
        });
    }
    reading.level(&mut notes);
    notes
}

/// The keys on the side of the tune on which the roll is.
fn compass(reading: &Reading, changes: &Changes, heard: &HeardBar) -> Compass {
    let compass = Compass::new(reading.wanted(), USUAL);
    let octaves = 12 * i32::from(reading.wanted().octave);
    let steps = reading.steps();
    let (Some(tune), Some(own)) = (heard.register(steps), reading.register(0..steps)) else {
        return compass;
    };
    let own = own + (changes.shift() + octaves) as f32;
    let (middle, (least, most)) = (tune.round() as i32, BESIDE);
    if own >= tune {
        compass.nearest_part(middle + least, middle + most)
    } else {
        compass.nearest_part(middle - most, middle - least)
    }
}

/// What is sung, step by step.
struct Sung {
    /// The key that sounds.
    keys: [Option<u8>; STEPS],
    /// Whether a note begins.
    begins: [bool; STEPS],
}

impl Sung {
    fn of(heard: &HeardBar, steps: usize) -> Self {
        let mut keys = [None; STEPS];
        for note in heard.on_grid() {
            let inside = |step: i32| step.clamp(0, steps.min(STEPS) as i32) as usize;
            keys[inside(note.step)..inside(note.end)].fill(Some(note.key));
        }
        Self {
            keys,
            begins: heard.onsets(steps).map(|velocity| velocity > 0.0),
        }
    }

    /// Whether `key` would lie a half-step or a tritone, octaves apart or not, from what is sung at
    /// `step`.
    fn rubs(&self, step: usize, key: u8) -> bool {
        let sung = self.keys.get(step).copied().flatten();
        sung.is_some_and(|sung| matches!(key.abs_diff(sung) % 12, 1 | 6 | 11))
    }
}

/// One note that is to be chosen.
struct Choice<'a> {
    reading: &'a Reading,
    changes: &'a Changes,
    compass: Compass,
    step: usize,
    chord: Chord,
    sung: &'a Sung,
    /// The note before.
    last: Option<u8>,
}

impl Choice<'_> {
    /// The key that is played; `None` if none may be.
    fn key(&self) -> Option<u8> {
        let (from_roll, _) = self.reading.first_key(self.step);
        let octaves = 12 * i32::from(self.reading.wanted().octave);
        let meant = from_roll as i32 + self.changes.shift() + octaves;
        let near = self.compass.folded(meant).map_or(meant, i32::from);
        let leap = |key: u8| self.last.map_or(0, |last| i32::from(key.abs_diff(last)));
        let may = |key: &u8| self.may(*key);
        // After the tune has moved to another register the line may have to leap to be beside it.
        let is_near = |key: &u8| leap(*key) <= LEAP;
        let reachable = self.compass.keys().filter(may).any(|key| is_near(&key));
        let mut best = (f32::NEG_INFINITY, None);
        for key in self
            .compass
            .keys()
            .filter(may)
            .filter(|key| !reachable || is_near(key))
        {
            let in_roll = (i32::from(key) - self.changes.shift()).rem_euclid(12) as usize;
            let begins = self.reading.tone_begins(self.step, in_roll);
            let tone = if begins >= SILENT { 2.0 * begins } else { 0.0 };
            let chord = if self.chord.contains(key) { 0.2 } else { 0.0 };
            let away = (i32::from(key) - near).abs() as f32;
            let wide = (leap(key) - 5).max(0) as f32;
            let again = if leap(key) == 0 && self.last.is_some() {
                0.1
            } else {
                0.0
            };
            let score = tone + chord - 0.12 * away - 0.03 * leap(key) as f32 - 0.06 * wide - again;
            if score > best.0 {
                best = (score, Some(key));
            }
        }
        best.1
    }

    /// Whether a key may be played: the chord's on a beat, the scale's elsewhere, none against the
    /// tune.
    fn may(&self, key: u8) -> bool {
        let fits = if is_strong(self.step) {
            self.chord.contains(key)
        } else {
            self.changes.fits(key, self.chord)
        };
        fits && !self.sung.rubs(self.step, key)
    }
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;
