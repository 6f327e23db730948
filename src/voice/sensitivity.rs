//! How readily something counts as voice.

/// Sensitivity that leaves the network's word as it is.
const NEUTRAL: f32 = 0.5;
/// What the sensitivity's ends add to the logit of the voicing: at 0 only what is 98 % sure to be a
/// voice is still more likely one than not, at 1 what is 2 % sure.
const REACH: f32 = 4.0;

/// The `voicing` (0 – 1) that counts at `sensitivity` (0 – 1): its logit moved by up to [`REACH`].
/// In the middle it is the network's own, to the bit.
pub fn voicing(voicing: f32, sensitivity: f32) -> f32 {
    if sensitivity == NEUTRAL {
        return voicing;
    }
    let shift = REACH * (sensitivity - NEUTRAL) / NEUTRAL;
    let odds = (1.0 - voicing) * (-shift).exp();
    voicing / (voicing + odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_changes_nothing_and_more_lets_more_in() {
        for heard in [0.0, 0.02, 0.3, 0.7, 0.999, 1.0] {
            assert_eq!(voicing(heard, 0.5), heard);
            let steps = [0.0, 0.25, 0.5, 0.75, 1.0].map(|s| voicing(heard, s));
            assert!(steps.is_sorted() && steps.iter().all(|v| (0.0..=1.0).contains(v)));
        }
        assert!(voicing(0.05, 1.0) > 0.5 && voicing(0.95, 0.0) < 0.5);
    }
}
