//! One loaded model for the whole process, run by any number of instances at once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Weak};

use ort::AsPointer;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{Outlet, TensorElementType};
use parking_lot::Mutex;

use super::denormals::DenormalsOff;
use super::runtime::{one_line, runtime};
use super::tensors::NamedTensors;
use super::{NnError, PackError, Role};

/// The SHA-256 of a model file: the identity under which it is shared.
pub type ModelHash = [u8; 32];

/// Live sessions by model. Weak, so that the last instance to go frees the model.
static LOADED: LazyLock<Mutex<HashMap<ModelHash, Weak<SharedSession>>>> =
    LazyLock::new(Mutex::default);

/// A model that ONNX Runtime has loaded.
#[derive(Debug)]
pub struct SharedSession {
    /// Owns the native session; reached only through [`SharedSession::run`].
    session: Session,
}

impl SharedSession {
    /// The session of the model with this hash: the one already loaded, or a
    /// new one made from `bytes`.
    ///
    /// # Errors
    /// [`NnError::Runtime`] without ONNX Runtime, [`PackError::Load`] if it
    /// refuses the bytes.
    pub fn get(role: Role, hash: ModelHash, bytes: &[u8]) -> Result<Arc<Self>, NnError> {
        let mut loaded = LOADED.lock();
        if let Some(session) = loaded.get(&hash).and_then(Weak::upgrade) {
            return Ok(session);
        }
        let session = Arc::new(Self::load(role, bytes)?);
        loaded.retain(|_, session| session.strong_count() > 0);
        loaded.insert(hash, Arc::downgrade(&session));
        Ok(session)
    }

    fn load(role: Role, bytes: &[u8]) -> Result<Self, NnError> {
        let environment = runtime()?;
        let _guard = DenormalsOff::new();
        let build = || -> ort::Result<Session> {
            Session::builder(environment)?
                .with_optimization_level(GraphOptimizationLevel::Level3)?
                // One thread is the caller's own: no pool is made, and results
                // do not depend on how work is split.
                .with_intra_threads(1)?
                .with_inter_threads(1)?
                .with_parallel_execution(false)?
                .with_intra_op_spinning(false)?
                .with_inter_op_spinning(false)?
                // A pack is a list of hashed files. Weights that a model names
                // in some other file would escape that: they are looked for
                // where nothing can be.
                .with_config_entry(
                    "session.model_external_initializers_file_folder_path",
                    NO_SUCH_FOLDER,
                )?
                .commit_from_memory(bytes)
        };
        match build() {
            Ok(session) => Ok(Self { session }),
            Err(error) => Err(PackError::Load {
                role,
                reason: one_line(&error.to_string()),
            }
            .into()),
        }
    }

    /// The model's inputs as name, type and shape.
    pub(super) fn inputs(&self) -> impl Iterator<Item = Port<'_>> {
        self.session.inputs().iter().map(Port::new)
    }

    /// The model's outputs as name, type and shape.
    pub(super) fn outputs(&self) -> impl Iterator<Item = Port<'_>> {
        self.session.outputs().iter().map(Port::new)
    }

    /// Runs the model once, from `inputs` into `outputs`, on the calling
    /// thread; allocates nothing on this side.
    ///
    /// Any number of threads may be in here at the same time.
    ///
    /// # Errors
    /// ONNX Runtime's message, for instance if a tensor's shape does not fit.
    pub(super) fn run(
        &self,
        inputs: &NamedTensors,
        outputs: &mut NamedTensors,
    ) -> Result<(), String> {
        let (input_names, input_values) = inputs.pointers();
        let (output_names, mut output_values) = outputs.pointers();
        let _guard = DenormalsOff::new();
        // SAFETY: The native session is alive while `self` is, and so are the
        // names and tensors, which are borrowed for the whole call, the
        // outputs mutably, so that nobody else reads or writes them; both
        // counts are those of the arrays, whose first entries are valid
        // pointers. No output pointer is null, so ONNX Runtime makes no values
        // that we would have to release.
        //
        // Concurrent calls on one session: `ort` asks for `&mut Session`
        // because some execution providers are not thread-safe. ONNX Runtime
        // documents Run as safe to call from several threads, and the session
        // above uses its CPU provider alone, with sequential execution and no
        // thread pool; what it shares between runs (the memory arena and the
        // pattern cache) has its own locks. tests/shared_session.rs holds this
        // to bit-identical results.
        let status = unsafe {
            (ort::api().Run)(
                self.session.ptr().cast_mut(),
                std::ptr::null(),
                input_names.as_ptr(),
                input_values.as_ptr().cast(),
                inputs.len(),
                output_names.as_ptr(),
                outputs.len(),
                output_values.as_mut_ptr(),
            )
        };
        // SAFETY: `status` comes from ONNX Runtime and is handed over once.
        unsafe { ort::Error::result_from_status(status) }
            .map_err(|error| one_line(&error.to_string()))
    }
}

/// A folder that cannot exist: its parent is a file on Unix, and on Windows
/// no name may hold these characters.
const NO_SUCH_FOLDER: &str = if cfg!(windows) {
    "<no external weights>"
} else {
    "/dev/null/no-external-weights"
};

/// One input or output as the loaded model has it.
pub(super) struct Port<'a> {
    /// The tensor's name.
    pub name: &'a str,
    /// What it is made of; `None` if it is no tensor of numbers the engine knows.
    pub element: Option<Element>,
    /// Its shape (`-1`: any); empty if it is no tensor.
    pub shape: &'a [i64],
}

/// What a tensor is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// 32-bit floats: everything but names of rows.
    Float,
    /// 64-bit integers: rows of a model's tables.
    Integer,
}

impl Element {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Element::Float => "32-bit floats",
            Element::Integer => "64-bit integers",
        }
    }
}

impl<'a> Port<'a> {
    fn new(outlet: &'a Outlet) -> Self {
        let kind = outlet.dtype();
        Self {
            name: outlet.name(),
            element: match kind.tensor_type() {
                Some(TensorElementType::Float32) => Some(Element::Float),
                Some(TensorElementType::Int64) => Some(Element::Integer),
                _ => None,
            },
            shape: kind.tensor_shape().map_or(&[], |shape| &shape[..]),
        }
    }
}
