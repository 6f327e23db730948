//! Without ONNX Runtime: an error that says where it was looked for, no
//! panic, no deadlock, and success as soon as the file is in place.
//!
//! One test in a program of its own, because the process can open the library
//! only once.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use vocalise::nn::runtime::{self, OVERRIDE, RuntimeError};
use vocalise::nn::{NnError, Pack};

/// Sets the override. Only this file's one test runs in the process.
fn look_at(path: &std::path::Path) {
    // SAFETY: no other thread reads or writes the environment at this time.
    unsafe { std::env::set_var(OVERRIDE, path) };
}

#[test]
fn a_missing_library_is_reported_and_found_later() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent").join(runtime::LIBRARY);
    look_at(&absent);

    // In a thread, so that a deadlock fails the test instead of hanging it.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let errors: Vec<_> = (0..3).map(|_| Pack::factory().map(|_| ())).collect();
        sender.send(errors).unwrap();
    });
    for result in receiver.recv_timeout(Duration::from_secs(20)).unwrap() {
        let Err(NnError::Runtime(RuntimeError::NotFound { attempts })) = result else {
            panic!("{result:?}");
        };
        assert_eq!(
            attempts.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            [&absent]
        );
    }
    assert_eq!(runtime::location(), None);

    // A file that is a library, but not this one.
    let own_program = std::env::current_exe().unwrap();
    look_at(&own_program);
    assert!(matches!(
        runtime::runtime(),
        Err(RuntimeError::NotFound { .. })
    ));

    // SAFETY: as in `look_at`.
    unsafe { std::env::remove_var(OVERRIDE) };
    Pack::factory().unwrap();
    let found: PathBuf = runtime::location().unwrap().to_path_buf();
    assert!(found.is_file());
}
