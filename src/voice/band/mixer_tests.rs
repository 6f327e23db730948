use super::*;
use proptest::prelude::*;

fn mixer() -> Mixer {
    Mixer::new(Tracks::default(), Output::All, false, Genre::Pop)
}

fn of(track: Track, place: usize) -> u32 {
    parameter::of_track(track, place)
}

const SOLO: usize = 1;
const LEVEL: usize = 2;
const OCTAVE: usize = 3;
const LOWEST: usize = 4;
const HIGHEST: usize = 5;
const CHANNEL: usize = 6;

#[test]
fn a_track_is_sent_where_as_high_and_as_loud_as_wanted() {
    let mut mixer = mixer();
    let mut sent = Vec::new();
    let mut out = |at, _, message| sent.push((at, message));
    for (place, value) in [(CHANNEL, 7.0), (OCTAVE, 1.0), (LEVEL, 0.5), (HIGHEST, 60.0)] {
        mixer.set(0, of(Track::Bass, place), value, &mut out);
    }
    mixer.send(10, Track::Bass, Message::note_on(2, 40, 0.8), &mut out);
    mixer.send(20, Track::Bass, Message::note_off(2, 40, 0.0), &mut out);
    mixer.send(30, Track::Bass, Message::note_on(2, 55, 0.8), &mut out);
    assert_eq!(
        sent,
        [
            (10, Message::note_on(7, 52, 0.4)),
            (20, Message::note_off(7, 52, 0.0)),
            (30, Message::note_on(7, 55, 0.4)),
        ]
    );
}

#[test]
fn what_sounds_ends_when_its_track_is_silenced_or_moves() {
    let mut mixer = mixer();
    let mut sent = Vec::new();
    let mut out = |at, _, message| sent.push((at, message));
    mixer.send(10, Track::Chords, Message::note_on(1, 60, 0.5), &mut out);
    mixer.set(5, of(Track::Drums, SOLO), 1.0, &mut out);
    mixer.send(30, Track::Chords, Message::note_on(1, 64, 0.5), &mut out);
    mixer.send(40, Track::Drums, Message::note_on(9, 36, 0.5), &mut out);
    mixer.set(50, of(Track::Drums, CHANNEL), 3.0, &mut out);
    mixer.send(60, Track::Drums, Message::note_off(9, 36, 0.5), &mut out);
    assert_eq!(
        sent,
        [
            (10, Message::note_on(1, 60, 0.5)),
            (10, Message::note_off(1, 60, 0.0)),
            (40, Message::note_on(9, 36, 0.5)),
            (50, Message::note_off(9, 36, 0.0)),
        ]
    );
}

#[test]
fn programs_are_told_on_request_and_once() {
    let mut mixer = mixer();
    let mut sent = Vec::new();
    let mut out = |_, _, message| sent.push(message);
    mixer.fit(0, Instrument::Flute, &mut out);
    mixer.set(0, parameter::PROGRAMS, 1.0, &mut out);
    mixer.set(0, parameter::SEED, 1.0, &mut out);
    mixer.set(
        0,
        parameter::INSTRUMENT,
        InstrumentChoice::AUTO.index() as f32,
        &mut out,
    );
    mixer.fit(0, Instrument::Flute, &mut out);
    let of_melody = |message: &&Message| message.channel() == 0;
    let told: Vec<_> = sent.iter().filter(of_melody).collect();
    assert_eq!(
        told,
        [
            &Message::program_change(0, 0),
            &Message::program_change(0, 73)
        ]
    );
    assert_eq!(sent.len(), 5, "four tracks are on, and one changed");
}

proptest! {
    #[test]
    fn whatever_is_played_and_turned_nothing_hangs_or_lies_outside(
        acts in proptest::collection::vec((0usize..6, 0usize..20, 0u8..128, any::<bool>()), 1..200),
    ) {
        let mut mixer = mixer();
        let mut sent: Vec<(i64, Message)> = Vec::new();
        let mut out = |at, _, message| sent.push((at, message));
        let mut at = 0;
        for (track, act, value, on) in acts {
            at += 10;
            let track = Track::ALL[track];
            if let place @ 0..13 = act {
                mixer.set(at, of(track, place), f32::from(value) / 8.0, &mut out);
            } else if on {
                let note = Message::note_on(track.channel(), value, 0.5);
                mixer.send(at, track, note, &mut out);
            } else {
                let note = Message::note_off(track.channel(), value, 0.5);
                mixer.send(at, track, note, &mut out);
            }
        }
        for track in Track::ALL {
            mixer.release(at, track, &mut out);
        }
        let mut sounding = Vec::new();
        for (_, message) in sent {
            if let Some(note) = message.begins() {
                sounding.push(note);
            } else if let Some(note) = message.ends() {
                let place = sounding.iter().position(|other| *other == note);
                prop_assert!(place.is_some(), "{note:?} ends twice");
                sounding.swap_remove(place.unwrap_or(0));
            }
        }
        prop_assert!(sounding.is_empty(), "{sounding:?}");
    }
}

#[test]
fn a_range_too_narrow_for_a_note_leaves_it_out() {
    let mut mixer = mixer();
    let mut sent = Vec::new();
    let mut out = |_, _, message| sent.push(message);
    mixer.set(0, of(Track::Bass, LOWEST), 50.0, &mut out);
    mixer.set(0, of(Track::Bass, HIGHEST), 52.0, &mut out);
    for key in 36..48 {
        mixer.send(0, Track::Bass, Message::note_on(2, key, 0.5), &mut out);
        mixer.send(0, Track::Bass, Message::note_off(2, key, 0.5), &mut out);
    }
    let begun: Vec<u8> = sent
        .iter()
        .filter_map(|m| m.begins())
        .map(|(_, key)| key)
        .collect();
    assert_eq!(begun, [50, 51, 52]);
}
