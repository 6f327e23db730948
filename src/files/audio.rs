//! Recordings: WAV, FLAC and MP3 read into planar samples, whatever their width.

use std::fs::File;
use std::path::Path;

use symphonia::core::audio::GenericAudioBufferRef;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// The file name extensions of what can be read, in lower case.
pub const EXTENSIONS: [&str; 4] = ["wav", "wave", "flac", "mp3"];
/// Surround sound has 8. A file with more is a multi-track session, in which the voice is one
/// track that only its owner can point at.
pub const MOST_CHANNELS: usize = 8;
/// The sample rates that the engine runs at, in Hz.
pub const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// A decoded recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Samples a second, within [`SAMPLE_RATES`].
    pub sample_rate: u32,
    /// One vector a channel, 1 to [`MOST_CHANNELS`], all of one length of at least a sample; full
    /// scale is ±1. Float files may hold more than that, infinities and not-a-numbers, which are
    /// handed on as they are.
    pub channels: Vec<Vec<f32>>,
    /// What was wrong with the file although it could be read; empty for a sound one.
    pub warnings: Vec<Warning>,
}

impl Recording {
    /// How long it plays, in seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate)
    }

    fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
}

/// Damage that does not keep a file from being used. Times are seconds from its start.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Warning {
    /// The file stops before its end.
    #[error("the file is cut off: only its first {kept_s:.2} s could be read")]
    CutOff {
        /// How much there is.
        kept_s: f64,
    },
    /// Stretches that could not be decoded, replaced by silence so that the rest stays in time.
    #[error("the file is damaged: {packets} stretches ({seconds:.2} s) were read as silence")]
    Damaged {
        /// How many.
        packets: usize,
        /// How long they are together.
        seconds: f64,
    },
    /// Samples that are no finite numbers.
    #[error("{samples} samples are not finite numbers and count as silence")]
    NotFinite {
        /// How many, over all channels.
        samples: usize,
    },
    /// The sample rate or the number of channels changes on the way.
    #[error("the file changes its format after {kept_s:.2} s: what follows was left out")]
    Changes {
        /// How much there is until then.
        kept_s: f64,
    },
}

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file system said no.
    #[error("the file cannot be opened: {0}")]
    Open(std::io::Error),
    /// No known format's marks are in it.
    #[error("this is not a WAV, FLAC or MP3 file: convert it to one of them")]
    NotAudio,
    /// A known container with contents that are not.
    #[error("this kind of audio file cannot be read ({0}): convert it to 16- or 24-bit WAV")]
    Unsupported(&'static str),
    /// A known format, broken.
    #[error("the file is damaged ({0}): export it again")]
    Damaged(String),
    /// Not one sample.
    #[error("the file holds no sound at all: it has a length of zero")]
    Empty,
    /// See [`MOST_CHANNELS`].
    #[error(
        "the file has {0} channels, and at most {MOST_CHANNELS} can be read: export the voice alone"
    )]
    TooManyChannels(usize),
    /// See [`SAMPLE_RATES`].
    #[error("the file has a sample rate of {0} Hz: convert it to 44100 or 48000 Hz")]
    SampleRate(u32),
}

/// Reads a whole recording. A file that breaks off or is damaged in places gives what can be
/// decoded, and warnings.
pub fn read(path: &Path) -> Result<Recording, ReadError> {
    let file = File::open(path).map_err(ReadError::Open)?;
    let facts = file.metadata().map_err(ReadError::Open)?;
    if facts.is_dir() {
        return Err(ReadError::Open(std::io::ErrorKind::IsADirectory.into()));
    }
    if facts.is_file() && facts.len() == 0 {
        return Err(ReadError::Empty);
    }
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let reader = symphonia::default::get_probe()
        .probe(
            &hint,
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(not_opened)?;
    Decoding::new(reader)?.run()
}

/// What a failure before the first sample means.
fn not_opened(error: Error) -> ReadError {
    match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            ReadError::Open(error)
        }
        // The probe has this one word for "nothing here looks like anything".
        Error::Unsupported(what) if what.contains("no suitable format reader") => {
            ReadError::NotAudio
        }
        Error::Unsupported(what) => ReadError::Unsupported(what),
        Error::IoError(_) => ReadError::Damaged("it ends within its header".to_owned()),
        other => ReadError::Damaged(other.to_string()),
    }
}

/// A file on its way to being a [`Recording`].
struct Decoding {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    /// The reader's number of the track that is decoded.
    track: u32,
    /// How many frames the file says it has, where its word can be trusted.
    promised: Option<u64>,
    /// The rate of the first packet; None until there is one.
    sample_rate: Option<u32>,
    channels: Vec<Vec<f32>>,
    /// Packets that failed to decode, and their frames.
    damaged: (usize, u64),
    /// The latest packet's samples, kept for its allocation.
    packet: Vec<Vec<f32>>,
}

impl Decoding {
    fn new(reader: Box<dyn FormatReader>) -> Result<Self, ReadError> {
        let none = ReadError::Unsupported("it has no sound track");
        let Some(track) = reader.default_track(TrackType::Audio) else {
            return Err(none);
        };
        let Some(params) = track
            .codec_params
            .as_ref()
            .and_then(|params| params.audio())
        else {
            return Err(none);
        };
        if let Some(channels) = params.channels.as_ref().map(|channels| channels.count())
            && channels > MOST_CHANNELS
        {
            return Err(ReadError::TooManyChannels(channels));
        }
        if let Some(rate) = params.sample_rate
            && !SAMPLE_RATES.contains(&rate)
        {
            return Err(ReadError::SampleRate(rate));
        }
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default())
            .map_err(not_opened)?;
        // An MP3 without an encoder's tag (which is what tells the delay) has its length guessed.
        let trusted = params.codec != CODEC_ID_MP3 || track.delay.is_some();
        Ok(Self {
            decoder,
            track: track.id,
            promised: track.num_frames.filter(|_| trusted),
            reader,
            sample_rate: None,
            channels: Vec::new(),
            damaged: (0, 0),
            packet: Vec::new(),
        })
    }

    fn run(mut self) -> Result<Recording, ReadError> {
        let mut ending = Ending::Whole;
        loop {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => break,
                Err(Error::ResetRequired) => {
                    ending = Ending::Changes;
                    break;
                }
                Err(error) if self.channels.is_empty() => return Err(no_sound(error)),
                Err(_) => {
                    ending = Ending::CutOff;
                    break;
                }
            };
            match self.decoder.decode(&packet) {
                Ok(samples) => {
                    if !append(
                        &samples,
                        &mut self.packet,
                        &mut self.sample_rate,
                        &mut self.channels,
                    )? {
                        ending = Ending::Changes;
                        break;
                    }
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) => {
                    self.damaged.0 += 1;
                    self.damaged.1 += packet.dur.get();
                    self.silence(packet.dur.get());
                }
                Err(Error::ResetRequired) => {
                    ending = Ending::Changes;
                    break;
                }
                Err(error) => return Err(not_opened(error)),
            }
        }
        self.finish(ending)
    }

    /// Puts silence where a packet should have been. Its length is the packet's own word, which
    /// in a damaged file may be any number: a second is more than any format's longest.
    fn silence(&mut self, frames: u64) {
        let longest = u64::from(self.sample_rate.unwrap_or(0));
        for channel in &mut self.channels {
            channel.resize(channel.len() + frames.min(longest) as usize, 0.0);
        }
    }

    fn finish(self, ending: Ending) -> Result<Recording, ReadError> {
        let (Some(sample_rate), Some(first)) = (self.sample_rate, self.channels.first()) else {
            let all_damaged = "nothing in it can be decoded".to_owned();
            return Err(if self.damaged.0 > 0 {
                ReadError::Damaged(all_damaged)
            } else {
                ReadError::Empty
            });
        };
        if first.is_empty() {
            return Err(ReadError::Empty);
        }
        let kept = first.len() as u64;
        let kept_s = kept as f64 / f64::from(sample_rate);
        let short = self.promised.is_some_and(|promised| kept < promised);
        let mut warnings = Vec::new();
        match ending {
            Ending::Changes => warnings.push(Warning::Changes { kept_s }),
            Ending::CutOff => warnings.push(Warning::CutOff { kept_s }),
            Ending::Whole if short => warnings.push(Warning::CutOff { kept_s }),
            Ending::Whole => {}
        }
        if self.damaged.0 > 0 {
            let seconds = self.damaged.1 as f64 / f64::from(sample_rate);
            warnings.push(Warning::Damaged {
                packets: self.damaged.0,
                seconds,
            });
        }
        let all = self.channels.iter().flatten();
        let samples = all.filter(|sample| !sample.is_finite()).count();
        if samples > 0 {
            warnings.push(Warning::NotFinite { samples });
        }
        Ok(Recording {
            sample_rate,
            channels: self.channels,
            warnings,
        })
    }
}

/// How the reading came to an end.
enum Ending {
    Whole,
    CutOff,
    Changes,
}

/// What a failure at the first packet means.
fn no_sound(error: Error) -> ReadError {
    match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            ReadError::Empty
        }
        other => not_opened(other),
    }
}

/// Adds a packet's samples. False if they are of another rate or number of channels than the
/// samples before; an error if they are of one that cannot be used.
fn append(
    samples: &GenericAudioBufferRef,
    packet: &mut Vec<Vec<f32>>,
    sample_rate: &mut Option<u32>,
    channels: &mut Vec<Vec<f32>>,
) -> Result<bool, ReadError> {
    let rate = samples.spec().rate();
    if sample_rate.is_none() {
        let count = samples.num_planes();
        if count > MOST_CHANNELS {
            return Err(ReadError::TooManyChannels(count));
        }
        if !SAMPLE_RATES.contains(&rate) {
            return Err(ReadError::SampleRate(rate));
        }
        *sample_rate = Some(rate);
        channels.resize_with(count, Vec::new);
    }
    if *sample_rate != Some(rate) || samples.num_planes() != channels.len() {
        return Ok(false);
    }
    samples.copy_to_vecs_planar(packet);
    for (channel, more) in channels.iter_mut().zip(packet) {
        channel.extend_from_slice(more);
    }
    Ok(true)
}

#[cfg(test)]
#[path = "audio_tests.rs"]
mod tests;
