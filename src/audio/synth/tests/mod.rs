//! What the synthesiser promises, heard from outside.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests, not the callback"
)]

mod messages;
mod tuning;

use super::Synth;
use crate::music::midi::DRUM_CHANNEL;
use crate::music::{Instrument, Message, NoteExpression};
use std::f64::consts::TAU;

const RATE: f64 = 48_000.0;

/// Plays messages, each due at its second, in blocks of `block`; gives both sides.
fn play(rate: f64, block: usize, seconds: f64, events: &[(f64, Message)]) -> [Vec<f32>; 2] {
    let mut synth = Synth::new(rate);
    play_on(&mut synth, rate, block, seconds, events)
}

fn play_on(
    synth: &mut Synth,
    rate: f64,
    block: usize,
    seconds: f64,
    events: &[(f64, Message)],
) -> [Vec<f32>; 2] {
    let samples = (seconds * rate) as usize;
    let (mut left, mut right) = (vec![0.0; samples], vec![0.0; samples]);
    let mut events = events.iter().peekable();
    let mut at = 0;
    while at < samples {
        while let Some((_, message)) = events.next_if(|(s, _)| (s * rate) as usize <= at) {
            synth.message(*message);
        }
        let next = events.peek().map_or(samples, |(s, _)| (s * rate) as usize);
        let to = (at + block).min(next).min(samples);
        synth.process(&mut left[at..to], &mut right[at..to]);
        at = to;
    }
    [left, right]
}

/// One note of a program from the beginning for `length` seconds.
fn note(program: u8, key: u8, length: f64) -> [(f64, Message); 3] {
    [
        (0.0, Message::program_change(0, program)),
        (0.0, Message::note_on(0, key, 0.8)),
        (length, Message::note_off(0, key, 0.0)),
    ]
}

fn loudness(sound: &[f32]) -> f64 {
    let energy: f64 = sound.iter().map(|x| f64::from(*x).powi(2)).sum();
    (energy / sound.len() as f64).sqrt()
}

fn peak(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

fn largest_step(sound: &[f32]) -> f32 {
    let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

/// The power of a sound at a frequency, through a round window.
fn power(sound: &[f32], hertz: f64, rate: f64) -> f64 {
    let turn = TAU * hertz / rate;
    let (step_re, step_im) = (turn.cos(), turn.sin());
    let (mut re, mut im) = (1.0, 0.0);
    let mut sum = (0.0, 0.0);
    for (n, x) in sound.iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * n as f64 / sound.len() as f64).cos();
        let x = f64::from(*x) * window;
        sum.0 += x * re;
        sum.1 += x * im;
        (re, im) = (re * step_re - im * step_im, re * step_im + im * step_re);
    }
    (sum.0 * sum.0 + sum.1 * sum.1) / (sound.len() as f64).powi(2)
}

/// How far a sound lies from `hertz`, in cents: the middle of the power nearby.
fn cents_off(sound: &[f32], hertz: f64, rate: f64) -> f64 {
    let (mut sum, mut all) = (0.0, 0.0);
    for step in (-25..=25).map(f64::from) {
        let ratio = 1.0 + 0.002 * step;
        let power = power(sound, hertz * ratio, rate);
        sum += ratio * power;
        all += power;
    }
    1_200.0 * (sum / all).log2()
}

/// What a sound is like: the level in dB of its loudest stretches, by octave and by time.
fn likeness(sound: &[f32]) -> Vec<f64> {
    let mut all = Vec::new();
    for part in sound.chunks_exact(12_000).take(3) {
        for harmonic in 1..=12 {
            let power = power(part, 220.0 * f64::from(harmonic), RATE);
            all.push(10.0 * (power + 1e-9).log10());
        }
    }
    all
}

#[test]
fn every_instrument_is_audible_and_unlike_the_others() {
    let mut heard: Vec<(Instrument, Vec<f64>)> = Vec::new();
    for instrument in Instrument::ALL {
        if instrument == Instrument::Drums {
            continue;
        }
        let [left, _] = play(RATE, 512, 0.75, &note(instrument.program(), 57, 0.4));
        assert!(loudness(&left) > 0.01, "{instrument}");
        let like = likeness(&left);
        for (other, theirs) in &heard {
            let squares = like.iter().zip(theirs).map(|(a, b)| (a - b).powi(2));
            let apart = (squares.sum::<f64>() / like.len() as f64).sqrt();
            assert!(apart > 2.5, "{instrument} and {other}: {apart:.1} dB");
        }
        heard.push((instrument, like));
    }
}

#[test]
fn every_program_and_drum_sounds_without_offset_and_falls_silent() {
    let play_it = |name: &str, events: &[(f64, Message)]| {
        let mut synth = Synth::new(RATE);
        let [left, _] = play_on(&mut synth, RATE, 512, 0.5, &events[..2]);
        assert!(!synth.is_silent() && peak(&left) > 0.01, "{name}");
        let mean: f64 = left.iter().map(|x| f64::from(*x)).sum::<f64>() / left.len() as f64;
        assert!(mean.abs() < 2e-3, "{name}: {mean}");
        synth.message(events[2].1);
        let [rest, _] = play_on(&mut synth, RATE, 512, 5.0, &[]);
        assert!(synth.is_silent(), "{name}");
        assert_eq!(peak(&rest[rest.len() - 4_800..]), 0.0, "{name}");
    };
    for program in 0..=127 {
        play_it(&format!("program {program}"), &note(program, 60, 0.5));
    }
    for key in 35..=81 {
        let events = [
            (0.0, Message::program_change(DRUM_CHANNEL, 0)),
            (0.0, Message::note_on(DRUM_CHANNEL, key, 0.8)),
            (0.5, Message::note_off(DRUM_CHANNEL, key, 0.0)),
        ];
        play_it(&format!("drum {key}"), &events);
    }
}

#[test]
fn harder_notes_are_louder_and_brighter() {
    for instrument in Instrument::ALL {
        let channel = if instrument == Instrument::Drums {
            DRUM_CHANNEL
        } else {
            0
        };
        let sound = |velocity| {
            let [left, _] = play(
                RATE,
                512,
                0.5,
                &[
                    (0.0, Message::program_change(channel, instrument.program())),
                    (0.0, Message::note_on(channel, 48, velocity)),
                ],
            );
            // The steps from sample to sample are the larger the brighter it is.
            let steps: Vec<f32> = left.windows(2).map(|p| p[1] - p[0]).collect();
            (loudness(&left), loudness(&steps) / loudness(&left))
        };
        let (soft, hard) = (sound(0.3), sound(0.95));
        assert!(hard.0 > 1.8 * soft.0, "{instrument}: {soft:?} {hard:?}");
        assert!(hard.1 > 0.95 * soft.1, "{instrument}: {soft:?} {hard:?}");
    }
}

#[test]
fn notes_end_and_give_way_without_a_click() {
    // A smooth sound, so that any step is a click.
    let mut events = vec![(0.0, Message::program_change(0, 78))];
    for n in 0..48 {
        events.push((0.0, Message::note_on(0, 40 + n, 0.25)));
    }
    let [steady, _] = play(RATE, 128, 1.0, &events);
    let usual = largest_step(&steady);
    for burst in [1, 10, 60] {
        let mut more = events.clone();
        for n in 0..burst {
            more.push((0.5, Message::note_on(0, 30 + n % 60, 0.25)));
        }
        for n in 0..127 {
            more.push((0.8, Message::note_off(0, n, 0.0)));
        }
        let [stolen, _] = play(RATE, 128, 1.0, &more);
        let step = largest_step(&stolen);
        assert!(step < 1.6 * usual + 0.01, "{burst}: {step} for {usual}");
    }
}

#[test]
fn a_full_band_stays_below_full_scale() {
    for level in [1.0, 4.0] {
        let mut synth = Synth::new(RATE);
        synth.set_level(level);
        let mut events = Vec::new();
        for n in 0..48_u8 {
            let channel = n % 8;
            let program = [0, 16, 29, 38, 48, 61, 81, 90][usize::from(channel)];
            events.push((0.0, Message::program_change(channel, program)));
            events.push((0.0, Message::control_change(channel, 7, 1.0)));
            events.push((0.0, Message::note_on(channel, 30 + n, 1.0)));
            events.push((0.2, Message::note_on(DRUM_CHANNEL, 35 + n % 47, 1.0)));
        }
        let [left, right] = play_on(&mut synth, RATE, 256, 2.0, &events);
        let highest = peak(&left).max(peak(&right));
        assert!((0.5..1.0).contains(&highest), "{highest}");
    }
}

#[test]
fn the_block_size_changes_nothing() {
    let mut events = Vec::new();
    for (n, instrument) in Instrument::ALL.into_iter().enumerate() {
        let (channel, start) = ((n % 16) as u8, 0.01 * n as f64);
        events.push((
            start,
            Message::program_change(channel, instrument.program()),
        ));
        events.push((start, Message::note_on(channel, 50 + n as u8, 0.7)));
        events.push((start + 0.05, Message::pitch_bend(channel, 0.3)));
        events.push((start + 0.3, Message::note_off(channel, 50 + n as u8, 0.0)));
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bits = |block| {
        let [left, right] = play(44_100.0, block, 1.0, &events);
        [left, right].map(|side| side.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
    };
    let whole = bits(1 << 20);
    for block in [1, 7, 64, 333] {
        assert!(bits(block) == whole, "{block}");
    }
}

#[test]
fn nothing_hostile_makes_noise_of_it() {
    let mut seed = 1_u32;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed
    };
    let values = [f32::NAN, f32::INFINITY, -1e30, 1e-40, 0.0, 0.5, 1.0, 7.0];
    for rate in [
        f64::NAN,
        -5.0,
        0.0,
        1_000.0,
        8_000.0,
        96_000.0,
        768_000.0,
        1e300,
    ] {
        let mut synth = Synth::new(rate);
        let (mut left, mut right) = ([0.0; 97], [0.0; 97]);
        for round in 0..3_000_u32 {
            let number = random();
            let (channel, key) = (number as u8, (number >> 8) as u8);
            let value = values[(number >> 16) as usize % 8];
            synth.message(match (number >> 20) % 11 {
                0..=3 => Message::NoteOn {
                    channel: channel % 20,
                    key,
                    velocity: value,
                },
                4 => Message::NoteOff {
                    channel,
                    key,
                    velocity: value,
                },
                5 => Message::ControlChange {
                    channel: channel % 16,
                    controller: key,
                    value,
                },
                6 => Message::PitchBend {
                    channel: channel % 16,
                    value,
                },
                7 => Message::ChannelPressure { channel, value },
                8 => Message::ProgramChange {
                    channel: channel % 16,
                    program: key,
                },
                9 => Message::NoteExpression {
                    channel: channel % 16,
                    key,
                    expression: NoteExpression::Tuning(value * 50.0),
                },
                _ => Message::NoteExpression {
                    channel: channel % 16,
                    key,
                    expression: NoteExpression::Volume(value),
                },
            });
            if round % 50 == 0 {
                synth.set_level(value);
            }
            left.fill(0.0);
            right.fill(0.0);
            let length = number as usize % 97;
            synth.process(&mut left[..length], &mut right[..length / 2 + 40]);
            for sample in left.iter().chain(&right) {
                assert!(
                    sample.is_finite() && sample.abs() <= 1.0,
                    "{rate}: {sample}"
                );
            }
        }
    }
}
