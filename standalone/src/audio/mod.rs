//! Sound: where it comes from, where it goes, and the performer between.

mod devices;
mod jack;
mod monitor;
mod recording;

pub use recording::Feed;

use crate::performer::{Health, Performer};
use crate::settings::Audio;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::sync::Arc;
use std::time::Duration;

/// How long a sound system may take to let go of the performer.
const LETTING_GO: Duration = Duration::from_secs(3);
/// The choice of the system's own device.
pub const DEFAULT: &str = "default";
/// The choice of no output.
pub const NONE: &str = "none";

/// Keeps ALSA's library from writing pages of its own to the terminal about each device that is
/// not there, for calls on this thread: what is wrong is said once, in this program's words.
#[cfg(target_os = "linux")]
pub fn quiet() {
    use std::ffi::{c_char, c_int};

    unsafe extern "C" fn nothing(
        _: *const c_char,
        _: c_int,
        _: *const c_char,
        _: c_int,
        _: *const c_char,
        _: *mut alsa_sys::__va_list_tag,
    ) {
    }
    // SAFETY: the handler has the form that the library asks for, and touches nothing.
    unsafe { alsa_sys::snd_lib_error_set_local(Some(nothing)) };
}

/// Nothing to keep quiet here.
#[cfg(not(target_os = "linux"))]
pub fn quiet() {}

/// A way to sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// The JACK server, or what stands in for it.
    Jack,
    /// What the operating system has: ALSA on Linux.
    Own,
}

impl System {
    /// Both, the better one first.
    pub const ALL: [Self; 2] = [Self::Jack, Self::Own];

    /// The name that people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jack => "JACK",
            Self::Own if cfg!(target_os = "linux") => "ALSA",
            Self::Own if cfg!(target_os = "macos") => "Core Audio",
            Self::Own => "WASAPI",
        }
    }

    /// The name in settings.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Jack => "jack",
            Self::Own => "system",
        }
    }

    /// The system that `id` means; "auto" is JACK where a server runs.
    pub fn from_id(id: &str) -> Result<Self, String> {
        match id {
            "jack" => Ok(Self::Jack),
            "system" | "alsa" => Ok(Self::Own),
            "auto" if jack::runs() => Ok(Self::Jack),
            "auto" => Ok(Self::Own),
            _ => Err(format!(
                "there is no sound system `{id}`; there is: auto; jack; system"
            )),
        }
    }
}

/// A device or port to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The name in settings.
    pub id: String,
    /// The name that people read.
    pub name: String,
}

/// What there is to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// Where sound comes from.
    pub inputs: Vec<Choice>,
    /// Where sound goes to.
    pub outputs: Vec<Choice>,
}

impl Choices {
    /// What `system` has now; an error is a sentence.
    pub fn look(system: System) -> Result<Self, String> {
        match system {
            System::Jack => jack::choices(),
            System::Own => devices::choices(),
        }
    }
}

/// What was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The input's name.
    pub input: String,
    /// The output's name, if there is one.
    pub output: Option<String>,
    /// Samples a second.
    pub rate: f64,
    /// Samples a block.
    pub block: usize,
    /// Channels of the input.
    pub channels: u16,
    /// What is missing although sound comes in.
    pub lack: Option<String>,
}

/// Sound that runs; it ends with this.
pub struct Running {
    /// What was opened.
    pub facts: Facts,
    /// Kept only to be dropped.
    _streams: Box<dyn Send>,
}

/// A performer on the thread that the sound comes on; it goes home when it is let go there.
struct Lent {
    performer: Option<Box<Performer>>,
    home: Sender<Box<Performer>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(performer) = self.performer.take() {
            // Room for one, and there is one.
            let _ = self.home.try_send(performer);
        }
    }
}

/// The performer and the way it comes home.
pub struct Home {
    performer: Option<Box<Performer>>,
    lend: Sender<Box<Performer>>,
    back: Receiver<Box<Performer>>,
    health: Arc<Health>,
}

impl Home {
    /// The performer at home.
    pub fn new(performer: Performer, health: Arc<Health>) -> Self {
        let (lend, back) = bounded(1);
        Self {
            performer: Some(Box::new(performer)),
            lend,
            back,
            health,
        }
    }

    /// Opens what `wanted` says, or a recording in place of it; an error is a sentence.
    pub fn open(
        &mut self,
        system: System,
        wanted: &Audio,
        feed: Option<&Feed>,
    ) -> Result<Running, String> {
        self.health.clear();
        let started = match (feed, system) {
            (Some(feed), _) => recording::open(self, feed, wanted),
            (None, System::Jack) => jack::open(self, wanted),
            (None, System::Own) => devices::open(self, wanted),
        };
        if started.is_err() {
            self.fetch()?;
        }
        started
    }

    /// Ends what runs, and the performance with it.
    pub fn close(&mut self, running: Running) -> Result<(), String> {
        drop(running);
        self.fetch()
    }

    /// Waits until the performer is home.
    fn fetch(&mut self) -> Result<(), String> {
        if self.performer.is_none() {
            let back = self.back.recv_timeout(LETTING_GO).map_err(|_| {
                "the sound system does not let go of its thread: start Vocalise again".to_owned()
            })?;
            self.performer = Some(back);
        }
        if let Some(performer) = &mut self.performer {
            performer.stop();
        }
        Ok(())
    }

    /// Lends the performer out, ready to play.
    fn lend(&mut self, rate: f64, block: usize, offline: bool) -> Result<Lent, String> {
        let mut performer = self.performer.take().ok_or("the performer is away")?;
        performer.start(rate, block, offline);
        Ok(Lent {
            performer: Some(performer),
            home: self.lend.clone(),
        })
    }
}

impl Lent {
    fn performer(&mut self) -> Option<&mut Performer> {
        self.performer.as_deref_mut()
    }
}
