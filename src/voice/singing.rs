//! Whether a note was sung or said.
//!
//! The network knows speech by its sound, and a voice whose pitch has been sliding about is speaking.
//! Only both together make a note speech: a singer with a speaking voice holds pitches, and one who
//! slides and wavers sounds like a singer.

use super::evidence::Evidence;

/// Mean activity over a note under which the network takes it for speech.
const ACTIVE: f32 = 0.75;
/// Steadiness of the voice's pitch under which it may be speaking.
const STEADY: f32 = 0.62;

/// Whether the note over the frames `of_note` was sung, where the newest of them is `now`.
pub fn is_sung<'a>(of_note: impl Iterator<Item = &'a Evidence>, now: &Evidence) -> bool {
    let (mut sum, mut count) = (0.0, 0.0);
    for heard in of_note {
        sum += heard.activity;
        count += 1.0;
    }
    now.steadiness >= STEADY || sum >= ACTIVE * count
}
