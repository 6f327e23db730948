//! The timbre model against what the training package wrote down in `models/golden/`.

use std::path::Path;

use ndarray::{Array2, Array3};
use vocalise::audio::frame::BANDS;
use vocalise::music::Instrument;
use vocalise::nn::{Pack, TIMBRE_FRAMES, TimbreModel, TimbreSecond};

/// The difference that another order of adding up may make.
const TOLERANCE: f32 = 1e-4;

fn golden<A: ndarray_npy::ReadNpyExt>(name: &str) -> A {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("models/golden/{name}.npy"));
    ndarray_npy::read_npy(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The golden questions.
fn questions() -> Vec<Box<TimbreSecond>> {
    let of = |second: ndarray::ArrayView2<f32>| {
        let mut question = Box::new([[0.0; BANDS]; TIMBRE_FRAMES]);
        for (frame, row) in question.as_flattened_mut().iter_mut().zip(second.iter()) {
            *frame = *row;
        }
        question
    };
    golden::<Array3<f32>>("timbre_mel")
        .outer_iter()
        .map(of)
        .collect()
}

/// The rows of a golden table.
fn rows<const N: usize>(name: &str) -> Vec<[f32; N]> {
    let table = golden::<Array2<f32>>(name);
    let row = |row: ndarray::ArrayView1<f32>| row.to_vec().try_into().unwrap();
    table.outer_iter().map(row).collect()
}

fn model() -> TimbreModel {
    TimbreModel::new(&Pack::factory().unwrap())
        .unwrap()
        .expect("a timbre model")
}

fn assert_near(what: &str, found: &[f32], expected: &[f32]) {
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected).abs();
        assert!(
            difference <= TOLERANCE,
            "{what}, number {place}: {found} where {expected} is golden"
        );
    }
}

#[test]
fn it_answers_as_in_training() {
    let mut model = model();
    let (mel, latents, scores) = (
        questions(),
        rows::<64>("timbre_latent"),
        rows::<20>("timbre_scores"),
    );
    assert_eq!(mel.len(), Instrument::ALL.len() + 1);
    for (number, mel) in mel.iter().enumerate() {
        let output = model.run(mel).unwrap();
        assert_near(
            &format!("latent {number}"),
            &output.latent,
            &latents[number],
        );
        assert_near(&format!("scores {number}"), &output.scores, &scores[number]);
        let (length, sum) = (
            output.latent.iter().map(|x| x * x).sum::<f32>(),
            output.scores.iter().sum::<f32>(),
        );
        assert!((length - 1.0).abs() < TOLERANCE && (sum - 1.0).abs() < TOLERANCE);
    }
}

#[test]
fn the_nearest_place_has_the_highest_score() {
    let (places, mut model) = (rows::<64>("timbre_embeddings"), model());
    for mel in questions() {
        let output = model.run(&mel).unwrap();
        let near = |place: &[f32; 64]| -> f32 {
            place.iter().zip(&output.latent).map(|(a, b)| a * b).sum()
        };
        let nearest = |a: &usize, b: &usize| near(&places[*a]).total_cmp(&near(&places[*b]));
        let best = |a: &usize, b: &usize| output.scores[*a].total_cmp(&output.scores[*b]);
        let all = 0..Instrument::ALL.len();
        assert_eq!(all.clone().max_by(nearest), all.max_by(best));
    }
}

#[test]
fn loudness_does_not_count() {
    let (mel, mut model) = (questions().remove(0), model());
    let as_it_is = model.run(&mel).unwrap().clone();
    let louder = model
        .run(&mel.map(|frame| frame.map(|value| value + 1.5)))
        .unwrap();
    assert_near("latent", &louder.latent, &as_it_is.latent);
}

#[test]
fn what_is_no_number_is_refused_and_forgotten() {
    let (mel, mut model) = (questions().remove(0), model());
    let as_it_is = model.run(&mel).unwrap().clone();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut given = mel.clone();
        given[40][7] = bad;
        let message = model.run(&given).unwrap_err().to_string();
        assert!(message.contains("timbre") && message.contains("not finite"));
    }
    assert_eq!(model.run(&mel).unwrap(), &as_it_is);
}
