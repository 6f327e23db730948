//! Which files a command means: one job for each recording, with the files that it will write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use vocalise::files::audio;

use super::BadUsage;
use super::args::Render;

/// Endings of MIDI files.
const MELODIES: [&str; 2] = ["mid", "midi"];

/// A recording to render, or one that will not be.
#[derive(Debug)]
pub struct Job {
    /// The recording, as the user named it or as it was found in a folder.
    pub input: PathBuf,
    /// Where the results go; else why nothing is done with this input.
    pub outputs: Result<Outputs, String>,
}

/// The files that one job writes.
#[derive(Debug)]
pub struct Outputs {
    /// The MIDI file.
    pub midi: PathBuf,
    /// The table of notes, if it was asked for.
    pub notes: Option<PathBuf>,
    /// The pitch track, if it was asked for.
    pub f0: Option<PathBuf>,
}

impl Job {
    /// Whether the input is a melody and not a recording.
    pub fn is_melody(&self) -> bool {
        has_extension(&self.input, &MELODIES)
    }
}

impl Outputs {
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        [Some(&self.midi), self.notes.as_ref(), self.f0.as_ref()]
            .into_iter()
            .flatten()
    }
}

/// The jobs of a command, in the order of its inputs; a folder's in the order of their names.
///
/// No job writes over a recording of this command, nor over what another job writes.
pub fn jobs(args: &Render) -> Result<Vec<Job>, BadUsage> {
    let is_batch = args.inputs.len() > 1 || args.inputs.iter().any(|input| input.is_dir());
    if is_batch {
        for (flag, path) in [
            ("-o", &args.output),
            ("--notes", &args.notes),
            ("--f0", &args.f0),
        ] {
            if let Some(path) = path
                && !path.is_dir()
                && (path.exists() || has_extension(path, &["mid", "midi", "tsv"]))
            {
                let path = path.display();
                return Err(BadUsage(format!(
                    "{flag} {path} names a file: for several inputs or a folder, name a folder"
                )));
            }
        }
    }
    let found = args
        .inputs
        .iter()
        .flat_map(|input| match recordings(input) {
            Ok(inputs) => inputs.into_iter().map(|input| (input, None)).collect(),
            Err(reason) => vec![(input.clone(), Some(reason))],
        });
    let found: Vec<(PathBuf, Option<String>)> = found.collect();

    let mut taken: BTreeMap<PathBuf, PathBuf> = found
        .iter()
        .map(|(input, _)| (identity(input), input.clone()))
        .collect();
    let mut jobs = Vec::new();
    for (input, refused) in found {
        let outputs = match refused {
            Some(reason) => Err(reason),
            None => {
                let outputs = outputs(args, &input, is_batch);
                claim(&mut taken, &input, &outputs).map(|()| outputs)
            }
        };
        jobs.push(Job { input, outputs });
    }
    Ok(jobs)
}

/// The recordings that an input means: itself, or those that lie directly in a folder.
fn recordings(input: &Path) -> Result<Vec<PathBuf>, String> {
    if !input.is_dir() {
        return Ok(vec![input.to_owned()]);
    }
    let unreadable = |error| format!("the folder cannot be read: {error}");
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(input).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if has_extension(&path, &audio::EXTENSIONS) && !path.is_dir() {
            inside.push(path);
        }
    }
    if inside.is_empty() {
        return Err("the folder has no WAV, FLAC or MP3 files directly in it".to_owned());
    }
    inside.sort();
    Ok(inside)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|own| {
        extensions
            .iter()
            .any(|other| own.eq_ignore_ascii_case(other))
    })
}

fn outputs(args: &Render, input: &Path, is_batch: bool) -> Outputs {
    let named = |ending: &str| {
        let mut name = input.file_stem().unwrap_or_default().to_owned();
        name.push(ending);
        name
    };
    let table = |flag: &Option<PathBuf>, ending: &str| {
        flag.as_ref().map(|path| {
            if is_batch || path.is_dir() {
                path.join(named(ending))
            } else {
                path.clone()
            }
        })
    };
    // A melody must not be written over.
    let ending = if has_extension(input, &MELODIES) {
        ".vocalise.mid"
    } else {
        ".mid"
    };
    let midi = table(&args.output, ending).unwrap_or_else(|| input.with_file_name(named(ending)));
    Outputs {
        midi,
        notes: table(&args.notes, ".notes.tsv"),
        f0: table(&args.f0, ".f0.tsv"),
    }
}

/// Takes the outputs' names for this input, unless one of them is already another thing's.
fn claim(
    taken: &mut BTreeMap<PathBuf, PathBuf>,
    input: &Path,
    outputs: &Outputs,
) -> Result<(), String> {
    let mut own = Vec::new();
    for output in outputs.all() {
        let id = identity(output);
        if let Some(owner) = taken.get(&id) {
            let (output, owner) = (output.display(), owner.display());
            return Err(format!(
                "its result would be written to {output}, which is taken by {owner}: \
                 name another output"
            ));
        }
        if own.contains(&id) {
            let output = output.display();
            return Err(format!(
                "two results would be written to {output}: name another output"
            ));
        }
        own.push(id);
    }
    taken.extend(own.into_iter().map(|id| (id, input.to_owned())));
    Ok(())
}

/// One name for a file, however it is written. A file that is not there yet is known by its folder.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        folder.join(path.file_name().unwrap_or_default())
    })
}
