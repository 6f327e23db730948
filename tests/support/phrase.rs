//! The phrase that the project's own synthesiser sings, and what is asked of messages.

use std::path::Path;
use std::sync::LazyLock;
use vocalise::files::audio;
use vocalise::music::{Message, TimedMessage};

/// The phrase, mono, and its rate in Hz.
pub static PHRASE: LazyLock<(Vec<f32>, f64)> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/golden/phrase.flac");
    let mut phrase = audio::read(&path).expect("the phrase is part of the project");
    (
        phrase.channels.swap_remove(0),
        f64::from(phrase.sample_rate),
    )
});

/// Keys that were begun and not ended.
#[allow(dead_code, reason = "not every test asks")]
pub fn hanging(messages: &[TimedMessage]) -> Vec<(u8, u8)> {
    let mut on = Vec::new();
    for timed in messages {
        match timed.message {
            Message::NoteOn { channel, key, .. } => on.push((channel, key)),
            Message::NoteOff { channel, key, .. } => on.retain(|held| *held != (channel, key)),
            _ => {}
        }
    }
    on
}
