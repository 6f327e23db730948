//! How hard a note was sung, judged against the singer's own loudest.
//!
//! Microphones differ by 40 dB in level, so no level means *loud* by itself: the network, trained
//! over all those levels, cannot tell either. The loudest of the last minute can.

/// Velocity of a note as loud as the reference.
const AT_REFERENCE: f32 = 0.85;
/// Decibels that take a note from the reference to nothing.
const SPAN_DB: f32 = 40.0;
/// Softest velocity that is sent.
const SOFTEST: f32 = 0.15;
/// How fast the reference sinks while nothing louder comes, in dB a frame: 6 dB a minute.
const DECAY_DB: f32 = 0.001;
/// Where the reference begins, and its lowest, in dB below full scale.
const FIRST_DB: f32 = -30.0;
const LOWEST_DB: f32 = -60.0;

/// Follows the loudest voice of the last minute.
#[derive(Clone, Debug)]
pub struct Loudness {
    reference_db: f32,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            reference_db: FIRST_DB,
        }
    }
}

impl Loudness {
    /// Hears a frame of `level_db`; only voiced ones raise the reference.
    pub fn hear(&mut self, level_db: f32, voiced: bool) {
        self.reference_db = (self.reference_db - DECAY_DB).max(LOWEST_DB);
        if voiced {
            self.reference_db = self.reference_db.max(level_db);
        }
    }

    /// The velocity, 0 – 1, of a note whose loudest frame had `level_db`.
    pub fn velocity(&self, level_db: f32) -> f32 {
        (AT_REFERENCE + (level_db - self.reference_db) / SPAN_DB).clamp(SOFTEST, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn louder_is_harder_whatever_the_microphone() {
        for quieter in [0.0, 20.0] {
            let mut loudness = Loudness::default();
            let (loud, soft) = (-12.0 - quieter, -24.0 - quieter);
            loudness.hear(loud, true);
            let (hard, gentle) = (loudness.velocity(loud), loudness.velocity(soft));
            assert!(hard > gentle + 0.2, "{hard} against {gentle}");
            assert!((SOFTEST..=1.0).contains(&gentle) && hard <= 1.0);
        }
    }

    #[test]
    fn noise_does_not_count_as_a_singer() {
        let mut loudness = Loudness::default();
        loudness.hear(0.0, false);
        assert!(loudness.velocity(-20.0) > AT_REFERENCE);
    }
}
