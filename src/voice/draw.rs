//! Choices by chance that come out the same each time they are asked for.

/// Chance without a running generator: each choice is named, and its name decides it, whatever
/// was drawn before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chance {
    /// The user's seed.
    pub seed: u64,
    /// The bar of the song that is drawn for.
    pub bar: i64,
    /// Which of the takes on that bar.
    pub variation: u32,
}

impl Chance {
    /// A number from 0 to below 1 for choice `question` about step `step`.
    pub fn unit(&self, step: u64, question: u64) -> f64 {
        let names = [self.bar as u64, u64::from(self.variation), step, question];
        let mixed = names
            .into_iter()
            .fold(mix(self.seed), |state, name| mix(state ^ mix(name)));
        unit(mixed)
    }
}

/// The number `n`, from 0 to below 1, of one row for all.
pub fn nth(n: u64) -> f64 {
    unit(mix(n.wrapping_mul(STEP)))
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// What SplitMix64 goes on by.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// One step of SplitMix64 (Steele and others 2014).
fn mix(state: u64) -> u64 {
    let mut bits = state.wrapping_add(STEP);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The place that `unit`, 0 to below 1, draws from `likely`, likelihoods that need not sum to 1.
/// `temperature` 1 draws by them as they are, less more cautiously, 0 takes the likeliest. `None`
/// if nothing is likely.
pub fn choose(likely: &[f32], temperature: f32, unit: f64) -> Option<usize> {
    let weights = likely.iter().map(|likely| f64::from(likely.max(0.0)));
    let (likeliest, most) =
        weights.clone().enumerate().fold(
            (0, 0.0),
            |best, now| {
                if now.1 > best.1 { now } else { best }
            },
        );
    if most <= 0.0 {
        return None;
    }
    if temperature.is_nan() || temperature <= 0.0 {
        return Some(likeliest);
    }
    let sharper = 1.0 / f64::from(temperature);
    // The likeliest weighs 1, so that none of a cold draw can vanish with all the others.
    let weights = weights.map(|weight| match weight / most {
        0.0 => 0.0,
        share => share.powf(sharper),
    });
    let mut left = unit * weights.clone().sum::<f64>();
    weights
        .enumerate()
        .find(|(_, weight)| {
            left -= weight;
            left < 0.0
        })
        .map_or(Some(likeliest), |(place, _)| Some(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_likelihoods_and_the_temperature() {
        let likely = [0.0, 0.1, 0.6, 0.3, 0.0];
        let counts = |temperature| {
            let mut counts = [0; 5];
            for step in 0..10_000 {
                let unit = Chance::default().unit(step, 0);
                counts[choose(&likely, temperature, unit).unwrap()] += 1;
            }
            counts
        };
        let usual = counts(1.0);
        for (count, share) in usual.iter().zip(likely) {
            assert!(
                (*count as f32 - 10_000.0 * share).abs() < 300.0,
                "{usual:?}"
            );
        }
        let cautious = counts(0.5);
        assert!(cautious[1] < usual[1] && cautious[2] > usual[2]);
        assert_eq!(counts(0.0), [0, 0, 10_000, 0, 0]);
        let bold = counts(f32::INFINITY);
        assert!((bold[0], bold[4]) == (0, 0) && bold[1] > 3_000, "{bold:?}");
        assert_eq!(counts(1e-30), [0, 0, 10_000, 0, 0]);
        assert_eq!(choose(&[0.0; 3], 1.0, 0.5), None);
        assert_eq!(choose(&[], 1.0, 0.5), None);
    }

    #[test]
    fn every_part_of_a_choices_name_counts() {
        let chance = Chance {
            seed: 1,
            bar: 2,
            variation: 3,
        };
        let drawn = chance.unit(4, 5);
        assert_eq!(drawn, chance.unit(4, 5));
        for other in [
            Chance { seed: 0, ..chance },
            Chance { bar: 3, ..chance },
            Chance { bar: -2, ..chance },
            Chance {
                variation: 2,
                ..chance
            },
        ] {
            assert_ne!(drawn, other.unit(4, 5));
        }
        assert_ne!(drawn, chance.unit(5, 4));
    }
}
