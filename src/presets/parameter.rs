//! What presets know of one parameter: its id, what it can be, what it is by default.

use super::PresetError;
use crate::music::pitch;
use std::fmt;
use std::ops::RangeInclusive;

/// A parameter that presets hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its stable id.
    pub id: String,
    /// What it can be.
    pub values: Values,
    /// What it is where a preset does not say; as [`Self::read`] writes it.
    pub default: String,
}

/// What a parameter can be, and how that is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `on` or `off`.
    Switch,
    /// A number, without its unit; three digits after the point count.
    Number(RangeInclusive<f32>),
    /// A whole number.
    Whole(RangeInclusive<i32>),
    /// A MIDI key: its number, and its name (`C3`) is understood.
    Key(RangeInclusive<u8>),
    /// One of these, by its id; its name is understood.
    Choice(Vec<Choice>),
}

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its stable id.
    pub id: String,
    /// The name that people read.
    pub name: String,
}

impl Parameter {
    /// `text` as this module writes values: one value has one text.
    ///
    /// # Errors
    /// A sentence that names the id and what it can be, if `text` is none of that.
    pub fn read(&self, text: &str) -> Result<String, PresetError> {
        self.values
            .read(text.trim())
            .ok_or_else(|| PresetError::Value {
                id: self.id.clone(),
                given: text.to_owned(),
                range: self.values.to_string(),
            })
    }
}

impl Values {
    fn read(&self, text: &str) -> Option<String> {
        match self {
            Self::Switch => ["on", "off"]
                .into_iter()
                .find(|word| word.eq_ignore_ascii_case(text))
                .map(str::to_owned),
            Self::Number(range) => {
                let number: f32 = text.parse().ok()?;
                range.contains(&number).then(|| plain_text(number))
            }
            Self::Whole(range) => {
                let number: i32 = text.parse().ok()?;
                range.contains(&number).then(|| number.to_string())
            }
            Self::Key(range) => {
                let key = text.parse().ok().or_else(|| pitch::key_from_name(text))?;
                range.contains(&key).then(|| key.to_string())
            }
            Self::Choice(all) => {
                let is = |choice: &&Choice| {
                    choice.id.eq_ignore_ascii_case(text) || choice.name.eq_ignore_ascii_case(text)
                };
                all.iter().find(is).map(|choice| choice.id.clone())
            }
        }
    }
}

impl fmt::Display for Values {
    /// What there is to choose from, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch => f.write_str("on or off"),
            Self::Number(range) => {
                let (least, most) = (plain_text(*range.start()), plain_text(*range.end()));
                write!(f, "a number from {least} to {most}")
            }
            Self::Whole(range) => {
                let (least, most) = (range.start(), range.end());
                write!(f, "a whole number from {least} to {most}")
            }
            Self::Key(range) => {
                let (least, most) = (*range.start(), *range.end());
                let name = pitch::key_name;
                write!(
                    f,
                    "a key from {least} ({}) to {most} ({})",
                    name(least),
                    name(most)
                )
            }
            Self::Choice(all) => {
                f.write_str("one of ")?;
                for (place, choice) in all.iter().enumerate() {
                    let before = if place == 0 { "" } else { ", " };
                    write!(f, "{before}{}", choice.id)?;
                }
                Ok(())
            }
        }
    }
}

/// `number` as presets write it: three digits after the point at most, so that what a host made of
/// a value on its way through is the same text.
pub fn plain_text(number: f32) -> String {
    let rounded = (f64::from(number) * 1_000.0).round() / 1_000.0;
    // A negative zero reads like zero.
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(values: Values) -> Parameter {
        Parameter {
            id: "it".to_owned(),
            values,
            default: String::new(),
        }
    }

    #[test]
    fn one_value_has_one_text() {
        let number = parameter(Values::Number(-1.0..=300.0));
        for (given, text) in [
            ("0.5", "0.5"),
            (" .50 ", "0.5"),
            ("-0", "0"),
            ("119.99998", "120"),
        ] {
            assert_eq!(number.read(given).as_deref(), Ok(text));
        }
        assert_eq!(plain_text(0.35), "0.35");
        let key = parameter(Values::Key(0..=127));
        assert_eq!(key.read("60"), key.read("c4"));
        let choice = parameter(Values::Choice(vec![Choice {
            id: "hip-hop".to_owned(),
            name: "Hip Hop".to_owned(),
        }]));
        assert_eq!(choice.read("HIP HOP").as_deref(), Ok("hip-hop"));
        assert_eq!(parameter(Values::Switch).read("On").as_deref(), Ok("on"));
        assert_eq!(
            parameter(Values::Whole(-3..=3)).read("-2").as_deref(),
            Ok("-2")
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_id_and_the_range() {
        let number = parameter(Values::Number(0.0..=1.5));
        for given in ["1.6", "-0.1", "nan", "inf", "1e400", "", "loud", "0.5 ms"] {
            let told = number.read(given).unwrap_err().to_string();
            assert_eq!(
                told,
                format!("`it` is `{given}`: it can be a number from 0 to 1.5")
            );
        }
        assert!(parameter(Values::Whole(0..=99)).read("7.5").is_err());
        assert!(parameter(Values::Switch).read("1").is_err());
        let told = parameter(Values::Key(33..=96)).read("128").unwrap_err();
        assert!(
            told.to_string().ends_with("a key from 33 (A1) to 96 (C7)"),
            "{told}"
        );
    }
}
