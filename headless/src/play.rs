//! Plays a script into a plugin.

use crate::heard::Heard;
use crate::host::{Block, Host, Pace, Param, Setup};
use crate::script::{Action, Script, Value};
use crate::timeline::Timeline;
use anyhow::{Context, Result, bail, ensure};
use std::time::Instant;

/// The plugin's main thread is served at least this often, in seconds of audio.
const SERVED_EVERY: f64 = 0.02;

/// Activates the plugin, plays the script and deactivates it.
pub fn play(host: &mut dyn Host, script: &Script) -> Result<Heard> {
    let channels = script.input.len();
    ensure!(
        channels > 0
            && script
                .input
                .iter()
                .all(|channel| channel.len() == script.input_len()),
        "the input's channels are not of one length"
    );
    let mut changes = resolve_changes(host, script)?;
    let mut actions: Vec<_> = script.actions.iter().collect();
    let mut midi = script.midi.clone();
    changes.sort_by_key(|change| change.0);
    actions.sort_by_key(|(position, _)| *position);
    midi.sort_by_key(|message| message.position);
    let (mut changes, mut actions, mut midi) = (
        changes.into_iter().peekable(),
        actions.into_iter().peekable(),
        midi.into_iter().peekable(),
    );

    let setup = Setup {
        rate: script.rate,
        max_block: script.blocks.max(),
        channels,
        offline: script.offline,
    };
    host.activate(&setup)?;
    let pace = script.paced.then(|| Pace {
        start: Instant::now(),
        rate: script.rate,
    });
    let mut timeline = script
        .transport
        .as_ref()
        .map(|transport| Timeline::new(transport, script.rate));
    let mut heard = Heard {
        rate: script.rate,
        output: vec![Vec::with_capacity(script.total_len()); channels],
        ..Heard::default()
    };
    let mut sizes = script.blocks.sizes();
    let total = script.total_len() as i64;
    let stretch = ((SERVED_EVERY * script.rate) as i64).max(1);
    let mut position = 0;
    while position < total {
        while let Some((_, action)) = actions.next_if(|(due, _)| *due <= position) {
            act(host, &setup, action, position, &mut heard)?;
        }
        let end = (position + stretch).min(total);
        let end = actions.peek().map_or(end, |(due, _)| end.min(*due));
        let mut blocks = Vec::new();
        while position < end {
            let transport = timeline.as_mut().map(|timeline| timeline.at(position));
            let size = sizes.next().expect("the sizes never end") as i64;
            let mut stop = (position + size).min(total);
            if let Some((due, _)) = actions.peek() {
                stop = stop.min(*due);
            }
            if let Some(timeline) = &timeline {
                stop = timeline.next_move().map_or(stop, |due| stop.min(due));
                stop = timeline
                    .until_wrap()
                    .map_or(stop, |left| stop.min(position + left as i64));
            }
            let offset = |due: i64| (due - position).max(0) as u32;
            let mut block = Block {
                position,
                input: cut(&script.input, position, stop),
                transport,
                ..Block::default()
            };
            while let Some((due, id, value)) = changes.next_if(|change| change.0 < stop) {
                block.changes.push((offset(due), id, value));
            }
            while let Some(message) = midi.next_if(|message| message.position < stop) {
                block.midi.push((offset(message.position), message.bytes));
            }
            blocks.push(block);
            if let Some(timeline) = &mut timeline {
                timeline.advance((stop - position) as usize);
            }
            position = stop;
        }
        for block in host.process(blocks, pace)? {
            keep(&mut heard, block);
        }
        host.serve()?;
    }
    for (_, action) in actions {
        act(host, &setup, action, position, &mut heard)?;
    }
    heard.latency = host.latency();
    host.deactivate()?;
    heard.log = host.take_log();
    Ok(heard)
}

/// The input from `start` to `stop`, silence where it has ended.
fn cut(input: &[Vec<f32>], start: i64, stop: i64) -> Vec<Vec<f32>> {
    let (start, stop) = (start as usize, stop as usize);
    input
        .iter()
        .map(|channel| {
            let mut samples = channel[start.min(channel.len())..stop.min(channel.len())].to_vec();
            samples.resize(stop - start, 0.0);
            samples
        })
        .collect()
}

fn act(
    host: &mut dyn Host,
    setup: &Setup,
    action: &Action,
    position: i64,
    heard: &mut Heard,
) -> Result<()> {
    match action {
        Action::Reset => host.reset()?,
        Action::StopStart => host.stop_start()?,
        Action::Reactivate => host.activate(setup)?,
        Action::SaveState => heard.states.push((position, host.save_state()?)),
        Action::LoadState(state) => {
            if let Err(error) = host.load_state(state) {
                heard.refused.push((position, format!("{error:#}")));
            }
        }
    }
    Ok(())
}

fn keep(heard: &mut Heard, block: Block) {
    heard.blocks += 1;
    heard.busy += block.took;
    heard.slowest = heard.slowest.max(block.took);
    if block.took.as_secs_f64() * heard.rate > block.frames() as f64 {
        heard.late_blocks += 1;
    }
    heard.events.extend(block.events);
    for (all, new) in heard.output.iter_mut().zip(block.output) {
        all.extend(new);
    }
}

/// The changes as position, parameter and value from 0 to 1.
fn resolve_changes(host: &mut dyn Host, script: &Script) -> Result<Vec<(i64, u32, f64)>> {
    if script.changes.is_empty() {
        return Ok(Vec::new());
    }
    let params = host.params()?;
    script
        .changes
        .iter()
        .map(|change| {
            let param = find_param(&params, &change.param)?;
            let value = resolve_value(host, param, &change.value)?;
            Ok((change.position, param.id, value))
        })
        .collect()
}

/// The parameter of this name (in any case) or number.
pub fn find_param<'a>(params: &'a [Param], name: &str) -> Result<&'a Param> {
    params
        .iter()
        .find(|param| param.name.eq_ignore_ascii_case(name) || param.id.to_string() == name)
        .with_context(|| {
            let names: Vec<_> = params.iter().map(|param| param.name.as_str()).collect();
            format!("there is no parameter {name:?}, only {}", names.join(", "))
        })
}

/// The value as 0 to 1. A text is sought among the plugin's own texts: hosts
/// differ in whether they can ask a plugin to read one.
pub fn resolve_value(host: &mut dyn Host, param: &Param, value: &Value) -> Result<f64> {
    let text = match value {
        Value::Normal(value) => return Ok(*value),
        Value::Text(text) => text.trim(),
    };
    if param.steps > 0 {
        let mut texts = Vec::new();
        for step in 0..=param.steps {
            let value = f64::from(step) / f64::from(param.steps);
            let own = host.value_text(param.id, value)?;
            if own.eq_ignore_ascii_case(text) {
                return Ok(value);
            }
            texts.push(own);
        }
        bail!(
            "{} has no value {text:?}, only {}",
            param.name,
            texts.join(", ")
        );
    }
    let wanted = number(text)
        .with_context(|| format!("{} has no value {text:?}: a number is wanted", param.name))?;
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        let own = host.value_text(param.id, middle)?;
        // A text without a number ("-inf dB" has none) is at the bottom.
        if number(&own).unwrap_or(f64::NEG_INFINITY) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// The number at the start of a text.
fn number(text: &str) -> Option<f64> {
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || "+-.".contains(letter)))
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_up_to_its_unit() {
        assert_eq!(number("-12.5 dB"), Some(-12.5));
        assert_eq!(number("+3"), Some(3.0));
        assert_eq!(number("Jazz"), None);
    }

    #[test]
    fn silence_follows_the_input() {
        assert_eq!(cut(&[vec![1.0, 2.0, 3.0]], 2, 5), [vec![3.0, 0.0, 0.0]]);
    }
}
