//! The audio callback of the real plugin, with its real model running beside it, block by block:
//! it neither allocates nor frees. There are no known offenders.

#[path = "support/rig.rs"]
mod rig;

use rig::Rig;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

/// Counts what the current thread asks of the system's allocator.
struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // The counter is gone when its thread is ending; nothing is counted then.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn the_callback_neither_allocates_nor_frees() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/golden/phrase.flac");
    let phrase = vocalise::files::audio::read(&path).expect("the phrase is part of the project");
    let mut rig = Rig::new(phrase.sample_rate as f32, false);
    rig.wait_until_ready();
    let before = CALLS.get();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(CALLS.get() - before, 2, "the counter counts");

    let mut notes = 0;
    let mut block = [0.0; 128];
    for (index, audio) in phrase.channels[0].chunks_exact(128).enumerate() {
        block.copy_from_slice(audio);
        if index == 1_000 {
            rig.reset();
        }
        if index == 1_500 {
            rig.transport().playing = true;
            rig.transport().tempo = Some(97.0);
        }
        let before = CALLS.get();
        rig.process_only(&mut block);
        let calls = CALLS.get() - before;
        assert_eq!(calls, 0, "allocations or frees in block {index}");
        notes += rig.sent_notes();
        // Not the callback's: leaves the engine time to answer.
        if index % 4 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
    assert!(
        notes > 5,
        "the engine answered while it was watched: {notes} notes"
    );
}
