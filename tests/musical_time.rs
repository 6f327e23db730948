//! Promises about when notes are played, on the real plugin with its real model.

#[path = "support/phrase.rs"]
mod phrase;
#[path = "support/rig.rs"]
mod rig;

use phrase::{PHRASE, hanging};
use proptest::prelude::*;
use rig::Rig;
use vocalise::music::{Division, Message, Meter, TimedMessage, Track};
use vocalise::voice::offline::{Rendering, Settings, Song, refine_with, render};
use vocalise::voice::{Answers, Timing, TimingMode, Tracks};

fn heard(settings: &Settings) -> Rendering {
    let channels = [PHRASE.0.clone()];
    render(&channels, PHRASE.1, settings, &mut |_| {}).expect("renders")
}

fn note_ons(messages: &[TimedMessage]) -> Vec<(i64, u8)> {
    let on = |timed: &TimedMessage| match timed.message {
        Message::NoteOn { key, .. } => Some((timed.position, key)),
        _ => None,
    };
    messages.iter().filter_map(on).collect()
}

fn keys(messages: &[TimedMessage]) -> Vec<u8> {
    note_ons(messages).into_iter().map(|(_, key)| key).collect()
}

#[test]
fn aligned_notes_sit_on_their_onsets_in_the_file_and_late_by_the_latency_in_a_host() {
    let rate = PHRASE.1;
    let settings = Settings {
        timing: Timing {
            mode: TimingMode::Aligned,
            ..Timing::default()
        },
        ..Settings::default()
    };
    let aligned = heard(&settings);
    assert_eq!(
        keys(&aligned.messages),
        keys(&heard(&Settings::default()).messages)
    );
    let mut far: Vec<f64> = note_ons(&aligned.messages)
        .iter()
        .zip(&aligned.notes)
        .map(|((position, _), note)| (*position as f64 / rate - note.onset_s).abs())
        .collect();
    far.sort_by(f64::total_cmp);
    assert!(
        far[far.len() / 2] < 0.001 && far[far.len() * 9 / 10] < 0.001,
        "{far:?}"
    );

    for sizes in [[64, 64], [1_000, 8_192]] {
        let mut rig = Rig::new(rate as f32, true);
        rig.set(|p| &p.timing_mode, TimingMode::Aligned);
        rig.activate();
        let latency = rig.latency();
        assert!(latency as f64 >= 0.2 * rate, "{latency} samples");
        let mut audio = PHRASE.0.clone();
        audio.extend(vec![0.0; rate as usize]);
        let sent = rig.play(&audio, &sizes);
        let on_time: Vec<(i64, u8)> = note_ons(&sent)
            .into_iter()
            .map(|(position, key)| (position - latency as i64, key))
            .collect();
        assert_eq!(on_time, note_ons(&aligned.messages), "blocks of {sizes:?}");
    }
}

#[test]
fn a_mode_that_is_switched_is_announced_at_once_and_counts_from_the_next_activation() {
    let mut rig = Rig::new(PHRASE.1 as f32, true);
    assert_eq!(rig.latency(), 0);
    rig.set(|p| &p.timing_mode, TimingMode::Aligned);
    let mut block = [0.5; 64];
    rig.process(&mut block);
    assert!(rig.latency() > 0, "the host is told");
    assert_eq!(
        block, [0.5; 64],
        "and audio passes at once until it acts on it"
    );
    rig.activate();
    let mut block = [0.5; 64];
    rig.process(&mut block);
    assert_eq!(block, [0.0; 64], "late by the latency");
}

#[test]
fn a_take_is_drawn_to_the_grid_and_live_notes_wait_for_their_line_but_never_go_back() {
    let (bpm, rate) = (96.0, PHRASE.1);
    let settings = Settings {
        song: Some(Song::at(bpm, Meter::COMMON)),
        tracks: Tracks::default().only(&[Track::Melody]),
        timing: Timing {
            quantise: Division::Eighth,
            ..Timing::default()
        },
        ..Settings::default()
    };
    let line = |position: i64| {
        let eighths = position as f64 / rate * bpm / 30.0;
        ((eighths - eighths.round()) * 30.0 / bpm * rate).abs() <= 1.0
    };
    let channels = [PHRASE.0.clone()];
    let take = refine_with(
        &vocalise::nn::Pack::factory().expect("the factory pack"),
        &channels,
        rate,
        &settings,
        &mut |_| {},
    )
    .expect("renders");
    let on_lines = note_ons(&take.messages)
        .iter()
        .filter(|(position, _)| line(*position))
        .count();
    // Notes closer together than the grid keep apart.
    assert!(
        on_lines * 10 >= take.notes.len() * 7,
        "{on_lines} of {}",
        take.notes.len()
    );

    let live = heard(&settings);
    let as_sung = heard(&Settings::default());
    assert_eq!(keys(&live.messages), keys(&as_sung.messages));
    let (drawn, sung) = (note_ons(&live.messages), note_ons(&as_sung.messages));
    assert!(
        drawn
            .iter()
            .zip(&sung)
            .all(|(d, s)| d.0 >= s.0 || !line(d.0))
    );
    assert!(drawn.iter().zip(&sung).any(|(d, s)| d.0 > s.0 && line(d.0)));
}

/// Something that a host's user does with the transport.
#[derive(Clone, Debug)]
enum Move {
    Play,
    Stop,
    Jump(f64),
    Tempo(f64),
    Meter(i32, i32),
    /// A loop of so many quarter notes from here.
    Loop(f64),
}

fn moves() -> impl Strategy<Value = Vec<(usize, Move)>> {
    let one = prop_oneof![
        3 => Just(Move::Play),
        2 => Just(Move::Stop),
        2 => (0.0..64.0).prop_map(Move::Jump),
        2 => (40.0..240.0).prop_map(Move::Tempo),
        1 => (1..=13, prop_oneof![Just(4), Just(8), Just(16)]).prop_map(|(n, d)| Move::Meter(n, d)),
        1 => (0.25..8.0).prop_map(Move::Loop),
    ];
    prop::collection::vec((1usize..24, one), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_transport_does_no_note_hangs(
        from in 0usize..6,
        moves in moves(),
        block in prop_oneof![Just(64usize), Just(512), Just(2_048)],
        quantise in 0usize..Division::ALL.len(),
        aligned in any::<bool>(),
    ) {
        let rate = PHRASE.1;
        let mut rig = Rig::new(rate as f32, true);
        rig.set(|p| &p.quantise, Division::ALL[quantise]);
        rig.set(|p| &p.timing_mode, if aligned { TimingMode::Aligned } else { TimingMode::Live });
        rig.activate();
        let audio = &PHRASE.0[from * rate as usize..];
        let mut blocks = audio.chunks(block);
        let (mut sent, mut quarters, mut looped) = (Vec::new(), 0.0, None::<(f64, f64)>);
        rig.transport().tempo = Some(120.0);
        for (wait, next) in moves {
            for input in blocks.by_ref().take(wait * 2_048 / block / 2 + 1) {
                let transport = rig.transport();
                transport.pos_beats = Some(quarters);
                let bar = f64::from(transport.time_sig_numerator.unwrap_or(4)) * 4.0
                    / f64::from(transport.time_sig_denominator.unwrap_or(4));
                transport.bar_start_pos_beats = Some((quarters / bar).floor() * bar);
                if transport.playing {
                    quarters += input.len() as f64 / rate * transport.tempo.unwrap_or(120.0) / 60.0;
                    if let Some((start, end)) = looped && quarters >= end {
                        quarters = start + (quarters - end);
                    }
                }
                // An event outside its block is found by the rig.
                sent.extend(rig.process(&mut input.to_vec()));
            }
            let transport = rig.transport();
            match next {
                Move::Play => transport.playing = true,
                Move::Stop => transport.playing = false,
                Move::Jump(to) => quarters = to,
                Move::Tempo(bpm) => transport.tempo = Some(bpm),
                Move::Meter(beats, unit) => {
                    transport.time_sig_numerator = Some(beats);
                    transport.time_sig_denominator = Some(unit);
                }
                Move::Loop(length) => looped = Some((quarters, quarters + length)),
            }
        }
        // No note waits longer for its line than a bar of the slowest song.
        for _ in 0..(4.0 * rate) as usize / 4_096 {
            sent.extend(rig.process(&mut [0.0; 4_096]));
        }
        // The band plays on as long as the transport does.
        rig.transport().playing = false;
        for _ in 0..4 {
            sent.extend(rig.process(&mut [0.0; 4_096]));
        }
        prop_assert_eq!(hanging(&sent), []);
        prop_assert!(sent.windows(2).all(|w| w[0].position <= w[1].position));
    }
}

#[test]
fn a_singer_who_rests_is_answered_on_the_beat_and_a_host_hears_what_the_file_says() {
    let rate = PHRASE.1;
    let bpm = 100.0;
    let settings = Settings {
        song: Some(Song::at(bpm, Meter::COMMON)),
        tracks: Tracks::default().only(&[Track::Melody, Track::Answer]),
        ..Settings::default()
    };
    // The phrase, a rest of four bars, and the phrase again.
    let mut audio = PHRASE.0.clone();
    audio.extend(vec![0.0; (16.0 * 60.0 / bpm * rate) as usize]);
    audio.extend(&PHRASE.0);
    let sung = render(&[audio.clone()], rate, &settings, &mut |_| {}).expect("renders");
    let again = render(&[audio.clone()], rate, &settings, &mut |_| {}).expect("renders");
    assert_eq!(
        sung.messages, again.messages,
        "the same seed answers the same"
    );
    let answer = Track::Answer.channel();
    let (answers, melody): (Vec<_>, Vec<_>) = sung
        .messages
        .iter()
        .copied()
        .partition(|timed| timed.message.channel() == answer);
    let begun = note_ons(&answers);
    assert!(!begun.is_empty(), "no answer in a rest of four bars");
    assert_eq!(hanging(&answers), []);
    let beat = 60.0 / bpm * rate;
    let grid = beat / 4.0;
    for (position, _) in &begun {
        let off = *position as f64 / grid;
        assert!(
            (off - off.round()).abs() * grid <= 1.5,
            "{position} is off the grid"
        );
    }
    // It never plays while the singer does, but for what is not decided yet.
    let sounds = |position: i64| {
        let last = melody
            .iter()
            .rfind(|m| m.position <= position && m.message.is_note_on());
        last.is_some_and(|on| position - on.position < (0.3 * rate) as i64)
    };
    assert!(
        begun.iter().all(|(position, _)| !sounds(*position)),
        "{begun:?}"
    );

    let other = Settings {
        answers: Answers {
            seed: 5,
            ..settings.answers
        },
        ..settings
    };
    let other = render(&[audio.clone()], rate, &other, &mut |_| {}).expect("renders");
    assert_ne!(
        other.messages, sung.messages,
        "another seed, another answer"
    );

    let mut rig = Rig::new(rate as f32, true);
    rig.set(|p| &p.answer.on, true);
    for band in [Track::Chords, Track::Bass, Track::Drums] {
        rig.set(|p| &p.track(band).on, false);
    }
    rig.activate();
    let mut sent = Vec::new();
    let mut quarters = 0.0;
    for block in audio.chunks(512) {
        let transport = rig.transport();
        transport.playing = true;
        transport.tempo = Some(bpm);
        transport.pos_beats = Some(quarters);
        transport.bar_start_pos_beats = Some((quarters / 4.0f64).floor() * 4.0);
        quarters += block.len() as f64 / rate * bpm / 60.0;
        sent.extend(rig.process(&mut block.to_vec()));
    }
    let last = audio.len() as i64;
    let expected: Vec<_> = note_ons(&sung.messages)
        .into_iter()
        .filter(|(position, _)| *position < last)
        .collect();
    let close = |(a, b): (&(i64, u8), &(i64, u8))| (a.0 - b.0).abs() <= 1 && a.1 == b.1;
    let sent = note_ons(&sent);
    assert_eq!(sent.len(), expected.len());
    assert!(
        sent.iter().zip(&expected).all(close),
        "{sent:?}\n{expected:?}"
    );
}
