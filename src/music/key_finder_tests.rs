//! What a user notices of the key finder.

use super::*;
use proptest::prelude::*;

const C_MAJOR: Key = Key::new(0, Scale::Major);
const A_MINOR: Key = Key::new(9, Scale::Minor);
/// "Ah! vous dirai-je, Maman", in C.
const TUNE: [u8; 42] = [
    60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60, 67, 67, 65, 65, 64, 64, 62, 67, 67, 65,
    65, 64, 64, 62, 60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60,
];

fn sung(pitch: f32) -> KeyNote {
    KeyNote {
        pitch,
        duration_s: 0.5,
        strength: 0.8,
    }
}

/// The key after each note.
fn keys(finder: &mut KeyFinder, notes: impl IntoIterator<Item = KeyNote>) -> Vec<Key> {
    let key = |note| {
        finder.note(note);
        finder.key().unwrap().key
    };
    notes.into_iter().map(key).collect()
}

/// The tune; each of its lines ends on a long note.
fn transposed(by: f32) -> impl Iterator<Item = KeyNote> {
    TUNE.into_iter().enumerate().map(move |(at, key)| KeyNote {
        duration_s: if at % 7 == 6 { 1.0 } else { 0.5 },
        ..sung(f32::from(key) + by)
    })
}

#[test]
fn a_tune_is_in_its_key_however_it_is_transposed() {
    for tonic in 0..12_u8 {
        let mut finder = KeyFinder::new();
        let found = *keys(&mut finder, transposed(f32::from(tonic)))
            .last()
            .unwrap();
        assert_eq!(found, Key::new(tonic, Scale::Major));
        assert!(finder.key().unwrap().confidence > 0.5);
    }
}

#[test]
fn an_accidental_does_not_change_the_key() {
    let mut finder = KeyFinder::new();
    keys(&mut finder, transposed(0.0));
    let after = [66.0, 67.0, 69.0, 66.0, 67.0, 65.0, 64.0, 61.0, 62.0, 60.0];
    let found = keys(&mut finder, after.map(sung));
    assert!(found.into_iter().all(|key| key == C_MAJOR));
}

#[test]
fn the_relative_minor_is_not_flipped_into_mid_tune() {
    let mut finder = KeyFinder::new();
    keys(&mut finder, transposed(0.0));
    // A phrase that dwells on the sixth degree, as tunes in C do.
    let dwells = [69.0, 69.0, 72.0, 71.0, 69.0, 67.0, 65.0, 64.0, 62.0, 60.0];
    let found = keys(
        &mut finder,
        dwells.map(sung).into_iter().chain(transposed(0.0)),
    );
    assert!(found.into_iter().all(|key| key == C_MAJOR));
}

#[test]
fn a_minor_tune_is_minor() {
    let tune = [
        69, 71, 72, 74, 76, 76, 77, 76, 74, 72, 71, 68, 69, 72, 71, 69, 68, 69,
    ];
    let mut finder = KeyFinder::new();
    keys(&mut finder, tune.map(|key: u8| sung(f32::from(key))));
    assert_eq!(finder.key().unwrap().key, A_MINOR);
}

#[test]
fn a_change_of_key_is_followed() {
    let mut finder = KeyFinder::new();
    keys(&mut finder, transposed(0.0).chain(transposed(0.0)));
    let found = keys(&mut finder, transposed(3.0));
    let at = found
        .iter()
        .position(|key| *key == Key::new(3, Scale::Major));
    assert!(at.is_some_and(|at| at < 30), "{found:?}");
}

#[test]
fn a_locked_key_stays_until_it_is_unlocked() {
    let mut finder = KeyFinder::new();
    let dorian = Key::new(2, Scale::Dorian);
    finder.lock(dorian);
    assert!(
        keys(&mut finder, transposed(6.0))
            .into_iter()
            .all(|key| key == dorian)
    );
    assert!(finder.key().unwrap().locked);
    finder.unlock();
    assert_eq!(finder.key().unwrap().key, Key::new(6, Scale::Major));
}

#[test]
fn a_singer_who_is_flat_is_in_the_same_key_and_told_how_flat() {
    for cents in [-45.0_f32, -30.0, 20.0, 40.0] {
        let mut finder = KeyFinder::new();
        let wobble = |at: usize| if at.is_multiple_of(2) { 0.12 } else { -0.12 };
        let flat = transposed(cents / 100.0).enumerate();
        keys(
            &mut finder,
            flat.map(|(at, note)| sung(note.pitch + wobble(at))),
        );
        assert_eq!(finder.key().unwrap().key, C_MAJOR, "{cents}");
        assert!(
            (finder.tuning_cents() - f64::from(cents)).abs() < 6.0,
            "{cents}"
        );
    }
}

#[test]
fn what_is_no_note_changes_nothing() {
    let mut finder = KeyFinder::new();
    keys(&mut finder, transposed(0.0));
    let before = finder.candidates();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        finder.note(sung(bad));
        finder.note(KeyNote {
            duration_s: bad,
            ..sung(61.0)
        });
    }
    finder.note(KeyNote {
        duration_s: -1.0,
        ..sung(61.0)
    });
    finder.note(KeyNote {
        strength: f32::NAN,
        ..sung(61.0)
    });
    finder.note(KeyNote {
        strength: 0.0,
        ..sung(61.0)
    });
    assert_eq!(finder.candidates(), before);
}

proptest! {
    #[test]
    fn the_belief_is_always_a_probability(notes: Vec<(f32, f32, f32)>) {
        let mut finder = KeyFinder::new();
        for (pitch, duration_s, strength) in notes {
            finder.note(KeyNote { pitch: pitch % 150.0, duration_s, strength });
            let sum: f32 = finder.candidates().iter().map(|(_, share)| share).sum();
            prop_assert!((sum - 1.0).abs() < 1e-4, "{}", sum);
            prop_assert!(finder.tuning_cents().abs() <= 50.0);
        }
    }
}
