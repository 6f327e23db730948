//! How what was sung is played: the parameters of the output stage.

use super::{Output, parameter};
use std::ops::RangeInclusive;

/// The parameters of the output stage. The defaults change no note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// Share of the voice's deviation from the key that is bent, 0 (always in tune) – 1 (every
    /// inflection).
    pub bend: f32,
    /// Semitones of a full bend, [`Self::BEND_RANGES`]; with MPE it is always 48.
    pub bend_range: f32,
    /// Which tracks leave the plugin.
    pub output: Output,
    /// Whether each note has a channel of its own; counts only where the melody is alone.
    pub mpe: bool,
    /// Whether pitch, loudness and brightness go out as note expressions in place of channel
    /// messages; MPE goes first.
    pub note_expressions: bool,
    /// Whether loudness is followed while a note sounds.
    pub loudness: bool,
    /// Whether the voice's colour is followed while a note sounds.
    pub brightness: bool,
    /// Gaps up to this long are held, in ms.
    pub hold_gaps_ms: f32,
    /// Shorter notes are drawn out to this, in ms.
    pub min_note_ms: f32,
    /// Lowest key that is played; at [`Self::KEYS`]' start nothing is too low.
    pub lowest: u8,
    /// Highest key that is played; at [`Self::KEYS`]' end nothing is too high.
    pub highest: u8,
    /// How readily something counts as voice, 0 – 1; see [`super::sensitivity`].
    pub sensitivity: f32,
}

impl Default for Performance {
    fn default() -> Self {
        Self {
            bend: 0.0,
            bend_range: 2.0,
            output: Output::All,
            mpe: false,
            note_expressions: false,
            loudness: true,
            brightness: false,
            hold_gaps_ms: 120.0,
            min_note_ms: 60.0,
            lowest: *Self::KEYS.start(),
            highest: *Self::KEYS.end(),
            sensitivity: 0.5,
        }
    }
}

impl Performance {
    /// Semitones that a full bend can be set to.
    pub const BEND_RANGES: RangeInclusive<f32> = 1.0..=48.0;
    /// Lengths that gaps and notes can be set to, in ms.
    pub const LENGTHS_MS: RangeInclusive<f32> = 0.0..=300.0;
    /// Keys that the range of the voice can be set to.
    pub const KEYS: RangeInclusive<u8> = 33..=96;

    /// Every parameter's index, see [`parameter`], and plain value.
    pub fn values(&self) -> [(u32, f32); 12] {
        let switch = |on: bool| f32::from(u8::from(on));
        [
            (parameter::BEND, self.bend),
            (parameter::BEND_RANGE, self.bend_range),
            (parameter::OUTPUT, self.output.index() as f32),
            (parameter::MPE, switch(self.mpe)),
            (parameter::NOTE_EXPRESSIONS, switch(self.note_expressions)),
            (parameter::LOUDNESS, switch(self.loudness)),
            (parameter::BRIGHTNESS, switch(self.brightness)),
            (parameter::HOLD_GAPS, self.hold_gaps_ms),
            (parameter::MIN_NOTE, self.min_note_ms),
            (parameter::LOWEST, f32::from(self.lowest)),
            (parameter::HIGHEST, f32::from(self.highest)),
            (parameter::SENSITIVITY, self.sensitivity),
        ]
    }

    /// Sets the parameter at `index` to the plain `value`, held within its range. Not a number and
    /// indices of others change nothing.
    pub fn set(&mut self, index: u32, value: f32) {
        if value.is_nan() {
            return;
        }
        let within = |range: RangeInclusive<f32>| value.clamp(*range.start(), *range.end());
        let key = (value.round() as u8).clamp(*Self::KEYS.start(), *Self::KEYS.end());
        let on = value >= 0.5;
        match index {
            parameter::BEND => self.bend = within(0.0..=1.0),
            parameter::BEND_RANGE => self.bend_range = within(Self::BEND_RANGES).round(),
            parameter::OUTPUT => {
                self.output = Output::from_index(value as usize).unwrap_or(self.output);
            }
            parameter::MPE => self.mpe = on,
            parameter::NOTE_EXPRESSIONS => self.note_expressions = on,
            parameter::LOUDNESS => self.loudness = on,
            parameter::BRIGHTNESS => self.brightness = on,
            parameter::HOLD_GAPS => self.hold_gaps_ms = within(Self::LENGTHS_MS),
            parameter::MIN_NOTE => self.min_note_ms = within(Self::LENGTHS_MS),
            parameter::LOWEST => self.lowest = key,
            parameter::HIGHEST => self.highest = key,
            parameter::SENSITIVITY => self.sensitivity = within(0.0..=1.0),
            _ => {}
        }
    }

    /// How the expression of a note travels.
    pub fn carrier(&self) -> Carrier {
        if self.mpe && self.output == Output::Melody {
            Carrier::Mpe
        } else if self.note_expressions {
            Carrier::Notes
        } else {
            Carrier::Channel
        }
    }

    /// Whether a note on `key` is played. Bounds that are crossed count as exchanged.
    pub fn plays(&self, key: u8) -> bool {
        let (low, high) = (self.lowest.min(self.highest), self.lowest.max(self.highest));
        (low == *Self::KEYS.start() || key >= low) && (high == *Self::KEYS.end() || key <= high)
    }
}

/// How the expression of a note travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// As messages on the melody's channel.
    Channel,
    /// As messages on the channel that the note has to itself.
    Mpe,
    /// As note expressions.
    Notes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_set() {
        let wanted = Performance {
            bend: 0.25,
            bend_range: 12.0,
            output: Output::Melody,
            mpe: true,
            note_expressions: true,
            loudness: false,
            brightness: true,
            hold_gaps_ms: 7.0,
            min_note_ms: 9.0,
            lowest: 40,
            highest: 50,
            sensitivity: 0.75,
        };
        let mut told = Performance::default();
        for (index, value) in wanted.values() {
            told.set(index, f32::NAN);
            told.set(index, value);
        }
        assert_eq!(told, wanted);
    }

    #[test]
    fn keys_outside_the_range_are_not_played_and_the_widest_range_has_no_ends() {
        let mut performance = Performance::default();
        assert!((0..=127).all(|key| performance.plays(key)));
        performance.set(parameter::LOWEST, 72.0);
        performance.set(parameter::HIGHEST, 48.0);
        let played: Vec<u8> = (0..=127).filter(|key| performance.plays(*key)).collect();
        assert_eq!(played, (48..=72).collect::<Vec<u8>>());
    }
}
