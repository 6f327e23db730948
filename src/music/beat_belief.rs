//! What a listener believes about the beat: a probability for every tempo, every place in the bar
//! and every kind of playing, moved on by the passing of time and sharpened by onsets.
//!
//! It is the forward pass of a bar-pointer model whose onsets are a Poisson process with the rates
//! of [`OnsetRates`]. Each tempo is a row of cells around the bar; a row does not move its cells as
//! time passes but remembers how far it has turned, so that time costs nothing until something is
//! heard, and no place is ever rounded to a clock tick.

use super::listener::Listener;
use super::onset_rates::{CELLS, OnsetRates};
use super::rhythm_patterns::PATTERNS;
use super::tempo_rows::{ROW_RATIO, ROWS, Row, nearest_row, row_of, rows};

/// The belief wanders at most so often, in seconds: all that it costs is in that.
const WANDER_S: f64 = 0.1;
/// How sure a tempo is that somebody has set.
pub(super) const SURE_RATIO: f64 = 1.02;
/// How close to its beat a settled belief lies, in beats.
const SETTLED_BEATS: f64 = 0.04;
/// Neighbouring cells, to each side, that one place is spread over.
pub(super) const NEAR_CELLS: usize = 3;

/// See the file's head.
#[derive(Clone, Debug)]
pub(super) struct BeatBelief {
    listener: Listener,
    rates: OnsetRates,
    /// Beats to the bar, 1 – 4.
    pub(super) beats: usize,
    /// The moment that the belief is about, in seconds.
    clock_s: f64,
    /// When the last onset was, in seconds.
    heard_s: f64,
    /// Time that has passed since the belief last wandered, in seconds.
    still_s: f64,
    pub(super) rows: [Row; ROWS],
    /// `[pattern][row][cell]`; sums to one.
    pub(super) mass: Vec<f32>,
    /// Where the next belief is made.
    next: Vec<f32>,
    /// `[row][cell of a beat]`: the belief whatever the pattern and the beat of the bar, at the
    /// clock.
    pub(super) folded: Vec<[f32; CELLS]>,
    /// `[row][cell of a beat]`: the belief within a few rows and cells of each.
    pub(super) near: Vec<[f32; CELLS]>,
}

/// Combines each cell of `row` with the value of `table` so many cells further on, which may lie
/// between two.
fn combine(row: &mut [f32], table: &[f32], from: f64, f: impl Fn(f32, f32) -> f32) {
    let whole = from as usize;
    let part = (from - whole as f64) as f32;
    let low = &table[whole..][..row.len()];
    let high = &table[whole + 1..][..row.len()];
    for ((cell, low), high) in row.iter_mut().zip(low).zip(high) {
        *cell = f(*cell, low + part * (high - low));
    }
}

impl BeatBelief {
    /// Nothing is known but which tempos are usual. The bar of `beats` is held to 1 – 4.
    pub fn new(listener: Listener, beats: usize) -> Self {
        let beats = beats.clamp(1, 4);
        let size = PATTERNS.len() * ROWS * beats * CELLS;
        let mut belief = Self {
            listener,
            rates: OnsetRates::new(&listener, beats),
            beats,
            clock_s: 0.0,
            heard_s: 0.0,
            still_s: 0.0,
            rows: rows(&listener),
            mass: vec![0.0; size],
            next: vec![0.0; size],
            folded: vec![[0.0; CELLS]; ROWS],
            near: vec![[0.0; CELLS]; ROWS],
        };
        belief.forget();
        belief
    }

    /// Back to knowing nothing.
    pub fn forget(&mut self) {
        for (at, row) in self.mass.chunks_exact_mut(self.beats * CELLS).enumerate() {
            row.fill(self.rows[at % ROWS].usual[at / ROWS]);
        }
        self.normalise();
    }

    /// The moment that the belief is about, in seconds.
    pub fn clock_s(&self) -> f64 {
        self.clock_s
    }

    /// Sets the clock to a moment that a first onset is expected at.
    pub fn begin(&mut self, at_s: f64) {
        self.clock_s = at_s;
        self.heard_s = at_s;
        for row in &mut self.rows {
            row.turned = 0.0;
        }
        for (at, row) in self.mass.chunks_exact_mut(self.beats * CELLS).enumerate() {
            let likelier = self.rates.first(at / ROWS);
            for (cell, likelier) in row.iter_mut().zip(likelier) {
                *cell *= likelier;
            }
        }
        self.normalise();
    }

    /// Time passes up to a moment, and nothing is heard.
    pub fn pass(&mut self, to_s: f64) {
        let elapsed_s = to_s - self.clock_s;
        if elapsed_s <= 0.0 {
            return;
        }
        let cells = self.beats * CELLS;
        let telling_s = (self.heard_s + self.listener.rest_s - self.clock_s).clamp(0.0, elapsed_s);
        if telling_s > 0.0 {
            for (at, row) in self.mass.chunks_exact_mut(cells).enumerate() {
                let (silence, no_silence) = self.rates.silence(at / ROWS);
                let from = self.rows[at % ROWS].turned;
                let span = telling_s / self.rows[at % ROWS].period_s * CELLS as f64;
                let to = from + span.min(cells as f64 - 1.0);
                combine(row, no_silence, from, |cell, before| cell * before);
                combine(row, silence, to, |cell, after| cell * after);
            }
        }
        for row in &mut self.rows {
            let passed = elapsed_s / row.period_s * CELLS as f64;
            row.turned = wrapped(row.turned + passed, cells);
        }
        self.clock_s = to_s;
        self.still_s += elapsed_s;
        if self.still_s >= WANDER_S {
            self.wander(self.still_s);
            self.still_s = 0.0;
        }
    }

    /// An onset of an accent, 0 the softest, is heard at a moment; time must have passed up to it,
    /// but may have passed it by.
    pub fn hear(&mut self, at_s: f64, accent: usize) {
        let cells = self.beats * CELLS;
        for (at, row) in self.mass.chunks_exact_mut(cells).enumerate() {
            let Row {
                period_s,
                blur,
                gain,
                turned,
                ..
            } = self.rows[at % ROWS];
            let back = (self.clock_s - at_s) / period_s * CELLS as f64;
            let rates = self.rates.onset(accent, at / ROWS, blur);
            let from = wrapped(turned - back, cells);
            combine(row, rates, from, |cell, rate| cell * rate * gain);
        }
        self.heard_s = self.heard_s.max(at_s);
        self.normalise();
    }

    /// Tempo, beat and kind of playing may have changed a little in so many seconds, and
    /// everything with a small chance.
    fn wander(&mut self, elapsed_s: f64) {
        let cells = self.beats * CELLS;
        let listener = self.listener;
        let step = ROW_RATIO.ln();
        let everywhere = 1.0 / cells as f32;
        let mut padded = vec![0.0_f32; 2 * cells + 1];
        let mut any_pattern = vec![0.0_f32; cells];
        self.next.fill(0.0);
        for tempo in 0..ROWS {
            let passed = elapsed_s / self.rows[tempo].period_s;
            // Variances add up with time; to a neighbour go half of this each.
            let to_rows = (listener.wander.powi(2) * passed / (step * step)).min(0.5) as f32;
            let to_cells = ((listener.sway * CELLS as f64).powi(2) * passed).min(0.5) as f32;
            let to_patterns = (listener.change * passed).min(1.0) as f32;
            let to_all = (listener.surprise * passed).min(1.0) as f32;
            any_pattern.fill(0.0);
            for pattern in 0..PATTERNS.len() {
                let row = &self.mass[(pattern * ROWS + tempo) * cells..][..cells];
                for (sum, cell) in any_pattern.iter_mut().zip(row) {
                    *sum += cell;
                }
            }
            for pattern in 0..PATTERNS.len() {
                let row = &self.mass[(pattern * ROWS + tempo) * cells..][..cells];
                padded[0] = row[cells - 1];
                padded[1..=cells].copy_from_slice(row);
                padded[cells + 1] = row[0];
                let to_pattern = to_patterns * self.rows[tempo].shares[pattern];
                // What stays in the row, swaying.
                let mut stays = [0.0_f32; 4 * CELLS];
                let stays = &mut stays[..cells];
                for (at, cell) in stays.iter_mut().enumerate() {
                    let sides = padded[at] + padded[at + 2];
                    let swayed = (1.0 - to_cells) * padded[at + 1] + 0.5 * to_cells * sides;
                    *cell = (1.0 - to_patterns) * swayed + to_pattern * any_pattern[at];
                    *cell *= 1.0 - to_all;
                }
                padded[..cells].copy_from_slice(stays);
                padded[cells..2 * cells].copy_from_slice(stays);
                padded[2 * cells] = stays[0];
                let own = &mut self.next[(pattern * ROWS + tempo) * cells..][..cells];
                for (next, cell) in own.iter_mut().zip(stays.iter()) {
                    *next += (1.0 - to_rows) * cell;
                }
                for neighbour in [tempo.wrapping_sub(1), tempo + 1] {
                    // What would leave the tempos altogether stays.
                    let to = if neighbour < ROWS { neighbour } else { tempo };
                    let from = wrapped(self.rows[to].turned - self.rows[tempo].turned, cells);
                    let next = &mut self.next[(pattern * ROWS + to) * cells..][..cells];
                    combine(next, &padded, from, |next, cell| {
                        next + 0.5 * to_rows * cell
                    });
                }
            }
            for pattern in 0..PATTERNS.len() {
                let own = &mut self.next[(pattern * ROWS + tempo) * cells..][..cells];
                let afresh = to_all * everywhere * self.rows[tempo].usual[pattern];
                own.iter_mut().for_each(|next| *next += afresh);
            }
        }
        std::mem::swap(&mut self.mass, &mut self.next);
        self.normalise();
    }

    /// Makes the belief sum to one; one that is lost begins afresh.
    fn normalise(&mut self) {
        let sum = sum(&self.mass);
        if sum > 0.0 && sum.is_finite() {
            let share = 1.0 / sum;
            self.mass.iter_mut().for_each(|cell| *cell *= share);
        } else {
            let share = 1.0 / (self.beats * CELLS) as f32;
            for (at, row) in self.mass.chunks_exact_mut(self.beats * CELLS).enumerate() {
                row.fill(share * self.rows[at % ROWS].usual[at / ROWS]);
            }
        }
    }

    /// Believes in nothing any more that is not close to a tempo and a phase; where that leaves
    /// nothing, settles there.
    pub fn confine(&mut self, period_s: f64, phase: f64) {
        let (row_there, rows, beats) = (nearest_row(period_s) as f64, 6.0, 0.2);
        self.weigh(phase, |row, off, mass| {
            let close = (row as f64 - row_there).abs() <= rows && off <= beats;
            if close { mass } else { 0.0 }
        });
        if sum(&self.mass) > 1e-9 {
            self.normalise();
        } else {
            self.settle(period_s, phase, ROW_RATIO);
        }
    }

    /// Believes in a tempo (sure to within `ratio`) and a phase, whatever was heard.
    pub fn settle(&mut self, period_s: f64, phase: f64, ratio: f64) {
        let row_there = row_of(period_s).clamp(0.0, (ROWS - 1) as f64);
        let rows = (ratio.ln() / ROW_RATIO.ln()).max(0.5);
        self.weigh(phase, |row, off, _| {
            let (tempo, place) = ((row as f64 - row_there) / rows, off / SETTLED_BEATS);
            (-0.5 * (tempo * tempo + place * place)).exp() as f32
        });
        self.normalise();
    }

    /// Changes every cell by its row and its distance from a phase, in beats.
    fn weigh(&mut self, phase: f64, change: impl Fn(usize, f64, f32) -> f32) {
        for (at, row) in self.mass.chunks_exact_mut(self.beats * CELLS).enumerate() {
            let turned = self.rows[at % ROWS].turned;
            for (cell, mass) in row.iter_mut().enumerate() {
                let away = (cell as f64 + turned) / CELLS as f64 - phase + 0.5;
                *mass = change(at % ROWS, (away.rem_euclid(1.0) - 0.5).abs(), *mass);
            }
        }
    }
}

/// The sum, in an order that a machine can keep many sums at once in.
fn sum(cells: &[f32]) -> f32 {
    let mut sums = [0.0_f32; CELLS];
    for chunk in cells.chunks_exact(CELLS) {
        sums.iter_mut()
            .zip(chunk)
            .for_each(|(sum, cell)| *sum += cell);
    }
    sums.iter().sum()
}

/// A place around the bar, 0 to below the cells, whatever its sign and however the remainder
/// rounds.
pub(super) fn wrapped(place: f64, cells: usize) -> f64 {
    let wrapped = place.rem_euclid(cells as f64);
    if wrapped < cells as f64 { wrapped } else { 0.0 }
}
