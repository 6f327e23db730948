//! `vocalise render`: each recording through the engine, and the results into files.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use vocalise::files::{audio, tsv};
use vocalise::music::{Key, Meter, TempoMap, midi_file};
use vocalise::nn::Pack;
use vocalise::voice::offline::{self, Settings, Song};
use vocalise::voice::{song_fit, take};

use super::args::{Mode, Plan, Render, Tempo, tempo_map};
use super::job::{Job, Outputs, jobs};
use super::outcome::{Failure, Outcome, text};
use super::{complain, one_line};

/// Notes of which a tempo is expected; with less there is nothing to make a band of.
const ENOUGH_NOTES: usize = 8;
/// Steps of the progress bar.
const STEPS: u64 = 1_000;

/// Renders every input. One that fails is told of and does not stop the others.
pub fn run(args: &Render) -> anyhow::Result<()> {
    let plan = args.plan()?;
    let jobs = jobs(args)?;
    // Loaded when the first recording needs it: a misspelt name should be told of at once.
    let mut pack = None;
    let mut failed = 0;
    for (index, job) in jobs.iter().enumerate() {
        let bar = progress_bar(job, index, jobs.len());
        let outcome = one(job, &plan, &mut pack, &bar);
        bar.finish_and_clear();
        match outcome {
            Ok(outcome) => {
                for warning in &outcome.warnings {
                    complain(&format!("{}: {warning}", outcome.input));
                }
                let line = if args.json {
                    serde_json::to_string(&outcome)?
                } else {
                    one_line(&outcome.to_string())
                };
                print(&line)?;
            }
            Err(error) => {
                failed += 1;
                let error = format!("{error:#}");
                if args.json {
                    let failure = Failure {
                        input: text(&job.input),
                        error: one_line(&error),
                    };
                    print(&serde_json::to_string(&failure)?)?;
                }
                let line = format!("{}: {error}", job.input.display());
                if jobs.len() == 1 {
                    return Err(anyhow!(line));
                }
                complain(&line);
            }
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(anyhow!(
            "{failed} of {} inputs failed, the others are done",
            jobs.len()
        )),
    }
}

/// Writes a line to stdout.
fn print(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("the result cannot be written to stdout")
}

/// One recording, from file to files.
fn one(
    job: &Job,
    plan: &Plan,
    pack: &mut Option<Pack>,
    bar: &ProgressBar,
) -> anyhow::Result<Outcome> {
    let outputs = job.outputs.as_ref().map_err(|reason| anyhow!("{reason}"))?;
    let began = Instant::now();
    let rendered = if job.is_melody() {
        melody(job, outputs, plan, pack)?
    } else {
        recording(job, plan, pack, bar)?
    };
    write_files(outputs, &rendered, plan)?;

    let seconds = began.elapsed().as_secs_f64();
    let Rendered {
        rendering, audio_s, ..
    } = &rendered;
    Ok(Outcome {
        input: text(&job.input),
        output: text(&outputs.midi),
        note_count: rendering.notes.len(),
        message_count: rendering.messages.len(),
        notes: rendering.notes.iter().map(Into::into).collect(),
        tempo_bpm: rendered.tempo_bpm,
        key: rendered.key.map(|key| key.to_string()),
        audio_s: *audio_s,
        seconds,
        real_time_factor: audio_s / seconds.max(1e-9),
        warnings: rendered.warnings,
    })
}

/// What became of an input.
struct Rendered {
    rendering: offline::Rendering,
    tempo_map: TempoMap,
    /// The song's tempo, found or given.
    tempo_bpm: Option<f64>,
    /// The key, found or given.
    key: Option<Key>,
    /// Length of the input in seconds.
    audio_s: f64,
    /// What was wrong although it could be used.
    warnings: Vec<String>,
}

/// A recording through the engine; twice where its tempo has to be found first.
fn recording(
    job: &Job,
    plan: &Plan,
    pack: &mut Option<Pack>,
    bar: &ProgressBar,
) -> anyhow::Result<Rendered> {
    let recording = audio::read(&job.input)?;
    let sample_rate = f64::from(recording.sample_rate);
    let pack = loaded(pack)?;
    let mut progress = |done: f32| bar.set_position((f64::from(done) * STEPS as f64) as u64);
    let mut warnings: Vec<String> = recording.warnings.iter().map(ToString::to_string).collect();
    let channels = &recording.channels;
    let given = match plan.tempo {
        Tempo::Given(bpm) => Some(Song::at(bpm, Meter::COMMON)),
        Tempo::Unsaid | Tempo::Auto => None,
    };
    let mut settings = Settings {
        song: given,
        ..plan.settings
    };
    let hear = match plan.mode {
        Mode::Live => offline::render_with,
        Mode::Refined => offline::reheard,
    };
    let mut rendering = hear(pack, channels, sample_rate, &settings, &mut progress)?;
    if given.is_none() {
        settings.song = song_fit::song_of(&rendering.notes);
        let enough = rendering.notes.len() >= ENOUGH_NOTES || plan.tempo == Tempo::Auto;
        if settings.song.is_none() && enough {
            let reason = "no tempo can be heard in it: only the melody is written, at 120";
            warnings.push(reason.to_owned());
        }
        // Live, the band cannot know before the song's tempo is known.
        if settings.song.is_some() && plan.mode == Mode::Live {
            rendering = hear(pack, channels, sample_rate, &settings, &mut progress)?;
        }
    }
    if plan.mode == Mode::Refined {
        rendering.messages = take::messages(pack, &rendering.notes, sample_rate, &settings)?;
    }
    let song = settings.song;
    Ok(Rendered {
        key: take::key_of(&rendering.notes, &plan.settings).map(|found| found.key),
        rendering,
        tempo_map: tempo_map(song),
        tempo_bpm: song.map(|song| song.bpm),
        audio_s: recording.duration_s(),
        warnings,
    })
}

/// The pack, loaded when the first input needs it.
fn loaded(pack: &mut Option<Pack>) -> anyhow::Result<&Pack> {
    Ok(match pack {
        Some(pack) => pack,
        None => pack.insert(Pack::factory()?),
    })
}

/// A melody out of a MIDI file, which skips the audio side.
fn melody(
    job: &Job,
    outputs: &Outputs,
    plan: &Plan,
    pack: &mut Option<Pack>,
) -> anyhow::Result<Rendered> {
    if outputs.f0.is_some() {
        bail!("--f0 needs a recording: a MIDI file has no pitch track");
    }
    let bytes = std::fs::read(&job.input).context("the file cannot be read")?;
    let mut melody = midi_file::read(&bytes)?;
    if let Tempo::Given(bpm) = plan.tempo {
        melody.set_tempo(bpm);
    }
    let rendering = take::arrange(loaded(pack)?, &melody, &plan.settings)?;
    Ok(Rendered {
        key: take::key_of(&melody.notes, &plan.settings).map(|found| found.key),
        audio_s: melody.notes.iter().map(|n| n.offset_s).fold(0.0, f64::max),
        rendering,
        tempo_bpm: melody.tempo_map.tempos().first().map(|tempo| tempo.bpm()),
        tempo_map: melody.tempo_map,
        warnings: Vec::new(),
    })
}

fn write_files(outputs: &Outputs, rendered: &Rendered, plan: &Plan) -> anyhow::Result<()> {
    let rendering = &rendered.rendering;
    let parts = plan.tracks.iter().map(|track| midi_file::Part {
        channel: track.channel(),
        name: track.name().to_owned(),
        program: Some(rendering.instrument(*track, &plan.settings).program()),
    });
    let parts: Vec<midi_file::Part> = parts.collect();
    let channels: Vec<u8> = parts.iter().map(|part| part.channel).collect();
    let mut messages = rendering.messages.clone();
    messages.retain(|timed| channels.contains(&timed.message.channel()));
    let midi = midi_file::write_in_key(
        &messages,
        rendering.sample_rate,
        &rendered.tempo_map,
        rendered.key,
        &parts,
    )?;
    write(&outputs.midi, |out| out.write_all(&midi))?;
    if let Some(path) = &outputs.notes {
        write(path, |out| tsv::write_notes(out, &rendering.notes))?;
    }
    if let Some(path) = &outputs.f0 {
        let points = rendering.f0.iter().map(|point| (point.time_s, point.hz));
        write(path, |out| tsv::write_f0(out, points))?;
    }
    Ok(())
}

/// Writes a file, making its folder first where there is none.
fn write(
    path: &Path,
    body: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let written = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut out = BufWriter::new(File::create(path)?);
        body(&mut out)?;
        out.flush()
    };
    written().with_context(|| format!("{} cannot be written", path.display()))
}

/// A bar on stderr where that is a terminal, else nothing.
fn progress_bar(job: &Job, index: usize, count: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(STEPS);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} % {eta}") {
        bar.set_style(style);
    }
    let name = job.input.file_name().unwrap_or_default().to_string_lossy();
    let name = one_line(&name);
    bar.set_message(if count > 1 {
        format!("[{}/{count}] {name}", index + 1)
    } else {
        name
    });
    bar
}
