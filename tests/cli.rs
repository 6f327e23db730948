//! The `vocalise` command as a shell sees it: exit codes, what goes to stdout and what to stderr,
//! and which files there are afterwards.

#[path = "support/wav.rs"]
mod wav;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use vocalise::files::audio;
use vocalise::music::{Message, Meter, TempoMap, TimedMessage, midi_file};
use wav::wav;

const RATE: u32 = 22_050;

/// What a run of the command came to.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vocalise"));
    command.current_dir(folder).args(args);
    command
}

fn vocalise(folder: &Path, args: &[&str]) -> Run {
    command(folder, args).output().unwrap().into()
}

/// As [`vocalise`], for a command that must succeed without a word on stderr.
fn quietly(folder: &Path, args: &[&str]) -> String {
    let run = vocalise(folder, args);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
    run.stdout
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Something like a voice: harmonics that sink by 6 dB an octave, half a second a note.
fn hummed(keys: &[f64]) -> Vec<f32> {
    let per_note = RATE as usize / 2;
    let mut samples = Vec::new();
    for key in keys {
        let hz = 440.0 * ((key - 69.0) / 12.0).exp2();
        samples.extend((0..per_note).map(|i| {
            let phase = std::f64::consts::TAU * hz * i as f64 / f64::from(RATE);
            let tone: f64 = (1..10)
                .map(|n| (phase * f64::from(n)).sin() / f64::from(n))
                .sum();
            let edge = (i.min(per_note - i) as f64 / 400.0).min(1.0);
            (0.2 * tone * edge) as f32
        }));
    }
    samples
}

fn one_line(text: &str) -> bool {
    text.ends_with('\n') && text.matches('\n').count() == 1
}

#[test]
fn help_is_a_result() {
    let folder = folder();
    for args in [
        &["--help"][..],
        &["render", "--help"],
        &["help", "models"],
        &["--version"],
    ] {
        assert!(
            quietly(folder.path(), args).contains("vocalise"),
            "{args:?}"
        );
    }
}

#[test]
fn bad_usage_is_exit_code_2() {
    let folder = folder();
    for args in [
        &[][..],
        &["sing"],
        &["render"],
        &["render", "a.wav", "--loud"],
        &["render", "a.wav", "--genre", "polka"],
        &["render", "a.wav", "--instrument", "kazoo"],
        &["render", "a.wav", "--tempo", "NaN"],
        &["render", "a.wav", "--tempo", "0"],
        &["render", "a.wav", "--key", "H minor"],
        &["render", "a.wav", "--quantise", "1/7"],
        &["render", "a.wav", "--swing", "4"],
        &["render", "a.wav", "--tracks", "melody,kazoo"],
        &["render", "a.wav", "--response", "eventually"],
        &["render", "a.wav", "--seed", "-1"],
        &["render", "a.wav", "b.wav", "-o", "both.mid"],
    ] {
        let run = vocalise(folder.path(), args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn what_is_no_recording_fails_in_one_line_that_names_it() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("letter.wav"), "Dear diary, today I sang.").unwrap();
    fs::write(path.join("garbage.mp3"), [0x20; 5_000]).unwrap();
    fs::write(path.join("empty.flac"), "").unwrap();
    fs::write(path.join("silent.wav"), wav(RATE, &[])).unwrap();
    fs::write(path.join("header.wav"), &wav(RATE, &[0.0; 10])[..30]).unwrap();
    fs::write(path.join("slow.wav"), wav(7, &[0.0; 10])).unwrap();
    fs::write(path.join("tune.mid"), "MThd").unwrap();
    fs::create_dir(path.join("nothing")).unwrap();
    let inputs = [
        "absent.wav",
        "letter.wav",
        "garbage.mp3",
        "empty.flac",
        "silent.wav",
        "header.wav",
        "slow.wav",
        "tune.mid",
        "nothing",
    ];
    for input in inputs {
        let run = vocalise(path, &["render", input, "-o", "out"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{input}");
        assert!(
            one_line(&run.stderr) && run.stderr.contains(input),
            "{}",
            run.stderr
        );
        assert!(!path.join("out").exists(), "{input}");
    }
}

#[test]
fn every_format_renders_and_the_same_sound_gives_the_same_result() {
    let folder = folder();
    let path = folder.path();
    let tone = audio::read(&repository("tests/data/a4.flac")).unwrap();
    fs::write(
        path.join("a4.wav"),
        wav(tone.sample_rate, &tone.channels[0]),
    )
    .unwrap();
    fs::copy(repository("tests/data/a4.flac"), path.join("a4.flac")).unwrap();
    fs::copy(repository("tests/data/a4.mp3"), path.join("a4.mp3")).unwrap();
    let rendered = |name: &str| {
        let args = [
            "render",
            name,
            "-o",
            "out.mid",
            "--notes",
            "notes.tsv",
            "--f0",
            "f0.tsv",
        ];
        let line = quietly(path, &args);
        assert!(one_line(&line) && line.starts_with("out.mid: "), "{line}");
        ["out.mid", "notes.tsv", "f0.tsv"].map(|file| fs::read(path.join(file)).unwrap())
    };
    let wav = rendered("a4.wav");
    assert!(wav == rendered("a4.wav"), "a second run differs");
    assert!(wav == rendered("a4.flac"), "FLAC differs from WAV");
    let mp3 = rendered("a4.mp3");
    assert!(mp3[0].starts_with(b"MThd"));
    assert!(
        String::from_utf8_lossy(&wav[1])
            .starts_with("# onset_s\toffset_s\tmidi_pitch\tvelocity\tdecided_s\n")
    );
    assert!(String::from_utf8_lossy(&wav[2]).starts_with("# time_s\tf0_hz\n"));
}

#[test]
fn without_o_the_result_lies_beside_the_recording() {
    let folder = folder();
    fs::create_dir(folder.path().join("takes")).unwrap();
    fs::write(
        folder.path().join("takes/take.2.wav"),
        wav(RATE, &hummed(&[60.0])),
    )
    .unwrap();
    quietly(
        folder.path(),
        &["render", "takes/take.2.wav", "--tempo", "93.5"],
    );
    let midi = fs::read(folder.path().join("takes/take.2.mid")).unwrap();
    // Tempo is 60 s / 93.5 in microseconds.
    assert!(
        midi.windows(6)
            .any(|bytes| bytes == b"\xff\x51\x03\x09\xca\xaf")
    );
}

#[test]
fn numbers_that_are_none_harm_nothing() {
    let folder = folder();
    let path = folder.path();
    let mut samples = hummed(&[60.0, 64.0]);
    for (place, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38]
        .iter()
        .enumerate()
    {
        samples[3_000 + 100 * place..3_050 + 100 * place].fill(*bad);
    }
    fs::write(path.join("bad.wav"), wav(RATE, &samples)).unwrap();
    fs::write(path.join("nan.wav"), wav(RATE, &[f32::NAN; 20_000])).unwrap();
    for name in ["bad.wav", "nan.wav"] {
        let run = vocalise(path, &["render", name, "--json", "--f0", "f0.tsv"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains("not finite numbers"), "{}", run.stderr);
        let told: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(told["input"], name);
        let f0 = fs::read_to_string(path.join("f0.tsv")).unwrap();
        assert!(f0.lines().count() > 50);
        for row in f0.lines().skip(1) {
            assert!(
                row.split('\t')
                    .all(|x| x.parse::<f64>().unwrap().is_finite()),
                "{row}"
            );
        }
    }
}

#[test]
fn a_batch_goes_on_past_a_bad_file() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("takes")).unwrap();
    fs::write(path.join("takes/a.wav"), wav(RATE, &hummed(&[60.0]))).unwrap();
    fs::write(path.join("takes/b.WAV"), "no sound").unwrap();
    fs::write(path.join("takes/c.wav"), wav(RATE, &hummed(&[67.0]))).unwrap();
    fs::write(path.join("takes/readme.txt"), "not asked for").unwrap();
    let args = [
        "render",
        "takes",
        "absent.wav",
        "-o",
        "out",
        "--notes",
        "tables",
        "--f0",
        "tables",
    ];
    let run = vocalise(path, &args);
    assert_eq!(run.code, Some(1));
    let told: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(told.len(), 2, "{}", run.stdout);
    let complaints: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(complaints.len(), 3, "{}", run.stderr);
    assert!(complaints[0].contains("b.WAV") && complaints[1].contains("absent.wav"));
    assert!(
        complaints[2].contains("2 of 4 inputs failed"),
        "{}",
        complaints[2]
    );
    for written in [
        "out/a.mid",
        "out/c.mid",
        "tables/a.notes.tsv",
        "tables/c.f0.tsv",
    ] {
        assert!(path.join(written).is_file(), "{written}");
    }
    assert!(!path.join("out/b.mid").exists());

    let json = vocalise(path, &[&args[..], &["--json"]].concat());
    let objects: Vec<serde_json::Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 4);
    assert_eq!(
        objects
            .iter()
            .filter(|object| object["error"].is_string())
            .count(),
        2
    );
    let done = &objects[0];
    assert_eq!(done["note_count"], done["notes"].as_array().unwrap().len());
    assert!((done["audio_s"].as_f64().unwrap() - 0.5).abs() < 1e-3);
    assert!(done["seconds"].as_f64().unwrap() > 0.0);
    assert!(done["real_time_factor"].as_f64().unwrap() > 0.0);
}

#[test]
fn nothing_is_written_over_a_recording_or_over_another_result() {
    let folder = folder();
    let path = folder.path();
    let recording = wav(RATE, &hummed(&[60.0]));
    fs::write(path.join("a.wav"), &recording).unwrap();
    fs::write(path.join("a.wave"), &recording).unwrap();
    for outputs in [
        &["-o", "a.wav"][..],
        &["-o", "./a.wav"],
        &["--notes", "a.wav"],
        &["--notes", "same.tsv", "--f0", "same.tsv"],
    ] {
        let run = vocalise(path, &[&["render", "a.wav"], outputs].concat());
        assert_eq!(run.code, Some(1), "{outputs:?}");
        assert!(one_line(&run.stderr), "{}", run.stderr);
        assert_eq!(fs::read(path.join("a.wav")).unwrap(), recording);
    }
    let run = vocalise(path, &["render", "a.wav", "a.wave"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("a.wave: ") && run.stderr.contains("1 of 2 inputs failed"));
}

#[test]
fn a_recording_that_breaks_off_is_rendered_with_a_warning() {
    let folder = folder();
    let whole = wav(RATE, &hummed(&[60.0, 62.0]));
    fs::write(folder.path().join("cut.wav"), &whole[..whole.len() / 2]).unwrap();
    let run = vocalise(folder.path(), &["render", "cut.wav"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(one_line(&run.stdout) && one_line(&run.stderr));
    assert!(
        run.stderr.contains("cut.wav: the file is cut off"),
        "{}",
        run.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe_are_errors_and_not_panics() {
    let folder = folder();
    fs::write(folder.path().join("a.wav"), wav(RATE, &hummed(&[60.0]))).unwrap();
    let full = || {
        Stdio::from(
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    for args in [&["render", "a.wav"][..], &["models"]] {
        let run: Run = command(folder.path(), args)
            .stdout(full())
            .output()
            .unwrap()
            .into();
        assert_eq!(run.code, Some(1), "{args:?}");
        assert!(one_line(&run.stderr), "{}", run.stderr);
    }
    let run: Run = command(folder.path(), &["render", "absent.wav"])
        .stderr(full())
        .output()
        .unwrap()
        .into();
    assert_eq!(run.code, Some(1));
    let run = vocalise(folder.path(), &["render", "a.wav", "-o", "/dev/full"]);
    assert_eq!(run.code, Some(1));
    assert!(
        one_line(&run.stderr) && run.stderr.contains("/dev/full"),
        "{}",
        run.stderr
    );
}

#[test]
fn models_are_listed_and_a_bad_pack_is_refused() {
    let folder = folder();
    let own = quietly(folder.path(), &["models"]);
    let models = repository("models");
    assert_eq!(
        quietly(folder.path(), &["models", models.to_str().unwrap()]),
        own
    );
    assert!(
        own.lines()
            .any(|line| line.contains("pitch.onnx") && line.ends_with("verified"))
    );
    let run = vocalise(folder.path(), &["models", "."]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(
        one_line(&run.stderr) && run.stderr.contains("pack.toml"),
        "{}",
        run.stderr
    );
}

/// The rows of a table, as numbers.
fn rows(path: &Path) -> Vec<Vec<f64>> {
    let table = fs::read_to_string(path).unwrap();
    let row = |line: &str| line.split('\t').map(|x| x.parse().unwrap()).collect();
    table.lines().skip(1).map(row).collect()
}

/// With hindsight nearly every note of the phrase is found, at its pitch and on its onset, both in the
/// table and in the MIDI file.
#[test]
fn a_take_is_read_again_with_hindsight() {
    let folder = folder();
    let phrase = repository("models/golden/phrase.flac");
    let args = [
        "render",
        phrase.to_str().unwrap(),
        "--mode",
        "refined",
        "--notes",
        "n.tsv",
        "-o",
        "n.mid",
    ];
    quietly(folder.path(), &args);
    let found = rows(&folder.path().join("n.tsv"));
    let truth = rows(&repository("models/golden/phrase.notes.tsv"));
    let hit = |sung: &Vec<f64>| {
        let near = |n: &&Vec<f64>| (n[0] - sung[0]).abs() < 0.05 && (n[2] - sung[2]).abs() < 0.5;
        found.iter().any(|n| near(&n))
    };
    let hits = truth.iter().filter(|sung| hit(sung)).count();
    assert!(
        hits * 10 >= truth.len() * 8 && found.len() <= truth.len() + 3,
        "{hits} of {} notes among {}",
        truth.len(),
        found.len()
    );
    let midi = fs::read(folder.path().join("n.mid")).unwrap();
    let strikes = |message: u8| midi.iter().filter(|byte| **byte == message).count();
    assert!(strikes(0x90) >= found.len(), "every note is struck");
}

/// What was decided at a time may not depend on what was sung after it: the recording cut off at
/// a note's `decided_s` gives that note again (but for its end), and the pitch track up to there.
#[test]
fn nothing_is_decided_from_what_is_yet_to_come() {
    let folder = folder();
    let path = folder.path();
    let sung = audio::read(&repository("models/golden/phrase.flac")).unwrap();
    let rate = f64::from(sung.sample_rate);
    let samples = &sung.channels[0];
    let heard = |length: usize| {
        fs::write(
            path.join("a.wav"),
            wav(sung.sample_rate, &samples[..length]),
        )
        .unwrap();
        let args = [
            "render",
            "a.wav",
            "--response",
            "fast",
            "--notes",
            "n.tsv",
            "--f0",
            "f.tsv",
        ];
        quietly(path, &args);
        (rows(&path.join("n.tsv")), rows(&path.join("f.tsv")))
    };
    let (notes, f0) = heard(samples.len());
    assert!(f0.len() > 100);
    let mut cuts: Vec<f64> = notes.iter().map(|note| note[4]).collect();
    cuts.extend([1.0, 2.5]);
    for cut_s in cuts {
        let (cut_notes, cut_f0) = heard((cut_s * rate).round() as usize);
        let decided: Vec<_> = notes.iter().filter(|note| note[4] <= cut_s).collect();
        for (note, again) in decided.iter().zip(&cut_notes) {
            assert_eq!(note[0], again[0], "onset, cut at {cut_s}");
            assert_eq!(
                note[2..],
                again[2..],
                "pitch, velocity, decided_s, cut at {cut_s}"
            );
        }
        assert!(
            cut_notes.len() >= decided.len(),
            "a note is missing, cut at {cut_s}"
        );
        // The front end and the network lag behind by far less than this.
        let sure = f0.iter().take_while(|point| point[0] < cut_s - 0.2);
        assert!(
            sure.zip(&cut_f0).all(|(point, again)| point == again),
            "cut at {cut_s}"
        );
    }
}

/// The onsets (in seconds) and keys of the melody in a MIDI file.
fn melody_of(path: &Path) -> Vec<(f64, u8)> {
    let melody = midi_file::read(&fs::read(path).unwrap()).unwrap();
    melody.notes.iter().map(|n| (n.onset_s, n.key())).collect()
}

/// Straight eighths at 120 BPM, one of them outside C major.
fn write_tune(path: &Path) {
    let keys = [
        60, 62, 64, 65, 67, 66, 67, 69, 71, 72, 71, 69, 67, 65, 64, 60,
    ];
    let mut messages = Vec::new();
    for (n, key) in (0..).zip(keys) {
        for (position, message) in [
            (n * 250, Message::note_on(0, key, 0.8)),
            (n * 250 + 220, Message::note_off(0, key, 0.0)),
        ] {
            messages.push(TimedMessage { position, message });
        }
    }
    let map = TempoMap::constant(120.0, Meter::COMMON);
    let file = midi_file::write(&messages, 1_000.0, &map, &[]).unwrap();
    fs::write(path, file).unwrap();
}

#[test]
fn a_melody_out_of_a_midi_file_is_put_into_key_and_feel() {
    let folder = folder();
    let path = folder.path();
    write_tune(&path.join("tune.mid"));
    let play = |flags: &[&str]| {
        let out = ["render", "tune.mid", "-o", "out.mid", "--notes", "out.tsv"];
        quietly(path, &[&out[..], flags].concat());
        melody_of(&path.join("out.mid"))
    };
    let as_written = melody_of(&path.join("tune.mid"));
    assert_eq!(play(&[]), as_written);
    let snapped = play(&["--key", "C major", "--snap", "adjust"]);
    assert!(
        [65, 67].contains(&snapped[5].1),
        "F sharp in C major: {snapped:?}"
    );
    assert_eq!(play(&["--key", "C", "--snap", "remove"]).len(), 15);
    let jazz = play(&["--genre", "jazz", "--feel", "1"]);
    let ratio = (jazz[1].0 - jazz[0].0) / (jazz[2].0 - jazz[1].0);
    assert!(ratio >= 1.4, "{ratio}");
    let run = vocalise(path, &["render", "tune.mid", "--f0", "out.tsv"]);
    assert_eq!(run.code, Some(1));
    assert!(
        one_line(&run.stderr) && run.stderr.contains("recording"),
        "{}",
        run.stderr
    );
    quietly(path, &["render", "tune.mid"]);
    assert_eq!(melody_of(&path.join("tune.vocalise.mid")), as_written);
}

#[test]
fn the_tempo_of_a_recording_is_found_and_its_notes_are_drawn_to_it() {
    let folder = folder();
    let path = folder.path();
    // Half a second a note: 120 BPM, or 60.
    let tune = hummed(&[
        60.0, 62.0, 64.0, 65.0, 67.0, 65.0, 64.0, 62.0, 60.0, 64.0, 67.0, 60.0,
    ]);
    fs::write(path.join("tune.wav"), wav(RATE, &tune)).unwrap();
    let flags = [
        "--tempo",
        "auto",
        "--quantise",
        "1/8",
        "--mode",
        "refined",
        "--json",
    ];
    let out = quietly(path, &[&["render", "tune.wav"], &flags[..]].concat());
    let out: serde_json::Value = serde_json::from_str(&out).unwrap();
    let octaves = (out["tempo_bpm"].as_f64().unwrap() / 120.0).log2();
    assert!((octaves - octaves.round()).abs() < 0.06, "{out}");
    assert!(out["key"].is_string(), "{out}");
}
