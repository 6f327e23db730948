//! Audio files in: WAV and FLAC, at their own sample rate or another.

use anyhow::{Context, Result, bail};
use rubato::audioadapter::Adapter;
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler};
use std::path::Path;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::{TrackType, probe::Hint};
use symphonia::core::io::MediaSourceStream;

/// Reads a file as planar samples and its sample rate in Hz.
pub fn read(path: &Path) -> Result<(Vec<Vec<f32>>, u32)> {
    read_file(path).with_context(|| format!("{} could not be read as audio", path.display()))
}

/// The same audio at another sample rate, both in whole Hz.
pub fn resample(input: &[Vec<f32>], from: u32, to: u32) -> Result<Vec<Vec<f32>>> {
    if from == to {
        return Ok(input.to_vec());
    }
    let (channels, length) = (input.len(), input.first().map_or(0, Vec::len));
    let mut resampler =
        Fft::<f32>::new(from as usize, to as usize, 1024, channels, FixedSync::Both)?;
    let source = SequentialSliceOfVecs::new(input, channels, length)?;
    let resampled = resampler.process_all(&source, length, None)?;
    let frames = resampled.frames();
    let interleaved = resampled.take_data();
    Ok((0..channels)
        .map(|channel| {
            let samples = interleaved.iter().skip(channel).step_by(channels);
            samples.take(frames).copied().collect()
        })
        .collect())
}

fn read_file(path: &Path) -> Result<(Vec<Vec<f32>>, u32)> {
    let stream = MediaSourceStream::new(Box::new(std::fs::File::open(path)?), Default::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let mut format = symphonia::default::get_probe().probe(
        &hint,
        stream,
        Default::default(),
        Default::default(),
    )?;
    let track = format
        .default_track(TrackType::Audio)
        .context("it has no audio")?;
    let track_id = track.id;
    let parameters = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio());
    let parameters = parameters.context("its audio is not described")?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())?;
    let (mut channels, mut rate) = (Vec::<Vec<f32>>::new(), 0);
    let mut planes = Vec::new();
    while let Some(packet) = format.next_packet()? {
        if packet.track_id != track_id {
            continue;
        }
        let decoded = decoder.decode(&packet)?;
        rate = decoded.spec().rate();
        decoded.copy_to_vecs_planar::<f32>(&mut planes);
        channels.resize_with(planes.len(), Vec::new);
        for (channel, plane) in channels.iter_mut().zip(&planes) {
            channel.extend_from_slice(plane);
        }
    }
    if channels.first().is_none_or(Vec::is_empty) {
        bail!("it is empty");
    }
    Ok((channels, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_keeps_length_and_tone() {
        let tone = |rate: f32, length: usize| -> Vec<f32> {
            let turn = std::f32::consts::TAU * 220.0 / rate;
            (0..length).map(|n| (n as f32 * turn).sin()).collect()
        };
        let output = resample(&[tone(44_100.0, 44_100)], 44_100, 48_000).unwrap();
        assert!(output[0].len().abs_diff(48_000) <= 1);
        let expected = tone(48_000.0, 48_000);
        let worst = (4_000..44_000)
            .map(|n| (output[0][n] - expected[n]).abs())
            .fold(0.0, f32::max);
        // Half a sample of delay is 0.014.
        assert!(worst < 0.02, "{worst}");
    }
}
