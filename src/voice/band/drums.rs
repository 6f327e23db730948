//! The drummer: the roll's hits as one player could play them, with the singer's accents, and with
//! phrases that end in a fill.

use super::bar_note::BarNote;
use super::condition::{HeardBar, STEPS};
use super::fill;
use super::kit::{DEEP, HAT, HIGHEST, KICK, LOWEST, OPEN, PEDAL, Part, takes_a_hand};
use super::noise::BarDraw;
use super::reading_roll::{Reading, SILENT, is_strong};
use crate::music::Genre;

/// Bars of a phrase.
const PHRASE: i64 = 4;
/// A drummer's hands.
const HANDS: usize = 2;
/// From this variation on, 0 – 1, kicks go to what the singer accents.
const FOLLOWS_FROM: f32 = 0.3;
/// How much louder a hit is that a sung onset falls on.
const WITH_SINGER: f32 = 1.12;
/// How loud a phrase's first crash is, before the whole is levelled, and a kick under it.
const MARKED: f32 = 0.8;
/// How many steps an open hat sounds at most.
const OPEN_STEPS: usize = 4;
/// How many hits of snare and toms make a last beat a fill already.
const A_FILL: usize = 3;
/// Steps that a bar has at least if it is to end in a fill.
const ROOM: usize = 8;
/// What is asked of chance.
const WHICH_FILL: u64 = 0;

/// The bass drum that a genre has.
const fn kick(genre: Genre) -> u8 {
    match genre {
        Genre::Classical | Genre::Cinematic => DEEP,
        _ => KICK,
    }
}

/// Hits by step and key, 0 – 1; 0 is none.
type Hits = [[f32; 128]; STEPS];

/// What the drums play in bar `bar` of the song. `draw` picks fills; `heard` is what is expected to
/// be sung in the bar. Of a long bar's calls only the last ends a phrase: give the others another
/// bar's number.
pub fn drums(reading: &Reading, bar: i64, draw: &BarDraw, heard: &HeardBar) -> Vec<BarNote> {
    let mut hits = hits(reading);
    if hits.as_flattened().iter().all(|hit| *hit <= 0.0) {
        return Vec::new();
    }
    follow(&mut hits, reading, heard);
    phrase(&mut hits, reading, bar, draw);
    for hits in &mut hits {
        one_player(hits);
    }
    let wanted = reading.wanted();
    let mut notes = Vec::new();
    for (step, keys) in hits.iter().enumerate() {
        for key in LOWEST.max(wanted.lowest)..=HIGHEST.min(wanted.highest) {
            let velocity = keys[usize::from(key)];
            if velocity > 0.0 {
                notes.push(BarNote {
                    step: step as u8,
                    length: lasts(&hits, reading.steps(), step, key) as u8,
                    key,
                    velocity,
                });
            }
        }
    }
    reading.level(&mut notes);
    notes
}

/// The roll's hits on about as many steps as are asked for.
fn hits(reading: &Reading) -> Hits {
    let kit = usize::from(LOWEST)..=usize::from(HIGHEST);
    let evidence: [f32; STEPS] = std::array::from_fn(|step| {
        kit.clone()
            .fold(0.0, |most: f32, key| most.max(reading.cell(step, key)))
    });
    let mut hits = [[0.0; 128]; STEPS];
    for step in reading.onsets(&evidence, reading.asked_onsets(), SILENT) {
        for key in kit.clone() {
            let hit = reading.cell(step, key);
            if hit >= SILENT {
                // Two kicks would be one that changes its sound.
                let is_kick = Part::of(key as u8) == Some(Part::Kick);
                let key = if is_kick {
                    usize::from(kick(reading.genre()))
                } else {
                    key
                };
                hits[step][key] = hit.max(hits[step][key]);
            }
        }
        one_player(&mut hits[step]);
    }
    hits
}

/// Leaves of the hits of one step what one drummer, and some percussion, can play: the loudest.
fn one_player(hits: &mut [f32; 128]) {
    let mut ranked: Vec<u8> = (LOWEST..=HIGHEST)
        .filter(|key| hits[usize::from(*key)] > 0.0)
        .collect();
    ranked.sort_by(|a, b| hits[usize::from(*b)].total_cmp(&hits[usize::from(*a)]));
    let mut kept: Vec<u8> = Vec::with_capacity(ranked.len());
    for key in ranked {
        let Some(part) = Part::of(key) else {
            continue;
        };
        let same = kept
            .iter()
            .filter(|other| Part::of(**other) == Some(part))
            .count();
        let hands = kept.iter().filter(|other| takes_a_hand(**other)).count();
        if same >= part.at_once() || (takes_a_hand(key) && hands >= HANDS) {
            hits[usize::from(key)] = 0.0;
        } else {
            kept.push(key);
        }
    }
}

/// Moves kicks that are a step beside a sung onset onto it, if the user lets the drums vary, and
/// accents what falls on one. Kicks on the beat stay.
fn follow(hits: &mut Hits, reading: &Reading, heard: &HeardBar) {
    let steps = reading.steps();
    let sung = heard.onsets(steps);
    let count = sung.iter().filter(|velocity| **velocity > 0.0).count();
    let mean = sung.iter().sum::<f32>() / count.max(1) as f32;
    let kick = usize::from(kick(reading.genre()));
    for step in (0..steps).filter(|step| sung[*step] > 0.0) {
        let beside = [step.wrapping_sub(1), step + 1];
        let moves = |from: &usize| {
            *from < steps && !is_strong(*from) && sung[*from] <= 0.0 && hits[*from][kick] > 0.0
        };
        let follows = reading.wanted().variation >= FOLLOWS_FROM && sung[step] >= mean;
        if follows
            && hits[step][kick] <= 0.0
            && let Some(from) = beside.into_iter().find(moves)
        {
            hits[step][kick] = std::mem::take(&mut hits[from][kick]);
        }
        hits[step]
            .iter_mut()
            .for_each(|hit| *hit = (*hit * WITH_SINGER).min(1.0));
    }
}

/// Ends a phrase with a fill, unless the roll has one, and begins the one after it with a crash.
fn phrase(hits: &mut Hits, reading: &Reading, bar: i64, draw: &BarDraw) {
    let (genre, steps) = (reading.genre(), reading.steps());
    let intensity = reading.wanted().intensity;
    if !fill::plays(genre, intensity) || steps < ROOM {
        return;
    }
    match bar.rem_euclid(PHRASE) {
        // The first bar of all follows no fill.
        0 if bar != 0 && fill::crashes(genre) => {
            let first = &mut hits[0];
            if first.iter().any(|hit| *hit > 0.0) {
                first[usize::from(HAT)] = 0.0;
                first[usize::from(OPEN)] = 0.0;
                for key in [fill::MARK, kick(genre)] {
                    first[usize::from(key)] = first[usize::from(key)].max(MARKED);
                }
            }
        }
        3 => {
            let is_filling = |key: &u8| matches!(Part::of(*key), Some(Part::Snare | Part::Tom));
            let filling = |step: usize| {
                (LOWEST..=HIGHEST)
                    .filter(is_filling)
                    .any(|key| hits[step][usize::from(key)] > 0.0)
            };
            if (steps - 4..steps).filter(|step| filling(*step)).count() < A_FILL {
                put(
                    hits,
                    steps,
                    fill::pick(genre, intensity, draw.unit(WHICH_FILL)),
                );
            }
        }
        _ => {}
    }
}

/// Puts a fill at the end of the first `steps`, in place of what is there.
fn put(hits: &mut Hits, steps: usize, (fill, length): (fill::Fill, usize)) {
    let length = length.min(steps);
    let begins = steps - length;
    hits[begins..steps].fill([0.0; 128]);
    for (key, pattern) in fill {
        for (place, sign) in pattern.bytes().take(length).enumerate() {
            if let Some(loudness) = fill::loudness(sign) {
                let rising = 0.92 + 0.16 * place as f32 / length as f32;
                hits[begins + place][usize::from(*key)] = loudness * rising;
            }
        }
    }
}

/// How many steps a hit sounds: an open hat until the hat is next struck, others one.
fn lasts(hits: &Hits, steps: usize, step: usize, key: u8) -> usize {
    if key != OPEN {
        return 1;
    }
    let struck = |step: &usize| {
        [HAT, PEDAL, OPEN]
            .iter()
            .any(|key| hits[*step][usize::from(*key)] > 0.0)
    };
    let until = steps.min(step + OPEN_STEPS);
    (step + 1..until).find(struck).unwrap_or(until) - step
}

#[cfg(test)]
#[path = "drums_tests.rs"]
mod tests;
