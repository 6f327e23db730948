//! The program as a user starts it, on machines with sound and without.

#[path = "../../tests/editor/screen.rs"]
#[allow(dead_code, reason = "not every test program uses every hand")]
mod screen;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use vocalise::files::audio;
use vocalise::music::{TempoMap, midi_file};
use vocalise::voice::offline::{Settings, render};

/// Silence that the program adds to a recording, in seconds.
const TAIL_S: usize = 2;
/// Its block.
const BLOCK: usize = 256;

fn app(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vocalise-app"));
    command.arg("--settings").arg(folder.join("app.toml"));
    command.env("XDG_DATA_HOME", folder);
    // No server of the machine's own is to be in the way.
    command.env("JACK_DEFAULT_SERVER", "vocalise-test-none");
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn phrase() -> PathBuf {
    root().join("models/golden/phrase.flac")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether this machine has a microphone.
fn has_sound(folder: &Path) -> bool {
    let listed = app(folder).arg("--list").output().expect("it starts");
    assert!(listed.status.success());
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("MIDI outputs"), "{listed}");
    !listed.contains("Inputs (ALSA)\n  none")
}

#[test]
fn a_machine_without_sound_is_told_so_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    if has_sound(folder.path()) {
        eprintln!("skipped: there is a microphone");
        return;
    }
    let output = app(folder.path())
        .args(["--no-window", "--seconds", "1"])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("microphone"), "{said}");
}

#[test]
fn an_unknown_name_is_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = app(folder.path())
        .args(["--no-window", "--input", "no such microphone"])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("no such microphone"), "{said}");
}

#[test]
fn a_broken_settings_file_keeps_nobody_from_singing() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("app.toml"), "[audio\n").expect("a file");
    let output = app(folder.path())
        .args(["--no-window", "--midi", "none", "--seconds", "1", "--play"])
        .arg(phrase())
        .output()
        .expect("it starts");
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(
        said.lines()
            .next()
            .is_some_and(|l| l.contains("broken in line 1")),
        "{said}"
    );
}

/// Onset in ticks and key of every note, by onset.
fn notes(bytes: &[u8]) -> Vec<(u32, u8)> {
    let file = midly::Smf::parse(bytes).expect("a MIDI file");
    let mut notes = Vec::new();
    for track in &file.tracks {
        let mut tick = 0;
        for event in track {
            tick += event.delta.as_int();
            if let midly::TrackEventKind::Midi { message, .. } = event.kind
                && let midly::MidiMessage::NoteOn { key, vel } = message
                && vel > 0
            {
                notes.push((tick, key.as_int()));
            }
        }
    }
    notes.sort_unstable();
    notes
}

#[test]
fn a_recording_gives_the_command_lines_notes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("out.mid");
    let output = app(folder.path())
        .args(["--no-window", "--fast", "--midi", "none", "--midi-file"])
        .arg(&file)
        .arg("--play")
        .arg(phrase())
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{}", said(&output));
    let sent = notes(&std::fs::read(&file).expect("the file was written"));

    let phrase = audio::read(&phrase()).expect("the phrase is part of the project");
    let mut samples = phrase.channels[0].clone();
    let len = samples.len() + TAIL_S * phrase.sample_rate as usize;
    samples.resize(len.next_multiple_of(BLOCK), 0.0);
    let rate = f64::from(phrase.sample_rate);
    let heard = render(&[samples], rate, &Settings::default(), &mut |_| {}).expect("it renders");
    let tempo = TempoMap::constant(120.0, Default::default());
    let expected = midi_file::write(&heard.messages, rate, &tempo, &[]).expect("a file");
    assert!(sent.len() > 10, "{sent:?}");
    assert_eq!(sent, notes(&expected));
}

#[test]
fn the_window_opens_plays_and_remembers() {
    if screen::is_left_out() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("out.mid");
    let screen = screen::Screen::start().expect("the screen starts");
    // A window that comes while the window manager begins may never be shown.
    std::thread::sleep(Duration::from_secs(2));
    let mut app = app(folder.path())
        .env("DISPLAY", &screen.display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .args(["--tempo", "96", "--meter", "6/8", "--midi-file"])
        .arg(&file)
        .arg("--play")
        .arg(phrase())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_secs(10));
    let ended = app.try_wait().expect("its state");
    assert_eq!(ended, None, "the window did not stay");
    let shots = root().join("target/screenshots");
    std::fs::create_dir_all(&shots).expect("the folder for screenshots");
    let shot = shots.join("app.png");
    let taken = screen.screenshot("Vocalise", &shot);
    // The checkbox of the click, which is remembered.
    let clicked = screen.click("Vocalise", CLICK.0, CLICK.1);
    std::thread::sleep(Duration::from_secs(1));
    // As the end of a session asks it.
    let asked = Command::new("kill").arg(app.id().to_string()).status();
    assert!(asked.is_ok_and(|status| status.success()));
    let status = app.wait().expect("it ends");
    taken.expect("a screenshot");
    clicked.expect("a click");
    assert!(status.success());
    let notes = notes(&std::fs::read(&file).expect("the file was written"));
    assert!(notes.len() > 5, "{notes:?}");
    // Nobody saved the take.
    let kept = folder.path().join("vocalise/last take.mid");
    assert!(std::fs::read(&kept).is_ok_and(|kept| kept.starts_with(b"MThd")));
    let settings = std::fs::read_to_string(folder.path().join("app.toml")).expect("settings");
    assert!(
        settings.contains("click = true"),
        "{settings}, see {}",
        shot.display()
    );
    // What the command line said was for once.
    assert!(settings.contains("tempo = 120.0"), "{settings}");
}

/// The middle of the click's checkbox, in pixels of the window.
const CLICK: (i32, i32) = (452, 20);

/// Where the README's walk presses, in pixels of the window whose devices are shown.
mod walk {
    pub const GENRE: (i32, i32) = (450, 169);
    pub const JAZZ: (i32, i32) = (431, 359);
    pub const STOP: (i32, i32) = (38, 21);
    pub const QUANTISE: (i32, i32) = (228, 246);
    pub const REFINE: (i32, i32) = (297, 246);
    pub const SAVE_AS: (i32, i32) = (499, 246);
    pub const SAVE: (i32, i32) = (422, 292);
}

#[test]
fn the_walk_of_the_readme_ends_in_a_file() {
    if screen::is_left_out() {
        return;
    }
    let home = tempfile::tempdir().expect("a home");
    let music = format!(
        "XDG_MUSIC_DIR=\"{}\"\n",
        home.path().join("Music").display()
    );
    std::fs::write(home.path().join("user-dirs.dirs"), music).expect("folders of its own");
    let screen = screen::Screen::start().expect("the screen starts");
    std::thread::sleep(Duration::from_secs(2));
    let shots = root().join("target/screenshots");
    std::fs::create_dir_all(&shots).expect("the folder for screenshots");
    let began = std::time::Instant::now();
    let mut app = app(home.path())
        .env("DISPLAY", &screen.display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("XDG_CONFIG_HOME", home.path())
        .args(["--tempo", "143"])
        .arg("--play")
        .arg(phrase())
        .spawn()
        .expect("it starts");
    let step = |at: (i32, i32), wait_s: u64, name: &str| {
        let clicked = screen.click("Vocalise", at.0, at.1);
        std::thread::sleep(Duration::from_secs(wait_s));
        let shot = shots.join(format!("walk-{name}.png"));
        clicked.and_then(|()| screen.screenshot("Vocalise", &shot))
    };
    std::thread::sleep(Duration::from_secs(3));
    let walked = step(walk::GENRE, 1, "1-genre")
        .and_then(|()| step(walk::JAZZ, 9, "2-sing"))
        .and_then(|()| step(walk::STOP, 1, "3-stop"))
        .and_then(|()| step(walk::REFINE, 4, "4-refine"))
        .and_then(|()| step(walk::QUANTISE, 1, "5-quantise"))
        .and_then(|()| step(walk::SAVE_AS, 1, "6-save-as"))
        .and_then(|()| step(walk::SAVE, 1, "7-save"));
    let took = began.elapsed();
    let _ = app.kill();
    let _ = app.wait();
    walked.expect("every step is pressed");
    let file = home.path().join("Music/Vocalise/take 1.mid");
    let bytes = std::fs::read(&file).expect("the walk ends in a file");
    let smf = midly::Smf::parse(&bytes).expect("a MIDI file");
    let tracks = smf.tracks.iter().filter(|track| {
        let note = |event: &midly::TrackEvent<'_>| {
            let midly::TrackEventKind::Midi { message, .. } = event.kind else {
                return false;
            };
            matches!(message, midly::MidiMessage::NoteOn { .. })
        };
        track.iter().any(note)
    });
    assert!(tracks.count() >= 4, "melody, chords, bass and drums");
    eprintln!("the walk took {:.0} s", took.as_secs_f64());
}
