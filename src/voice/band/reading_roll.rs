//! A generator's roll, read with the same ears by all tracks: where something begins, how loud, how
//! long it goes on.
//!
//! Reading a bar and making its notes of it takes less than 0.1 ms a track.

use super::bar_note::BarNote;
use super::condition::{Asked, STEPS};
use super::wanted::Wanted;
use crate::music::Genre;

/// How much of each of the 128 keys there is at each step, 0 – 1. Of pitched tracks 0.5 + 0.5
/// velocity where a note begins and 0.25 where it goes on, in the key's own frame; of drums the
/// velocity of the hit.
pub type Roll = [[f32; 128]; STEPS];

/// What lies lower is silence: nothing begins there, whatever is asked.
pub const SILENT: f32 = 0.15;
/// What lies at least as high begins for sure, in a pitched roll.
pub const SURE: f32 = 0.45;
/// What lies lower does not go on: of one key of a chord, and of a line, whose cells of one step are
/// shared out among the keys that it might be on.
const HELD: f32 = 0.125;
const LINE_HELD: f32 = 0.07;
/// What a note that goes on stands for.
const GOES_ON: f32 = 0.25;
/// How loud notes usually are.
const USUAL: f32 = 0.64;
/// The softest note, and how much of a difference in loudness is made up for.
const SOFTEST: f32 = 0.03;
const EVENED: f32 = 0.75;

/// A roll, and what it is read for.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Every cell from 0 to 1.
    roll: Roll,
    steps: usize,
    genre: Genre,
    asked: Asked,
    wanted: Wanted,
}

impl Reading {
    /// Reads the first `steps` of `roll`, held to 1 – 16. Cells that are no number are silent.
    pub fn new(roll: &Roll, steps: usize, genre: Genre, asked: Asked, wanted: Wanted) -> Self {
        let clean = |cell: f32| match cell {
            cell if cell.is_finite() => cell.clamp(0.0, 1.0),
            _ => 0.0,
        };
        Self {
            roll: roll.map(|keys| keys.map(clean)),
            steps: steps.clamp(1, STEPS),
            genre,
            asked: asked.held(),
            wanted: wanted.held(),
        }
    }

    /// Steps that are read, 1 – 16.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// The style.
    pub const fn genre(&self) -> Genre {
        self.genre
    }

    /// What the user wants, every value within its range.
    pub const fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// How many steps are asked to have an onset, fractions allowed.
    pub fn asked_onsets(&self) -> f32 {
        self.asked.density * STEPS as f32
    }

    /// The cell at a step and key; 0 outside.
    pub fn cell(&self, step: usize, key: usize) -> f32 {
        let keys = self.roll[..self.steps].get(step);
        keys.and_then(|keys| keys.get(key)).copied().unwrap_or(0.0)
    }

    /// How much a note begins at a step of a pitched roll, 0 – 1: what the going on of the note
    /// before does not explain.
    pub fn begins(&self, step: usize, key: usize) -> f32 {
        let cell = self.cell(step, key);
        let sounded = step > 0 && self.cell(step - 1, key) >= HELD;
        if cell < SURE && sounded {
            (cell - GOES_ON).max(0.0)
        } else {
            cell
        }
    }

    /// The key that begins most at a step, and how much.
    pub fn first_key(&self, step: usize) -> (usize, f32) {
        (0..128).fold((0, 0.0), |best, key| {
            let begins = self.begins(step, key);
            if begins > best.1 { (key, begins) } else { best }
        })
    }

    /// How much a pitch class of the roll begins at a step, whatever the octave.
    pub fn tone_begins(&self, step: usize, tone: usize) -> f32 {
        (tone % 12..128)
            .step_by(12)
            .fold(0.0, |most, key| self.begins(step, key).max(most))
    }

    /// The mean key of what begins in `steps`, weighted by how much; `None` if nothing does.
    pub fn register(&self, steps: std::ops::Range<usize>) -> Option<f32> {
        let (mut sum, mut total) = (0.0, 0.0);
        for step in steps {
            for key in 0..128 {
                let begins = self.begins(step, key);
                if begins >= SILENT {
                    sum += begins * key as f32;
                    total += begins;
                }
            }
        }
        (total > 0.0).then(|| sum / total)
    }

    /// Whether anything sounds at a step.
    pub fn sounds(&self, step: usize) -> bool {
        (0..128).any(|key| self.cell(step, key) >= LINE_HELD)
    }

    /// Steps from `step` to where nothing sounds any more, at least 1 and not past `until`.
    pub fn lasts(&self, step: usize, until: usize) -> usize {
        let end = (step + 1..until).find(|later| !self.sounds(*later));
        end.unwrap_or(until).saturating_sub(step).max(1)
    }

    /// Likewise, to where `key` does not sound any more.
    pub fn key_lasts(&self, step: usize, key: usize, until: usize) -> usize {
        let end = (step + 1..until).find(|later| self.cell(*later, key) < HELD);
        end.unwrap_or(until).saturating_sub(step).max(1)
    }

    /// The steps on which to play, upwards: those with the most `evidence`, about as many as `asked`
    /// for. The roll may say up to a quarter more or fewer by what is `sure`; what is silent is
    /// never played.
    pub fn onsets(&self, evidence: &[f32; STEPS], asked: f32, sure: f32) -> Vec<usize> {
        let mut ranked: Vec<usize> = (0..self.steps)
            .filter(|step| evidence[*step] >= SILENT)
            .collect();
        // Of two alike the one on the stronger beat.
        ranked.sort_by(|a, b| {
            let louder = evidence[*b].total_cmp(&evidence[*a]);
            louder.then(weight(*b).cmp(&weight(*a)))
        });
        let own = ranked
            .iter()
            .filter(|step| evidence[**step] >= sure)
            .count() as f32;
        let leeway = (asked / 4.0).max(1.0);
        let (least, most) = ((asked - leeway).round().max(0.0), (asked + leeway).round());
        ranked.truncate(own.clamp(least, most.max(least)) as usize);
        ranked.sort_unstable();
        ranked
    }

    /// Makes `notes` about as loud as asked on average, and leaves their accents.
    pub fn level(&self, notes: &mut [BarNote]) {
        let mean = notes.iter().map(|note| note.velocity).sum::<f32>() / notes.len().max(1) as f32;
        let gain = (self.asked.intensity.max(0.05) / mean.max(SOFTEST)).powf(EVENED);
        for note in notes {
            note.velocity = (note.velocity * gain).clamp(SOFTEST, 1.0);
        }
    }
}

/// How strong the beat at a step is: the largest power of 2 that divides it, 16 for the first.
fn weight(step: usize) -> u32 {
    1 << step.trailing_zeros().min(4)
}

/// How loud what begins in a cell of a pitched roll is, above 0, at most 1. A low cell can be a soft
/// note or a doubtful one: it counts for halfway, as a ratio, to what is usual.
pub fn velocity(begins: f32) -> f32 {
    (USUAL * (2.0 * begins - 1.0).clamp(0.2, 1.0)).sqrt()
}

/// Whether a step is on a beat.
pub const fn is_strong(step: usize) -> bool {
    step.is_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(roll: &Roll, onsets: f32) -> Reading {
        let asked = Asked {
            density: onsets / 16.0,
            intensity: 0.5,
        };
        Reading::new(roll, 16, Genre::Pop, asked, Wanted::default())
    }

    fn evidence(reading: &Reading) -> [f32; STEPS] {
        std::array::from_fn(|step| reading.first_key(step).1)
    }

    #[test]
    fn about_as_many_onsets_are_played_as_asked_for() {
        let mut roll = [[0.0; 128]; 16];
        for (step, keys) in roll.iter_mut().enumerate() {
            // Clear on the eighths, less so between; the last beat is silent.
            keys[60] = match step {
                12.. => 0.14,
                _ if step % 2 == 0 => 0.9,
                _ => 0.44 - 0.01 * step as f32,
            };
        }
        let count = |asked| {
            let reading = reading(&roll, asked);
            reading.onsets(&evidence(&reading), asked, SURE).len()
        };
        assert_eq!([1.0, 4.0, 6.0].map(count), [2, 5, 6]);
        let all = count(16.0);
        assert!((8..=12).contains(&all), "{all}");
        // What is played first when little is asked is on the beat.
        let sparse = reading(&roll, 1.0);
        assert_eq!(sparse.onsets(&evidence(&sparse), 1.0, SURE), [0, 8]);
    }

    #[test]
    fn a_held_note_is_not_struck_again() {
        let mut roll = [[0.0; 128]; 16];
        roll[2][60] = 0.8;
        (3..9).for_each(|step| roll[step][60] = 0.25);
        let reading = reading(&roll, 8.0);
        assert_eq!(reading.onsets(&evidence(&reading), 8.0, SURE), [2]);
        assert_eq!((reading.lasts(2, 16), reading.lasts(2, 5)), (7, 3));
        assert_eq!(reading.key_lasts(2, 61, 16), 1);
        assert_eq!(reading.register(0..16), Some(60.0));
    }

    #[test]
    fn nonsense_is_silent_and_loudness_goes_where_it_is_asked() {
        let mut roll = [[f32::NAN; 128]; 16];
        roll[0][127] = f32::INFINITY;
        roll[1][0] = 7.0;
        let reading = reading(&roll, f32::NAN);
        assert_eq!((reading.cell(0, 127), reading.cell(1, 0)), (0.0, 1.0));
        assert_eq!((reading.cell(99, 0), reading.cell(0, 999)), (0.0, 0.0));
        let note = |velocity| BarNote {
            step: 0,
            length: 1,
            key: 60,
            velocity,
        };
        let mut notes = [note(0.9), note(0.1)];
        reading.level(&mut notes);
        assert!((notes[0].velocity / notes[1].velocity - 9.0).abs() < 0.01);
        let mut quiet = [note(0.1)];
        reading.level(&mut quiet);
        assert!(quiet[0].velocity > 0.25);
        reading.level(&mut []);
    }
}
