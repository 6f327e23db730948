//! The editor in a real window on a screen that nobody sees: what a click
//! changes is what the host and the saved project get.
//!
//! Skips with a line on stderr where the X server or its helpers are missing.
//! Screenshots are left in `target/screenshots`.

#[path = "../bundles/mod.rs"]
mod bundles;
#[path = "../support/phrase.rs"]
mod phrase;
mod screen;

use headless::{Editor, Host, Script, Transport, Vst3Host, find_param, play};
use phrase::PHRASE;
use screen::Screen;
use std::path::Path;
use std::time::Duration;

/// The window's name, as the host gives it.
const WINDOW: &str = "Vocalise - VST3";
/// The middle of the genre picker, in pixels of the window.
const PICKER: (i32, i32) = (500, 31);
/// From the picker to an entry of its list: up or down in pixels.
const ENTRY: (i32, i32) = (0, 120);
/// The pages, and where in points their names stand.
const PAGES: [(&str, f32); 4] = [
    ("voice", 92.0),
    ("time", 170.0),
    ("help", 244.0),
    ("tracks", 34.0),
];
/// How far above the window's lower edge, in points.
const ABOVE_THE_EDGE: f32 = 267.0;
/// Time for a click to reach the plugin and for the picture to follow.
const SETTLE: Duration = Duration::from_millis(800);

#[test]
fn a_click_on_a_genre_reaches_the_host_and_the_saved_state() {
    if screen::is_left_out() {
        return;
    }
    let Some(bundle) = bundles::bundle(bundles::VST3) else {
        return;
    };
    let home = tempfile::tempdir().expect("a home of its own");
    // SAFETY: this is the only test of its program, and no other thread runs yet.
    let screen = unsafe { screen::for_this_program(home.path()) }.expect("the screen starts");
    let shots = bundles::target().join("screenshots");
    std::fs::create_dir_all(&shots).expect("the folder for screenshots");

    let mut host = Vst3Host::open(&bundle).expect("the bundle opens");
    let before = genre(&mut host);
    let saved_before = host.save_state().expect("a state");
    let editor = Editor::open(&host).expect("the editor opens");
    editor.serve(2 * SETTLE).expect("the editor is served");
    screen
        .screenshot(WINDOW, &shots.join("empty.png"))
        .expect("a screenshot");
    drop(editor);

    // What was sung and played is there when the editor opens later.
    let phrase = PHRASE.0.repeat(2);
    let mut sung = Script::offline(PHRASE.1, vec![phrase.clone(), phrase]);
    sung.transport = Some(Transport::playing(100.0));
    play(&mut host, &sung).expect("the plugin runs");
    let editor = Editor::open(&host).expect("the editor opens again");
    editor.serve(2 * SETTLE).expect("the editor is served");
    screen
        .screenshot(WINDOW, &shots.join("editor.png"))
        .expect("a screenshot");

    let (x, y) = PICKER;
    screen.click(WINDOW, x, y).expect("a click");
    editor.serve(SETTLE).expect("the editor is served");
    screen
        .screenshot(WINDOW, &shots.join("genres.png"))
        .expect("a screenshot");
    screen
        .click(WINDOW, x + ENTRY.0, y + ENTRY.1)
        .expect("a click");
    editor.serve(SETTLE).expect("the editor is served");
    screen
        .screenshot(WINDOW, &shots.join("chosen.png"))
        .expect("a screenshot");
    drop(editor);
    every_page_at_every_size(&host, &screen, &shots);
    automation_shows(&mut host, &screen, &shots);

    // The host takes the edit into its next block.
    let script = Script::offline(48_000.0, vec![vec![0.0; 4_800]; 2]);
    play(&mut host, &script).expect("the plugin runs");
    let after = genre(&mut host);
    assert_ne!(
        after,
        before,
        "the click changed nothing, see {}",
        shots.display()
    );
    let saved = host.save_state().expect("a state");
    assert_ne!(saved, saved_before);
    let mut opened = Vst3Host::open(&bundle).expect("the bundle opens");
    opened.load_state(&saved).expect("the state is taken");
    assert_eq!(genre(&mut opened), after);
}

/// The genre as the host shows it.
fn genre(host: &mut Vst3Host) -> String {
    let params = host.params().expect("parameters");
    find_param(&params, "Genre").expect("a genre").text.clone()
}

/// What the host automates is seen in the open editor.
fn automation_shows(host: &mut Vst3Host, screen: &Screen, shots: &Path) {
    let editor = Editor::open(host).expect("the editor opens");
    let mut seen = Vec::new();
    for genre in ["Trap", "Cinematic", "Cinematic"] {
        let script = Script::offline(48_000.0, vec![vec![0.0; 4_800]; 2]);
        play(host, &script.set(0, "Genre", genre.into())).expect("the plugin runs");
        editor.serve(2 * SETTLE).expect("the editor is served");
        let shot = shots.join(format!("automated-{}.png", seen.len()));
        screen.screenshot(WINDOW, &shot).expect("a screenshot");
        seen.push(screen::part(&shot, (376, 20, 150, 24)).expect("a picture"));
    }
    assert!(
        seen[0] != seen[1],
        "the genre that was automated is not seen"
    );
    assert!(seen[1] == seen[2], "something else moves there");
}

/// Leaves pictures of every page at one, one and a half and two pixels a point, and in the smallest
/// window.
fn every_page_at_every_size(host: &Vst3Host, screen: &Screen, shots: &Path) {
    let smallest = vocalise::gui::shape::SMALLEST;
    let usual = vocalise::gui::SIZE;
    for (name, scale, size) in [
        ("1x", 1.0, usual),
        ("1.5x", 1.5, usual),
        ("2x", 2.0, usual),
        ("smallest", 1.0, smallest),
    ] {
        let editor = Editor::open(host).expect("the editor opens");
        let pixels = |points: f32| (points * scale).round() as i32;
        let (width, height) = (pixels(size.0), pixels(size.1));
        editor.scale(scale).expect("a scale");
        screen.resize(WINDOW, width, height).expect("a window");
        let took = editor.resize(width, height).expect("a size");
        assert_eq!(took, (width, height), "{name}");
        for (page, x) in PAGES {
            let y = size.1 - ABOVE_THE_EDGE;
            screen.click(WINDOW, pixels(x), pixels(y)).expect("a click");
            // Away from what would tell its help.
            screen
                .point(WINDOW, pixels(600.0), pixels(y))
                .expect("a move");
            editor.serve(SETTLE).expect("the editor is served");
            let shot = shots.join(format!("{name}-{page}.png"));
            screen.screenshot(WINDOW, &shot).expect("a screenshot");
        }
    }
}
