//! Sounds that are a sum of sines, each dying away at its own speed: struck strings, bars and
//! bells; or held, as an organ's pipes are.

use super::envelope::decay_by_60_db;
use super::generator::Stroke;
use std::f32::consts::TAU;

/// Sines that are computed together.
const LANES: usize = 8;
/// Samples for which their pointers stay at hand.
const AT_ONCE: usize = 32;
/// Most such groups in a note.
const GROUPS: usize = 8;
/// Square of a partial's level that is not heard (−95 dB).
const FAINTEST: f32 = 3e-10;
/// Partials above this are not worth their while, in Hz.
const HIGHEST_HZ: f32 = 7_000.0;
/// Highest partial as a share of the sample rate.
const HIGHEST: f32 = 0.45;
/// How much weaker high partials are after the softest stroke: an exponent of their ratio.
const SOFTNESS: f32 = 1.6;
/// Partials of a piano note that are sounded by two strings.
const DOUBLED: usize = 12;
/// Distance of those two strings, as a share of the frequency: half a cent to either side.
const MISTUNING: f32 = 0.000_3;

/// Which partials a sound has.
#[derive(Clone, Copy, Debug)]
pub enum Series {
    /// The stiff strings of a piano.
    Piano,
    /// Any others.
    Bank(Bank),
}

/// Partials in three rows.
#[derive(Clone, Copy, Debug)]
pub struct Bank {
    /// Frequencies as multiples of the note's.
    ratios: &'static [f32],
    levels: &'static [f32],
    /// The seconds in which each lessens by 60 dB at C4; none if they sound as long as they are
    /// held.
    seconds: &'static [f32],
}

/// What rings when it is struck; hard strokes excite more of the high partials.
pub const fn struck(
    ratios: &'static [f32],
    levels: &'static [f32],
    seconds: &'static [f32],
) -> Series {
    Series::Bank(Bank {
        ratios,
        levels,
        seconds,
    })
}

/// What sounds as long as it is held.
pub const fn held(ratios: &'static [f32], levels: &'static [f32]) -> Series {
    Series::Bank(Bank {
        ratios,
        levels,
        seconds: &[],
    })
}

/// The partials of a note: turning pointers, whose height is heard.
#[derive(Clone, Copy, Debug)]
pub struct Partials {
    /// Groups in use.
    groups: usize,
    /// Partials in use.
    count: usize,
    held: bool,
    x: [[f32; LANES]; GROUPS],
    y: [[f32; LANES]; GROUPS],
    /// A sample's turn and shrinking: the pointer's product with this.
    cosine: [[f32; LANES]; GROUPS],
    sine: [[f32; LANES]; GROUPS],
    ratio: [[f32; LANES]; GROUPS],
    level: [[f32; LANES]; GROUPS],
    shrink: [[f32; LANES]; GROUPS],
}

impl Partials {
    /// Begins a note.
    pub fn new(series: &Series, stroke: &Stroke) -> Self {
        const EMPTY: [[f32; LANES]; GROUPS] = [[0.0; LANES]; GROUPS];
        let mut partials = Self {
            groups: 0,
            count: 0,
            held: matches!(series, Series::Bank(bank) if bank.seconds.is_empty()),
            x: EMPTY,
            y: EMPTY,
            cosine: EMPTY,
            sine: EMPTY,
            ratio: EMPTY,
            level: EMPTY,
            shrink: EMPTY,
        };
        match series {
            Series::Piano => partials.piano(stroke),
            Series::Bank(bank) => partials.bank(bank, stroke),
        }
        partials.groups = partials.count.div_ceil(LANES);
        partials.tune(stroke.hertz, stroke.rate);
        partials
    }

    fn bank(&mut self, bank: &Bank, stroke: &Stroke) {
        let softness = if self.held {
            0.0
        } else {
            SOFTNESS * (1.0 - stroke.hardness)
        };
        for (n, (ratio, level)) in bank.ratios.iter().zip(bank.levels).enumerate() {
            let level = level * ratio.max(1.0).powf(-softness);
            let seconds = bank
                .seconds
                .get(n)
                .map_or(f32::INFINITY, |s| s * stroke.stretch());
            self.add(*ratio, level, seconds, stroke);
        }
    }

    /// A hammer on two or three strings: stiff ones, so that the partials lie a little wide; the
    /// strings fall out of step, so that the low partials first die fast and then sing on.
    fn piano(&mut self, stroke: &Stroke) {
        let stiffness = 2.2e-4 * ((f32::from(stroke.key) - 60.0) / 13.0).exp2();
        // A felt hammer is harder the faster it comes, and the treble's hammers are harder.
        let felt = 900.0 * (stroke.hardness * 2.6).exp2() + 0.9 * stroke.hertz;
        let within = (HIGHEST_HZ / stroke.hertz) as usize;
        let most = within.clamp(3, LANES * GROUPS - DOUBLED);
        let first = (1.0 + stiffness).sqrt();
        for n in 1..=most {
            let number = n as f32;
            let ratio = number * (1.0 + stiffness * number * number).sqrt() / first;
            let hertz = ratio * stroke.hertz;
            // The hammer strikes at an eighth of the string; the board barely moves below 60 Hz.
            let place = (number * std::f32::consts::PI / 7.6).sin().abs() + 0.04;
            let board = hertz / (hertz + 70.0);
            let level = 1.5 * place * board * (-hertz / felt).exp() / number.powf(0.75);
            let seconds = 20.0 / (1.0 + (stroke.hertz / 170.0).powf(0.85) + hertz / 900.0);
            if n <= DOUBLED {
                let fast = 0.4 * seconds;
                self.add(ratio * (1.0 - MISTUNING), 0.62 * level, fast, stroke);
                self.add(ratio * (1.0 + MISTUNING), 0.38 * level, seconds, stroke);
            } else {
                self.add(ratio, level, 0.6 * seconds, stroke);
            }
        }
    }

    fn add(&mut self, ratio: f32, level: f32, seconds: f32, stroke: &Stroke) {
        let fits = ratio * stroke.hertz < HIGHEST * stroke.rate;
        if self.count == LANES * GROUPS || !fits {
            return;
        }
        let (group, lane) = (self.count / LANES, self.count % LANES);
        self.ratio[group][lane] = ratio;
        self.level[group][lane] = level;
        self.shrink[group][lane] = decay_by_60_db(seconds, stroke.rate);
        // All begin where a sine does, at nothing.
        self.x[group][lane] = level;
        self.count += 1;
    }

    /// Moves the note to `hertz`.
    pub fn tune(&mut self, hertz: f32, rate: f32) {
        for n in 0..self.count {
            let (group, lane) = (n / LANES, n % LANES);
            let turn = (hertz * self.ratio[group][lane] / rate).min(HIGHEST);
            let (sine, cosine) = (TAU * turn).sin_cos();
            let shrink = self.shrink[group][lane];
            self.cosine[group][lane] = cosine * shrink;
            self.sine[group][lane] = sine * shrink;
        }
    }

    /// Once a tick: held pointers keep their length in spite of rounding, faint ones become none.
    pub fn mend(&mut self) {
        let mut sounding = 0;
        for group in 0..self.groups {
            let mut loudest = 0.0_f32;
            for lane in 0..LANES {
                let (x, y) = (self.x[group][lane], self.y[group][lane]);
                let length = x * x + y * y;
                let mend = if self.held && length > 0.0 {
                    let level = self.level[group][lane];
                    1.5 - 0.5 * length / (level * level)
                } else if length < 1e-24 {
                    0.0
                } else {
                    1.0
                };
                self.x[group][lane] = x * mend;
                self.y[group][lane] = y * mend;
                loudest = loudest.max(length);
            }
            if loudest > FAINTEST {
                sounding = group + 1;
            }
        }
        // The high partials are last and die first.
        for group in sounding..self.groups {
            self.x[group] = [0.0; LANES];
            self.y[group] = [0.0; LANES];
        }
        self.groups = sounding;
    }

    /// Adds the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        for part in out.chunks_mut(AT_ONCE) {
            let mut sums = [[0.0; LANES]; AT_ONCE];
            let sums = &mut sums[..part.len()];
            for group in (0..self.groups.min(GROUPS)).step_by(2) {
                self.turn(group, sums);
            }
            for (sample, [a, b, c, d, e, f, g, h]) in part.iter_mut().zip(&*sums) {
                *sample += ((a + b) + (c + d)) + ((e + f) + (g + h));
            }
        }
    }

    /// Turns the pointers of a group and the one after it, which stay in the processor's registers
    /// meanwhile.
    fn turn(&mut self, group: usize, sums: &mut [[f32; LANES]]) {
        let two = group..group + 2;
        let (Some([x, x2]), Some([y, y2]), Some([cosine, cosine2]), Some([sine, sine2])) = (
            self.x.get_mut(two.clone()),
            self.y.get_mut(two.clone()),
            self.cosine.get(two.clone()),
            self.sine.get(two),
        ) else {
            return;
        };
        let mut here = [(*x, *y), (*x2, *y2)];
        for sum in sums {
            for ((x, y), (cosine, sine)) in here.iter_mut().zip([(cosine, sine), (cosine2, sine2)])
            {
                for lane in 0..LANES {
                    let turned = cosine[lane] * x[lane] - sine[lane] * y[lane];
                    y[lane] = sine[lane] * x[lane] + cosine[lane] * y[lane];
                    x[lane] = turned;
                    sum[lane] += y[lane];
                }
            }
        }
        [(*x, *y), (*x2, *y2)] = here;
    }
}
