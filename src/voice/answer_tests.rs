use super::*;
use crate::nn::Pack;
use proptest::prelude::*;

fn line() -> AnsweringLine {
    let pack = Pack::factory().unwrap();
    AnsweringLine::new(ContinuationModel::new(&pack).unwrap().unwrap())
}

fn style(seed: u64) -> AnswerStyle {
    AnswerStyle {
        genre: Genre::Pop,
        bar_quarters: 4.0,
        temperature: AnswerStyle::TEMPERATURE,
        keys: 48..=84,
        chance: Chance {
            seed,
            ..Chance::default()
        },
    }
}

/// A bar of eighths, up and down.
fn tune() -> Vec<Step> {
    let keys = [60, 62, 64, 65, 67, 65, 64, 62];
    let step = |(place, key)| Step {
        key: Some(key),
        sixteenths: 2,
        velocity: Some(80.0),
        place_in_bar: 2 * place,
    };
    (0_u32..).zip(keys).map(step).collect()
}

fn answer(line: &mut AnsweringLine, style: AnswerStyle) -> Vec<AnswerNote> {
    line.hear(&tune(), 0, style).unwrap();
    (0..3).flat_map(|_| line.go_on().unwrap()).collect()
}

#[test]
fn a_seed_gives_one_answer_and_another_seed_another() {
    let mut line = line();
    let first = answer(&mut line, style(1));
    assert!(!first.is_empty());
    assert_eq!(first, answer(&mut line, style(1)));
    assert_ne!(first, answer(&mut line, style(2)));
    let mut other_take = style(1);
    other_take.chance.variation = 1;
    assert_ne!(first, answer(&mut line, other_take));
}

#[test]
fn without_temperature_the_seed_is_of_no_matter() {
    let mut line = line();
    let cold = |seed| AnswerStyle {
        temperature: 0.0,
        ..style(seed)
    };
    assert_eq!(answer(&mut line, cold(1)), answer(&mut line, cold(2)));
}

#[test]
fn an_answer_waits_no_longer_than_a_beat() {
    let mut line = line();
    for seed in 0..200 {
        let first = answer(&mut line, style(seed))[0];
        assert!(first.start <= 1.0, "{seed}: {first:?}");
    }
}

#[test]
fn silence_is_not_answered() {
    let mut line = line();
    assert!(line.go_on().unwrap().is_empty());
    let rest = Step {
        key: None,
        ..tune()[0]
    };
    for silence in [&[][..], &[rest; 3]] {
        line.hear(&tune(), 0, style(1)).unwrap();
        line.hear(silence, 0, style(1)).unwrap();
        assert!(line.go_on().unwrap().is_empty());
        assert_eq!(line.length(), 0.0);
    }
}

#[test]
fn a_tune_lasts_to_where_its_answer_begins() {
    let held = |place, bar| {
        let mut tune = tune();
        hold_until(&mut tune, place, bar);
        let last = tune[tune.len() - 1];
        (tune.len(), last.key, last.sixteenths)
    };
    assert_eq!(held(0, 16), (8, Some(62), 2));
    assert_eq!(held(1, 16), (8, Some(62), 3));
    assert_eq!(held(4, 16), (9, None, 4));
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        any::<Option<u8>>(),
        any::<u32>(),
        prop::option::of(prop::num::f32::ANY),
        any::<u32>(),
    );
    let step = step.prop_map(|(key, sixteenths, velocity, place_in_bar)| Step {
        key,
        sixteenths,
        velocity,
        place_in_bar,
    });
    prop::collection::vec(step, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_heard_the_answer_can_be_played(
        tune in steps(), place in any::<u32>(), bar_quarters in prop::num::f64::ANY,
        temperature in prop::num::f32::ANY, lowest in any::<u8>(), highest in any::<u8>(),
        seed in any::<u64>(), bar in any::<i64>(),
    ) {
        let keys = lowest..=highest;
        let style = AnswerStyle {
            genre: Genre::Jazz,
            bar_quarters,
            temperature,
            keys: keys.clone(),
            chance: Chance { seed, bar, variation: 7 },
        };
        let mut line = line();
        // A model may refuse numbers; it must not make notes of them.
        if line.hear(&tune, place, style).is_ok() {
            let mut end = 0.0;
            for note in (0..3).flat_map(|_| line.go_on().unwrap_or_default()) {
                prop_assert!(keys.contains(&note.key) && note.key < 128);
                prop_assert!(note.velocity > 0.0 && note.velocity <= 1.0);
                prop_assert!(note.start >= end && note.length > 0.0);
                end = note.start + note.length;
            }
            prop_assert!(line.length() >= end);
        }
    }
}
