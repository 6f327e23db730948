//! The same voice gives the same notes: in each format, in blocks of any size,
//! from the library, and live.

use crate::bundles::{in_each_format, phrase};
use headless::{Blocks, Event, Message, Move, Script, Transport, play};
use vocalise::music::Meter;
use vocalise::voice::offline::{Settings, Song, render};

/// What both sides can say of a note: position in samples, on or off, channel,
/// key, and the velocity's bits.
type Stroke = (i64, bool, u8, u8, u32);

fn strokes_of_host(events: &[Event]) -> Vec<Stroke> {
    let mut strokes: Vec<Stroke> = events
        .iter()
        .filter_map(|event| match event.message {
            Message::NoteOn {
                channel,
                key,
                velocity,
            } => Some((event.position, true, channel, key, velocity.to_bits())),
            Message::NoteOff {
                channel,
                key,
                velocity,
            } => Some((event.position, false, channel, key, velocity.to_bits())),
            _ => None,
        })
        .collect();
    strokes.sort_unstable();
    strokes
}

fn strokes_of_library(voice: &[f32], rate: f64, settings: &Settings) -> Vec<Stroke> {
    use vocalise::music::Message;
    let rendering = render(&[voice.to_vec()], rate, settings, &mut |_| ()).unwrap();
    let mut strokes: Vec<Stroke> = rendering
        .messages
        .iter()
        .filter_map(|timed| match timed.message {
            Message::NoteOn {
                channel,
                key,
                velocity,
            } => Some((timed.position, true, channel, key, velocity.to_bits())),
            Message::NoteOff {
                channel,
                key,
                velocity,
            } => Some((timed.position, false, channel, key, velocity.to_bits())),
            _ => None,
        })
        .collect();
    strokes.sort_unstable();
    strokes
}

#[test]
fn a_bounce_gives_the_library_s_notes_in_blocks_of_any_size() {
    let (voice, rate) = phrase();
    let wanted = strokes_of_library(&voice, rate, &Settings::default());
    assert!(wanted.len() >= 8, "the phrase has few notes: {wanted:?}");
    in_each_format(|host| {
        for blocks in [
            Blocks::Fixed(32),
            Blocks::Fixed(512),
            Blocks::Fixed(8_192),
            Blocks::Repeat(vec![1, 441, 64, 1_023]),
            Blocks::Random {
                max: 2_000,
                seed: 11,
            },
        ] {
            let script = Script::offline(rate, vec![voice.clone()]).blocks(blocks.clone());
            let heard = strokes_of_host(&play(host, &script).unwrap().events);
            assert_eq!(heard, wanted, "{} in {blocks:?}", host.about().format);
        }
    });
}

#[test]
fn the_band_in_a_host_is_the_library_s() {
    let (voice, rate) = phrase();
    let settings = Settings {
        song: Some(Song::at(110.0, Meter::COMMON)),
        ..Settings::default()
    };
    // How the two end differs: a recording ends, a host plays on.
    let end = voice.len() as i64;
    let before = |strokes: Vec<Stroke>| -> Vec<Stroke> {
        strokes
            .into_iter()
            .filter(|stroke| stroke.0 < end)
            .collect()
    };
    let wanted = before(strokes_of_library(&voice, rate, &settings));
    let channels = |strokes: &[Stroke]| {
        let channels: std::collections::BTreeSet<u8> = strokes.iter().map(|s| s.2).collect();
        channels.len()
    };
    assert_eq!(channels(&wanted), 4, "melody, chords, bass and drums");
    in_each_format(|host| {
        for blocks in [Blocks::Fixed(64), Blocks::Fixed(2_048)] {
            let script = Script::offline(rate, vec![voice.clone()])
                .blocks(blocks.clone())
                .transport(Transport::playing(110.0).then(end, Move::Stop));
            let heard = before(strokes_of_host(&play(host, &script).unwrap().events));
            assert_eq!(heard, wanted, "{} in {blocks:?}", host.about().format);
        }
    });
}

#[test]
fn two_equal_channels_give_the_notes_of_one() {
    let (voice, rate) = phrase();
    in_each_format(|host| {
        let mono = play(host, &Script::offline(rate, vec![voice.clone()])).unwrap();
        let stereo = Script::offline(rate, vec![voice.clone(), voice.clone()]);
        let stereo = play(host, &stereo).unwrap();
        assert_eq!(mono.events, stereo.events, "{}", host.about().format);
    });
}

#[test]
fn both_formats_send_the_same_events() {
    let (voice, rate) = phrase();
    let mut seen = Vec::new();
    in_each_format(|host| {
        let heard = play(host, &Script::offline(rate, vec![voice.clone()])).unwrap();
        seen.push(heard.events);
    });
    if let [clap, vst3] = &seen[..] {
        assert_eq!(clap, vst3);
    }
}

/// A performance has the bounce's notes, each later by one constant, although
/// the same plugin has bounced just before. A busy
/// machine may drop frames, which is allowed: then the next attempt decides.
#[test]
fn a_performance_gives_the_bounce_s_notes_a_constant_later() {
    const ATTEMPTS: usize = 4;
    let (voice, rate) = phrase();
    // Time for the models to load before the first note.
    let mut input = vec![0.0; (3.0 * rate) as usize];
    input.extend(&voice);
    in_each_format(|host| {
        let format = host.about().format;
        let bounced = Script::offline(rate, vec![input.clone()]);
        let bounced = strokes_of_host(&play(host, &bounced).unwrap().events);
        assert!(!bounced.is_empty());
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let live = play(host, &Script::live(rate, vec![input.clone()])).unwrap();
            live.check_pass_through(&[input.clone()]).unwrap();
            assert_eq!(live.hanging(), [], "{format}");
            let live = strokes_of_host(&live.events);
            let Some(&(first, ..)) = live.first() else {
                last = "no notes".into();
                continue;
            };
            let delay = first - bounced[0].0;
            let moved: Vec<_> = live
                .iter()
                .map(|stroke| (stroke.0 - delay, stroke.1, stroke.2, stroke.3, stroke.4))
                .collect();
            if moved == bounced {
                // Without a delay the audio thread would have waited for the notes.
                assert!(delay > 0, "{format}: taken for a bounce");
                return;
            }
            last = format!("{moved:?} is not {bounced:?}");
        }
        panic!("{format}: never in {ATTEMPTS} attempts; the last: {last}");
    });
}
