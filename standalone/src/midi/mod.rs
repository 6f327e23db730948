//! MIDI on its way out: a thread of its own takes what the audio thread sends and gives it to a
//! port, at its time.

mod port;
mod wire;

pub use port::{Choice, Out, VIRTUAL, ports};
pub use wire::Wire;

use parking_lot::Mutex;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};
use vocalise::music::{Message, TimedMessage};

/// Messages that may wait for the thread: a second of a whole band at its busiest.
const WAITING: usize = 8_192;
/// How long the thread sleeps at most; it is woken, this is a seat belt.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);
/// MIDI's channels.
const CHANNELS: std::ops::Range<u8> = 0..16;

/// A message on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Samples since the audio began.
    pub position: i64,
    /// How long it is to wait, in seconds: its place in the block.
    pub ahead_s: f32,
    /// The message.
    pub message: Message,
}

/// The end on the audio thread.
pub struct Sending {
    ring: Producer<Sent>,
    thread: Thread,
    lost: Arc<AtomicU64>,
    any: bool,
}

impl Sending {
    /// Sends; never waits. What finds no room is counted as lost.
    pub fn push(&mut self, sent: Sent) {
        if self.ring.push(sent).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        self.any = true;
    }

    /// Wakes the thread if something was sent; to be called once a block.
    pub fn flush(&mut self) {
        if std::mem::take(&mut self.any) {
            self.thread.unpark();
        }
    }
}

/// Where messages go.
#[derive(Default)]
struct Destination {
    out: Option<Box<dyn Out>>,
    /// Why the port takes nothing any more.
    failed: Option<String>,
    /// Everything that was sent, if it is to be kept.
    kept: Option<Vec<TimedMessage>>,
    /// Notes that began, since the start.
    notes: u64,
}

/// The thread and what the window knows of it.
pub struct Sender {
    destination: Arc<Mutex<Destination>>,
    lost: Arc<AtomicU64>,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sender {
    /// Starts the thread; with `keep`, it keeps a copy of every message.
    pub fn start(keep: bool) -> std::io::Result<(Self, Sending)> {
        let (producer, consumer) = RingBuffer::new(WAITING);
        let destination = Arc::new(Mutex::new(Destination {
            kept: keep.then(Vec::new),
            ..Destination::default()
        }));
        let end = Arc::new(AtomicBool::new(false));
        let thread = {
            let (destination, end) = (destination.clone(), end.clone());
            std::thread::Builder::new()
                .name("vocalise midi".to_owned())
                .spawn(move || work(consumer, &destination, &end))?
        };
        let lost = Arc::<AtomicU64>::default();
        let sending = Sending {
            ring: producer,
            thread: thread.thread().clone(),
            lost: lost.clone(),
            any: false,
        };
        let sender = Self {
            destination,
            lost,
            end,
            thread: Some(thread),
        };
        Ok((sender, sending))
    }

    /// Sends to `out` from now on, or nowhere; what sounds at the old place ends.
    pub fn connect(&self, out: Option<Box<dyn Out>>) {
        let mut destination = self.destination.lock();
        destination.silence();
        destination.out = out;
        destination.failed = None;
    }

    /// Ends all notes, for when the audio ends.
    pub fn silence(&self) {
        self.destination.lock().silence();
    }

    /// Why the port takes nothing any more, if so.
    pub fn trouble(&self) -> Option<String> {
        self.destination.lock().failed.clone()
    }

    /// Notes begun and messages lost, since the start.
    pub fn counts(&self) -> (u64, u64) {
        (
            self.destination.lock().notes,
            self.lost.load(Ordering::Relaxed),
        )
    }

    /// Sends what still waits, ends the thread, and gives what was kept.
    pub fn finish(mut self) -> Vec<TimedMessage> {
        self.stop();
        self.destination.lock().kept.take().unwrap_or_default()
    }

    fn stop(&mut self) {
        self.end.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic there has said so already.
            let _ = thread.join();
        }
        let mut destination = self.destination.lock();
        destination.silence();
        destination.out = None;
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Destination {
    fn send(&mut self, sent: Sent) {
        self.notes += u64::from(sent.message.is_note_on());
        if let Some(kept) = &mut self.kept {
            kept.push(TimedMessage {
                position: sent.position,
                message: sent.message,
            });
        }
        if let Some(wire) = Wire::of(sent.message) {
            self.write(wire);
        }
    }

    fn write(&mut self, wire: Wire) {
        if let Some(out) = &mut self.out
            && let Err(reason) = out.send(wire.bytes())
        {
            self.failed = Some(reason);
            self.out = None;
        }
    }

    fn silence(&mut self) {
        for channel in CHANNELS {
            self.write(Wire::release(channel));
            self.write(Wire::silence(channel));
        }
    }
}

/// The thread's life.
fn work(mut ring: Consumer<Sent>, destination: &Mutex<Destination>, end: &AtomicBool) {
    // In order of arrival, which is the order of their times but for a clock's trembling: a
    // message never overtakes another.
    let mut next: Option<(Instant, Sent)> = None;
    loop {
        let ending = end.load(Ordering::Acquire);
        if next.is_none()
            && let Ok(sent) = ring.pop()
        {
            let ahead = Duration::from_secs_f32(sent.ahead_s.clamp(0.0, 1.0));
            next = Some((Instant::now() + ahead, sent));
        }
        let wait = match next {
            Some((due, sent)) => {
                let wait = due.saturating_duration_since(Instant::now());
                if wait.is_zero() || ending {
                    destination.lock().send(sent);
                    next = None;
                    continue;
                }
                wait
            }
            None if ending => return,
            None => LONGEST_SLEEP,
        };
        std::thread::park_timeout(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What came, and when.
    type Heard = Arc<Mutex<Vec<(Instant, Vec<u8>)>>>;

    struct Probe(Heard);

    impl Out for Probe {
        fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
            self.0.lock().push((Instant::now(), bytes.to_vec()));
            Ok(())
        }
    }

    struct Broken;

    impl Out for Broken {
        fn send(&mut self, _: &[u8]) -> Result<(), String> {
            Err("the cable is cut".to_owned())
        }
    }

    fn note(key: u8, ahead_s: f32) -> Sent {
        Sent {
            position: 7,
            ahead_s,
            message: Message::note_on(0, key, 1.0),
        }
    }

    #[test]
    fn messages_leave_in_order_at_their_time_and_are_kept() {
        let (sender, mut sending) = Sender::start(true).unwrap();
        let heard = Heard::default();
        sender.connect(Some(Box::new(Probe(heard.clone()))));
        let begin = Instant::now();
        sending.push(note(60, 0.0));
        sending.push(note(61, 0.05));
        sending.flush();
        while sender.counts().0 < 2 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let heard: Vec<_> = heard.lock().clone();
        assert_eq!(heard[0].1, [0x90, 60, 127]);
        assert_eq!(heard[1].1, [0x90, 61, 127]);
        assert!(heard[1].0 - begin >= Duration::from_millis(50));
        let kept = sender.finish();
        assert_eq!(kept.len(), 2);
        assert_eq!(kept[0].position, 7);
    }

    #[test]
    fn a_change_of_port_ends_what_sounds_at_the_old_one() {
        let (sender, _sending) = Sender::start(false).unwrap();
        let heard = Heard::default();
        sender.connect(Some(Box::new(Probe(heard.clone()))));
        sender.connect(None);
        assert_eq!(heard.lock().len(), 32);
    }

    #[test]
    fn a_port_that_fails_is_told_of_and_let_go() {
        let (sender, mut sending) = Sender::start(false).unwrap();
        sender.connect(Some(Box::new(Broken)));
        sending.push(note(60, 0.0));
        sending.flush();
        while sender.counts().0 < 1 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(sender.trouble().as_deref(), Some("the cable is cut"));
    }
}
