//! A picture of what was heard: a piano roll over the sung audio.

use crate::canvas::{Align, Canvas, Ink};
use crate::heard::{Note, key_name};
use crate::midi_file::channel_name;
use anyhow::Result;
use std::path::Path;

const WIDTH: f32 = 1600.0;
const HEIGHT: f32 = 900.0;
/// The roll's edges, in pixels.
const LEFT: f32 = 78.0;
const RIGHT: f32 = WIDTH - 28.0;
const TOP: f32 = 92.0;
const BOTTOM: f32 = 700.0;
/// The edges of the strip with the audio's level, in pixels.
const STRIP: (f32, f32) = (724.0, 836.0);

const GROUND: Ink = Ink::rgb(0x15_18_1e);
const PANEL: Ink = Ink::rgb(0x1b_1f_27);
const BLACK_KEYS: Ink = Ink::rgb(0x18_1b_22);
const LINE: Ink = Ink::rgb(0x2b_31_3c);
const OCTAVE: Ink = Ink::rgb(0x3c_45_54);
const TEXT: Ink = Ink::rgb(0xdd_e3_ec);
const FAINT: Ink = Ink::rgb(0x93_9d_ad);
const LEVEL: Ink = Ink::rgb(0x4f_6b_86);
const PITCH: Ink = Ink::rgb(0xf5_f1_d6);
/// Colours of the channels 1 to 16.
const CHANNELS: [Ink; 16] = [
    Ink::rgb(0xf2_b1_4a),
    Ink::rgb(0x5a_a9_e6),
    Ink::rgb(0x9a_7f_e0),
    Ink::rgb(0x63_c7_8f),
    Ink::rgb(0xe4_7f_a8),
    Ink::rgb(0x4f_c4_c4),
    Ink::rgb(0xc9_c2_5a),
    Ink::rgb(0xd9_8b_5f),
    Ink::rgb(0x8f_a8_e8),
    Ink::rgb(0xe0_6c_6c),
    Ink::rgb(0x7f_b8_6a),
    Ink::rgb(0xb8_8f_c9),
    Ink::rgb(0x6f_9f_9f),
    Ink::rgb(0xc9_a0_8a),
    Ink::rgb(0x9f_9f_6f),
    Ink::rgb(0xa8_a8_b8),
];

/// What is drawn.
pub struct Picture<'a> {
    /// The large words above.
    pub title: &'a str,
    /// The small words below them.
    pub subtitle: &'a str,
    /// The notes, one colour for each channel.
    pub notes: &'a [Note],
    /// Of the notes' positions and of the audio, in Hz.
    pub rate: f64,
    /// What was sung, one channel.
    pub audio: &'a [f32],
    /// Pitch track: seconds, and Hz where voiced or 0 and less where not.
    pub pitch: &'a [(f64, f64)],
}

/// Draws the picture into a PNG of 1600 by 900 pixels.
pub fn draw(path: &Path, picture: &Picture) -> Result<()> {
    let mut canvas = Canvas::new(WIDTH as u32, HEIGHT as u32, GROUND)?;
    let roll = Roll::around(picture);
    canvas.text(LEFT, 42.0, 26.0, TEXT, Align::Left, picture.title);
    canvas.text(LEFT, 70.0, 16.0, FAINT, Align::Left, picture.subtitle);
    legend(&mut canvas, picture);
    roll.grid(&mut canvas);
    level(&mut canvas, picture, &roll);
    for note in picture.notes {
        roll.note(&mut canvas, note, picture.rate);
    }
    roll.pitch(&mut canvas, picture.pitch);
    canvas.save(path)
}

/// Where times and keys lie.
struct Roll {
    /// Seconds across the picture.
    length: f64,
    /// Lowest key shown.
    low: i32,
    /// One above the highest key shown.
    high: i32,
}

impl Roll {
    fn around(picture: &Picture) -> Self {
        let seconds = |samples: f64| samples / picture.rate;
        let ends = picture
            .notes
            .iter()
            .map(|note| note.end.unwrap_or(note.start));
        let last = ends.max().unwrap_or(0).max(picture.audio.len() as i64);
        let keys = picture.notes.iter().map(|note| i32::from(note.key));
        let sung = picture.pitch.iter().filter(|(_, hz)| *hz > 0.0);
        let keys: Vec<i32> = keys
            .chain(sung.map(|&(_, hz)| key_of(hz).round() as i32))
            .collect();
        let low = keys.iter().min().copied().unwrap_or(55) - 3;
        let high = keys.iter().max().copied().unwrap_or(67) + 4;
        let missing = (24 - (high - low)).max(0);
        Self {
            length: seconds(last as f64).max(1.0),
            low: low - missing / 2,
            high: high + missing - missing / 2,
        }
    }

    fn x(&self, seconds: f64) -> f32 {
        LEFT + (seconds / self.length) as f32 * (RIGHT - LEFT)
    }

    /// The middle of a key's row; the key may be fractional.
    fn y(&self, key: f64) -> f32 {
        let row = (key - f64::from(self.low) + 0.5) / f64::from(self.high - self.low);
        BOTTOM - row as f32 * (BOTTOM - TOP)
    }

    fn row(&self) -> f32 {
        (BOTTOM - TOP) / (self.high - self.low) as f32
    }

    fn grid(&self, canvas: &mut Canvas) {
        canvas.rect(LEFT, TOP, RIGHT, BOTTOM, PANEL);
        canvas.rect(LEFT, STRIP.0, RIGHT, STRIP.1, PANEL);
        for key in self.low..self.high {
            let y = self.y(f64::from(key));
            if [1, 3, 6, 8, 10].contains(&key.rem_euclid(12)) {
                canvas.rect(
                    LEFT,
                    y - self.row() / 2.0,
                    RIGHT,
                    y + self.row() / 2.0,
                    BLACK_KEYS,
                );
            }
            if key.rem_euclid(12) == 0 {
                let line = y + self.row() / 2.0;
                canvas.rect(LEFT, line - 0.5, RIGHT, line + 0.5, OCTAVE);
                let name = u8::try_from(key).map(key_name).unwrap_or_default();
                canvas.text(LEFT - 12.0, y + 6.0, 17.0, FAINT, Align::Right, &name);
            }
        }
        let step = [0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0]
            .into_iter()
            .find(|step| self.length / step <= 16.0)
            .unwrap_or(900.0);
        let lines = (self.length / step).floor() as usize;
        for line in 0..=lines {
            let seconds = line as f64 * step;
            let x = self.x(seconds);
            canvas.rect(x - 0.5, TOP, x + 0.5, BOTTOM, LINE);
            canvas.rect(x - 0.5, STRIP.0, x + 0.5, STRIP.1, LINE);
            let label = format!("{seconds} s");
            canvas.text(x, STRIP.1 + 26.0, 17.0, FAINT, Align::Middle, &label);
        }
    }

    fn note(&self, canvas: &mut Canvas, note: &Note, rate: f64) {
        let start = self.x(note.start as f64 / rate);
        let end = note.end.map_or(RIGHT, |end| self.x(end as f64 / rate));
        let (y, half) = (self.y(note.key.into()), self.row() * 0.42);
        let colour = CHANNELS[usize::from(note.channel)];
        // A loud note is opaque, a soft one lets the grid through.
        let colour = colour.faded(0.45 + 0.55 * note.velocity.clamp(0.0, 1.0));
        canvas.round_rect(start, y - half, end.max(start + 3.0), y + half, 3.0, colour);
    }

    fn pitch(&self, canvas: &mut Canvas, pitch: &[(f64, f64)]) {
        for voiced in pitch.chunk_by(|before, after| before.1 > 0.0 && after.1 > 0.0) {
            let points: Vec<_> = voiced
                .iter()
                .filter(|(_, hz)| *hz > 0.0)
                .map(|&(seconds, hz)| (self.x(seconds), self.y(key_of(hz))))
                .collect();
            canvas.line(&points, 2.0, PITCH);
        }
    }
}

/// The audio's level along the strip: peaks, one column a pixel.
fn level(canvas: &mut Canvas, picture: &Picture, roll: &Roll) {
    let middle = (STRIP.0 + STRIP.1) / 2.0;
    let loudest = picture
        .audio
        .iter()
        .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    if loudest <= 0.0 || !loudest.is_finite() {
        return;
    }
    let columns = (RIGHT - LEFT) as usize;
    let per_column = roll.length * picture.rate / columns as f64;
    for column in 0..columns {
        let from = (column as f64 * per_column) as usize;
        let to = (((column + 1) as f64 * per_column) as usize).min(picture.audio.len());
        let Some(samples) = picture.audio.get(from..to) else {
            break;
        };
        let peak = samples
            .iter()
            .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let half = peak / loudest * (STRIP.1 - STRIP.0) * 0.46;
        let x = LEFT + column as f32;
        canvas.rect(x, middle - half, x + 1.0, middle + half.max(0.5), LEVEL);
    }
}

fn legend(canvas: &mut Canvas, picture: &Picture) {
    let mut entries: Vec<(Ink, String)> = Vec::new();
    for channel in 0..16 {
        let count = picture
            .notes
            .iter()
            .filter(|note| note.channel == channel)
            .count();
        if count > 0 {
            let name = format!("{} ({count})", channel_name(channel));
            entries.push((CHANNELS[usize::from(channel)], name));
        }
    }
    if !picture.pitch.is_empty() {
        entries.push((PITCH, "sung pitch".into()));
    }
    entries.push((LEVEL, "audio".into()));
    // From the right, in rows beside the title.
    let (mut x, mut y) = (RIGHT, 36.0);
    for (colour, name) in entries.iter().rev() {
        if x < WIDTH * 0.45 {
            (x, y) = (RIGHT, y + 23.0);
        }
        x -= canvas.text(x, y, 17.0, TEXT, Align::Right, name) + 8.0;
        canvas.round_rect(x - 14.0, y - 13.0, x, y + 1.0, 3.0, *colour);
        x -= 30.0;
    }
}

/// A frequency as a fractional MIDI key.
fn key_of(hz: f64) -> f64 {
    69.0 + 12.0 * (hz / 440.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roll_holds_all_notes_and_the_pitch() {
        let note = |start, key| Note {
            start,
            end: Some(start + 100),
            channel: 0,
            key,
            velocity: 0.5,
        };
        let notes = [note(0, 36), note(900, 84)];
        let roll = Roll::around(&Picture {
            title: "",
            subtitle: "",
            notes: &notes,
            rate: 100.0,
            audio: &[],
            pitch: &[(0.0, 1760.0)],
        });
        assert!(roll.low < 36 && roll.high > 93);
        assert_eq!(roll.length, 10.0);
        assert!(roll.y(36.0) < BOTTOM && roll.y(93.0) > TOP);
    }
}
