//! What a preset leaves alone: all that belongs to the singer, the room, the song, the host or what
//! listens to the MIDI, and all that is pressed rather than set.

use crate::music::Track;

/// Parameters that no preset changes, and why.
pub const LEFT_ALONE: [(&str, &str); 37] = [
    ("gain", SINGER),
    ("gate", SINGER),
    ("sensitivity", SINGER),
    ("lowest", SINGER),
    ("highest", SINGER),
    ("singer_offset", "it is the audio device's"),
    ("timing", "the host has to start the plugin anew"),
    ("output", RECEIVER),
    ("bend_range", RECEIVER),
    ("mpe", RECEIVER),
    ("note_expressions", RECEIVER),
    ("programs", RECEIVER),
    ("key", SONG),
    ("scale", SONG),
    ("degree_1", SONG),
    ("degree_2", SONG),
    ("degree_3", SONG),
    ("degree_4", SONG),
    ("degree_5", SONG),
    ("degree_6", SONG),
    ("degree_7", SONG),
    ("degree_8", SONG),
    ("degree_9", SONG),
    ("degree_10", SONG),
    ("degree_11", SONG),
    ("degree_12", SONG),
    ("nudge", "it puts right where the beat was heard"),
    ("tap", PRESSED),
    ("set_one", PRESSED),
    ("bypass", "silence is not a sound"),
    ("follows_voice", "it says whose clock there is"),
    ("monitor", LISTENED),
    ("monitor_level", LISTENED),
    // Of every track, after the track's id and an underscore.
    ("*_channel", RECEIVER),
    ("*_again", PRESSED),
    ("*_solo", "it says what is listened to for the moment"),
    // What the user holds on to stays, whatever preset comes.
    ("*_lock", "it holds what plays now, which no file can"),
];

/// The singer and the microphone were measured or are known; no style changes them.
const SINGER: &str = "it belongs to the singer and the microphone";
/// What listens to the MIDI was set up for it.
const RECEIVER: &str = "it belongs to what receives the MIDI";
/// A song keeps its key while styles are tried on it.
const SONG: &str = "it belongs to the song";
/// How the band is listened to is no part of it.
const LISTENED: &str = "it says how the band is listened to";
/// A change of it is a press of a button.
const PRESSED: &str = "it is pressed, not set";

/// Why presets leave the parameter `id` alone; `None` if they hold it.
pub fn reason(id: &str) -> Option<&'static str> {
    let of_track = |own: &str| {
        let rest = Track::ALL
            .into_iter()
            .find_map(|track| id.strip_prefix(track.id()));
        rest == Some(own)
    };
    let is = |listed: &str| match listed.strip_prefix('*') {
        Some(own) => of_track(own),
        None => listed == id,
    };
    let listed = LEFT_ALONE.iter().find(|(listed, _)| is(listed));
    listed.map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_held_and_what_is_measured_wired_or_pressed_is_not() {
        for id in ["genre", "bass_on", "drums_density", "snap", "seed", "again"] {
            assert_eq!(reason(id), None, "{id}");
        }
        for id in [
            "gain",
            "timing",
            "key",
            "bass_channel",
            "drums_again",
            "chords_lock",
        ] {
            assert!(reason(id).is_some(), "{id}");
        }
    }
}
