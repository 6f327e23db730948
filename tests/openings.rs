//! The editor opened and closed two hundred times while audio runs: what it took is given back, and
//! no block misses its audio.
//!
//! Skips with a line on stderr where the X server or its helpers are missing.

mod bundles;
#[path = "support/phrase.rs"]
mod phrase;
#[path = "editor/screen.rs"]
#[allow(dead_code, reason = "nothing is clicked here")]
mod screen;

use headless::{Block, Editor, Host, Pace, Setup, SharedPlugin, Vst3Host};
use phrase::PHRASE;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use vocalise::gui::SIZE;

/// How often the editor is opened before memory is counted: the engine allocates for half a minute.
const BEFORE: usize = 240;
/// How often after that.
const OPENINGS: usize = 200;
/// How much memory the openings may keep, in bytes.
const MOST: f64 = 5.0 * 1_048_576.0;
/// How long each editor stays open.
const OPEN: Duration = Duration::from_millis(60);
/// Samples in a block.
const BLOCK: usize = 512;
/// Pixels a point that the host says, in turn.
const SCALES: [f32; 3] = [1.0, 1.5, 2.0];

/// Opens and closes editors, a step at a time, on the host's main thread.
struct Openings {
    plugin: SharedPlugin,
    open: Option<(Editor, Instant)>,
    done: usize,
    /// How many there shall be.
    wanted: usize,
}

impl Openings {
    fn step(&mut self) {
        let Some((editor, since)) = &self.open else {
            if self.done < self.wanted {
                self.open = Some((self.opened(), Instant::now()));
            }
            return;
        };
        editor.serve_once().expect("the editor is served");
        if since.elapsed() >= OPEN {
            self.open = None;
            self.done += 1;
        }
    }

    /// An editor that is given another scale and another size at once.
    fn opened(&self) -> Editor {
        let editor = Editor::of(self.plugin.clone()).expect("the editor opens");
        let scale = SCALES[self.done % SCALES.len()];
        editor.scale(scale).expect("a scale");
        let points = SIZE.0 + 10.0 * (self.done % 7) as f32;
        let pixels = |points: f32| (points * scale).round() as i32;
        let size = (pixels(points), pixels(SIZE.1));
        assert_eq!(editor.resize(size.0, size.1).expect("another size"), size);
        editor
    }
}

/// Bytes that this process has in memory, without what only the allocator keeps for later.
fn resident() -> f64 {
    // SAFETY: it may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages = status.split_whitespace().nth(1).expect("resident pages");
    pages.parse::<f64>().expect("a number") * 4096.0
}

#[test]
fn two_hundred_openings_while_audio_runs_leave_no_memory_and_miss_no_block() {
    if screen::is_left_out() {
        return;
    }
    let Some(bundle) = bundles::bundle(bundles::VST3) else {
        return;
    };
    let home = tempfile::tempdir().expect("a home of its own");
    // SAFETY: this is the only test of its program, and no other thread runs yet.
    let _screen = unsafe { screen::for_this_program(home.path()) }.expect("the screen starts");
    let mut host = Vst3Host::open(&bundle).expect("the bundle opens");
    let openings = Rc::new(RefCell::new(Openings {
        plugin: host.plugin(),
        open: None,
        done: 0,
        wanted: BEFORE,
    }));
    let stepped = openings.clone();
    host.meanwhile(move || stepped.borrow_mut().step());
    let mut stage = Stage::new(&mut host);
    while openings.borrow().done < BEFORE {
        stage.play_a_moment();
    }
    let before = resident();
    openings.borrow_mut().wanted += OPENINGS;
    while openings.borrow().done < BEFORE + OPENINGS {
        stage.play_a_moment();
    }
    let kept = resident() - before;
    assert!(stage.events > 0, "nothing was heard");
    eprintln!(
        "{OPENINGS} openings, {:.0} s of audio: {:.1} MB kept, the take with them",
        stage.position as f64 / PHRASE.1,
        kept / 1e6,
    );
    assert!(kept <= MOST, "{kept} bytes were kept");
}

/// A live performance, in blocks as a sound card would ask for them; what comes back is not kept.
struct Stage<'a> {
    host: &'a mut Vst3Host,
    pace: Pace,
    /// The next sample.
    position: i64,
    /// Messages that came back.
    events: usize,
}

impl<'a> Stage<'a> {
    fn new(host: &'a mut Vst3Host) -> Self {
        let setup = Setup {
            rate: PHRASE.1,
            max_block: BLOCK,
            channels: 2,
            offline: false,
        };
        host.activate(&setup).expect("the plugin is activated");
        Self {
            host,
            pace: Pace {
                start: Instant::now(),
                rate: PHRASE.1,
            },
            position: 0,
            events: 0,
        }
    }

    fn play_a_moment(&mut self) {
        let sung = (self.position..).map(|at| PHRASE.0[at as usize % PHRASE.0.len()]);
        let sung: Vec<f32> = sung.take(BLOCK).collect();
        let block = Block {
            position: self.position,
            input: vec![sung.clone(), sung.clone()],
            ..Block::default()
        };
        let processed = self.host.process(vec![block], Some(self.pace));
        for block in processed.expect("the plugin runs") {
            for channel in &block.output {
                assert!(channel == &sung, "a block missed its audio");
            }
            self.events += block.events.len();
        }
        self.position += BLOCK as i64;
        self.host.serve().expect("the plugin is served");
    }
}
