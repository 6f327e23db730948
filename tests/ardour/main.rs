//! The plugin in Ardour, without a screen: a recording plays on an audio track
//! with the plugin, and its notes are recorded on a MIDI track.
//!
//! Skips with a line on stderr where Ardour 7 is not installed.

#[path = "../bundles/mod.rs"]
mod bundles;
#[path = "../support/wav.rs"]
mod wav;

use anyhow::{Context, Result, ensure};
use headless::{Message, Script, play};
use midly::{MidiMessage, Smf, Timing, TrackEventKind};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use wav::wav;

/// Where Debian puts Ardour's libraries and its plugin scanner.
const ARDOUR: &str = "/usr/lib/ardour7";
/// Where the recording starts in the song, in seconds.
const START: f64 = 1.0;
/// How far a note may be from where it is in a bounce, in seconds.
const TOLERANCE: f64 = 0.030;
/// A busy machine may drop frames, which is allowed: then the next attempt decides.
const ATTEMPTS: usize = 3;

/// The voice's and the session's rate in Hz.
const RATE: f64 = 44_100.0;
/// What the voice sings.
const KEYS: [u8; 10] = [57, 60, 64, 62, 65, 59, 67, 64, 60, 57];

/// A note-on: seconds, channel from 0, key.
type Strike = (f64, u8, u8);

#[test]
fn ardour_records_the_notes_of_a_bounce() {
    let scanner = Path::new(ARDOUR).join("ardour-vst3-scanner");
    if !scanner.exists() {
        eprintln!("skipped: Ardour 7 is missing, run `apt-get install ardour`");
        return;
    }
    let Some(bundle) = bundles::bundle(bundles::VST3) else {
        return;
    };
    let (voice, rate) = (steady_voice(), RATE);
    // In Ardour the transport plays, and the band plays along by it; the melody is the same.
    let melody = |mut strikes: Vec<Strike>| {
        strikes.retain(|(_, channel, _)| *channel == 0);
        strikes
    };
    let wanted = melody(bounced(&bundle, &voice, rate));
    assert_eq!(
        wanted.len(),
        KEYS.len(),
        "the voice is plain enough: {wanted:?}"
    );

    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        let home = tempfile::tempdir().expect("a temporary folder");
        fs::write(home.path().join("voice.wav"), wav(RATE as u32, &voice)).expect("a file in it");
        let heard = recorded(home.path(), &scanner, &bundle, voice.len(), rate);
        match heard.and_then(|heard| compare(&wanted, &melody(heard))) {
            Ok(()) => return,
            Err(error) => last = format!("{error:#}"),
        }
        eprintln!("attempt failed: {last}");
    }
    panic!("never in {ATTEMPTS} attempts; the last: {last}");
}

/// A voice without doubts: steady notes of 0.45 s with rests between them. In Ardour the frames lie
/// elsewhere in the voice than in a bounce, and what is doubtful may be decided otherwise.
fn steady_voice() -> Vec<f32> {
    let (note, rest) = ((0.45 * RATE) as usize, (0.3 * RATE) as usize);
    let mut voice = vec![0.0; rest];
    for key in KEYS {
        let hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        voice.extend((0..note).map(|n| {
            let phase = std::f64::consts::TAU * hz * n as f64 / RATE;
            let tone: f64 = (1..12)
                .map(|h| (phase * f64::from(h)).sin() / f64::from(h))
                .sum();
            let edge = (n.min(note - n) as f64 / (0.015 * RATE)).min(1.0);
            (0.2 * tone * edge) as f32
        }));
        voice.extend(std::iter::repeat_n(0.0, rest));
    }
    voice
}

/// The notes of a bounce, as they would be in the song.
fn bounced(bundle: &Path, voice: &[f32], rate: f64) -> Vec<Strike> {
    let mut host = headless::open(bundle).expect("the bundle opens");
    let script = Script::offline(rate, vec![voice.to_vec()]);
    let heard = play(host.as_mut(), &script).expect("the bounce works");
    let strikes = heard.events.iter().filter_map(|event| match event.message {
        Message::NoteOn { channel, key, .. } => {
            Some((event.position as f64 / rate + START, channel, key))
        }
        _ => None,
    });
    strikes.collect()
}

/// The notes that Ardour recorded, with `home` in place of the user's own.
fn recorded(
    home: &Path,
    scanner: &Path,
    bundle: &Path,
    length: usize,
    rate: f64,
) -> Result<Vec<Strike>> {
    let installed = home.join(".vst3/Vocalise.vst3");
    copy_folder(bundle, &installed)?;
    run(Command::new(scanner)
        .args(["-f", "-v"])
        .arg(&installed)
        .env("LD_LIBRARY_PATH", ARDOUR)
        .env("HOME", home))?;
    let session = home.join("session");
    let mut said = String::new();
    for step in ["make", "record"] {
        said += &run(Command::new("ardour7-lua")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ardour/session.lua"))
            .env("HOME", home)
            .env("VOCALISE_STEP", step)
            .env("VOCALISE_SESSION", &session)
            .env("VOCALISE_PLUGIN", "Vocalise")
            .env("VOCALISE_RECORDING", home.join("voice.wav"))
            .env("VOCALISE_RATE", format!("{rate:.0}"))
            .env("VOCALISE_LENGTH", length.to_string())
            .env("VOCALISE_START", format!("{:.0}", START * rate)))?;
    }
    let folder = session.join("interchange/session/midifiles");
    let files = fs::read_dir(&folder).with_context(|| format!("nothing was recorded:\n{said}"))?;
    let file = files.flatten().next();
    let file = file.with_context(|| format!("nothing was recorded:\n{said}"))?;
    strikes(&fs::read(file.path())?)
}

/// The note-ons of a MIDI file in Ardour's tempo, 120 quarter notes a minute.
fn strikes(bytes: &[u8]) -> Result<Vec<Strike>> {
    let smf = Smf::parse(bytes)?;
    let Timing::Metrical(ticks) = smf.header.timing else {
        anyhow::bail!("the recorded file counts in frames");
    };
    let seconds = 0.5 / f64::from(ticks.as_int());
    let mut strikes = Vec::new();
    for track in &smf.tracks {
        let mut now = 0u64;
        for event in track {
            now += u64::from(event.delta.as_int());
            if let TrackEventKind::Midi { channel, message } = event.kind
                && let MidiMessage::NoteOn { key, vel } = message
                && vel > 0
            {
                strikes.push((now as f64 * seconds, channel.as_int(), key.as_int()));
            }
        }
    }
    strikes.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(strikes)
}

/// All notes but the first: Ardour loses one that comes as recording starts.
fn compare(wanted: &[Strike], heard: &[Strike]) -> Result<()> {
    let wanted = &wanted[1..];
    let skipped = heard.len().saturating_sub(wanted.len());
    let heard = &heard[skipped..];
    let keys = |strikes: &[Strike]| -> Vec<(u8, u8)> {
        strikes.iter().map(|strike| (strike.1, strike.2)).collect()
    };
    ensure!(
        keys(wanted) == keys(heard),
        "other notes: {heard:?} and not {wanted:?}"
    );
    for (wanted, heard) in wanted.iter().zip(heard) {
        let apart = heard.0 - wanted.0;
        ensure!(
            apart.abs() <= TOLERANCE,
            "key {} comes at {:.3} s, {:.0} ms from the bounce",
            heard.2,
            heard.0,
            apart * 1e3
        );
    }
    Ok(())
}

/// Runs to the end and gives what was said on both outputs.
fn run(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{} does not run", command.get_program().display()))?;
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said += &String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{} ended with {}:\n{said}",
        command.get_program().display(),
        output.status
    );
    Ok(said)
}

/// Copies a bundle, with times in the past: Ardour takes a scan for outdated
/// unless it is later than the file by a second.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let source: PathBuf = entry?.path();
        let target = to.join(source.file_name().context("a file has a name")?);
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
            let past = SystemTime::now() - Duration::from_secs(3_600);
            fs::File::options()
                .write(true)
                .open(&target)?
                .set_modified(past)?;
        }
    }
    Ok(())
}
