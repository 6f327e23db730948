//! What is written must be what is read, and nothing that claims to be a file may do harm.

use proptest::prelude::*;

use super::super::{TempoChange, Track};
use super::*;

const RATE: f64 = 48_000.0;

fn melody_part() -> Part {
    Part {
        channel: 0,
        name: "Melody".to_owned(),
        program: Some(0),
    }
}

fn at(position: i64, message: Message) -> TimedMessage {
    TimedMessage { position, message }
}

/// Every note-on and note-off of a file as (track, tick, channel, key, on).
fn edges(bytes: &[u8]) -> Vec<(usize, u64, u8, u8, bool)> {
    let smf = Smf::parse(bytes).unwrap();
    let mut edges = Vec::new();
    for (index, track) in smf.tracks.iter().enumerate() {
        for (tick, kind) in absolute(track) {
            let TrackEventKind::Midi { channel, message } = kind else {
                continue;
            };
            match message {
                MidiMessage::NoteOn { key, .. } => {
                    edges.push((index, tick, channel.as_int(), key.as_int(), true));
                }
                MidiMessage::NoteOff { key, .. } => {
                    edges.push((index, tick, channel.as_int(), key.as_int(), false));
                }
                _ => {}
            }
        }
    }
    edges
}

#[test]
fn tracks_programs_and_names_are_in_the_file() {
    let messages = [
        at(0, Message::note_on(Track::Melody.channel(), 60, 0.5)),
        at(24_000, Message::note_off(Track::Melody.channel(), 60, 0.0)),
        at(0, Message::note_on(Track::Drums.channel(), 36, 1.0)),
        at(12_000, Message::note_off(Track::Drums.channel(), 36, 0.0)),
        at(0, Message::pitch_bend(7, 0.0)),
    ];
    let drums = Part {
        channel: 9,
        name: "Drums".to_owned(),
        program: None,
    };
    let bytes = write(
        &messages,
        RATE,
        &TempoMap::default(),
        &[melody_part(), drums],
    )
    .unwrap();
    let smf = Smf::parse(&bytes).unwrap();
    assert_eq!(smf.header.format, Format::Parallel);
    let names: Vec<String> = smf
        .tracks
        .iter()
        .filter_map(|track| {
            track.iter().find_map(|event| match event.kind {
                TrackEventKind::Meta(MetaMessage::TrackName(name)) => {
                    Some(String::from_utf8_lossy(name).into_owned())
                }
                _ => None,
            })
        })
        .collect();
    assert_eq!(names, ["Melody", "Drums", "Channel 8"]);
    assert_eq!(
        edges(&bytes),
        [
            (1, 0, 0, 60, true),
            (1, 960, 0, 60, false),
            (2, 0, 9, 36, true),
            (2, 480, 9, 36, false)
        ]
    );
    let bend = smf.tracks[3].iter().find_map(|event| match event.kind {
        TrackEventKind::Midi {
            message: MidiMessage::PitchBend { bend },
            ..
        } => Some(bend.0),
        _ => None,
    });
    assert_eq!(bend.map(u14::as_int), Some(8192));
}

#[test]
fn every_note_ends_and_none_is_of_no_length() {
    let messages = [
        at(0, Message::note_on(0, 60, 1.0)),
        at(0, Message::note_off(0, 60, 0.0)),
        at(0, Message::note_on(0, 60, 1.0)),
        at(9_600, Message::note_on(0, 60, 1.0)),
        at(9_600, Message::note_off(0, 72, 0.0)),
        at(48_000, Message::note_on(0, 64, 1.0)),
    ];
    let bytes = write(&messages, RATE, &TempoMap::default(), &[melody_part()]).unwrap();
    let edges: Vec<_> = edges(&bytes)
        .into_iter()
        .map(|edge| (edge.1, edge.3, edge.4))
        .collect();
    let expected = [
        (0, 60, true),
        (1, 60, false),
        (1, 60, true),
        (384, 60, false),
        (384, 60, true),
        (1920, 64, true),
        (1920, 60, false),
        (1921, 64, false),
    ];
    assert_eq!(edges, expected);
}

#[test]
fn what_cannot_be_written_says_why() {
    let map = TempoMap::default();
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(write(&[], rate, &map, &[]), Err(WriteError::SampleRate));
    }
    let late = [at(i64::MAX, Message::note_on(0, 60, 1.0))];
    assert_eq!(write(&late, 1e-300, &map, &[]), Err(WriteError::TooLong));
    assert!(
        write(
            &[at(i64::MIN, Message::note_on(0, 60, 1.0))],
            RATE,
            &map,
            &[]
        )
        .is_ok()
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let damaged = |bytes: &[u8]| matches!(read(bytes), Err(ReadError::Damaged(_)));
    assert!(damaged(b""));
    assert!(damaged(b"RIFF\0\0\0\0WAVE"));
    assert!(damaged(b"MThd"));
    let header = |division: [u8; 2]| {
        [
            &b"MThd\0\0\0\x06\0\0\0\x01"[..],
            &division,
            &b"MTrk\0\0\0\x04\0\xff\x2f\0"[..],
        ]
        .concat()
    };
    assert_eq!(read(&header([0, 0])), Err(ReadError::NoTicks));
    assert_eq!(read(&header([0xE7, 40])), Err(ReadError::TimeCode));
    assert_eq!(read(&header([0, 96])), Err(ReadError::NoNotes));
    let drums = [
        at(0, Message::note_on(9, 36, 1.0)),
        at(9_600, Message::note_off(9, 36, 0.0)),
    ];
    let drums = write(&drums, RATE, &TempoMap::default(), &[]).unwrap();
    assert_eq!(read(&drums), Err(ReadError::NoNotes));
}

#[test]
fn tempo_and_meter_changes_survive() {
    let mut map = TempoMap::constant(93.0, Meter::new(6, 8).unwrap());
    map.set_tempo(3.0, 333_333);
    map.set_meter(6.0, Meter::new(5, 4).unwrap());
    map.set_tempo(7.5, 1_234_567);
    let messages = [
        at(0, Message::note_on(0, 60, 1.0)),
        at(480_000, Message::note_off(0, 60, 0.0)),
    ];
    let melody = read(&write(&messages, RATE, &map, &[melody_part()]).unwrap()).unwrap();
    assert_eq!(melody.tempo_map, map);
    assert_eq!(
        melody.tempo_map.tempos()[1],
        TempoChange {
            beat: 3.0,
            us_per_beat: 333_333
        }
    );
    assert!((melody.notes[0].offset_s - 10.0).abs() < 1.3e-3 / 2.0);
}

/// Notes one after another, as (silence before, length, key, velocity), lengths in samples of at
/// least a tick at every tempo tried.
fn phrases() -> impl Strategy<Value = Vec<(i64, i64, u8, u8)>> {
    prop::collection::vec(
        (0_i64..100_000, 2_000_i64..200_000, 0_u8..128, 1_u8..128),
        1..40,
    )
}

proptest! {
    #[test]
    fn written_notes_read_back(phrase in phrases(), bpm in 30.0_f64..300.0) {
        let map = TempoMap::constant(bpm, Meter::COMMON);
        let mut messages = Vec::new();
        let mut expected = Vec::new();
        let mut position = 0;
        for (rest, length, key, velocity) in phrase {
            let velocity = f32::from(velocity) / 127.0;
            let (on, off) = (position + rest, position + rest + length);
            messages.push(at(on, Message::note_on(0, key, velocity)));
            messages.push(at(off, Message::note_off(0, key, 0.0)));
            expected.push((on as f64 / RATE, off as f64 / RATE, key, velocity));
            position = off;
        }
        let melody = read(&write(&messages, RATE, &map, &[melody_part()]).unwrap()).unwrap();
        prop_assert_eq!(&melody.name, "Melody");
        prop_assert_eq!(&melody.tempo_map, &map);
        prop_assert_eq!(melody.notes.len(), expected.len());
        let half_a_tick = 0.501 * map.seconds_at(1.0 / f64::from(TICKS_PER_BEAT));
        for (note, (onset_s, offset_s, key, velocity)) in melody.notes.iter().zip(expected) {
            prop_assert!((note.onset_s - onset_s).abs() <= half_a_tick);
            prop_assert!((note.offset_s - offset_s).abs() <= half_a_tick);
            prop_assert_eq!(note.key(), key);
            prop_assert!((note.velocity - velocity).abs() < 1e-6);
            prop_assert_eq!(note.decided_s, note.onset_s);
        }
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = read(&[b"MThd\0\0\0\x06\0\x01\0\x02\0\x60MTrk\0\0\0\xff", &bytes[..]].concat());
    }

    #[test]
    fn no_damage_to_a_good_file_does_harm(at_byte in 0_usize..200, value: u8, cut in 0_usize..200) {
        let messages: Vec<TimedMessage> = (0..20)
            .map(|i| at(i * 9_600, if i % 2 == 0 {
                Message::note_on(0, 60, 1.0)
            } else {
                Message::note_off(0, 60, 0.0)
            }))
            .collect();
        let mut bytes = write(&messages, RATE, &TempoMap::default(), &[melody_part()]).unwrap();
        let place = at_byte % bytes.len();
        bytes[place] = value;
        if let Ok(melody) = read(&bytes) {
            prop_assert!(melody.notes.iter().all(|note| note.offset_s > note.onset_s));
        }
        bytes.truncate(cut);
        let _ = read(&bytes);
    }

    #[test]
    fn any_messages_make_a_file_whose_notes_all_end(
        events in prop::collection::vec((0_i64..5_000, 0_u8..4, 58_u8..62, any::<bool>()), 0..80),
    ) {
        let messages: Vec<TimedMessage> = events
            .into_iter()
            .map(|(position, channel, key, on)| at(position, if on {
                Message::note_on(channel, key, 0.5)
            } else {
                Message::note_off(channel, key, 0.5)
            }))
            .collect();
        let bytes = write(&messages, RATE, &TempoMap::default(), &[]).unwrap();
        let mut sounding = BTreeMap::new();
        for (_, tick, channel, key, on) in edges(&bytes) {
            if on {
                prop_assert_eq!(sounding.insert((channel, key), tick), None);
            } else {
                let began = sounding.remove(&(channel, key));
                prop_assert!(began.is_some_and(|began| began < tick));
            }
        }
        prop_assert!(sounding.is_empty());
    }
}

#[test]
fn a_key_is_written_with_its_sharps_or_flats() {
    let signature = |key: &str| {
        let key = Some(key.parse().unwrap());
        let bytes = write_in_key(&[], RATE, &TempoMap::default(), key, &[]).unwrap();
        let smf = Smf::parse(&bytes).unwrap();
        smf.tracks[0].iter().find_map(|event| match event.kind {
            TrackEventKind::Meta(MetaMessage::KeySignature(sharps, minor)) => Some((sharps, minor)),
            _ => None,
        })
    };
    assert_eq!(signature("C major"), Some((0, false)));
    assert_eq!(signature("D"), Some((2, false)));
    assert_eq!(signature("F#"), Some((6, false)));
    assert_eq!(signature("Eb"), Some((-3, false)));
    assert_eq!(signature("A minor"), Some((0, true)));
    assert_eq!(signature("C minor"), Some((-3, true)));
}
