//! What the host is to do, told by sample positions counted from the first
//! sample of the input.

use crate::timeline::Snapshot;

/// One run of a plugin from activation to deactivation.
#[derive(Debug, Clone)]
pub struct Script {
    /// Sample rate in Hz; fractional rates are allowed.
    pub rate: f64,
    /// Planar audio fed to the plugin: one channel or two of equal length.
    pub input: Vec<Vec<f32>>,
    /// Silence played after the input, in seconds, so that late events are heard.
    pub tail: f64,
    /// How the samples are cut into blocks.
    pub blocks: Blocks,
    /// Tells the plugin that this is a bounce and not a performance.
    pub offline: bool,
    /// Holds every block back until its samples would have come in through a
    /// sound card.
    pub paced: bool,
    /// Parameter changes at sample positions.
    pub changes: Vec<Change>,
    /// MIDI sent to the plugin at sample positions.
    pub midi: Vec<MidiIn>,
    /// The host's clock; `None` is a host without one.
    pub transport: Option<Transport>,
    /// What else happens, each before the sample at its position is processed.
    pub actions: Vec<(i64, Action)>,
}

impl Script {
    /// A bounce of `input` in blocks of 512 samples, two seconds of silence after it.
    pub fn offline(rate: f64, input: Vec<Vec<f32>>) -> Self {
        Self {
            rate,
            input,
            tail: 2.0,
            blocks: Blocks::Fixed(512),
            offline: true,
            paced: false,
            changes: Vec::new(),
            midi: Vec::new(),
            transport: None,
            actions: Vec::new(),
        }
    }

    /// A performance of `input` at the pace of a sound card, in blocks of 256 samples.
    pub fn live(rate: f64, input: Vec<Vec<f32>>) -> Self {
        Self {
            blocks: Blocks::Fixed(256),
            offline: false,
            paced: true,
            ..Self::offline(rate, input)
        }
    }

    /// The same with other block sizes.
    pub fn blocks(mut self, blocks: Blocks) -> Self {
        self.blocks = blocks;
        self
    }

    /// The same with `param` set at `position`.
    pub fn set(mut self, position: i64, param: &str, value: Value) -> Self {
        self.changes.push(Change {
            position,
            param: param.to_owned(),
            value,
        });
        self
    }

    /// The same with `action` at `position`.
    pub fn act(mut self, position: i64, action: Action) -> Self {
        self.actions.push((position, action));
        self
    }

    /// The same with the host's clock.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Samples in each input channel.
    pub fn input_len(&self) -> usize {
        self.input.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Samples in the whole run, the tail with it.
    pub fn total_len(&self) -> usize {
        self.input_len() + (self.tail * self.rate).round() as usize
    }
}

/// How the samples are cut into blocks. Actions, transport moves and the ends
/// of loops cut a block short, as they do in hosts.
#[derive(Debug, Clone)]
pub enum Blocks {
    /// All of one size, in samples.
    Fixed(usize),
    /// These sizes, over and over, in samples.
    Repeat(Vec<usize>),
    /// Sizes between 1 and `max` samples; the same `seed` gives the same sizes.
    Random {
        /// The largest size, in samples.
        max: usize,
        /// Where the sequence starts.
        seed: u64,
    },
}

impl Blocks {
    /// The largest block that can come, in samples.
    pub fn max(&self) -> usize {
        match self {
            Self::Fixed(size) => *size,
            Self::Repeat(sizes) => sizes.iter().copied().max().unwrap_or(1),
            Self::Random { max, .. } => *max,
        }
        .max(1)
    }

    /// The endless sequence of sizes, in samples.
    pub fn sizes(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Fixed(size) => Box::new(std::iter::repeat((*size).max(1))),
            Self::Repeat(sizes) if sizes.is_empty() => Box::new(std::iter::repeat(1)),
            Self::Repeat(sizes) => Box::new(sizes.iter().map(|&size| size.max(1)).cycle()),
            Self::Random { max, seed } => {
                let (max, mut state) = ((*max).max(1) as u64, *seed);
                Box::new(std::iter::from_fn(move || {
                    // SplitMix64: enough to vary block sizes, and no dependency.
                    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let mut z = state;
                    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                    Some(((z ^ (z >> 31)) % max) as usize + 1)
                }))
            }
        }
    }
}

/// A parameter set by the host.
#[derive(Debug, Clone)]
pub struct Change {
    /// When, in samples.
    pub position: i64,
    /// The parameter's name in any case, or its number.
    pub param: String,
    /// To what.
    pub value: Value,
}

/// A parameter's value as a host or a person gives it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Between 0 and 1, as a fader moves.
    Normal(f64),
    /// As the plugin would show it: `"Jazz"`, `"-12 dB"`, `"-12"`.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A MIDI message sent to the plugin.
#[derive(Debug, Clone, Copy)]
pub struct MidiIn {
    /// When, in samples.
    pub position: i64,
    /// The three bytes of a channel message; the third is 0 where there is none.
    pub bytes: [u8; 3],
}

/// The host's clock and how it moves.
#[derive(Debug, Clone)]
pub struct Transport {
    /// As it stands at the first sample.
    pub start: Snapshot,
    /// What moves it, by sample position.
    pub moves: Vec<(i64, Move)>,
}

impl Transport {
    /// Playing from the song's start in 4/4.
    pub fn playing(tempo: f64) -> Self {
        Self {
            start: Snapshot {
                tempo,
                playing: true,
                ..Snapshot::default()
            },
            moves: Vec::new(),
        }
    }

    /// Standing at the song's start in 4/4.
    pub fn stopped(tempo: f64) -> Self {
        Self {
            start: Snapshot {
                tempo,
                ..Snapshot::default()
            },
            moves: Vec::new(),
        }
    }

    /// The same with `step` at `position`.
    pub fn then(mut self, position: i64, step: Move) -> Self {
        self.moves.push((position, step));
        self
    }
}

/// A change of the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    /// Play from where it stands.
    Play,
    /// Stop where it is.
    Stop,
    /// Go to this song position, in quarter notes.
    Jump(f64),
    /// A new tempo, in quarter notes a minute.
    Tempo(f64),
    /// A new time signature: beats in a bar, and the note value that is one beat.
    Meter(u16, u16),
    /// Loop between these song positions, in quarter notes, or no longer loop.
    Loop(Option<(f64, f64)>),
}

/// What a host does to a plugin besides processing.
#[derive(Debug, Clone)]
pub enum Action {
    /// Clear the processing state. VST3 has no such call: there it is `StopStart`.
    Reset,
    /// Stop processing and start again.
    StopStart,
    /// Deactivate and activate again with the same setup.
    Reactivate,
    /// Keep the state in [`crate::Heard::states`].
    SaveState,
    /// Give the plugin this state; a refusal is kept in [`crate::Heard::refused`].
    LoadState(Vec<u8>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_sizes_stay_within_bounds_and_repeat_with_the_seed() {
        let blocks = Blocks::Random { max: 37, seed: 5 };
        let sizes: Vec<_> = blocks.sizes().take(5000).collect();
        assert!(sizes.iter().all(|size| (1..=37).contains(size)));
        assert!(sizes.contains(&1) && sizes.contains(&37));
        assert_eq!(sizes, blocks.sizes().take(5000).collect::<Vec<_>>());
    }
}
