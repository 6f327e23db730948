//! What a user notices of the beat tracker.

use super::*;
use proptest::prelude::*;

/// Hits on every beat and, softer, between them; from `start_s` on.
fn eighths(bpm: f64, beats: usize, start_s: f64) -> Vec<(f64, f32)> {
    let half_s = 30.0 / bpm;
    let strength = |at: usize| if at.is_multiple_of(2) { 0.8 } else { 0.4 };
    (0..2 * beats)
        .map(|at| (start_s + at as f64 * half_s, strength(at)))
        .collect()
}

/// Plays onsets in ticks of 10 ms, and so much longer; the beats as they were announced.
fn play(tracker: &mut BeatTracker, onsets: &[(f64, f32)], longer_s: f64) -> Vec<FoundBeat> {
    let mut beats: Vec<FoundBeat> = Vec::new();
    let mut onsets = onsets.iter().peekable();
    let (start, mut end) = (onsets.peek().map_or(0.0, |onset| onset.0), 0.0);
    end += onsets.clone().last().map_or(start, |onset| onset.0) + longer_s;
    for tick in 0.. {
        let now = start + 0.01 * f64::from(tick);
        if now > end {
            break;
        }
        while let Some(&(at, strength)) = onsets.next_if(|onset| onset.0 <= now) {
            tracker.onset(at, strength);
        }
        tracker.advance(now);
        let beat = tracker.beat().unwrap();
        if beats.last().is_none_or(|last| last.count != beat.count) {
            beats.push(beat);
        }
    }
    beats
}

fn bpm(tracker: &BeatTracker) -> f64 {
    tracker.tempo().unwrap().bpm
}

/// How far a moment is from a beat of a steady tempo, as a share of the beat.
fn off(at_s: f64, bpm: f64, start_s: f64) -> f64 {
    let beats = (at_s - start_s) * bpm / 60.0;
    (beats - beats.round()).abs()
}

#[test]
fn a_steady_tempo_is_found_within_eight_beats_and_its_beats_announced() {
    for tempo in [70.0, 90.0, 120.0, 140.0] {
        let mut tracker = BeatTracker::default();
        let onsets = eighths(tempo, 24, 1.0);
        play(&mut tracker, &onsets[..16], 0.0);
        assert!(
            (bpm(&tracker) / tempo - 1.0).abs() < 0.04,
            "{tempo}: {}",
            bpm(&tracker)
        );
        let late = play(&mut tracker, &onsets[16..], 0.0);
        for beat in &late[1..] {
            assert!(off(beat.last_s, tempo, 1.0) < 0.1, "{tempo}: {beat:?}");
        }
        assert!(tracker.tempo().unwrap().confidence > 0.5);
    }
}

#[test]
fn missing_notes_and_slips_do_not_disturb_it() {
    let mut tracker = BeatTracker::default();
    let slip = |at: usize| 0.02 * [0.3, -1.0, 0.8, -0.2, 1.0, -0.7, 0.1][at % 7];
    let onsets: Vec<_> = eighths(100.0, 48, 0.0)
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at % 5 != 3)
        .map(|(at, (time, strength))| (time + slip(at), strength))
        .collect();
    let beats = play(&mut tracker, &onsets, 0.0);
    assert!(
        (bpm(&tracker) / 100.0 - 1.0).abs() < 0.02,
        "{}",
        bpm(&tracker)
    );
    let late = beats.iter().filter(|beat| beat.last_s > 6.0);
    assert!(late.clone().count() > 30);
    assert!(late.clone().all(|beat| off(beat.last_s, 100.0, 0.0) < 0.12));
}

#[test]
fn a_tempo_that_drifts_is_followed() {
    let mut tracker = BeatTracker::default();
    let (mut at, mut onsets) = (0.0, Vec::new());
    for half in 0..160 {
        // From 96 to 120 in 64 beats, after 16 that are steady.
        let tempo = 96.0 + 24.0 * ((f64::from(half) - 32.0) / 128.0).max(0.0);
        onsets.push((at, if half % 2 == 0 { 0.8 } else { 0.4 }));
        at += 30.0 / tempo;
    }
    let beats = play(&mut tracker, &onsets, 0.0);
    assert!(
        (bpm(&tracker) / 120.0 - 1.0).abs() < 0.04,
        "{}",
        bpm(&tracker)
    );
    let truth: Vec<_> = onsets.iter().step_by(2).map(|onset| onset.0).collect();
    let near = |beat: &&FoundBeat| truth.iter().any(|t| (t - beat.last_s).abs() < 0.07);
    let late: Vec<_> = beats.iter().filter(|beat| beat.last_s > 6.0).collect();
    assert!(late.iter().copied().filter(near).count() * 10 >= late.len() * 9);
}

#[test]
fn a_pause_of_two_bars_keeps_the_beat() {
    let mut tracker = BeatTracker::default();
    let onsets = eighths(90.0, 24, 0.0);
    play(&mut tracker, &onsets, 0.0);
    let before = bpm(&tracker);
    let end = onsets.last().unwrap().0;
    for tick in 0..533 {
        tracker.advance(end + 0.01 * f64::from(tick));
        assert!(
            (bpm(&tracker) / before - 1.0).abs() < 0.03,
            "{}",
            bpm(&tracker)
        );
    }
    let beat = tracker.beat().unwrap();
    assert!(off(beat.next_s, 90.0, 0.0) < 0.12, "{beat:?}");
    assert_eq!(beat.count, 31);
}

#[test]
fn the_octave_is_held() {
    let mut tracker = BeatTracker::default();
    play(&mut tracker, &eighths(110.0, 32, 0.0), 0.0);
    // Half as many, twice as many and half as many again.
    let quarter_s = 60.0 / 110.0;
    let mut at = 32.0 * quarter_s;
    for gap in [1.0, 0.25, 1.0] {
        let count = (16.0 / gap) as usize;
        let onsets: Vec<_> = (0..count)
            .map(|hit| (at + hit as f64 * gap * quarter_s, 0.6))
            .collect();
        play(&mut tracker, &onsets, 0.0);
        assert!(
            (bpm(&tracker) / 110.0 - 1.0).abs() < 0.05,
            "{gap}: {}",
            bpm(&tracker)
        );
        at += 16.0 * quarter_s;
    }
}

#[test]
fn taps_override_what_is_heard() {
    let mut tracker = BeatTracker::default();
    let onsets = eighths(120.0, 64, 0.0);
    play(&mut tracker, &onsets[..64], 0.0);
    // Half the tempo, between its beats.
    for tap in 0..4 {
        tracker.tap(16.25 + f64::from(tap));
    }
    assert!((bpm(&tracker) - 60.0).abs() < 0.5, "{}", bpm(&tracker));
    assert_eq!(tracker.tempo().unwrap().confidence, 1.0);
    let beats = play(&mut tracker, &onsets[78..], 0.0);
    assert!((bpm(&tracker) - 60.0).abs() < 1.0, "{}", bpm(&tracker));
    assert!(
        beats[1..]
            .iter()
            .all(|beat| off(beat.last_s, 60.0, 0.25) < 0.1)
    );
    // Until they are taken back.
    tracker.release();
    play(&mut tracker, &eighths(120.0, 64, 32.0), 0.0);
    assert!(
        (bpm(&tracker) / 120.0 - 1.0).abs() < 0.04,
        "{}",
        bpm(&tracker)
    );
}

#[test]
fn a_beat_tapped_half_a_beat_off_is_found_again_after_its_release() {
    let mut tracker = BeatTracker::default();
    let onsets = eighths(100.0, 80, 0.0);
    play(&mut tracker, &onsets[..48], 0.0);
    for tap in 24..28 {
        tracker.tap(0.6 * (f64::from(tap) + 0.5));
    }
    let beats = play(&mut tracker, &onsets[56..72], 0.0);
    assert!(off(beats[4].last_s, 100.0, 0.0) > 0.4, "{:?}", beats[4]);
    tracker.release();
    let beats = play(&mut tracker, &onsets[72..], 0.0);
    let last = beats.last().unwrap();
    assert!(off(last.last_s, 100.0, 0.0) < 0.1, "{last:?}");
}

#[test]
fn taps_alone_are_enough() {
    let mut tracker = BeatTracker::default();
    for tap in 0..4 {
        tracker.tap(0.75 * f64::from(tap));
    }
    assert!((bpm(&tracker) - 80.0).abs() < 0.5);
    tracker.advance(2.9);
    let beat = tracker.beat().unwrap();
    assert!((beat.next_s - 3.0).abs() < 0.02, "{beat:?}");
    // A change of mind.
    for tap in 0..3 {
        tracker.tap(5.0 + 0.5 * f64::from(tap));
    }
    assert!((bpm(&tracker) - 120.0).abs() < 1.0, "{}", bpm(&tracker));
}

#[test]
fn a_nudge_moves_the_beat_and_stays() {
    let mut tracker = BeatTracker::default();
    let onsets = eighths(100.0, 48, 0.0);
    play(&mut tracker, &onsets[..48], 0.0);
    tracker.nudge(0.05);
    let beats = play(&mut tracker, &onsets[48..], 0.0);
    let late = |beat: &FoundBeat| (beat.last_s - 0.05) * 100.0 / 60.0;
    for beat in &beats[2..] {
        assert!((late(beat) - late(beat).round()).abs() < 0.04, "{beat:?}");
    }
}

#[test]
fn the_one_is_where_the_user_says() {
    let mut tracker = BeatTracker::default();
    let onsets = eighths(120.0, 48, 0.0);
    play(&mut tracker, &onsets[..64], 0.0);
    // Beat 30 of the piece.
    tracker.set_one(15.02);
    let beats = play(&mut tracker, &onsets[64..], 0.0);
    for beat in &beats[1..] {
        let number = (beat.last_s * 2.0).round() as i64;
        assert_eq!(
            i64::from(beat.beat_of_bar),
            (number - 30).rem_euclid(4),
            "{beat:?}"
        );
        assert!(beat.bar_is_known);
    }
}

#[test]
fn bars_have_the_meters_beats() {
    let bar = |meter: &str| {
        let tracker = BeatTracker::new(meter.parse().unwrap());
        (tracker.beats_to_bar(), tracker.quarters_to_beat())
    };
    assert_eq!(bar("4/4"), (4, 1.0));
    assert_eq!(bar("3/4"), (3, 1.0));
    assert_eq!(bar("6/8"), (2, 1.5));
    assert_eq!(bar("12/8"), (4, 1.5));
    assert_eq!(bar("5/4"), (5, 1.0));
    assert_eq!(bar("7/8"), (7, 0.5));
    assert_eq!(bar("2/2"), (2, 2.0));
}

#[test]
fn a_change_of_meter_keeps_the_beat() {
    let mut tracker = BeatTracker::default();
    let onsets = eighths(100.0, 48, 0.0);
    play(&mut tracker, &onsets[..60], 0.0);
    tracker.set_meter("3/4".parse().unwrap());
    let beats = play(&mut tracker, &onsets[60..], 0.0);
    assert!(
        (bpm(&tracker) / 100.0 - 1.0).abs() < 0.03,
        "{}",
        bpm(&tracker)
    );
    assert!(beats.iter().all(|beat| beat.beat_of_bar < 3));
}

#[test]
fn moments_that_are_none_change_nothing() {
    let mut tracker = BeatTracker::default();
    play(&mut tracker, &eighths(120.0, 16, 0.0), 0.0);
    let (tempo, beat) = (tracker.tempo(), tracker.beat());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
        tracker.onset(bad, 1.0);
        tracker.advance(bad);
        tracker.tap(bad);
        tracker.nudge(bad);
        tracker.set_one(bad);
    }
    tracker.onset(8.0, f32::NAN);
    // Time that goes back, and an onset far too late.
    tracker.advance(1.0);
    tracker.onset(1.0, 1.0);
    assert_eq!((tracker.tempo(), tracker.beat()), (tempo, beat));
}

#[test]
fn silence_has_no_beat() {
    let mut tracker = BeatTracker::default();
    tracker.advance(10.0);
    assert_eq!((tracker.tempo(), tracker.beat()), (None, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn beats_go_forward_whatever_happens(
        events in prop::collection::vec((0..7u8, -1.0..2.0f64, 0.0..1.0f32), 1..120),
    ) {
        let mut tracker = BeatTracker::default();
        let mut now = 0.0;
        let mut last: Option<FoundBeat> = None;
        for (what, by, strength) in events {
            match what {
                0..=2 => tracker.onset(now + 0.3 * by, strength),
                3 => tracker.tap(now),
                4 => tracker.nudge(0.1 * by),
                5 => tracker.set_one(now + by),
                _ => tracker.release(),
            }
            now += by.max(0.0);
            tracker.advance(now);
            let (Some(beat), Some(tempo)) = (tracker.beat(), tracker.tempo()) else { continue };
            prop_assert!((20.0..400.0).contains(&tempo.bpm), "{:?}", tempo);
            prop_assert!((0.0..=1.0).contains(&tempo.confidence));
            prop_assert!(beat.next_s.is_finite() && beat.beat_of_bar < 4);
            prop_assert!(beat.next_s >= now - 1e-6, "{:?} at {}", beat, now);
            prop_assert!(last.is_none_or(|last| beat.count >= last.count), "{:?} {:?}", last, beat);
            last = Some(beat);
        }
    }
}
