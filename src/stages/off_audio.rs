//! The witness that code does not run on the host's audio thread.

use std::marker::PhantomData;
use std::thread::{Builder, JoinHandle};

/// Proof of being on a thread that may block. What may block asks for one; the audio callback has
/// none to give, so calling such a function there does not compile. It cannot be sent elsewhere.
pub struct OffAudio {
    not_send: PhantomData<*const ()>,
}

impl OffAudio {
    /// Runs `body` on a new thread called `name`, handing it the witness.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn<T: Send + 'static>(
        name: &str,
        body: impl FnOnce(&OffAudio) -> T + Send + 'static,
    ) -> std::io::Result<JoinHandle<T>> {
        Builder::new().name(name.to_owned()).spawn(move || {
            body(&OffAudio {
                not_send: PhantomData,
            })
        })
    }

    /// The witness for a program's own main thread or a test, which by their nature are no audio
    /// callback. Not for use in a plugin.
    pub fn main_thread() -> Self {
        OffAudio {
            not_send: PhantomData,
        }
    }
}
