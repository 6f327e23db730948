//! What a listener believes about the beat: a probability for every tempo, every place in the bar
//! and every kind of playing, moved on by the passing of time and sharpened by onsets.
//!
//! It is the forward pass of a bar-pointer model whose onsets are a Poisson process with the rates
//! of [`OnsetRates`]. Each tempo is a row of cells around the bar; a row does not move its cells as
//! time passes but remembers how far it has turned, so that time costs nothing until something is
//! heard, and no place is ever rounded to a clock tick.

use super::listener::Listener;
use super::onset_rates::{CELLS, OnsetRates, blur_for};
use super::rhythm_patterns::PATTERNS;
use std::ops::RangeInclusive;

/// The slowest tempo believed in, beats a minute.
const SLOWEST_BPM: f64 = 42.0;
/// From one row to the next the beat is this much faster.
const ROW_RATIO: f64 = 1.025;
/// Tempos believed in: up to 242 beats a minute.
const ROWS: usize = 72;
/// The belief wanders at most so often, in seconds: all that it costs is in that.
const WANDER_S: f64 = 0.1;
/// How sure a tempo is that somebody has set.
pub(super) const SURE_RATIO: f64 = 1.02;
/// How close to its beat a settled belief lies, in beats.
const SETTLED_BEATS: f64 = 0.04;
/// Neighbouring rows, to each side, that one tempo is spread over.
const NEAR_ROWS: usize = 2;
/// Neighbouring cells, to each side, that one place is spread over.
const NEAR_CELLS: usize = 3;

/// What is the same for all cells of one tempo.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// Seconds to a beat.
    period_s: f64,
    /// How usual the tempo is, 0 – 1.
    usual: f32,
    /// Which of the rates' blurs serves it.
    blur: usize,
    /// What the likelihood of every onset is multiplied with.
    gain: f32,
    /// Cells that the row has turned by, below the cells of a bar.
    turned: f64,
}

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

/// See the file's head.
#[derive(Clone, Debug)]
pub(super) struct BeatBelief {
    listener: Listener,
    rates: OnsetRates,
    /// Beats to the bar, 1 – 4.
    beats: usize,
    /// The moment that the belief is about, in seconds.
    clock_s: f64,
    /// When the last onset was, in seconds.
    heard_s: f64,
    /// Time that has passed since the belief last wandered, in seconds.
    still_s: f64,
    rows: [Row; ROWS],
    /// `[pattern][row][cell]`; sums to one.
    mass: Vec<f32>,
    /// Where the next belief is made.
    next: Vec<f32>,
    /// `[row][cell of a beat]`: the belief whatever the pattern and the beat of the bar, at the
    /// clock.
    folded: Vec<[f32; CELLS]>,
    /// `[row][cell of a beat]`: the belief within a few rows and cells of each.
    near: Vec<[f32; CELLS]>,
}

impl Row {
    fn new(listener: &Listener, row: usize) -> Self {
        let bpm = SLOWEST_BPM * ROW_RATIO.powi(row as i32);
        let period_s = 60.0 / bpm;
        let away = (bpm / listener.usual_bpm).ln() / listener.tempo_spread;
        let usual = (-0.5 * away * away).exp();
        Self {
            period_s,
            usual: usual as f32,
            blur: blur_for(listener, period_s),
            // An onset a beat is more of them a second the faster the beat.
            gain: (period_s.powf(-listener.trust) * usual.powf(listener.pull)) as f32,
            turned: 0.0,
        }
    }
}

/// The row, fractions allowed, of so many seconds to a beat.
fn row_of(period_s: f64) -> f64 {
    (60.0 / period_s / SLOWEST_BPM).ln() / ROW_RATIO.ln()
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
            rows: std::array::from_fn(|row| Row::new(&listener, row)),
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
            row.fill(self.rows[at % ROWS].usual);
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
        for beat in self.mass.chunks_exact_mut(CELLS) {
            for (at, cell) in beat.iter_mut().enumerate() {
                if at <= NEAR_CELLS || at >= CELLS - NEAR_CELLS {
                    *cell *= self.listener.first_on_beat as f32;
                }
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

    /// An onset of an accent (0 soft, 1 usual, 2 loud) is heard at a moment; time must have passed
    /// up to it, but may have passed it by.
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
        let everywhere = self.usual_share();
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
                    *sum += cell / PATTERNS.len() as f32;
                }
            }
            for pattern in 0..PATTERNS.len() {
                let row = &self.mass[(pattern * ROWS + tempo) * cells..][..cells];
                padded[0] = row[cells - 1];
                padded[1..=cells].copy_from_slice(row);
                padded[cells + 1] = row[0];
                // What stays in the row, swaying.
                let mut stays = [0.0_f32; 4 * CELLS];
                let stays = &mut stays[..cells];
                for (at, cell) in stays.iter_mut().enumerate() {
                    let sides = padded[at] + padded[at + 2];
                    let swayed = (1.0 - to_cells) * padded[at + 1] + 0.5 * to_cells * sides;
                    *cell = (1.0 - to_patterns) * swayed + to_patterns * any_pattern[at];
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
                let afresh = to_all * everywhere * self.rows[tempo].usual;
                own.iter_mut().for_each(|next| *next += afresh);
            }
        }
        std::mem::swap(&mut self.mass, &mut self.next);
        self.normalise();
    }

    /// What [`usual`] must be multiplied with to sum to one over all cells.
    fn usual_share(&self) -> f32 {
        let rows: f32 = self.rows.iter().map(|row| row.usual).sum();
        1.0 / (rows * (PATTERNS.len() * self.beats * CELLS) as f32)
    }

    /// Makes the belief sum to one; one that is lost begins afresh.
    fn normalise(&mut self) {
        let sum = sum(&self.mass);
        if sum > 0.0 && sum.is_finite() {
            let share = 1.0 / sum;
            self.mass.iter_mut().for_each(|cell| *cell *= share);
        } else {
            let share = self.usual_share();
            for (at, row) in self.mass.chunks_exact_mut(self.beats * CELLS).enumerate() {
                row.fill(share * self.rows[at % ROWS].usual);
            }
        }
    }

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

/// The rows that one tempo is spread over.
fn rows_near(row: usize) -> RangeInclusive<usize> {
    row.saturating_sub(NEAR_ROWS)..=(row + NEAR_ROWS).min(ROWS - 1)
}

/// The row nearest to so many seconds a beat.
fn nearest_row(period_s: f64) -> usize {
    (row_of(period_s).round().max(0.0) as usize).min(ROWS - 1)
}

/// A place around the bar, 0 to below the cells, whatever its sign and however the remainder
/// rounds.
fn wrapped(place: f64, cells: usize) -> f64 {
    let wrapped = place.rem_euclid(cells as f64);
    if wrapped < cells as f64 { wrapped } else { 0.0 }
}
