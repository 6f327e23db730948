//! How likely an onset, and how likely none, is at each place of the bar: the tables that the beat
//! belief is multiplied with.

use super::listener::Listener;
use super::rhythm_patterns::{ACCENTS, PATTERNS, PLACES, Pattern, Places};
use std::f64::consts::TAU;

/// Cells to a beat: divisible by what halves, thirds and quarters need.
pub(super) const CELLS: usize = 24;
/// Widths of the places to choose from.
const BLURS: usize = 6;
/// The narrowest place, in beats; each further blur is wider by [`BLUR_RATIO`].
const NARROWEST: f64 = 0.6 / CELLS as f64;
const BLUR_RATIO: f64 = 1.4;
/// The width of a place, in beats, while its tempo is not known: when the first onset is heard.
const FIRST_BLUR: f64 = NARROWEST * BLUR_RATIO * BLUR_RATIO;

/// See the file's head. All of it is raised to the power of the listener's trust.
#[derive(Clone, Debug)]
pub(super) struct OnsetRates {
    cells: usize,
    /// `[accent][pattern][blur][cell, twice around and one]`
    onset: Vec<f32>,
    /// `[pattern][cell, thrice around and one]`
    silence: Vec<f32>,
    /// One divided by it.
    no_silence: Vec<f32>,
    /// How much likelier a first onset is than others: `[pattern][cell]`.
    first: Vec<f32>,
}

impl OnsetRates {
    /// The tables for a bar of 1 – 4 `beats`.
    pub fn new(listener: &Listener, beats: usize) -> Self {
        let cells = beats * CELLS;
        let mut rates = Self {
            cells,
            onset: Vec::new(),
            silence: Vec::new(),
            no_silence: Vec::new(),
            first: Vec::new(),
        };
        for accent in 0..ACCENTS {
            for pattern in &PATTERNS {
                for blur in 0..BLURS {
                    let blur = NARROWEST * BLUR_RATIO.powi(blur as i32);
                    let around: Vec<_> = (0..cells)
                        .map(|cell| onsets_a_beat(pattern, accent, beats, cell, blur))
                        .map(|rate| rate.powf(listener.trust) as f32)
                        .collect();
                    rates
                        .onset
                        .extend(around.iter().cycle().take(2 * cells + 1));
                }
            }
        }
        for pattern in &PATTERNS {
            let mut expected = 0.0;
            for cell in 0..=3 * cells {
                let believed = listener.trust * expected;
                rates.silence.push((-believed).exp() as f32);
                rates.no_silence.push(believed.exp() as f32);
                for accent in 0..ACCENTS {
                    let blur = NARROWEST * BLUR_RATIO;
                    let rate = onsets_a_beat(pattern, accent, beats, cell, blur);
                    expected += rate / CELLS as f64;
                }
            }
        }
        for pattern in &PATTERNS {
            // As much as the place's own odds at its very middle.
            let odds =
                |cell| blurred(&pattern.first, beats, cell, FIRST_BLUR) * FIRST_BLUR * TAU.sqrt();
            rates
                .first
                .extend((0..cells).map(|cell| (1.0 + odds(cell)) as f32));
        }
        rates
    }

    /// How likely an onset is, a beat, at each cell of the bar; the bar twice and one cell more.
    pub fn onset(&self, accent: usize, pattern: usize, blur: usize) -> &[f32] {
        let length = 2 * self.cells + 1;
        &self.onset[((accent * PATTERNS.len() + pattern) * BLURS + blur) * length..][..length]
    }

    /// How much likelier a first onset is than others, at each cell of the bar.
    pub fn first(&self, pattern: usize) -> &[f32] {
        &self.first[pattern * self.cells..][..self.cells]
    }

    /// How likely it is to have heard nothing up to each cell, and one divided by it; three bars
    /// and one cell more.
    pub fn silence(&self, pattern: usize) -> (&[f32], &[f32]) {
        let length = 3 * self.cells + 1;
        let from = pattern * length;
        (
            &self.silence[from..][..length],
            &self.no_silence[from..][..length],
        )
    }
}

/// The blur that serves a beat of so many seconds: the faster it is, the more of it a slip takes.
pub(super) fn blur_for(listener: &Listener, period_s: f64) -> usize {
    let wanted = (listener.slip_s / period_s).hypot(listener.slip_beats);
    let steps = (wanted / NARROWEST).ln() / BLUR_RATIO.ln();
    (steps.round().max(0.0) as usize).min(BLURS - 1)
}

/// Onsets a beat that a pattern has at a cell of the bar, its places blurred to so much of a beat.
fn onsets_a_beat(pattern: &Pattern, accent: usize, beats: usize, cell: usize, blur: f64) -> f64 {
    let stray = f64::from(pattern.stray) / ACCENTS as f64;
    stray + blurred(&pattern.onsets[accent], beats, cell, blur)
}

/// What the places of a bar add up to at a cell, each blurred to so much of a beat.
fn blurred(places: &Places, beats: usize, cell: usize, blur: f64) -> f64 {
    let here = cell as f64 / CELLS as f64;
    let bar = beats as f64;
    let mut sum = 0.0;
    for beat in 0..beats {
        for (place, fraction) in PLACES.iter().enumerate() {
            let away = (here - beat as f64 - fraction + 0.5 * bar).rem_euclid(bar) - 0.5 * bar;
            let near = (-0.5 * (away / blur).powi(2)).exp() / (blur * TAU.sqrt());
            sum += near * expected_at(places, beats, beat, place);
        }
    }
    sum
}

/// What a pattern has at a place of a beat, in a bar that may be shorter than its own.
fn expected_at(places: &Places, beats: usize, beat: usize, place: usize) -> f64 {
    let these: &[usize] = match (beats, beat) {
        (4, 0) | (3, 0) => &[0],
        (4, 1) => &[1],
        (4, 2) => &[2],
        (4, _) => &[3],
        (3, _) => &[1, 2, 3],
        (2, 0) => &[0, 2],
        (2, _) => &[1, 3],
        _ => &[0, 1, 2, 3],
    };
    let sum: f64 = these
        .iter()
        .map(|&beat| f64::from(places[beat][place]))
        .sum();
    sum / 100.0 / these.len() as f64
}
