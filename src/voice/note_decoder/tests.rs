//! What a singer would notice of the decoder, on answers made by hand.

use super::*;
use crate::audio::frame::HOP;
use crate::nn::PitchOutput;

/// The network's answer to a frame in which `pitch` is heard (`None`: nothing).
fn answer(index: u64, pitch: Option<f32>, onset: f32) -> PitchAnswer {
    let mut output = PitchOutput::UNVOICED;
    if let Some(pitch) = pitch {
        output.voicing = 0.98;
        let class = ((pitch - 24.0) / 0.2).round() as usize;
        output.fine[class] = 1.0;
        output.pitch[pitch.round() as usize] = 1.0;
    } else {
        output.voicing = 0.02;
    }
    output.onset = onset;
    PitchAnswer {
        index,
        level_db: -20.0,
        gate_open: true,
        output,
        audio: [0; HOP],
    }
}

/// Runs `answers` and then half a second of silence.
fn decode(response: Response, answers: &[(Option<f32>, f32)]) -> Vec<NoteEvent> {
    let mut decoder = NoteDecoder::new(response);
    let silence = std::iter::repeat_n((None, 0.0), 50);
    let all = answers.iter().copied().chain(silence);
    (0..)
        .zip(all)
        .flat_map(|(i, (p, o))| decoder.push(&answer(i, p, o)))
        .flatten()
        .collect()
}

fn ons(events: &[NoteEvent]) -> Vec<(f64, f32)> {
    let on = |event: &NoteEvent| match *event {
        NoteEvent::On { frame, pitch, .. } => Some((frame, pitch)),
        NoteEvent::Off { .. } => None,
    };
    events.iter().filter_map(on).collect()
}

/// `frames` of silence, then a note of `frames` with an onset at its beginning.
fn note(pitch: f32, frames: usize) -> Vec<(Option<f32>, f32)> {
    let mut answers = vec![(None, 0.0); 20];
    answers.extend((0..frames).map(|n| (Some(pitch), if n == 0 { 0.95 } else { 0.01 })));
    answers
}

#[test]
fn a_note_begins_and_ends_once_where_it_was_sung() {
    for response in Response::ALL {
        let events = decode(response, &note(60.2, 40));
        let [
            NoteEvent::On { frame, pitch, .. },
            NoteEvent::Off { frame: end },
        ] = events[..]
        else {
            panic!("{response:?}: {events:?}");
        };
        assert!(
            (frame - 20.0).abs() <= 2.0 && end.abs_diff(60) <= 5,
            "{response:?}: {events:?}"
        );
        // The fine head says 60.2, the note head 60.
        assert!((60.0..=60.21).contains(&pitch), "{response:?}: {pitch}");
    }
}

#[test]
fn it_decides_no_later_than_its_lag() {
    for response in Response::ALL {
        let mut decoder = NoteDecoder::new(response);
        let decided = (0..).zip(note(60.0, 40)).find_map(|(i, (pitch, onset))| {
            let events = decoder.push(&answer(i, pitch, onset));
            events.iter().flatten().next().map(|_| i)
        });
        let lag = decided.expect("a note") - 20;
        assert!(
            lag <= decoder.lag() as u64 + 2,
            "{response:?}: {lag} frames"
        );
    }
}

#[test]
fn vibrato_is_one_note_and_a_new_syllable_is_another() {
    let vibrato = |n: usize| 62.0 + 0.6 * (n as f32 * 0.35).sin();
    let mut sung = note(62.0, 4);
    sung.extend((0..100).map(|n| (Some(vibrato(n)), 0.02)));
    assert_eq!(ons(&decode(Response::Sure, &sung)).len(), 1);
    sung.extend((0..40).map(|n| (Some(62.0), if n == 0 { 0.97 } else { 0.01 })));
    let begun = ons(&decode(Response::Sure, &sung));
    assert_eq!(begun.len(), 2, "{begun:?}");
    assert!((begun[1].0 - 124.0).abs() <= 2.0, "{begun:?}");
}

#[test]
fn a_slide_with_an_onset_at_its_end_is_two_notes() {
    let mut sung = note(60.0, 30);
    sung.extend((0..4).map(|n| (Some(60.5 + n as f32), 0.1)));
    sung.extend((0..30).map(|n| (Some(64.0), if n == 0 { 0.9 } else { 0.01 })));
    let pitches: Vec<i32> = ons(&decode(Response::Sure, &sung))
        .iter()
        .map(|(_, p)| p.round() as i32)
        .collect();
    assert_eq!(pitches, [60, 64]);
}

#[test]
fn a_closed_gate_lets_nothing_through_and_an_interruption_ends_the_note() {
    let mut decoder = NoteDecoder::new(Response::Fast);
    for (index, (pitch, onset)) in (0..).zip(note(60.0, 30)) {
        let shut = PitchAnswer {
            gate_open: false,
            ..answer(index, pitch, onset)
        };
        assert_eq!(decoder.push(&shut), [None; 3]);
    }
    let mut decoder = NoteDecoder::new(Response::Fast);
    for (index, (pitch, onset)) in (0..).zip(note(60.0, 30)) {
        decoder.push(&answer(index, pitch, onset));
    }
    assert_eq!(decoder.interrupt(50), Some(NoteEvent::Off { frame: 50 }));
    assert_eq!(decoder.interrupt(51), None);
}

/// What a talker does: every syllable slides, and the network hears that it is no note.
fn spoken(activity: f32, slide: f32) -> Vec<NoteEvent> {
    let mut decoder = NoteDecoder::new(Response::Sure);
    let mut events = Vec::new();
    for index in 0..1_500 {
        let place = index % 30;
        let pitch = (place < 20).then_some(52.0 + slide * place as f32);
        let mut heard = answer(index, pitch, if place == 0 { 0.6 } else { 0.01 });
        heard.output.pitch[0] = 1.0 - activity;
        events.extend(decoder.push(&heard).into_iter().flatten());
    }
    events
}

#[test]
fn talk_is_no_tune_but_a_talker_who_holds_a_pitch_sings() {
    let spoken_notes = |activity, slide| ons(&spoken(activity, slide)).len();
    assert!(spoken_notes(0.1, 0.12) <= 3, "talk");
    assert!(
        spoken_notes(0.1, 0.0) >= 45,
        "a speaking voice on one pitch"
    );
    assert!(spoken_notes(0.9, 0.12) >= 40, "a singer who slides");
}
