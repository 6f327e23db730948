use super::super::condition::{Asked, HeardNote};
use super::super::kit::{CRASH, LOW_TOM, SNARE};
use super::super::reading_roll::Roll;
use super::super::wanted::Wanted;
use super::*;
use crate::music::{Genre, Track};

/// Kick, snare and hat, as in most songs, with ghosts.
fn beat() -> Roll {
    let mut roll = [[0.0; 128]; 16];
    for step in (0..16).step_by(2) {
        roll[step][usize::from(HAT)] = 0.5;
    }
    for step in [0, 7, 8] {
        roll[step][usize::from(KICK)] = 0.8;
    }
    for (step, velocity) in [(4, 0.85), (9, 0.2), (12, 0.9)] {
        roll[step][usize::from(SNARE)] = velocity;
    }
    roll
}

fn draw(seed: u64) -> BarDraw {
    BarDraw {
        seed,
        track: Track::Drums,
        bar: 3,
        variation: 0.0,
        take: 0,
    }
}

fn played_to(
    roll: &Roll,
    genre: Genre,
    bar: i64,
    wanted: Wanted,
    heard: &HeardBar,
) -> Vec<BarNote> {
    let asked = Asked {
        density: 10.0 / 16.0,
        intensity: 0.3 + 0.6 * wanted.intensity,
    };
    let reading = Reading::new(roll, 16, genre, asked, wanted);
    drums(&reading, bar, &draw(1), heard)
}

fn played(genre: Genre, bar: i64, intensity: f32) -> Vec<BarNote> {
    let wanted = Wanted {
        intensity,
        ..Wanted::default()
    };
    played_to(&beat(), genre, bar, wanted, &HeardBar::default())
}

fn of(notes: &[BarNote], key: u8) -> Vec<u8> {
    let own = notes.iter().filter(|note| note.key == key);
    own.map(|note| note.step).collect()
}

fn mean(notes: &[BarNote]) -> f32 {
    notes.iter().map(|note| note.velocity).sum::<f32>() / notes.len() as f32
}

#[test]
fn the_beat_is_the_rolls_with_its_ghosts() {
    let notes = played(Genre::Rock, 1, 0.5);
    assert_eq!(of(&notes, KICK), [0, 7, 8]);
    assert_eq!(of(&notes, SNARE), [4, 9, 12]);
    let loud = |step| {
        let hit = notes
            .iter()
            .find(|note| note.key == SNARE && note.step == step);
        hit.map_or(0.0, |note| note.velocity)
    };
    assert!(loud(9) > 0.0 && loud(9) < 0.3 * loud(12), "{notes:?}");
}

#[test]
fn intensity_is_heard() {
    let mean = |intensity| mean(&played(Genre::Rock, 1, intensity));
    assert!(mean(0.0) + 0.1 < mean(0.5) && mean(0.5) + 0.1 < mean(1.0));
}

#[test]
fn a_hat_is_open_or_closed_and_a_drummer_has_two_hands() {
    let mut roll = beat();
    roll[6][usize::from(OPEN)] = 0.6;
    // A tom, a ride and a crash on the snare's beat.
    for key in [LOW_TOM, 51, CRASH] {
        roll[12][usize::from(key)] = 0.7;
    }
    roll[12][54] = 0.3;
    let notes = played_to(
        &roll,
        Genre::Rock,
        1,
        Wanted::default(),
        &HeardBar::default(),
    );
    assert_eq!(
        (of(&notes, OPEN), of(&notes, HAT).contains(&6)),
        (vec![6], false)
    );
    // It is closed by the next.
    let open = notes.iter().find(|note| note.key == OPEN).unwrap();
    assert_eq!(open.length, 2);
    let together: Vec<_> = notes.iter().filter(|note| note.step == 12).collect();
    assert_eq!(
        together
            .iter()
            .filter(|note| takes_a_hand(note.key))
            .count(),
        2
    );
    // Somebody else has the tambourine.
    assert!(together.iter().any(|note| note.key == 54));
}

#[test]
fn phrases_end_in_a_fill_and_begin_with_a_crash() {
    let last_beat = |notes: &[BarNote]| {
        notes
            .iter()
            .filter(|note| note.step >= 12)
            .copied()
            .collect::<Vec<_>>()
    };
    for bar in [3, 7, -1] {
        assert_ne!(
            last_beat(&played(Genre::Rock, bar, 0.5)),
            last_beat(&played(Genre::Rock, 1, 0.5))
        );
    }
    for bar in [1, 2, 3] {
        assert!(of(&played(Genre::Rock, bar, 0.5), CRASH).is_empty());
    }
    let first = played(Genre::Rock, 4, 0.5);
    assert_eq!(
        (of(&first, CRASH), of(&first, HAT).contains(&0)),
        (vec![0], false)
    );
    assert!(of(&played(Genre::Rock, 0, 0.5), CRASH).is_empty());
    // Quietly played it only goes on.
    assert_eq!(played(Genre::Rock, 3, 0.1), played(Genre::Rock, 1, 0.1));
    // The more intense, the longer.
    let changed = |intensity| {
        let (plain, filled) = (
            played(Genre::Rock, 1, intensity),
            played(Genre::Rock, 3, intensity),
        );
        let kept = filled
            .iter()
            .zip(&plain)
            .take_while(|(a, b)| (a.step, a.key) == (b.step, b.key));
        kept.count()
    };
    assert!(changed(0.9) < changed(0.4));
    // A roll's own fill stays.
    let mut own = beat();
    (12..16).for_each(|step| own[step][usize::from(SNARE)] = 0.7);
    let notes = played_to(
        &own,
        Genre::Rock,
        3,
        Wanted::default(),
        &HeardBar::default(),
    );
    assert_eq!(of(&notes, SNARE)[2..], [12, 13, 14, 15]);
}

#[test]
fn silent_drums_stay_silent() {
    let silent = [[0.149; 128]; 16];
    for bar in 0..8 {
        let notes = played_to(
            &silent,
            Genre::Rock,
            bar,
            Wanted::default(),
            &HeardBar::default(),
        );
        assert!(notes.is_empty());
    }
}

#[test]
fn kicks_go_to_where_the_singer_sings_if_they_may() {
    let note = HeardNote {
        key: 60,
        start: 1.5,
        length: 0.5,
        velocity: 0.9,
    };
    let heard = HeardBar {
        notes: vec![note],
        quarters: 4.0,
    };
    let kicks = |variation| {
        let wanted = Wanted {
            variation,
            ..Wanted::default()
        };
        of(&played_to(&beat(), Genre::Rock, 1, wanted, &heard), KICK)
    };
    assert_eq!(kicks(0.0), [0, 7, 8]);
    assert_eq!(kicks(0.5), [0, 6, 8]);
}

#[test]
fn only_keys_of_the_kit_and_of_the_wanted_range_are_played() {
    let all = [[0.9; 128]; 16];
    let wanted = Wanted {
        lowest: 38,
        highest: 50,
        octave: 2,
        ..Wanted::default()
    };
    let notes = played_to(&all, Genre::Pop, 3, wanted, &HeardBar::default());
    assert!(!notes.is_empty() && notes.iter().all(|note| (38..=50).contains(&note.key)));
}
