//! A plugin of one's own on the stages, without audio: whoever plays a bar gets it answered. Each
//! note comes back three times, an eighth apart, each time softer and a fifth higher.
//!
//! `cargo xtask bundle --example echo` makes a CLAP and a VST3 of it.

use std::error::Error;
use vocalise::music::Message;
use vocalise::plugin::shell::{MidiModel, NoParams};
use vocalise::stages::*;

/// The types that travel: a note goes to the model, its echoes come back.
enum EchoLine {}

impl Line for EchoLine {
    type Frame = Never;
    type Request = (u8, u8, f32);
    type Response = Vec<(u8, u8, f32)>;
    type Plan = Never;
    type Planned = Never;
    type Feedback = Never;
}

/// First access point: each note-on becomes a request.
struct Input;

impl PrepareInput<EchoLine> for Input {
    fn event(&mut self, event: &Stamped<HostEvent>, requests: &mut Requests<EchoLine>) {
        if let HostEvent::Midi(Message::NoteOn {
            channel,
            key,
            velocity,
        }) = event.body
        {
            requests.infer(event.position, (channel, key, velocity));
        }
    }
}

/// Second access point: here a network would run.
struct Model;

impl Infer for Model {
    type Request = (u8, u8, f32);
    type Response = Vec<(u8, u8, f32)>;

    fn infer(
        &mut self,
        note: Stamped<(u8, u8, f32)>,
    ) -> Result<Option<Self::Response>, Box<dyn Error + Send + Sync>> {
        let (channel, key, velocity) = note.body;
        let echo = |n: u8| {
            (
                channel,
                (key + 7 * n).min(127),
                velocity * 0.7f32.powi(n.into()),
            )
        };
        Ok(Some((1..=3).map(echo).collect()))
    }
}

/// Third access point: the answer is played in the host's tempo.
struct Output;

impl PrepareOutput<EchoLine> for Output {
    fn response(&mut self, echoes: Stamped<Vec<(u8, u8, f32)>>, out: &mut Outbox<'_, Never>) {
        let mut sequence = Sequence::new(Unit::Quarters);
        for (n, (channel, key, velocity)) in (1u8..).zip(echoes.body) {
            sequence.add_note(0.5 * f64::from(n), 0.4, channel, key, velocity);
        }
        out.play(&sequence, Policy::default());
    }
}

/// What the host sees.
struct Echo;

impl MidiModel for Echo {
    const NAME: &'static str = "Echo";
    const VENDOR: &'static str = "Vocalise";
    const CLAP_ID: &'static str = "org.vocalise.echo";
    const VST3_CLASS_ID: [u8; 16] = *b"VocaliseEchoDemo";
    type Line = EchoLine;
    type Params = NoParams;

    fn stages(_rate: f64, _: &OffAudio) -> Result<Stages<EchoLine>, String> {
        Ok(Stages {
            input: Box::new(Input),
            reactive: Box::new(Model),
            generative: None,
            output: Box::new(Output),
        })
    }
}

vocalise::export_midi_plugin!(Echo);
