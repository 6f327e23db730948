//! A take whose notes are all known: what key and tempo it is in, and how it is played.

use super::band::hindsight;
use super::band::mixer::Mixer;
use super::offline::{Rendering, Settings, Song};
use super::placing::Placing;
use super::reading;
use super::tonality::Tonality;
use crate::music::midi_file::Melody;
use crate::music::{FoundKey, SungNote, TimedMessage, Track};
use crate::nn::{ContextModel, NnError, Pack};

/// Rate that positions of a melody without audio count in, in Hz.
const RATE: f64 = 48_000.0;
/// Tempo at which a melody's quarter notes are laid out while it is put into time, in BPM.
const LAID_OUT_BPM: f64 = 120.0;

/// The key that `notes` are in, or what `settings` say it is.
pub fn key_of(notes: &[SungNote], settings: &Settings) -> Option<FoundKey> {
    heard(notes, settings).key()
}

/// The messages of a take at `rate` Hz, and of the band that plays to it. With a context model in
/// the `pack` the genre's feel knows which line each note belongs to, and how loud it would be;
/// without one it takes the nearest line.
///
/// # Errors
/// [`NnError`] if a model cannot be had or fails.
pub fn messages(
    pack: &Pack,
    notes: &[SungNote],
    rate: f64,
    settings: &Settings,
) -> Result<Vec<TimedMessage>, NnError> {
    let tonality = heard(notes, settings);
    let mut placing = Placing::new(rate, settings);
    let mut out = Vec::new();
    let position = |seconds: f64| (seconds * rate).round() as i64;
    let model = if settings.timing.feel > 0.0 {
        ContextModel::new(pack)?
    } else {
        None
    };
    let read = match model {
        Some(mut model) => {
            let style = (settings.genre, settings.instrument());
            reading::read(&mut model, notes, placing.song(), rate, style)?
        }
        None => vec![None; notes.len()],
    };
    for (note, read) in notes.iter().zip(read) {
        if let Some(key) = tonality.played(note.pitch) {
            let span = (position(note.onset_s), position(note.offset_s));
            placing.play(span, (key, note.velocity), read, &mut out);
        }
    }
    let melody = out.into_iter().map(|timed| (Track::Melody, timed));
    let mut all: Vec<(Track, TimedMessage)> = melody.collect();
    let sung = tonality.chosen();
    all.extend(hindsight::messages(
        pack,
        notes,
        placing.song(),
        rate,
        sung,
        settings,
    )?);
    // A note may end where the next begins: the end comes first then.
    all.sort_by_key(|(_, m)| (m.position, m.message.is_note_on()));
    let performance = settings.performance;
    let (output, mpe) = (performance.output, performance.mpe);
    let mut mixer = Mixer::new(settings.tracks, output, mpe, settings.genre);
    let mut sent = Vec::with_capacity(all.len());
    for (track, timed) in all {
        mixer.send(
            timed.position,
            track,
            timed.message,
            &mut |position, _, message| {
                sent.push(TimedMessage { position, message });
            },
        );
    }
    Ok(sent)
}

/// A melody out of a MIDI file, played: its own tempo and meter are the song's.
///
/// # Errors
/// [`NnError`] if the pack's context model cannot be had or fails.
pub fn arrange(pack: &Pack, melody: &Melody, settings: &Settings) -> Result<Rendering, NnError> {
    let map = &melody.tempo_map;
    let quarter_s = 60.0 / LAID_OUT_BPM;
    let laid_out: Vec<SungNote> = melody
        .notes
        .iter()
        .map(|note| SungNote {
            onset_s: map.beat_at(note.onset_s) * quarter_s,
            offset_s: map.beat_at(note.offset_s) * quarter_s,
            ..*note
        })
        .collect();
    let settings = Settings {
        song: map
            .meters()
            .first()
            .map(|(_, meter)| Song::at(LAID_OUT_BPM, *meter)),
        ..*settings
    };
    let seconds = |position: i64| map.seconds_at(position as f64 / RATE / quarter_s);
    let played = messages(pack, &laid_out, RATE, &settings)?
        .into_iter()
        .map(|timed| TimedMessage {
            position: (seconds(timed.position) * RATE).round() as i64,
            ..timed
        });
    Ok(Rendering {
        messages: played.collect(),
        notes: melody.notes.clone(),
        sample_rate: RATE,
        ..Rendering::default()
    })
}

/// What was heard of the key by the end of `notes`.
pub(super) fn heard(notes: &[SungNote], settings: &Settings) -> Tonality {
    let mut tonality = Tonality::new(settings.tuneful);
    for note in notes {
        tonality.hear(note);
    }
    tonality
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Genre, Message, Meter, TempoMap};
    use crate::voice::Timing;

    /// Straight eighths of a C major scale up and down, at `bpm`.
    fn eighths(bpm: f64) -> Melody {
        let eighth_s = 30.0 / bpm;
        let scale = [
            60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 60,
        ];
        let notes = scale.iter().cycle().take(64).enumerate();
        Melody {
            name: String::new(),
            notes: notes
                .map(|(n, key)| SungNote {
                    onset_s: n as f64 * eighth_s,
                    offset_s: (n as f64 + 0.9) * eighth_s,
                    pitch: *key as f32,
                    velocity: if n % 2 == 0 { 0.8 } else { 0.6 },
                    decided_s: n as f64 * eighth_s,
                })
                .collect(),
            tempo_map: TempoMap::constant(bpm, Meter::COMMON),
        }
    }

    fn onsets(rendering: &Rendering) -> Vec<(i64, u8)> {
        let on = |timed: &TimedMessage| match timed.message {
            Message::NoteOn {
                channel: 0, key, ..
            } => Some((timed.position, key)),
            _ => None,
        };
        rendering.messages.iter().filter_map(on).collect()
    }

    /// Mean of long to short over the pairs of eighths.
    fn swing_ratio(genre: Genre) -> f64 {
        let settings = Settings {
            genre,
            timing: Timing {
                feel: 1.0,
                ..Timing::default()
            },
            ..Settings::default()
        };
        let melody = eighths(120.0);
        let pack = Pack::factory().expect("the factory pack");
        let played = arrange(&pack, &melody, &settings).expect("arranges");
        let played = onsets(&played);
        let keys: Vec<u8> = played.iter().map(|(_, key)| *key).collect();
        let sung: Vec<u8> = melody.notes.iter().map(SungNote::key).collect();
        assert_eq!(keys, sung, "the same notes in order");
        let ratios: Vec<f64> = played
            .windows(3)
            .step_by(2)
            .map(|w| (w[1].0 - w[0].0) as f64 / (w[2].0 - w[1].0) as f64)
            .collect();
        ratios.iter().sum::<f64>() / ratios.len() as f64
    }

    #[test]
    fn straight_eighths_swing_in_jazz_and_stay_straight_in_pop() {
        let (jazz, pop) = (swing_ratio(Genre::Jazz), swing_ratio(Genre::Pop));
        assert!(jazz >= 1.4, "{jazz}");
        assert!(pop <= 1.1, "{pop}");
    }

    #[test]
    fn the_key_of_a_plain_tune_is_found() {
        let melody = eighths(96.0);
        let key = key_of(&melody.notes, &Settings::default()).expect("a key");
        assert_eq!(key.key.to_string(), "C major");
    }
}
