//! What each message does.

use super::{RATE, cents_off, loudness, note, peak, play, play_on};
use crate::audio::synth::Synth;
use crate::music::midi::DRUM_CHANNEL;
use crate::music::{Message, NoteExpression};

/// The last tenth of a second of what the messages, all due at once, lead to after one second.
fn after(messages: &[Message]) -> Vec<f32> {
    let events: Vec<_> = messages.iter().map(|m| (0.0, *m)).collect();
    let [left, _] = play(RATE, 128, 1.0, &events);
    left[left.len() - 4_800..].to_vec()
}

/// A registered parameter is set as MIDI does it.
fn register(channel: u8, number: u8, value: u8) -> [Message; 3] {
    [(101, 0), (100, number), (6, value)]
        .map(|(c, v)| Message::control_change(channel, c, f32::from(v) / 127.0))
}

#[test]
fn controllers_set_loudness_and_place() {
    let flute = Message::program_change(0, 73);
    let on = Message::note_on(0, 69, 0.8);
    let usual = loudness(&after(&[flute, on]));
    for controller in [7, 11] {
        let half = after(&[flute, Message::control_change(0, controller, 0.4), on]);
        assert!(loudness(&half) < 0.5 * usual);
        let none = after(&[flute, Message::control_change(0, controller, 0.0), on]);
        assert!(loudness(&none) < 1e-6);
    }
    let [left, right] = play(
        RATE,
        128,
        0.5,
        &[
            (0.0, Message::control_change(0, 10, 0.0)),
            (0.0, Message::note_on(0, 60, 0.8)),
        ],
    );
    assert!(loudness(&left) > 3.0 * loudness(&right));
    let quiet = NoteExpression::Volume(0.1);
    let quiet = after(&[flute, on, Message::note_expression(0, 69, quiet)]);
    assert!(loudness(&quiet) < 0.2 * usual);
    // Another key is not meant.
    let other = NoteExpression::Volume(0.1);
    let other = after(&[flute, on, Message::note_expression(0, 70, other)]);
    assert!(loudness(&other) > 0.9 * usual);
}

#[test]
fn brightness_opens_the_sound() {
    let bright = |value| {
        let sound = after(&[
            Message::program_change(0, 81),
            Message::control_change(0, 74, value),
            Message::note_on(0, 57, 0.8),
        ]);
        let steps: Vec<f32> = sound.windows(2).map(|p| p[1] - p[0]).collect();
        loudness(&steps) / loudness(&sound)
    };
    assert!(bright(0.0) < 0.7 * bright(0.5) && bright(0.5) < 0.8 * bright(1.0));
}

#[test]
fn bends_follow_the_range_and_expressions_the_note() {
    let flute = Message::program_change(0, 73);
    let on = Message::note_on(0, 69, 0.8);
    let hertz = |semitones: f64| 440.0 * (semitones / 12.0).exp2();
    let check = |messages: &[Message], semitones: f64| {
        let events: Vec<_> = messages.iter().map(|m| (0.0, *m)).collect();
        let [left, _] = play(RATE, 128, 1.0, &events);
        let off = cents_off(&left[12_000..], hertz(semitones), RATE);
        assert!(off.abs() < 2.0, "{semitones}: {off}");
    };
    check(&[flute, on, Message::pitch_bend(0, 0.5)], 1.0);
    let [a, b, c] = register(0, 0, 12);
    check(&[flute, a, b, c, on, Message::pitch_bend(0, -0.5)], -6.0);
    let tuning = NoteExpression::Tuning(3.25);
    check(&[flute, on, Message::note_expression(0, 69, tuning)], 3.25);
}

#[test]
fn an_mpe_note_sounds_like_its_zone() {
    let mut messages = register(0, 6, 15).to_vec();
    messages.extend(register(9, 0, 48));
    messages.push(Message::program_change(0, 73));
    messages.push(Message::note_on(9, 57, 0.8));
    messages.push(Message::pitch_bend(9, 0.25));
    let events: Vec<_> = messages.iter().map(|m| (0.0, *m)).collect();
    let [left, _] = play(RATE, 128, 1.0, &events);
    let off = cents_off(&left[12_000..], 440.0, RATE);
    assert!(off.abs() < 2.0, "{off}");
    messages.push(Message::control_change(0, 11, 0.0));
    assert!(loudness(&after(&messages)) < 1e-6);
}

#[test]
fn the_pedal_holds_and_panic_ends() {
    let strings = Message::program_change(0, 48);
    let pedal = |value| Message::control_change(0, 64, value);
    let (on, off) = (Message::note_on(0, 60, 0.8), Message::note_off(0, 60, 0.0));
    let mut synth = Synth::new(RATE);
    let begun = [(0.0, strings), (0.0, pedal(1.0)), (0.1, on), (0.4, off)];
    let [left, _] = play_on(&mut synth, RATE, 128, 2.0, &begun);
    assert!(loudness(&left[90_000..]) > 0.01);
    synth.message(pedal(0.0));
    play_on(&mut synth, RATE, 128, 5.0, &[]);
    assert!(synth.is_silent());

    for controller in [120, 123] {
        let mut synth = Synth::new(RATE);
        play_on(&mut synth, RATE, 128, 0.5, &[(0.0, strings), (0.0, on)]);
        synth.message(Message::control_change(0, controller, 0.0));
        play_on(&mut synth, RATE, 128, 5.0, &[]);
        assert!(synth.is_silent(), "{controller}");
    }

    let mut synth = Synth::new(RATE);
    play_on(&mut synth, RATE, 128, 0.5, &[(0.0, strings), (0.0, on)]);
    synth.reset();
    let [left, _] = play_on(&mut synth, RATE, 128, 0.5, &[]);
    assert!(synth.is_silent() && peak(&left) == 0.0);
}

#[test]
fn a_closed_hat_ends_an_open_one_and_a_kick_does_not() {
    let tail = |next: u8| {
        let hits = [
            (0.0, Message::note_on(DRUM_CHANNEL, 46, 0.8)),
            (0.1, Message::note_on(DRUM_CHANNEL, next, 0.8)),
        ];
        let [left, _] = play(RATE, 128, 0.5, &hits);
        // Only what is high: steps of steps.
        let high: Vec<f32> = left[9_600..14_400]
            .windows(3)
            .map(|x| x[2] - 2.0 * x[1] + x[0])
            .collect();
        loudness(&high)
    };
    assert!(tail(42) < 0.25 * tail(36), "{} {}", tail(42), tail(36));
}

#[test]
fn mono_is_the_mean_of_both_sides_and_the_level_is_heeded() {
    let events = note(0, 60, 1.0);
    let [left, right] = play(RATE, 480, 0.5, &events);
    let mut synth = Synth::new(RATE);
    synth.message(events[0].1);
    synth.message(events[1].1);
    let mut mono = vec![1.0; left.len()];
    synth.process_mono(&mut mono);
    for ((mono, left), right) in mono.iter().zip(&left).zip(&right) {
        assert!((mono - 1.0 - 0.5 * (left + right)).abs() < 1e-6);
    }
    synth.set_level(0.0);
    synth.set_level(f32::NAN);
    let [left, _] = play_on(&mut synth, RATE, 480, 0.5, &[]);
    assert!(loudness(&left[2_400..]) < 1e-4);
}
