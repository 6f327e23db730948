//! The host's clock, advanced block by block.

use crate::script::{Move, Transport};

/// The clock as a plugin is told it at the start of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snapshot {
    /// Quarter notes a minute.
    pub tempo: f64,
    /// Beats in a bar, and the note value that is one beat.
    pub meter: (u16, u16),
    /// Whether the song position moves.
    pub playing: bool,
    /// Song position in quarter notes.
    pub quarter: f64,
    /// Start of the bar that holds `quarter`, in quarter notes.
    pub bar_start: f64,
    /// Number of that bar, the first one 0.
    pub bar: i32,
    /// The loop's ends in quarter notes, if the host loops.
    pub looped: Option<(f64, f64)>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            tempo: 120.0,
            meter: (4, 4),
            playing: false,
            quarter: 0.0,
            bar_start: 0.0,
            bar: 0,
            looped: None,
        }
    }
}

impl Snapshot {
    /// Song position in seconds, as if the tempo had never changed.
    pub fn seconds(&self) -> f64 {
        self.quarter * 60.0 / self.tempo
    }
}

/// Walks through a [`Transport`].
pub(crate) struct Timeline {
    now: Snapshot,
    /// Moves not made yet, in order.
    moves: std::collections::VecDeque<(i64, Move)>,
    /// Where the meter last changed: song position in quarter notes, and its bar.
    meter_origin: (f64, i32),
    /// Hz.
    rate: f64,
}

impl Timeline {
    pub(crate) fn new(transport: &Transport, rate: f64) -> Self {
        let mut moves: Vec<_> = transport.moves.clone();
        moves.sort_by_key(|&(position, _)| position);
        let mut timeline = Self {
            now: transport.start,
            moves: moves.into(),
            meter_origin: (0.0, 0),
            rate,
        };
        timeline.find_bar();
        timeline
    }

    /// The clock at `position` samples, all moves up to it made.
    pub(crate) fn at(&mut self, position: i64) -> Snapshot {
        while self.moves.front().is_some_and(|&(due, _)| due <= position) {
            let (_, step) = self.moves.pop_front().expect("looked at just now");
            match step {
                Move::Play => self.now.playing = true,
                Move::Stop => self.now.playing = false,
                Move::Jump(quarter) => self.now.quarter = quarter,
                Move::Tempo(tempo) => self.now.tempo = tempo,
                Move::Meter(beats, value) => {
                    self.meter_origin = (self.now.quarter, self.now.bar);
                    self.now.meter = (beats, value);
                }
                Move::Loop(looped) => self.now.looped = looped,
            }
        }
        self.find_bar();
        self.now
    }

    /// The position of the next move after `position`, in samples.
    pub(crate) fn next_move(&self) -> Option<i64> {
        self.moves.front().map(|&(due, _)| due)
    }

    /// Samples from now to the end of the loop, if it is being played.
    pub(crate) fn until_wrap(&self) -> Option<usize> {
        let (_, end) = self.now.looped.filter(|_| self.now.playing)?;
        let left = (end - self.now.quarter) * 60.0 / self.now.tempo * self.rate;
        // A thousandth of a sample is rounding, not music.
        (left > 1e-3).then(|| ((left - 1e-3).ceil() as usize).max(1))
    }

    /// Lets `frames` samples pass.
    pub(crate) fn advance(&mut self, frames: usize) {
        if !self.now.playing {
            return;
        }
        let wraps = self.until_wrap().is_some_and(|left| frames >= left);
        self.now.quarter += frames as f64 / self.rate * self.now.tempo / 60.0;
        if let Some((start, end)) = self.now.looped.filter(|_| wraps) {
            self.now.quarter = start + (self.now.quarter - end).max(0.0);
        }
    }

    fn find_bar(&mut self) {
        let (origin, first) = self.meter_origin;
        let quarters = f64::from(self.now.meter.0) * 4.0 / f64::from(self.now.meter.1);
        let bars = ((self.now.quarter - origin) / quarters + 1e-9).floor();
        self.now.bar_start = origin + bars * quarters;
        self.now.bar = first + bars as i32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_wraps_to_its_start_and_counts_bars() {
        let mut transport = Transport::playing(120.0);
        transport.start.looped = Some((4.0, 8.0));
        transport.start.quarter = 7.0;
        let mut timeline = Timeline::new(&transport, 48_000.0);
        assert_eq!(timeline.at(0).bar, 1);
        assert_eq!(timeline.until_wrap(), Some(24_000));
        timeline.advance(24_000);
        let now = timeline.at(24_000);
        assert!((now.quarter - 4.0).abs() < 1e-9, "{now:?}");
        assert_eq!((now.bar, now.bar_start), (1, 4.0));
    }

    #[test]
    fn a_stopped_clock_stands_and_a_jump_moves_it() {
        let transport = Transport::stopped(90.0).then(100, Move::Jump(9.0));
        let mut timeline = Timeline::new(&transport, 44_100.0);
        timeline.advance(100);
        let now = timeline.at(100);
        assert_eq!((now.quarter, now.bar, now.bar_start), (9.0, 2, 8.0));
    }
}
