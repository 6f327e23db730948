//! When a sequence's messages come, and that none of its notes is left on.

use super::*;

const RATE: f64 = 48_000.0;

fn rolling(position: i64, quarters: f64, tempo: f64) -> Stamped<Transport> {
    let body = Transport {
        playing: true,
        tempo: Some(tempo),
        quarters: Some(quarters),
        ..Transport::STOPPED
    };
    Stamped::new(position, body)
}

fn run(player: &mut Player, until: i64) -> Vec<(i64, bool)> {
    let mut heard = Vec::new();
    let mut at = player.now;
    while at < until {
        at += 480;
        player.advance(at);
        heard.extend(player.drain().map(|m| (m.position, m.message.is_note_on())));
    }
    heard
}

fn one_note(unit: Unit) -> Sequence {
    let mut sequence = Sequence::new(unit);
    sequence.add_note(1.0, 0.5, 0, 60, 0.8);
    sequence
}

#[test]
fn quarters_follow_a_tempo_change_until_they_are_due() {
    let mut player = Player::new(RATE);
    let start = rolling(0, 0.0, 120.0);
    player.set_transport(start.position, start.body);
    player.play(0, &one_note(Unit::Quarters), Policy::default());
    // Half a quarter on, the tempo halves: the other half takes 24 000 samples.
    assert!(run(&mut player, 9_600).is_empty());
    let slower = rolling(12_000, 0.5, 60.0);
    player.set_transport(slower.position, slower.body);
    assert_eq!(run(&mut player, 96_000), [(36_000, true), (60_000, false)]);
}

#[test]
fn a_stop_releases_what_sounds_and_drops_what_is_pending() {
    let mut player = Player::new(RATE);
    let start = rolling(0, 0.0, 120.0);
    player.set_transport(start.position, start.body);
    let policy = Policy {
        repeat_every: Some(2.0),
        ..Policy::default()
    };
    player.play(0, &one_note(Unit::Quarters), policy);
    assert_eq!(run(&mut player, 24_480), [(24_000, true)]);
    let stop = Transport {
        playing: false,
        ..start.body
    };
    player.set_transport(25_000, stop);
    assert_eq!(run(&mut player, 480_000), [(25_000, false)]);
}

#[test]
fn a_loop_repeats_on_time() {
    let mut player = Player::new(RATE);
    let policy = Policy {
        repeat_every: Some(2.0),
        ..Policy::default()
    };
    player.play(0, &one_note(Unit::Seconds), policy);
    let ons: Vec<i64> = run(&mut player, 300_000)
        .into_iter()
        .filter(|e| e.1)
        .map(|e| e.0)
        .collect();
    assert_eq!(ons, [48_000, 144_000, 240_000]);
}

#[test]
fn dropping_what_is_pending_never_leaves_a_note_on() {
    let mut player = Player::new(RATE);
    player.play(0, &one_note(Unit::Seconds), Policy::default());
    assert_eq!(run(&mut player, 50_000), [(48_000, true)]);
    let policy = Policy {
        overwrite: Overwrite::DropPending,
        ..Policy::default()
    };
    player.play(50_000, &Sequence::new(Unit::Seconds), policy);
    let off: Vec<_> = player.drain().map(|m| m.message.is_note_on()).collect();
    assert_eq!(off, [false]);
    assert!(run(&mut player, 480_000).is_empty());
}

/// Every key that began has ended, in the order of positions.
fn nothing_hangs(mut messages: Vec<TimedMessage>) -> bool {
    messages.sort_by_key(|m| m.position);
    let mut on = Vec::new();
    for timed in messages {
        if let Some(note) = timed.message.begins() {
            on.push(note);
        }
        if let Some(note) = timed.message.ends() {
            on.retain(|held| *held != note);
        }
    }
    on.is_empty()
}

#[test]
fn a_note_of_no_length_ends_and_a_stop_does_not_overtake_a_note() {
    let mut player = Player::new(RATE);
    let mut sequence = Sequence::new(Unit::Quarters);
    sequence.add_note(0.5, 0.0, 0, 60, 0.8);
    sequence.add_note(0.5, f64::NAN, 0, 64, 0.8);
    let start = rolling(0, 0.0, 120.0);
    player.set_transport(0, start.body);
    player.play(0, &sequence, Policy::default());
    let mut out = Vec::new();
    for at in (0..24_000).step_by(480) {
        player.advance(at);
        out.extend(player.drain());
    }
    assert_eq!(out.len(), 4);
    assert!(nothing_hangs(out));

    // The note-on at 24 000 is handed out ahead of its time, then the host stops.
    let mut player = Player::new(RATE);
    player.set_transport(0, start.body);
    player.play(0, &one_note(Unit::Quarters), Policy::default());
    player.advance(23_500);
    let mut out: Vec<_> = player.drain().collect();
    assert_eq!(out.len(), 1);
    player.set_transport(
        23_600,
        Transport {
            playing: false,
            ..start.body
        },
    );
    out.extend(player.drain());
    assert!(nothing_hangs(out));
}

#[test]
fn a_pending_note_that_loses_its_end_gets_another() {
    let mut player = Player::new(RATE);
    let mut long = Sequence::new(Unit::Seconds);
    long.add_note(1.0, 2.0, 0, 60, 0.8);
    player.play(0, &long, Policy::default());
    let mut next = Sequence::new(Unit::Seconds);
    next.add_note(1.5, 0.1, 0, 72, 0.8);
    let policy = Policy {
        overwrite: Overwrite::DropAfterStart,
        ..Policy::default()
    };
    player.play(24_000, &next, policy);
    let mut out = Vec::new();
    for at in (24_000..480_000).step_by(480) {
        player.advance(at);
        out.extend(player.drain());
    }
    assert_eq!(out.len(), 4, "{out:?}");
    assert!(nothing_hangs(out));
}

#[test]
fn an_endless_loop_does_not_drift() {
    let mut player = Player::new(RATE);
    // A third of a quarter at 90 a minute: 10 666.7 samples.
    let every = 1.0 / 4.5;
    let policy = Policy {
        repeat_every: Some(every),
        ..Policy::default()
    };
    let mut sequence = Sequence::new(Unit::Seconds);
    sequence.add_note(0.0, 0.1, 0, 60, 0.8);
    player.play(0, &sequence, policy);
    let mut out: Vec<_> = player.drain().collect();
    for at in (0..480_000).step_by(480) {
        player.advance(at);
        out.extend(player.drain());
    }
    let times = |on: bool| {
        let these = out.iter().filter(move |m| m.message.is_note_on() == on);
        these.map(|m| m.position).enumerate()
    };
    assert!(times(true).count() >= 45);
    for (n, on) in times(true) {
        assert_eq!(
            on,
            (n as f64 * every * RATE).round() as i64,
            "beginning {n}"
        );
    }
    for ((n, on), (_, off)) in times(true).zip(times(false)) {
        assert_eq!(off - on, 4_800, "length {n}");
    }
}

/// One note of half a quarter at the beginning of each of the song's quarters.
fn every_quarter(clear_on_stop: bool) -> (Sequence, Policy) {
    let mut sequence = Sequence::new(Unit::Quarters);
    sequence.add_note(0.0, 0.5, 0, 60, 0.8);
    let policy = Policy {
        reference: Reference::SongStart,
        repeat_every: Some(1.0),
        clear_on_stop,
        ..Policy::default()
    };
    (sequence, policy)
}

#[test]
fn a_loop_that_counts_from_the_songs_start_joins_the_song_where_it_is() {
    let (sequence, policy) = every_quarter(true);
    // A hundred quarters and a quarter of one into the song: in the middle of a note.
    let mut player = Player::new(RATE);
    player.set_transport(0, rolling(0, 100.25, 120.0).body);
    player.play(0, &sequence, policy);
    let heard = run(&mut player, 48_000);
    assert_eq!(heard, [(18_000, true), (30_000, false), (42_000, true)]);

    // The same where the song stands still and the loop goes by the clock.
    let mut player = Player::new(RATE);
    let stopped = Transport {
        playing: false,
        ..rolling(0, 100.25, 120.0).body
    };
    player.set_transport(0, stopped);
    player.play(0, &sequence, policy);
    let heard = run(&mut player, 48_000);
    assert_eq!(heard, [(18_000, true), (30_000, false), (42_000, true)]);
}

#[test]
fn a_loop_that_outlives_a_stop_goes_on_at_the_songs_new_place() {
    for place in [0.0, 500.0] {
        let (sequence, policy) = every_quarter(false);
        let mut player = Player::new(RATE);
        player.set_transport(0, rolling(0, 100.25, 120.0).body);
        player.play(0, &sequence, policy);
        assert_eq!(run(&mut player, 24_000), [(18_000, true)]);
        let stopped = Transport {
            playing: false,
            ..rolling(0, 100.75, 120.0).body
        };
        player.set_transport(24_000, stopped);
        assert_eq!(run(&mut player, 48_000), [(24_000, false)]);
        player.set_transport(48_000, rolling(0, place + 0.5, 120.0).body);
        let heard = run(&mut player, 72_480);
        assert_eq!(heard, [(60_000, true), (72_000, false)], "quarter {place}");
    }
}
