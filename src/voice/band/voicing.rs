//! Which keys a chord is played on: the genre's tones of it, led from the chord before.

use super::compass::Compass;
use crate::music::{Chord, Genre, Key, Quality};

/// How far from the wanted register a voice may be, in semitones.
const REACH: i32 = 15;
/// What it costs that a voice comes or goes, in semitones of movement.
const A_VOICE: f32 = 3.0;

/// How the keys of a chord lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spacing {
    /// Within an octave or a little more.
    Close,
    /// With room between the voices.
    Spread,
    /// The root at the bottom, as a guitar's.
    Power,
}

const fn spacing(genre: Genre) -> Spacing {
    match genre {
        Genre::Rock => Spacing::Power,
        Genre::Trap | Genre::Electronic | Genre::Cinematic => Spacing::Spread,
        _ => Spacing::Close,
    }
}

/// Where the chords of a genre lie if nothing else is known: a mean key.
pub const fn usual_register(genre: Genre) -> f32 {
    match genre {
        Genre::Rock => 53.0,
        Genre::Cinematic => 57.0,
        Genre::Afrobeat => 67.0,
        Genre::Trap => 64.0,
        _ => 61.0,
    }
}

/// The semitones above the root of the ninth.
const NINTH: u8 = 2;

/// The voices of `chord` as `genre` plays it in `key`: pitch classes, the root first if it is among
/// them; one that is doubled is there twice. Besides the chord's own tones there can be a seventh
/// (Hip Hop, R&B, Jazz) and a ninth (R&B, Jazz, and Pop where it is `coloured`), each only if it is
/// in the key; Rock leaves out the third where there is a perfect fifth.
pub fn voices(chord: Chord, key: Key, genre: Genre, coloured: bool) -> Vec<u8> {
    use Quality::{Augmented, Diminished, Diminished7, HalfDiminished7, Power, Sus2};
    let quality = chord.quality();
    let in_key = |above: u8| key.contains((chord.root() + above) % 12);
    let mut above = quality.intervals().to_vec();
    let is_triad = above.len() == 3;
    if genre == Genre::Rock && above.contains(&7) {
        above = vec![0, 7];
    }
    if matches!(genre, Genre::HipHop | Genre::RAndB | Genre::Jazz) && is_triad {
        above.extend(seventh(quality).iter().find(|above| in_key(**above)));
    }
    let stacks = !matches!(
        quality,
        Augmented | Diminished | Diminished7 | HalfDiminished7 | Power | Sus2
    );
    let ninths = match genre {
        Genre::RAndB | Genre::Jazz => above.len() > 3,
        Genre::Pop => coloured && quality == Quality::Major,
        _ => false,
    };
    if ninths && stacks && in_key(NINTH) {
        above.push(NINTH);
        // A pianist leaves the root to the bass.
        if genre == Genre::Jazz {
            above.retain(|above| *above != 0);
        }
    }
    // Three voices at least, and a wide chord stands on its root.
    if above.len() == 2 || (above.len() == 3 && genre == Genre::Cinematic) {
        above.push(0);
    }
    above
        .iter()
        .map(|above| (chord.root() + above) % 12)
        .collect()
}

/// The sevenths that a triad can have, the first that is in the key.
const fn seventh(quality: Quality) -> &'static [u8] {
    match quality {
        Quality::Major => &[11, 10],
        Quality::Diminished => &[10, 9],
        Quality::Minor | Quality::Sus4 | Quality::Sus2 => &[10],
        _ => &[],
    }
}

/// How a chord is to lie.
#[derive(Clone, Copy, Debug)]
pub struct Lie<'a> {
    /// The style.
    pub genre: Genre,
    /// The pitch class of its root.
    pub root: u8,
    /// The keys that may be played.
    pub compass: Compass,
    /// The wanted mean key.
    pub register: f32,
    /// The keys of the chord before, upwards; empty if there was none.
    pub before: &'a [u8],
}

/// The keys, upwards, that play `voices` (pitch classes) with the least movement from the chord
/// before, in the genre's spacing and about the wanted register. A voice that no key within reach
/// can play is left out.
pub fn led(voices: &[u8], lie: &Lie<'_>) -> Vec<u8> {
    let about = lie.register.round() as i32;
    let (lowest, highest) = lie
        .compass
        .nearest_part(about - REACH, about + REACH)
        .ends();
    let places: Vec<Vec<u8>> = voices
        .iter()
        .map(|voice| {
            let first = lowest + (i32::from(*voice) - lowest).rem_euclid(12);
            (first..=highest)
                .step_by(12)
                .map(|key| key as u8)
                .collect::<Vec<_>>()
        })
        .filter(|places| !places.is_empty())
        .collect();
    let ways: usize = places.iter().map(Vec::len).product();
    let mut best = (f32::INFINITY, Vec::new());
    let mut keys = Vec::with_capacity(places.len());
    for way in 0..ways {
        keys.clear();
        let mut left = way;
        for own in &places {
            keys.push(own[left % own.len()]);
            left /= own.len();
        }
        keys.sort_unstable();
        // A doubled voice needs a key of its own, where there is one.
        let doubled = keys.windows(2).filter(|pair| pair[0] == pair[1]).count();
        let cost = 50.0 * doubled as f32 + cost(&keys, lie);
        if cost < best.0 {
            best = (cost, keys.clone());
        }
    }
    best.1.dedup();
    best.1
}

/// What speaks against `keys`, upwards, in semitones of movement.
fn cost(keys: &[u8], lie: &Lie<'_>) -> f32 {
    let mut cost = movement(lie.before, keys) - 0.5 * common(lie.before, keys) as f32;
    let mean = keys.iter().map(|key| f32::from(*key)).sum::<f32>() / keys.len().max(1) as f32;
    let away = (mean - lie.register).abs();
    cost += 0.4 * away + 1.5 * (away - 4.0).max(0.0);
    let gap = |pair: &[u8]| f32::from(pair[1].saturating_sub(pair[0]));
    for (place, pair) in keys.windows(2).enumerate() {
        // Low thirds are mud, and half-steps rub.
        let room = match pair[0] {
            0..40 => 7.0,
            40..48 => 5.0,
            _ => 2.5,
        };
        cost += 2.0 * (room - gap(pair)).max(0.0) + 1.5 * (gap(pair) - 12.0).max(0.0);
        if place == 0 && spacing(lie.genre) == Spacing::Spread {
            cost += 0.6 * (7.0 - gap(pair)).max(0.0);
        }
    }
    // So do three voices side by side.
    let crowded = keys
        .windows(3)
        .filter(|three| three[2] - three[0] < 5)
        .count();
    cost += 4.0 * crowded as f32;
    let stands = keys.first().is_some_and(|low| low % 12 == lie.root);
    let span = keys
        .last()
        .zip(keys.first())
        .map_or(0.0, |(top, low)| f32::from(top - low));
    cost += match spacing(lie.genre) {
        Spacing::Close if keys.len() > 4 => {
            2.0 * (span - 19.0).max(0.0) + if stands { 0.0 } else { 4.0 }
        }
        Spacing::Close => 2.0 * (span - if keys.len() > 3 { 14.0 } else { 12.0 }).max(0.0),
        Spacing::Spread => (13.0 - span).max(0.0) + (span - 24.0).max(0.0),
        Spacing::Power => 2.0 * (span - 12.0).max(0.0) + if stands { 0.0 } else { 40.0 },
    };
    if lie.genre == Genre::Classical {
        cost += 5.0 * parallels(lie.before, keys) as f32;
    }
    cost
}

/// Keys that stay.
fn common(before: &[u8], keys: &[u8]) -> usize {
    keys.iter().filter(|key| before.contains(key)).count()
}

/// The least movement, in semitones, from one chord to the other with no voices crossing; voices
/// that come or go cost [`A_VOICE`]. None if there was no chord before.
fn movement(before: &[u8], keys: &[u8]) -> f32 {
    if before.is_empty() {
        return 0.0;
    }
    let distance = |a: u8, b: u8| f32::from(a.abs_diff(b));
    if before.len() == keys.len() {
        return before.iter().zip(keys).map(|(a, b)| distance(*a, *b)).sum();
    }
    // Row by row: the least movement of the first so many voices of each.
    let mut row: Vec<f32> = (0..=keys.len())
        .map(|count| A_VOICE * count as f32)
        .collect();
    for a in before {
        let mut diagonal = row[0];
        row[0] += A_VOICE;
        for (place, b) in keys.iter().enumerate() {
            let led = diagonal + distance(*a, *b);
            diagonal = row[place + 1];
            row[place + 1] = led.min(row[place] + A_VOICE).min(diagonal + A_VOICE);
        }
    }
    row[keys.len()]
}

/// Pairs of voices that move from one fifth or octave to another.
fn parallels(before: &[u8], keys: &[u8]) -> usize {
    if before.len() != keys.len() {
        return 0;
    }
    let voices: Vec<(u8, u8)> = before.iter().copied().zip(keys.iter().copied()).collect();
    let hollow = |a: u8, b: u8| matches!(a.abs_diff(b) % 12, 0 | 7);
    let mut count = 0;
    for (place, low) in voices.iter().enumerate() {
        for high in &voices[place + 1..] {
            let same = low.0.abs_diff(high.0) == low.1.abs_diff(high.1);
            count += usize::from(low.0 != low.1 && same && hollow(low.0, high.0));
        }
    }
    count
}

#[cfg(test)]
#[path = "voicing_tests.rs"]
mod tests;
