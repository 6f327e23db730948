//! What happens within a note reaches the host as the library has it.

use crate::bundles::{in_each_format, phrase};
use headless::{Message, Script, Value, play};
use vocalise::music::{self, TimedMessage};
use vocalise::voice::offline::{Settings, render};
use vocalise::voice::{Output, Performance};

/// A bounce with everything that is followed within a note.
fn script(settings: &[(&str, &str)]) -> Script {
    let (voice, rate) = phrase();
    let mut script = Script::offline(rate, vec![voice])
        .set(0, "Bend", Value::Normal(1.0))
        .set(0, "Brightness", Value::Normal(1.0));
    for (name, value) in settings {
        script = script.set(0, name, Value::from(*value));
    }
    script
}

fn library(performance: Performance) -> Vec<TimedMessage> {
    let (voice, rate) = phrase();
    let performance = Performance {
        bend: 1.0,
        brightness: true,
        ..performance
    };
    let settings = Settings {
        performance,
        ..Settings::default()
    };
    render(&[voice], rate, &settings, &mut |_| ())
        .unwrap()
        .messages
}

/// What MIDI 1.0 says of a note's inside: position, kind (a controller's number, 128 for pressure,
/// 129 for a bend), channel and value. What sets the receiver up is left out: a host that moves a
/// parameter hears of it at once, a file before its first note.
type Move = (i64, u8, u8, u16);

fn moves_of_host(events: &[headless::Event]) -> Vec<Move> {
    let moves = events.iter().filter_map(|event| match event.message {
        Message::Control {
            channel,
            controller: controller @ (11 | 74),
            value,
        } => Some((event.position, controller, channel, value.into())),
        Message::Pressure { channel, value } => Some((event.position, 128, channel, value.into())),
        Message::Bend { channel, value } => Some((event.position, 129, channel, value)),
        _ => None,
    });
    moves.collect()
}

fn moves_of_library(messages: &[TimedMessage]) -> Vec<Move> {
    let bits = |value: f32| (value * 127.0).round() as u16;
    let moves = messages.iter().filter_map(|timed| {
        let (kind, channel, value) = match timed.message {
            music::Message::ControlChange {
                channel,
                controller: controller @ (11 | 74),
                value,
            } => (controller, channel, bits(value)),
            music::Message::ChannelPressure { channel, value } => (128, channel, bits(value)),
            music::Message::PitchBend { channel, value } => {
                let wire = ((0.5 + 0.5 * value) * 16_383.0).round() as u16;
                (129, channel, wire)
            }
            _ => return None,
        };
        Some((timed.position, kind, channel, value))
    });
    moves.collect()
}

#[test]
fn bends_and_controllers_are_the_library_s_in_each_format() {
    let wanted = moves_of_library(&library(Performance::default()));
    assert!(wanted.iter().filter(|m| m.1 == 129).count() > 50);
    in_each_format(|host| {
        let heard = play(host, &script(&[])).unwrap();
        assert_eq!(
            moves_of_host(&heard.events),
            wanted,
            "{}",
            host.about().format
        );
    });
}

#[test]
fn mpe_spreads_the_notes_over_the_channels_in_each_format() {
    let performance = Performance {
        output: Output::Melody,
        mpe: true,
        ..Performance::default()
    };
    let wanted = moves_of_library(&library(performance));
    let channels = |moves: &[Move]| moves.iter().map(|m| m.2).max();
    assert!(channels(&wanted) > Some(4));
    in_each_format(|host| {
        let heard = play(host, &script(&[("Output", "Melody"), ("MPE", "On")])).unwrap();
        assert_eq!(
            moves_of_host(&heard.events),
            wanted,
            "{}",
            host.about().format
        );
        assert_eq!(heard.hanging(), [], "{}", host.about().format);
    });
}

#[test]
fn note_expressions_reach_each_format() {
    let performance = Performance {
        note_expressions: true,
        ..Performance::default()
    };
    let messages = library(performance);
    let wanted = messages
        .iter()
        .filter(|m| matches!(m.message, music::Message::NoteExpression { .. }));
    let wanted: Vec<i64> = wanted.map(|timed| timed.position).collect();
    assert!(wanted.len() > 100);
    in_each_format(|host| {
        let heard = play(host, &script(&[("Note Expressions", "On")])).unwrap();
        let expressions = heard
            .events
            .iter()
            .filter_map(|event| match &event.message {
                Message::Other(words) if words.contains("NoteExpression") => Some(event.position),
                _ => None,
            });
        let expressions: Vec<i64> = expressions.collect();
        assert_eq!(expressions, wanted, "{}", host.about().format);
    });
}
