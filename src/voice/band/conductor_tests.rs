use super::*;
use crate::music::{Chord, Quality, Scale};
use crate::stages::{Stamped, Transport};
use crate::voice::band::bar_note::BarNote;
use crate::voice::{Output, Tracks};

const RATE: f64 = 48_000.0;
/// At 120 BPM in 4/4.
const BAR: i64 = 96_000;
const HOP: i64 = 480;

/// A conductor, what it needs, and what it sent.
struct Stage {
    conductor: Conductor,
    mixer: Mixer,
    song: SongClock,
    sent: Vec<(i64, Message)>,
    calls: Vec<BarCall>,
    now: i64,
}

impl Stage {
    fn new() -> Self {
        let song = SongClock::new(RATE);
        Self {
            conductor: Conductor::new(RATE, Genre::Pop, 0),
            mixer: Mixer::new(Tracks::default(), Output::All, false, Genre::Pop),
            song,
            sent: Vec::new(),
            calls: Vec::new(),
            now: 0,
        }
    }

    /// The host plays from `quarters` on, at 120 BPM.
    fn play_from(&mut self, quarters: f64, loop_range: Option<(f64, f64)>) {
        let was = self.song.place(self.now).is_some();
        let transport = Transport {
            playing: true,
            tempo: Some(120.0),
            numerator: Some(4),
            denominator: Some(4),
            quarters: Some(quarters),
            bar_start: Some((quarters / 4.0).floor() * 4.0),
            loop_range,
            ..Transport::STOPPED
        };
        self.song.follow(Stamped::new(self.now, transport));
        if was {
            self.break_off();
        }
    }

    fn stop(&mut self) {
        self.song.follow(Stamped::new(self.now, Transport::STOPPED));
        self.break_off();
    }

    fn break_off(&mut self) {
        let sent = &mut self.sent;
        self.conductor.break_off(
            self.now,
            &self.song,
            &mut self.mixer,
            &mut |at, _, message| {
                sent.push((at, message));
            },
        );
    }

    /// Goes on to sample `until`; calls are answered `late` hops after they came.
    fn run(&mut self, until: i64, late: usize) {
        let mut waiting: Vec<(usize, Bar)> = Vec::new();
        while self.now < until {
            for (left, bar) in &mut waiting {
                if *left == 0 {
                    self.conductor.take(bar);
                }
                *left = left.wrapping_sub(1);
            }
            let span = (self.now, self.now + HOP);
            let sent = &mut self.sent;
            let call =
                self.conductor
                    .advance(span, &self.song, &mut self.mixer, &mut |at, _, message| {
                        sent.push((at, message));
                    });
            if let Some(call) = call {
                waiting.push((late, bar(&call)));
                self.calls.push(call);
            }
            self.now += HOP;
        }
    }

    /// Positions at which the kick was struck, once a bar on its line.
    fn kicks(&self) -> Vec<i64> {
        let kick =
            |(at, message): &(i64, Message)| (message.begins() == Some((9, 36))).then_some(*at);
        self.sent.iter().filter_map(kick).collect()
    }
}

/// A kick on the bar's line, and a bass note from there to its end.
fn bar(call: &BarCall) -> Bar {
    let note = |key, length| BarNote {
        step: 0,
        length,
        key,
        velocity: 0.8,
    };
    let mut notes: [Vec<BarNote>; BAND.len()] = Default::default();
    notes[0] = vec![note(36, 1)];
    if call.plan.is_some() {
        notes[2] = vec![note(40, 16)];
    }
    Bar {
        number: call.number,
        start: call.start,
        quarters: call.quarters,
        plan: call.plan,
        notes,
        swing: [1.0; BAND.len()],
    }
}

#[test]
fn each_bar_is_asked_for_before_its_line_and_played_on_it() {
    let mut stage = Stage::new();
    stage.play_from(0.0, None);
    stage.run(4 * BAR, 0);
    // The first comes as soon as it can, the others on their lines.
    assert_eq!(stage.kicks()[1..], [BAR, 2 * BAR, 3 * BAR]);
    let starts: Vec<f64> = stage.calls.iter().map(|call| call.start).collect();
    assert_eq!(starts, [0.0, 4.0, 8.0, 12.0, 16.0]);
    assert_eq!(stage.conductor.late(), 0);
}

#[test]
fn before_anything_is_sung_there_is_no_harmony_and_then_there_is() {
    let mut stage = Stage::new();
    stage.play_from(0.0, None);
    stage.run(BAR, 0);
    for (beat, key) in [60, 64, 67, 64].into_iter().enumerate() {
        let at = BAR + beat as i64 * 24_000;
        stage.conductor.hear(at, key, 0.8, &stage.song);
        stage.conductor.hear_end(at + 20_000, &stage.song);
    }
    stage.run(2 * BAR + HOP, 0);
    let planned: Vec<bool> = stage.calls.iter().map(|call| call.plan.is_some()).collect();
    assert_eq!(planned[..3], [false, false, true]);
    let heard: Vec<u8> = stage.calls[2].heard.notes.iter().map(|n| n.key).collect();
    assert_eq!(heard, [60, 64, 67, 64]);
}

#[test]
fn a_late_bar_repeats_the_one_before_and_is_counted() {
    let mut stage = Stage::new();
    stage.play_from(0.0, None);
    stage.run(BAR - 9_600, 0);
    stage.run(2 * BAR - 9_600, 100);
    assert_eq!(stage.conductor.late(), 1);
    assert_eq!(stage.kicks().len(), 2, "{:?}", stage.kicks());
    assert_eq!(stage.kicks()[1], BAR);
}

#[test]
fn a_stop_ends_everything_and_a_new_start_plays_from_there() {
    let mut stage = Stage::new();
    stage.conductor.set_key(Some(Key::new(0, Scale::Major)));
    stage.play_from(0.0, None);
    stage.conductor.hear(0, 60, 0.8, &stage.song);
    stage.run(BAR + 48_000, 0);
    stage.stop();
    stage.run(2 * BAR, 0);
    let kicks = stage.kicks().len();
    let sounding = stage.sent.iter().fold(0, |sounding, (_, message)| {
        sounding + i32::from(message.is_note_on()) - i32::from(message.ends().is_some())
    });
    assert_eq!(sounding, 0);
    let resumed = stage.now;
    stage.play_from(32.0, None);
    stage.run(resumed + BAR + HOP, 0);
    assert!(stage.kicks().len() > kicks);
    assert_eq!(stage.calls.last().unwrap().start, 36.0);
}

#[test]
fn a_loop_that_is_seen_coming_goes_on_without_a_hole_or_a_double_stroke() {
    let mut stage = Stage::new();
    let looped = Some((0.0, 8.0));
    stage.play_from(0.0, looped);
    for round in 1..4 {
        stage.run(round * 2 * BAR, 0);
        stage.play_from(0.0, looped);
    }
    stage.run(7 * BAR, 0);
    let expected: Vec<i64> = (1..7).map(|bar| bar * BAR).collect();
    assert_eq!(stage.kicks()[1..], expected);
    let starts: Vec<f64> = stage.calls.iter().map(|call| call.start).collect();
    assert_eq!(starts[..6], [0.0, 4.0, 0.0, 4.0, 0.0, 4.0]);
    assert_eq!(stage.conductor.late(), 0);
}

#[test]
fn a_lock_keeps_the_pattern_and_again_asks_for_another() {
    let mut stage = Stage::new();
    let turn = |stage: &mut Stage, place, value| {
        let index = parameter::of_track(Track::Drums, place);
        stage.mixer.set(stage.now, index, value, &mut |_, _, _| ());
        stage.conductor.set(index, value, &stage.mixer);
    };
    stage.play_from(0.0, None);
    stage.run(2 * BAR - 2 * HOP, 0);
    turn(&mut stage, parameter::AGAIN, 1.0);
    stage.run(3 * BAR, 0);
    turn(&mut stage, 12, 1.0);
    stage.run(6 * BAR, 0);
    let drums: Vec<(i64, u32)> = stage
        .calls
        .iter()
        .map(|call| call.parts[0].unwrap())
        .map(|part| (part.bar, part.take))
        .collect();
    assert_eq!(drums[..4], [(0, 0), (1, 0), (2, 0), (3, 1)]);
    assert!(drums[4..].iter().all(|d| *d == (3, 1)), "{drums:?}");
}

#[test]
fn the_plan_is_told_when_its_bar_begins() {
    let mut stage = Stage::new();
    stage.conductor.set_key(Some(Key::new(7, Scale::Major)));
    stage.play_from(0.0, None);
    stage.conductor.hear(0, 67, 0.8, &stage.song);
    stage.run(BAR + HOP, 0);
    let begun = stage.conductor.begun().expect("a bar began");
    assert_eq!((begun.position, begun.bar, begun.samples), (BAR, 1, BAR));
    let plan = begun.plan.expect("a plan");
    assert_eq!(plan.key, Key::new(7, Scale::Major));
    let tonic = Chord::new(7, Quality::Major);
    assert!(plan.first == tonic || plan.first.foreign_to(plan.key) == 0);
    assert_eq!(stage.conductor.begun(), None);
}
