//! `pack.toml`: what a model pack says about itself, checked for sense.
//!
//! ```toml
//! [pack]
//! format = 1
//! name = "My voice"
//! version = "1.0.0"
//! licence = "CC-BY-4.0"
//! author = "Me"
//!
//! [pitch]                        # one table per role, any subset of `Role::ALL`
//! file = "pitch.onnx"            # beside pack.toml
//! sha256 = "…"                   # of that file, 64 hexadecimal digits
//! sample_rate = 22050
//! hop = 220
//! delay_frames = 3
//! training_commit = "…"
//!
//! [pitch.inputs]                 # name = shape; -1 is the number of frames
//! features = [1, -1, 2, 128]
//! conv0 = [1, 2, 2, 128]         # a state: there is an output conv0_next
//!
//! [pitch.outputs]
//! pitch = [1, -1, 128]
//! conv0_next = [1, 2, 2, 128]
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

use super::session::ModelHash;
use super::tensors::MOST_TENSORS;
use super::{PackError, Role};

/// The layout of `pack.toml` that this version reads.
pub const FORMAT: i64 = 1;
/// The sample rate of the front end, in hertz.
pub const SAMPLE_RATE: u32 = 22_050;
/// The samples between two frames of the front end, at [`SAMPLE_RATE`].
pub const HOP: u32 = 220;
/// An output of this ending is the next value of the input named before it.
pub const NEXT: &str = "_next";

/// The largest value of one dimension.
const LARGEST_DIMENSION: i64 = 65_536;
/// The most elements in one tensor at one frame: 16 MiB of floats.
const MOST_ELEMENTS: i64 = 4 << 20;
/// The most dimensions of one tensor.
const HIGHEST_RANK: usize = 8;
/// The longest text in a field that is shown to users, in characters.
const LONGEST_TEXT: usize = 200;
/// The longest delay that a live instrument could bear, in frames of 10 ms.
const LONGEST_DELAY: u32 = 100;

/// A tensor's size in each dimension; `-1` stands for the number of frames.
pub type Shape = Vec<i64>;

/// The whole of `pack.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Who made the pack and under which licence.
    pub pack: PackInfo,
    /// What the pack holds; never empty.
    pub roles: BTreeMap<Role, RoleManifest>,
}

/// The `[pack]` table, for display.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PackInfo {
    /// [`FORMAT`].
    pub format: i64,
    /// The name that the editor shows.
    pub name: String,
    /// The pack's own version, in any form.
    pub version: String,
    /// The licence of the models, an SPDX expression where there is one.
    pub licence: String,
    /// Who made the models.
    pub author: String,
}

/// One role's table.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleManifest {
    /// The model's file, a plain name beside `pack.toml`.
    pub file: String,
    /// The file's SHA-256.
    pub sha256: ModelHash,
    /// How many frames the outputs lie behind the newest input frame; 0 where
    /// time does not flow through the model.
    pub delay_frames: u32,
    /// The revision of the training code that made the model; may be empty.
    pub training_commit: String,
    /// Every input by name, states included.
    pub inputs: BTreeMap<String, Shape>,
    /// Every output by name, next states included.
    pub outputs: BTreeMap<String, Shape>,
}

impl RoleManifest {
    /// The states as pairs of input name and output name, in name order.
    pub fn states(&self) -> impl Iterator<Item = (&str, String)> {
        self.inputs.keys().filter_map(|input| {
            let output = format!("{input}{NEXT}");
            self.outputs
                .contains_key(&output)
                .then_some((input.as_str(), output))
        })
    }
}

impl Manifest {
    /// Reads and checks the text of a `pack.toml`.
    ///
    /// # Errors
    /// A [`PackError`] that names the role, where there is one, and the field.
    pub fn parse(text: &str) -> Result<Self, PackError> {
        let invalid = |reason: String| PackError::Manifest { reason };
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
            invalid(super::runtime::one_line(&error.to_string()))
        })?;
        let pack = table
            .remove("pack")
            .ok_or_else(|| invalid(String::from("it has no [pack] table")))?;
        check_format(&pack)?;
        let pack: PackInfo = pack
            .try_into()
            .map_err(|error| invalid(format!("in [pack], {}", error.message())))?;
        for (field, text) in [
            ("name", &pack.name),
            ("version", &pack.version),
            ("licence", &pack.licence),
            ("author", &pack.author),
        ] {
            if !is_short_text(text) {
                return Err(invalid(format!(
                    "in [pack], {field} must be one line of 1 to {LONGEST_TEXT} characters"
                )));
            }
        }
        let mut roles = BTreeMap::new();
        for (name, value) in table {
            let role = Role::from_name(&name).ok_or_else(|| PackError::UnknownRole {
                name: name.chars().take(LONGEST_TEXT).collect(),
            })?;
            let manifest =
                role_manifest(role, value).map_err(|reason| PackError::Role { role, reason })?;
            roles.insert(role, manifest);
        }
        if roles.is_empty() {
            return Err(invalid(String::from("it describes no model")));
        }
        Ok(Self { pack, roles })
    }
}

/// Before anything else, so that a later format is named as such.
fn check_format(pack: &Value) -> Result<(), PackError> {
    match pack.get("format").and_then(Value::as_integer) {
        Some(FORMAT) => Ok(()),
        Some(found) => Err(PackError::Format {
            found,
            expected: FORMAT,
        }),
        None => Err(PackError::Manifest {
            reason: format!("[pack] has no line \"format = {FORMAT}\""),
        }),
    }
}

/// A role's table as it stands in the file. Fields not listed are ignored, so
/// that trainers can keep notes there.
#[derive(Deserialize)]
struct RoleTable {
    file: String,
    sha256: String,
    sample_rate: Option<u32>,
    hop: Option<u32>,
    delay_frames: Option<u32>,
    #[serde(default)]
    training_commit: String,
    inputs: BTreeMap<String, Shape>,
    outputs: BTreeMap<String, Shape>,
}

fn role_manifest(role: Role, value: Value) -> Result<RoleManifest, String> {
    let table: RoleTable = value
        .try_into()
        .map_err(|error: toml::de::Error| super::runtime::one_line(error.message()))?;
    if !is_plain_file_name(&table.file) {
        return Err(format!(
            "file must be the plain name of a file beside pack.toml, not {:?}",
            table.file.chars().take(LONGEST_TEXT).collect::<String>()
        ));
    }
    let sha256 = parse_hash(&table.sha256)
        .ok_or_else(|| String::from("sha256 must be 64 hexadecimal digits"))?;
    if matches!(role, Role::Pitch | Role::Refined) {
        check_number("sample_rate", table.sample_rate, SAMPLE_RATE)?;
        check_number("hop", table.hop, HOP)?;
        if table.delay_frames.is_none() {
            return Err(String::from("delay_frames is missing"));
        }
    }
    let delay_frames = table.delay_frames.unwrap_or(0);
    if delay_frames > LONGEST_DELAY {
        return Err(format!(
            "delay_frames is {delay_frames}, more than {LONGEST_DELAY}"
        ));
    }
    if table.training_commit.chars().count() > LONGEST_TEXT {
        return Err(format!(
            "training_commit is longer than {LONGEST_TEXT} characters"
        ));
    }
    check_tensors("inputs", &table.inputs)?;
    check_tensors("outputs", &table.outputs)?;
    let manifest = RoleManifest {
        file: table.file,
        sha256,
        delay_frames,
        training_commit: table.training_commit,
        inputs: table.inputs,
        outputs: table.outputs,
    };
    for (input, output) in manifest.states() {
        let shape = &manifest.inputs[input];
        if shape != &manifest.outputs[&output] {
            return Err(format!(
                "the state {input} and its {output} differ in shape"
            ));
        }
        if shape.contains(&-1) {
            return Err(format!("the state {input} has no fixed shape"));
        }
    }
    check_required("input", role.required_inputs(), &manifest.inputs)?;
    check_required("output", role.required_outputs(), &manifest.outputs)?;
    Ok(manifest)
}

fn check_number(field: &str, found: Option<u32>, expected: u32) -> Result<(), String> {
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(format!(
            "{field} is {found} where this version of Vocalise works at {expected}"
        )),
        None => Err(format!("{field} is missing (it must be {expected})")),
    }
}

fn check_tensors(side: &str, tensors: &BTreeMap<String, Shape>) -> Result<(), String> {
    if tensors.is_empty() || tensors.len() > MOST_TENSORS {
        return Err(format!("it must have 1 to {MOST_TENSORS} {side}"));
    }
    for (name, shape) in tensors {
        if name.is_empty() || name.len() > 64 || !name.chars().all(|c| c.is_ascii_graphic()) {
            return Err(format!(
                "in {side}, a tensor's name must be 1 to 64 printable ASCII characters"
            ));
        }
        let in_range = |size: &i64| *size == -1 || (1..=LARGEST_DIMENSION).contains(size);
        let elements = shape
            .iter()
            .try_fold(1_i64, |product, size| product.checked_mul(size.abs()));
        if shape.len() > HIGHEST_RANK
            || !shape.iter().all(in_range)
            || elements.is_none_or(|elements| elements > MOST_ELEMENTS)
        {
            return Err(format!(
                "in {side}, {name} has an impossible shape {shape:?}"
            ));
        }
    }
    Ok(())
}

fn check_required(
    side: &str,
    required: &[(&str, &[i64])],
    tensors: &BTreeMap<String, Shape>,
) -> Result<(), String> {
    for (name, expected) in required {
        match tensors.get(*name) {
            Some(shape) if shape == expected => {}
            Some(shape) => {
                return Err(format!(
                    "its {side} {name} has shape {shape:?} where {expected:?} is needed"
                ));
            }
            None => return Err(format!("it has no {side} {name}")),
        }
    }
    Ok(())
}

/// A name that cannot lead out of the pack's folder on any system.
fn is_plain_file_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && !name.starts_with('.')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn is_short_text(text: &str) -> bool {
    (1..=LONGEST_TEXT).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn parse_hash(text: &str) -> Option<ModelHash> {
    let digits = text.as_bytes();
    let mut hash = ModelHash::default();
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = (high * 16 + low) as u8;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTORY: &str = include_str!("../../models/pack.toml");

    /// The factory manifest with one text replaced, which must be there.
    fn changed(from: &str, to: &str) -> Result<Manifest, PackError> {
        assert!(FACTORY.contains(from), "{from}");
        Manifest::parse(&FACTORY.replacen(from, to, 1))
    }

    #[test]
    fn the_factory_manifest_is_valid() {
        let manifest = Manifest::parse(FACTORY).unwrap();
        let pitch = &manifest.roles[&Role::Pitch];
        assert_eq!(pitch.delay_frames, 3);
        assert!(pitch.states().count() >= 2);
        assert!(
            pitch
                .states()
                .all(|(input, output)| output == format!("{input}_next"))
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("format = 1", "format = 2", "has format 2"),
            ("format = 1", "", "format = 1"),
            ("[pitch]", "[singing]\n[pitch]", "\"singing\""),
            ("\"pitch.onnx\"", "\"../pitch.onnx\"", "plain name"),
            ("\"pitch.onnx\"", "\"/etc/passwd\"", "plain name"),
            ("\"pitch.onnx\"", "\"C:\\\\pitch.onnx\"", "plain name"),
            ("sample_rate = 22050", "sample_rate = 44100", "44100"),
            ("hop = 220", "", "hop is missing"),
            ("delay_frames = 3", "delay_frames = -3", "pitch"),
            (
                "delay_frames = 3",
                "delay_frames = 1000",
                "delay_frames is 1000",
            ),
            ("features = [1, -1, 2, 128]", "", "no input features"),
            ("onset = [1, -1, 1]", "onset = [1, -1, 2]", "output onset"),
            (
                "lstm_h = [2, 1, 256]",
                "lstm_h = [2, 1, 255]",
                "lstm_h_next differ",
            ),
            (
                "lstm_h = [2, 1, 256]",
                "lstm_h = [2, 1, 0]",
                "impossible shape",
            ),
            (
                "lstm_h = [2, 1, 256]",
                "lstm_h = [65536, 65536, 65536]",
                "impossible shape",
            ),
            ("lstm_h = [2, 1, 256]", "lstm_h = \"big\"", "pitch"),
            (
                "genre = [1]",
                "",
                "context model is refused: it has no input genre",
            ),
            ("genre = [1]", "genre = [-1]", "input genre has shape"),
            ("timing = [1, 1, 16]", "timing = [1, 1, 8]", "continuation"),
        ];
        for (from, to, expected) in cases {
            let message = changed(from, to).expect_err(to).to_string();
            assert!(message.contains(expected), "{to}: {message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn garbage_is_refused_without_panicking() {
        let nested = "a = ".to_owned() + &"[".repeat(20_000);
        for text in [
            "",
            "\0",
            "[pack",
            "pack = 1",
            "[pack]\nformat = 1\n",
            &nested,
        ] {
            assert!(Manifest::parse(text).is_err());
        }
        for end in (0..FACTORY.len()).filter(|end| FACTORY.is_char_boundary(*end)) {
            let _ = Manifest::parse(&FACTORY[..end]);
        }
    }
}
