//! The numbers that decide between all the bars that a generator could make.

use super::wanted::unit;
use crate::music::Track;
use crate::voice::draw::Chance;
use std::f64::consts::TAU;

/// Noise numbers of a bar: as many as the generators take.
pub const NOISE: usize = 100;
/// Bars of a phrase.
const PHRASE: i64 = 4;

// What is asked of chance: questions about a phrase's bar, and about the bar itself.
const OF_PHRASE: u64 = 0x100;
const OF_BAR: u64 = 0x200;
/// Where the questions begin that are none about noise.
const CHOICES: u64 = 0x1_0000;

/// Which bar of which track is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BarDraw {
    /// The user's seed.
    pub seed: u64,
    /// The track.
    pub track: Track,
    /// The bar of the song.
    pub bar: i64,
    /// How much bars differ: 0 is the same at each place of a phrase, 1 is new every bar.
    pub variation: f32,
    /// How often the user asked for other ones.
    pub take: u32,
}

impl BarDraw {
    /// The noise: independent, normal, mean 0 and variance 1, whatever the variation.
    pub fn noise(&self) -> [f32; NOISE] {
        let own = self.variation();
        let shared = (1.0 - own * own).sqrt();
        let mut noise = [0.0; NOISE];
        for (pair, two) in noise.chunks_mut(2).enumerate() {
            let bar = self.normal(OF_BAR, pair as u64);
            let phrase = self.normal(OF_PHRASE, pair as u64);
            for (number, (bar, phrase)) in two.iter_mut().zip(bar.into_iter().zip(phrase)) {
                *number = (own * bar + shared * phrase) as f32;
            }
        }
        noise
    }

    /// A number from 0 to below 1 for a `question` of one's own. As often as the variation says it
    /// is the bar's, else its place's in the phrase.
    pub fn unit(&self, question: u64) -> f64 {
        let step = CHOICES + 2 * question;
        if self.chance(OF_BAR, step + 1) < self.variation() {
            self.chance(OF_BAR, step)
        } else {
            self.chance(OF_PHRASE, step)
        }
    }

    /// The variation held to 0 – 1; 0 if it is not a number.
    fn variation(&self) -> f64 {
        f64::from(unit(self.variation, 0.0))
    }

    fn chance(&self, question: u64, step: u64) -> f64 {
        let bar = match question {
            OF_PHRASE => self.bar.rem_euclid(PHRASE),
            _ => self.bar,
        };
        let chance = Chance {
            seed: self.seed,
            bar,
            variation: self.take,
        };
        chance.unit(step, question + self.track.index() as u64)
    }

    /// Two normal numbers by the method of Box and Muller (1958).
    fn normal(&self, question: u64, pair: u64) -> [f64; 2] {
        // Above 0, so that its logarithm is finite.
        let radius = 1.0 - self.chance(question, 2 * pair);
        let angle = TAU * self.chance(question, 2 * pair + 1);
        let radius = (-2.0 * radius.ln()).sqrt();
        [radius * angle.cos(), radius * angle.sin()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(bar: i64, variation: f32) -> BarDraw {
        BarDraw {
            seed: 7,
            track: Track::Bass,
            bar,
            variation,
            take: 0,
        }
    }

    fn alike(a: &[f32; NOISE], b: &[f32; NOISE]) -> f32 {
        let dot = |a: &[f32; NOISE], b: &[f32; NOISE]| -> f32 {
            a.iter().zip(b).map(|(a, b)| a * b).sum()
        };
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn without_variation_a_phrase_comes_again_and_with_it_each_bar_is_new() {
        assert_eq!(draw(1, 0.0).noise(), draw(5, 0.0).noise());
        assert_eq!(draw(-3, 0.0).noise(), draw(1, 0.0).noise());
        assert_ne!(draw(1, 0.0).noise(), draw(2, 0.0).noise());
        let likeness = |variation| {
            let bars = (0..50).map(|bar| {
                alike(
                    &draw(bar, variation).noise(),
                    &draw(bar + 4, variation).noise(),
                )
            });
            bars.sum::<f32>() / 50.0
        };
        assert!(likeness(1.0).abs() < 0.05, "{}", likeness(1.0));
        let half = likeness(0.5);
        assert!((half - 0.75).abs() < 0.05, "{half}");
        // Not the shared noise of the place whose number the bar has.
        assert!(alike(&draw(2, 0.0).noise(), &draw(2, 1.0).noise()).abs() < 0.4);
    }

    #[test]
    fn the_noise_is_normal_at_any_variation() {
        for variation in [0.0, 0.3, 1.0, f32::NAN, f32::INFINITY, -5.0] {
            let numbers: Vec<f64> = (0..400_u64)
                .flat_map(|seed| {
                    BarDraw {
                        seed,
                        ..draw(3, variation)
                    }
                    .noise()
                })
                .map(f64::from)
                .collect();
            let count = numbers.len() as f64;
            let moment = |power| numbers.iter().map(|x| x.powi(power)).sum::<f64>() / count;
            assert!(moment(1).abs() < 0.02, "{variation}: {}", moment(1));
            assert!((moment(2) - 1.0).abs() < 0.03, "{variation}: {}", moment(2));
            assert!((moment(4) - 3.0).abs() < 0.2, "{variation}: {}", moment(4));
        }
    }

    #[test]
    fn seed_track_and_take_each_make_another_bar() {
        let first = draw(1, 0.2);
        for other in [
            BarDraw { seed: 8, ..first },
            BarDraw { take: 1, ..first },
            BarDraw {
                track: Track::Drums,
                ..first
            },
        ] {
            assert!(
                alike(&first.noise(), &other.noise()).abs() < 0.4,
                "{other:?}"
            );
            assert_ne!(first.unit(0), other.unit(0));
        }
        assert_eq!(first.noise(), first.noise());
    }

    #[test]
    fn choices_stay_with_the_phrase_as_noise_does() {
        let same = |variation| {
            let bars = 0..200;
            bars.filter(|bar| draw(*bar, variation).unit(3) == draw(bar + 4, variation).unit(3))
                .count()
        };
        assert_eq!((same(0.0), same(1.0)), (200, 0));
        assert!((60..140).contains(&same(0.3)), "{}", same(0.3));
    }
}
