//! Tempo, beats and keys on the corpus, against the truth.
//!
//! `cargo bench --bench musical_time` reports the held-out part, which nothing was fitted to;
//! `-- train` the other; `-- drummers NAME,NAME` only Groove's drummers of these names, or all of
//! them; `-- dump DIR` also writes each piece's truth and result there, for
//! `mir_eval` to check. Without the corpus (`../shared/corpora/corpus.jsonl.gz`, or the file that
//! `VOCALISE_CORPUS` names) there is nothing to measure.

mod beats;
mod corpus;
mod keys;

use corpus::Piece;
use std::fs;
use std::path::{Path, PathBuf};
use vocalise::music::Listener;

/// Every how many-th of El Bongosero's performances is measured: there are ten times as many as of
/// all else.
const TAPS_THINNED: u64 = 4;

fn main() {
    let path = std::env::var_os("VOCALISE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/corpus.jsonl.gz"),
        PathBuf::from,
    );
    let Some(pieces) = corpus::read(&path) else {
        println!("no corpus at {}: nothing measured", path.display());
        return;
    };
    let arguments: Vec<_> = std::env::args().collect();
    let held_out = !arguments.iter().any(|argument| argument == "train");
    let dump = arguments.iter().position(|argument| argument == "dump");
    let dump = dump.and_then(|at| arguments.get(at + 1)).map(Path::new);
    let drummers = arguments.iter().position(|argument| argument == "drummers");
    if let Some(at) = drummers {
        // What cargo adds is no name.
        let names = arguments
            .get(at + 1)
            .filter(|names| !names.starts_with('-'));
        let named = |piece: &&Piece| {
            let drummer = piece.id.split('/').nth(1);
            drummer.is_some_and(|drummer| {
                names.is_none_or(|names| names.split(',').any(|name| name == drummer))
            })
        };
        let part: Vec<_> = pieces.iter().filter(named).collect();
        beat_lines(&[("drums (Groove)", beats::drums(&part))], dump);
        return;
    }
    let part: Vec<_> = pieces
        .iter()
        .filter(|piece| piece.held_out == held_out)
        .collect();
    beat_table(&part, dump);
    key_table(&part, dump);
}

fn beat_table(part: &[&Piece], dump: Option<&Path>) {
    let thinned = |piece: &&&Piece| {
        piece.source != "elbongosero" || (corpus::hash(&piece.id) / 7).is_multiple_of(TAPS_THINNED)
    };
    let thin: Vec<_> = part.iter().filter(thinned).copied().collect();
    let sets = [
        ("drums (Groove)", beats::drums(part)),
        ("taps, 2 bars", beats::taps(&thin, 1)),
        ("taps, 2 bars x 4", beats::taps(&thin, 4)),
        (
            "taps x 4, the user taps twice",
            beats::led(beats::taps(&thin, 4)),
        ),
        ("sung Nottingham", beats::melodies(part, "nottingham")),
        ("sung OpenEWLD", beats::melodies(part, "openewld")),
        ("sung POP909", beats::melodies(part, "pop909")),
    ];
    beat_lines(&sets, dump);
}

fn beat_lines(sets: &[(&str, Vec<beats::Performance>)], dump: Option<&Path>) {
    println!("tempo after 8 beats: right to 4 %; F: mir_eval's, beats before 5 s left out");
    println!(
        "| performances | n | tempo | or x2, /2 | F | or x2, /2 | F from the first beat | us a call |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, set) in sets {
        let figures = beats::measure(set, Listener::USUAL, dump);
        println!(
            "| {name} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.0} |",
            figures.count,
            figures.tempo,
            figures.tempo_any_level,
            figures.f,
            figures.f_any_level,
            figures.f_untrimmed,
            figures.mean.as_secs_f64() * 1e6,
        );
    }
}

fn key_table(part: &[&Piece], dump: Option<&Path>) {
    println!("\nkey after 8 bars: mir_eval's weighted score");
    println!(
        "| melodies | truth known | of | in tune | exact | confidence | changes | 35 cents flat, +-25 |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut dumped = String::new();
    for source in ["nottingham", "openewld", "pop909", "jsb", ""] {
        let pieces = part.iter().filter(|piece| match source {
            "" => ["nottingham", "openewld", "pop909", "jsb"].contains(&piece.source.as_str()),
            _ => piece.source == source,
        });
        let known: Vec<_> = pieces
            .clone()
            .filter_map(|piece| Some((piece, keys::truth(piece)?)))
            .collect();
        let sung = |off_cents, wobble_cents| -> Vec<_> {
            let singer = keys::Singer {
                off_cents,
                wobble_cents,
            };
            let found = |(piece, truth): &(&&Piece, _)| {
                Some((piece.id.clone(), *truth, keys::listen(piece, singer)?))
            };
            known.iter().filter_map(found).collect()
        };
        let (in_tune, flat) = (sung(0.0, 0.0), sung(-35.0, 25.0));
        let mean = |of: &dyn Fn(&keys::Found, vocalise::music::Key) -> f64, all: &[_]| {
            let values = all
                .iter()
                .map(|(_, truth, found): &(String, _, _)| of(found, *truth));
            values.sum::<f64>() / all.len().max(1) as f64
        };
        let score = |found: &keys::Found, truth| keys::score(truth, found.key);
        println!(
            "| {} | {} | {} | {:.3} | {:.3} | {:.3} | {:.2} | {:.3} |",
            if source.is_empty() { "all" } else { source },
            in_tune.len(),
            pieces.count(),
            mean(&score, &in_tune),
            mean(&|found, truth| f64::from(found.key == truth), &in_tune),
            mean(&|found, _| f64::from(found.confidence), &in_tune),
            mean(&|found, _| found.changes as f64, &in_tune),
            mean(&score, &flat),
        );
        if source.is_empty() {
            for (id, truth, found) in &in_tune {
                dumped += &format!("{id}\t{truth}\t{}\n", found.key);
            }
        }
    }
    if let Some(dir) = dump {
        fs::write(dir.join("keys.tsv"), dumped).expect("the folder can be written to");
    }
}
