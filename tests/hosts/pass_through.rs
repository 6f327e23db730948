//! Whatever comes in goes out untouched, and nothing makes the plugin fall over.

use crate::bundles::in_each_format;
use headless::{Blocks, Message, Script, play};

/// Repeatable noise between −1 and 1.
fn noise(length: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ((state >> 40) as f32 / (1u64 << 23) as f32) - 1.0
        })
        .collect()
}

/// Plays `input` and checks that it passes and that what is sent is sane.
fn check(host: &mut dyn headless::Host, script: &Script, what: &str) {
    let format = host.about().format;
    let heard = play(host, script).unwrap_or_else(|error| panic!("{format}, {what}: {error:#}"));
    if let Err(error) = heard.check_pass_through(&script.input) {
        panic!("{format}, {what}: {error}");
    }
    for event in &heard.events {
        let sane = match &event.message {
            Message::NoteOn { velocity, .. } => (0.0..=1.0).contains(velocity) && *velocity > 0.0,
            Message::NoteOff { velocity, .. } => (0.0..=1.0).contains(velocity),
            Message::Other(_) => false,
            _ => true,
        };
        assert!(sane, "{format}, {what}: {event:?}");
    }
    let hanging = heard.hanging();
    assert!(hanging.is_empty(), "{format}, {what}: {hanging:?}");
}

#[test]
fn one_channel_and_two_pass_in_blocks_of_any_size() {
    in_each_format(|host| {
        for channels in [1, 2] {
            for (blocks, length) in [
                (Blocks::Fixed(1), 3_000),
                (Blocks::Fixed(64), 48_000),
                (Blocks::Fixed(1_000), 48_000),
                (Blocks::Fixed(16_384), 48_000),
                (
                    Blocks::Random {
                        max: 4_096,
                        seed: 7,
                    },
                    48_000,
                ),
            ] {
                let input = (0..channels).map(|seed| noise(length, seed)).collect();
                let what = format!("{channels} channels in {blocks:?}");
                let mut script = Script::offline(48_000.0, input).blocks(blocks);
                script.tail = 0.1;
                check(host, &script, &what);
            }
        }
    });
}

#[test]
fn every_sample_rate_that_a_host_may_try_is_taken() {
    const RATES: [f64; 16] = [
        1_000.0,
        1_234.567_8,
        8_000.0,
        11_025.0,
        16_000.0,
        22_050.0,
        32_000.0,
        44_056.494,
        44_100.0,
        48_000.0,
        88_200.0,
        96_000.0,
        176_400.0,
        192_000.0,
        384_000.0,
        768_000.0,
    ];
    in_each_format(|host| {
        for rate in RATES {
            let input = vec![noise((rate * 0.3) as usize, 3)];
            let mut script = Script::offline(rate, input).blocks(Blocks::Fixed(256));
            // Long enough for a note that the noise may have begun to end by itself.
            script.tail = 0.7;
            check(host, &script, &format!("{rate} Hz"));
        }
    });
}

#[test]
fn what_no_singer_sings_passes_and_does_no_harm() {
    let length = 24_000;
    let sawtooth = |level: f32| -> Vec<f32> {
        (0..length)
            .map(|n| level * ((n % 109) as f32 / 54.5 - 1.0))
            .collect()
    };
    let every = |period: usize, odd: f32| {
        let mut samples = sawtooth(0.3);
        samples
            .iter_mut()
            .step_by(period)
            .for_each(|sample| *sample = odd);
        samples
    };
    let inputs = [
        ("silence", vec![0.0; length]),
        // Among other samples, as the denormals are: alone, the VST3 host
        // library takes them for silence and hands on plain zeros.
        ("negative zero", every(2, -0.0)),
        ("denormals", every(2, f32::MIN_POSITIVE / 8.0)),
        ("a level of one", vec![1.0; length]),
        ("clipping", sawtooth(40.0)),
        ("the largest numbers", vec![f32::MAX; length]),
        ("not-a-number now and then", every(997, f32::NAN)),
        (
            "nothing but not-a-number",
            vec![f32::from_bits(0xffc0_0123); length],
        ),
        ("infinity", every(1_999, f32::INFINITY)),
        ("minus infinity", vec![f32::NEG_INFINITY; length]),
    ];
    in_each_format(|host| {
        for (what, samples) in &inputs {
            let input = vec![samples.clone(), samples.clone()];
            check(host, &Script::offline(48_000.0, input), what);
        }
    });
}

#[test]
fn a_voice_is_heard_after_not_a_number_as_after_silence() {
    let (voice, rate) = crate::bundles::phrase();
    in_each_format(|host| {
        let mut after = |lead: f32| {
            let mut input = vec![lead; rate as usize];
            input.extend(&voice);
            let script = Script::offline(rate, vec![input]);
            play(host, &script).unwrap().notes()
        };
        let wanted = after(0.0);
        assert!(!wanted.is_empty(), "the phrase has no notes");
        assert_eq!(after(f32::NAN), wanted);
        assert_eq!(after(f32::INFINITY), wanted);
    });
}
