//! The song's clock: tempo, meter and place, counted in samples.

use nih_plug::prelude::Transport;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU16, AtomicU64, Ordering};
use vocalise::music::Meter;

/// Tempos that can be set, in BPM.
pub const TEMPOS: std::ops::RangeInclusive<f64> = 20.0..=400.0;

/// What the window wants of the clock, and where the clock is: the meeting place of the two
/// threads. A race shows a place one block old.
pub struct Song {
    /// In quarter notes a minute, as bits.
    tempo: AtomicU64,
    /// Beats in the upper byte, unit in the lower.
    meter: AtomicU16,
    /// Whether the song plays.
    playing: AtomicBool,
    /// Whether each beat is clicked.
    click: AtomicBool,
    /// Whether the voice is heard in the output.
    hear_voice: AtomicBool,
    /// Place in the song in quarter notes, as bits.
    quarters: AtomicU64,
    /// Where the bar began, in quarter notes, as bits.
    bar_start: AtomicU64,
    /// The bar, counted from 0.
    bar: AtomicI32,
}

/// A place in the song, for people: both numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The bar.
    pub bar: i32,
    /// The beat in it.
    pub beat: u32,
    /// How much of the beat is over, 0 – 1.
    pub into_beat: f64,
}

impl Song {
    /// A song that stands, at a tempo in BPM.
    pub fn new(tempo: f64, meter: Meter) -> Self {
        let song = Self {
            tempo: AtomicU64::new(0),
            meter: AtomicU16::new(0),
            playing: AtomicBool::new(false),
            click: AtomicBool::new(false),
            hear_voice: AtomicBool::new(false),
            quarters: AtomicU64::new(0),
            bar_start: AtomicU64::new(0),
            bar: AtomicI32::new(0),
        };
        song.set_tempo(tempo);
        song.set_meter(meter);
        song
    }

    /// The tempo in BPM.
    pub fn tempo(&self) -> f64 {
        f64::from_bits(self.tempo.load(Ordering::Relaxed))
    }

    /// Sets the tempo, held within [`TEMPOS`].
    pub fn set_tempo(&self, bpm: f64) {
        if bpm.is_finite() {
            let bpm = bpm.clamp(*TEMPOS.start(), *TEMPOS.end());
            self.tempo.store(bpm.to_bits(), Ordering::Relaxed);
        }
    }

    /// The meter.
    pub fn meter(&self) -> Meter {
        let [beats, unit] = self.meter.load(Ordering::Relaxed).to_be_bytes();
        Meter::new(beats, unit).unwrap_or_default()
    }

    /// Sets the meter; it counts from the bar that plays.
    pub fn set_meter(&self, meter: Meter) {
        let bits = u16::from_be_bytes([meter.beats(), meter.unit()]);
        self.meter.store(bits, Ordering::Relaxed);
    }

    /// Whether the song plays.
    pub fn playing(&self) -> bool {
        self.playing.load(Ordering::Relaxed)
    }

    /// Plays from the first bar on, or stops.
    pub fn play(&self, on: bool) {
        self.playing.store(on, Ordering::Relaxed);
    }

    /// Whether each beat is clicked.
    pub fn click(&self) -> bool {
        self.click.load(Ordering::Relaxed)
    }

    /// Clicks each beat, or none.
    pub fn set_click(&self, on: bool) {
        self.click.store(on, Ordering::Relaxed);
    }

    /// Whether the voice is heard in the output.
    pub fn hear_voice(&self) -> bool {
        self.hear_voice.load(Ordering::Relaxed)
    }

    /// Lets the voice into the output, or not.
    pub fn set_hear_voice(&self, on: bool) {
        self.hear_voice.store(on, Ordering::Relaxed);
    }

    /// Where the song is.
    pub fn place(&self) -> Place {
        let read = |bits: &AtomicU64| f64::from_bits(bits.load(Ordering::Relaxed));
        let beat =
            (read(&self.quarters) - read(&self.bar_start)).max(0.0) / beat_quarters(self.meter());
        Place {
            bar: self.bar.load(Ordering::Relaxed).saturating_add(1),
            beat: beat as u32 + 1,
            into_beat: beat.fract(),
        }
    }
}

/// The clock itself, on the audio thread.
pub struct Clock {
    /// Samples a second.
    rate: f64,
    playing: bool,
    tempo: f64,
    meter: Meter,
    /// Samples since the tempo last changed: the place is counted from there in one
    /// multiplication, so that no error adds up.
    samples: u64,
    /// The place where the tempo last changed, in quarter notes.
    from: f64,
    /// The bar where the meter last changed, counted from 0.
    first_bar: i32,
    /// Where that bar began, in quarter notes.
    first_bar_start: f64,
}

impl Clock {
    /// A clock that stands at the beginning of `song`, for `rate` samples a second.
    pub fn new(song: &Song, rate: f64) -> Self {
        Self {
            rate,
            playing: false,
            tempo: song.tempo(),
            meter: song.meter(),
            samples: 0,
            from: 0.0,
            first_bar: 0,
            first_bar_start: 0.0,
        }
    }

    /// Does what `song` wants, before a block.
    pub fn follow(&mut self, song: &Song) {
        let (playing, tempo, meter) = (song.playing(), song.tempo(), song.meter());
        if playing && !self.playing {
            *self = Self::new(song, self.rate);
        }
        self.playing = playing;
        if tempo != self.tempo {
            self.from = self.quarters();
            self.samples = 0;
            self.tempo = tempo;
        }
        if meter != self.meter {
            let (bar, start) = (self.bar(), self.bar_start());
            (self.first_bar, self.first_bar_start) = (bar, start);
            self.meter = meter;
        }
        let write = |to: &AtomicU64, value: f64| to.store(value.to_bits(), Ordering::Relaxed);
        write(&song.quarters, self.quarters());
        write(&song.bar_start, self.bar_start());
        song.bar.store(self.bar(), Ordering::Relaxed);
    }

    /// Goes on by a block.
    pub fn advance(&mut self, samples: usize) {
        if self.playing {
            self.samples += samples as u64;
        }
    }

    /// The place in quarter notes.
    pub fn quarters(&self) -> f64 {
        self.from + self.samples as f64 * self.tempo / (60.0 * self.rate)
    }

    /// The bar, counted from 0.
    pub fn bar(&self) -> i32 {
        self.first_bar + self.bars_since() as i32
    }

    /// Where the bar began, in quarter notes.
    pub fn bar_start(&self) -> f64 {
        self.first_bar_start + self.bars_since() * self.meter.bar_quarters()
    }

    /// The samples of a block of `len` at which a beat begins, and whether it is the bar's first.
    pub fn beats(&self, len: usize) -> impl Iterator<Item = (usize, bool)> {
        let step = self.tempo / (60.0 * self.rate);
        let beat = beat_quarters(self.meter);
        let beats = f64::from(self.meter.beats());
        let since = self.quarters() - self.first_bar_start;
        // A beat that lies between two samples belongs to the later one; the millionth of a sample
        // keeps the last bit of the arithmetic out of that.
        let sample = move |beat_number: f64| ((beat_number * beat - since) / step - 1e-6).ceil();
        let next = ((since - step) / beat).floor().max(0.0);
        (0..)
            .map(move |n| next + f64::from(n))
            .map(move |n| (sample(n), n % beats == 0.0))
            .skip_while(|(at, _)| *at < 0.0)
            .take_while(move |(at, _)| self.playing && *at < len as f64)
            .map(|(at, first)| (at as usize, first))
    }

    /// Tells a plugin of the block that begins.
    pub fn tell(&self, transport: &mut Transport) {
        transport.playing = self.playing;
        transport.tempo = Some(self.tempo);
        transport.time_sig_numerator = Some(self.meter.beats().into());
        transport.time_sig_denominator = Some(self.meter.unit().into());
        transport.pos_beats = Some(self.quarters());
        transport.bar_start_pos_beats = Some(self.bar_start());
        transport.bar_number = Some(self.bar());
    }

    fn bars_since(&self) -> f64 {
        ((self.quarters() - self.first_bar_start) / self.meter.bar_quarters()).floor()
    }
}

/// How long a beat is, in quarter notes.
fn beat_quarters(meter: Meter) -> f64 {
    4.0 / f64::from(meter.unit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(clock: &mut Clock, song: &Song, samples: usize, block: usize) {
        for _ in 0..samples / block {
            clock.follow(song);
            clock.advance(block);
        }
        clock.follow(song);
    }

    #[test]
    fn an_hour_later_the_clock_is_still_exact() {
        for (bpm, rate) in [(120.0, 48_000.0), (93.7, 44_100.0), (140.0, 96_000.0)] {
            let song = Song::new(bpm, Meter::COMMON);
            song.play(true);
            let mut clock = Clock::new(&song, rate);
            let blocks = 3_600.0 * rate / 100.0;
            run(&mut clock, &song, blocks as usize * 100, 100);
            assert!((clock.quarters() - 60.0 * bpm).abs() < 1e-8, "{bpm}");
        }
        // Where a bar line is a whole number of samples, it is met exactly.
        let song = Song::new(120.0, Meter::COMMON);
        song.play(true);
        let mut clock = Clock::new(&song, 48_000.0);
        run(&mut clock, &song, 96_000 * 1_800, 480);
        assert_eq!((clock.bar(), clock.bar_start()), (1_800, 7_200.0));
        assert_eq!(clock.quarters(), 7_200.0);
    }

    #[test]
    fn a_new_tempo_goes_on_from_the_place_where_it_came() {
        let song = Song::new(120.0, Meter::COMMON);
        song.play(true);
        let mut clock = Clock::new(&song, 48_000.0);
        run(&mut clock, &song, 48_000, 480);
        song.set_tempo(60.0);
        run(&mut clock, &song, 48_000, 480);
        assert_eq!(clock.quarters(), 3.0);
    }

    #[test]
    fn a_new_meter_counts_from_the_bar_that_plays() {
        let song = Song::new(120.0, Meter::COMMON);
        song.play(true);
        let mut clock = Clock::new(&song, 48_000.0);
        run(&mut clock, &song, 48_000 * 5, 480);
        assert_eq!((clock.bar(), clock.bar_start()), (2, 8.0));
        song.set_meter("3/4".parse().unwrap());
        run(&mut clock, &song, 24_000, 480);
        assert_eq!((clock.bar(), clock.bar_start()), (3, 11.0));
        let place = song.place();
        assert_eq!((place.bar, place.beat), (4, 1));
    }

    #[test]
    fn play_begins_at_the_first_bar_and_a_stopped_song_stands() {
        let song = Song::new(120.0, "6/8".parse().unwrap());
        let mut clock = Clock::new(&song, 48_000.0);
        run(&mut clock, &song, 48_000, 480);
        assert_eq!(clock.quarters(), 0.0);
        song.play(true);
        run(&mut clock, &song, 48_000, 480);
        // Two quarter notes are four eighths: the fifth begins.
        assert_eq!(song.place().beat, 5);
        song.play(false);
        run(&mut clock, &song, 48_000, 480);
        assert_eq!(clock.quarters(), 2.0);
        song.play(true);
        clock.follow(&song);
        assert_eq!(clock.quarters(), 0.0);
    }

    #[test]
    fn every_beat_is_found_once_whatever_the_blocks() {
        for (bpm, meter) in [(120.0, "4/4"), (133.3, "7/8"), (97.1, "3/4")] {
            let song = Song::new(bpm, meter.parse().unwrap());
            song.play(true);
            let found = |block: usize| {
                let mut clock = Clock::new(&song, 44_100.0);
                let mut found = Vec::new();
                for start in (0..441_000).step_by(block) {
                    clock.follow(&song);
                    found.extend(clock.beats(block).map(|(at, first)| (start + at, first)));
                    clock.advance(block);
                }
                found
            };
            let (small, large) = (found(63), found(4_410));
            let common = small.len().min(large.len());
            assert_eq!(small[..common], large[..common]);
            assert!(small.len().abs_diff(large.len()) <= 1);
            assert_eq!(small[0], (0, true));
            let beat = 4.0 / f64::from(song.meter().unit());
            let expected = 10.0 * bpm / 60.0 / beat;
            assert!(
                (small.len() as f64 - expected).abs() <= 1.5,
                "{bpm} {meter}"
            );
        }
    }

    #[test]
    fn nonsense_is_no_tempo() {
        let song = Song::new(100.0, Meter::COMMON);
        song.set_tempo(f64::NAN);
        assert_eq!(song.tempo(), 100.0);
        song.set_tempo(10_000.0);
        assert_eq!(song.tempo(), 400.0);
    }
}
