//! Instances share one loaded model from any number of threads and cannot tell.

mod support;

use std::sync::Barrier;

use vocalise::nn::{Pack, PitchModel, PitchOutput};

/// Features that differ from frame to frame and from seed to seed.
fn frame(seed: u32, index: u32) -> [f32; 256] {
    let mut state = seed.wrapping_mul(0x9E37_79B9) ^ index.wrapping_mul(0x85EB_CA6B) ^ 1;
    std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32
    })
}

fn sing(pack: &Pack, seed: u32, frames: u32, each: impl Fn()) -> Vec<PitchOutput> {
    let mut model = PitchModel::new(pack).unwrap();
    (0..frames)
        .map(|index| {
            each();
            model.run(&frame(seed, index)).unwrap().clone()
        })
        .collect()
}

#[test]
fn threads_on_one_session_get_what_a_lone_one_gets() {
    const THREADS: u32 = 4;
    const FRAMES: u32 = 300;
    let pack = Pack::factory().unwrap();
    let alone: Vec<_> = (0..THREADS)
        .map(|seed| sing(&pack, seed, FRAMES, || {}))
        .collect();

    let barrier = Barrier::new(THREADS as usize);
    let together: Vec<_> = std::thread::scope(|scope| {
        let singers: Vec<_> = (0..THREADS)
            .map(|seed| {
                let (pack, barrier) = (&pack, &barrier);
                // They meet at every frame, so that runs do overlap.
                scope.spawn(move || {
                    sing(pack, seed, FRAMES, || {
                        barrier.wait();
                    })
                })
            })
            .collect();
        singers
            .into_iter()
            .map(|singer| singer.join().unwrap())
            .collect()
    });
    // Bit for bit: what the engine promises about repeatability rests on it.
    assert_eq!(alone, together);
}

#[test]
fn packs_loaded_at_the_same_time_share_and_work() {
    let expected = sing(&Pack::factory().unwrap(), 7, 20, || {});
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let expected = &expected;
            scope.spawn(move || {
                let pack = Pack::from_dir(support::models()).unwrap();
                assert_eq!(&sing(&pack, 7, 20, || {}), expected);
            });
        }
    });
}

#[test]
fn a_run_leaves_the_threads_floating_point_mode_as_it_was() {
    use std::hint::black_box;
    let subnormal = || black_box(f32::MIN_POSITIVE) * black_box(0.5);
    let pack = Pack::factory().unwrap();
    assert!(subnormal() > 0.0);
    sing(&pack, 1, 2, || {});
    assert!(subnormal() > 0.0);
}
