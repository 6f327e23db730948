//! A preset, and its file:
//!
//! ```toml
//! # Comments are for people.
//! format = 1
//! name = "Jazz Trio"
//! category = "Jazz"
//! about = "Piano, walking bass, light drums"
//!
//! [values]              # by parameter id; what is not named is at its default
//! genre = "jazz"
//! bend = 0.3
//! counter_on = false
//! melody_low = "E3"     # or 52
//! ```

use super::{Catalogue, Parameter, PresetError, Values};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use toml::Value;

/// The largest preset file, in bytes; the factory's have under a thousand.
pub(super) const LARGEST: usize = 64 << 10;
/// The layout of the file that this version reads.
const FORMAT: i64 = 1;
/// The longest name and category, in characters: a line in a list.
const LONGEST_NAME: usize = 60;
/// The longest description, in characters.
const LONGEST_ABOUT: usize = 200;
/// The longest id and value, in characters.
const LONGEST_VALUE: usize = 100;
/// The most values; the plugin has a third of that.
const MOST_VALUES: usize = 500;

/// Named settings of everything musical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What it is called; unique among the user's, and another than the factory's.
    pub name: String,
    /// What it is listed under; may be empty.
    pub category: String,
    /// One line that says what it sounds like; may be empty.
    pub about: String,
    /// Values by parameter id, as [`Parameter::read`] writes them. Ids that this version does not
    /// know, and those that presets leave alone, are kept as they were written and never set.
    pub values: BTreeMap<String, String>,
}

/// The file as TOML sees it.
#[derive(Deserialize)]
struct File {
    #[serde(default = "this_format")]
    format: i64,
    name: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    values: BTreeMap<String, Value>,
}

fn this_format() -> i64 {
    FORMAT
}

impl Preset {
    /// Reads the text of a preset file; any text is safe to give.
    ///
    /// # Errors
    /// One sentence that says what is wrong with it. Nothing of it counts then.
    pub fn parse(text: &str, catalogue: &Catalogue) -> Result<Self, PresetError> {
        if text.len() > LARGEST {
            return Err(PresetError::TooLarge);
        }
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| 1 + text[..span.start].matches('\n').count());
            let place = line.map_or_else(String::new, |line| format!("line {line}: "));
            PresetError::Broken(format!("{place}{}", one_line(error.message())))
        })?;
        if file.format != FORMAT {
            let format = file.format;
            let told = format!("its format is {format}; this version reads {FORMAT}");
            return Err(PresetError::Broken(told));
        }
        if file.values.len() > MOST_VALUES {
            let told = format!("it has more than {MOST_VALUES} values");
            return Err(PresetError::Broken(told));
        }
        let mut preset = Self::named(&file.name, &file.category, &file.about)?;
        for (id, value) in file.values {
            let id = short(&id).ok_or_else(|| {
                let told = format!("an id is one line of 1 to {LONGEST_VALUE} characters");
                PresetError::Broken(told)
            })?;
            let text = as_text(&value).ok_or_else(|| {
                let told = format!("`{id}` is no short text, number or switch");
                PresetError::Broken(told)
            })?;
            let text = match catalogue.get(&id) {
                Some(parameter) => parameter.read(&text)?,
                None => text,
            };
            preset.values.insert(id, text);
        }
        Ok(preset)
    }

    /// One without values.
    ///
    /// # Errors
    /// A name, category or description that is too long or more than a line, or an empty name.
    pub fn named(name: &str, category: &str, about: &str) -> Result<Self, PresetError> {
        let line = |what: &str, text: &str, least: usize, most: usize| {
            let text = text.trim();
            let fits = (least..=most).contains(&text.chars().count());
            if fits && !text.chars().any(is_unseen) {
                return Ok(text.to_owned());
            }
            let told = format!("a preset's {what} is one line of {least} to {most} characters");
            Err(PresetError::Text(told))
        };
        Ok(Self {
            name: line("name", name, 1, LONGEST_NAME)?,
            category: line("category", category, 0, LONGEST_NAME)?,
            about: line("description", about, 0, LONGEST_ABOUT)?,
            values: BTreeMap::new(),
        })
    }

    /// The text of its file: known values in the catalogue's order, then the rest.
    pub fn to_toml(&self, catalogue: &Catalogue) -> String {
        let mut text = format!("format = {FORMAT}\n");
        let fields = [
            ("name", &self.name),
            ("category", &self.category),
            ("about", &self.about),
        ];
        for (field, value) in fields {
            push(&mut text, field, &quoted(value));
        }
        text.push_str("\n[values]\n");
        for parameter in catalogue.parameters() {
            if let Some(value) = self.values.get(&parameter.id) {
                push(&mut text, &parameter.id, &written(parameter, value));
            }
        }
        for id in self.unknown(catalogue) {
            push(&mut text, &quoted(id), &quoted(&self.values[id]));
        }
        text
    }

    /// The ids that are kept and never set: those of other versions, and those that presets leave
    /// alone.
    pub fn unknown<'a>(&'a self, catalogue: &'a Catalogue) -> impl Iterator<Item = &'a str> {
        let ids = self.values.keys().map(String::as_str);
        ids.filter(|id| catalogue.get(id).is_none())
    }
}

/// One line `key = value`.
fn push(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}

/// `text` as TOML quotes it.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A known parameter's value as a person would write it in TOML.
fn written(parameter: &Parameter, value: &str) -> String {
    match (&parameter.values, value) {
        (Values::Switch, "on") => "true".to_owned(),
        (Values::Switch, "off") => "false".to_owned(),
        (Values::Number(_) | Values::Whole(_) | Values::Key(_), _)
            if value.parse::<f32>().is_ok_and(f32::is_finite) =>
        {
            value.to_owned()
        }
        _ => quoted(value),
    }
}

/// The text of a TOML value; `None` for one that no parameter has.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => short(text),
        Value::Boolean(on) => Some(if *on { "on" } else { "off" }.to_owned()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => short(&number.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

/// `text`, if it is a short line.
fn short(text: &str) -> Option<String> {
    let fits = (1..=LONGEST_VALUE).contains(&text.chars().count());
    (fits && !text.chars().any(is_unseen)).then(|| text.to_owned())
}

/// Whether `c` breaks a line, or changes how those around it are shown.
pub(super) fn is_unseen(c: char) -> bool {
    let is_marker = matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    c.is_control() || is_marker
}

/// The text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
