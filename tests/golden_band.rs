//! The band's condition and generators against what the training package wrote down in
//! `models/golden/`.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{Array2, Array3};
use vocalise::music::{Chord, Genre, Key, Quality, Scale};
use vocalise::nn::{GeneratorModel, Pack, Role};
use vocalise::voice::band::condition::{Asked, Described, HeardBar, HeardNote};

/// The difference that another order of adding up may make, and that another CPU may make in 8 bits.
const TOLERANCE: f32 = 1e-5;
const OUTPUT_TOLERANCE: f32 = 0.05;
/// The genres that the generators were asked for, row by row.
const GENRES: [Genre; 4] = [Genre::Pop, Genre::Jazz, Genre::Rock, Genre::Trap];
/// Where the condition tells the second half's chord.
const SECOND: std::ops::Range<usize> = 24..36;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("models/golden")
        .join(name)
}

fn numbers(text: &str) -> Vec<i32> {
    text.split(':')
        .map(|n| n.parse().expect("a number"))
        .collect()
}

/// "root:quality", the root relative to the tonic.
fn chord(text: &str, tonic: u8) -> Option<Chord> {
    let parts = (text != "-").then(|| numbers(text))?;
    let quality = Quality::from_index(parts[1] as usize).expect("a quality");
    Some(Chord::new(tonic + parts[0] as u8, quality))
}

#[test]
fn a_bar_is_described_as_in_training() {
    let table = fs::read_to_string(golden("band_condition.tsv")).expect("the table");
    assert!(table.lines().count() >= 6);
    for (number, line) in table.lines().enumerate() {
        let fields: Vec<&str> = line.split('\t').collect();
        let whole = |place: usize| fields[place].parse::<i64>().expect("a number");
        let share = |place: usize| fields[place].parse::<f32>().expect("a number");
        let scale = if whole(1) == 1 {
            Scale::Minor
        } else {
            Scale::Major
        };
        let key = Key::new(whole(0) as u8, scale);
        let notes = fields[4].split(';').filter(|note| *note != "-");
        let heard = HeardBar {
            notes: notes
                .map(|note| {
                    let parts = numbers(note);
                    HeardNote {
                        key: parts[2] as u8,
                        start: f64::from(parts[0]) / 4.0,
                        length: f64::from(parts[1]) / 4.0,
                        velocity: parts[3] as f32 / 127.0,
                    }
                })
                .collect(),
            quarters: whole(2) as f64 / 4.0,
        };
        let (first, second) = (chord(fields[5], key.tonic()), chord(fields[6], key.tonic()));
        let described = Described {
            heard: &heard,
            hindsight: whole(9) == 1,
            key,
            chords: first.map(|first| (first, second.unwrap_or(first))),
            steps: whole(2) as usize,
            bar: whole(3),
            asked: Asked {
                density: share(7),
                intensity: share(8),
            },
        };
        let mut expected = [0.0f32; 64];
        for told in &fields[10..] {
            let (place, value) = told.split_once(':').expect("place:value");
            expected[place.parse::<usize>().expect("a place")] = value.parse().expect("a number");
        }
        // Half a bar without a chord is nothing that the plugin plans.
        let half_known = first.is_some() && second.is_none();
        for (place, (found, expected)) in described.condition().iter().zip(expected).enumerate() {
            assert!(
                (found - expected).abs() <= TOLERANCE || half_known && SECOND.contains(&place),
                "line {number}, number {place}: {found} where {expected} is golden"
            );
        }
    }
}

#[test]
fn the_generators_answer_as_in_training() {
    let table = |name: &str| -> Array2<f32> {
        ndarray_npy::read_npy(golden(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (noise, condition) = (table("band_noise.npy"), table("band_condition.npy"));
    let pack = Pack::factory().expect("the factory pack");
    for role in [Role::Drums, Role::Bass, Role::Chords, Role::Melody] {
        let name = format!("band_{role}.npy");
        let expected: Array3<f32> =
            ndarray_npy::read_npy(golden(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut model = GeneratorModel::new(&pack, role)
            .expect("memory")
            .expect("a generator");
        for (row, genre) in GENRES.into_iter().enumerate() {
            let noise = noise.row(row).to_vec().try_into().expect("100 numbers");
            let condition = condition.row(row).to_vec().try_into().expect("64 numbers");
            let roll = model.run(&noise, genre, &condition).expect("runs");
            for ((step, key), expected) in expected.index_axis(ndarray::Axis(0), row).indexed_iter()
            {
                let found = roll[step][key];
                assert!(
                    (found - expected).abs() <= OUTPUT_TOLERANCE,
                    "{role}, {genre}, step {step}, key {key}: {found} where {expected} is golden"
                );
            }
        }
        let mut bad = [0.0; 100];
        bad[3] = f32::NAN;
        assert!(model.run(&bad, Genre::Pop, &[0.0; 64]).is_err());
    }
}
