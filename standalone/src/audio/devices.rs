//! The operating system's own devices. The input drives: each block is performed when it comes in,
//! and what is to be heard goes through a ring to the output, whose clock is another.

use super::monitor::{self, Feeding, Hearing};
use super::quiet;
use super::{Choice, Choices, DEFAULT, Facts, Home, Lent, NONE, Running};
use crate::performer::{Health, LARGEST};
use crate::settings::Audio;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, Error, ErrorKind, FromSample, Sample, SampleFormat, SizedSample, Stream,
    StreamConfig, SupportedBufferSize, SupportedStreamConfig,
};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a device may take to open.
const OPENING: Duration = Duration::from_secs(3);
/// Samples a block where the system does not say.
const USUAL_BLOCK: u32 = 512;
/// ALSA devices that are a person's to choose, by the beginnings of their names: the sound servers,
/// and each card by name with its conversions.
const ALSA_NAMES: [&str; 4] = ["pipewire", "pulse", "jack", "plughw:CARD="];

/// One of the two directions.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    In,
    Out,
}

pub(super) fn choices() -> Result<Choices, String> {
    quiet();
    let host = cpal::default_host();
    let list = |direction| -> Result<Vec<Choice>, String> {
        let devices = host.devices().map_err(|error| words(&error, "sound"))?;
        let mut choices: Vec<Choice> = Vec::new();
        for device in devices {
            let Some(choice) = choice(&device, direction) else {
                continue;
            };
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        // The system's own choice leads, where it is one.
        let default = match direction {
            Direction::In => host.default_input_device(),
            Direction::Out => host.default_output_device(),
        };
        let works = default.is_some_and(|device| match direction {
            Direction::In => device.default_input_config().is_ok(),
            Direction::Out => device.default_output_config().is_ok(),
        });
        if works || !choices.is_empty() {
            let name = "The system's default".to_owned();
            let id = DEFAULT.to_owned();
            choices.insert(0, Choice { id, name });
        }
        Ok(choices)
    };
    Ok(Choices {
        inputs: list(Direction::In)?,
        outputs: list(Direction::Out)?,
    })
}

/// The device as a choice, if it is one.
fn choice(device: &Device, direction: Direction) -> Option<Choice> {
    let id = device.id().ok()?.id().to_owned();
    let description = device.description().ok()?;
    if cfg!(target_os = "linux") {
        let wanted = ALSA_NAMES.iter().any(|name| id.starts_with(name));
        let numbered = id.starts_with("plughw:CARD=")
            && id["plughw:CARD=".len()..].starts_with(|c: char| c.is_ascii_digit());
        if !wanted || numbered {
            return None;
        }
    }
    let fits = match direction {
        Direction::In => description.supports_input(),
        Direction::Out => description.supports_output(),
    };
    let name = description.name().lines().next().unwrap_or_default().trim();
    let name = if name.is_empty() { id.as_str() } else { name };
    fits.then(|| Choice {
        name: name.to_owned(),
        id: id.clone(),
    })
}

fn device(id: &str, direction: Direction) -> Result<Device, String> {
    let host = cpal::default_host();
    let kind = match direction {
        Direction::In => "microphone",
        Direction::Out => "loudspeaker",
    };
    if id == DEFAULT {
        return match direction {
            Direction::In => host.default_input_device(),
            Direction::Out => host.default_output_device(),
        }
        .ok_or_else(|| none(kind));
    }
    let mut devices = host.devices().map_err(|error| words(&error, kind))?;
    devices
        .find(|device| device.id().is_ok_and(|own| own.id() == id))
        .ok_or_else(|| format!("the {kind} `{id}` is not there: plug it in, or choose another"))
}

fn none(kind: &str) -> String {
    let help = if cfg!(target_os = "linux") {
        " (or start JACK or PipeWire)"
    } else {
        ""
    };
    format!("there is no {kind}: plug one in{help}")
}

/// What a person can do about an error.
fn words(error: &Error, kind: &str) -> String {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => none(kind),
        ErrorKind::DeviceBusy => {
            format!("another program has the {kind} to itself: close it, or choose another")
        }
        ErrorKind::PermissionDenied if cfg!(target_os = "linux") => {
            format!("you may not use the {kind}: `sudo usermod -aG audio $USER`, and log in again")
        }
        ErrorKind::PermissionDenied => {
            format!("the system's privacy settings keep Vocalise from the {kind}: allow it there")
        }
        _ => format!("the {kind} does not open: {error}"),
    }
}

/// A stream's form, with blocks of `wanted` samples where the device can.
fn form(config: &SupportedStreamConfig, rate: u32, wanted: u32) -> StreamConfig {
    let buffer_size = match config.buffer_size() {
        SupportedBufferSize::Range { min, max } if wanted > 0 && max >= min => {
            BufferSize::Fixed(wanted.clamp(*min, *max))
        }
        _ => BufferSize::Default,
    };
    StreamConfig {
        channels: config.channels(),
        sample_rate: rate,
        buffer_size,
    }
}

fn block_of(config: &StreamConfig) -> usize {
    match config.buffer_size {
        BufferSize::Fixed(block) => block as usize,
        BufferSize::Default => USUAL_BLOCK as usize,
    }
}

pub(super) fn open(home: &mut Home, wanted: &Audio) -> Result<Running, String> {
    quiet();
    let input = device(&wanted.input, Direction::In)?;
    let config = input
        .default_input_config()
        .map_err(|error| words(&error, "microphone"))?;
    let rate = config.sample_rate();
    let input_form = form(&config, rate, wanted.buffer);
    let block = block_of(&input_form);
    let (feeding, hearing) = monitor::pair(block.max(64), home.health.clone());

    // The voice is heard by the engine whether or not there is anything to hear it with.
    let mut lack = None;
    let mut output = None;
    if wanted.output != NONE {
        match open_output(wanted, rate, hearing, &home.health) {
            Ok(opened) => output = Some(opened),
            Err(reason) => lack = Some(format!("no click and no voice to hear: {reason}")),
        }
    }

    let lent = home.lend(f64::from(rate), block, false)?;
    let listening = Listening {
        lent,
        feeding,
        channels: usize::from(config.channels()),
        channel: usize::from(wanted.channel),
        block: vec![0.0; LARGEST],
    };
    let health = home.health.clone();
    let stream = match config.sample_format() {
        SampleFormat::I16 => listen::<i16>(&input, input_form, listening, health),
        SampleFormat::I32 => listen::<i32>(&input, input_form, listening, health),
        SampleFormat::U8 => listen::<u8>(&input, input_form, listening, health),
        SampleFormat::U16 => listen::<u16>(&input, input_form, listening, health),
        SampleFormat::F64 => listen::<f64>(&input, input_form, listening, health),
        SampleFormat::F32 => listen::<f32>(&input, input_form, listening, health),
        SampleFormat::I24 => listen::<cpal::I24>(&input, input_form, listening, health),
        other => {
            return Err(format!(
                "the microphone speaks {other}, which Vocalise does not know"
            ));
        }
    };
    let stream = stream.map_err(|error| words(&error, "microphone"))?;
    start(&stream).map_err(|error| words(&error, "microphone"))?;
    let name = |device: &Device| {
        let description = device.description();
        description.map_or_else(|_| "?".to_owned(), |d| d.name().to_owned())
    };
    let output_name = output.as_ref().map(|(device, _)| name(device));
    Ok(Running {
        facts: Facts {
            input: name(&input),
            output: output_name,
            rate: f64::from(rate),
            block,
            channels: config.channels(),
            lack,
        },
        _streams: Box::new((stream, output.map(|(_, stream)| stream))),
    })
}

fn open_output(
    wanted: &Audio,
    rate: u32,
    hearing: Hearing,
    health: &Arc<Health>,
) -> Result<(Device, Stream), String> {
    let kind = "loudspeaker";
    let output = device(&wanted.output, Direction::Out)?;
    let config = output
        .default_output_config()
        .map_err(|error| words(&error, kind))?;
    let form = form(&config, rate, wanted.buffer);
    let health = health.clone();
    let stream = match config.sample_format() {
        SampleFormat::I16 => sound::<i16>(&output, form, hearing, health),
        SampleFormat::I32 => sound::<i32>(&output, form, hearing, health),
        SampleFormat::U8 => sound::<u8>(&output, form, hearing, health),
        SampleFormat::U16 => sound::<u16>(&output, form, hearing, health),
        SampleFormat::F64 => sound::<f64>(&output, form, hearing, health),
        SampleFormat::F32 => sound::<f32>(&output, form, hearing, health),
        SampleFormat::I24 => sound::<cpal::I24>(&output, form, hearing, health),
        other => {
            return Err(format!(
                "the {kind} speaks {other}, which Vocalise does not know"
            ));
        }
    };
    let stream = stream.map_err(|error| match error.kind() {
        ErrorKind::UnsupportedConfig => format!(
            "the {kind} does not go at the microphone's {rate} Hz: choose another one for output"
        ),
        _ => words(&error, kind),
    })?;
    start(&stream).map_err(|error| words(&error, kind))?;
    Ok((output, stream))
}

/// Starts a stream; without real-time priority if need be.
fn start(stream: &Stream) -> Result<(), Error> {
    match stream.play() {
        Err(error) if error.kind() == ErrorKind::RealtimeDenied => Ok(()),
        other => other,
    }
}

/// Counts a stream's troubles, on its thread.
fn trouble(health: Arc<Health>) -> impl FnMut(Error) + Send + 'static {
    move |error| match error.kind() {
        ErrorKind::Xrun => {
            health.xruns.fetch_add(1, Ordering::Relaxed);
        }
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => health.gone.store(true, Ordering::Relaxed),
    }
}

/// What the input's thread works with.
struct Listening {
    lent: Lent,
    feeding: Feeding,
    /// Of the device.
    channels: usize,
    /// The one to listen to, counted from 1; 0 mixes all.
    channel: usize,
    block: Vec<f32>,
}

fn listen<T>(
    device: &Device,
    config: StreamConfig,
    mut listening: Listening,
    health: Arc<Health>,
) -> Result<Stream, Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    device.build_input_stream::<T, _, _>(
        config,
        move |data, _| listening.hear(data),
        trouble(health),
        Some(OPENING),
    )
}

fn sound<T>(
    device: &Device,
    config: StreamConfig,
    mut hearing: Hearing,
    health: Arc<Health>,
) -> Result<Stream, Error>
where
    T: SizedSample + FromSample<f32>,
{
    let channels = usize::from(config.channels);
    device.build_output_stream::<T, _, _>(
        config,
        move |data: &mut [T], _| hearing.fill(data, channels, T::from_sample),
        trouble(health),
        Some(OPENING),
    )
}

impl Listening {
    /// A block of interleaved samples.
    fn hear<T: Sample>(&mut self, data: &[T])
    where
        f32: FromSample<T>,
    {
        let Some(performer) = self.lent.performer() else {
            return;
        };
        let channels = self.channels.max(1);
        for part in data.chunks(channels * self.block.len()) {
            let block = &mut self.block[..part.len() / channels];
            for (to, frame) in block.iter_mut().zip(part.chunks(channels)) {
                *to = one(frame, self.channel);
            }
            performer.process(block, |_, _| {});
            self.feeding.give(block);
        }
    }
}

/// One channel of a frame, or the mean of all.
fn one<T: Sample>(frame: &[T], channel: usize) -> f32
where
    f32: FromSample<T>,
{
    match channel.checked_sub(1).and_then(|n| frame.get(n)) {
        Some(sample) => f32::from_sample(*sample),
        None => {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            sum / frame.len() as f32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_chosen_or_all_are_mixed() {
        let frame = [16_384_i16, 0];
        assert_eq!(one(&frame, 1), 0.5);
        assert_eq!(one(&frame, 2), 0.0);
        assert_eq!(one(&frame, 0), 0.25);
        // A channel that the device does not have: better all than none.
        assert_eq!(one(&frame, 7), 0.25);
    }
}
