//! The harmony's notes: when and how the roll says, on the keys of the planned chords.

use super::bar_note::BarNote;
use super::changes::Changes;
use super::compass::Compass;
use super::condition::STEPS;
use super::reading_roll::{Reading, SILENT, SURE, velocity};
use super::voiced::Voiced;
use super::voicing::{Lie, led, usual_register, voices};
use crate::music::{Chord, Genre};
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

/// The keys that chords are usually played on.
const USUAL: RangeInclusive<u8> = 40..=88;
/// How near to the lowest and highest usual mean key the register is held.
const REGISTERS: (f32, f32) = (50.0, 74.0);
/// How many tones must be heard for a chord to be known.
const A_CHORD: usize = 3;
/// Which share of the roll's clearest key another must have to be struck with it.
const ALSO: f32 = 0.7;
/// How much softer than its top note a chord's others are.
const INNER: f32 = 0.93;

/// What is struck at a step.
struct Strike {
    step: usize,
    /// How much the roll strikes, 0 – 1; silent where a held chord changes.
    begins: f32,
    /// The keys of a broken chord, each with how many steps it lasts.
    broken: Vec<(u8, usize)>,
    /// Whether the whole chord is struck.
    whole: bool,
}

/// What the chords track plays. `before` is what was played last, and becomes what is played here.
pub fn chords(reading: &Reading, changes: &Changes, before: &mut Voiced) -> Vec<BarNote> {
    let steps = reading.steps();
    let evidence: [f32; STEPS] = std::array::from_fn(|step| reading.first_key(step).1);
    let mut onsets = reading.onsets(&evidence, reading.asked_onsets(), SURE);
    let half = changes.moves(steps);
    if let Some(half) = half
        && !onsets.contains(&half)
        && reading.sounds(half)
    {
        // What is held into another chord is struck again.
        onsets.push(half);
        onsets.sort_unstable();
    }
    let mut notes = Vec::new();
    let mut begins = 0;
    for end in half.into_iter().chain([steps]) {
        let own: Vec<usize> = onsets
            .iter()
            .copied()
            .filter(|step| (begins..end).contains(step))
            .collect();
        if !own.is_empty() {
            let keys = keys(reading, changes, begins..end, &before.chord);
            play(reading, &own, end, &keys, changes.shift(), &mut notes);
            if !keys.is_empty() {
                before.chord = keys;
            }
        }
        begins = end;
    }
    reading.level(&mut notes);
    notes.sort_by_key(|note| (note.step, note.key));
    notes
}

/// The keys of the chord that sounds during `part`.
fn keys(reading: &Reading, changes: &Changes, part: Range<usize>, before: &[u8]) -> Vec<u8> {
    let genre = reading.genre();
    let chord: Chord = changes.at(part.start, reading.steps());
    // A ninth colours the chord only where the roll plays the chord itself.
    let ninth = (chord.root() + 2) % 12;
    let coloured = chord.tones().chain([ninth]).all(|tone| {
        let in_roll = (i32::from(tone) - changes.shift()).rem_euclid(12) as usize;
        part.clone()
            .any(|step| reading.tone_begins(step, in_roll) >= SURE)
    });
    let usual = usual_register(genre);
    let register = reading
        .register(part)
        .map_or(usual, |mean| mean + changes.shift() as f32);
    let octaves = 12.0 * f32::from(reading.wanted().octave);
    let compass = Compass::new(reading.wanted(), USUAL);
    let (lowest, highest) = compass.ends();
    // Room for the voices below and above.
    let room = 7.0_f32.min((highest - lowest) as f32 / 2.0);
    let register = register.clamp(REGISTERS.0, REGISTERS.1) + octaves;
    let lie = Lie {
        genre,
        root: chord.root(),
        compass,
        register: register.clamp(lowest as f32 + room, highest as f32 - room),
        before,
    };
    led(&voices(chord, changes.key, genre, coloured), &lie)
}

/// Strikes the chord of `keys` on `onsets`, all before `end`.
fn play(
    reading: &Reading,
    onsets: &[usize],
    end: usize,
    keys: &[u8],
    shift: i32,
    notes: &mut Vec<BarNote>,
) {
    let mut strikes: Vec<Strike> = onsets
        .iter()
        .map(|step| strike(reading, *step, end, keys, shift))
        .collect();
    let broken = strikes.iter().flat_map(|strike| &strike.broken);
    let heard = tones(broken.map(|(key, _)| *key));
    if heard < 2 {
        // One tone again and again is no chord.
        strikes.iter_mut().for_each(|strike| strike.whole = true);
    } else if heard < A_CHORD.min(tones(keys.iter().copied())) {
        strikes
            .iter_mut()
            .take(1)
            .for_each(|strike| strike.whole = true);
    }
    let mut loud = velocity(SURE);
    for (place, strike) in strikes.iter().enumerate() {
        let later = &strikes[place + 1..];
        let next = later.first().map_or(end, |next| next.step);
        if strike.begins >= SILENT {
            loud = velocity(strike.begins);
        }
        let whole: Vec<_> = keys
            .iter()
            .map(|key| (*key, reading.lasts(strike.step, next)))
            .collect();
        let struck = if strike.whole { &whole } else { &strike.broken };
        let top = struck.iter().map(|(key, _)| *key).max();
        for (key, lasts) in struck {
            // It ends where it, or the whole chord, is struck again.
            let again = later
                .iter()
                .find(|s| s.whole || s.broken.iter().any(|tone| tone.0 == *key));
            let until = again.map_or(end, |again| again.step) - strike.step;
            let length = gated(reading.genre(), *lasts, next - strike.step).min(until);
            notes.push(BarNote {
                step: strike.step as u8,
                length: length.max(1) as u8,
                key: *key,
                velocity: if top == Some(*key) {
                    loud
                } else {
                    INNER * loud
                },
            });
        }
    }
}

/// How many tones there are among `keys`, whatever their octaves.
fn tones(keys: impl Iterator<Item = u8>) -> usize {
    keys.map(|key| key % 12).collect::<BTreeSet<u8>>().len()
}

/// What the roll strikes at `step`: the whole chord of `keys`, or the tones of it that are nearest
/// to the roll's keys.
fn strike(reading: &Reading, step: usize, end: usize, keys: &[u8], shift: i32) -> Strike {
    let (_, begins) = reading.first_key(step);
    let least = (ALSO * begins).max(SILENT);
    let octaves = 12 * i32::from(reading.wanted().octave);
    let compass = Compass::new(reading.wanted(), USUAL);
    let (mut broken, mut struck): (Vec<(u8, usize)>, _) = (Vec::new(), 0);
    for in_roll in (0..128).filter(|key| reading.begins(step, *key) >= least) {
        struck += 1;
        let away = |key: &u8| (i32::from(*key) - in_roll as i32 - shift - octaves).abs();
        let is_tone = |key: &u8| keys.iter().any(|tone| tone % 12 == key % 12);
        if let Some(key) = compass.keys().filter(is_tone).min_by_key(away)
            && broken.iter().all(|(other, _)| *other != key)
        {
            broken.push((key, reading.key_lasts(step, in_roll, end)));
        }
    }
    let most = if reading.genre() == Genre::Classical {
        A_CHORD - 1
    } else {
        A_CHORD
    };
    Strike {
        step,
        begins,
        // Where a held chord changes the roll strikes nothing, and all of it changes.
        whole: broken.is_empty() || struck >= most,
        broken,
    }
}

/// How long the genre holds what the roll holds for `lasts` steps, with the next strike `gap` steps
/// off.
fn gated(genre: Genre, lasts: usize, gap: usize) -> usize {
    match genre {
        // Short, off the beat.
        Genre::Afrobeat => lasts.min(2),
        // Stabs, but pads are pads.
        Genre::Trap if lasts < STEPS / 2 => lasts.min(2),
        // Bound to the next, unless the roll rests for long.
        Genre::Cinematic | Genre::Classical if 2 * lasts >= gap || gap <= 4 => lasts.max(gap),
        _ => lasts,
    }
}

#[cfg(test)]
#[path = "chords_tests.rs"]
mod tests;
