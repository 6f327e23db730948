//! Tempo and beats, as the tracker announces them, against those that were played to.

use crate::corpus::{Piece, hash};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use vocalise::music::{BeatTracker, Listener, Meter};

/// Hits closer together than this, in seconds, are one onset.
const MERGE_S: f64 = 0.03;
/// mir_eval's window around a beat, and what it leaves out at the start, in seconds.
const WINDOW_S: f64 = 0.07;
const TRIMMED_S: f64 = 5.0;
/// El Bongosero's files begin an eighth of a beat before their first beat, at every tempo.
const BONGOSERO_LEAD: f64 = 0.125;
/// Beats of a performance that are used at most.
const LONGEST: f64 = 128.0;

/// What is played to the tracker, in seconds, and what it should say.
pub struct Performance {
    pub id: String,
    pub onsets: Vec<(f64, f32)>,
    pub bpm: f64,
    pub beats: Vec<f64>,
    pub meter: Meter,
    /// The user taps along with so many beats at the start.
    pub led: usize,
}

/// Onsets of notes in beats, with strengths, as a performance.
fn performance(piece: &Piece, mut hits: Vec<(f64, f64)>, lead: f64) -> Option<Performance> {
    let beat_s = 60.0 / piece.bpm;
    hits.sort_by(|a, b| a.0.total_cmp(&b.0));
    hits.retain(|hit| hit.0 < LONGEST);
    let mut onsets: Vec<(f64, f64)> = Vec::new();
    for (at, strength) in hits.into_iter().map(|(beat, v)| (beat * beat_s, v * v)) {
        match onsets.last_mut() {
            Some(last) if at - last.0 < MERGE_S => last.1 += strength,
            _ => onsets.push((at, strength)),
        }
    }
    let end = onsets.last()?.0;
    let beats = (0..).map(|beat| (f64::from(beat) + lead) * beat_s);
    let strength = |energy: f64| (energy.sqrt() / 2.0).min(1.0) as f32;
    Some(Performance {
        id: piece.id.clone(),
        onsets: onsets
            .into_iter()
            .map(|(at, e)| (at, strength(e)))
            .collect(),
        bpm: piece.bpm,
        beats: beats.take_while(|beat| *beat <= end + WINDOW_S).collect(),
        meter: piece.meter.parse().unwrap_or_default(),
        led: 0,
    })
}

/// Groove's performances of at least 16 beats.
pub fn drums(pieces: &[&Piece]) -> Vec<Performance> {
    let groove = pieces.iter().filter(|piece| piece.source == "groove");
    groove
        .filter_map(|piece| {
            let hits: Vec<_> = piece
                .notes("drums")
                .iter()
                .map(|n| (n.onset, n.velocity))
                .collect();
            (hits.last()?.0 >= 15.0).then(|| performance(piece, hits, 0.0))?
        })
        .collect()
}

/// El Bongosero's tapped performances of two bars, each played so many times over.
pub fn taps(pieces: &[&Piece], times: usize) -> Vec<Performance> {
    let tapped = pieces.iter().filter(|piece| piece.source == "elbongosero");
    tapped
        .filter_map(|piece| {
            let notes = piece.notes("hand-percussion-tapped");
            let looped = (0..times).flat_map(|time| {
                let later = 8.0 * time as f64;
                notes.iter().map(move |n| (n.onset + later, n.velocity))
            });
            (notes.len() >= 4).then(|| performance(piece, looped.collect(), BONGOSERO_LEAD))?
        })
        .collect()
}

/// Melodies as an amateur sings them: onsets off by 25 ms (standard deviation), one note in twenty
/// missed.
pub fn melodies(pieces: &[&Piece], source: &str) -> Vec<Performance> {
    let of_source = pieces.iter().filter(|piece| piece.source == source);
    of_source
        .filter(|piece| ["4/4", "1/4", "2/4", "2/2"].contains(&piece.meter.as_str()))
        .filter_map(|piece| {
            let notes = piece.notes("melody");
            // POP909's beats lie where its chords do.
            let chord = piece.chords.get(piece.chords.len() / 2);
            let lead = match source {
                "pop909" => chord?.0.rem_euclid(1.0),
                _ => 0.0,
            };
            let start = notes.first()?.onset.floor();
            let hits = notes.iter().enumerate().filter_map(|(at, note)| {
                let dice = |what: &str| chance(&format!("{} {at} {what}", piece.id));
                let normal = (0..12).map(|i| dice(&format!("slip {i}"))).sum::<f64>() - 6.0;
                let slip = 0.025 * normal * piece.bpm / 60.0;
                (dice("missed") > 0.05).then_some((note.onset - start + slip, note.velocity))
            });
            let hits: Vec<_> = hits.collect();
            let mut performance = performance(piece, hits, lead)?;
            performance.meter = Meter::COMMON;
            (performance.beats.len() >= 24).then_some(performance)
        })
        .collect()
}

/// The same performances, where the user taps along with two beats of the second bar.
pub fn led(mut performances: Vec<Performance>) -> Vec<Performance> {
    performances
        .iter_mut()
        .for_each(|performance| performance.led = 2);
    performances
}

/// A number of 0 – 1 that a name always has, and that no other name helps to guess.
pub fn chance(name: &str) -> f64 {
    let mut mixed = hash(name);
    for multiplier in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(multiplier);
    }
    (mixed ^ (mixed >> 33)) as f64 / u64::MAX as f64
}

/// What the tracker said, at the time.
pub struct Heard {
    /// When beats were announced, in seconds.
    pub beats: Vec<f64>,
    /// Beats a minute after eight beats.
    pub bpm: f64,
    /// What an onset or a tick took, on average.
    pub mean: Duration,
}

/// Plays a performance to a tracker in ticks of 10 ms.
pub fn listen(performance: &Performance, listener: Listener) -> Heard {
    let mut tracker = BeatTracker::with_listener(performance.meter, listener);
    let (mut beats, mut bpm) = (Vec::new(), 0.0);
    let (mut all, mut calls) = (Duration::ZERO, 0);
    let mut timed = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        all += start.elapsed();
        calls += 1;
    };
    let mut onsets = performance.onsets.iter().peekable();
    let start = performance.onsets[0].0;
    let end = performance.beats.last().copied().unwrap_or(start) + 0.05;
    let eight = start + 8.0 * 60.0 / performance.bpm;
    let mut count = -1;
    let mut taps = performance
        .beats
        .iter()
        .skip(4)
        .take(performance.led)
        .peekable();
    for tick in 0.. {
        let now = start + 0.01 * f64::from(tick);
        if now > end {
            break;
        }
        while let Some(&&(at, strength)) = onsets.peek().filter(|onset| onset.0 <= now) {
            timed(&mut || tracker.onset(at, strength));
            onsets.next();
        }
        while let Some(&at) = taps.next_if(|at| **at <= now) {
            tracker.tap(at);
        }
        timed(&mut || tracker.advance(now));
        if let Some(beat) = tracker.beat().filter(|beat| beat.count != count) {
            count = beat.count;
            beats.push(beat.last_s);
        }
        if now <= eight {
            bpm = tracker.tempo().map_or(0.0, |tempo| tempo.bpm);
        }
    }
    Heard {
        beats,
        bpm,
        mean: all / calls.max(1),
    }
}

/// mir_eval's beat F-measure, of beats from a moment on.
pub fn f_measure(truth: &[f64], found: &[f64], from_s: f64) -> f64 {
    let late = |beats: &[f64]| -> Vec<f64> {
        beats
            .iter()
            .copied()
            .filter(|beat| *beat >= from_s)
            .collect()
    };
    let (truth, found) = (late(truth), late(found));
    let (mut at, mut hits) = (0, 0);
    for beat in &truth {
        while found.get(at).is_some_and(|found| *found < beat - WINDOW_S) {
            at += 1;
        }
        if found.get(at).is_some_and(|found| *found <= beat + WINDOW_S) {
            at += 1;
            hits += 1;
        }
    }
    2.0 * f64::from(hits) / (truth.len() + found.len()).max(1) as f64
}

/// The best F-measure at the truth's level, twice as fast and half as fast.
pub fn f_measure_at_any_level(truth: &[f64], found: &[f64], from_s: f64) -> f64 {
    let double: Vec<_> = truth
        .windows(2)
        .flat_map(|pair| [pair[0], (pair[0] + pair[1]) / 2.0])
        .chain(truth.last().copied())
        .collect();
    let half = |from| {
        truth
            .iter()
            .copied()
            .skip(from)
            .step_by(2)
            .collect::<Vec<_>>()
    };
    [truth.to_vec(), double, half(0), half(1)]
        .iter()
        .map(|truth| f_measure(truth, found, from_s))
        .fold(0.0, f64::max)
}

/// The figures of some performances, as a line of the table.
#[derive(Default)]
pub struct Figures {
    pub count: usize,
    pub tempo: f64,
    pub tempo_any_level: f64,
    pub f: f64,
    pub f_any_level: f64,
    pub f_untrimmed: f64,
    /// Performances that go on after what mir_eval leaves out.
    pub long: usize,
    /// What a call of the tracker took, on average.
    pub mean: Duration,
}

/// Listens to all of them, and writes what was heard to a folder if there is one.
pub fn measure(performances: &[Performance], listener: Listener, dump: Option<&Path>) -> Figures {
    let mut sums = Figures::default();
    for performance in performances {
        let heard = listen(performance, listener);
        if let Some(dir) = dump {
            let line = |times: &[f64]| {
                times
                    .iter()
                    .map(|t| format!("{t:.4}\t"))
                    .collect::<String>()
            };
            let name = format!("{}.beats", performance.id.replace('/', "-"));
            let text = format!("{}\n{}\n", line(&performance.beats), line(&heard.beats));
            fs::write(dir.join(name), text).expect("the folder can be written to");
        }
        let right = |factor: f64| (heard.bpm / performance.bpm / factor - 1.0).abs() <= 0.04;
        sums.count += 1;
        sums.tempo += f64::from(right(1.0));
        sums.tempo_any_level += f64::from([0.5, 1.0, 2.0].into_iter().any(right));
        let (truth, found) = (&performance.beats, &heard.beats);
        if truth.iter().filter(|beat| **beat >= TRIMMED_S).count() >= 4 {
            sums.long += 1;
            sums.f += f_measure(truth, found, TRIMMED_S);
            sums.f_any_level += f_measure_at_any_level(truth, found, TRIMMED_S);
        }
        sums.f_untrimmed += f_measure(truth, found, 0.0);
        sums.mean += heard.mean;
    }
    let count = sums.count.max(1) as f64;
    sums.tempo /= count;
    sums.tempo_any_level /= count;
    sums.f_untrimmed /= count;
    sums.f /= sums.long.max(1) as f64;
    sums.f_any_level /= sums.long.max(1) as f64;
    sums.mean /= sums.count.max(1) as u32;
    sums
}
