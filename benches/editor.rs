//! What an open editor costs: the share of a core that the process uses with and without one, while
//! nothing happens and while somebody sings, drawn by software OpenGL on a screen that nobody sees.
//!
//! Needs the bundle (`cargo xtask bundle`) and the X server of the editor's tests.

#[path = "../tests/bundles/mod.rs"]
mod bundles;
#[path = "../tests/support/phrase.rs"]
#[allow(dead_code, reason = "messages are not asked for")]
mod phrase;
#[path = "../tests/editor/screen.rs"]
#[allow(dead_code, reason = "nothing is clicked here")]
mod screen;

use headless::{Editor, Host, Script, SharedPlugin, Transport, Vst3Host, play};
use phrase::PHRASE;
use std::time::{Duration, Instant};

/// How long each is measured, in seconds.
const LENGTH_S: f64 = 10.0;

fn main() {
    if screen::is_left_out() {
        return;
    }
    let Some(bundle) = bundles::bundle(bundles::VST3) else {
        return;
    };
    let home = tempfile::tempdir().expect("a home of its own");
    // SAFETY: no other thread runs yet.
    let _screen = unsafe { screen::for_this_program(home.path()) }.expect("the screen starts");
    let mut host = Vst3Host::open(&bundle).expect("the bundle opens");
    let plugin = host.plugin();
    println!("| | no editor | editor | the editor's share |");
    println!("|---|---|---|---|");
    let row = |name: &str, without: f64, with: f64| {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let own = percent(with - without);
        println!(
            "| {name} | {} | {} | {own} |",
            percent(without),
            percent(with)
        );
    };
    let without = idle(None);
    row("no audio", without, idle(Some(&plugin)));
    let silence = performance(0.0);
    let without = performed(&mut host, &silence, None);
    row(
        "silence",
        without,
        performed(&mut host, &silence, Some(&plugin)),
    );
    let sung = performance(1.0).transport(Transport::playing(100.0));
    let without = performed(&mut host, &sung, None);
    row(
        "singing, all playing",
        without,
        performed(&mut host, &sung, Some(&plugin)),
    );
}

/// The phrase over and over, as loud as that, at the pace of a sound card.
fn performance(gain: f32) -> Script {
    let length = (LENGTH_S * PHRASE.1) as usize;
    let sung = PHRASE.0.iter().cycle().take(length);
    let sung: Vec<f32> = sung.map(|sample| gain * sample).collect();
    let mut script = Script::live(PHRASE.1, vec![sung.clone(), sung]);
    script.tail = 0.0;
    script
}

/// Cores used while the host only waits.
fn idle(plugin: Option<&SharedPlugin>) -> f64 {
    let editor = plugin.map(|plugin| Editor::of(plugin.clone()).expect("the editor opens"));
    let wait = |time: Duration| match &editor {
        Some(editor) => editor.serve(time).expect("the editor is served"),
        None => std::thread::sleep(time),
    };
    wait(Duration::from_secs(2));
    measured(|| wait(Duration::from_secs_f64(LENGTH_S)))
}

/// Cores used while the host plays.
fn performed(host: &mut Vst3Host, script: &Script, plugin: Option<&SharedPlugin>) -> f64 {
    let editor = plugin.map(|plugin| Editor::of(plugin.clone()).expect("the editor opens"));
    let mut served = Instant::now();
    host.meanwhile(move || {
        if let Some(editor) = &editor
            && served.elapsed() >= Duration::from_millis(10)
        {
            editor.serve_once().expect("the editor is served");
            served = Instant::now();
        }
    });
    play(host, script).expect("the plugin runs");
    let cores = measured(|| {
        play(host, script).expect("the plugin runs");
    });
    host.meanwhile(|| {});
    host.serve().expect("the plugin is served");
    cores
}

/// Cores that this process uses while `work` runs.
fn measured(work: impl FnOnce()) -> f64 {
    let (began, used) = (Instant::now(), cpu_s());
    work();
    (cpu_s() - used) / began.elapsed().as_secs_f64()
}

/// CPU time of this process in seconds.
fn cpu_s() -> f64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is valid, and the clock exists on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
}
