//! What a generator is told of the bar that it is to make, as 64 numbers. The training computes the
//! same (`models/training/vocalise_band/condition.py`).

use super::wanted::unit;
use crate::music::{Chord, Key};

/// Numbers of a condition.
pub const CONDITION: usize = 64;
/// Steps of a bar, sixteenths, that one call covers at most.
pub const STEPS: usize = 16;
/// The softest that a note can be: velocity 1 of 127.
const SOFTEST: f32 = 1.0 / 127.0;
/// Further from the bar than this, in steps, nothing matters.
const FAR: f64 = 1e6;

// Where the numbers begin.
const SUNG: usize = 0;
const FIRST: usize = 12;
const SECOND: usize = 24;
const ONSETS: usize = 36;
const REGISTER: usize = 52;
const SUNG_DENSITY: usize = 53;
const LOUDNESS: usize = 54;
const LENGTH: usize = 55;
const PHRASE: usize = 56;
const DENSITY: usize = 60;
const INTENSITY: usize = 61;
const MINOR: usize = 62;
const HINDSIGHT: usize = 63;

/// A sung note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeardNote {
    /// MIDI key, 0 – 127.
    pub key: u8,
    /// When it begins, in quarter notes from the bar's beginning; below 0 if it is held into it.
    pub start: f64,
    /// How long it lasts, in quarter notes.
    pub length: f64,
    /// How loud, 0 – 1.
    pub velocity: f32,
}

/// A bar as it was sung.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeardBar {
    /// Its notes, one at a time, by their beginning.
    pub notes: Vec<HeardNote>,
    /// How long it is, in quarter notes.
    pub quarters: f64,
}

/// A sung note on the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridNote {
    /// MIDI key, 0 – 127.
    pub key: u8,
    /// The step at which it begins; below 0 if it is held into the bar.
    pub step: i32,
    /// The step at which it ends, above [`Self::step`].
    pub end: i32,
    /// How loud, above 0, at most 1.
    pub velocity: f32,
}

impl HeardBar {
    /// The notes, each from and to its nearest steps, at least one apart. What has no place in
    /// time is left out.
    pub fn on_grid(&self) -> impl Iterator<Item = GridNote> {
        let finite = |note: &&HeardNote| note.start.is_finite() && note.length.is_finite();
        self.notes.iter().filter(finite).map(|note| {
            let nearest =
                |quarters: f64| (4.0 * quarters).clamp(-FAR, FAR).round_ties_even() as i32;
            let step = nearest(note.start);
            GridNote {
                key: note.key.min(127),
                step,
                end: nearest(note.start + note.length).max(step + 1),
                velocity: unit(note.velocity, SOFTEST).max(SOFTEST),
            }
        })
    }

    /// How loud a note begins at each of the first `steps` steps, 0 – 1; 0 where none does.
    pub fn onsets(&self, steps: usize) -> [f32; STEPS] {
        let mut onsets = [0.0_f32; STEPS];
        for note in self.on_grid() {
            if let Ok(step) = usize::try_from(note.step)
                && step < steps.min(STEPS)
            {
                onsets[step] = onsets[step].max(note.velocity);
            }
        }
        onsets
    }

    /// Mean key, weighted by how long each sounds within the first `steps` steps; `None` if none
    /// does.
    pub fn register(&self, steps: usize) -> Option<f32> {
        let (mut sum, mut total) = (0.0, 0.0);
        for note in self.on_grid() {
            let inside = f64::from(inside(&note, steps));
            sum += f64::from(note.key) * inside;
            total += inside;
        }
        (total > 0.0).then(|| (sum / total) as f32)
    }

    /// The part from `quarters` on, as a bar of its own: what the second call for a long bar is
    /// told.
    pub fn part_from(&self, quarters: f64) -> Self {
        let notes = self.notes.iter().map(|note| HeardNote {
            start: note.start - quarters,
            ..*note
        });
        Self {
            notes: notes.collect(),
            quarters: self.quarters - quarters,
        }
    }
}

/// Steps that a note sounds within the first `steps`.
fn inside(note: &GridNote, steps: usize) -> i32 {
    let steps = steps.min(STEPS) as i32;
    note.end.clamp(0, steps) - note.step.clamp(0, steps)
}

/// How a track of a bar is asked to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// Steps with an onset / 16, 0 – 1.
    pub density: f32,
    /// Mean velocity of its onsets, 0 – 1.
    pub intensity: f32,
}

impl Asked {
    /// The same held to 0 – 1; 0.5 for what is not a number.
    pub fn held(self) -> Self {
        Self {
            density: unit(self.density, 0.5),
            intensity: unit(self.intensity, 0.5),
        }
    }
}

/// All that a condition says.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// The bar that was sung: the one before, or the bar itself.
    pub heard: &'a HeardBar,
    /// Whether it is the bar itself.
    pub hindsight: bool,
    /// The key.
    pub key: Key,
    /// The chords of the bar's two halves; `None` where there is no harmony yet.
    pub chords: Option<(Chord, Chord)>,
    /// Steps in this call, 1 – 16.
    pub steps: usize,
    /// The bar's place in the song.
    pub bar: i64,
    /// How the track is to be.
    pub asked: Asked,
}

impl Described<'_> {
    /// The condition; every number is from 0 to 1.
    pub fn condition(&self) -> [f32; CONDITION] {
        let mut told = [0.0; CONDITION];
        let steps = self.steps.clamp(1, STEPS);
        let above = |pitch: u8| usize::from((pitch % 12 + 12 - self.key.tonic()) % 12);
        let mut sung = [0; 12];
        for note in self.heard.on_grid() {
            sung[above(note.key)] += inside(&note, steps);
        }
        let total = sung.iter().sum::<i32>().max(1) as f32;
        for (share, sung) in told[SUNG..].iter_mut().zip(sung) {
            *share = sung as f32 / total;
        }
        if let Some((first, second)) = self.chords {
            for (place, chord) in [(FIRST, first), (SECOND, second)] {
                chord
                    .tones()
                    .for_each(|tone| told[place + above(tone)] = 0.5);
                told[place + above(chord.root())] = 1.0;
            }
        }
        let onsets = self.heard.onsets(steps);
        told[ONSETS..ONSETS + STEPS].copy_from_slice(&onsets);
        told[REGISTER] = self.heard.register(steps).unwrap_or(0.0) / 127.0;
        let count = onsets.iter().filter(|velocity| **velocity > 0.0).count() as f32;
        told[SUNG_DENSITY] = count / STEPS as f32;
        told[LOUDNESS] = (onsets.iter().sum::<f32>() / count.max(1.0)).min(1.0);
        told[LENGTH] = steps as f32 / STEPS as f32;
        told[PHRASE + self.bar.rem_euclid(4) as usize] = 1.0;
        let asked = self.asked.held();
        (told[DENSITY], told[INTENSITY]) = (asked.density, asked.intensity);
        told[MINOR] = f32::from(u8::from(self.key.scale().is_minor()));
        told[HINDSIGHT] = f32::from(u8::from(self.hindsight));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Quality, Scale};

    fn note(key: u8, start: f64, length: f64, velocity: f32) -> HeardNote {
        HeardNote {
            key,
            start,
            length,
            velocity,
        }
    }

    fn described(heard: &HeardBar) -> [f32; CONDITION] {
        Described {
            heard,
            hindsight: true,
            key: Key::new(9, Scale::Minor),
            chords: Some((
                Chord::new(9, Quality::Minor7),
                Chord::new(4, Quality::Major),
            )),
            steps: 16,
            bar: -1,
            asked: Asked {
                density: 0.25,
                intensity: 0.6,
            },
        }
        .condition()
    }

    #[test]
    fn a_bar_is_described_as_the_contract_says() {
        // A is held into the bar for a quarter, C begins on two and lasts two, E lasts past its end.
        let notes = vec![
            note(57, -1.0, 2.0, 0.9),
            note(60, 1.0, 2.0, 0.5),
            note(64, 3.02, 4.0, 0.7),
        ];
        let told = described(&HeardBar {
            notes,
            quarters: 4.0,
        });
        assert_eq!((told[0], told[3], told[7]), (0.25, 0.5, 0.25));
        let chord = |from: usize| -> Vec<_> {
            let tones = (0..12).filter(|tone| told[from + tone] > 0.0);
            tones.map(|tone| (tone, told[from + tone])).collect()
        };
        assert_eq!(chord(12), [(0, 1.0), (3, 0.5), (7, 0.5), (10, 0.5)]);
        assert_eq!(chord(24), [(2, 0.5), (7, 1.0), (11, 0.5)]);
        // The A did not begin in this bar.
        assert_eq!((told[36], told[40], told[48]), (0.0, 0.5, 0.7));
        assert!((told[52] - (57.0 + 2.0 * 60.0 + 64.0) / 4.0 / 127.0).abs() < 1e-6);
        assert_eq!((told[53], told[55]), (0.125, 1.0));
        assert!((told[54] - 0.6).abs() < 1e-6);
        assert_eq!(told[56..], [0.0, 0.0, 0.0, 1.0, 0.25, 0.6, 1.0, 1.0]);
    }

    #[test]
    fn nothing_sung_and_nonsense_are_silence() {
        let silent = described(&HeardBar::default());
        assert!(
            silent[..12]
                .iter()
                .chain(&silent[36..55])
                .all(|number| *number == 0.0)
        );
        let notes = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300]
            .into_iter()
            .flat_map(|odd| [note(255, odd, 1.0, 0.5), note(60, -1e300, odd, f32::NAN)])
            .collect();
        let told = described(&HeardBar {
            notes,
            quarters: f64::NAN,
        });
        assert!(
            told.iter().all(|number| (0.0..=1.0).contains(number)),
            "{told:?}"
        );
    }

    #[test]
    fn a_second_call_hears_the_bars_rest() {
        let notes = vec![note(60, 3.5, 1.0, 0.5), note(62, 4.5, 0.5, 0.5)];
        let rest = HeardBar {
            notes,
            quarters: 5.0,
        }
        .part_from(4.0);
        assert_eq!((rest.notes[0].start, rest.notes[1].start), (-0.5, 0.5));
        assert_eq!((rest.quarters, rest.onsets(4)[2]), (1.0, 0.5));
    }
}
