//! What a player of the MIDI would notice, on voices made by hand.

use super::*;
use crate::music::NoteExpression;
use crate::voice::Output;

const RATE: f64 = 48_000.0;
/// Samples from one frame to the next.
const HOP: i64 = 479;
/// The decoder's lag and the network's delay, in frames.
const LAG: usize = 5;
const DELAY: u32 = 3;

/// A melody and what it sent, with positions.
struct Band {
    melody: Melody,
    position: i64,
    sent: Vec<(i64, Message)>,
}

impl Band {
    fn new(performance: Performance) -> Self {
        Self {
            melody: Melody::new(RATE, DELAY, performance),
            position: 0,
            sent: Vec::new(),
        }
    }

    /// One frame, in which a note on a key may begin or the note may end.
    fn frame(&mut self, heard: Heard, begins: Option<u8>, ends: bool) {
        self.position += HOP;
        let (position, sent) = (self.position, &mut self.sent);
        let mut send = |message| sent.push((position, message));
        self.melody.hear(heard);
        if ends {
            self.melody.note_off(position);
        }
        if let Some(key) = begins {
            self.melody.note_on(position, (key, 0.7), LAG, &mut send);
        }
        self.melody.frame(position, LAG, &mut send);
    }

    /// A note on `key` that lasts as many frames as `voice` gives, decided as late as a decoder
    /// does. Silence follows while it is decided.
    fn sing(&mut self, key: u8, voice: impl IntoIterator<Item = Heard>) {
        let voice: Vec<Heard> = voice.into_iter().collect();
        let (last, late) = (voice.len(), LAG + DELAY as usize);
        for (index, heard) in voice.into_iter().enumerate() {
            self.frame(heard, (index == late).then_some(key), false);
        }
        assert!(last > late, "too short to be decided");
        self.rest(late - 1);
        self.frame(SILENCE, None, true);
    }

    fn rest(&mut self, frames: usize) {
        for _ in 0..frames {
            self.frame(SILENCE, None, false);
        }
    }

    fn set(&mut self, index: u32, value: f32) {
        let (position, sent) = (self.position, &mut self.sent);
        self.melody
            .set(index, value, &mut |message| sent.push((position, message)));
    }

    fn messages(&self) -> Vec<Message> {
        self.sent.iter().map(|(_, message)| *message).collect()
    }

    /// Positions and values of the bends.
    fn bends(&self) -> Vec<(i64, f32)> {
        let bend = |(at, message): &(i64, Message)| match message {
            Message::PitchBend { value, .. } => Some((*at, *value)),
            _ => None,
        };
        self.sent.iter().filter_map(bend).collect()
    }

    /// Positions, channels and values, 0 – 127, of a controller.
    fn controller(&self, number: u8) -> Vec<(i64, u8, f32)> {
        let found = |(at, message): &(i64, Message)| match *message {
            Message::ControlChange {
                channel,
                controller,
                value,
            } if controller == number => Some((*at, channel, value * 127.0)),
            _ => None,
        };
        self.sent.iter().filter_map(found).collect()
    }

    /// Positions of note-ons and note-offs, with the channel.
    fn strokes(&self) -> Vec<(i64, bool, u8)> {
        let stroke = |(at, message): &(i64, Message)| match message {
            Message::NoteOn { channel, .. } => Some((*at, true, *channel)),
            Message::NoteOff { channel, .. } => Some((*at, false, *channel)),
            _ => None,
        };
        self.sent.iter().filter_map(stroke).collect()
    }
}

const SILENCE: Heard = Heard {
    pitch: 95.0,
    voiced: false,
    level_db: -90.0,
    brightness: 1.0,
};

/// A voice at `pitch`.
fn voice(pitch: f32) -> Heard {
    Heard {
        pitch,
        voiced: true,
        level_db: -20.0,
        brightness: 0.4,
    }
}

/// Two seconds of vibrato around C4: 6 Hz, 60 cents up and down.
fn vibrato() -> impl Iterator<Item = Heard> {
    (0..200).map(|n| voice(60.0 + 0.6 * (std::f32::consts::TAU * 6.0 * n as f32 * 0.01).sin()))
}

fn following() -> Performance {
    Performance {
        bend: 1.0,
        ..Performance::default()
    }
}

#[test]
fn a_vibrato_is_followed_with_a_bounded_number_of_bends() {
    let mut band = Band::new(following());
    band.sing(60, vibrato());
    band.rest(60);
    let bends = band.bends();
    let frames = (bends[bends.len() - 1].0 - bends[0].0) / HOP;
    assert!(
        bends.len() as i64 <= frames / 2 + 1,
        "{} in {frames}",
        bends.len()
    );
    assert!(
        bends.len() > 60,
        "{} are too few to hear a vibrato",
        bends.len()
    );
    for pair in bends.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= 2 * HOP, "{pair:?}");
        assert!((pair[1].1 - pair[0].1).abs() * 2.0 >= 0.039, "{pair:?}");
    }
    let (low, high) = bends
        .iter()
        .fold((0f32, 0f32), |(l, h), (_, v)| (l.min(*v), h.max(*v)));
    assert!((2.0 * high - 0.6).abs() < 0.05 && (2.0 * low + 0.6).abs() < 0.05);
}

#[test]
fn nothing_is_said_after_a_note_s_end() {
    let mut band = Band::new(Performance {
        brightness: true,
        ..following()
    });
    band.sing(60, vibrato());
    band.sent.clear();
    // A voice that is no note, one out of range say, while the end is held and after it.
    for heard in vibrato() {
        band.frame(heard, None, false);
    }
    assert_eq!(band.messages(), [Message::note_off(0, 60, 0.0)]);
}

#[test]
fn a_snapped_note_is_in_tune_and_half_a_bend_bends_half() {
    let mut snapped = Band::new(Performance::default());
    snapped.sing(60, vibrato());
    snapped.sing(62, vibrato());
    assert_eq!(
        snapped.bends().iter().map(|b| b.1).collect::<Vec<_>>(),
        [0.0]
    );

    for (amount, range, wanted) in [
        (1.0, 2.0, 0.2),
        (0.5, 2.0, 0.1),
        (1.0, 4.0, 0.1),
        (1.0, 1.0, 0.4),
    ] {
        let mut band = Band::new(Performance {
            bend: amount,
            bend_range: range,
            ..Performance::default()
        });
        band.sing(60, (0..30).map(|_| voice(60.4)));
        let bends = band.bends();
        assert_eq!(bends.len(), 1, "a steady note is bent once: {bends:?}");
        assert!(
            (bends[0].1 - wanted).abs() < 0.001,
            "{bends:?}, not {wanted}"
        );
        let on = band.messages().iter().position(|m| m.is_note_on());
        let bend = band
            .messages()
            .iter()
            .position(|m| matches!(m, Message::PitchBend { .. }));
        assert_eq!(
            bend.map(|at| at < on.unwrap()),
            Some(true),
            "before its note"
        );
    }
}

#[test]
fn a_note_does_not_bend_to_the_next_one_before_that_is_decided() {
    let mut band = Band::new(following());
    let late = LAG + DELAY as usize;
    // A jump of five semitones that the decoder finds `LAG` frames after it was heard.
    for n in 0..60 {
        let heard = voice(if n < 30 { 60.0 } else { 65.0 });
        let begins = match n {
            _ if n == late => Some(60),
            _ if n == 30 + LAG => Some(65),
            _ => None,
        };
        band.frame(heard, begins, n == 30 + LAG);
    }
    assert!(
        band.bends().iter().all(|b| b.1 == 0.0),
        "{:?}",
        band.bends()
    );
}

#[test]
fn a_steady_voice_keeps_its_loudness_and_a_swell_is_heard() {
    let mut band = Band::new(Performance::default());
    // Onsets rise over 50 ms: that is the velocity's, not the controller's.
    let rise = |n: i32| Heard {
        level_db: -20.0 - 6.0 * (5 - n.min(5)) as f32,
        ..voice(60.0)
    };
    band.sing(60, (0..60).map(rise));
    let steady = band.controller(11);
    assert_eq!(steady.len(), 1, "{steady:?}");
    let quiet = steady[0].2;
    band.sing(
        60,
        (0..60).map(|n| Heard {
            level_db: -20.0 + (n as f32 / 10.0),
            ..voice(60.0)
        }),
    );
    let swell = band.controller(11);
    assert!(swell.is_sorted_by_key(|(at, ..)| *at) && swell.len() > 5);
    let last = swell[swell.len() - 1].2;
    assert!(last > quiet + 8.0, "{quiet} to {last}");
    band.set(parameter::LOUDNESS, 0.0);
    let values: Vec<f32> = band.controller(11).iter().map(|c| c.2).collect();
    assert_eq!(
        values[values.len() - 1],
        127.0,
        "left where receivers begin"
    );
    band.sing(60, (0..60).map(rise));
    assert_eq!(band.controller(11).len(), values.len());
}

#[test]
fn brightness_is_sent_where_it_is_asked_for() {
    let brighten = |n: i32| Heard {
        brightness: n as f32 / 100.0,
        ..voice(60.0)
    };
    let mut band = Band::new(Performance::default());
    band.sing(60, (0..100).map(brighten));
    assert_eq!(band.controller(74), []);
    band.set(parameter::BRIGHTNESS, 1.0);
    band.sing(60, (0..100).map(brighten));
    let values: Vec<f32> = band.controller(74).iter().map(|c| c.2).collect();
    assert!(values.is_sorted() && values.len() > 20, "{values:?}");
    assert!(values[0] < 10.0 && values[values.len() - 1] > 100.0);
}

/// The registered parameters that were set: channel, number and value.
fn registered(sent: &[(i64, Message)]) -> Vec<(u8, u8, u8)> {
    let mut number = 127;
    let mut found = Vec::new();
    for (_, message) in sent {
        if let Message::ControlChange {
            channel,
            controller,
            value,
        } = *message
        {
            let value = (value * 127.0).round() as u8;
            match controller {
                100 => number = value,
                6 if number != 127 => found.push((channel, number, value)),
                _ => {}
            }
        }
    }
    assert_eq!(number, 127, "the registered parameter is closed again");
    found
}

#[test]
fn the_bend_range_is_told_before_the_first_note_at_each_start_and_between_notes() {
    let mut band = Band::new(following());
    band.sing(60, vibrato());
    band.rest(60);
    assert!(matches!(
        band.messages()[0],
        Message::ControlChange {
            controller: 101,
            ..
        }
    ));
    assert_eq!(registered(&band.sent), [(0, 0, 2)]);

    band.sent.clear();
    band.sing(60, vibrato());
    assert_eq!(registered(&band.sent), [], "told once");
    let note_sounds = band.sent.clone();
    band.set(parameter::BEND_RANGE, 12.0);
    assert_eq!(band.sent, note_sounds, "not while the note is held");
    band.rest(60);
    band.sing(60, vibrato());
    assert_eq!(registered(&band.sent), [(0, 0, 12)]);

    band.rest(60);
    band.sent.clear();
    let sent = &mut band.sent;
    band.melody.start(&mut |message| sent.push((0, message)));
    assert_eq!(registered(&band.sent), [(0, 0, 12)], "told at once");
}

#[test]
fn with_mpe_each_note_has_a_channel_of_its_own() {
    let mut band = Band::new(Performance {
        output: Output::Melody,
        mpe: true,
        brightness: true,
        ..following()
    });
    for _ in 0..16 {
        band.sing(60, vibrato().take(30));
    }
    band.rest(60);
    let told = registered(&band.sent);
    assert_eq!(told[0], (0, 6, 15), "a zone of all member channels");
    assert_eq!(told[1..], (1..16).map(|c| (c, 0, 48)).collect::<Vec<_>>());
    let channels: Vec<u8> = band.strokes().iter().filter(|s| s.1).map(|s| s.2).collect();
    assert_eq!(
        channels,
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1]
    );
    let pressed =
        |m: &Message| matches!(m, Message::ChannelPressure { channel, .. } if *channel > 0);
    assert!(band.messages().iter().any(pressed));
    assert!(band.controller(74).iter().all(|c| c.1 > 0));
    let stray = |m: &Message| matches!(m, Message::PitchBend { channel: 0, .. });
    assert!(!band.messages().iter().any(stray));
    let most = band
        .bends()
        .iter()
        .fold(0f32, |most, b| most.max(b.1.abs()));
    assert!((48.0 * most - 0.6).abs() < 0.05, "{most}");
}

#[test]
fn mpe_counts_only_for_the_melody_alone_and_its_switch_releases_what_sounds() {
    let mut band = Band::new(Performance {
        mpe: true,
        ..Performance::default()
    });
    for n in 0..30 {
        band.frame(voice(60.0), (n == 10).then_some(60), false);
    }
    assert_eq!(band.strokes(), [(11 * HOP, true, 0)]);
    for (output, zone) in [(1.0, 15), (0.0, 0)] {
        band.sent.clear();
        for n in 0..30 {
            band.frame(voice(60.0), (n == 10).then_some(60), n == 10);
        }
        let now = band.position;
        band.set(parameter::OUTPUT, output);
        let (at, on, _) = band.strokes().pop().unwrap();
        assert_eq!((at, on), (now, false), "released at once");
        assert_eq!(registered(&band.sent)[0], (0, 6, zone));
    }
}

#[test]
fn note_expressions_go_in_place_of_the_channel_s_messages() {
    let mut band = Band::new(Performance {
        note_expressions: true,
        brightness: true,
        ..following()
    });
    band.sing(60, vibrato());
    assert_eq!(band.bends(), []);
    assert_eq!((band.controller(11), band.controller(74)), (vec![], vec![]));
    let mut tunings = Vec::new();
    let mut volumes = Vec::new();
    let mut sounds = false;
    for message in band.messages() {
        sounds |= message.is_note_on();
        if let Message::NoteExpression {
            channel,
            key,
            expression,
        } = message
        {
            assert!(sounds && (channel, key) == (0, 60), "{message:?}");
            match expression {
                NoteExpression::Tuning(semitones) => tunings.push(semitones),
                NoteExpression::Volume(gain) => volumes.push(gain),
                NoteExpression::Brightness(_) => {}
            }
        }
    }
    assert!(tunings.len() > 60 && tunings.iter().all(|t| t.abs() < 0.65));
    assert_eq!(volumes, [1.0], "as loud as its velocity says");
}

/// On and off positions in ms of notes of 200 ms with these gaps in ms between them.
fn held(gaps: &[i64], performance: Performance) -> Vec<(i64, bool)> {
    let mut band = Band::new(performance);
    let frames = |ms: i64| (ms as f64 * RATE / 1_000.0 / HOP as f64).round() as usize;
    for gap in gaps {
        band.frame(voice(60.0), Some(60), false);
        for _ in 1..frames(200) {
            band.frame(voice(60.0), None, false);
        }
        band.frame(SILENCE, None, true);
        band.rest(frames(*gap) - 1);
    }
    band.rest(60);
    let ms = |at: i64| (at as f64 * 1_000.0 / RATE).round() as i64;
    band.strokes()
        .into_iter()
        .map(|(at, on, _)| (ms(at - HOP), on))
        .collect()
}

#[test]
fn short_gaps_are_held_and_long_ones_are_rests() {
    let strokes = held(&[80, 80, 300], Performance::default());
    let sounds = |from: usize, to: usize| strokes[to].0 - strokes[from].0;
    assert_eq!(
        strokes.iter().map(|s| s.1).collect::<Vec<_>>(),
        [true, false, true, false, true, false]
    );
    assert_eq!((sounds(1, 2), sounds(3, 4)), (0, 0), "closed: {strokes:?}");
    let tail = sounds(4, 5) - 200;
    assert!((110..=140).contains(&tail), "held and let go: {strokes:?}");
    let bare = Performance {
        hold_gaps_ms: 0.0,
        ..Performance::default()
    };
    let strokes = held(&[80, 300], bare);
    assert!((190..=210).contains(&strokes[1].0), "{strokes:?}");
}

#[test]
fn a_note_too_short_is_drawn_out_but_not_into_the_next() {
    let performance = Performance {
        hold_gaps_ms: 0.0,
        min_note_ms: 60.0,
        ..Performance::default()
    };
    let mut band = Band::new(performance);
    // One that ends in the frame in which it is decided, and one whose successor comes at once.
    band.frame(voice(60.0), Some(60), false);
    band.melody.note_off(band.position);
    band.rest(30);
    band.frame(voice(60.0), Some(60), false);
    band.frame(voice(62.0), Some(62), true);
    band.frame(SILENCE, None, true);
    band.rest(30);
    let at: Vec<i64> = band.strokes().iter().map(|s| s.0).collect();
    let ms = |samples: i64| samples as f64 * 1_000.0 / RATE;
    assert_eq!(at.len(), 6);
    assert!((60.0..75.0).contains(&ms(at[1] - at[0])), "{at:?}");
    assert_eq!(at[3], at[4], "ends where the next begins");
    assert!((60.0..75.0).contains(&ms(at[5] - at[4])), "{at:?}");
}
