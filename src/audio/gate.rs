//! The input gate: decides from the level whether a frame may count as voice. It never touches the
//! samples, so that the features stay those that the model was trained on.

/// How far below the threshold the level must fall to close an open gate, in dB.
const HYSTERESIS_DB: f32 = 6.0;
/// Hops that an open gate stays open after the level fell: 100 ms.
const HOLD_HOPS: u32 = 10;

/// Threshold with hysteresis and hold.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    open: bool,
    /// Hops left before a quiet gate closes.
    hold: u32,
}

impl Gate {
    /// Whether a hop of `level_db` passes at `threshold_db` (both dB below full scale).
    pub fn update(&mut self, level_db: f32, threshold_db: f32) -> bool {
        if level_db >= threshold_db || self.open && level_db >= threshold_db - HYSTERESIS_DB {
            self.open = true;
            self.hold = HOLD_HOPS;
        } else if self.hold > 0 {
            self.hold -= 1;
        } else {
            self.open = false;
        }
        self.open
    }

    /// Closed, as at the beginning.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests, not the callback"
)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_at_once_holds_and_closes() {
        let mut gate = Gate::default();
        assert!(!gate.update(-60.0, -50.0));
        assert!(gate.update(-49.0, -50.0));
        assert!(gate.update(-55.0, -50.0), "within the hysteresis");
        for _ in 0..HOLD_HOPS {
            assert!(gate.update(-80.0, -50.0), "held");
        }
        assert!(!gate.update(-80.0, -50.0));
    }
}
