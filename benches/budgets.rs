//! The budgets of DESIGN, measured: shares of the real-time budget in CPU time of the thread that
//! does the work, so that another process on the machine hardly changes them.
//!
//! `cargo bench --bench budgets`

#[path = "../tests/support/rig.rs"]
mod rig;

use rig::Rig;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vocalise::audio::FrontEnd;
use vocalise::files::audio;
use vocalise::music::{Genre, HarmonyNote, HarmonyPlanner, Instrument};
use vocalise::nn::{ContextModel, ContinuationModel, Pack, PitchModel, TimbreModel};
use vocalise::voice::band::arranger::Arranger;
use vocalise::voice::band::bar::{BAND, BarCall, Part};
use vocalise::voice::band::condition::{HeardBar, HeardNote};
use vocalise::voice::offline::{Settings, render_with};
use vocalise::voice::{Report, TrackSettings};

const RATE: f64 = 48_000.0;
const BLOCK: usize = 128;

/// CPU time of the calling thread in seconds.
fn thread_time_s() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a live timespec.
    let done = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(done, 0, "the system measures threads");
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = thread_time_s();
    let result = work();
    (thread_time_s() - start, result)
}

/// The value below which `share` of the (sorted here) `values` lie.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}

fn row(what: &str, found: String, budget: &str) {
    println!("| {what} | {found} | {budget} |");
}

/// The plugin's callback while the engine runs beside it, paced as a host would.
fn audio_thread(voice: &[f32]) {
    let mut rig = Rig::new(RATE as f32, false);
    rig.wait_until_ready();
    let mut witness = FrontEnd::new(RATE).expect("a usual rate");
    let (mut all, mut with_hop, mut front_end_alone) = (Vec::new(), Vec::new(), Vec::new());
    let mut block = [0.0; BLOCK];
    for audio in voice.chunks_exact(BLOCK).cycle().take(24_000) {
        let mut hop = false;
        let (alone, ()) = timed(|| witness.process(&[audio], 1.0, -70.0, |_, _| hop = true));
        block.copy_from_slice(audio);
        let (spent, ()) = timed(|| rig.process_only(&mut block));
        all.push(spent);
        if hop {
            with_hop.push(spent);
            front_end_alone.push(alone);
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    let budget = BLOCK as f64 / RATE;
    let mean = all.iter().sum::<f64>() / all.len() as f64 / budget;
    let name = "audio thread, 128 samples at 48 kHz";
    row(
        &format!("{name}, mean"),
        format!("{:.2} %", 100.0 * mean),
        "≤ 1 %",
    );
    let median = quantile(&mut all, 0.5) / budget;
    row(
        &format!("{name}, median"),
        format!("{:.2} %", 100.0 * median),
        "≤ 1 %",
    );
    let rare = quantile(&mut with_hop, 0.999) / budget;
    row(
        &format!("{name}, p99.9 of blocks with a hop"),
        format!("{:.2} %", 100.0 * rare),
        "≤ 5 %",
    );
    // The arithmetic alone, without rings, events or waking anybody: what the machine itself adds.
    let usual = quantile(&mut with_hop, 0.5) / budget;
    let alone = [0.5, 0.999].map(|share| 100.0 * quantile(&mut front_end_alone, share) / budget);
    row(
        "such blocks, median; their front end alone, median and p99.9",
        format!(
            "{:.2} %; {:.2} and {:.2} %",
            100.0 * usual,
            alone[0],
            alone[1]
        ),
        "–",
    );
}

fn pitch_lane(voice: &[f32]) {
    let pack = Pack::factory().expect("the factory pack and ONNX Runtime (cargo xtask setup)");
    let mut model = PitchModel::new(&pack).expect("the pitch model");
    let mut front_end = FrontEnd::new(RATE).expect("a usual rate");
    let mut spent = Vec::new();
    for audio in voice.chunks(4_096) {
        front_end.process(&[audio], 1.0, -70.0, |_, frame| {
            let (time, result) = timed(|| model.run(&frame.features).map(|o| o.voicing));
            result.expect("runs");
            spent.push(time);
        });
    }
    let milliseconds = |s: f64| format!("{:.3} ms", 1e3 * s);
    row(
        "pitch lane, one hop, median",
        milliseconds(quantile(&mut spent, 0.5)),
        "≤ 1 ms",
    );
    row(
        "pitch lane, one hop, p99",
        milliseconds(quantile(&mut spent, 0.99)),
        "≤ 1 ms",
    );
}

/// The models that hear notes: CPU time of a run, and its share of the budget.
fn note_models() {
    let pack = Pack::factory().expect("the factory pack and ONNX Runtime (cargo xtask setup)");
    let context = ContextModel::new(&pack).expect("memory");
    let mut context = context.expect("a context model");
    let mut notes = [[0.0; 256]; 65];
    for (number, note) in notes.iter_mut().enumerate() {
        note[60 + number % 12] = 1.0;
    }
    // The last is the note to come.
    notes[64][252] = 1.0;
    shares(
        "context model, 64 notes and the one to come",
        5.0,
        300,
        || {
            let answers = context.run(&notes, Genre::Pop, Instrument::Piano);
            assert_eq!(answers.expect("runs").len(), 65);
        },
    );
    let continuation = ContinuationModel::new(&pack).expect("memory");
    let mut continuation = continuation.expect("a continuation model");
    shares("continuation model, one step", 1.0, 3_000, || {
        continuation.step(&[0.1; 128]).expect("runs");
    });
}

/// The band: harmony, four generators and their decoding for one bar in 4/4.
fn band() {
    let pack = Pack::factory().expect("the factory pack and ONNX Runtime (cargo xtask setup)");
    let mut arranger = Arranger::new(&pack).expect("memory");
    let mut planner = HarmonyPlanner::new(Genre::Pop);
    let mut timbre = TimbreModel::new(&pack)
        .expect("memory")
        .expect("a timbre model");
    let tune = [60, 62, 64, 65, 67, 65, 64, 62];
    let heard = HeardBar {
        notes: (0..8)
            .map(|n| HeardNote {
                key: tune[n],
                start: n as f64 / 2.0,
                length: 0.4,
                velocity: 0.7,
            })
            .collect(),
        quarters: 4.0,
    };
    let notes: Vec<HarmonyNote> = heard.notes.iter().map(HarmonyNote::from).collect();
    let mut bar = 0;
    shares("the band, one bar", 30.0, 300, || {
        planner.hear(bar, 4.0, &notes);
        bar += 1;
        let part = |track| {
            Some(Part {
                wanted: TrackSettings::of(track),
                genre: Genre::Pop,
                bar,
                take: 0,
            })
        };
        let call = BarCall {
            number: 0,
            start: 4.0 * bar as f64,
            quarters: 4.0,
            bar,
            plan: planner.plan(bar, 4.0),
            heard: heard.clone(),
            hindsight: false,
            seed: 0,
            parts: BAND.map(part),
        };
        arranger.arrange(&call).expect("a bar");
    });
    shares("timbre model", 1.0, 1_000, || {
        timbre.run(&[[-5.0; 128]; 100]).expect("runs");
    });
}

/// Hops whose answer comes more than 10 ms after it usually does, in a run that is paced by the
/// clock while another thread runs the context model without a pause, as a generative lane at full
/// load would.
fn late_hops(voice: &[f32]) {
    let mut rig = Rig::new(RATE as f32, false);
    rig.wait_until_ready();
    let ends = Arc::new(AtomicBool::new(false));
    let load = {
        let ends = ends.clone();
        std::thread::spawn(move || {
            let pack = Pack::factory().expect("the factory pack");
            let model = ContextModel::new(&pack).expect("memory");
            let mut model = model.expect("a context model");
            let mut runs = 0;
            while !ends.load(Ordering::Relaxed) {
                let notes = [[0.0; 256]; 64];
                let answers = model.run(&notes, Genre::Pop, Instrument::Piano);
                assert_eq!(answers.expect("runs").len(), 64);
                runs += 1;
            }
            runs
        })
    };
    let begun = Instant::now();
    let mut block = [0.0; BLOCK];
    let mut delays = Vec::new();
    for (count, audio) in voice.chunks_exact(BLOCK).cycle().take(22_500).enumerate() {
        let due_s = (count * BLOCK) as f64 / RATE;
        while begun.elapsed().as_secs_f64() < due_s {
            let now_s = begun.elapsed().as_secs_f64();
            for report in rig.reports() {
                if let Report::Frame { f0, .. } = report {
                    delays.push(now_s - f0.time_s);
                }
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        block.copy_from_slice(audio);
        rig.process_only(&mut block);
    }
    ends.store(true, Ordering::Relaxed);
    let runs = load.join().expect("the load ends");
    let usual = quantile(&mut delays, 0.5);
    let late = delays
        .iter()
        .filter(|delay| **delay > usual + 0.010)
        .count();
    row(
        &format!(
            "hops more than 10 ms late, paced, {} hops beside {runs} context runs",
            delays.len()
        ),
        format!("{:.3} %", 100.0 * late as f64 / delays.len() as f64),
        "≤ 0.1 %",
    );
}

/// Memory of instances that play, in MB.
fn memory(voice: &[f32]) {
    let resident = || {
        let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = told
            .split_whitespace()
            .nth(1)
            .and_then(|n| n.parse::<f64>().ok());
        pages.unwrap_or(0.0) * 4_096.0 / 1e6
    };
    let instance = || {
        let mut rig = Rig::new(RATE as f32, false);
        rig.wait_until_ready();
        for audio in voice.chunks_exact(BLOCK).take(750) {
            let mut block = audio.to_vec();
            rig.process_only(&mut block);
            std::thread::sleep(Duration::from_micros(500));
        }
        rig
    };
    let before = resident();
    let first = instance();
    let with_first = resident();
    let further: Vec<Rig> = (0..8).map(|_| instance()).collect();
    let with_all = resident();
    row(
        "memory, first instance",
        format!("{:.0} MB", with_first - before),
        "≤ 150 MB",
    );
    row(
        "memory, each of 8 further instances",
        format!("{:.1} MB", (with_all - with_first) / 8.0),
        "≤ 15 MB",
    );
    drop((first, further));
}

/// Rows of the median and the 99th percentile of `times` runs against a budget in ms.
fn shares(what: &str, budget_ms: f64, times: usize, mut run: impl FnMut()) {
    run();
    let mut spent: Vec<f64> = (0..times).map(|_| 1e3 * timed(&mut run).0).collect();
    for (name, share) in [("median", 0.5), ("p99", 0.99)] {
        let ms = quantile(&mut spent, share);
        row(
            &format!("{what}, {name}"),
            format!("{ms:.3} ms, {:.0} %", 100.0 * ms / budget_ms),
            &format!("≤ {budget_ms} ms"),
        );
    }
}

fn offline(voice: &[f32]) {
    let seconds = voice.len() as f64 / RATE;
    let channels = [voice.to_vec()];
    let (loading, pack) = timed(Pack::factory);
    let pack = pack.expect("the factory pack and ONNX Runtime (cargo xtask setup)");
    let settings = Settings::default();
    let (spent, result) = timed(|| render_with(&pack, &channels, RATE, &settings, &mut |_| {}));
    result.expect("renders");
    let speed = format!("{:.0} × real time", seconds / spent);
    row(
        "whole engine, offline, one core, models loaded",
        speed,
        "≥ 20 ×",
    );
    row(
        "loading the models, once more",
        format!("{:.0} ms", 1e3 * loading),
        "–",
    );
}

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/golden/phrase.flac");
    let phrase = audio::read(&path).expect("the phrase is part of the project");
    // Its own rate may be another; played at 48 kHz it is a little higher, which costs the same.
    let voice = &phrase.channels[0];
    println!("| what | measured | budget |\n|---|---|---|");
    // First, before anything else has taken memory.
    memory(voice);
    if std::env::args().any(|argument| argument == "memory") {
        return;
    }
    audio_thread(voice);
    pitch_lane(voice);
    late_hops(voice);
    note_models();
    band();
    offline(voice);
}
