//! A plugin made of a line that plays back what comes in, in the hands of a host that bounces.

use super::*;
use crate::music::Message;
use crate::stages::{Infer, Outbox, PrepareInput, PrepareOutput, Requests, Stamped};
use nih_plug::context::PluginApi;
use nih_plug::context::process::SendEventError;
use nih_plug::midi::{Channel, Key, VoiceID};
use std::collections::VecDeque;
use std::error::Error;

enum Through {}

impl Line for Through {
    type Frame = Never;
    type Request = Message;
    type Response = Message;
    type Plan = Never;
    type Planned = Never;
    type Feedback = Never;
}

struct Passes;

impl PrepareInput<Through> for Passes {
    fn event(&mut self, event: &Stamped<HostEvent>, requests: &mut Requests<Through>) {
        if let HostEvent::Midi(message) = event.body {
            requests.infer(event.position, message);
        }
    }
}

impl Infer for Passes {
    type Request = Message;
    type Response = Message;

    fn infer(
        &mut self,
        request: Stamped<Message>,
    ) -> Result<Option<Message>, Box<dyn Error + Send + Sync>> {
        Ok(Some(request.body))
    }
}

impl PrepareOutput<Through> for Passes {
    fn response(&mut self, answer: Stamped<Message>, out: &mut Outbox<'_, Never>) {
        out.send(answer.position, answer.body);
    }
}

struct Model;

impl MidiModel for Model {
    const NAME: &'static str = "Through";
    const VENDOR: &'static str = "Vocalise";
    const CLAP_ID: &'static str = "org.vocalise.through";
    const VST3_CLASS_ID: [u8; 16] = *b"VocaliseThrough!";
    type Line = Through;
    type Params = NoParams;

    fn stages(_: f64, _: &OffAudio) -> Result<Stages<Through>, String> {
        Ok(Stages {
            input: Box::new(Passes),
            reactive: Box::new(Passes),
            generative: None,
            output: Box::new(Passes),
        })
    }
}

struct Host {
    transport: Transport,
    played: VecDeque<NoteEvent<()>>,
    sent: Vec<Message>,
}

impl ProcessContext<Shell<Model>> for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    fn execute_background(&self, _: Start) {}
    fn execute_gui(&self, _: Start) {}
    fn transport(&self) -> &Transport {
        &self.transport
    }
    fn next_event(&mut self) -> Option<NoteEvent<()>> {
        self.played.pop_front()
    }
    fn try_send_event(
        &mut self,
        event: NoteEvent<()>,
    ) -> Result<(), (NoteEvent<()>, SendEventError)> {
        self.sent.extend(midi::message(&event));
        Ok(())
    }
    fn set_latency_samples(&self, _: u32) {}
    fn request_restart(&self) {}
    fn set_current_voice_capacity(&self, _: u32) {}
}

impl ActivateContext<Shell<Model>> for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }
    fn execute(&self, _: Start) {}
    fn set_latency_samples(&self, _: u32) {}
    fn set_current_voice_capacity(&self, _: u32) {}
}

fn on(voice: i32, channel: u8, key: u8) -> NoteEvent<()> {
    NoteEvent::NoteOn {
        timing: 0,
        voice_id: VoiceID::ID(voice),
        channel: Channel::Number(channel),
        key: Key::Number(key),
        velocity: 0.8,
    }
}

/// A note-off; `None` matches everything.
fn off(voice: Option<i32>, channel: Option<u8>, key: Option<u8>) -> NoteEvent<()> {
    NoteEvent::NoteOff {
        timing: 1,
        voice_id: voice.map_or(VoiceID::Wildcard, VoiceID::ID),
        channel: channel.map_or(Channel::Wildcard, Channel::Number),
        key: key.map_or(Key::Wildcard, Key::Number),
        velocity: 0.0,
    }
}

fn choke() -> NoteEvent<()> {
    NoteEvent::Choke {
        timing: 1,
        voice_id: VoiceID::Wildcard,
        channel: Channel::Wildcard,
        key: Key::Wildcard,
    }
}

/// Channels and keys that `ending` ends while three notes sound: voice 7 is key 60 on channel 0,
/// voice 8 key 64 on channel 0, voice 9 key 60 on channel 1.
fn ended_by(ending: NoteEvent<()>) -> Vec<(u8, u8)> {
    let mut plugin = Shell::<Model>::default();
    let config = BufferConfig {
        sample_rate: 48_000.0,
        min_buffer_size: None,
        max_buffer_size: 64,
        process_mode: ProcessMode::Offline,
    };
    let mut host = Host {
        transport: Transport::new(48_000.0),
        played: [on(7, 0, 60), on(8, 0, 64), on(9, 1, 60), ending].into(),
        sent: Vec::new(),
    };
    let start = plugin.task_executor();
    let layout = Shell::<Model>::AUDIO_IO_LAYOUTS[1];
    assert!(plugin.activate(&layout, &config, &mut host));
    start(Start::Line);
    let mut buffer = Buffer::default();
    let block: &'static mut [f32] = Box::leak(Box::new([0.0; 64]));
    // SAFETY: the block lives for ever and has the length that is told.
    unsafe { buffer.set_slices(64, |slices| slices.push(block)) };
    let mut aux = AuxiliaryBuffers {
        inputs: &mut [],
        outputs: &mut [],
    };
    plugin.process(&mut buffer, &mut aux, &mut host);
    assert_eq!(host.sent.iter().filter_map(|m| m.begins()).count(), 3);
    host.sent.iter().filter_map(|m| m.ends()).collect()
}

#[test]
fn a_note_off_ends_every_note_that_it_matches() {
    let ended = [
        (off(None, Some(0), Some(60)), vec![(0, 60)]),
        (off(None, None, None), vec![(0, 60), (0, 64), (1, 60)]),
        (off(None, Some(0), None), vec![(0, 60), (0, 64)]),
        (off(None, None, Some(60)), vec![(0, 60), (1, 60)]),
        (off(Some(8), None, None), vec![(0, 64)]),
        (off(Some(1), None, None), vec![]),
        (choke(), vec![(0, 60), (0, 64), (1, 60)]),
    ];
    for (ending, expected) in ended {
        assert_eq!(ended_by(ending), expected, "{ending:?}");
    }
}
