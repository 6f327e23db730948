use super::*;
use crate::music::{Genre, Quality, Scale};
use proptest::prelude::*;

/// A note a quarter, of these MIDI keys.
fn bar(keys: &[u8]) -> Vec<HarmonyNote> {
    let starts = (0..).map(f64::from);
    let note = |(start, key): (f64, &u8)| HarmonyNote {
        key: *key,
        start,
        length: 1.0,
        velocity: 0.8,
    };
    starts.zip(keys).map(note).collect()
}

/// I – IV – V – I, so many times.
fn plain(up: i8, times: usize) -> Vec<Vec<HarmonyNote>> {
    let bars = [
        [62, 66, 69, 66],
        [71, 67, 74, 71],
        [69, 73, 76, 73],
        [74, 69, 66, 62],
    ];
    let moved = |keys: [u8; 4]| bar(&keys.map(|key| key.saturating_add_signed(up)));
    let all = bars.iter().cycle().take(4 * times);
    all.copied().map(moved).collect()
}

/// Sings bars one after another from bar number `from`; what was planned for each.
fn sing(
    planner: &mut HarmonyPlanner,
    from: i64,
    bars: &[Vec<HarmonyNote>],
) -> Vec<Option<PlannedBar>> {
    let turn = |(number, notes): (i64, &Vec<HarmonyNote>)| {
        let planned = planner.plan(number, 4.0);
        planner.hear(number, 4.0, notes);
        planned
    };
    (from..).zip(bars).map(turn).collect()
}

/// The share of notes on beats 1 and 3 that the plans hold.
fn held(plans: &[Option<PlannedBar>], bars: &[Vec<HarmonyNote>]) -> f64 {
    let (mut held, mut all) = (0.0, 0.0);
    for (plan, notes) in plans.iter().zip(bars) {
        for note in notes.iter().filter(|note| note.start % 2.0 == 0.0) {
            all += 1.0;
            let chord = plan.map(|plan| {
                if note.start < 2.0 {
                    plan.first
                } else {
                    plan.second
                }
            });
            held += f64::from(u8::from(
                chord.is_some_and(|chord| chord.contains(note.key)),
            ));
        }
    }
    held / all
}

#[test]
fn a_plain_tune_gets_its_plain_chords() {
    let tune = plain(0, 4);
    for genre in Genre::ALL {
        let with_hindsight = HarmonyPlanner::reread(genre, None, 4.0, &tune);
        assert_eq!(with_hindsight.len(), tune.len());
        for (plan, notes) in with_hindsight.iter().zip(&tune) {
            assert_eq!(plan.key, Key::new(2, Scale::Major), "{genre}");
            assert!(plan.first.contains(notes[0].key) && plan.second.contains(notes[2].key));
        }
        let live = sing(&mut HarmonyPlanner::new(genre), 0, &tune);
        assert!(live[0].is_none());
        assert!(held(&live[8..], &tune[8..]) > 0.9, "{genre}");
        let key = live[8].map(|plan| plan.key);
        assert_eq!(key, Some(Key::new(2, Scale::Major)), "{genre}");
    }
    let pop = HarmonyPlanner::reread(Genre::Pop, None, 4.0, &tune);
    let roots: Vec<u8> = pop[4..8].iter().map(|plan| plan.first.root()).collect();
    assert_eq!(roots, [2, 7, 9, 2]);
}

#[test]
fn the_plan_follows_a_transposition_within_two_bars() {
    for up in [1, 2, 3, 4, 5, 6, -5] {
        let mut planner = HarmonyPlanner::new(Genre::Pop);
        sing(&mut planner, 0, &plain(0, 3));
        let tune = plain(up, 2);
        let plans = sing(&mut planner, 12, &tune);
        assert!(held(&plans[2..], &tune[2..]) > 0.8, "{up}");
        let tonic = (2 + i32::from(up)).rem_euclid(12) as u8;
        // A fourth or a fifth away all chords but one are the old key's too.
        if up.abs() != 5 {
            assert_eq!(plans[3].map(|plan| plan.key.tonic()), Some(tonic), "{up}");
        }
    }
}

#[test]
fn a_loop_is_planned_better_the_second_time() {
    let tune = [
        bar(&[64, 67, 69, 67]),
        bar(&[69, 72, 71, 69]),
        bar(&[65, 69, 67, 65]),
        bar(&[62, 65, 67, 71]),
    ];
    for genre in Genre::ALL {
        let mut planner = HarmonyPlanner::new(genre);
        let first = held(&sing(&mut planner, 8, &tune), &tune);
        let second = held(&sing(&mut planner, 8, &tune), &tune);
        let third = held(&sing(&mut planner, 8, &tune), &tune);
        assert!(
            second >= first && third >= first && third > 0.7,
            "{genre}: {first} {second} {third}"
        );
    }
}

#[test]
fn the_users_key_is_kept_and_its_scale_respected() {
    let key = Key::new(2, Scale::Dorian);
    let mut planner = HarmonyPlanner::new(Genre::Rock);
    planner.set_key(Some(key));
    let tune = plain(0, 2);
    for plan in sing(&mut planner, 0, &tune).into_iter().flatten() {
        assert_eq!(plan.key, key);
    }
    let planned = HarmonyPlanner::reread(Genre::Rock, Some(key), 4.0, &tune);
    assert!(planned.iter().all(|plan| plan.key == key));
}

#[test]
fn nothing_is_planned_before_anything_was_sung_nor_after_a_reset() {
    let mut planner = HarmonyPlanner::new(Genre::Jazz);
    assert_eq!(planner.plan(0, 4.0), None);
    planner.hear(0, 4.0, &[]);
    assert_eq!(planner.plan(1, 4.0), None);
    planner.hear(1, 4.0, &bar(&[60]));
    assert!(planner.plan(2, 4.0).is_some());
    planner.reset();
    assert_eq!(planner.plan(3, 4.0), None);
    assert!(HarmonyPlanner::reread(Genre::Jazz, None, 4.0, &[]).is_empty());
}

#[test]
fn a_rest_does_not_lose_the_harmony() {
    let mut planner = HarmonyPlanner::new(Genre::Pop);
    sing(&mut planner, 0, &plain(0, 2));
    let rests = vec![Vec::new(); 16];
    for plan in sing(&mut planner, 8, &rests).into_iter().flatten() {
        assert_eq!(plan.key.tonic(), 2);
        assert_eq!(plan.first.foreign_to(plan.key), 0);
    }
}

#[test]
fn genres_have_chords_of_their_own() {
    let share = |genre, wanted: fn(Quality) -> bool| {
        let tune = plain(0, 4);
        let plans = sing(&mut HarmonyPlanner::new(genre), 0, &tune);
        let chords = plans.into_iter().flatten().map(|plan| plan.first.quality());
        chords.filter(|quality| wanted(*quality)).count()
    };
    let soft = |quality| matches!(quality, Quality::Major7 | Quality::Minor7 | Quality::Major6);
    assert!(share(Genre::RAndB, soft) >= share(Genre::Trap, soft));
    assert!(share(Genre::RAndB, soft) > share(Genre::Rock, soft));
    let power = |quality| quality == Quality::Power;
    assert_eq!(share(Genre::Jazz, power), 0);
}

fn any_number() -> impl Strategy<Value = f64> {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300];
    prop_oneof![-8.0..40.0, prop::sample::select(odd.to_vec())]
}

fn any_note() -> impl Strategy<Value = HarmonyNote> {
    let velocity = prop_oneof![0.0f32..1.0, Just(f32::NAN), Just(-1.0)];
    (any::<u8>(), any_number(), any_number(), velocity).prop_map(
        |(key, start, length, velocity)| HarmonyNote {
            key,
            start,
            length,
            velocity,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_song_is_too_strange(
        song in prop::collection::vec(
            (any::<i64>(), any_number(), prop::collection::vec(any_note(), 0..12), 0usize..10, 0usize..24),
            0..24,
        ),
    ) {
        let run = || {
            let mut planner = HarmonyPlanner::new(Genre::Pop);
            let mut plans = Vec::new();
            for (number, quarters, notes, genre, key) in &song {
                planner.set_genre(Genre::ALL[*genre]);
                let scale = Scale::ALL[*key % 12];
                planner.set_key((*key < 12).then(|| Key::new(*key as u8, scale)));
                plans.push(planner.plan(*number, *quarters));
                planner.hear(*number, *quarters, notes);
            }
            plans
        };
        let plans = run();
        prop_assert_eq!(&plans, &run());
        let bars: Vec<_> = song.iter().map(|bar| bar.2.clone()).collect();
        let quarters = song.first().map_or(4.0, |bar| bar.1);
        let back = HarmonyPlanner::reread(Genre::Jazz, None, quarters, &bars);
        prop_assert_eq!(back.len(), bars.len());
        for plan in plans.into_iter().flatten().chain(back) {
            prop_assert!(plan.first.root() < 12 && plan.second.root() < 12);
            prop_assert!((0.0..=1.0).contains(&plan.confidence));
        }
    }
}
