//! The example plugin, which knows nothing of voices, in both kinds of host: a note that is played
//! comes back in the host's tempo, and everything that begins ends.

use headless::{Message, MidiIn, Script, Transport, open, play};
use std::path::Path;

const RATE: f64 = 48_000.0;

/// A note of a quarter second at `position`.
fn played(position: i64, key: u8) -> [MidiIn; 2] {
    let off = position + (0.25 * RATE) as i64;
    [
        MidiIn {
            position,
            bytes: [0x90, key, 100],
        },
        MidiIn {
            position: off,
            bytes: [0x80, key, 0],
        },
    ]
}

#[test]
fn a_played_note_comes_back_three_times_in_tempo() {
    let mut silence = Script::offline(RATE, vec![vec![0.0; (3.0 * RATE) as usize]; 2]);
    silence.transport = Some(Transport::playing(120.0));
    silence.midi = played(10_000, 60).into();
    for bundle in ["echo/echo.clap", "echo.vst3"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/bundled")
            .join(bundle);
        if !path.exists() {
            let required = std::env::var("VOCALISE_BUNDLES").is_ok_and(|v| v == "required");
            assert!(!required, "{} is missing", path.display());
            eprintln!("skipped: {bundle} is missing, run `cargo xtask bundle --example echo`");
            continue;
        }
        let mut host = open(&path).expect("the bundle opens");
        let heard = play(host.as_mut(), &silence).expect("it plays");
        let notes: Vec<(i64, u8)> = heard
            .events
            .iter()
            .filter_map(|event| match event.message {
                Message::NoteOn { key, .. } => Some((event.position, key)),
                _ => None,
            })
            .collect();
        // An eighth at 120 quarters a minute is 12 000 samples.
        assert_eq!(
            notes,
            [(22_000, 67), (34_000, 74), (46_000, 81)],
            "{bundle}"
        );
        assert!(
            heard.hanging().is_empty(),
            "{bundle}: {:?}",
            heard.hanging()
        );
        heard
            .check_pass_through(&silence.input)
            .expect("audio passes");
    }
}
