//! The factory's pitch model against the frames that its trainer wrote down.
//!
//! `models/golden/` holds features and the outputs that the training package's
//! own ONNX Runtime gave for them, hop by hop; here the same features go through
//! the model again. That holds together the streaming state and the reading of
//! the tensors; that the model agrees with PyTorch is checked when it is exported.

use std::path::Path;

use ndarray::{ArrayD, Axis};
use vocalise::nn::{Pack, PitchModel, PitchOutput};

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
        let expected = golden(&format!("{name}.npy"));
        let expected: Vec<f32> = expected.iter().copied().collect();
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
