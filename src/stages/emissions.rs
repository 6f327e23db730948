//! The way to the audio thread.

use super::engine::Shared;
use super::playback::Player;
use crate::music::TimedMessage;
use rtrb::Producer;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A message on its way to the audio thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Emission {
    /// Emissions from before the newest reset are dropped by the port.
    pub epoch: u32,
    /// What is due when, before the constant delay.
    pub timed: TimedMessage,
}

/// Where messages go that the output stage has decided.
pub(super) struct Emissions {
    ring: Producer<Emission>,
    /// That of the newest reset which the output stage knows of.
    pub epoch: u32,
}

impl Emissions {
    pub fn new(ring: Producer<Emission>) -> Self {
        Self { ring, epoch: 0 }
    }

    /// Sends what `player` has ready, waiting for room.
    pub fn send(&mut self, player: &mut Player, shared: &Shared) {
        let epoch = self.epoch;
        for timed in player.drain() {
            let mut emission = Emission { epoch, timed };
            while let Err(rtrb::PushError::Full(back)) = self.ring.push(emission) {
                if shared.is_shut_down() {
                    return;
                }
                emission = back;
                std::thread::sleep(Duration::from_micros(500));
            }
        }
        shared.decided.store(player.now(), Ordering::Release);
    }
}
