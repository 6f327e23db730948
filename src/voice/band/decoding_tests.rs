//! What holds for every bar of the band, whatever the networks say.

use super::bar_note::BarNote;
use super::bass::bass;
use super::changes::Changes;
use super::chords::chords;
use super::condition::{Asked, Described, HeardBar, HeardNote};
use super::counter::counter;
use super::drums::drums;
use super::kit;
use super::noise::BarDraw;
use super::reading_roll::{Reading, Roll};
use super::style;
use super::voiced::Voiced;
use super::voicing::voices;
use super::wanted::Wanted;
use crate::music::{Chord, Genre, Key, Quality, Scale, Track};
use crate::voice::draw::nth;

/// A row of numbers from 0 to below 1 that a seed begins.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f32 {
        self.0 += 1;
        nth(self.0) as f32
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.unit() * limit as f32) as usize
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn maybe(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// A number that is mostly in its range.
    fn odd(&mut self) -> f32 {
        let unit = self.unit();
        let odd = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            -1.0,
            3.0,
            0.0,
            1.0,
        ];
        if self.maybe(0.02) {
            self.of(&odd)
        } else {
            unit
        }
    }

    fn roll(&mut self) -> Roll {
        let mut roll = [[0.0; 128]; 16];
        // Silent, sparse, crowded, or full.
        let share = self.of(&[0.0, 0.005, 0.03, 0.2, 1.0]);
        let top = self.of(&[0.2, 0.5, 1.0]);
        for keys in &mut roll {
            for cell in keys.iter_mut().filter(|_| share > 0.0) {
                if self.maybe(share) {
                    *cell = top * self.odd();
                } else if self.maybe(0.01) {
                    *cell = 0.25;
                }
            }
        }
        roll
    }

    fn chord(&mut self) -> Chord {
        Chord::new(self.below(12) as u8, self.of(&Quality::ALL))
    }

    fn heard(&mut self) -> HeardBar {
        let count = self.below(10);
        let note = |_| HeardNote {
            key: self.of(&[40, 55, 60, 64, 67, 71, 79, 90, 255]),
            start: f64::from(5.0 * self.odd() - 0.5),
            length: f64::from(2.0 * self.odd()),
            velocity: self.odd(),
        };
        let mut notes: Vec<_> = (0..count).map(note).collect();
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        HeardBar {
            notes,
            quarters: 4.0,
        }
    }

    fn wanted(&mut self) -> Wanted {
        let everything = self.maybe(0.5);
        Wanted {
            density: self.odd(),
            variation: self.odd(),
            intensity: self.odd(),
            octave: self.below(7) as i8 - 3,
            lowest: if everything { 0 } else { self.below(140) as u8 },
            highest: if everything {
                127
            } else {
                self.below(140) as u8
            },
        }
    }
}

/// A random bar, all that is played in it, and what was played before and after.
#[derive(Debug)]
struct Bar {
    steps: usize,
    genre: Genre,
    changes: Changes,
    wanted: Wanted,
    heard: HeardBar,
    before: Voiced,
    after: Voiced,
    notes: [Vec<BarNote>; 4],
}

fn bar(seed: u64) -> Bar {
    let dice = &mut Dice(seed << 20);
    let roll = dice.roll();
    let steps = 1 + dice.below(16);
    let genre = dice.of(&Genre::ALL);
    let first = dice.chord();
    let changes = Changes {
        key: Key::new(dice.below(12) as u8, dice.of(&Scale::ALL)),
        first,
        second: if dice.maybe(0.5) { first } else { dice.chord() },
    };
    let (wanted, heard) = (dice.wanted(), dice.heard());
    let number = dice.below(16) as i64 - 8;
    let mut before = Voiced::default();
    if dice.maybe(0.8) {
        let mut chord: Vec<u8> = (0..dice.below(6)).map(|_| dice.below(128) as u8).collect();
        chord.sort_unstable();
        chord.dedup();
        before = Voiced {
            chord,
            bass: Some(dice.below(128) as u8),
            counter: Some(dice.below(128) as u8),
        };
    }
    let mut after = before.clone();
    let reading = |track| {
        let asked = style::asked(track, genre, &wanted, steps);
        Reading::new(&roll, steps, genre, asked, wanted)
    };
    let draw = BarDraw {
        seed,
        track: Track::Drums,
        bar: number,
        variation: wanted.variation,
        take: 0,
    };
    let notes = [
        drums(&reading(Track::Drums), number, &draw, &heard),
        chords(&reading(Track::Chords), &changes, &mut after),
        bass(&reading(Track::Bass), &changes, &mut after),
        counter(&reading(Track::Counter), &changes, &heard, &mut after),
    ];
    let told = Described {
        heard: &heard,
        hindsight: true,
        key: changes.key,
        chords: Some((changes.first, changes.second)),
        steps,
        bar: number,
        asked: Asked {
            density: wanted.density,
            intensity: wanted.intensity,
        },
    };
    for number in told.condition() {
        assert!((0.0..=1.0).contains(&number));
    }
    Bar {
        steps,
        genre,
        changes,
        wanted: wanted.held(),
        heard,
        before,
        after,
        notes,
    }
}

/// What every track promises.
fn is_playable(bar: &Bar, notes: &[BarNote]) {
    let range = bar.wanted.lowest..=bar.wanted.highest;
    for (place, note) in notes.iter().enumerate() {
        assert!(range.contains(&note.key), "{note:?} {bar:?}");
        assert!(
            note.length >= 1 && note.end() <= bar.steps,
            "{note:?} {bar:?}"
        );
        assert!(
            note.velocity > 0.0 && note.velocity <= 1.0,
            "{note:?} {bar:?}"
        );
        let (after, begins) = (&notes[place + 1..], (note.step, note.key));
        assert!(
            after
                .first()
                .is_none_or(|next| (next.step, next.key) > begins),
            "{bar:?}"
        );
        let again = after.iter().find(|later| later.key == note.key);
        assert!(
            again.is_none_or(|later| usize::from(later.step) >= note.end()),
            "{bar:?}"
        );
    }
}

fn is_one_voice(bar: &Bar, notes: &[BarNote], before: Option<u8>, after: Option<u8>) {
    for pair in notes.windows(2) {
        assert!(pair[0].end() <= pair[1].step.into(), "{bar:?}");
        assert!(pair[0].key.abs_diff(pair[1].key) <= 12, "{bar:?}");
    }
    assert_eq!(after, notes.last().map(|note| note.key).or(before));
}

#[test]
fn ten_thousand_random_bars_are_all_playable() {
    let mut played = [0; 4];
    for seed in 0..10_000 {
        let bar = bar(seed);
        let (Changes { key, .. }, steps, genre) = (bar.changes, bar.steps, bar.genre);
        let [drums, chords, bass, counter] = &bar.notes;
        for (count, notes) in played.iter_mut().zip(&bar.notes) {
            is_playable(&bar, notes);
            *count += notes.len();
        }
        assert!(
            drums.iter().all(|note| kit::Part::of(note.key).is_some()),
            "{bar:?}"
        );
        for note in chords {
            let chord = bar.changes.at(note.step.into(), steps);
            let allowed = voices(chord, key, genre, true);
            assert!(allowed.contains(&(note.key % 12)), "{bar:?}");
            let extended = allowed.iter().filter(|tone| !chord.contains(**tone));
            assert!(extended.clone().all(|tone| key.contains(*tone)), "{bar:?}");
            let end = bar.changes.at(note.end() - 1, steps);
            assert_eq!(end, chord, "held into another chord: {bar:?}");
        }
        is_one_voice(&bar, bass, bar.before.bass, bar.after.bass);
        if let Some(first) = bass.first() {
            let root = bar.changes.at(first.step.into(), steps).root();
            assert_eq!(first.key % 12, root, "{bar:?}");
        }
        is_one_voice(&bar, counter, bar.before.counter, bar.after.counter);
        for note in counter {
            let step = i32::from(note.step);
            let chord = bar.changes.at(note.step.into(), steps);
            assert!(bar.changes.fits(note.key, chord), "{bar:?}");
            let sung = bar
                .heard
                .on_grid()
                .filter(|sung| (sung.step..sung.end).contains(&step));
            if let Some(sung) = sung.last() {
                assert!(
                    !matches!(sung.key.abs_diff(note.key) % 12, 1 | 6 | 11),
                    "{bar:?}"
                );
            }
        }
    }
    assert!(played.iter().all(|count| *count > 10_000), "{played:?}");
}

#[test]
fn the_same_bar_is_played_the_same() {
    for seed in 0..500 {
        let (once, again) = (bar(seed), bar(seed));
        assert_eq!(once.notes, again.notes);
        assert_eq!(once.after, again.after);
    }
}
