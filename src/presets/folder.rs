//! The user's presets: a folder of files, one a preset, that may be edited, copied and thrown away
//! by hand while the plugin runs.

use super::file::{failed, read, with_name, write};
use super::{Catalogue, Preset, PresetError, file_name};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What the files end in.
const ENDING: &str = "toml";
/// Where deleted presets go.
const TRASH: &str = "trash";
/// Files that are read at most: more than anybody has, and no folder makes the editor wait.
const MOST_FILES: usize = 1_000;

/// A folder of presets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// A preset and its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What the file holds.
    pub preset: Preset,
    /// The file.
    pub path: PathBuf,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The presets, by name.
    pub presets: Vec<Stored>,
    /// Files that are no presets, and why: a sentence each.
    pub refused: Vec<String>,
}

/// Whether a preset of the same name may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and the new one is refused.
    No,
    /// The user said that it may.
    Yes,
}

/// A preset that was moved to the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// What it was called.
    pub name: String,
    /// Where it was.
    from: PathBuf,
    /// Where it is.
    to: PathBuf,
}

impl Folder {
    /// That of the user. It need not exist yet.
    ///
    /// # Errors
    /// The system knows no home.
    pub fn of_user() -> Result<Self, PresetError> {
        let folders = directories::ProjectDirs::from("", "", "vocalise");
        let folders = folders.ok_or(PresetError::NoFolder)?;
        Ok(Self::at(folders.data_dir().join("presets")))
    }

    /// The one at `path`, which need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds now. A broken file does not keep the rest from being read.
    pub fn list(&self, catalogue: &Catalogue) -> Listing {
        let mut listing = Listing::default();
        let mut files = match self.files() {
            Ok(files) => files,
            Err(error) => {
                listing.refused.push(error.to_string());
                return listing;
            }
        };
        if files.len() > MOST_FILES {
            let path = self.path.display();
            let told =
                format!("{path}: it has more than {MOST_FILES} presets, the rest is left out");
            listing.refused.push(told);
            files.truncate(MOST_FILES);
        }
        for path in files {
            match Preset::open(&path, catalogue) {
                Ok(preset) => listing.presets.push(Stored { preset, path }),
                Err(error @ PresetError::File { .. }) => listing.refused.push(error.to_string()),
                Err(error) => listing.refused.push(format!("{}: {error}", path.display())),
            }
        }
        let order = |stored: &Stored| (folded(&stored.preset.name), stored.path.clone());
        listing.presets.sort_by_cached_key(order);
        listing
    }

    /// Writes `preset`, whole or not at all.
    ///
    /// # Errors
    /// [`PresetError::Exists`] if there is one of that name and it may not go; what the system says.
    pub fn save(
        &self,
        preset: &Preset,
        catalogue: &Catalogue,
        overwrite: Overwrite,
    ) -> Result<Stored, PresetError> {
        // Whatever was put together in memory is held to what files are held to.
        let text = preset.to_toml(catalogue);
        let preset = Preset::parse(&text, catalogue)?;
        let path = match (self.find(&preset.name, catalogue), overwrite) {
            (Some(_), Overwrite::No) => return Err(PresetError::Exists(preset.name)),
            (Some(old), Overwrite::Yes) => {
                write(&old.path, &text)?;
                old.path
            }
            (None, _) => self.create(&preset.name, &text)?,
        };
        Ok(Stored { preset, path })
    }

    /// Calls `stored` by another name. Comments in its file stay.
    ///
    /// # Errors
    /// [`PresetError::Exists`] if another one is called so; a name that cannot be; what the system
    /// says.
    pub fn rename(
        &self,
        stored: &Stored,
        name: &str,
        catalogue: &Catalogue,
    ) -> Result<Stored, PresetError> {
        let text = read(&stored.path)?;
        let mut preset = Preset::parse(&text, catalogue)?;
        let Preset {
            category, about, ..
        } = &preset;
        preset.name = Preset::named(name, category, about)?.name;
        let other = self.find(&preset.name, catalogue);
        if other.is_some_and(|other| other.path != stored.path) {
            return Err(PresetError::Exists(preset.name));
        }
        let kept = with_name(&text, &preset.name);
        let kept = kept.filter(|kept| Preset::parse(kept, catalogue).as_ref() == Ok(&preset));
        let text = kept.unwrap_or_else(|| preset.to_toml(catalogue));
        let own = stored
            .path
            .file_stem()
            .map(|stem| folded(&stem.to_string_lossy()));
        let wanted = file_name::stem(&preset.name).map(|stem| folded(&stem));
        let path = if own == wanted {
            write(&stored.path, &text)?;
            stored.path.clone()
        } else {
            let path = self.create(&preset.name, &text)?;
            fs::remove_file(&stored.path).map_err(|error| failed(&stored.path, &error))?;
            path
        };
        Ok(Stored { preset, path })
    }

    /// Moves `stored` to the trash, from where [`Self::restore`] brings it back.
    ///
    /// # Errors
    /// What the system says.
    pub fn delete(&self, stored: &Stored) -> Result<Deleted, PresetError> {
        let trash = self.path.join(TRASH);
        fs::create_dir_all(&trash).map_err(|error| failed(&trash, &error))?;
        let stem = stored
            .path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        let file = |stem: &str| trash.join(format!("{stem}.{ENDING}"));
        let to = file(&file_name::free(&stem, |stem| file(stem).exists()));
        fs::rename(&stored.path, &to).map_err(|error| failed(&stored.path, &error))?;
        Ok(Deleted {
            name: stored.preset.name.clone(),
            from: stored.path.clone(),
            to,
        })
    }

    /// Brings `deleted` back.
    ///
    /// # Errors
    /// [`PresetError::Exists`] if its place was taken meanwhile; what the system says.
    pub fn restore(&self, deleted: &Deleted) -> Result<(), PresetError> {
        if deleted.from.exists() {
            return Err(PresetError::Exists(deleted.name.clone()));
        }
        fs::rename(&deleted.to, &deleted.from).map_err(|error| failed(&deleted.to, &error))
    }

    /// The preset called `name`; case does not count, as it does not on every system's disks.
    fn find(&self, name: &str, catalogue: &Catalogue) -> Option<Stored> {
        let mut presets = self.list(catalogue).presets.into_iter();
        presets.find(|stored| folded(&stored.preset.name) == folded(name))
    }

    /// The files that may be presets, in order.
    fn files(&self) -> Result<Vec<PathBuf>, PresetError> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| failed(&self.path, &error))?,
        };
        let is_preset = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let ends = path.extension().is_some_and(|ending| ending == ENDING);
            ends && !name.starts_with('.') && path.is_file()
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut files: Vec<PathBuf> = paths.filter(is_preset).collect();
        files.sort();
        Ok(files)
    }

    /// Writes `text` to a new file for a preset called `name`.
    fn create(&self, name: &str, text: &str) -> Result<PathBuf, PresetError> {
        let stem = file_name::stem(name).ok_or_else(|| {
            PresetError::Text("a preset's name has a letter or a digit".to_owned())
        })?;
        let stems = |path: &PathBuf| path.file_stem().map(|stem| folded(&stem.to_string_lossy()));
        let taken: Vec<String> = self.files()?.iter().filter_map(stems).collect();
        let stem = file_name::free(&stem, |stem| taken.contains(&folded(stem)));
        let path = self.path.join(format!("{stem}.{ENDING}"));
        fs::create_dir_all(&self.path).map_err(|error| failed(&self.path, &error))?;
        // Takes the name: of two that write at once one is refused.
        File::create_new(&path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => PresetError::Exists(name.to_owned()),
            _ => failed(&path, &error),
        })?;
        write(&path, text).inspect_err(|_| {
            let _ = fs::remove_file(&path);
        })?;
        Ok(path)
    }
}

/// A name as it is compared.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests;
