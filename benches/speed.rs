//! Criterion benches: front end per block, pitch lane per hop, whole engine offline.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use vocalise::audio::FrontEnd;
use vocalise::files::audio::{self, Recording};
use vocalise::nn::{Pack, PitchModel};
use vocalise::voice::offline::{Settings, render};

fn phrase() -> Recording {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/golden/phrase.flac");
    audio::read(&path).expect("the phrase is part of the project")
}

fn front_end(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("front end");
    let voice = &phrase().channels[0];
    for block in [64, 128, 512] {
        let mut front_end = FrontEnd::new(48_000.0).expect("a usual rate");
        let mut blocks = voice.chunks_exact(block).cycle();
        group.bench_function(format!("{block} samples at 48 kHz"), |bencher| {
            bencher.iter(|| {
                let block = blocks.next().expect("blocks repeat");
                front_end.process(&[block], 1.0, -70.0, |_, frame| {
                    black_box(frame);
                });
            });
        });
    }
    group.finish();
}

fn pitch_lane(criterion: &mut Criterion) {
    let pack = Pack::factory().expect("the factory pack and ONNX Runtime (cargo xtask setup)");
    let mut model = PitchModel::new(&pack).expect("the pitch model");
    let features = [0.1; 256];
    criterion.bench_function("pitch lane, one hop", |bencher| {
        bencher.iter(|| black_box(model.run(&features).expect("runs").voicing));
    });
}

fn engine(criterion: &mut Criterion) {
    let phrase = phrase();
    let mut group = criterion.benchmark_group("engine");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    group.throughput(Throughput::Elements(phrase.channels[0].len() as u64));
    group.bench_function("offline, the phrase", |bencher| {
        bencher.iter(|| {
            let rate = f64::from(phrase.sample_rate);
            render(&phrase.channels, rate, &Settings::default(), &mut |_| {}).expect("renders")
        });
    });
    group.finish();
}

criterion_group!(benches, front_end, pitch_lane, engine);
criterion_main!(benches);
