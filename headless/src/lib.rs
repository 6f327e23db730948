//! A CLAP and VST3 host without a screen.
//!
//! A [`Script`] says what the host does (audio, block sizes, parameters,
//! transport, state, stops); [`play`] does it in a [`Host`], of which there is
//! one for each format; [`Heard`] is everything that came back, with absolute
//! sample positions. The same script runs in both formats, so one test body
//! serves both.
//!
//! Like in a DAW, the plugin lives on the caller's thread (its *main thread*)
//! and is processed on a thread of its own, and requests that it makes of its
//! main thread are served while it processes.

pub mod audio_file;
mod audio_thread;
mod canvas;
mod clap_block;
mod clap_host;
mod editor;
mod heard;
mod host;
pub mod midi_file;
pub mod picture;
mod play;
mod script;
mod timeline;
mod vst3_host;

pub use clap_host::ClapHost;
pub use editor::Editor;
pub use heard::{Event, Heard, Message, Note, key_name};
pub use host::{About, Block, Host, Pace, Param, Setup, open};
pub use play::{find_param, play, resolve_value};
pub use script::{Action, Blocks, Change, MidiIn, Move, Script, Transport, Value};
pub use timeline::Snapshot;
pub use vst3_host::{SharedPlugin, Vst3Host};
