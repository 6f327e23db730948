//! What the program remembers: a file that a person can read and write.

use crate::clock::TEMPOS;
use anyhow::{Context, Result};
use directories::ProjectDirs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vocalise::music::Meter;

/// The file's name in the program's folder of the user's configuration.
const FILE: &str = "app.toml";

/// Everything that is remembered. What the file leaves out has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Sound in and out.
    pub audio: Audio,
    /// Where notes go.
    pub midi: Midi,
    /// Tempo and meter.
    pub song: Song,
    /// The plugin's parameters by their ids.
    pub parameters: BTreeMap<String, toml::Value>,
}

/// Sound in and out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Audio {
    /// "auto", "jack" or "system".
    pub system: String,
    /// The microphone's id; "default" is the system's choice.
    pub input: String,
    /// The loudspeaker's id; "none" is silence.
    pub output: String,
    /// The input's channel, counted from 1; 0 mixes all.
    pub channel: u16,
    /// Samples a block that are asked for; 0 leaves it to the system.
    pub buffer: u32,
}

/// Where notes go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Midi {
    /// "virtual", "none", or a port's name.
    pub output: String,
}

/// Tempo and meter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Song {
    /// In BPM.
    pub tempo: f64,
    /// Such as "4/4".
    pub meter: String,
    /// Whether each beat is clicked.
    pub click: bool,
    /// Whether the voice is heard in the output.
    pub hear_voice: bool,
}

impl Default for Audio {
    fn default() -> Self {
        Self {
            system: "auto".to_owned(),
            input: "default".to_owned(),
            output: "default".to_owned(),
            channel: 0,
            buffer: 256,
        }
    }
}

impl Default for Midi {
    fn default() -> Self {
        Self {
            output: "virtual".to_owned(),
        }
    }
}

impl Default for Song {
    fn default() -> Self {
        Self {
            tempo: 120.0,
            meter: Meter::COMMON.to_string(),
            click: false,
            hear_voice: false,
        }
    }
}

impl Song {
    /// The meter, if the text is one.
    pub fn meter(&self) -> Meter {
        self.meter.parse().unwrap_or_default()
    }
}

/// Where the file is, if this system has a place for it.
pub fn default_path() -> Option<PathBuf> {
    let folders = ProjectDirs::from("", "", "Vocalise")?;
    Some(folders.config_dir().join(FILE))
}

/// Moves a file that is of no use out of the way of the next one; where it is now, in words.
fn put_aside(path: &Path) -> String {
    let aside = path.with_extension("broken.toml");
    match std::fs::rename(path, &aside) {
        Ok(()) => format!("; it is now {}", aside.display()),
        Err(_) => String::new(),
    }
}

impl Settings {
    /// Reads the file at `path`. A file that is not there is an empty one; one that is broken is
    /// put aside, and told of in one line, so that nothing is lost and the program starts.
    pub fn read(path: &Path) -> (Self, Option<String>) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return (Self::default(), None);
            }
            Err(error) => {
                let words = format!(
                    "{} cannot be read ({error}): the defaults hold{}",
                    path.display(),
                    put_aside(path)
                );
                return (Self::default(), Some(words));
            }
        };
        match toml::from_str::<Self>(&text) {
            Ok(settings) => settings.checked(path),
            Err(error) => {
                let line = error
                    .span()
                    .map_or(0, |at| text[..at.start].matches('\n').count())
                    + 1;
                let kept = put_aside(path);
                let words = format!(
                    "{} is broken in line {line} ({}): the defaults hold{kept}",
                    path.display(),
                    error.message().lines().next().unwrap_or_default(),
                );
                (Self::default(), Some(words))
            }
        }
    }

    /// Puts right what no window could have set.
    fn checked(mut self, path: &Path) -> (Self, Option<String>) {
        let mut wrong = Vec::new();
        let song = &mut self.song;
        if !TEMPOS.contains(&song.tempo) {
            wrong.push(format!("tempo {}", song.tempo));
            song.tempo = Song::default().tempo;
        }
        if song.meter.parse::<Meter>().is_err() {
            wrong.push(format!("meter `{}`", song.meter));
            song.meter = Song::default().meter;
        }
        let words = (!wrong.is_empty()).then(|| {
            format!(
                "{}: {} makes no sense: the default holds",
                path.display(),
                wrong.join(", ")
            )
        });
        (self, words)
    }

    /// What is to be remembered of these: all but what the command line said at the beginning and
    /// nobody has changed since, which was said for that run only.
    pub fn without(self, begun: &Self, remembered: &Self) -> Self {
        fn keep<T: Clone + PartialEq>(now: &mut T, begun: &T, remembered: &T) {
            if now == begun {
                now.clone_from(remembered);
            }
        }
        let mut kept = self;
        let (b, r) = (&begun.audio, &remembered.audio);
        keep(&mut kept.audio.system, &b.system, &r.system);
        keep(&mut kept.audio.input, &b.input, &r.input);
        keep(&mut kept.audio.output, &b.output, &r.output);
        keep(&mut kept.audio.buffer, &b.buffer, &r.buffer);
        keep(
            &mut kept.midi.output,
            &begun.midi.output,
            &remembered.midi.output,
        );
        keep(
            &mut kept.song.tempo,
            &begun.song.tempo,
            &remembered.song.tempo,
        );
        keep(
            &mut kept.song.meter,
            &begun.song.meter,
            &remembered.song.meter,
        );
        kept
    }

    /// Writes the file at `path`, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = toml::to_string(self).context("the settings cannot be written down")?;
        let text = format!(
            "# What Vocalise remembers; it is written anew when the program ends.\n\n{text}"
        );
        let failed = || format!("the settings cannot be written to {}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(failed)?;
        }
        let new = path.with_extension("new");
        std::fs::write(&new, text).with_context(failed)?;
        std::fs::rename(&new, path).with_context(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/app.toml");
        let mut settings = Settings::default();
        settings.audio.input = "plughw:CARD=USB,DEV=0".to_owned();
        settings.song.tempo = 93.5;
        settings
            .parameters
            .insert("genre".to_owned(), "jazz".into());
        settings.write(&path).unwrap();
        assert_eq!(Settings::read(&path), (settings, None));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("tempo = 93.5") && text.contains("genre = \"jazz\""),
            "{text}"
        );
    }

    #[test]
    fn what_the_command_line_said_is_not_remembered() {
        let remembered = Settings::default();
        let mut begun = remembered.clone();
        begun.song.tempo = 90.0;
        begun.midi.output = "Synth".to_owned();
        let mut now = begun.clone();
        now.midi.output = "none".to_owned();
        let kept = now.without(&begun, &remembered);
        assert_eq!(kept.song.tempo, 120.0);
        assert_eq!(kept.midi.output, "none");
    }

    #[test]
    fn no_file_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let read = Settings::read(&folder.path().join("app.toml"));
        assert_eq!(read, (Settings::default(), None));
    }

    #[test]
    fn a_broken_file_is_put_aside_with_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.toml");
        std::fs::write(&path, "[song]\ntempo = fast\n").unwrap();
        let (settings, words) = Settings::read(&path);
        assert_eq!(settings, Settings::default());
        let words = words.unwrap();
        assert!(
            words.contains("line 2") && words.lines().count() == 1,
            "{words}"
        );
        assert!(!path.exists() && folder.path().join("app.broken.toml").exists());
    }

    #[test]
    fn a_file_that_is_no_text_is_put_aside_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.toml");
        std::fs::write(&path, b"[song]\ntempo = 90.0 # \xff\n").unwrap();
        let (settings, words) = Settings::read(&path);
        assert_eq!(settings, Settings::default());
        assert!(words.unwrap().contains("app.broken.toml"));
        assert!(folder.path().join("app.broken.toml").exists());
    }

    #[test]
    fn unknown_lines_are_no_harm_and_nonsense_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.toml");
        std::fs::write(&path, "later = 1\n[song]\ntempo = -3.0\nmeter = \"4/5\"\n").unwrap();
        let (settings, words) = Settings::read(&path);
        assert_eq!(settings, Settings::default());
        let words = words.unwrap();
        assert!(words.contains("-3") && words.contains("4/5"), "{words}");
    }
}
