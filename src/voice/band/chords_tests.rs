use super::super::condition::Asked;
use super::super::reading_roll::Roll;
use super::super::wanted::Wanted;
use super::*;
use crate::music::{Key, Quality, Scale};

/// C, then A minor, in C.
const CHANGES: Changes = Changes {
    key: Key::new(0, Scale::Major),
    first: Chord::new(0, Quality::Major),
    second: Chord::new(9, Quality::Minor),
};
/// C throughout.
const STAYS: Changes = Changes {
    second: Chord::new(0, Quality::Major),
    ..CHANGES
};

/// A roll that strikes `keys` at each of `steps` and holds them `length` steps.
fn roll(steps: &[usize], keys: &[usize], length: usize) -> Roll {
    let mut roll = [[0.0; 128]; 16];
    for step in steps {
        for key in keys {
            (*step..(step + length).min(16)).for_each(|at| roll[at][*key] = 0.25);
            roll[*step][*key] = 0.8;
        }
    }
    roll
}

fn reading(roll: &Roll, genre: Genre, onsets: f32, wanted: Wanted) -> Reading {
    let asked = Asked {
        density: onsets / 16.0,
        intensity: 0.6,
    };
    Reading::new(roll, 16, genre, asked, wanted)
}

fn played(roll: &Roll, genre: Genre, onsets: f32, changes: &Changes) -> Vec<BarNote> {
    let reading = reading(roll, genre, onsets, Wanted::default());
    chords(&reading, changes, &mut Voiced::default())
}

fn at(notes: &[BarNote], step: u8) -> Vec<u8> {
    let there = notes.iter().filter(|note| note.step == step);
    there.map(|note| note.key).collect()
}

#[test]
fn a_chord_held_over_a_change_is_struck_at_the_change() {
    let held = roll(&[0], &[60, 64, 67], 16);
    let notes = played(&held, Genre::Pop, 1.0, &CHANGES);
    assert_eq!(
        (at(&notes, 0), at(&notes, 8)),
        (vec![60, 64, 67], vec![60, 64, 69])
    );
    assert!(notes.iter().all(|note| note.length == 8), "{notes:?}");
    let stays = played(&held, Genre::Pop, 1.0, &STAYS);
    assert!(stays.len() == 3 && stays[0].length == 16);
    // Where the roll rests at the change, nothing is struck there.
    let rests = played(&roll(&[0], &[60, 64, 67], 4), Genre::Pop, 1.0, &CHANGES);
    assert!(rests.len() == 3 && rests[0].length == 4, "{rests:?}");
}

#[test]
fn the_plans_chord_is_played_whatever_the_rolls_keys_are() {
    let wrong = roll(&[0, 8], &[61, 66, 70], 4);
    let notes = played(&wrong, Genre::Pop, 2.0, &CHANGES);
    assert!(notes.len() == 6);
    for note in &notes {
        assert!(
            CHANGES.at(note.step.into(), 16).contains(note.key),
            "{note:?}"
        );
    }
}

#[test]
fn broken_chords_stay_broken_and_single_tones_become_chords() {
    let mut broken = roll(&[0, 8], &[60], 2);
    for (step, key) in [(2, 64), (4, 67), (6, 64), (10, 64), (12, 67), (14, 64)] {
        broken[step][key] = 0.8;
    }
    let notes = played(&broken, Genre::Pop, 8.0, &STAYS);
    assert_eq!(
        notes.iter().map(|n| n.key).collect::<Vec<_>>(),
        [60, 64, 67, 64, 60, 64, 67, 64]
    );
    // Over two octaves, in another chord than the roll's: its contour stays.
    let mut wide = roll(&[0], &[48], 2);
    for (step, key) in [(2, 57), (4, 63), (6, 69), (8, 74), (10, 69), (12, 63)] {
        wide[step][key] = 0.8;
    }
    let notes = played(&wide, Genre::Pop, 7.0, &STAYS);
    assert_eq!(
        notes.iter().map(|n| n.key).collect::<Vec<_>>(),
        [48, 55, 64, 67, 72, 67, 64]
    );
    // Without the third of the chord, all of it is played once.
    let fifths = played(&roll(&[0, 4, 8], &[60, 67], 2), Genre::Pop, 3.0, &STAYS);
    assert_eq!([0, 4, 8].map(|step| at(&fifths, step).len()), [3, 2, 2]);
    let single = played(&roll(&[0], &[60], 16), Genre::Pop, 1.0, &STAYS);
    assert_eq!(at(&single, 0), [55, 60, 64]);
}

#[test]
fn the_register_follows_the_roll_and_the_octave_moves_it() {
    let mean = |notes: &[BarNote]| {
        notes.iter().map(|note| f32::from(note.key)).sum::<f32>() / notes.len() as f32
    };
    let low = played(&roll(&[0], &[52, 55, 60], 4), Genre::Pop, 1.0, &STAYS);
    let high = played(&roll(&[0], &[67, 72, 76], 4), Genre::Pop, 1.0, &STAYS);
    assert!(mean(&low) < 60.0 && mean(&high) > 66.0, "{low:?} {high:?}");
    let wanted = Wanted {
        octave: 1,
        ..Wanted::default()
    };
    let up = reading(&roll(&[0], &[60, 64, 67], 4), Genre::Pop, 1.0, wanted);
    let up = chords(&up, &STAYS, &mut Voiced::default());
    assert_eq!(at(&up, 0), [72, 76, 79]);
}

#[test]
fn genres_hold_their_chords_differently() {
    let lengths = |genre| {
        let notes = played(&roll(&[0, 8], &[60, 64, 67], 5), genre, 2.0, &STAYS);
        (notes[0].length, notes[notes.len() - 1].length)
    };
    assert_eq!(lengths(Genre::Afrobeat), (2, 2));
    assert_eq!(lengths(Genre::Trap), (2, 2));
    assert_eq!(lengths(Genre::Pop), (5, 5));
    assert_eq!(lengths(Genre::Classical), (8, 8));
}

#[test]
fn the_next_bar_goes_on_from_this_one() {
    let held = roll(&[0], &[60, 64, 67], 16);
    let reading = reading(&held, Genre::Pop, 1.0, Wanted::default());
    let mut voiced = Voiced::default();
    chords(&reading, &CHANGES, &mut voiced);
    assert_eq!(voiced.chord, [60, 64, 69]);
    let back = Changes {
        first: Chord::new(5, Quality::Major),
        second: Chord::new(5, Quality::Major),
        ..CHANGES
    };
    let notes = chords(&reading, &back, &mut voiced);
    assert_eq!(at(&notes, 0), [60, 65, 69]);
    // A silent bar forgets nothing.
    let silent = Reading::new(
        &[[0.0; 128]; 16],
        16,
        Genre::Pop,
        Asked {
            density: 1.0,
            intensity: 1.0,
        },
        Wanted::default(),
    );
    assert!(chords(&silent, &CHANGES, &mut voiced).is_empty());
    assert_eq!(voiced.chord, [60, 65, 69]);
}
