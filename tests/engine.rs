//! Promises about notes that hold for every block size, rate and interruption, on the real plugin
//! with its real model. Without ONNX Runtime these tests fail: `cargo xtask setup` fetches it.

#[path = "support/phrase.rs"]
mod phrase;
#[path = "support/rig.rs"]
mod rig;

use phrase::{PHRASE, hanging};
use proptest::prelude::*;
use rig::Rig;
use vocalise::music::{Message, SungNote, TimedMessage};
use vocalise::voice::offline::{Settings, render};
use vocalise::voice::{Output, Performance};

fn seconds(from: f64, to: f64) -> Vec<f32> {
    let (audio, rate) = &*PHRASE;
    let place = |s: f64| ((s * rate) as usize).min(audio.len());
    audio[place(from)..place(to)].to_vec()
}

fn rendered(audio: &[f32], rate: f64) -> (Vec<SungNote>, Vec<TimedMessage>) {
    let channels = [audio.to_vec()];
    let heard = render(&channels, rate, &Settings::default(), &mut |_| {}).expect("renders");
    (heard.notes, heard.messages)
}

/// `messages` that fall within the first `len` samples.
fn within(messages: Vec<TimedMessage>, len: usize) -> Vec<TimedMessage> {
    messages
        .into_iter()
        .filter(|m| m.position < len as i64)
        .collect()
}

#[test]
fn a_bounce_gives_the_command_lines_notes_at_every_block_size() {
    let rate = PHRASE.1;
    let audio = seconds(0.0, 4.0);
    let expected = within(rendered(&audio, rate).1, audio.len());
    assert!(
        expected.iter().filter(|m| m.message.is_note_on()).count() >= 3,
        "{expected:?}"
    );
    for size in [1, 7, 64, 128, 1_000, 8_192] {
        let sent = Rig::new(rate as f32, true).play(&audio, &[size]);
        assert_eq!(sent, expected, "blocks of {size}");
    }
}

#[test]
fn expression_is_the_command_lines_at_every_block_size() {
    let rate = PHRASE.1;
    let audio = seconds(0.0, 4.0);
    for (mpe, note_expressions) in [(false, false), (true, false), (false, true)] {
        let settings = Settings {
            performance: Performance {
                bend: 1.0,
                output: Output::Melody,
                mpe,
                note_expressions,
                brightness: true,
                ..Performance::default()
            },
            ..Settings::default()
        };
        let channels = [audio.clone()];
        let heard = render(&channels, rate, &settings, &mut |_| {}).expect("renders");
        let expected = within(heard.messages, audio.len());
        assert!(expected.len() > 100, "{}", expected.len());
        for size in [7, 512, 8_192] {
            let mut rig = Rig::new(rate as f32, true);
            rig.set(|p| &p.bend, 1.0);
            rig.set(|p| &p.output, Output::Melody);
            rig.set(|p| &p.mpe, mpe);
            rig.set(|p| &p.note_expressions, note_expressions);
            rig.set(|p| &p.brightness, true);
            rig.activate();
            assert_eq!(rig.play(&audio, &[size]), expected, "blocks of {size}");
        }
    }
}

#[test]
fn parameters_that_move_while_a_note_sounds_leave_nothing_sounding() {
    type Move = (&'static str, fn(&mut Rig));
    let moves: [Move; 3] = [
        ("MPE", |rig| {
            rig.set(|p| &p.output, Output::Melody);
            rig.set(|p| &p.mpe, true);
        }),
        ("Highest Note", |rig| rig.set(|p| &p.highest, 33)),
        ("Bend Range", |rig| rig.set(|p| &p.bend_range, 24)),
    ];
    for (name, change) in moves {
        let (mut rig, mut sent) = in_the_middle_of_a_note();
        change(&mut rig);
        sent.extend(rig.play(&vec![0.0; 48_000], &[512]));
        assert_eq!(hanging(&sent), [], "{name}");
    }
}

#[test]
fn notes_outside_the_range_are_neither_played_nor_reported() {
    let (audio, rate) = &*PHRASE;
    let (all, _) = rendered(audio, *rate);
    let middle = all[all.len() / 2].key().clamp(34, 95);
    let performance = Performance {
        lowest: middle,
        ..Performance::default()
    };
    let settings = Settings {
        performance,
        ..Settings::default()
    };
    let channels = [audio.clone()];
    let heard = render(&channels, *rate, &settings, &mut |_| {}).expect("renders");
    let wanted: Vec<SungNote> = all.iter().filter(|n| n.key() >= middle).copied().collect();
    assert!(!wanted.is_empty() && wanted.len() < all.len());
    assert_eq!(heard.notes, wanted);
    let melody = heard.messages.iter().filter(|m| m.message.channel() == 0);
    let played = melody.filter(|m| m.message.is_note_on());
    assert_eq!(played.count(), wanted.len());
}

#[test]
fn sensitivity_lets_more_or_less_of_a_soft_voice_in() {
    let (audio, rate) = &*PHRASE;
    let notes = |sensitivity: f32| {
        let performance = Performance {
            sensitivity,
            ..Performance::default()
        };
        let settings = Settings {
            performance,
            ..Settings::default()
        };
        let channels = [audio.clone()];
        let heard = render(&channels, *rate, &settings, &mut |_| {}).expect("renders");
        let sung: f64 = heard.notes.iter().map(SungNote::duration_s).sum();
        sung
    };
    let sung = [0.0, 0.5, 1.0].map(notes);
    assert!(sung[0] < sung[1] && sung[1] < sung[2], "{sung:?} s");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn random_block_sizes_give_the_same_notes(
        sizes in prop::collection::vec(1usize..=8_192, 1..20),
    ) {
        let rate = PHRASE.1;
        let audio = seconds(0.0, 3.0);
        let expected = within(rendered(&audio, rate).1, audio.len());
        prop_assert_eq!(Rig::new(rate as f32, true).play(&audio, &sizes), expected);
    }
}

/// `audio` at another rate, by a resampler that the plugin does not use.
fn resampled(audio: &[f32], from: f64, to: f64) -> Vec<f32> {
    use rubato::audioadapter_buffers::direct::SequentialSlice;
    use rubato::{Fft, FixedSync, Resampler};
    let mut fft = Fft::<f32>::new(from as usize, to as usize, 1_024, 1, FixedSync::Both)
        .expect("whole rates");
    let input = SequentialSlice::new(audio, 1, audio.len()).expect("the whole recording");
    let frames = fft.process_all_needed_output_len(audio.len());
    let mut out = vec![0.0; frames];
    let mut output = SequentialSlice::new_mut(&mut out, 1, frames).expect("room for it");
    let (_, written) = fft
        .process_all_into_buffer(&input, &mut output, audio.len(), None)
        .expect("resamples");
    out.truncate(written);
    out
}

/// The phrase sung faster and slower, higher and lower, one after the other: enough notes (some
/// hundred) that a share of them means something.
fn phrases(rate: f64) -> Vec<f32> {
    let (audio, own) = &*PHRASE;
    [0.92, 1.0, 1.09, 1.19]
        .into_iter()
        .flat_map(|speed| resampled(audio, (own * speed).round(), rate))
        .collect()
}

/// Share of notes that two renderings have in common, as F1: same pitch within 50 cents, onset
/// within 10 ms.
fn agreement(a: &[SungNote], b: &[SungNote]) -> f64 {
    let mut free: Vec<&SungNote> = b.iter().collect();
    let matched = a.iter().filter(|note| {
        let twin = free.iter().position(|other| {
            (other.onset_s - note.onset_s).abs() <= 0.010 && (other.pitch - note.pitch).abs() <= 0.5
        });
        twin.map(|place| free.swap_remove(place)).is_some()
    });
    2.0 * matched.count() as f64 / (a.len() + b.len()) as f64
}

#[test]
fn every_rate_hears_the_same_notes() {
    let (reference, _) = rendered(&phrases(48_000.0), 48_000.0);
    assert!(reference.len() >= 80, "{reference:?}");
    for other in [22_050.0, 44_100.0, 88_200.0, 96_000.0, 192_000.0] {
        let (notes, _) = rendered(&phrases(other), other);
        let f1 = agreement(&reference, &notes);
        println!("{other} Hz: COnP {f1:.3} against 48 kHz");
        assert!(
            f1 >= 0.98,
            "{other} Hz: {f1} of\n{reference:?}\nand\n{notes:?}"
        );
    }
}

#[test]
fn live_is_offline_later_by_a_constant() {
    let rate = PHRASE.1;
    let audio = seconds(0.0, 2.5);
    let expected = Rig::new(rate as f32, true).play(&audio, &[256]);
    let mut live = Rig::new(rate as f32, false);
    live.wait_until_ready();
    let mut sent = Vec::new();
    for block in audio.chunks(256) {
        sent.extend(live.process(&mut block.to_vec()));
        std::thread::sleep(std::time::Duration::from_secs_f64(256.0 / rate));
    }
    if live.plugin.view().overload() != (0, 0) {
        eprintln!("skipped: this machine was too busy to play live without dropping or delaying");
        return;
    }
    let delay = sent.first().map(|m| m.position).unwrap_or_default()
        - expected.first().map(|m| m.position).unwrap_or_default();
    assert_eq!(delay, 256 + (0.005 * rate) as i64, "one block and 5 ms");
    let moved: Vec<TimedMessage> = expected
        .into_iter()
        .map(|m| TimedMessage {
            position: m.position + delay,
            ..m
        })
        .filter(|m| m.position < (audio.len() / 256 * 256) as i64)
        .collect();
    assert_eq!(sent, moved);
}

/// Plays until a note sounds; gives the rig and what was sent.
fn in_the_middle_of_a_note() -> (Rig, Vec<TimedMessage>) {
    let mut rig = Rig::new(PHRASE.1 as f32, true);
    rig.transport().playing = true;
    rig.transport().tempo = Some(120.0);
    let mut sent = Vec::new();
    for (index, block) in PHRASE.0.chunks(128).enumerate() {
        rig.transport().pos_beats = Some(index as f64 * 128.0 / PHRASE.1 * 2.0);
        sent.extend(rig.process(&mut block.to_vec()));
        if !hanging(&sent).is_empty() {
            return (rig, sent);
        }
    }
    panic!("no note sounds in the phrase");
}

#[test]
fn whatever_interrupts_a_note_its_end_goes_out_with_the_next_block() {
    type Interruption = (&'static str, fn(&mut Rig));
    let interruptions: [Interruption; 6] = [
        ("reset", |rig| rig.reset()),
        ("stop processing", |rig| rig.stop()),
        ("deactivate and activate", |rig| {
            rig.deactivate();
            rig.activate();
        }),
        ("bypass", |rig| rig.set_bypass(true)),
        ("transport stop", |rig| rig.transport().playing = false),
        ("jump", |rig| rig.transport().pos_beats = Some(64.0)),
    ];
    for (name, interrupt) in interruptions {
        let (mut rig, mut sent) = in_the_middle_of_a_note();
        interrupt(&mut rig);
        sent.extend(rig.process(&mut [0.0; 64]));
        assert_eq!(hanging(&sent), [], "{name}");
        sent.extend(rig.play(&vec![0.0; 48_000], &[512]));
        assert_eq!(hanging(&sent), [], "{name}, a second later");
    }
}

#[test]
fn hostile_audio_passes_and_gives_no_nonsense() {
    let rate = 44_100.0;
    let voice = seconds(0.0, 1.5);
    type Damage = (&'static str, fn(usize, f32) -> f32);
    let kinds: [Damage; 6] = [
        (
            "not a number",
            |n, x| if n % 97 == 0 { f32::NAN } else { x },
        ),
        (
            "infinite",
            |n, x| if n % 89 == 0 { f32::NEG_INFINITY } else { x },
        ),
        ("denormal", |_, x| x * 1e-42),
        ("clipped", |_, x| (x * 1e3).clamp(-1.0, 1.0)),
        ("direct current", |_, x| x + 0.9),
        ("silent", |_, _| 0.0),
    ];
    for (name, damage) in kinds {
        let audio: Vec<f32> = voice
            .iter()
            .enumerate()
            .map(|(n, x)| damage(n, *x))
            .collect();
        let sent = Rig::new(rate, true).play(&audio, &[333]);
        for timed in sent {
            if let Message::NoteOn { velocity, key, .. } = timed.message {
                assert!(
                    (0.0..=1.0).contains(&velocity) && key < 128,
                    "{name}: {timed:?}"
                );
            }
        }
    }
}
