//! The factory's pitch model against the frames that its trainer wrote down.
//!
//! `models/golden/` holds features and the outputs that the training package's
//! own ONNX Runtime gave for them, hop by hop; here the same features go through
//! the model again. That holds together the streaming state and the reading of
//! the tensors; that the model agrees with PyTorch is checked when it is exported.

use std::path::Path;

use ndarray::{ArrayD, Axis};
use vocalise::nn::{Pack, PitchModel, PitchOutput, RefinedModel};

/// The difference that int8 arithmetic may make on a probability.
const TOLERANCE: f32 = 1e-3;

fn golden(name: &str) -> ArrayD<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("models/golden")
        .join(name);
    ndarray_npy::read_npy(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The frame at `index` of `features`.
fn frame(features: &ArrayD<f32>, index: usize) -> [f32; 256] {
    let frame = features.index_axis(Axis(0), index);
    let values: Vec<f32> = frame.iter().copied().collect();
    values.try_into().unwrap()
}

/// One head's name and how to read it from an output.
type Head = (&'static str, fn(&PitchOutput) -> &[f32]);

const HEADS: [Head; 6] = [
    ("pitch", |output| &output.pitch),
    ("velocity", |output| &output.velocity),
    ("onset", |output| std::slice::from_ref(&output.onset)),
    ("offset", |output| std::slice::from_ref(&output.offset)),
    ("voicing", |output| std::slice::from_ref(&output.voicing)),
    ("fine", |output| &output.fine),
];

#[test]
fn streaming_gives_what_the_trainer_wrote_down() {
    let mut model = PitchModel::new(&Pack::factory().unwrap()).unwrap();
    let features = golden("features.npy");
    let outputs: Vec<PitchOutput> = features
        .axis_iter(Axis(0))
        .map(|frame| {
            let frame: Vec<f32> = frame.iter().copied().collect();
            model
                .run(frame.as_slice().try_into().unwrap())
                .unwrap()
                .clone()
        })
        .collect();
    assert!(
        outputs.len() >= 100,
        "{} frames are too few to tell",
        outputs.len()
    );
    assert_eq!(model.faults(), 0);

    for (name, read) in HEADS {
        assert_near(name, &outputs, read);
    }
}

/// Compares one head of `outputs` with the golden file `name`.npy.
fn assert_near(name: &str, outputs: &[PitchOutput], read: fn(&PitchOutput) -> &[f32]) {
    let expected: Vec<f32> = golden(&format!("{name}.npy")).iter().copied().collect();
    let found: Vec<f32> = outputs
        .iter()
        .flat_map(|output| read(output).to_vec())
        .collect();
    assert_eq!(found.len(), expected.len(), "{name}");
    let worst = found
        .iter()
        .zip(&expected)
        .map(|(found, expected)| (found - expected).abs())
        .fold(0.0, f32::max);
    println!(
        "{name}: largest difference {worst:.2e} over {} frames",
        outputs.len()
    );
    assert!(worst <= TOLERANCE, "{name} is off by {worst}");
}

/// All that the refined model says of `features`, which must come in order.
fn refined(features: &[[f32; 256]]) -> Vec<PitchOutput> {
    let pack = Pack::factory().unwrap();
    let mut model = RefinedModel::new(&pack).unwrap().expect("a refined model");
    let mut outputs = Vec::new();
    model
        .run(features, |frame, output| {
            assert_eq!(frame, outputs.len(), "an answer out of order");
            outputs.push(output.clone());
        })
        .unwrap();
    outputs
}

#[test]
fn hindsight_gives_what_the_trainer_wrote_down() {
    let table = golden("features.npy");
    let features: Vec<_> = (0..table.shape()[0]).map(|i| frame(&table, i)).collect();
    let outputs = refined(&features);
    assert_eq!(outputs.len(), features.len());
    let kept: [Head; 3] = [
        ("refined_pitch", |output| &output.pitch),
        ("refined_onset", |output| {
            std::slice::from_ref(&output.onset)
        }),
        ("refined_voicing", |output| {
            std::slice::from_ref(&output.voicing)
        }),
    ];
    for (name, read) in kept {
        assert_near(name, &outputs, read);
    }
}

/// A long take is heard in pieces. What is sung in the middle of one is heard as at the seam of two.
#[test]
fn the_seams_of_a_long_take_are_not_heard() {
    let table = golden("features.npy");
    let phrase: Vec<_> = (0..table.shape()[0]).map(|i| frame(&table, i)).collect();
    // The phrase again and again: every frame of it comes to lie near a seam and far from one.
    let repeats = 9;
    let take: Vec<_> = (0..repeats).flat_map(|_| phrase.clone()).collect();
    let outputs = refined(&take);
    assert_eq!(outputs.len(), take.len());
    let middle = &outputs[phrase.len()..2 * phrase.len()];
    for round in 2..repeats - 1 {
        let again = &outputs[round * phrase.len()..(round + 1) * phrase.len()];
        let differing = middle
            .iter()
            .zip(again)
            .filter(|(a, b)| (a.voicing - b.voicing).abs() > 0.2)
            .count();
        assert!(
            differing * 50 <= phrase.len(),
            "{differing} frames of round {round} are heard otherwise"
        );
    }
    assert!(refined(&[]).is_empty());
}

#[test]
fn a_reset_model_is_a_new_model() {
    let pack = Pack::factory().unwrap();
    let features = golden("features.npy");
    let frame = |index| frame(&features, index);
    let mut fresh = PitchModel::new(&pack).unwrap();
    let expected = fresh.run(&frame(50)).unwrap().clone();

    type Forget = fn(&mut PitchModel);
    let ways: [(&str, Forget); 2] = [
        ("reset", PitchModel::reset),
        ("a long gap", |model| model.decay(1_000_000)),
    ];
    for (name, forget) in ways {
        let mut model = PitchModel::new(&pack).unwrap();
        for index in 0..40 {
            model.run(&frame(index)).unwrap();
        }
        forget(&mut model);
        assert_eq!(model.run(&frame(50)).unwrap(), &expected, "after {name}");
    }
}

#[test]
fn a_short_gap_fades_the_state_and_keeps_it_usable() {
    let pack = Pack::factory().unwrap();
    let features = golden("features.npy");
    let frame = |index| frame(&features, index);
    let after_gap_of = |frames: u32| {
        let mut model = PitchModel::new(&pack).unwrap();
        for index in 0..40 {
            model.run(&frame(index)).unwrap();
        }
        model.decay(frames);
        model.run(&frame(50)).unwrap().clone()
    };
    let (none, short, long) = (after_gap_of(0), after_gap_of(8), after_gap_of(64));
    assert_ne!(none, short);
    assert_ne!(short, long);
}
