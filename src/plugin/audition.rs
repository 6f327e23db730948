//! Listening to a take, and to what is sent, through the built-in synthesiser.
//!
//! The editor orders, the audio thread plays. What was played is handed back to be dropped where
//! that may take its time.

use crate::audio::Synth;
use crate::music::midi::LAST_CHANNEL;
use crate::music::{Genre, Instrument, Message, Track};
use crate::voice::Tracks;
use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Orders that can wait; one hand gives no more.
const ORDERS: usize = 8;
/// Messages of one block that are heard; more are left out.
const A_BLOCK: usize = 4096;

/// MIDI channels.
const CHANNELS: usize = LAST_CHANNEL as usize + 1;

/// What is to be listened to: messages by seconds of the take.
#[derive(Clone, Debug, Default)]
pub struct Audition {
    /// When to begin, in seconds of the take.
    pub from_s: f64,
    /// When to stop.
    pub to_s: f64,
    /// By time.
    pub messages: Vec<(f64, Message)>,
}

enum Order {
    Play(Box<Audition>),
    Stop,
}

/// The editor's end.
pub struct AuditionDesk {
    orders: Mutex<Producer<Order>>,
    retired: Mutex<Consumer<Box<Audition>>>,
    /// Where the audition is, in seconds of the take, as bits; not a number: nowhere.
    at_s: Arc<AtomicU64>,
}

impl AuditionDesk {
    /// Plays `audition` in place of what plays. Not for the audio thread.
    pub fn play(&self, audition: Audition) {
        self.tidy();
        let _ = self.orders.lock().push(Order::Play(Box::new(audition)));
    }

    /// Stops what plays. Not for the audio thread.
    pub fn stop(&self) {
        self.tidy();
        let _ = self.orders.lock().push(Order::Stop);
    }

    /// Where the audition is, in seconds of the take.
    pub fn at_s(&self) -> Option<f64> {
        let at_s = f64::from_bits(self.at_s.load(Ordering::Relaxed));
        at_s.is_finite().then_some(at_s)
    }

    fn tidy(&self) {
        let mut retired = self.retired.lock();
        while retired.pop().is_ok() {}
    }
}

/// The audio thread's end.
pub struct AuditionPlayer {
    orders: Consumer<Order>,
    retired: Producer<Box<Audition>>,
    at_s: Arc<AtomicU64>,
}

/// A desk and its player.
pub fn audition() -> (AuditionDesk, AuditionPlayer) {
    let (orders, orders_out) = RingBuffer::new(ORDERS);
    // Room for every order and the one that plays: handing back never fails.
    let (retired, retired_out) = RingBuffer::new(2 * ORDERS);
    let at_s = Arc::new(AtomicU64::new(f64::NAN.to_bits()));
    let desk = AuditionDesk {
        orders: Mutex::new(orders),
        retired: Mutex::new(retired_out),
        at_s: at_s.clone(),
    };
    let player = AuditionPlayer {
        orders: orders_out,
        retired,
        at_s,
    };
    (desk, player)
}

/// The synthesiser and what it plays, at one rate.
pub struct Monitor {
    synth: Synth,
    rate: f64,
    playing: Option<Box<Audition>>,
    /// Messages of the audition that were played.
    played: usize,
    /// Where the audition is, in seconds of the take.
    now_s: f64,
    /// What is sent in this block, by offset.
    sent: Vec<(usize, Message)>,
    /// Whether what is sent is heard.
    listens: bool,
    /// The program of each channel that the synthesiser was told for what is sent.
    programs: [Option<u8>; CHANNELS],
}

impl Monitor {
    /// Silent, at `rate` Hz. All memory is set up here.
    pub fn new(rate: f64) -> Self {
        Self {
            synth: Synth::new(rate),
            rate,
            playing: None,
            played: 0,
            now_s: 0.0,
            sent: Vec::with_capacity(A_BLOCK),
            listens: false,
            programs: [None; CHANNELS],
        }
    }

    /// What is sent is heard from now on, on what `tracks` say, whether receivers are told of programs or
    /// not: for the audio thread.
    pub fn listen(&mut self, tracks: &Tracks, genre: Genre) {
        self.listens = true;
        // An audition has programs of its own.
        if self.playing.is_some() {
            self.programs = [None; CHANNELS];
            return;
        }
        for track in Track::ALL {
            let channel = tracks.of(track).channel;
            let program = tracks
                .instrument(track, genre, Instrument::default())
                .program();
            let told = &mut self.programs[usize::from(channel) % CHANNELS];
            if *told != Some(program) {
                *told = Some(program);
                self.synth
                    .message(Message::program_change(channel, program));
            }
        }
    }

    /// What is sent is not heard any more: for the audio thread.
    pub fn leave(&mut self) {
        if self.listens {
            // The ends of what sounds will not be heard.
            self.end_all();
            self.programs = [None; CHANNELS];
            self.listens = false;
        }
    }

    /// Is to be heard at `offset` of this block: for the audio thread.
    pub fn hear(&mut self, offset: usize, message: Message) {
        if self.sent.len() < self.sent.capacity() {
            self.sent.push((offset, message));
        }
    }

    /// Everything ends at once.
    pub fn reset(&mut self) {
        self.synth.reset();
        self.sent.clear();
    }

    /// Adds what is heard to the block: for the audio thread. `level` is a factor.
    pub fn process(
        &mut self,
        player: &mut AuditionPlayer,
        level: f32,
        channels: &mut [&mut [f32]],
    ) {
        while let Ok(order) = player.orders.pop() {
            self.stop(player);
            if let Order::Play(audition) = order {
                self.now_s = audition.from_s;
                self.played = audition
                    .messages
                    .partition_point(|(at_s, _)| *at_s < audition.from_s);
                self.playing = Some(audition);
            }
        }
        if self.sent.is_empty() && self.playing.is_none() && self.synth.is_silent() {
            return;
        }
        self.synth.set_level(level);
        let length = channels.first().map_or(0, |channel| channel.len());
        let mut done = 0;
        let mut heard = 0;
        while done < length {
            while let Some((offset, message)) = self.sent.get(heard)
                && *offset <= done
            {
                self.synth.message(*message);
                heard += 1;
            }
            self.strike();
            let next_sent = self.sent.get(heard).map_or(length, |(offset, _)| *offset);
            let until = next_sent
                .min(done + self.samples_to_next())
                .clamp(done + 1, length);
            match channels {
                [mono] => self.synth.process_mono(&mut mono[done..until]),
                [left, right, ..] => self
                    .synth
                    .process(&mut left[done..until], &mut right[done..until]),
                [] => {}
            }
            self.now_s += (until - done) as f64 / self.rate;
            done = until;
            if self.playing.as_ref().is_some_and(|a| self.now_s >= a.to_s) {
                self.stop(player);
            }
        }
        self.sent.clear();
        let at_s = if self.playing.is_some() {
            self.now_s
        } else {
            f64::NAN
        };
        player.at_s.store(at_s.to_bits(), Ordering::Relaxed);
    }

    /// Plays what of the audition is due.
    fn strike(&mut self) {
        let Some(audition) = &self.playing else {
            return;
        };
        while let Some((at_s, message)) = audition.messages.get(self.played)
            && *at_s <= self.now_s
        {
            self.synth.message(*message);
            self.played += 1;
        }
    }

    /// Samples to the audition's next message, or to its end.
    fn samples_to_next(&self) -> usize {
        let Some(audition) = &self.playing else {
            return usize::MAX / 2;
        };
        let next_s = audition
            .messages
            .get(self.played)
            .map_or(audition.to_s, |(at_s, _)| at_s.min(audition.to_s));
        (((next_s - self.now_s) * self.rate).ceil().max(1.0)) as usize
    }

    /// Ends every note.
    fn end_all(&mut self) {
        for channel in 0..=LAST_CHANNEL {
            let all_notes_off = Message::control_change(channel, 123, 0.0);
            self.synth.message(all_notes_off);
        }
    }

    fn stop(&mut self, player: &mut AuditionPlayer) {
        if let Some(audition) = self.playing.take() {
            self.end_all();
            let _ = player.retired.push(audition);
            player.at_s.store(f64::NAN.to_bits(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::InstrumentChoice;

    const RATE: f64 = 48_000.0;

    /// Levels of 10 ms pieces while `seconds` are played.
    fn levels(monitor: &mut Monitor, player: &mut AuditionPlayer, seconds: f64) -> Vec<f32> {
        (0..(seconds * 100.0) as usize)
            .map(|_| {
                let mut mono = [0.0f32; 480];
                monitor.process(player, 1.0, &mut [&mut mono]);
                mono.iter()
                    .fold(0.0, |most: f32, sample| most.max(sample.abs()))
            })
            .collect()
    }

    #[test]
    fn an_audition_is_heard_where_its_notes_are_and_ends() {
        let (desk, mut player) = audition();
        let mut monitor = Monitor::new(RATE);
        assert!(
            levels(&mut monitor, &mut player, 0.1)
                .iter()
                .all(|l| *l == 0.0)
        );
        desk.play(Audition {
            from_s: 10.0,
            to_s: 11.0,
            messages: vec![
                (10.5, Message::note_on(0, 60, 0.8)),
                (10.9, Message::note_off(0, 60, 0.0)),
            ],
        });
        let heard = levels(&mut monitor, &mut player, 0.8);
        assert!(heard[..50].iter().all(|level| *level == 0.0), "too early");
        assert!(heard[52..].iter().any(|level| *level > 0.01), "not heard");
        let at_s = desk.at_s().expect("plays");
        assert!((at_s - 10.8).abs() < 0.02, "{at_s}");
        levels(&mut monitor, &mut player, 0.5);
        assert_eq!(desk.at_s(), None);
        let rest = levels(&mut monitor, &mut player, 8.0);
        assert_eq!(rest.last(), Some(&0.0));
        desk.stop();
    }

    #[test]
    fn who_stops_listening_hears_the_end_of_every_note() {
        let (_, mut player) = audition();
        let mut monitor = Monitor::new(RATE);
        let mut tracks = Tracks::default();
        // A church organ would sound for ever.
        tracks.instrument = InstrumentChoice::of(Instrument::Organ);
        monitor.listen(&tracks, Genre::Pop);
        monitor.hear(0, Message::note_on(0, 60, 1.0));
        let heard = levels(&mut monitor, &mut player, 3.0);
        assert!(
            heard.iter().skip(200).all(|level| *level > 0.01),
            "an organ"
        );
        monitor.leave();
        let rest = levels(&mut monitor, &mut player, 8.0);
        assert_eq!(rest.last(), Some(&0.0));
    }

    #[test]
    fn what_is_sent_is_heard_from_its_sample_on() {
        let (_, mut player) = audition();
        let mut monitor = Monitor::new(RATE);
        monitor.hear(240, Message::note_on(9, 36, 1.0));
        let mut mono = [0.0f32; 480];
        monitor.process(&mut player, 1.0, &mut [&mut mono]);
        assert!(mono[..240].iter().all(|sample| *sample == 0.0));
        assert!(mono[240..].iter().any(|sample| *sample != 0.0));
    }
}
