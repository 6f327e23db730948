//! The front end against the one that the models are trained with: the same samples give the same
//! features. `models/golden` is made by the training package.

use ndarray_npy::read_npy;
use vocalise::audio::Features;
use vocalise::audio::frame::{BANDS, HOP, WINDOW};

/// Largest difference that is let pass, in the features' own units.
const TOLERANCE: f32 = 1e-4;

#[test]
fn features_are_those_of_the_training_package() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/models/golden");
    let audio: ndarray::Array1<f32> = read_npy(format!("{golden}/audio.npy")).expect("the audio");
    let expected: ndarray::Array3<f32> =
        read_npy(format!("{golden}/features.npy")).expect("its features");
    let mut padded = vec![0.0; WINDOW - HOP];
    padded.extend(audio.iter());
    let mut features = Features::default();
    let mut worst = [(0.0f32, 0usize, 0usize); 2];
    for (index, frame) in expected.outer_iter().enumerate() {
        let window = padded[index * HOP..][..WINDOW]
            .try_into()
            .expect("a whole window");
        let found = features.process(window);
        for (place, value) in found.iter().enumerate() {
            let (channel, band) = (place / BANDS, place % BANDS);
            let off = (value - frame[[channel, band]]).abs();
            if off > worst[channel].0 {
                worst[channel] = (off, index, band);
            }
        }
    }
    println!("worst differences (value, frame, band): {worst:?}");
    assert!(expected.dim().0 > 200, "three seconds of frames");
    assert!(worst.iter().all(|w| w.0 <= TOLERANCE), "{worst:?}");
}
