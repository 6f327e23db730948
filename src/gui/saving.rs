//! Saving the take as a MIDI file.

use super::theme;
use crate::music::{Instrument, Key, Track};
use crate::plugin::VocaliseParams;
use crate::voice::recording::{Selection, Take, TakeParts};
use egui::{RichText, Ui};
use std::path::{Path, PathBuf};

/// The panel that saves, and what became of it.
#[derive(Default)]
pub struct Saving {
    open: bool,
    /// Where to, as typed.
    path: String,
    /// The tracks that are written; the others are left out.
    left_out: Vec<Track>,
    /// The file that was written last, or why it was not.
    outcome: Option<Result<PathBuf, String>>,
    /// What is to be asked before a file is overwritten: its path.
    asks: Option<PathBuf>,
}

impl Saving {
    /// The button that opens and shuts the panel.
    pub fn button(&mut self, ui: &mut Ui) {
        let help = "Writes what is selected, or everything, as a MIDI file. Ctrl+S";
        let response = ui.selectable_label(self.open, "Save…").on_hover_text(help);
        if response.clicked() {
            self.toggle();
        }
    }

    /// Opens or shuts the panel.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.outcome = None;
        self.asks = None;
        if self.path.is_empty() {
            self.path = suggested().display().to_string();
        }
    }

    /// The panel, if it is open.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        params: &VocaliseParams,
        take: &Take,
        selection: Selection,
        key: Option<Key>,
    ) {
        if !self.open {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            for track in Track::ALL {
                let mut on = !self.left_out.contains(&track);
                let name = RichText::new(track.name()).color(theme::track(track));
                if ui.checkbox(&mut on, name).changed() {
                    self.left_out.retain(|other| *other != track);
                    if !on {
                        self.left_out.push(track);
                    }
                }
            }
        });
        ui.horizontal(|ui| {
            let edit = egui::TextEdit::singleline(&mut self.path).desired_width(380.0);
            ui.add(edit).on_hover_text("The file to write.");
            let path = match destination(&self.path) {
                Ok(path) => path,
                Err(reason) => {
                    if ui.button("Save").clicked() {
                        self.outcome = Some(Err(reason));
                    }
                    return;
                }
            };
            if self.asks.as_ref() == Some(&path) {
                ui.label(RichText::new("It is there already.").color(theme::WARN));
                if ui.button("Overwrite").clicked() {
                    self.write(&path, params, take, selection, key);
                }
            } else if ui.button("Save").clicked() {
                if path.exists() {
                    self.asks = Some(path);
                    self.outcome = None;
                } else {
                    self.write(&path, params, take, selection, key);
                }
            }
            if let Some(Ok(path)) = &self.outcome
                && ui.button("Copy path").clicked()
            {
                ui.ctx().copy_text(path.display().to_string());
            }
        });
        match &self.outcome {
            Some(Ok(path)) => {
                let words = format!("Saved: {}", path.display());
                ui.label(RichText::new(words).small().color(theme::GOOD));
            }
            Some(Err(reason)) => {
                ui.label(RichText::new(reason).small().color(theme::WARN));
            }
            None => {}
        }
    }

    fn write(
        &mut self,
        path: &Path,
        params: &VocaliseParams,
        take: &Take,
        selection: Selection,
        key: Option<Key>,
    ) {
        let written = |track: &Track| !self.left_out.contains(track);
        let parts = parts(params, written, selection, key);
        self.asks = None;
        self.outcome = Some(save(path, take, &parts));
    }
}

/// What a file holds: the tracks that are `written`, and what plays each.
fn parts(
    params: &VocaliseParams,
    written: impl Fn(&Track) -> bool,
    selection: Selection,
    key: Option<Key>,
) -> TakeParts {
    let (tracks, genre) = (params.tracks(), params.genre.value());
    let plays = |track| {
        (
            track,
            tracks.instrument(track, genre, Instrument::default()),
        )
    };
    TakeParts {
        selection,
        tracks: Track::ALL.into_iter().filter(written).map(plays).collect(),
        key,
    }
}

/// Writes everything to `path`; `false` if there is nothing.
pub fn rescue(path: &Path, params: &VocaliseParams, take: &Take) -> Result<bool, String> {
    if take.notes().is_empty() {
        return Ok(false);
    }
    let parts = parts(params, |_| true, Selection::ALL, None);
    save(path, take, &parts).map(|_| true)
}

/// Writes the file, whole or not at all.
fn save(path: &Path, take: &Take, parts: &TakeParts) -> Result<PathBuf, String> {
    let held = |track| parts.tracks.iter().any(|(other, _)| *other == track);
    if !take
        .notes()
        .iter()
        .any(|note| parts.selection.holds(note) && held(note.track))
    {
        return Err("There are no notes in what is selected.".to_owned());
    }
    let midi = take.to_midi(parts).map_err(|error| error.to_string())?;
    let cannot = |error: std::io::Error| format!("{} cannot be written: {error}.", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let half = path.with_extension("mid.part");
    let written = std::fs::write(&half, midi).and_then(|()| std::fs::rename(&half, path));
    if let Err(error) = written {
        // What could not be finished is of no use to anybody.
        let _ = std::fs::remove_file(&half);
        return Err(cannot(error));
    }
    Ok(path.to_owned())
}

/// The file that is meant by what was typed.
fn destination(typed: &str) -> Result<PathBuf, String> {
    let typed = typed.trim();
    let mut path = match (typed.strip_prefix("~/"), directories::UserDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(typed),
    };
    if path.file_name().is_none() || typed.ends_with(['/', '\\']) {
        return Err("Give the file a name.".to_owned());
    }
    if path.is_relative() {
        return Err("Give the whole path, from / or ~ on.".to_owned());
    }
    let midi = |extension: &std::ffi::OsStr| {
        ["mid", "midi"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    if !path.extension().is_some_and(midi) {
        // Not `set_extension`: what follows a dot may be part of the name.
        path.as_mut_os_string().push(".mid");
    }
    if path.is_dir() {
        return Err(format!(
            "{} is a folder: give the file another name.",
            path.display()
        ));
    }
    Ok(path)
}

/// A file that is not there yet, in the user's own folder.
fn suggested() -> PathBuf {
    let folder = directories::UserDirs::new()
        .map(|dirs| {
            let music = dirs.audio_dir().map(Path::to_owned);
            music.unwrap_or_else(|| dirs.home_dir().to_owned())
        })
        .unwrap_or_default()
        .join("Vocalise");
    let mut numbers = (1..).map(|number| folder.join(format!("take {number}.mid")));
    numbers.find(|path| !path.exists()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_ending_means_the_file_with_it() {
        let named = |typed| destination(typed).unwrap();
        assert_eq!(named("/a/keep"), Path::new("/a/keep.mid"));
        assert_eq!(named(" /a/take v1.2 "), Path::new("/a/take v1.2.mid"));
        assert_eq!(named("/a/b.MIDI"), Path::new("/a/b.MIDI"));
        let home = named("~/x.mid");
        assert!(home.is_absolute() && !home.starts_with("/~"), "{home:?}");
    }

    #[test]
    fn what_is_no_file_is_refused_in_words() {
        for typed in ["", "  ", "/", "keep.mid", "a/b", "/a/b/"] {
            assert!(
                destination(typed).unwrap_err().starts_with("Give "),
                "{typed}"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("songs.mid");
        std::fs::create_dir(&taken).unwrap();
        assert!(
            destination(taken.to_str().unwrap())
                .unwrap_err()
                .contains("is a folder")
        );
    }
}
