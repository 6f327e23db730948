//! How the genres play, in numbers: what the *Density* and *Intensity* of a track mean.

use super::condition::{Asked, STEPS};
use super::wanted::{Wanted, unit};
use crate::music::{Genre, Track};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The .05, .25, .5, .75 and .95 quantiles of one number.
type Quantiles = [f32; 5];

/// What a slider's end asks for is at least so far from what is usual, so that it is heard where
/// all bars of the training were alike: an onset, and some louder.
const LEAST_DENSITY: f32 = 1.0 / STEPS as f32;
const LEAST_INTENSITY: f32 = 0.15;

/// What the training bars of one track in one genre are like.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Style {
    /// Of the steps with an onset / 16.
    density: Quantiles,
    /// Of the mean velocity, 0 – 1.
    intensity: Quantiles,
}

/// By the track's role, then the genre's name.
type Styles = HashMap<String, HashMap<String, Style>>;

static STYLES: LazyLock<Styles> =
    LazyLock::new(|| read(include_str!("../../../models/styles.json")));

/// Reads a file of styles; what is no style is left out, and with it falls back to [`usual`].
fn read(text: &str) -> Styles {
    let roles: HashMap<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let genres = |of_role: Value| -> HashMap<String, Value> {
        serde_json::from_value(of_role).unwrap_or_default()
    };
    let style = |(genre, value)| Some((genre, serde_json::from_value(value).ok()?));
    roles
        .into_iter()
        .map(|(role, own)| (role, genres(own).into_iter().filter_map(style).collect()))
        .collect()
}

/// What is played where nothing else is known.
const fn usual(track: Track) -> Style {
    let density = match track {
        Track::Drums => [0.25, 0.45, 0.6, 0.8, 1.0],
        Track::Bass => [0.06, 0.15, 0.25, 0.4, 0.6],
        _ => [0.06, 0.13, 0.22, 0.4, 0.6],
    };
    Style {
        density,
        intensity: [0.42, 0.54, 0.63, 0.73, 0.85],
    }
}

/// The name of the generator that plays `track`.
const fn role(track: Track) -> &'static str {
    match track {
        Track::Counter => "melody",
        track => track.id(),
    }
}

/// What the sliders of `wanted` ask of `track` in `genre`, for a call of `steps` steps: 0.5 is the
/// median of the training, 0 and 1 are its edges.
pub fn asked(track: Track, genre: Genre, wanted: &Wanted, steps: usize) -> Asked {
    let own = STYLES
        .get(role(track))
        .and_then(|genres| genres.get(genre.name()));
    let style = own.copied().unwrap_or_else(|| usual(track));
    let wanted = wanted.held();
    let density = at(&style.density, wanted.density, LEAST_DENSITY);
    Asked {
        // A short bar has room for fewer.
        density: density * steps.min(STEPS) as f32 / STEPS as f32,
        intensity: at(&style.intensity, wanted.intensity, LEAST_INTENSITY),
    }
}

/// The place of a slider, 0 – 1, between the quantiles, whose ends are moved to be at least `least`
/// from the middle.
fn at(quantiles: &Quantiles, slider: f32, least: f32) -> f32 {
    let mut marks = quantiles.map(|mark| unit(mark, 0.0));
    marks.sort_by(f32::total_cmp);
    if marks[2] - marks[0] < least {
        marks[0] = (marks[2] - least).max(0.0);
        marks[1] = 0.5 * (marks[0] + marks[2]);
    }
    if marks[4] - marks[2] < least {
        marks[4] = (marks[2] + least).min(1.0);
        marks[3] = 0.5 * (marks[2] + marks[4]);
    }
    let place = 4.0 * slider.clamp(0.0, 1.0);
    let below = (place as usize).min(3);
    let share = place - below as f32;
    marks[below] + share * (marks[below + 1] - marks[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAND: [Track; 4] = [Track::Drums, Track::Bass, Track::Chords, Track::Counter];

    fn asked_at(track: Track, genre: Genre, slider: f32) -> Asked {
        let wanted = Wanted {
            density: slider,
            intensity: slider,
            ..Wanted::default()
        };
        asked(track, genre, &wanted, 16)
    }

    #[test]
    fn every_slider_is_heard_in_every_genre() {
        for track in BAND {
            for genre in Genre::ALL {
                let marks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|at| asked_at(track, genre, at));
                for pair in marks.windows(2) {
                    assert!(pair[0].density <= pair[1].density, "{track} {genre}");
                    assert!(pair[0].intensity <= pair[1].intensity, "{track} {genre}");
                }
                let density = marks[4].density - marks[0].density;
                assert!(
                    density >= LEAST_DENSITY - 1e-6,
                    "{track} {genre}: {density}"
                );
                let intensity = marks[4].intensity - marks[0].intensity;
                assert!(intensity >= 2.0 * LEAST_INTENSITY - 1e-3, "{track} {genre}");
                assert!(marks[2].density > 0.0 && marks[4].density <= 1.0);
            }
        }
    }

    #[test]
    fn the_middle_is_the_median_and_a_short_bar_has_room_for_fewer() {
        assert_eq!(at(&[0.1, 0.2, 0.3, 0.5, 0.9], 0.5, 0.05), 0.3);
        assert_eq!(at(&[0.1, 0.2, 0.3, 0.5, 0.9], 0.0, 0.05), 0.1);
        assert_eq!(at(&[0.1, 0.2, 0.3, 0.5, 0.9], 1.0, 0.05), 0.9);
        let whole = asked(Track::Drums, Genre::Rock, &Wanted::default(), 16);
        let short = asked(Track::Drums, Genre::Rock, &Wanted::default(), 12);
        assert!((short.density - 0.75 * whole.density).abs() < 1e-6);
        assert_eq!(short.intensity, whole.intensity);
    }

    #[test]
    fn what_cannot_be_read_is_as_usual() {
        assert!(read("").is_empty() && read("[1, 2]").is_empty());
        let style = r#"{"density": [0,0,0,0,1], "intensity": [0,0,0,0,1], "bars": 1}"#;
        let styles = read(&format!(r#"{{"drums": {{"Pop": {style}, "Rock": {{}}}}}}"#));
        assert_eq!(styles["drums"].len(), 1);
        for odd in [f32::NAN, f32::INFINITY, -3.0] {
            let asked = asked_at(Track::Bass, Genre::Pop, odd);
            assert!((0.0..=1.0).contains(&asked.density), "{odd}");
            assert!((0.0..=1.0).contains(&at(&[odd; 5], 0.3, 0.1)), "{odd}");
        }
    }

    #[test]
    fn the_file_has_every_track_in_every_genre() {
        for track in BAND {
            for genre in Genre::ALL {
                assert!(
                    STYLES[role(track)].contains_key(genre.name()),
                    "{track} {genre}"
                );
            }
        }
    }
}
