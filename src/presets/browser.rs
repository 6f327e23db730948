//! Going through presets: what there is, which one is on, and whether it was changed since.

use super::{Catalogue, Deleted, Folder, Overwrite, Preset, PresetError, Stored, factory};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where parameters are read and set, by id; values are texts as [`super::Parameter::read`] writes
/// them. In the plugin it is the host.
pub trait Desk {
    /// What the parameter is; `None` for an id that there is not.
    fn value(&self, id: &str) -> Option<String>;
    /// Sets it. The host may take a while: [`Self::value`] need not tell it at once.
    fn set(&mut self, id: &str, value: &str);
}

/// A preset in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The preset.
    pub preset: Preset,
    /// Whose it is.
    pub origin: Origin,
}

/// Whose a preset is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The factory's: it stays as it is.
    Factory,
    /// The user's, in this file.
    User(PathBuf),
}

/// The list of presets and the one that is on.
#[derive(Debug)]
pub struct Browser {
    catalogue: Catalogue,
    /// The user's; without it there are only the factory's.
    folder: Result<Folder, PresetError>,
    /// The factory's, then the user's, each in their order.
    entries: Vec<Entry>,
    /// Files of the user that are no presets, and why.
    refused: Vec<String>,
    /// The name of the one that is on; empty for none.
    current: String,
    /// All values of the one that is on.
    wanted: BTreeMap<String, String>,
    /// What was deleted last.
    deleted: Option<Deleted>,
}

impl Browser {
    /// A browser of the factory's presets and those in `folder`; none is on.
    pub fn new(catalogue: Catalogue, folder: Result<Folder, PresetError>) -> Self {
        let mut browser = Self {
            catalogue,
            folder,
            entries: Vec::new(),
            refused: Vec::new(),
            current: String::new(),
            wanted: BTreeMap::new(),
            deleted: None,
        };
        browser.refresh();
        browser
    }

    /// Reads the user's folder again. The preset that is on stays on as it was chosen.
    pub fn refresh(&mut self) {
        let own = |preset| Entry {
            preset,
            origin: Origin::Factory,
        };
        self.entries = factory(&self.catalogue).into_iter().map(own).collect();
        self.refused.clear();
        match &self.folder {
            Ok(folder) => {
                let listing = folder.list(&self.catalogue);
                self.entries
                    .extend(listing.presets.into_iter().map(Entry::from));
                self.refused = listing.refused;
            }
            Err(error) => self.refused.push(error.to_string()),
        }
    }

    /// The presets, the factory's first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Files of the user that are no presets, and why: a sentence each.
    pub fn refused(&self) -> &[String] {
        &self.refused
    }

    /// The parameters that presets hold.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The place of the preset that is on.
    pub fn current(&self) -> Option<usize> {
        // Of two of one name the user's own.
        let is = |entry: &Entry| entry.preset.name == self.current;
        self.entries.iter().rposition(is)
    }

    /// The name of the preset that is on, for the plugin's state; empty for none. It need not be in
    /// the list: projects travel, and files go.
    pub fn name(&self) -> &str {
        &self.current
    }

    /// Says which preset is on, without setting anything: a project's state has the values.
    pub fn recall(&mut self, name: &str) {
        self.current = name.to_owned();
        self.wanted = match self.current() {
            Some(place) => self.catalogue.all_of(&self.entries[place].preset),
            None => BTreeMap::new(),
        };
    }

    /// Whether what is on was changed since: `desk` is not as the preset says. Without one, or with
    /// one that is not in the list, nothing can be told, and nothing was.
    pub fn is_dirty(&self, desk: &impl Desk) -> bool {
        let differs = |(id, value): (&String, &String)| {
            let now = desk.value(id);
            now.is_some_and(|now| now != *value)
        };
        self.wanted.iter().any(differs)
    }

    /// Turns on the preset at `place`: sets every parameter that presets hold and that is not yet
    /// as it says. A place that there is not changes nothing.
    pub fn select(&mut self, place: usize, desk: &mut impl Desk) {
        let Some(entry) = self.entries.get(place) else {
            return;
        };
        let all = self.catalogue.all_of(&entry.preset);
        for (id, value) in &all {
            // What the preset before wanted may still be on its way.
            let coming = self.wanted.get(id).is_some_and(|before| before != value);
            let stands = desk.value(id).as_ref() == Some(value);
            if coming || !stands {
                desk.set(id, value);
            }
        }
        self.current.clone_from(&entry.preset.name);
        self.wanted = all;
    }

    /// Turns on the one after that which is on; after the last comes the first.
    pub fn next(&mut self, desk: &mut impl Desk) {
        let count = self.entries.len();
        let place = self.current().map_or(0, |place| (place + 1) % count.max(1));
        self.select(place, desk);
    }

    /// Turns on the one before that which is on; before the first comes the last.
    pub fn previous(&mut self, desk: &mut impl Desk) {
        let count = self.entries.len();
        let place = self.current().unwrap_or(0);
        self.select(place.checked_sub(1).unwrap_or(count.max(1) - 1), desk);
    }

    /// Saves what `desk` is now as a preset of the user, which is on then.
    ///
    /// # Errors
    /// [`PresetError::Exists`] if there is one of that name: ask, and say [`Overwrite::Yes`].
    pub fn save(
        &mut self,
        name: &str,
        category: &str,
        about: &str,
        overwrite: Overwrite,
        desk: &impl Desk,
    ) -> Result<(), PresetError> {
        let mut preset = Preset::named(name, category, about)?;
        self.is_free(&preset.name)?;
        for parameter in self.catalogue.parameters() {
            if let Some(value) = desk.value(&parameter.id) {
                preset.values.insert(parameter.id.clone(), value);
            }
        }
        // What the file of that name kept of other versions is not lost.
        if let Some(entry) = self.user(&preset.name) {
            for id in entry.preset.unknown(&self.catalogue) {
                let value = entry.preset.values[id].clone();
                preset.values.insert(id.to_owned(), value);
            }
        }
        let folder = self.folder.as_ref().map_err(PresetError::clone)?;
        let stored = folder.save(&preset, &self.catalogue, overwrite)?;
        self.refresh();
        self.recall(&stored.preset.name);
        Ok(())
    }

    /// Calls the preset at `place` by another name.
    ///
    /// # Errors
    /// It is the factory's, or the name is taken or cannot be, or the system does not let it happen.
    pub fn rename(&mut self, place: usize, name: &str) -> Result<(), PresetError> {
        let stored = self.stored(place)?;
        self.is_free(name.trim())?;
        let folder = self.folder.as_ref().map_err(PresetError::clone)?;
        let renamed = folder.rename(&stored, name, &self.catalogue)?;
        if self.current() == Some(place) {
            self.current = renamed.preset.name;
        }
        self.refresh();
        Ok(())
    }

    /// Moves the preset at `place` to the trash; what it set stays set.
    ///
    /// # Errors
    /// It is the factory's, or the system does not let it happen.
    pub fn delete(&mut self, place: usize) -> Result<(), PresetError> {
        let stored = self.stored(place)?;
        let folder = self.folder.as_ref().map_err(PresetError::clone)?;
        let deleted = folder.delete(&stored)?;
        self.deleted = Some(deleted);
        self.refresh();
        Ok(())
    }

    /// The name of the preset that [`Self::undo_delete`] would bring back.
    pub fn deleted(&self) -> Option<&str> {
        Some(&self.deleted.as_ref()?.name)
    }

    /// Brings back what was deleted last.
    ///
    /// # Errors
    /// There is one of that name again, or the system does not let it happen.
    pub fn undo_delete(&mut self) -> Result<(), PresetError> {
        if let Some(deleted) = &self.deleted {
            let folder = self.folder.as_ref().map_err(PresetError::clone)?;
            folder.restore(deleted)?;
            self.deleted = None;
            self.refresh();
        }
        Ok(())
    }

    /// The user's preset at `place`.
    fn stored(&self, place: usize) -> Result<Stored, PresetError> {
        let unknown = || PresetError::Unknown(format!("number {place}"));
        let entry = self.entries.get(place).ok_or_else(unknown)?;
        match &entry.origin {
            Origin::Factory => Err(PresetError::Factory(entry.preset.name.clone())),
            Origin::User(path) => Ok(Stored {
                preset: entry.preset.clone(),
                path: path.clone(),
            }),
        }
    }

    /// The user's preset of this name; case does not count.
    fn user(&self, name: &str) -> Option<&Entry> {
        self.of(name, |origin| *origin != Origin::Factory)
    }

    /// Refuses a name that the factory has.
    fn is_free(&self, name: &str) -> Result<(), PresetError> {
        match self.of(name, |origin| *origin == Origin::Factory) {
            Some(entry) => Err(PresetError::Factory(entry.preset.name.clone())),
            None => Ok(()),
        }
    }

    fn of(&self, name: &str, whose: impl Fn(&Origin) -> bool) -> Option<&Entry> {
        let name = name.to_lowercase();
        let is = |entry: &&Entry| whose(&entry.origin) && entry.preset.name.to_lowercase() == name;
        self.entries.iter().find(is)
    }
}

impl From<Stored> for Entry {
    fn from(stored: Stored) -> Self {
        Self {
            preset: stored.preset,
            origin: Origin::User(stored.path),
        }
    }
}

#[cfg(test)]
mod tests;
