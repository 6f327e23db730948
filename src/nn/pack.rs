//! A model pack: read, checked, tried, and then ready to be swapped in.
//!
//! Parse → hashes → load → tensors → a trial run on silence. Whatever fails
//! refuses the whole pack and leaves the one in use untouched.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::bound::BoundModel;
use super::manifest::{Manifest, PackInfo, RoleManifest, Shape};
use super::session::{Element, ModelHash, Port, SharedSession};
use super::{NnError, PackError, Role};

/// The manifest's name in a pack's folder.
const MANIFEST: &str = "pack.toml";
/// The largest manifest, in bytes; the factory's has under a thousand.
const LARGEST_MANIFEST: u64 = 64 << 10;
/// The largest model file, in bytes.
const LARGEST_MODEL: u64 = 256 << 20;
/// The two sides of a model, for messages.
const INPUT: &str = "input";
/// See [`INPUT`].
const OUTPUT: &str = "output";
/// Runs of the trial: the second takes the state that the first left.
const TRIAL_RUNS: usize = 2;

/// The factory's manifest, inside the binary.
const FACTORY_MANIFEST: &str = include_str!("../../models/pack.toml");
/// The factory's models by file name, inside the binary so that they cannot go missing.
const FACTORY_FILES: &[(&str, &[u8])] = &[
    ("pitch.onnx", include_bytes!("../../models/pitch.onnx")),
    ("refined.onnx", include_bytes!("../../models/refined.onnx")),
    ("context.onnx", include_bytes!("../../models/context.onnx")),
    ("timbre.onnx", include_bytes!("../../models/timbre.onnx")),
    (
        "continuation.onnx",
        include_bytes!("../../models/continuation.onnx"),
    ),
    ("drums.onnx", include_bytes!("../../models/drums.onnx")),
    ("bass.onnx", include_bytes!("../../models/bass.onnx")),
    ("chords.onnx", include_bytes!("../../models/chords.onnx")),
    ("melody.onnx", include_bytes!("../../models/melody.onnx")),
];

/// Loaded models, by role. Cheap to clone; models are shared with every other
/// pack and instance of the process that has the same file.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Name, version, licence and author.
    info: PackInfo,
    /// What there is; a pack need not fill every role.
    models: BTreeMap<Role, Model>,
}

/// One role's model, loaded and tried.
#[derive(Debug, Clone)]
pub struct Model {
    /// What it is for.
    role: Role,
    /// Its table in `pack.toml`.
    manifest: Arc<RoleManifest>,
    /// The loaded graph.
    session: Arc<SharedSession>,
}

impl Model {
    /// What the model is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its file, hash, delay, tensors.
    pub fn manifest(&self) -> &RoleManifest {
        &self.manifest
    }

    /// The loaded graph, shared by every instance.
    pub(super) fn session(&self) -> &Arc<SharedSession> {
        &self.session
    }
}

impl Pack {
    /// The pack that is part of the program.
    ///
    /// Takes some 50 ms the first time in a process. Not for the audio thread.
    ///
    /// # Errors
    /// [`NnError::Runtime`] without ONNX Runtime.
    pub fn factory() -> Result<Self, NnError> {
        let manifest = Manifest::parse(FACTORY_MANIFEST)?;
        Self::load(manifest, |role, file| {
            let found = FACTORY_FILES.iter().find(|(name, _)| *name == file);
            found
                .map(|(_, bytes)| Cow::Borrowed(*bytes))
                .ok_or_else(|| PackError::File {
                    role,
                    file: file.to_owned(),
                    reason: String::from("it is not part of this program"),
                })
        })
    }

    /// A pack from a folder that holds a `pack.toml` and the files it names.
    ///
    /// Reads, hashes, loads and tries every model: seconds for a large pack.
    /// Not for the audio thread.
    ///
    /// # Errors
    /// [`NnError::Pack`] with the role and the reason, or [`NnError::Runtime`].
    pub fn from_dir(folder: &Path) -> Result<Self, NnError> {
        let path = folder.join(MANIFEST);
        let unreadable = |reason: String| PackError::Unreadable {
            path: path.clone(),
            reason,
        };
        let text = read_at_most(&path, LARGEST_MANIFEST).map_err(unreadable)?;
        let text = String::from_utf8(text)
            .map_err(|_| unreadable(String::from("it is not UTF-8 text")))?;
        Self::load(Manifest::parse(&text)?, |role, file| {
            let bytes = read_at_most(&folder.join(file), LARGEST_MODEL);
            bytes.map(Cow::Owned).map_err(|reason| PackError::File {
                role,
                file: file.to_owned(),
                reason,
            })
        })
    }

    /// This pack's models where it has them, `base`'s for the other roles.
    pub fn over(&self, base: &Pack) -> Pack {
        let mut merged = self.clone();
        for (role, model) in &base.models {
            merged.models.entry(*role).or_insert_with(|| model.clone());
        }
        merged
    }

    /// Name, version, licence and author.
    pub fn info(&self) -> &PackInfo {
        &self.info
    }

    /// The models there are, in the order of [`Role::ALL`].
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }

    /// The model for a role.
    ///
    /// # Errors
    /// [`NnError::MissingRole`] if the pack has none.
    pub fn model(&self, role: Role) -> Result<&Model, NnError> {
        self.models.get(&role).ok_or_else(|| NnError::MissingRole {
            pack: self.info.name.clone(),
            role,
        })
    }

    fn load(
        manifest: Manifest,
        read: impl Fn(Role, &str) -> Result<Cow<'static, [u8]>, PackError>,
    ) -> Result<Self, NnError> {
        let mut models = BTreeMap::new();
        for (role, manifest) in manifest.roles {
            let bytes = read(role, &manifest.file)?;
            check_hash(role, &manifest, &bytes)?;
            let session = SharedSession::get(role, manifest.sha256, &bytes)?;
            drop(bytes);
            check_ports(role, INPUT, &manifest.inputs, session.inputs())?;
            check_ports(role, OUTPUT, &manifest.outputs, session.outputs())?;
            let model = Model {
                role,
                manifest: Arc::new(manifest),
                session,
            };
            try_on_silence(&model)?;
            models.insert(role, model);
        }
        Ok(Self {
            info: manifest.pack,
            models,
        })
    }
}

fn check_hash(role: Role, manifest: &RoleManifest, bytes: &[u8]) -> Result<(), PackError> {
    let found: ModelHash = Sha256::digest(bytes).into();
    if found == manifest.sha256 {
        return Ok(());
    }
    let hex = |hash: ModelHash| hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Err(PackError::Hash {
        role,
        file: manifest.file.clone(),
        expected: hex(manifest.sha256),
        found: hex(found),
    })
}

/// Both lists must name the same tensors, and shapes must agree wherever the
/// model's own is known.
fn check_ports<'a>(
    role: Role,
    side: &'static str,
    expected: &BTreeMap<String, Shape>,
    found: impl Iterator<Item = Port<'a>>,
) -> Result<(), PackError> {
    let refuse = |tensor: &str, reason: String| PackError::Tensor {
        role,
        side,
        tensor: tensor.chars().take(64).collect(),
        reason,
    };
    let mut missing: Vec<&String> = expected.keys().collect();
    for port in found {
        let Some(shape) = expected.get(port.name) else {
            return Err(refuse(
                port.name,
                String::from("is not listed in pack.toml"),
            ));
        };
        let is_integer = side == INPUT && role.integer_inputs().contains(&port.name);
        let needed = if is_integer {
            Element::Integer
        } else {
            Element::Float
        };
        if port.element != Some(needed) {
            let reason = format!("is not a tensor of {}", needed.name());
            return Err(refuse(port.name, reason));
        }
        let own = port.shape;
        let agree = own.len() == shape.len()
            && own
                .iter()
                .zip(shape)
                .all(|(own, listed)| *own < 0 || own == listed);
        if !agree {
            let reason = format!("has shape {own:?} where pack.toml says {shape:?}");
            return Err(refuse(port.name, reason));
        }
        missing.retain(|name| *name != port.name);
    }
    match missing.first() {
        None => Ok(()),
        Some(name) => Err(refuse(
            name,
            String::from("is listed in pack.toml but not in the model"),
        )),
    }
}

fn try_on_silence(model: &Model) -> Result<(), NnError> {
    let failed = |reason: String| PackError::DryRun {
        role: model.role,
        reason,
    };
    let mut bound = BoundModel::new(model, 1)?;
    for _ in 0..TRIAL_RUNS {
        bound.run().map_err(|error| match error {
            NnError::Run { reason, .. } => failed(reason).into(),
            other => other,
        })?;
        if !bound.is_finite() {
            return Err(failed(String::from("it gives values that are not finite numbers")).into());
        }
    }
    Ok(())
}

/// The bytes of a plain file of at most `most` bytes. Neither a device nor a
/// file that grows while it is read can make this read more.
fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let text = |error: std::io::Error| error.to_string();
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path).map_err(text)?;
    if !metadata.is_file() {
        return Err(String::from("it is not a plain file"));
    }
    let too_large = || format!("it is larger than {} KiB", most >> 10);
    if metadata.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    let file = File::open(path).map_err(text)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(text)?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_tables_are_integers_and_the_rest_are_floats() {
        let refused = |name: &str, element| {
            let expected = BTreeMap::from([(name.to_owned(), vec![1])]);
            let shape = &[1][..];
            let port = Port {
                name,
                element,
                shape,
            };
            let found = check_ports(Role::Context, INPUT, &expected, [port].into_iter());
            found.err().map(|error| error.to_string())
        };
        assert_eq!(refused("genre", Some(Element::Integer)), None);
        assert_eq!(refused("notes", Some(Element::Float)), None);
        let message = refused("genre", Some(Element::Float)).unwrap();
        assert!(message.contains("context") && message.contains("64-bit integers"));
        let message = refused("notes", None).unwrap();
        assert!(message.contains("32-bit floats"), "{message}");
    }
}
