//! The `headless` command: plays audio into a plugin and shows what it heard.

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use headless::{Blocks, Heard, Host, Move, Param, Script, Transport, key_name, picture};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Plays audio into a CLAP or VST3 plugin and shows what it heard.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a file into a plugin.
    Play(Play),
    /// Show ports, parameters and latency of a plugin.
    Info {
        /// A .clap file or a .vst3 bundle.
        plugin: PathBuf,
    },
}

#[derive(Args)]
struct Play {
    /// A .clap file or a .vst3 bundle.
    plugin: PathBuf,
    /// A WAV or FLAC file of one channel or two.
    audio: PathBuf,
    /// Write what was heard into a MIDI file.
    #[arg(long, value_name = "OUT.mid")]
    midi: Option<PathBuf>,
    /// Draw what was heard.
    #[arg(long, value_name = "OUT.png")]
    picture: Option<PathBuf>,
    /// Pitch track for the picture: time_s, tab, f0_hz; unvoiced is 0 or less.
    #[arg(long, value_name = "FILE.tsv")]
    f0: Option<PathBuf>,
    /// Samples in a block.
    #[arg(long, value_name = "N", default_value_t = 512, allow_negative_numbers = true,
          value_parser = |text: &str| number(text, 1..=65_536_usize))]
    block: usize,
    /// Sample rate to run at, the file's own if not given.
    #[arg(long, value_name = "HZ", allow_negative_numbers = true,
          value_parser = |text: &str| number(text, 1_000..=768_000_u32))]
    rate: Option<u32>,
    /// Perform at the pace of a sound card instead of bouncing.
    #[arg(long)]
    realtime: bool,
    /// Song position of the first sample in quarter notes, where there is a tempo.
    #[arg(
        long,
        value_name = "QUARTERS",
        default_value_t = 0.0,
        requires = "tempo"
    )]
    at: f64,
    /// Play the host's clock at this tempo; without it there is none.
    #[arg(long, value_name = "BPM", allow_negative_numbers = true,
          value_parser = |text: &str| number(text, 1.0..=1_000.0))]
    tempo: Option<f64>,
    /// Silence after the audio, in seconds.
    #[arg(long, value_name = "S", default_value_t = 2.0, allow_negative_numbers = true,
          value_parser = |text: &str| number(text, 0.0..=600.0))]
    tail: f64,
    /// Set a parameter before the first sample.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// Print only the notes, tab-separated.
    #[arg(long)]
    notes: bool,
}

/// A number in `range`; nothing that is not a number lies in one.
fn number<T: FromStr + PartialOrd + Display>(
    text: &str,
    range: RangeInclusive<T>,
) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (least, most) = range.into_inner();
        format!("a number from {least} to {most} is wanted")
    })
}

/// A parameter's name and its value.
fn assignment(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is wanted")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What was asked; a request that makes no sense ends the program with one line and exit code 2.
fn arguments() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        let text = error.to_string();
        let first: Vec<&str> = text
            .lines()
            .take_while(|line| !line.is_empty())
            .map(str::trim)
            .collect();
        let said = first.join(" ");
        eprintln!(
            "headless: {}",
            said.strip_prefix("error: ").unwrap_or(&said)
        );
        std::process::exit(2);
    })
}

fn main() {
    let result = match arguments().command {
        Command::Play(play) => run_play(&play),
        Command::Info { plugin } => run_info(&plugin),
    };
    if let Err(error) = result {
        eprintln!("headless: {error:#}");
        std::process::exit(1);
    }
}

fn run_play(args: &Play) -> Result<()> {
    let (audio, file_rate) = headless::audio_file::read(&args.audio)?;
    let rate = args.rate.unwrap_or(file_rate);
    let audio = headless::audio_file::resample(&audio, file_rate, rate)?;
    let rate = f64::from(rate);
    let mut script = if args.realtime {
        Script::live(rate, audio)
    } else {
        Script::offline(rate, audio)
    };
    script.blocks = Blocks::Fixed(args.block);
    script.tail = args.tail;
    let end = script.input_len() as i64;
    script.transport = args.tempo.map(|tempo| {
        let start = Transport::stopped(tempo).then(0, Move::Jump(args.at));
        start.then(0, Move::Play).then(end, Move::Stop)
    });
    for (name, value) in &args.set {
        script = script.set(0, name, value.as_str().into());
    }

    let mut host = headless::open(&args.plugin)?;
    set_before(host.as_mut(), &mut script)?;
    let started = Instant::now();
    let heard = headless::play(host.as_mut(), &script)?;
    let took = started.elapsed();
    if args.notes {
        print_notes_tsv(&heard);
    } else {
        print_report(host.as_ref(), args, &script, &heard, took);
    }
    if let Some(path) = &args.midi {
        headless::midi_file::write(path, &heard, args.tempo.unwrap_or(120.0))?;
    }
    if let Some(path) = &args.picture {
        draw(path, host.as_ref(), args, &script, &heard)?;
    }
    Ok(())
}

/// Sets the script's changes at once, before activation, so that the plugin
/// starts with them.
fn set_before(host: &mut dyn Host, script: &mut Script) -> Result<()> {
    let params = host.params()?;
    for change in std::mem::take(&mut script.changes) {
        let param = headless::find_param(&params, &change.param)?;
        let value = headless::resolve_value(host, param, &change.value)?;
        host.set(param.id, value)?;
    }
    Ok(())
}

fn print_notes_tsv(heard: &Heard) {
    println!("# start_s\tend_s\tkey\tvelocity\tchannel");
    for note in heard.notes() {
        let end = note.end.map_or(f64::NAN, |end| end as f64 / heard.rate);
        let start = note.start as f64 / heard.rate;
        println!(
            "{start:.6}\t{end:.6}\t{}\t{:.4}\t{}",
            note.key,
            note.velocity,
            note.channel + 1
        );
    }
}

fn print_report(host: &dyn Host, args: &Play, script: &Script, heard: &Heard, took: Duration) {
    let about = host.about();
    println!("{} {} ({})", about.name, about.version, about.format);
    println!(
        "{:>10} {:>10} {:>5} {:>9} {:>8}",
        "time", "length", "note", "velocity", "channel"
    );
    for note in heard.notes() {
        let seconds = |samples: i64| samples as f64 / heard.rate;
        let length = note.end.map_or_else(
            || "hangs".to_owned(),
            |end| format!("{:.3} s", seconds(end - note.start)),
        );
        println!(
            "{:>8.3} s {length:>10} {:>5} {:>9.2} {:>8}",
            seconds(note.start),
            key_name(note.key),
            note.velocity,
            note.channel + 1
        );
    }
    let passed = match heard.check_pass_through(&script.input) {
        Ok(()) => "bit-exact".to_owned(),
        Err(error) => error.to_string(),
    };
    let length = script.total_len() as f64 / script.rate;
    println!(
        "{} notes, {} hang",
        heard.notes().len(),
        heard.hanging().len()
    );
    println!("pass-through: {passed}");
    println!("latency: {} samples", heard.latency);
    println!(
        "{length:.2} s of {} took {:.2} s ({:.1} x real time); {:.2} s inside the plugin, longest call {:.2} ms, {} of {} blocks late",
        args.audio.display(),
        took.as_secs_f64(),
        length / took.as_secs_f64(),
        heard.busy.as_secs_f64(),
        heard.slowest.as_secs_f64() * 1e3,
        heard.late_blocks,
        heard.blocks
    );
    for line in &heard.log {
        println!("log: {line}");
    }
}

fn draw(path: &Path, host: &dyn Host, args: &Play, script: &Script, heard: &Heard) -> Result<()> {
    let pitch = match &args.f0 {
        Some(path) => read_f0(path)?,
        None => Vec::new(),
    };
    let about = host.about();
    let file = args.audio.file_name().unwrap_or_default().to_string_lossy();
    let title = format!("{} heard {file}", about.name);
    let subtitle = format!(
        "{}, {}, {} Hz, blocks of {}",
        about.format,
        if script.offline { "bounced" } else { "live" },
        script.rate,
        args.block
    );
    picture::draw(
        path,
        &picture::Picture {
            title: &title,
            subtitle: &subtitle,
            notes: &heard.notes(),
            rate: heard.rate,
            audio: &script.input[0],
            pitch: &pitch,
        },
    )
}

/// Reads rows of seconds and Hz; lines that start with `#` are comments.
fn read_f0(path: &Path) -> Result<Vec<(f64, f64)>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut columns = line.split('\t').map(|column| column.trim().parse::<f64>());
        match (columns.next(), columns.next()) {
            (Some(Ok(seconds)), Some(Ok(hz))) => rows.push((seconds, hz)),
            // A header without a # is a header still.
            _ if index == 0 => {}
            _ => bail!(
                "{}: line {} is not time and frequency",
                path.display(),
                index + 1
            ),
        }
    }
    Ok(rows)
}

fn run_info(path: &Path) -> Result<()> {
    let mut host = headless::open(path)?;
    let params = host.params()?;
    let state = host.save_state()?;
    let latency = host.latency();
    let about = host.about();
    println!(
        "{} {} by {} ({})",
        about.name, about.version, about.vendor, about.format
    );
    println!("id: {}", about.id);
    println!(
        "audio: {:?} channels in, {:?} out",
        about.audio_inputs, about.audio_outputs
    );
    println!(
        "events: {} in, {} out",
        about.note_inputs, about.note_outputs
    );
    println!("latency: {latency} samples");
    println!("state: {} bytes", state.len());
    println!(
        "{:>12} {:<24} {:>16} {:>8} {:>7}",
        "id", "parameter", "value", "default", "values"
    );
    for Param {
        id,
        name,
        steps,
        default,
        text,
        ..
    } in params
    {
        let values = if steps == 0 {
            "any".to_owned()
        } else {
            (steps + 1).to_string()
        };
        println!("{id:>12} {name:<24} {text:>16} {default:>8.3} {values:>7}");
    }
    Ok(())
}
