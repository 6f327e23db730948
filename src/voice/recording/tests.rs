use super::*;
use crate::music::midi_file;
use crate::music::{Chord, Division, Grid, Instrument, Key, PlannedBar, Quality, SungNote, Track};
use crate::voice::Report;

fn sung(onset_s: f64, offset_s: f64, key: u8) -> Report {
    let note = SungNote {
        onset_s,
        offset_s,
        pitch: f32::from(key),
        velocity: 0.7,
        decided_s: onset_s + 0.1,
    };
    Report::NoteOff(note, Some(key))
}

fn played(track: Track, at_s: f64, key: u8, velocity: f32) -> Report {
    Report::Sent {
        track,
        at_s,
        key,
        velocity,
    }
}

fn bar(number: i64) -> Report {
    Report::Bar {
        at_s: number as f64 * 2.0,
        length_s: 2.0,
        quarters: 4.0,
        bar: number,
        plan: Some(PlannedBar {
            key: Key::default(),
            first: Chord::new(0, Quality::Major),
            second: Chord::new(7, Quality::Major),
            confidence: 0.7,
        }),
        late: 0,
    }
}

/// Two bars at 120 BPM: four sung quarters, each a little late, over a bass of halves.
fn take() -> Take {
    let mut take = Take::default();
    take.hear(&bar(0));
    for (beat, key) in [60, 62, 64, 65].into_iter().enumerate() {
        let at_s = beat as f64 * 0.5 + 0.04;
        take.hear(&sung(at_s, at_s + 0.4, key));
    }
    take.hear(&bar(1));
    for half in 0..4 {
        let at_s = f64::from(half);
        take.hear(&played(Track::Bass, at_s, 36, 0.8));
        take.hear(&played(Track::Bass, at_s + 0.9, 36, 0.0));
    }
    take
}

fn starts(take: &Take, track: Track) -> Vec<f64> {
    let notes = take.notes().iter().filter(|note| note.track == track);
    notes
        .map(|note| (note.start_s * 1e3).round() / 1e3)
        .collect()
}

#[test]
fn what_is_sung_and_played_is_kept_in_order() {
    let take = take();
    assert_eq!(starts(&take, Track::Melody), [0.04, 0.54, 1.04, 1.54]);
    assert_eq!(starts(&take, Track::Bass), [0.0, 1.0, 2.0, 3.0]);
    assert!(take.notes().is_sorted_by_key(|note| note.start_s));
    assert!(
        take.notes()
            .iter()
            .all(|note| note.end_s > Some(note.start_s))
    );
    assert_eq!(take.bar_at(2.5).map(|bar| bar.number), Some(1));
    assert_eq!(take.bar_at(4.5), None);
}

#[test]
fn a_new_start_of_the_engine_goes_on_behind_what_there_is_and_ends_what_sounds() {
    let mut take = take();
    take.hear(&played(Track::Chords, 3.5, 60, 0.5));
    take.hear(&Report::Frame {
        f0: crate::voice::F0Point {
            time_s: 4.0,
            hz: 220.0,
        },
        level_db: -20.0,
        voicing: 0.9,
    });
    take.hear(&Report::Reset);
    take.hear(&sung(0.5, 0.9, 70));
    let last = take.notes().last().unwrap();
    assert_eq!((last.start_s, last.key), (4.5, 70));
    let chord = take.notes().iter().find(|n| n.track == Track::Chords);
    assert_eq!(chord.unwrap().end_s, Some(4.0));
}

#[test]
fn every_edit_can_be_undone_and_done_again_also_after_more_was_sung() {
    let mut take = take();
    let before = take.notes().to_vec();
    let ids: Vec<NoteId> = starts_ids(&take, Track::Melody);
    assert!(take.move_notes(&ids[..1], 0.1, 2));
    assert!(take.resize(&ids[1..2], 0.2));
    take.change_velocity(&ids[2..3], 0.2);
    take.delete(&ids[3..]);
    let after = take.notes().to_vec();
    assert_eq!(take.undo_name(), Some("delete"));
    take.hear(&sung(3.0, 3.3, 72));
    for _ in 0..4 {
        assert!(take.undo());
    }
    assert!(!take.undo());
    let old = |take: &Take| -> Vec<TakeNote> {
        take.notes()
            .iter()
            .filter(|n| n.key != 72)
            .copied()
            .collect()
    };
    assert_eq!(old(&take), before);
    for _ in 0..4 {
        assert!(take.redo());
    }
    assert!(!take.redo());
    assert_eq!(old(&take), after);
}

fn starts_ids(take: &Take, track: Track) -> Vec<NoteId> {
    let notes = take.notes().iter().filter(|note| note.track == track);
    notes.map(|note| note.id).collect()
}

#[test]
fn an_edit_that_changes_nothing_is_none() {
    let mut take = take();
    let ids = starts_ids(&take, Track::Melody);
    assert!(!take.move_notes(&ids, 0.0, 0));
    assert!(!take.move_notes(&ids, f64::NAN, 3));
    assert!(!take.resize(&[], 1.0));
    assert_eq!(take.undo_name(), None);
}

#[test]
fn quantising_draws_what_is_selected_from_both_sides() {
    let mut take = take();
    let ids = starts_ids(&take, Track::Melody);
    take.move_notes(&ids[1..2], -0.09, 0);
    let grid = Grid {
        division: Division::Quarter,
        swing: 1.0,
    };
    let selection = Selection {
        from_s: 0.0,
        to_s: 1.5,
        track: Some(Track::Melody),
    };
    take.quantise(selection, grid, 1.0);
    assert_eq!(starts(&take, Track::Melody), [0.0, 0.5, 1.0, 1.54]);
    take.undo();
    take.quantise(selection, grid, 0.5);
    assert_eq!(starts(&take, Track::Melody), [0.02, 0.475, 1.02, 1.54]);
}

#[test]
fn a_second_hearing_replaces_the_melody_that_is_selected_and_nothing_else() {
    let mut take = take();
    let note = SungNote {
        onset_s: 0.25,
        offset_s: 0.8,
        pitch: 61.2,
        velocity: 0.9,
        decided_s: 9.0,
    };
    let outside = SungNote {
        onset_s: 3.0,
        ..note
    };
    let selection = Selection {
        from_s: 0.0,
        to_s: 1.0,
        track: None,
    };
    take.refine(selection, &[(note, 61), (outside, 61)]);
    assert_eq!(starts(&take, Track::Melody), [0.25, 1.04, 1.54]);
    assert_eq!(starts(&take, Track::Bass).len(), 4);
    take.undo();
    assert_eq!(starts(&take, Track::Melody).len(), 4);
}

#[test]
fn bars_are_selected_whole_and_in_either_direction() {
    let take = take();
    assert_eq!(take.bars_between(2.3, 3.0), Some((2.0, 4.0)));
    assert_eq!(take.bars_between(3.0, 0.5), Some((0.0, 4.0)));
    assert_eq!(Take::default().bars_between(0.0, 1.0), None);
}

#[test]
fn the_file_holds_what_was_asked_for_with_its_bars() {
    let take = take();
    let parts = TakeParts {
        selection: Selection::ALL,
        tracks: vec![(Track::Melody, Instrument::Flute)],
        key: None,
    };
    let midi = take.to_midi(&parts).expect("a file");
    let read = midi_file::read(&midi).expect("it reads back");
    let onsets: Vec<f64> = read
        .notes
        .iter()
        .map(|n| (n.onset_s * 1e2).round() / 1e2)
        .collect();
    assert_eq!(onsets, [0.04, 0.54, 1.04, 1.54]);
    let tempo = read.tempo_map.tempos()[0].bpm();
    assert!((tempo - 120.0).abs() < 0.01, "{tempo}");
    let second_bar = Selection {
        from_s: 2.0,
        ..Selection::ALL
    };
    let parts = TakeParts {
        selection: second_bar,
        tracks: vec![(Track::Bass, Instrument::Bass)],
        key: None,
    };
    let read = midi_file::read(&take.to_midi(&parts).expect("a file")).expect("it reads back");
    assert_eq!(read.notes.len(), 2);
    assert!(read.notes[0].onset_s.abs() < 0.01, "begins with its bar");
}

#[test]
fn a_bar_that_a_jump_cuts_short_is_as_long_as_it_lasted() {
    let mut take = Take::default();
    take.hear(&bar(0));
    let Report::Bar { length_s, .. } = bar(0) else {
        unreachable!("a bar")
    };
    take.hear(&Report::Bar {
        at_s: 0.75,
        length_s,
        quarters: 4.0,
        bar: 8,
        plan: None,
        late: 0,
    });
    let first = take.bars()[0];
    assert_eq!((first.length_s, first.quarters), (0.75, 4.0));
    assert!(first.is_cut());
}

#[test]
fn what_is_older_than_ten_minutes_is_forgotten() {
    let mut take = take();
    take.hear(&Report::Frame {
        f0: crate::voice::F0Point {
            time_s: SPAN_S + 2.2,
            hz: 0.0,
        },
        level_db: -60.0,
        voicing: 0.0,
    });
    assert_eq!(starts(&take, Track::Melody), Vec::<f64>::new());
    assert_eq!(starts(&take, Track::Bass), [2.0, 3.0]);
    assert_eq!(take.bars().len(), 1);
}

/// A take whose transport stopped and played again, with a note at each bar's beginning.
fn stopped_and_played(starts_s: &[f64], length_s: f64) -> Take {
    let mut take = Take::default();
    for (number, at_s) in (0..).zip(starts_s) {
        take.hear(&Report::Bar {
            at_s: *at_s,
            length_s,
            quarters: 4.0,
            bar: number,
            plan: None,
            late: 0,
        });
        for velocity in [0.7, 0.0] {
            take.hear(&Report::Sent {
                track: Track::Bass,
                at_s: at_s + 0.1 * f64::from(u8::from(velocity == 0.0)),
                key: 40,
                velocity,
            });
        }
    }
    take
}

#[test]
fn every_bar_of_the_file_is_whole_however_often_the_transport_stopped() {
    // Two bars; a stop in the third; a pause; two bars; a jump at once; another bar. Of each whole bar
    // the note lies on the first beat of a bar of the file.
    let starts_s = [1.0, 3.0, 5.0, 13.3, 15.3, 17.3, 17.6, 19.6];
    let cut = [5.0, 17.3];
    let take = stopped_and_played(&starts_s, 2.0);
    let parts = TakeParts {
        selection: Selection::ALL,
        tracks: vec![(Track::Bass, Instrument::Bass)],
        key: None,
    };
    let read = midi_file::read(&take.to_midi(&parts).unwrap()).unwrap();
    let map = &read.tempo_map;
    assert!(
        map.tempos()
            .iter()
            .all(|t| (60.0..=240.0).contains(&t.bpm())),
        "{map:?}"
    );
    for (note, start_s) in read.notes.iter().zip(starts_s) {
        if !cut.contains(&start_s) {
            let beat = map.beat_at(note.onset_s);
            let off = (beat / 4.0 - (beat / 4.0).round()).abs();
            assert!(off < 0.01, "{start_s} s is beat {beat}");
        }
        assert!(
            (note.onset_s - (start_s - 1.0)).abs() < 0.01,
            "time is kept"
        );
    }
}

#[test]
fn a_note_before_the_first_bar_gets_a_bar_of_its_own() {
    let mut take = stopped_and_played(&[2.0, 4.0], 2.0);
    take.hear(&Report::Sent {
        track: Track::Bass,
        at_s: 1.5,
        key: 43,
        velocity: 0.7,
    });
    let parts = TakeParts {
        selection: Selection::ALL,
        tracks: vec![(Track::Bass, Instrument::Bass)],
        key: None,
    };
    let read = midi_file::read(&take.to_midi(&parts).unwrap()).unwrap();
    let beats: Vec<f64> = read
        .notes
        .iter()
        .map(|n| read.tempo_map.beat_at(n.onset_s))
        .collect();
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 0.01;
    assert!(
        near(beats[0], 3.0) && near(beats[1], 4.0) && near(beats[2], 8.0),
        "{beats:?}"
    );
}
