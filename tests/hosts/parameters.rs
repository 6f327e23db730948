//! Every parameter can be reached, read and typed in.

use crate::bundles::in_each_format;
use headless::{Script, Value, find_param, play, resolve_value};

const GENRES: [&str; 10] = [
    "Trap",
    "Pop",
    "Afrobeat",
    "Hip Hop",
    "R&B",
    "Electronic",
    "Rock",
    "Jazz",
    "Classical",
    "Cinematic",
];

/// The values that a test tries of a parameter, 0 to 1.
fn values(steps: u32) -> Vec<f64> {
    let count = if steps == 0 { 10 } else { steps };
    (0..=count)
        .map(|step| f64::from(step) / f64::from(count))
        .collect()
}

#[test]
fn hosts_find_the_parameters_by_name_with_all_their_values() {
    in_each_format(|host| {
        let format = host.about().format;
        let params = host.params().unwrap();
        for (name, count) in [
            ("Genre", 10),
            ("Instrument", 21),
            ("Response", 2),
            ("Input Gain", 0),
            ("Gate", 0),
            ("Bend", 0),
            ("Bend Range", 48),
            ("Output", 7),
            ("MPE", 2),
            ("Note Expressions", 2),
            ("Loudness", 2),
            ("Brightness", 2),
            ("Hold Gaps", 0),
            ("Min Note", 0),
            ("Lowest Note", 64),
            ("Highest Note", 64),
            ("Sensitivity", 0),
            ("Bypass", 2),
            ("Bass On", 2),
            ("Drums Density", 0),
            ("Chords Channel", 16),
        ] {
            let param = find_param(&params, name).unwrap();
            let steps = if count == 0 { 0 } else { count - 1 };
            assert_eq!(param.steps, steps, "{format}: {name}");
        }
        let genre = find_param(&params, "Genre").unwrap();
        let texts: Vec<_> = values(genre.steps)
            .into_iter()
            .map(|value| host.value_text(genre.id, value).unwrap())
            .collect();
        assert_eq!(texts, GENRES, "{format}");
    });
}

/// Rounds in which values are set: lists of up to as many are gone through whole, longer ones in
/// steps.
const ROUNDS: usize = 24;

#[test]
fn parameters_take_the_values_that_a_host_sets() {
    in_each_format(|host| {
        let format = host.about().format;
        let all = host.params().unwrap();
        for round in 0..ROUNDS {
            // All at once, each on its own way through its values.
            let wanted = all.iter().enumerate().map(|(place, param)| {
                let values = values(param.steps);
                let last = values.len() - 1;
                let step = if last < ROUNDS {
                    (round + place) % values.len()
                } else {
                    round * last / (ROUNDS - 1)
                };
                values[step]
            });
            let wanted: Vec<f64> = wanted.collect();
            let mut script = Script::offline(48_000.0, vec![vec![0.0; 512]]);
            script.tail = 0.0;
            for (param, value) in all.iter().zip(&wanted) {
                script = script.set(100, &param.id.to_string(), Value::Normal(*value));
            }
            play(host, &script).unwrap();
            let params = host.params().unwrap();
            for (param, value) in all.iter().zip(&wanted) {
                let now = params.iter().find(|other| other.id == param.id).unwrap();
                assert!(
                    (now.value - value).abs() < 1e-4,
                    "{format}: {} is {now:?} for {value}",
                    param.name
                );
            }
        }
    });
}

#[test]
fn a_parameter_reads_back_what_it_writes() {
    in_each_format(|host| {
        let format = host.about().format;
        for param in host.params().unwrap() {
            for value in values(param.steps) {
                let text = host.value_text(param.id, value).unwrap();
                assert!(!text.is_empty(), "{format}: {}", param.name);
                if let Some(read) = host.read_text(param.id, &text).unwrap() {
                    let again = host.value_text(param.id, read).unwrap();
                    assert_eq!(again, text, "{format}: {}", param.name);
                }
                let found = resolve_value(host, &param, &Value::Text(text.clone())).unwrap();
                let again = host.value_text(param.id, found).unwrap();
                assert_eq!(again, text, "{format}: {}", param.name);
            }
        }
    });
}

#[test]
fn both_formats_write_the_same() {
    let mut seen = Vec::new();
    in_each_format(|host| {
        let params = host.params().unwrap();
        seen.push(
            params
                .into_iter()
                .map(|param| (param.id, param.name, param.steps, param.default, param.text))
                .collect::<Vec<_>>(),
        );
    });
    if let [clap, vst3] = &seen[..] {
        assert_eq!(clap, vst3);
    }
}
