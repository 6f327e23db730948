//! Reading the beat belief: where most of it lies, and where the beat that is followed has gone.

use super::beat_belief::{BeatBelief, NEAR_CELLS, wrapped};
use super::onset_rates::CELLS;
use super::rhythm_patterns::PATTERNS;
use super::tempo_rows::{ROW_RATIO, ROWS, SLOWEST_BPM, nearest_row};
use std::ops::RangeInclusive;

/// Neighbouring rows, to each side, that one tempo is spread over.
const NEAR_ROWS: usize = 2;

/// A tempo and a place in the beat, and how much of the belief lies near it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peak {
    /// Seconds to a beat.
    pub period_s: f64,
    /// How much of the beat has passed at the belief's clock, 0 – 1.
    pub phase: f64,
    /// The share of the belief near it, 0 – 1.
    pub share: f64,
}

impl BeatBelief {
    /// Sums over patterns and beats of the bar, for [`Self::best`] and [`Self::near`].
    pub fn fold(&mut self) {
        for (tempo, folded) in self.folded.iter_mut().enumerate() {
            let mut sums = [0.0_f32; CELLS];
            for pattern in 0..PATTERNS.len() {
                let at = (pattern * ROWS + tempo) * self.beats * CELLS;
                for beat in self.mass[at..][..self.beats * CELLS].chunks_exact(CELLS) {
                    for (sum, cell) in sums.iter_mut().zip(beat) {
                        *sum += cell;
                    }
                }
            }
            let turned = self.rows[tempo].turned % CELLS as f64;
            let (whole, part) = (turned as usize, turned.fract() as f32);
            folded.fill(0.0);
            for (cell, sum) in sums.iter().enumerate() {
                folded[(cell + whole) % CELLS] += (1.0 - part) * sum;
                folded[(cell + whole + 1) % CELLS] += part * sum;
            }
        }
        self.gather();
    }

    /// Fills `near` from `folded`.
    fn gather(&mut self) {
        let mut around = [[0.0_f32; CELLS]; ROWS];
        for (around, folded) in around.iter_mut().zip(&self.folded) {
            let cells = folded.iter().cycle().skip(CELLS - NEAR_CELLS);
            let mut padded = [0.0; CELLS + 2 * NEAR_CELLS];
            padded
                .iter_mut()
                .zip(cells)
                .for_each(|(to, from)| *to = *from);
            for (sum, window) in around.iter_mut().zip(padded.windows(2 * NEAR_CELLS + 1)) {
                *sum = window.iter().sum();
            }
        }
        for (row, near) in self.near.iter_mut().enumerate() {
            near.fill(0.0);
            for around in &around[rows_near(row)] {
                near.iter_mut()
                    .zip(around)
                    .for_each(|(sum, share)| *sum += share);
            }
        }
    }

    /// The place that most of the belief lies near.
    pub fn best(&self) -> Peak {
        let mut best = (0, 0, 0.0);
        for (row, near) in self.near.iter().enumerate() {
            for (cell, share) in near.iter().enumerate() {
                if *share > best.2 {
                    best = (row, cell, *share);
                }
            }
        }
        self.centred(best.0, best.1)
    }

    /// The place that the belief near a tempo and a phase lies about.
    pub fn near(&self, period_s: f64, phase: f64) -> Peak {
        let mut row = nearest_row(period_s);
        let mut cell = (phase * CELLS as f64).round() as usize % CELLS;
        // Uphill, a few steps at most: a beat does not leap.
        for _ in 0..3 {
            let here = self.near[row][cell];
            let around = [
                (row.saturating_sub(1), cell),
                ((row + 1).min(ROWS - 1), cell),
                (row, (cell + 1) % CELLS),
                (row, (cell + CELLS - 1) % CELLS),
            ];
            let best = around
                .into_iter()
                .map(|(row, cell)| (row, cell, self.near[row][cell]))
                .max_by(|a, b| a.2.total_cmp(&b.2));
            match best {
                Some((to_row, to_cell, share)) if share > here => (row, cell) = (to_row, to_cell),
                _ => break,
            }
        }
        self.centred(row, cell)
    }

    /// The mean of the belief near a row and a cell.
    fn centred(&self, row: usize, cell: usize) -> Peak {
        let (mut sum, mut rows, mut cells) = (1e-30, 0.0, 0.0);
        for near_row in rows_near(row) {
            for near in 0..=2 * NEAR_CELLS {
                let at = (cell + CELLS + near - NEAR_CELLS) % CELLS;
                let share = f64::from(self.folded[near_row][at]);
                sum += share;
                rows += share * (near_row as f64 - row as f64);
                cells += share * (near as f64 - NEAR_CELLS as f64);
            }
        }
        let bpm = SLOWEST_BPM * ROW_RATIO.powf(row as f64 + rows / sum);
        Peak {
            period_s: 60.0 / bpm,
            phase: ((cell as f64 + cells / sum) / CELLS as f64).rem_euclid(1.0),
            share: sum.min(1.0),
        }
    }

    /// How the belief near a tempo and a phase is shared among the beats of the bar: for each, that
    /// it is the present one. Zeros beyond the bar.
    pub fn beats_of_bar(&self, period_s: f64, phase: f64) -> [f32; 4] {
        let cells = self.beats * CELLS;
        let mut shares = [0.0; 4];
        let row = nearest_row(period_s);
        for near_row in rows_near(row) {
            for (beat, share) in shares.iter_mut().enumerate().take(self.beats) {
                let place = (beat as f64 + phase) * CELLS as f64 - self.rows[near_row].turned;
                let cell = wrapped(place, cells).round() as usize;
                for pattern in 0..PATTERNS.len() {
                    let row = &self.mass[(pattern * ROWS + near_row) * cells..][..cells];
                    *share += (0..=2 * NEAR_CELLS)
                        .map(|near| row[(cell + cells + near - NEAR_CELLS) % cells])
                        .sum::<f32>();
                }
            }
        }
        shares
    }
}

/// The rows that one tempo is spread over.
fn rows_near(row: usize) -> RangeInclusive<usize> {
    row.saturating_sub(NEAR_ROWS)..=(row + NEAR_ROWS).min(ROWS - 1)
}
