//! The pitch track that is told of: the network's pitch, looked at twice where the voice speaks.
//!
//! A spoken pitch moves by semitones within the 46 ms that the network looks at, and the folds
//! still swing two or three times while they part: the pitch of those periods falls (*relative
//! fundamental frequency*, see Lien and Stepp, JASA 135, 2014), and there is too little of them for
//! the network to hear. So where a voice is unsteady and hardly in notes, what sounds before the
//! moment is compared with what sounds after it, a period later, and a voice that fades is drawn
//! down. Elsewhere the pitch is the network's; notes and bends do not come from here.
//!
//! `models/training/vocalise_training/f0_track.py` is the same, used to measure models.

use super::evidence::Evidence;
use super::{F0Point, FrameClock};
use crate::audio::frame::{HOP, SAMPLE_RATE};

/// Steadiness and tunefulness under which a voice is taken for speech here: one of which nothing is
/// known yet, too.
const UNSTEADY: f32 = 0.71;
const UNTUNEFUL: f32 = 0.75;
/// Presence under which there is nothing to look at.
const PRESENT: f32 = 0.1;
/// The period is looked for between these parts of the network's frequency.
const RANGE: (f64, f64) = (0.65, 1.3);
/// Periods before and after the moment that are compared, to be averaged.
const SPANS: [f64; 3] = [1.0, 1.5, 2.0];
/// Correlation from which they are believed, and their weight then.
const ALIKE: f64 = 0.5;
const PERIOD_SHARE: f64 = 0.5;
/// A voice that fades falls by so many semitones in the end,
const FALL: f32 = 1.1;
/// which begins at this presence (voicing times clarity)
const FADES: f32 = 0.95;
/// and is complete after so much less of it.
const FADED: f32 = 0.3;
/// What is like nothing.
const OUTSIDE: f64 = -1.0;
/// Hops of audio that are kept: enough for delays of 2 – 6 frames, beyond which no period is found.
const KEPT: usize = 8;

/// Makes the track of one stream of evidence, one frame behind it.
pub(super) struct F0Track {
    /// The newest audio, the newest last, in the steps of
    /// [`Frame::audio`](crate::audio::Frame::audio).
    audio: [f32; KEPT * HOP],
    /// The last frame, whose point is to be told next, and the presence of the voice before it.
    last: Option<(Evidence, f32)>,
}

impl Default for F0Track {
    fn default() -> Self {
        Self {
            audio: [0.0; KEPT * HOP],
            last: None,
        }
    }
}

impl F0Track {
    /// Takes the next frame's evidence and audio; gives the point of the frame before it, unvoiced if
    /// it is missing.
    pub fn push(&mut self, heard: &Evidence, audio: &[i16; HOP], clock: FrameClock) -> F0Point {
        let last = self.last.take();
        let last = last.filter(|(last, _)| heard.frame == last.frame + 1);
        if last.is_none() {
            self.audio.fill(0.0);
        }
        self.audio.copy_within(HOP.., 0);
        for (kept, new) in self.audio[(KEPT - 1) * HOP..].iter_mut().zip(audio) {
            *kept = f32::from(*new);
        }
        let before = last.map_or(0.0, |(last, _)| last.presence());
        self.last = Some((*heard, before));
        let Some((last, earlier)) = last else {
            return F0Point {
                time_s: clock.described_s(heard.frame as f64 - 1.0),
                hz: -heard.f0(clock).hz.abs(),
            };
        };
        let mut point = last.f0(clock);
        let spoken = last.steadiness < UNSTEADY && last.tunefulness < UNTUNEFUL;
        if spoken && last.presence() > PRESENT {
            let hz = f64::from(point.hz.abs());
            let behind = (clock.delay_frames as usize + 1) * HOP;
            let period = self.audio.len().checked_sub(behind);
            let period = period.and_then(|at| period_hz(&self.audio, at, hz));
            let heard_hz = hz * (period.unwrap_or(hz) / hz).powf(PERIOD_SHARE);
            let fades = heard.presence() < last.presence() && last.presence() <= earlier;
            let down = if fades {
                FALL * ((FADES - last.presence()) / FADED).clamp(0.0, 1.0)
            } else {
                0.0
            };
            point.hz = (heard_hz as f32 * (-down / 12.0).exp2()).copysign(point.hz);
        }
        point
    }
}

/// The frequency, in Hz, at which what sounds before the sample `at` is most like what sounds a period
/// later: the geometric mean of those of [`SPANS`] that are alike, `None` where none is. Looked for
/// around `hz`.
fn period_hz(audio: &[f32], at: usize, hz: f64) -> Option<f64> {
    let sound = Sound::new(audio);
    let found = SPANS
        .iter()
        .filter_map(|span| period(&sound, at, hz, *span));
    let (sum, count) = found.fold((0.0, 0), |(sum, count), lag| (sum + lag.ln(), count + 1));
    (count > 0).then(|| SAMPLE_RATE / (sum / f64::from(count)).exp())
}

/// The period in samples, by stretches of `span` periods around the sample `at`.
fn period(sound: &Sound, at: usize, hz: f64, span: f64) -> Option<f64> {
    let first = (SAMPLE_RATE / (hz * RANGE.1)) as usize;
    let last = (SAMPLE_RATE / (hz * RANGE.0)) as usize + 1;
    let likeness = |lag: usize| {
        let from = at.checked_sub((0.5 * (1.0 + span) * lag as f64).round() as usize);
        from.map_or(OUTSIDE, |from| {
            sound.likeness(from, lag, (span * lag as f64).round() as usize)
        })
    };
    let (mut best, mut highest) = (0, ALIKE);
    for lag in first..=last {
        let value = likeness(lag);
        if value > highest {
            (best, highest) = (lag, value);
        }
    }
    if best == 0 {
        return None;
    }
    let lag = best as f64;
    let (before, after) = (likeness(best - 1), likeness(best + 1));
    let bend = before - 2.0 * highest + after;
    let inside = first < best && best < last && before.min(after) > OUTSIDE && bend < 0.0;
    Some(if inside {
        lag + 0.5 * (before - after) / bend
    } else {
        lag
    })
}

/// A stretch of audio, and its running sums.
struct Sound<'a> {
    audio: &'a [f32],
    /// Of the samples before each place, and of their squares.
    sums: Vec<(f64, f64)>,
}

impl<'a> Sound<'a> {
    fn new(audio: &'a [f32]) -> Self {
        let mut sums = Vec::with_capacity(audio.len() + 1);
        sums.push((0.0, 0.0));
        let (mut sum, mut squares) = (0.0, 0.0);
        for sample in audio {
            sum += f64::from(*sample);
            squares += f64::from(*sample).powi(2);
            sums.push((sum, squares));
        }
        Self { audio, sums }
    }

    /// Pearson's correlation of `length` samples at `from` with those `lag` later;
    /// [`OUTSIDE`] the audio.
    fn likeness(&self, from: usize, lag: usize, length: usize) -> f64 {
        let Some(later) = self.audio.get(from + lag..from + lag + length) else {
            return OUTSIDE;
        };
        let n = length as f64;
        let moments = |from: usize| {
            let (low, high) = (self.sums[from], self.sums[from + length]);
            let mean = (high.0 - low.0) / n;
            (mean, ((high.1 - low.1) - n * mean * mean).max(0.0))
        };
        let ((mean_a, energy_a), (mean_b, energy_b)) = (moments(from), moments(from + lag));
        let product = f64::from(dot(&self.audio[from..from + length], later));
        (product - n * mean_a * mean_b) / (energy_a * energy_b).sqrt().max(1e-9)
    }
}

/// The scalar product, in an order that a machine can keep many sums at once in.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (wide_a, wide_b) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = wide_a
        .remainder()
        .iter()
        .zip(wide_b.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in wide_a.zip(wide_b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pitch;
    use std::f64::consts::TAU;

    /// Steadiness and tunefulness.
    const SUNG: (f32, f32) = (0.9, 0.95);
    const SPOKEN: (f32, f32) = (0.5, 0.5);
    const NETWORK_HZ: f64 = 200.0;

    /// The last point of 12 frames of a voice that sounds at `sounds_hz`, where the network hears
    /// 200 Hz, and whose voicing is `voicing` in the last frames, oldest first.
    fn track(sounds_hz: f64, (steadiness, tunefulness): (f32, f32), voicing: &[f32]) -> F0Point {
        let mut track = F0Track::default();
        let clear_pitch = pitch::from_hz(NETWORK_HZ).expect("a frequency") as f32;
        let frames = 12;
        let points = (0..frames).map(|frame| {
            let audio = std::array::from_fn(|n| {
                let at_s = (frame * HOP + n) as f64 / SAMPLE_RATE;
                (8_000.0 * (TAU * sounds_hz * at_s).sin()) as i16
            });
            let since = (frame + voicing.len()).checked_sub(frames);
            let heard = Evidence {
                frame: frame as u64,
                clear_pitch,
                clarity: 1.0,
                voicing: since.map_or(1.0, |since| voicing[since]),
                steadiness,
                tunefulness,
                ..Evidence::default()
            };
            track.push(&heard, &audio, FrameClock::usual())
        });
        points.last().expect("frames")
    }

    fn cents(hz: f32) -> f64 {
        1_200.0 * (f64::from(hz) / NETWORK_HZ).log2()
    }

    #[test]
    fn a_sung_pitch_is_the_network_s() {
        let point = track(190.0, SUNG, &[0.8, 0.7, 0.6, 0.5]);
        assert!(cents(point.hz).abs() < 1.0, "{point:?}");
        let amateur = track(190.0, (0.5, 0.9), &[0.8, 0.7, 0.6, 0.5]);
        assert!(
            cents(amateur.hz).abs() < 1.0,
            "unsteady, in notes: {amateur:?}"
        );
        let clock = FrameClock::usual();
        assert_eq!(point.time_s, clock.described_s(10.0), "the one before");
    }

    #[test]
    fn a_spoken_pitch_is_drawn_towards_the_period_that_sounds() {
        let wanted = 1_200.0 * (190.0f64 / NETWORK_HZ).log2() * PERIOD_SHARE;
        let point = track(190.0, SPOKEN, &[]);
        assert!((cents(point.hz) - wanted).abs() < 3.0, "{point:?}");
        let point = track(90.0, SPOKEN, &[]);
        assert!(cents(point.hz).abs() < 1.0, "nothing alike near: {point:?}");
    }

    #[test]
    fn a_spoken_pitch_falls_where_the_voice_fades_and_not_where_it_swells() {
        let fading = track(200.0, SPOKEN, &[0.85, 0.75, 0.6, 0.5]);
        assert!(
            (cents(fading.hz) + 100.0 * f64::from(FALL)).abs() < 3.0,
            "{fading:?}"
        );
        let swelling = track(200.0, SPOKEN, &[0.4, 0.5, 0.6, 0.7]);
        assert!(cents(swelling.hz).abs() < 3.0, "{swelling:?}");
    }

    #[test]
    fn a_missing_frame_is_unvoiced() {
        let mut track = F0Track::default();
        let heard = |frame| Evidence {
            frame,
            clear_pitch: 57.0,
            clarity: 1.0,
            voicing: 1.0,
            ..Evidence::default()
        };
        let clock = FrameClock::usual();
        let points = [0, 1, 5, 6].map(|frame| track.push(&heard(frame), &[0; HOP], clock));
        assert_eq!(points.map(|p| p.hz > 0.0), [false, true, false, true]);
        assert_eq!(points[2].time_s, clock.described_s(4.0));
    }
}
