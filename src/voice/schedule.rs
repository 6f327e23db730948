//! Decided notes that wait for their time, one voice after the other.

use std::collections::VecDeque;

/// What happens to the sung line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// A note on a key begins, with a velocity of 0 – 1.
    On(u8, f32),
    /// The voice leaves the note.
    Off,
    /// The transport stopped or jumped: what sounds ends.
    Break,
}

/// An act, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// Sample at which it is to happen.
    pub at: i64,
    /// How much later that is than the voice, in samples.
    pub moved: i64,
    /// What happens.
    pub act: Act,
}

/// Notes on their way from the decoder to the melody, in the order in which they were sung.
#[derive(Debug, Default)]
pub struct Schedule {
    waiting: VecDeque<Planned>,
    /// How much the newest note was moved.
    moved: i64,
}

impl Schedule {
    /// A note sung at sample `sung` is to begin at `at`. What of the notes before it is not due by
    /// then gives way: it happens now, at `now`, if it is a beginning, so that no note is lost, and
    /// with this note's beginning if it is an end.
    pub fn note_on(&mut self, now: i64, sung: i64, at: i64, stroke: (u8, f32)) {
        let mut latest = i64::MIN;
        for planned in &mut self.waiting {
            if planned.at >= at {
                planned.at = match planned.act {
                    Act::On(..) => now.min(at),
                    Act::Off => at,
                    Act::Break => planned.at,
                };
            }
            planned.at = planned.at.max(latest);
            latest = planned.at;
        }
        self.moved = at - sung;
        self.insert(Planned {
            at,
            moved: self.moved,
            act: Act::On(stroke.0, stroke.1),
        });
    }

    /// The voice left the newest note at sample `sung`; its end moves as its beginning did.
    pub fn note_off(&mut self, sung: i64) {
        let begins = |planned: &&Planned| matches!(planned.act, Act::On(..));
        let begun = self.waiting.iter().rev().find(begins);
        self.insert(Planned {
            at: (sung + self.moved).max(begun.map_or(i64::MIN, |on| on.at)),
            moved: self.moved,
            act: Act::Off,
        });
    }

    /// The transport stops or jumps at sample `at`: what was to happen later does not.
    pub fn break_off(&mut self, at: i64) {
        self.waiting.retain(|planned| planned.at <= at);
        self.insert(Planned {
            at,
            moved: 0,
            act: Act::Break,
        });
    }

    fn insert(&mut self, planned: Planned) {
        let place = self.waiting.partition_point(|other| other.at <= planned.at);
        self.waiting.insert(place, planned);
    }

    /// The next act that is due by sample `by`.
    pub fn next(&mut self, by: i64) -> Option<Planned> {
        self.waiting.pop_front_if(|planned| planned.at <= by)
    }

    /// Nothing waits any more.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.moved = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(schedule: &mut Schedule) -> Vec<(i64, Act)> {
        std::iter::from_fn(|| schedule.next(i64::MAX))
            .map(|planned| (planned.at, planned.act))
            .collect()
    }

    #[test]
    fn a_note_that_waits_is_as_long_as_it_was_sung() {
        let mut schedule = Schedule::default();
        schedule.note_on(100, 100, 150, (60, 0.5));
        schedule.note_off(130);
        assert_eq!(schedule.next(149), None);
        assert_eq!(
            all(&mut schedule),
            [(150, Act::On(60, 0.5)), (180, Act::Off)]
        );
    }

    #[test]
    fn a_note_that_begins_sooner_ends_the_one_before_and_loses_none() {
        let mut schedule = Schedule::default();
        schedule.note_on(100, 100, 200, (60, 0.5));
        schedule.note_off(150);
        schedule.note_on(180, 180, 200, (62, 0.5));
        let expected = [
            (180, Act::On(60, 0.5)),
            (200, Act::Off),
            (200, Act::On(62, 0.5)),
        ];
        assert_eq!(all(&mut schedule), expected);
    }

    #[test]
    fn what_waits_when_the_transport_breaks_off_is_not_played() {
        let mut schedule = Schedule::default();
        schedule.note_on(100, 100, 110, (60, 0.5));
        schedule.note_on(120, 120, 200, (62, 0.5));
        schedule.break_off(150);
        schedule.note_on(160, 160, 130, (64, 0.5));
        let expected = [
            (110, Act::On(60, 0.5)),
            (130, Act::On(64, 0.5)),
            (150, Act::Break),
        ];
        assert_eq!(all(&mut schedule), expected);
    }

    proptest! {
        #[test]
        fn acts_leave_in_order_and_as_many_as_came(
            notes in proptest::collection::vec((1i64..500, 0i64..400, 1i64..400), 1..40),
        ) {
            let (mut schedule, mut now, mut came) = (Schedule::default(), 0, Vec::new());
            for (gap, wait, length) in notes {
                now += gap;
                schedule.note_on(now, now, now + wait, (60, 0.5));
                while let Some(planned) = schedule.next(now) {
                    came.push(planned);
                }
                now += length;
                schedule.note_off(now);
                while let Some(planned) = schedule.next(now) {
                    came.push(planned);
                }
            }
            came.extend(std::iter::from_fn(|| schedule.next(i64::MAX)));
            prop_assert!(came.windows(2).all(|w| w[0].at <= w[1].at), "{came:?}");
            prop_assert!(came.chunks(2).all(|c| matches!(c[0].act, Act::On(..)) && c[1].act == Act::Off));
        }
    }
}
