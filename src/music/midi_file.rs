//! Standard MIDI Files: the arrangement out, a melody in.

use std::collections::BTreeMap;

use midly::num::{u4, u7, u14, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing};
use midly::{TrackEvent, TrackEventKind};

use super::midi::DRUM_CHANNEL;
use super::{Key, Message, Meter, SungNote, TempoMap, TimedMessage};

/// Ticks a quarter note in the files written here: 0.52 ms at 120 BPM, and divisible by what
/// music divides a beat by (3, 5, and 2 six times over).
pub const TICKS_PER_BEAT: u16 = 960;

/// A track of the file to be written: all messages of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The channel whose messages go here, 0 – 15.
    pub channel: u8,
    /// The track's name in the DAW.
    pub name: String,
    /// General MIDI program, 0-based, chosen at the start of the track; None leaves the sound to
    /// whoever opens the file.
    pub program: Option<u8>,
}

/// A melody read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Melody {
    /// The name of the track it was found in; empty if it had none.
    pub name: String,
    /// The notes by onset, on whole keys: bends in the file are left out. At least one.
    pub notes: Vec<SungNote>,
    /// The file's tempo and meter throughout.
    pub tempo_map: TempoMap,
}

impl Melody {
    /// The same notes on the same beats at another tempo, in BPM, throughout.
    pub fn set_tempo(&mut self, bpm: f64) {
        let meter = self.tempo_map.meters().first().map(|(_, meter)| *meter);
        let map = TempoMap::constant(bpm, meter.unwrap_or_default());
        for note in &mut self.notes {
            for time_s in [&mut note.onset_s, &mut note.offset_s, &mut note.decided_s] {
                *time_s = map.seconds_at(self.tempo_map.beat_at(*time_s));
            }
        }
        self.tempo_map = map;
    }
}

/// Why a MIDI file could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Positions mean nothing without a rate.
    #[error("the sample rate must be above zero for the notes to have a time")]
    SampleRate,
    /// Time stamps have 28 bits.
    #[error("the piece is too long for a MIDI file (38 hours at 120 BPM): split the recording")]
    TooLong,
}

/// Why no melody could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not the format, or damaged beyond reading.
    #[error("not a readable MIDI file: {0}")]
    Damaged(String),
    /// Ticks of wall-clock time, for film: there are no beats to place.
    #[error("the MIDI file counts SMPTE frames, not beats: export it with ticks per quarter note")]
    TimeCode,
    /// The header says that a beat has no ticks.
    #[error("the MIDI file has zero ticks per quarter note: export it again")]
    NoTicks,
    /// Nothing to play.
    #[error("the MIDI file has no notes outside the drum channel: there is no melody in it")]
    NoNotes,
}

/// Writes a type-1 file: a track of tempo and meter, then one for each part, in the order given,
/// even if nothing plays in it. Messages on a channel that no part names get a track called
/// "Channel N" each.
///
/// Positions count samples at `sample_rate` (Hz); what lies before 0 happens at 0. The messages
/// need not be sorted. Every note in the file ends: one that never got its note-off ends with the
/// last message.
pub fn write(
    messages: &[TimedMessage],
    sample_rate: f64,
    tempo_map: &TempoMap,
    parts: &[Part],
) -> Result<Vec<u8>, WriteError> {
    write_in_key(messages, sample_rate, tempo_map, None, parts)
}

/// As [`write`], and says which key the piece is in.
pub fn write_in_key(
    messages: &[TimedMessage],
    sample_rate: f64,
    tempo_map: &TempoMap,
    key: Option<Key>,
    parts: &[Part],
) -> Result<Vec<u8>, WriteError> {
    if !(sample_rate > 0.0 && sample_rate.is_finite()) {
        return Err(WriteError::SampleRate);
    }
    let mut sorted = messages.to_vec();
    sorted.sort_by_key(|timed| timed.position);
    let tick = |position: i64| {
        let beat = tempo_map.beat_at(position.max(0) as f64 / sample_rate);
        // Far beyond what a file can hold, near enough to count on from without overflow.
        ((beat * f64::from(TICKS_PER_BEAT)).round() as u64).min(1 << 40)
    };
    let end = sorted.last().map_or(0, |timed| tick(timed.position));

    let unnamed: Vec<Part> = (0..16)
        .filter(|channel| !parts.iter().any(|part| part.channel == *channel))
        .filter(|channel| {
            sorted
                .iter()
                .any(|timed| timed.message.channel() == *channel)
        })
        .map(|channel| Part {
            channel,
            name: format!("Channel {}", channel + 1),
            program: None,
        })
        .collect();

    let header = Header::new(Format::Parallel, Timing::Metrical(TICKS_PER_BEAT.into()));
    let mut smf = Smf::new(header);
    smf.tracks.push(conductor(tempo_map, key)?);
    for part in parts.iter().chain(&unnamed) {
        let own = sorted
            .iter()
            .filter(|timed| timed.message.channel() == part.channel);
        let events = closed_notes(own.map(|timed| (tick(timed.position), timed.message)), end);
        let name = MetaMessage::TrackName(part.name.as_bytes());
        let mut track = vec![(0, TrackEventKind::Meta(name))];
        track.extend(
            part.program
                .and_then(|program| wire(Message::program_change(part.channel, program)))
                .map(|program| (0, program)),
        );
        track.extend(
            events
                .into_iter()
                .filter_map(|(tick, message)| Some((tick, wire(message)?))),
        );
        smf.tracks.push(with_deltas(track)?);
    }
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes).map_err(|_| WriteError::TooLong)?;
    Ok(bytes)
}

/// The first track, which holds no notes but the tempo, the meter and the key, where it is known.
fn conductor(
    tempo_map: &TempoMap,
    key: Option<Key>,
) -> Result<Vec<TrackEvent<'static>>, WriteError> {
    let tick = |beat: f64| (beat * f64::from(TICKS_PER_BEAT)).round() as u64;
    let tempos = tempo_map.tempos().iter().map(|change| {
        (
            tick(change.beat),
            MetaMessage::Tempo(u24::from_int_lossy(change.us_per_beat)),
        )
    });
    let meters = tempo_map.meters().iter().map(|(beat, meter)| {
        let unit_log2 = meter.unit().trailing_zeros() as u8;
        // A metronome click a beat: there are 24 MIDI clocks to a quarter note.
        let clocks = (96 / meter.unit()).max(1);
        (
            tick(*beat),
            MetaMessage::TimeSignature(meter.beats(), unit_log2, clocks, 8),
        )
    });
    let signature = key.map(|key| {
        (
            0,
            MetaMessage::KeySignature(sharps(key), key.scale().is_minor()),
        )
    });
    let mut events: Vec<_> = meters.chain(tempos).chain(signature).collect();
    events.sort_by_key(|event| event.0);
    with_deltas(
        events
            .into_iter()
            .map(|(tick, meta)| (tick, TrackEventKind::Meta(meta)))
            .collect(),
    )
}

/// The sharps of a key's signature, −5 to 6; flats are below 0. Scales that are neither major nor
/// minor have that of the one that their third makes of them.
fn sharps(key: Key) -> i8 {
    let major = key.tonic() + if key.scale().is_minor() { 3 } else { 0 };
    // Each fifth up from C has a sharp more.
    let fifths = (major * 7) % 12;
    fifths.cast_signed() - if fifths > 6 { 12 } else { 0 }
}

/// Repairs one channel's notes for a file: every note lasts at least a tick, ends before the same
/// key begins again, and ends at all. The result is in order.
fn closed_notes(messages: impl Iterator<Item = (u64, Message)>, end: u64) -> Vec<(u64, Message)> {
    // For each key the tick at which its sounding note began, or its last one ended.
    let mut sounding: BTreeMap<u8, u64> = BTreeMap::new();
    let mut silent_from: BTreeMap<u8, u64> = BTreeMap::new();
    let mut events: Vec<(u64, Message)> = Vec::new();
    for (tick, message) in messages {
        match message {
            Message::NoteOn { channel, key, .. } => {
                if let Some(began) = sounding.remove(&key) {
                    let off = tick.max(began + 1);
                    events.push((off, Message::note_off(channel, key, 0.0)));
                    silent_from.insert(key, off);
                }
                let on = tick.max(silent_from.get(&key).copied().unwrap_or(0));
                sounding.insert(key, on);
                events.push((on, message));
            }
            Message::NoteOff { key, .. } => {
                // An off without its on ends nothing.
                if let Some(began) = sounding.remove(&key) {
                    let off = tick.max(began + 1);
                    silent_from.insert(key, off);
                    events.push((off, message));
                }
            }
            _ => events.push((tick, message)),
        }
    }
    for (key, began) in sounding {
        let channel = events.first().map_or(0, |event| event.1.channel());
        events.push((end.max(began + 1), Message::note_off(channel, key, 0.0)));
    }
    events.sort_by_key(|event| event.0);
    events
}

/// Turns absolute ticks, in order, into the file's differences, and closes the track.
fn with_deltas<'a>(
    events: Vec<(u64, TrackEventKind<'a>)>,
) -> Result<Vec<TrackEvent<'a>>, WriteError> {
    let mut before = 0;
    let mut track = Vec::with_capacity(events.len() + 1);
    for (tick, kind) in events {
        let delta = u32::try_from(tick - before).ok().and_then(u28::try_from);
        track.push(TrackEvent {
            delta: delta.ok_or(WriteError::TooLong)?,
            kind,
        });
        before = tick;
    }
    track.push(TrackEvent {
        delta: 0.into(),
        kind: TrackEventKind::Meta(MetaMessage::EndOfTrack),
    });
    Ok(track)
}

/// A message as the file's bytes say it, if they can.
fn wire(message: Message) -> Option<TrackEventKind<'static>> {
    let bits = |value: f32| u7::from_int_lossy((value * 127.0).round() as u8);
    let u7 = u7::from_int_lossy;
    let kind = match message {
        Message::NoteOn { key, velocity, .. } => MidiMessage::NoteOn {
            key: u7(key),
            vel: bits(velocity).max(u7(1)),
        },
        Message::NoteOff { key, velocity, .. } => MidiMessage::NoteOff {
            key: u7(key),
            vel: bits(velocity),
        },
        Message::ControlChange {
            controller, value, ..
        } => MidiMessage::Controller {
            controller: u7(controller),
            value: bits(value),
        },
        Message::PitchBend { value, .. } => {
            // 8192 steps down but 8191 up: the middle must be exactly "no bend".
            let steps = if value < 0.0 { 8192.0 } else { 8191.0 };
            let bend = (8192.0 + value * steps).round() as u16;
            MidiMessage::PitchBend {
                bend: PitchBend(u14::from_int_lossy(bend)),
            }
        }
        Message::ChannelPressure { value, .. } => {
            MidiMessage::ChannelAftertouch { vel: bits(value) }
        }
        Message::ProgramChange { program, .. } => MidiMessage::ProgramChange {
            program: u7(program),
        },
        Message::NoteExpression { .. } => return None,
    };
    Some(TrackEventKind::Midi {
        channel: u4::from_int_lossy(message.channel()),
        message: kind,
    })
}

/// Reads the melody out of a file of type 0, 1 or 2: the notes of the first track that has any,
/// on its first channel that has any (drums do not count). The times follow the file's tempo map;
/// a note that never ends, ends with its track.
pub fn read(bytes: &[u8]) -> Result<Melody, ReadError> {
    let smf = Smf::parse(bytes).map_err(|error| ReadError::Damaged(error.to_string()))?;
    let ticks_per_beat = match smf.header.timing {
        Timing::Metrical(ticks) if ticks.as_int() == 0 => return Err(ReadError::NoTicks),
        Timing::Metrical(ticks) => f64::from(ticks.as_int()),
        Timing::Timecode(..) => return Err(ReadError::TimeCode),
    };
    let (index, found) = smf
        .tracks
        .iter()
        .enumerate()
        .find_map(|(index, track)| Some((index, first_line(track)?)))
        .ok_or(ReadError::NoNotes)?;
    let track = &smf.tracks[index];

    // In a type-2 file each track is a piece of its own, with its own tempo.
    let clocks: &[Vec<TrackEvent>] = if smf.header.format == Format::Sequential {
        &smf.tracks[index..=index]
    } else {
        &smf.tracks
    };
    let tempo_map = tempo_map(clocks, ticks_per_beat);
    let seconds = |tick: u64| tempo_map.seconds_at(tick as f64 / ticks_per_beat);
    let notes = found
        .into_iter()
        .map(|line| {
            let onset_s = seconds(line.on);
            SungNote {
                onset_s,
                offset_s: seconds(line.off),
                pitch: f32::from(line.key),
                velocity: f32::from(line.velocity) / 127.0,
                decided_s: onset_s,
            }
        })
        .collect();
    let name = track
        .iter()
        .find_map(|event| match event.kind {
            TrackEventKind::Meta(MetaMessage::TrackName(name)) => Some(name),
            _ => None,
        })
        .unwrap_or_default();
    Ok(Melody {
        name: String::from_utf8_lossy(name).into_owned(),
        notes,
        tempo_map,
    })
}

/// A note of a file, in its ticks.
struct TickNote {
    on: u64,
    off: u64,
    key: u8,
    velocity: u8,
}

/// A track's events with their absolute ticks. The sum cannot overflow: it takes 2³⁶ events.
fn absolute<'a>(
    track: &'a [TrackEvent<'a>],
) -> impl Iterator<Item = (u64, TrackEventKind<'a>)> + 'a {
    track.iter().scan(0_u64, |tick, event| {
        *tick += u64::from(event.delta.as_int());
        Some((*tick, event.kind))
    })
}

/// The notes of the track's first melodic channel by onset; None if no note sounds in it.
fn first_line(track: &[TrackEvent]) -> Option<Vec<TickNote>> {
    let mut line: Option<u8> = None;
    let mut sounding: BTreeMap<u8, (u64, u8)> = BTreeMap::new();
    let mut notes = Vec::new();
    let mut end = 0;
    for (tick, kind) in absolute(track) {
        end = tick;
        let TrackEventKind::Midi { channel, message } = kind else {
            continue;
        };
        let channel = channel.as_int();
        let (key, velocity) = match message {
            MidiMessage::NoteOn { key, vel } => (key.as_int(), vel.as_int()),
            MidiMessage::NoteOff { key, .. } => (key.as_int(), 0),
            _ => continue,
        };
        if line.is_none() && velocity > 0 && channel != DRUM_CHANNEL {
            line = Some(channel);
        }
        if line != Some(channel) {
            continue;
        }
        if let Some((on, velocity)) = sounding.remove(&key) {
            notes.push(TickNote {
                on,
                off: tick,
                key,
                velocity,
            });
        }
        if velocity > 0 {
            sounding.insert(key, (tick, velocity));
        }
    }
    let unended = sounding
        .into_iter()
        .map(|(key, (on, velocity))| (key, on, velocity));
    notes.extend(unended.map(|(key, on, velocity)| TickNote {
        on,
        off: end,
        key,
        velocity,
    }));
    // A note that ends when it begins is a slip of the pen: nobody hears it.
    notes.retain(|note| note.off > note.on);
    notes.sort_by_key(|note| (note.on, note.key));
    (!notes.is_empty()).then_some(notes)
}

/// The tempo and meter of all these tracks together.
fn tempo_map(tracks: &[Vec<TrackEvent>], ticks_per_beat: f64) -> TempoMap {
    let mut map = TempoMap::default();
    for (tick, kind) in tracks.iter().flat_map(|track| absolute(track)) {
        let beat = tick as f64 / ticks_per_beat;
        match kind {
            TrackEventKind::Meta(MetaMessage::Tempo(us)) => map.set_tempo(beat, us.as_int()),
            TrackEventKind::Meta(MetaMessage::TimeSignature(beats, unit_log2, ..)) => {
                let unit = 1_u8.checked_shl(unit_log2.into()).unwrap_or(0);
                // A meter that is none says nothing.
                if let Some(meter) = Meter::new(beats, unit) {
                    map.set_meter(beat, meter);
                }
            }
            _ => {}
        }
    }
    map
}

#[cfg(test)]
#[path = "midi_file_tests.rs"]
mod tests;
