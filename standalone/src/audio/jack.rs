//! JACK: one client with the microphone, the loudspeakers and a MIDI port that is exact to the
//! sample. Its library is opened at run time, where there is one.

use super::{Choice, Choices, DEFAULT, Facts, Home, Lent, NONE, Running};
use crate::midi::Wire;
use crate::performer::{Health, LARGEST};
use crate::settings::Audio;
use jack::{
    AsyncClient, AudioIn, AudioOut, Client, ClientOptions, ClientStatus, Control, MidiOut,
    NotificationHandler, Port, PortFlags, ProcessHandler, ProcessScope, RawMidi,
};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The client's name, which its ports begin with.
const NAME: &str = "Vocalise";
/// JACK's names for the kinds of ports.
const AUDIO: &str = "32 bit float mono audio";

/// Whether a server runs.
pub fn runs() -> bool {
    client().is_ok()
}

fn client() -> Result<Client, String> {
    jack::set_logger(jack::LoggerType::None);
    match Client::new(NAME, ClientOptions::NO_START_SERVER) {
        Ok((client, _)) => Ok(client),
        Err(jack::Error::LibraryError(_)) => {
            Err("JACK is not installed: `sudo apt install libjack-jackd2-0 jackd2`".to_owned())
        }
        Err(_) => Err("no JACK server runs: start one, or choose another system".to_owned()),
    }
}

pub(super) fn choices() -> Result<Choices, String> {
    Ok(choices_of(&client()?))
}

fn choices_of(client: &Client) -> Choices {
    let sources = client.ports(
        None,
        Some(AUDIO),
        PortFlags::IS_OUTPUT | PortFlags::IS_PHYSICAL,
    );
    let sinks = client.ports(
        None,
        Some(AUDIO),
        PortFlags::IS_INPUT | PortFlags::IS_PHYSICAL,
    );
    let choice = |id: &str| Choice {
        id: id.to_owned(),
        name: id.to_owned(),
    };
    let mut outputs: Vec<Choice> = Vec::new();
    for sink in &sinks {
        let device = choice(device(sink));
        if !outputs.contains(&device) {
            outputs.push(device);
        }
    }
    Choices {
        inputs: sources.iter().map(|port| choice(port)).collect(),
        outputs,
    }
}

/// The device that a port belongs to.
fn device(port: &str) -> &str {
    port.split_once(':').map_or(port, |(device, _)| device)
}

pub(super) fn open(home: &mut Home, wanted: &Audio) -> Result<Running, String> {
    let client = client()?;
    let there = choices_of(&client);
    let refused = |error: jack::Error| format!("JACK refuses: {error}");
    let input = client
        .register_port("input", AudioIn::default())
        .map_err(refused)?;
    let output = |name| {
        let port = client.register_port(name, AudioOut::default());
        port.map_err(refused)
    };
    let outputs = [output("output_1")?, output("output_2")?];
    let midi = client
        .register_port("midi_out", MidiOut::default())
        .map_err(refused)?;
    let own = |port: Result<String, jack::Error>| port.map_err(refused);
    let own_input = own(input.name())?;
    let own_outputs = [own(outputs[0].name())?, own(outputs[1].name())?];
    let (rate, block) = (client.sample_rate(), client.buffer_size() as usize);

    let health = home.health.clone();
    let handler = Handler {
        lent: home.lend(f64::from(rate), block, false)?,
        input,
        outputs,
        midi,
        block: vec![0.0; block.max(LARGEST)],
    };
    let active = client
        .activate_async(Watch(health), handler)
        .map_err(refused)?;

    // Connections hold only once the client is active.
    let pick = |choices: &[Choice], wanted: &str| match wanted {
        DEFAULT => choices.first().cloned(),
        wanted => choices.iter().find(|choice| choice.id == wanted).cloned(),
    };
    let mut lack = None;
    let source = pick(&there.inputs, &wanted.input);
    match &source {
        Some(source) => {
            if let Err(error) = active
                .as_client()
                .connect_ports_by_name(&source.id, &own_input)
            {
                lack = Some(format!("JACK does not connect {}: {error}", source.id));
            }
        }
        None => {
            lack = Some(
                "nothing is connected to Vocalise:input: connect a microphone in your patchbay"
                    .to_owned(),
            );
        }
    }
    let sink = match wanted.output.as_str() {
        NONE => None,
        wanted => pick(&there.outputs, wanted),
    };
    if let Some(sink) = &sink {
        let ports = active.as_client().ports(
            None,
            Some(AUDIO),
            PortFlags::IS_INPUT | PortFlags::IS_PHYSICAL,
        );
        let sinks = ports.iter().filter(|port| device(port) == sink.id);
        for (own, port) in own_outputs.iter().zip(sinks) {
            // A loudspeaker less is no reason not to listen.
            let _ = active.as_client().connect_ports_by_name(own, port);
        }
    }
    Ok(Running {
        facts: Facts {
            input: source.map_or_else(|| "not connected".to_owned(), |source| source.name),
            output: sink.map(|sink| sink.name),
            rate: f64::from(rate),
            block,
            channels: 1,
            lack,
        },
        _streams: Box::new(Active(Some(active))),
    })
}

/// An active client; it is closed in order.
struct Active(Option<AsyncClient<Watch, Handler>>);

impl Drop for Active {
    fn drop(&mut self) {
        // An error means that the server is gone, and everything with it.
        if let Some(active) = self.0.take() {
            let _ = active.deactivate();
        }
    }
}

struct Handler {
    lent: Lent,
    input: Port<AudioIn>,
    outputs: [Port<AudioOut>; 2],
    midi: Port<MidiOut>,
    block: Vec<f32>,
}

impl ProcessHandler for Handler {
    fn process(&mut self, _: &Client, scope: &ProcessScope) -> Control {
        let source = self.input.as_slice(scope);
        let mut midi = self.midi.writer(scope);
        let mut done = 0;
        for part in source.chunks(self.block.len()) {
            let block = &mut self.block[..part.len()];
            block.copy_from_slice(part);
            if let Some(performer) = self.lent.performer() {
                performer.process(block, |offset, message| {
                    if let Some(wire) = Wire::of(message) {
                        // A full buffer is JACK's to count.
                        let _ = midi.write(&RawMidi {
                            time: done as u32 + offset,
                            bytes: wire.bytes(),
                        });
                    }
                });
            }
            for output in &mut self.outputs {
                output.as_mut_slice(scope)[done..done + part.len()].copy_from_slice(block);
            }
            done += part.len();
        }
        Control::Continue
    }
}

/// Hears of the server's troubles.
struct Watch(Arc<Health>);

impl NotificationHandler for Watch {
    unsafe fn shutdown(&mut self, _: ClientStatus, _: &str) {
        self.0.gone.store(true, Ordering::Relaxed);
    }

    fn xrun(&mut self, _: &Client) -> Control {
        self.0.xruns.fetch_add(1, Ordering::Relaxed);
        Control::Continue
    }
}
