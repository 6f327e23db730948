//! The models that hear notes, and the numbers that notes are to them, against what the training
//! package wrote down in `models/golden/`.

use std::path::{Path, PathBuf};

use ndarray::{ArrayD, Axis};
use vocalise::music::{Genre, Instrument};
use vocalise::nn::{ContextAnswer, ContextModel, ContinuationModel, Pack};
use vocalise::voice::melody_steps::{PerformedNote, steps_of};
use vocalise::voice::note_features::{self, ContextNote, ContextTime};
use vocalise::voice::step_features::{Step, StepFeatures};

/// The difference that another order of adding up may make.
const ROUNDING: f32 = 1e-6;
/// The difference that int8 arithmetic may make on a probability.
const TOLERANCE: f32 = 1e-3;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("models/golden")
        .join(name)
}

fn golden(name: &str) -> ArrayD<f32> {
    let path = path(&format!("{name}.npy"));
    ndarray_npy::read_npy(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of a golden table of numbers.
fn rows<const N: usize>(table: &ArrayD<f32>) -> Vec<[f32; N]> {
    let row = |row: ndarray::ArrayViewD<f32>| {
        let values: Vec<f32> = row.iter().copied().collect();
        values.try_into().unwrap()
    };
    table.axis_iter(Axis(0)).map(row).collect()
}

/// The lines of a golden table of musical things: columns, and the numbers they become.
fn table<const N: usize>(name: &str, columns: usize) -> Vec<(Vec<Option<f64>>, [f32; N])> {
    let text = std::fs::read_to_string(path(name)).unwrap();
    let line = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let (musical, numbers) = fields.split_at(columns);
        let mut row = [0.0; N];
        for number in numbers {
            let (place, value) = number.split_once(':').unwrap();
            row[place.parse::<usize>().unwrap()] = value.parse().unwrap();
        }
        let musical = musical.iter().map(|field| match *field {
            "-" => None,
            value => Some(value.parse().unwrap()),
        });
        (musical.collect(), row)
    };
    text.lines().map(line).collect()
}

fn assert_near(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected).abs();
        assert!(
            difference <= tolerance,
            "{what}, number {place}: {found} where {expected} is golden"
        );
    }
}

#[test]
fn a_note_is_the_same_numbers_as_in_training() {
    let table = table::<256>("note_features.tsv", 9);
    assert!(table.len() >= 10);
    for (line, (columns, expected)) in table.iter().enumerate() {
        let flag = |column: usize| columns[column] == Some(1.0);
        let note = ContextNote {
            key: columns[0].map(|key| key as u8),
            place: columns[1],
            gap: columns[2],
            duration: columns[3],
            velocity: columns[4],
            query: flag(5),
        };
        let time = ContextTime {
            bar_known: flag(6),
            bar_quarters: columns[7].unwrap(),
            tempo: columns[8].unwrap(),
        };
        let found = note_features::features(&note, &time);
        assert_near(&format!("note {line}"), &found, expected, ROUNDING);
    }
}

#[test]
fn a_step_is_the_same_numbers_as_in_training() {
    let mut melody = (None, StepFeatures::new(Genre::Pop, 4.0));
    for (line, (columns, expected)) in table::<128>("step_features.tsv", 7).iter().enumerate() {
        let column = |column: usize| columns[column].unwrap();
        if melody.0 != columns[0] {
            let genre = Genre::from_index(column(1) as usize).unwrap();
            melody = (columns[0], StepFeatures::new(genre, column(2)));
        }
        let found = melody.1.next(&step(columns));
        assert_near(&format!("step {line}"), &found, expected, ROUNDING);
    }
}

/// A step from the columns of `step_features.tsv`.
fn step(columns: &[Option<f64>]) -> Step {
    Step {
        key: columns[3].map(|key| key as u8).filter(|key| *key > 0),
        sixteenths: columns[4].unwrap() as u32,
        place_in_bar: columns[5].unwrap() as u32,
        velocity: columns[6].map(|velocity| velocity as f32),
    }
}

#[test]
fn a_performance_is_the_same_steps_as_in_training() {
    let (performed, heard) = (
        table::<0>("melody_steps.tsv", 6),
        table::<128>("step_features.tsv", 7),
    );
    for melody in 0..3 {
        let number = Some(f64::from(melody));
        let of_it = |columns: &[Option<f64>]| columns[0] == number;
        let performed: Vec<_> = performed.iter().filter(|row| of_it(&row.0)).collect();
        let notes: Vec<PerformedNote> = performed
            .iter()
            .map(|(columns, _)| PerformedNote {
                key: columns[2].unwrap() as u8,
                onset: columns[3].unwrap() + 8.0,
                offset: columns[4].unwrap() + 8.0,
                velocity: columns[5].unwrap() as f32 / 127.0,
            })
            .collect();
        let expected: Vec<Step> = heard
            .iter()
            .filter(|row| of_it(&row.0))
            .map(|row| step(&row.0))
            .collect();
        let found = steps_of(&notes, 8.0, performed[0].0[1].unwrap());
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            // Training has every key within the piano's range here, where a step keeps its own.
            let class = |step: &Step| step.key.map(|key| key % 12);
            assert_eq!(class(found), class(expected));
            assert_eq!(found.sixteenths, expected.sixteenths);
            assert_eq!(found.place_in_bar % 16, expected.place_in_bar);
            let loud = |step: &Step| step.velocity.map(f32::round);
            assert_eq!(loud(found), loud(expected));
        }
    }
}

#[test]
fn the_context_model_answers_as_in_training() {
    let mut model = ContextModel::new(&Pack::factory().unwrap())
        .unwrap()
        .expect("a context model");
    let notes = rows::<256>(&golden("context_notes"));
    let mut ask = |name: &str, notes: &[[f32; 256]]| {
        let answers = model
            .run(notes, Genre::Jazz, Instrument::Saxophone)
            .unwrap();
        assert_eq!(answers.len(), notes.len());
        type Head = (&'static str, fn(&ContextAnswer) -> &[f32]);
        let heads: [Head; 3] = [
            ("note", |answer| &answer.note),
            ("timing", |answer| &answer.timing),
            ("dynamics", |answer| &answer.dynamics),
        ];
        for (head, read) in heads {
            let expected: Vec<f32> = golden(&format!("context_{name}_{head}"))
                .iter()
                .copied()
                .collect();
            let found: Vec<f32> = answers.iter().flat_map(|a| read(a).to_vec()).collect();
            assert_near(&format!("{name} {head}"), &found, &expected, TOLERANCE);
        }
    };
    ask("query", &notes);
    ask("hindsight", &notes[..notes.len() - 1]);
    ask("query", &notes);
}

#[test]
fn of_too_many_notes_the_oldest_are_left_out_and_of_none_nothing_is_said() {
    let mut model = ContextModel::new(&Pack::factory().unwrap())
        .unwrap()
        .expect("a context model");
    let notes = rows::<256>(&golden("context_notes"));
    let many: Vec<_> = notes[..20].iter().cycle().take(100).copied().collect();
    let mut ask = |notes: &[[f32; 256]]| {
        let answers = model.run(notes, Genre::Pop, Instrument::Piano).unwrap();
        answers.to_vec()
    };
    assert_eq!(ask(&many), ask(&many[35..]));
    assert_eq!(ask(&many).len(), 65);
    assert!(ask(&[]).is_empty());
    let mut bad = notes[0];
    bad[7] = f32::NAN;
    let message = model
        .run(&[bad], Genre::Pop, Instrument::Piano)
        .unwrap_err()
        .to_string();
    assert!(message.contains("context") && message.contains("not finite"));
    assert!(model.run(&notes, Genre::Pop, Instrument::Drums).is_ok());
}

#[test]
fn the_continuation_model_answers_as_in_training() {
    let mut model = ContinuationModel::new(&Pack::factory().unwrap())
        .unwrap()
        .expect("a continuation model");
    let steps = rows::<128>(&golden("continuation_steps"));
    let expected =
        ["note", "velocity", "timing"].map(|head| golden(&format!("continuation_{head}")));
    for round in 0..2 {
        for (number, step) in steps.iter().enumerate() {
            let answer = model.step(step).unwrap();
            let heads: [&[f32]; 3] = [&answer.note, &answer.velocity, &answer.timing];
            for (found, expected) in heads.into_iter().zip(&expected) {
                let expected: Vec<f32> = expected
                    .index_axis(Axis(0), number)
                    .iter()
                    .copied()
                    .collect();
                assert_near(
                    &format!("round {round}, step {number}"),
                    found,
                    &expected,
                    TOLERANCE,
                );
            }
        }
        if round == 0 {
            model.reset();
        } else {
            // What is refused is forgotten as well.
            assert!(model.step(&[f32::INFINITY; 128]).is_err());
            let again = model.step(&steps[0]).unwrap().note;
            let first: Vec<f32> = expected[0].index_axis(Axis(0), 0).iter().copied().collect();
            assert_near("after a fault", &again, &first, TOLERANCE);
        }
    }
}
