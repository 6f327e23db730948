use super::super::condition::{Asked, HeardNote};
use super::super::reading_roll::Roll;
use super::super::wanted::Wanted;
use super::*;
use crate::music::{Genre, Key, Quality, Scale};

/// C throughout, in C.
const CHANGES: Changes = Changes {
    key: Key::new(0, Scale::Major),
    first: Chord::new(0, Quality::Major),
    second: Chord::new(0, Quality::Major),
};

/// A roll of notes of `length` at `(step, key)`.
fn roll(notes: &[(usize, usize)], length: usize) -> Roll {
    let mut roll = [[0.0; 128]; 16];
    for (step, key) in notes {
        (*step..(step + length).min(16)).for_each(|at| roll[at][*key] = 0.25);
        roll[*step][*key] = 0.8;
    }
    roll
}

fn heard(notes: &[(f64, u8, f64)]) -> HeardBar {
    let note = |(start, key, length): &(f64, u8, f64)| HeardNote {
        key: *key,
        start: *start,
        length: *length,
        velocity: 0.7,
    };
    HeardBar {
        notes: notes.iter().map(note).collect(),
        quarters: 4.0,
    }
}

fn played(roll: &Roll, onsets: f32, heard: &HeardBar) -> Vec<BarNote> {
    let asked = Asked {
        density: onsets / 16.0,
        intensity: 0.6,
    };
    let reading = Reading::new(roll, 16, Genre::Pop, asked, Wanted::default());
    counter(&reading, &CHANGES, heard, &mut Voiced::default())
}

fn keys(notes: &[BarNote]) -> Vec<u8> {
    notes.iter().map(|note| note.key).collect()
}

#[test]
fn it_is_in_the_scale_and_in_the_chord_on_beats() {
    let foreign = roll(&[(0, 73), (2, 73), (4, 71), (6, 71), (8, 74), (10, 74)], 2);
    let notes = played(&foreign, 6.0, &HeardBar::default());
    assert_eq!(notes.len(), 6);
    for note in &notes {
        assert!(CHANGES.key.contains(note.key), "{notes:?}");
        let on_beat = note.step % 4 == 0;
        assert!(!on_beat || CHANGES.first.contains(note.key), "{notes:?}");
    }
    // What fits is played as it is.
    assert_eq!((keys(&notes)[3], keys(&notes)[5]), (71, 74));
}

#[test]
fn it_never_rubs_against_the_tune() {
    // B is sung: not C, nor F.
    let sung = heard(&[(0.0, 71, 4.0)]);
    let notes = played(&roll(&[(0, 84), (2, 77), (6, 84)], 2), 6.0, &sung);
    assert!(!notes.is_empty());
    for note in &notes {
        assert!(
            !matches!(note.key.abs_diff(71) % 12, 1 | 6 | 11),
            "{notes:?}"
        );
    }
    // A long C is let go when the B comes.
    let later = heard(&[(2.0, 71, 1.0)]);
    let notes = played(&roll(&[(0, 84)], 16), 1.0, &later);
    assert_eq!((notes[0].key % 12, notes[0].length), (0, 8));
}

#[test]
fn a_busy_singer_gets_room() {
    let busy_roll = roll(&[0, 2, 4, 6, 8, 10, 12, 14].map(|step| (step, 79)), 2);
    let count = |heard| played(&busy_roll, 8.0, &heard).len();
    let line: Vec<_> = (0..8)
        .map(|eighth| (f64::from(eighth) / 2.0, 64, 0.5))
        .collect();
    let (alone, beside) = (count(HeardBar::default()), count(heard(&line)));
    assert!(alone >= 7 && beside <= 5, "{alone} {beside}");
    // Where half of the bar is sung, the line is in the other half.
    let notes = played(&busy_roll, 8.0, &heard(&line[..4]));
    let late = notes.iter().filter(|note| note.step >= 8).count();
    assert!(late == 4 && notes.len() - late < 4, "{notes:?}");
}

#[test]
fn it_keeps_to_one_side_of_the_tune() {
    let sung = heard(&[(0.0, 67, 2.0), (2.0, 64, 2.0)]);
    let above = played(&roll(&[(2, 84), (6, 60), (10, 81)], 2), 3.0, &sung);
    assert!(keys(&above).iter().all(|key| *key > 67), "{above:?}");
    let below = played(&roll(&[(2, 55), (6, 72), (10, 52)], 2), 3.0, &sung);
    assert!(keys(&below).iter().all(|key| *key < 64), "{below:?}");
}

#[test]
fn no_leap_is_wider_than_an_octave() {
    let wide = roll(&[(0, 48), (2, 91), (4, 48), (6, 91), (10, 50), (14, 89)], 2);
    let notes = played(&wide, 6.0, &HeardBar::default());
    assert_eq!(notes.len(), 6);
    for pair in notes.windows(2) {
        assert!(pair[0].key.abs_diff(pair[1].key) <= 12, "{notes:?}");
    }
}
