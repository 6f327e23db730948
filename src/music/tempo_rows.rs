//! The tempos that are believed in: a row of the beat belief each, evenly apart to the ear.

use super::listener::Listener;
use super::onset_rates::blur_for;
use super::rhythm_patterns::PATTERNS;

/// The slowest tempo believed in, beats a minute.
pub(super) const SLOWEST_BPM: f64 = 42.0;
/// From one row to the next the beat is this much faster.
pub(super) const ROW_RATIO: f64 = 1.025;
/// Tempos believed in: up to 242 beats a minute.
pub(super) const ROWS: usize = 72;

/// What is the same for all cells of one tempo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Seconds to a beat.
    pub period_s: f64,
    /// How usual each pattern is at this tempo; sums to one over all rows.
    pub usual: [f32; PATTERNS.len()],
    /// The same, as shares among the patterns.
    pub shares: [f32; PATTERNS.len()],
    /// Which of the rates' blurs serves it.
    pub blur: usize,
    /// What the likelihood of every onset is multiplied with.
    pub gain: f32,
    /// Cells that the row has turned by, below the cells of a bar.
    pub turned: f64,
}

/// All rows, slowest first; none has turned.
pub(super) fn rows(listener: &Listener) -> [Row; ROWS] {
    let mut rows = std::array::from_fn(|row| {
        let bpm = SLOWEST_BPM * ROW_RATIO.powi(row as i32);
        let period_s = 60.0 / bpm;
        let usual = PATTERNS.each_ref().map(|pattern| {
            let spread = f64::from(pattern.spread);
            let away = (bpm / f64::from(pattern.usual_bpm)).ln() / spread;
            f64::from(pattern.share) / spread * (-0.5 * away * away).exp()
        });
        let all: f64 = usual.iter().sum();
        Row {
            period_s,
            usual: usual.map(|usual| usual as f32),
            shares: usual.map(|usual| (usual / all) as f32),
            blur: blur_for(listener, period_s),
            // An onset a beat is more of them a second the faster the beat.
            gain: period_s.powf(-listener.trust) as f32,
            turned: 0.0,
        }
    });
    let all: f32 = rows.iter().flat_map(|row: &Row| row.usual).sum();
    for row in &mut rows {
        row.usual = row.usual.map(|usual| usual / all);
    }
    rows
}

/// The row, fractions allowed, of so many seconds to a beat.
pub(super) fn row_of(period_s: f64) -> f64 {
    (60.0 / period_s / SLOWEST_BPM).ln() / ROW_RATIO.ln()
}

/// The row nearest to so many seconds a beat.
pub(super) fn nearest_row(period_s: f64) -> usize {
    (row_of(period_s).round().max(0.0) as usize).min(ROWS - 1)
}
