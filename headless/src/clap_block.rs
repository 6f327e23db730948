//! One process call of a CLAP plugin: what goes in, and what comes out.

use crate::clap_host::Handlers;
use crate::heard::{Event, Message};
use crate::host::Block;
use crate::timeline::Snapshot;
use anyhow::{Context, Result};
use clack_host::events::EventFlags;
use clack_host::events::event_types::{MidiEvent, ParamValueEvent, TransportEvent, TransportFlags};
use clack_host::events::spaces::CoreEventSpace;
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, ClapId, SecondsTime};
use std::time::Instant;

/// Processes the block; `range` gives the ends of a parameter's own range.
pub(crate) fn process_block(
    processor: &mut StartedPluginAudioProcessor<Handlers>,
    block: &mut Block,
    range: impl Fn(u32) -> (f64, f64),
) -> Result<()> {
    let channels = block.input.len();
    block.output = vec![vec![0.0; block.frames()]; channels];

    let mut incoming = EventBuffer::new();
    for &(offset, id, value) in &block.changes {
        let (min, max) = range(id);
        let plain = min + value * (max - min);
        incoming.push(&ParamValueEvent::new(
            offset,
            ClapId::new(id),
            Pckn::match_all(),
            plain,
        ));
    }
    for &(offset, bytes) in &block.midi {
        incoming.push(&MidiEvent::new(offset, 0, bytes));
    }
    incoming.sort();
    let mut outgoing = EventBuffer::with_capacity(256);

    let (mut inputs, mut outputs) = (
        AudioPorts::with_capacity(channels, 1),
        AudioPorts::with_capacity(channels, 1),
    );
    // The plugin may write into its inputs; the caller's must stay as they were.
    let mut input = block.input.clone();
    let inputs = inputs.with_input_buffers([AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_input_only(
            input
                .iter_mut()
                .map(|channel| InputChannel::variable(channel.as_mut_slice())),
        ),
    }]);
    let mut outputs = outputs.with_output_buffers([AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_output_only(
            block.output.iter_mut().map(Vec::as_mut_slice),
        ),
    }]);
    let transport = block.transport.as_ref().map(transport_event);
    let started = Instant::now();
    processor
        .process(
            &inputs,
            &mut outputs,
            &incoming.as_input(),
            &mut outgoing.as_output(),
            Some(block.position as u64),
            transport.as_ref(),
        )
        .with_context(|| format!("processing failed at sample {}", block.position))?;
    block.took = started.elapsed();
    block.events = outgoing
        .iter()
        .filter_map(|event| {
            Some(Event {
                position: block.position + i64::from(event.header().time()),
                message: message(event)?,
            })
        })
        .collect();
    Ok(())
}

/// The event as MIDI; parameter feedback is none.
fn message(event: &UnknownEvent) -> Option<Message> {
    use CoreEventSpace::*;
    let note = |pckn: Pckn| {
        let channel = u8::try_from(pckn.raw_channel()).ok().filter(|&n| n < 16)?;
        let key = u8::try_from(pckn.raw_key()).ok().filter(|&n| n < 128)?;
        Some((channel, key))
    };
    let odd = || Message::Other(format!("{:?}", event.as_core_event()));
    Some(match event.as_core_event() {
        Some(NoteOn(on)) => note(on.pckn()).map_or_else(odd, |(channel, key)| Message::NoteOn {
            channel,
            key,
            velocity: on.velocity() as f32,
        }),
        Some(NoteOff(off)) => {
            note(off.pckn()).map_or_else(odd, |(channel, key)| Message::NoteOff {
                channel,
                key,
                velocity: off.velocity() as f32,
            })
        }
        Some(Midi(midi)) => Message::from_midi(midi.data()),
        Some(ParamValue(_) | ParamMod(_) | ParamGestureBegin(_) | ParamGestureEnd(_)) => {
            return None;
        }
        _ => odd(),
    })
}

fn transport_event(now: &Snapshot) -> TransportEvent {
    let mut flags = TransportFlags::HAS_TEMPO
        | TransportFlags::HAS_BEATS_TIMELINE
        | TransportFlags::HAS_SECONDS_TIMELINE
        | TransportFlags::HAS_TIME_SIGNATURE;
    flags.set(TransportFlags::IS_PLAYING, now.playing);
    flags.set(TransportFlags::IS_LOOP_ACTIVE, now.looped.is_some());
    let (loop_start, loop_end) = now.looped.unwrap_or_default();
    let seconds = |quarter: f64| SecondsTime::from_float(quarter * 60.0 / now.tempo);
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags,
        song_pos_beats: BeatTime::from_float(now.quarter),
        song_pos_seconds: SecondsTime::from_float(now.seconds()),
        tempo: now.tempo,
        tempo_inc: 0.0,
        loop_start_beats: BeatTime::from_float(loop_start),
        loop_end_beats: BeatTime::from_float(loop_end),
        loop_start_seconds: seconds(loop_start),
        loop_end_seconds: seconds(loop_end),
        bar_start: BeatTime::from_float(now.bar_start),
        bar_number: now.bar,
        time_signature_numerator: now.meter.0,
        time_signature_denominator: now.meter.1,
    }
}
