//! Where a note is heard to begin: where its loudness rises.
//!
//! The onset head knows *that* a note begins within some frames; where a consonant or a breath lies
//! before it, the level knows better *when*. A little of the future is needed, so this is for a line
//! that runs late anyway ([`TimingMode::Aligned`](super::TimingMode)).

use super::evidence::Evidence;

/// Frames before and after the onset that the heads tell, between which a rise's bottom is looked for.
const REACH: (f64, f64) = (14.0, 8.0);
/// Frames after the bottom of a dip within which the note has come up.
const COMES_UP: usize = 14;
/// Decibels that make a rise.
const DEPTH_DB: f32 = 10.0;
/// Decibels over which a rise weighs no more.
const FULL_DB: f32 = 20.0;
/// Decibels under the note's own level at which it is heard to begin.
const BELOW_DB: f32 = 11.0;
/// Share of the rise at which it is at the earliest.
const SHARE: f32 = 0.3;
/// Decibels under the note's own level that a rise has to reach: a nasal's does not.
const SHORT_DB: f32 = 5.0;
/// Frames within which a rise goes on to `CLOSE_DB` under the note's level: one that rests on the way is
/// a nasal's, and the vowel comes later.
const STEEP: usize = 7;
/// See [`STEEP`].
const CLOSE_DB: f32 = 4.0;
/// Weight of a rise that the onset head says nothing of.
const UNSEEN: f32 = 0.15;
/// Voicing that makes the frame after a rise sung.
const SUNG: f32 = 0.5;
/// From the middle of a hop whose level is meant to the frame whose heads describe that moment.
const BEHIND: f64 = 2.5;

/// The frame at which a note is heard to begin that the heads put at `onset`; `None` where its
/// loudness does not tell. `heard` holds what was heard around it, the oldest first, no frame missing.
pub fn attack(heard: &[Evidence], onset: f64) -> Option<f64> {
    let first = heard.first()?.frame as f64;
    // Places among `heard`, whose levels lie before what the heads say of them.
    let middle = onset - BEHIND - first;
    let level = |at: usize| heard[at].level_db;
    let own = {
        let from = middle.max(0.0) as usize;
        let until = (from + COMES_UP).min(heard.len());
        (from..until).map(level).fold(f32::NEG_INFINITY, f32::max)
    };
    let mut best: Option<(f32, f64)> = None;
    for bottom in 1..heard.len().saturating_sub(1) {
        let off = bottom as f64 - middle;
        let is_low = level(bottom) <= level(bottom - 1) && level(bottom) < level(bottom + 1);
        if off < -REACH.0 || off > REACH.1 || !is_low {
            continue;
        }
        let until = (bottom + COMES_UP).min(heard.len() - 1);
        let top = (bottom..=until)
            .map(level)
            .fold(f32::NEG_INFINITY, f32::max);
        let rise = top - level(bottom);
        if rise < DEPTH_DB || top < own - SHORT_DB {
            continue;
        }
        let threshold = (top - BELOW_DB).max(level(bottom) + SHARE * rise);
        let Some(above) = (bottom + 1..=until).find(|at| level(*at) >= threshold) else {
            continue;
        };
        let reached = (above..=until).find(|at| level(*at) >= top - CLOSE_DB);
        if reached.unwrap_or(until) - above > STEEP {
            continue;
        }
        let below = above - 1;
        let part = (threshold - level(below)) / (level(above) - level(below));
        let place = below as f64 + f64::from(part) + BEHIND;
        let at = place.round() as usize;
        let after = heard
            .get(at + 2)
            .or(heard.last())
            .map_or(0.0, |e| e.voicing);
        if after < SUNG {
            continue;
        }
        let near = &heard[at.saturating_sub(2).min(heard.len())..(at + 3).min(heard.len())];
        let seen = near.iter().map(|e| e.onset).fold(0.0, f32::max);
        let weight = rise.min(FULL_DB) * (UNSEEN + seen);
        if best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, first + place));
        }
    }
    best.map(|(_, frame)| frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of these levels from frame 100 on, sung where they are louder than -40 dB; the onset
    /// head peaks at `peak`.
    fn heard(levels: &[f32], peak: usize) -> Vec<Evidence> {
        let frames = levels.iter().enumerate();
        frames
            .map(|(at, &level_db)| Evidence {
                frame: 100 + at as u64,
                level_db,
                voicing: if level_db > -40.0 { 0.9 } else { 0.1 },
                onset: if at.abs_diff(peak) <= 1 { 0.7 } else { 0.0 },
                ..Evidence::default()
            })
            .collect()
    }

    /// Levels in stretches of so many frames.
    fn stretches(parts: &[(usize, f32)]) -> Vec<f32> {
        let levels = parts.iter().map(|&(count, db)| vec![db; count]);
        levels.flatten().collect()
    }

    #[test]
    fn a_vowel_after_silence_begins_where_it_gets_loud() {
        // Between the middles of hops 11 and 12: half way up in decibels that matter.
        let mut levels = stretches(&[(12, -70.0), (18, -12.0)]);
        levels[8] = -71.0;
        let frames = heard(&levels, 16);
        let at = attack(&frames, 117.5).expect("it rises");
        assert!((at - (100.0 + 11.0 + BEHIND)).abs() < 1.0, "{at}");
    }

    #[test]
    fn a_consonant_in_a_held_tone_is_not_yet_the_next_note() {
        let mut levels = stretches(&[(8, -10.0), (5, -34.0), (17, -10.0)]);
        levels[10] = -35.0;
        let frames = heard(&levels, 14);
        let at = attack(&frames, 117.0).expect("it rises");
        assert!((at - (100.0 + 12.5 + BEHIND)).abs() < 1.0, "{at}");
    }

    #[test]
    fn a_nasal_before_the_vowel_tells_nothing_and_an_even_tone_neither() {
        let mut levels = stretches(&[(8, -70.0), (10, -19.0), (12, -10.0)]);
        levels[5] = -71.0;
        assert_eq!(attack(&heard(&levels, 20), 120.0), None);
        assert_eq!(attack(&heard(&[-12.0; 32], 16), 116.0), None);
        assert_eq!(attack(&[], 116.0), None);
    }
}
