//! All voices, and which of them gives way when there are too many.

use super::Clock;
use super::buses::Buses;
use super::channel::{Channels, Sound};
use super::drums::{self, KIT};
use super::envelope::decay_by_60_db;
use super::filter::flushed;
use super::patch::Patch;
use super::programs;
use super::standing::{NoteName, State};
use super::voice::Voice;
use crate::music::NoteExpression;

/// Notes that sound at once.
pub const MOST: usize = 48;
/// Room for notes besides, which have given way and fade.
const SPARE: usize = 24;
/// Seconds in which the remains of a voice lessen by 60 dB.
const SINK_S: f32 = 0.012;

/// The voices.
pub struct Voices {
    all: Box<[Voice]>,
    /// Notes begun so far.
    begun: u32,
    /// What voices that stopped at once left behind to the left and the right: it sinks to nothing
    /// where a step would be heard as a click.
    remains: [f32; 2],
    /// What is left of that after each sample.
    sink: f32,
}

impl Voices {
    /// None sounds.
    #[expect(clippy::disallowed_methods, reason = "set-up, not the callback")]
    pub fn new(clock: Clock) -> Self {
        Self {
            all: (0..MOST + SPARE).map(|_| Voice::new(clock)).collect(),
            begun: 0,
            remains: [0.0; 2],
            sink: decay_by_60_db(SINK_S, clock.rate),
        }
    }

    /// None sounds, at once.
    pub fn reset(&mut self) {
        for voice in &mut self.all {
            voice.stop();
        }
        self.begun = 0;
        self.remains = [0.0; 2];
    }

    /// Begins a note; false if there is no sound for it.
    pub fn begin(&mut self, channels: &Channels, channel: u8, key: u8, velocity: f32) -> bool {
        let patch: &'static Patch = match channels.sound(channel) {
            Sound::Program(program) => programs::patch(program),
            Sound::Kit => {
                let Some(piece) = drums::piece(key) else {
                    return false;
                };
                self.choke(channel, piece.choke);
                &KIT
            }
        };
        for voice in &mut self.all {
            let same = voice.name.channel == channel && voice.name.key == key;
            if same && voice.is_down() && !voice.is_one_shot() {
                voice.release();
            }
        }
        let place = self.place();
        self.begun = self.begun.wrapping_add(1);
        let name = NoteName {
            channel,
            key,
            number: self.begun,
            velocity,
        };
        if let Some(voice) = self.all.get_mut(place) {
            for (remains, last) in self.remains.iter_mut().zip(voice.last) {
                *remains += last;
            }
            voice.begin(patch, name, &channels.controls(channel));
        }
        true
    }

    /// Ends what a closed hi-hat ends, and the like.
    fn choke(&mut self, channel: u8, group: u8) {
        for voice in &mut self.all {
            let rings = voice.counts() && voice.is_one_shot() && voice.name.channel == channel;
            if group != 0
                && rings
                && drums::piece(voice.name.key).is_some_and(|piece| piece.choke == group)
            {
                voice.fade();
            }
        }
    }

    /// Finds room for a note, and makes it if there is none.
    fn place(&mut self) -> usize {
        if self.all.iter().filter(|v| v.counts()).count() >= MOST
            && let Some(least) = least(&self.all, Voice::counts)
        {
            self.all[least].fade();
        }
        // When more notes come within a fade than there is spare room for, the one goes whose
        // fade is nearest its end.
        let free = self.all.iter().position(|v| v.state == State::Free);
        free.or_else(|| least(&self.all, |_| true)).unwrap_or(0)
    }

    /// Ends a note, or leaves it to the pedal.
    pub fn end(&mut self, channel: u8, key: u8, pedal: bool) {
        self.end_where(pedal, |name| name.channel == channel && name.key == key);
    }

    /// Ends all notes of a channel, or leaves them to the pedal.
    pub fn end_all(&mut self, channel: u8, pedal: bool) {
        self.end_where(pedal, |name| name.channel == channel);
    }

    fn end_where(&mut self, pedal: bool, meant: impl Fn(&NoteName) -> bool) {
        for voice in &mut self.all {
            if voice.state == State::Held && !voice.is_one_shot() && meant(&voice.name) {
                if pedal {
                    voice.state = State::Pedal;
                } else {
                    voice.release();
                }
            }
        }
    }

    /// Ends the notes whose pedal has come up.
    pub fn let_go(&mut self, channels: &Channels) {
        for voice in &mut self.all {
            if voice.state == State::Pedal && !channels.is_held(voice.name.channel) {
                voice.release();
            }
        }
    }

    /// Silences a channel within milliseconds.
    pub fn cut(&mut self, channel: u8) {
        for voice in &mut self.all {
            if voice.name.channel == channel {
                voice.fade();
            }
        }
    }

    /// Something changes within a note.
    pub fn express(&mut self, channel: u8, key: u8, expression: NoteExpression) {
        for voice in &mut self.all {
            let same = voice.name.channel == channel && voice.name.key == key;
            if same && voice.state == State::Held && !voice.is_one_shot() {
                voice.express(expression);
            }
        }
    }

    /// Takes up what changed since the last tick; whether any voice sounds.
    pub fn tick(&mut self, channels: &Channels) -> bool {
        let mut sounding = false;
        for voice in &mut self.all {
            if voice.state != State::Free {
                voice.tick(&channels.controls(voice.name.channel));
                sounding |= voice.state != State::Free;
            }
        }
        sounding
    }

    /// Adds the next `count` samples of all voices.
    pub fn render(&mut self, buses: &mut Buses, count: usize) {
        for voice in &mut self.all {
            if voice.state != State::Free {
                voice.render(buses, count);
            }
        }
        if self.remains != [0.0; 2] {
            for n in 0..count {
                buses.left[n] += self.remains[0];
                buses.right[n] += self.remains[1];
                self.remains = self.remains.map(|side| flushed(side * self.sink));
            }
        }
    }
}

/// The voice that would be missed least of those meant; of equals, the oldest.
fn least(voices: &[Voice], meant: impl Fn(&Voice) -> bool) -> Option<usize> {
    let mut least: Option<(usize, &Voice)> = None;
    for (place, voice) in voices.iter().enumerate() {
        let less = least.is_none_or(|(_, other)| {
            let order = voice.worth().total_cmp(&other.worth());
            order.is_lt() || order.is_eq() && voice.name.number < other.name.number
        });
        if meant(voice) && less {
            least = Some((place, voice));
        }
    }
    least.map(|(place, _)| place)
}
