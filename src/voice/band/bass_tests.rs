use super::super::condition::Asked;
use super::super::reading_roll::Roll;
use super::super::wanted::Wanted;
use super::*;
use crate::music::{Key, Quality, Scale};

/// C, then G, in C.
const CHANGES: Changes = Changes {
    key: Key::new(0, Scale::Major),
    first: Chord::new(0, Quality::Major),
    second: Chord::new(7, Quality::Major),
};

/// A roll of `(step, key, length)`.
fn roll(notes: &[(usize, usize, usize)]) -> Roll {
    let mut roll = [[0.0; 128]; 16];
    for (step, key, length) in notes {
        (*step..(step + length).min(16)).for_each(|at| roll[at][*key] = 0.25);
        roll[*step][*key] = 0.8;
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

fn line(notes: &[(usize, usize, usize)], changes: &Changes) -> Vec<(u8, u8)> {
    let reading = reading(
        &roll(notes),
        Genre::Pop,
        notes.len() as f32,
        Wanted::default(),
    );
    let played = bass(&reading, changes, &mut Voiced::default());
    played.iter().map(|note| (note.step, note.key)).collect()
}

#[test]
fn each_chord_begins_on_its_root() {
    // The roll plays a fifth and a third first; so long as it goes on with them, they are the root.
    let played = line(
        &[(0, 43, 2), (2, 43, 2), (4, 40, 4), (8, 47, 4), (12, 38, 4)],
        &CHANGES,
    );
    let tones: Vec<u8> = played.iter().map(|note| note.1 % 12).collect();
    // Then E is C's third and D is G's fifth: they may be said later.
    assert_eq!(tones, [0, 0, 4, 7, 2]);
}

#[test]
fn held_over_a_change_it_goes_to_the_new_root() {
    let played = line(&[(0, 36, 16)], &CHANGES);
    assert_eq!(played, [(0, 36), (8, 31)]);
    let rests = line(&[(0, 36, 4)], &CHANGES);
    assert_eq!(rests, [(0, 36)]);
}

#[test]
fn beats_have_chord_tones_and_steps_between_lead() {
    // F on a beat is none of C's; on its way to G it is, and so is F sharp just before it.
    let played = line(
        &[(0, 36, 2), (4, 41, 2), (6, 41, 1), (7, 42, 1), (8, 43, 8)],
        &CHANGES,
    );
    assert_eq!(played, [(0, 36), (4, 36), (6, 41), (7, 42), (8, 43)]);
    let astray = line(&[(0, 36, 2), (2, 42, 2), (4, 36, 12)], &CHANGES);
    assert_eq!(astray[1].1 % 12, 0, "{astray:?}");
}

#[test]
fn a_line_in_octaves_stays_one_and_a_walking_one_walks() {
    let octaves = [(0, 36, 2), (2, 48, 2), (4, 36, 2), (6, 48, 2)];
    let played = line(&octaves, &CHANGES);
    assert_eq!(
        played.iter().map(|note| note.1).collect::<Vec<_>>(),
        [36, 48, 36, 48]
    );
    let walk = roll(&[(0, 36, 4), (4, 38, 4), (8, 43, 4), (12, 45, 4)]);
    let keys = |genre| {
        let reading = reading(&walk, genre, 4.0, Wanted::default());
        let played = bass(&reading, &CHANGES, &mut Voiced::default());
        played.iter().map(|note| note.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(Genre::Jazz), [36, 38, 43, 45]);
    assert_eq!(keys(Genre::Pop), [36, 36, 43, 43]);
}

#[test]
fn the_line_stays_in_its_range_and_near_where_it_was() {
    for (genre, lowest) in [(Genre::Rock, 28), (Genre::Trap, 24)] {
        for key in [0, 12, 24, 60, 96, 120] {
            let reading = reading(&roll(&[(0, key, 4)]), genre, 1.0, Wanted::default());
            let played = bass(&reading, &CHANGES, &mut Voiced::default());
            assert!(
                (lowest..=55).contains(&played[0].key),
                "{genre}: {played:?}"
            );
        }
    }
    // The same roll after a low and after a high note.
    let after = |key| {
        let mut before = Voiced {
            bass: Some(key),
            ..Voiced::default()
        };
        let reading = reading(&roll(&[(0, 42, 8)]), Genre::Pop, 1.0, Wanted::default());
        bass(&reading, &CHANGES, &mut before)[0].key
    };
    assert_eq!((after(31), after(55)), (36, 48));
}

#[test]
fn no_leap_is_wider_than_an_octave() {
    let wide = [
        (0, 28, 2),
        (2, 55, 2),
        (4, 28, 2),
        (6, 52, 2),
        (8, 55, 2),
        (10, 28, 6),
    ];
    let played = line(&wide, &CHANGES);
    for pair in played.windows(2) {
        assert!(pair[0].1.abs_diff(pair[1].1) <= 12, "{played:?}");
    }
}

#[test]
fn a_note_that_is_hardly_struck_again_goes_on() {
    let mut faint = roll(&[(0, 36, 1)]);
    faint[1][36] = 0.44;
    faint[2][36] = 0.25;
    let reading = reading(&faint, Genre::Pop, 8.0, Wanted::default());
    let played = bass(&reading, &CHANGES, &mut Voiced::default());
    assert_eq!((played.len(), played[0].length), (1, 3), "{played:?}");
}

#[test]
fn the_roll_is_in_the_keys_own_frame() {
    let in_e_flat = Changes {
        key: Key::new(3, Scale::Major),
        first: Chord::new(3, Quality::Major),
        second: Chord::new(3, Quality::Major),
    };
    assert_eq!(
        line(&[(0, 36, 4), (4, 43, 4)], &in_e_flat),
        [(0, 39), (4, 46)]
    );
}
