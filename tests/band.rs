//! Promises about the band, on the real engine with its real models.

#[path = "support/phrase.rs"]
mod phrase;

use phrase::{PHRASE, hanging};
use std::collections::HashMap;
use std::sync::LazyLock;
use vocalise::music::{Genre, Message, Meter, TimedMessage, Track};
use vocalise::voice::Tracks;
use vocalise::voice::offline::{Rendering, Settings, Song, render};

const BPM: f64 = 100.0;

/// The phrase twice over.
static AUDIO: LazyLock<Vec<f32>> = LazyLock::new(|| PHRASE.0.repeat(2));

/// All tracks in Pop.
static POP: LazyLock<Rendering> = LazyLock::new(|| rendered(&AUDIO, &settings(Genre::Pop)));

fn settings(genre: Genre) -> Settings {
    Settings {
        genre,
        song: Some(Song::at(BPM, Meter::COMMON)),
        tracks: Tracks::default().only(&Track::ALL),
        ..Settings::default()
    }
}

fn rendered(audio: &[f32], settings: &Settings) -> Rendering {
    render(&[audio.to_vec()], PHRASE.1, settings, &mut |_| {}).expect("renders")
}

/// Samples in a bar.
fn bar() -> f64 {
    4.0 * 60.0 / BPM * PHRASE.1
}

/// The messages of one track.
fn of(messages: &[TimedMessage], track: Track) -> Vec<TimedMessage> {
    let own = messages.iter().copied();
    own.filter(|timed| timed.message.channel() == track.channel())
        .collect()
}

/// What of the band begins in the bar from sample `from` on.
fn begins_in(messages: &[TimedMessage], from: f64) -> Vec<(i64, Message)> {
    let within = |timed: &&TimedMessage| {
        let at = timed.position as f64;
        timed.message.is_note_on() && at >= from - 1.0 && at < from + bar() - 1.0
    };
    let band = [Track::Chords, Track::Bass, Track::Counter, Track::Drums];
    let channels = band.map(Track::channel);
    messages
        .iter()
        .filter(within)
        .filter(|timed| channels.contains(&timed.message.channel()))
        .map(|timed| (timed.position, timed.message))
        .collect()
}

#[test]
fn singing_brings_in_drums_chords_and_bass_and_nothing_hangs_or_overlaps() {
    let played = &*POP;
    for track in [Track::Drums, Track::Chords, Track::Bass] {
        let own = of(&played.messages, track);
        assert!(
            own.iter().filter(|m| m.message.is_note_on()).count() >= 8,
            "{track} hardly plays"
        );
        assert_eq!(hanging(&own), [], "{track}");
    }
    let mut sounding: HashMap<(u8, u8), i64> = HashMap::new();
    for timed in &played.messages {
        if let Some(note) = timed.message.begins() {
            let before = sounding.insert(note, timed.position);
            assert_eq!(before, None, "{note:?} is struck twice");
        } else if let Some(note) = timed.message.ends() {
            sounding.remove(&note);
        }
    }
}

#[test]
fn a_live_bar_knows_only_what_was_decided_before_it_begins() {
    let begins = 2.0 * bar();
    let expected = begins_in(&POP.messages, begins);
    assert!(!expected.is_empty(), "the bar is empty");
    // Nothing is sung from its line on, and the recording ends with it.
    let mut cut = AUDIO[..(begins + bar()) as usize].to_vec();
    cut[begins as usize..].fill(0.0);
    let cut = rendered(&cut, &settings(Genre::Pop));
    assert_eq!(begins_in(&cut.messages, begins), expected);
}

#[test]
fn the_same_seed_plays_the_same_and_genres_and_seeds_play_differently() {
    let begins = 2.0 * bar();
    let audio = &AUDIO[..(begins + bar()) as usize];
    let band = |settings: &Settings| begins_in(&rendered(audio, settings).messages, begins);
    let pop = begins_in(&POP.messages, begins);
    assert_eq!(band(&settings(Genre::Pop)), pop);
    assert_ne!(band(&settings(Genre::Jazz)), pop);
    let mut other = settings(Genre::Pop);
    other.answers.seed = 7;
    assert_ne!(band(&other), pop);
}

#[test]
fn a_track_that_is_off_does_not_play_and_the_others_do_not_change() {
    let without = Settings {
        tracks: Tracks::default().only(&[Track::Melody, Track::Drums]),
        ..settings(Genre::Pop)
    };
    let (all, without) = (&*POP, rendered(&AUDIO, &without));
    assert!(of(&without.messages, Track::Chords).is_empty());
    assert!(of(&without.messages, Track::Bass).is_empty());
    for track in [Track::Melody, Track::Drums] {
        assert_eq!(
            of(&without.messages, track),
            of(&all.messages, track),
            "{track}"
        );
    }
}

#[test]
fn without_a_song_there_is_no_band() {
    let alone = Settings {
        song: None,
        ..settings(Genre::Pop)
    };
    // Three seconds are too short to hear a beat in.
    let short = &PHRASE.0[..(3.0 * PHRASE.1) as usize];
    let played = rendered(short, &alone);
    assert!(of(&played.messages, Track::Drums).is_empty());
    assert!(!of(&played.messages, Track::Melody).is_empty());
}
