use super::super::wanted::Wanted;
use super::*;
use crate::music::Scale;

const C_MAJOR: Key = Key::new(0, Scale::Major);

fn played(chord: Chord, genre: Genre, before: &[u8]) -> Vec<u8> {
    let lie = Lie {
        genre,
        root: chord.root(),
        compass: Compass::new(&Wanted::default(), 40..=88),
        register: usual_register(genre),
        before,
    };
    led(&voices(chord, C_MAJOR, genre, false), &lie)
}

const fn chord(root: u8, quality: Quality) -> Chord {
    Chord::new(root, quality)
}

#[test]
fn each_genre_has_its_own_tones_of_a_chord() {
    let tones = |root, quality, genre| voices(chord(root, quality), C_MAJOR, genre, true);
    assert_eq!(tones(0, Quality::Major, Genre::Pop), [0, 4, 7, 2]);
    assert_eq!(tones(9, Quality::Minor, Genre::Pop), [9, 0, 4]);
    assert_eq!(tones(0, Quality::Major, Genre::RAndB), [0, 4, 7, 11, 2]);
    // On the dominant the seventh is minor, on the third degree a ninth would be foreign.
    assert_eq!(tones(7, Quality::Major, Genre::Jazz), [11, 2, 5, 9]);
    assert_eq!(tones(4, Quality::Minor, Genre::Jazz), [4, 7, 11, 2]);
    assert_eq!(tones(9, Quality::Minor, Genre::Rock), [9, 4, 9]);
    assert_eq!(tones(11, Quality::Diminished, Genre::Rock), [11, 2, 5]);
    assert_eq!(tones(9, Quality::Minor, Genre::HipHop), [9, 0, 4, 7]);
}

#[test]
fn spacing_is_the_genres() {
    let span = |keys: &[u8]| keys[keys.len() - 1] - keys[0];
    let classical = played(chord(0, Quality::Major), Genre::Classical, &[]);
    assert!(span(&classical) <= 12, "{classical:?}");
    for genre in [Genre::Trap, Genre::Electronic, Genre::Cinematic] {
        let keys = played(chord(9, Quality::Minor), genre, &[]);
        assert!((13..=24).contains(&span(&keys)), "{genre}: {keys:?}");
    }
    let rock = played(chord(4, Quality::Minor), Genre::Rock, &[]);
    assert_eq!(
        rock.iter().map(|key| key - rock[0]).collect::<Vec<_>>(),
        [0, 7, 12]
    );
    for root in 0..12 {
        for genre in Genre::ALL {
            let keys = played(chord(root, Quality::Major), genre, &[]);
            assert!((3..=5).contains(&keys.len()), "{genre}: {keys:?}");
        }
    }
}

#[test]
fn voices_move_as_little_as_they_can() {
    let c = [60, 64, 67];
    assert_eq!(played(chord(0, Quality::Major), Genre::Pop, &c), c);
    // Common tones stay.
    assert_eq!(
        played(chord(9, Quality::Minor), Genre::Pop, &c),
        [60, 64, 69]
    );
    assert_eq!(
        played(chord(5, Quality::Major), Genre::Pop, &c),
        [60, 65, 69]
    );
    assert_eq!(
        played(chord(7, Quality::Major), Genre::Pop, &c),
        [59, 62, 67]
    );
    let five = played(chord(2, Quality::Minor), Genre::RAndB, &[]);
    let next = played(chord(7, Quality::Dominant7), Genre::RAndB, &five);
    assert!(movement(&five, &next) <= 7.0, "{five:?} {next:?}");
}

#[test]
fn classical_voices_avoid_parallel_fifths() {
    let chords = [
        (0, Quality::Major),
        (2, Quality::Minor),
        (5, Quality::Major),
        (7, Quality::Major),
    ];
    let mut before = Vec::new();
    for (root, quality) in chords.into_iter().cycle().take(12) {
        let keys = played(chord(root, quality), Genre::Classical, &before);
        assert_eq!(parallels(&before, &keys), 0, "{before:?} {keys:?}");
        before = keys;
    }
}

#[test]
fn movement_is_the_least_without_crossing() {
    assert_eq!(movement(&[60, 64, 67], &[60, 65, 69]), 3.0);
    assert_eq!(movement(&[60, 64, 67], &[60, 64, 67, 71]), A_VOICE);
    assert_eq!(movement(&[60, 64, 67, 71], &[62, 67]), 2.0 + 2.0 * A_VOICE);
    assert_eq!(movement(&[], &[62, 67]), 0.0);
}
