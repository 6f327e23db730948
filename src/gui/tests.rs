//! The editor in a window that nobody sees: what hands do, and what the engine and the take get.

use super::controls::DRAWN;
use super::panels::Page;
use super::test_host::Host;
use super::*;
use crate::music::{SungNote, Track};
use crate::voice::{Report, parameter};
use egui::{Key, Modifiers, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use nih_plug::prelude::Params;

struct Window {
    editor: Editor,
    host: Host,
}

fn open(size: egui::Vec2) -> Harness<'static, Window> {
    let window = Window {
        editor: Editor::new(Arc::default(), Arc::new(View::new(16))),
        host: Host::default(),
    };
    let show = |ui: &mut egui::Ui, window: &mut Window| {
        let setter = ParamSetter::new(&window.host);
        window.editor.show(ui, &setter);
    };
    Harness::builder()
        .with_size(size)
        .build_ui_state(show, window)
}

/// A take of one sung note in a bar of its own.
fn sing(harness: &mut Harness<'_, Window>) {
    let take = harness.state().editor.view.take().clone();
    let note = SungNote {
        onset_s: 1.0,
        offset_s: 3.0,
        pitch: 60.0,
        velocity: 0.7,
        decided_s: 1.1,
    };
    let mut take = take.lock();
    take.hear(&Report::Bar {
        at_s: 0.0,
        length_s: 4.0,
        quarters: 4.0,
        bar: 0,
        plan: None,
        late: 0,
    });
    take.hear(&Report::NoteOff(note, Some(60)));
}

/// Melody keys of the take.
fn keys(harness: &Harness<'_, Window>) -> Vec<u8> {
    let take = harness.state().editor.view.take().lock();
    let melody = take
        .notes()
        .iter()
        .filter(|note| note.track == Track::Melody);
    melody.map(|note| note.key).collect()
}

/// Where the sung note's middle lies.
fn note_at(harness: &Harness<'_, Window>) -> egui::Pos2 {
    let editor = &harness.state().editor;
    let take = editor.view.take().lock();
    let areas = editor.areas.expect("the roll was drawn");
    let rect = roll::note_rect(&editor.viewport, &areas, &take.notes()[0], 3.0);
    rect.expect("in sight").center()
}

fn click(harness: &mut Harness<'_, Window>, at: egui::Pos2) {
    harness.hover_at(at);
    harness.run_steps(2);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(2);
    }
}

#[test]
fn a_genre_that_is_picked_reaches_the_host_and_the_stages() {
    let mut harness = open(vec2(SIZE.0, SIZE.1));
    let told = |harness: &Harness<'_, Window>| {
        let params = &harness.state().editor.params;
        let genre = params.told().find(|(index, _)| *index == parameter::GENRE);
        genre.map(|(_, value)| value)
    };
    let before = told(&harness);
    harness.get_by_value("Pop").click();
    harness.run_steps(3);
    harness.get_by_label("Jazz").click();
    harness.run_steps(3);
    assert_ne!(told(&harness), before);
    assert_eq!(
        *harness.state().host.gestures.lock().unwrap(),
        ["begin", "set", "end"]
    );
}

#[test]
fn a_note_that_is_deleted_comes_back_when_that_is_undone() {
    let mut harness = open(vec2(SIZE.0, SIZE.1));
    sing(&mut harness);
    harness.run_steps(60);
    let at = note_at(&harness);
    click(&mut harness, at);
    assert_eq!(harness.state().editor.marks.notes.len(), 1, "not chosen");
    harness.key_press(Key::ArrowUp);
    harness.run_steps(2);
    assert_eq!(keys(&harness), [61]);
    harness.key_press(Key::Delete);
    harness.run_steps(2);
    assert!(keys(&harness).is_empty());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(keys(&harness), [61]);
    harness.get_by_label("Undo").click();
    harness.run_steps(2);
    assert_eq!(keys(&harness), [60]);
}

#[test]
fn a_note_is_dragged_as_one_edit() {
    let mut harness = open(vec2(SIZE.0, SIZE.1));
    sing(&mut harness);
    harness.run_steps(60);
    let from = note_at(&harness);
    let semitone = {
        let editor = &harness.state().editor;
        editor.viewport.semitone(editor.areas.expect("drawn").notes)
    };
    harness.drag_at(from);
    harness.run_steps(2);
    for step in 1..=4 {
        harness.hover_at(pos2(from.x, from.y - semitone * step as f32));
        harness.run_steps(1);
    }
    harness.drop_at(pos2(from.x, from.y - 4.0 * semitone));
    harness.run_steps(2);
    assert_eq!(keys(&harness), [64]);
    harness.get_by_label("Undo").click();
    harness.run_steps(2);
    assert_eq!(keys(&harness), [60]);
}

#[test]
fn every_parameter_can_be_reached() {
    DRAWN.with_borrow_mut(|names| names.clear());
    let mut harness = open(vec2(1_400.0, 1_400.0));
    // A scale with all twelve degrees shows all their switches.
    let scale = &harness.state().editor.params.scale;
    let host = Host::default();
    ParamSetter::new(&host).set_parameter(scale, crate::music::Scale::Chromatic);
    for page in [Page::Tracks, Page::Voice, Page::Time] {
        harness.state_mut().editor.page = page;
        harness.run_steps(3);
    }
    let params = &harness.state().editor.params;
    let missing: Vec<String> = params
        .param_map()
        .into_iter()
        // SAFETY: the parameters outlive their map.
        .map(|(_, param, _)| unsafe { (param.flags(), param.name().to_owned()) })
        // What has no meaning for a track is hidden from the host as well.
        .filter(|(flags, _)| !flags.contains(nih_plug::prelude::ParamFlags::HIDDEN))
        .map(|(_, name)| name)
        .filter(|name| !DRAWN.with_borrow(|drawn| drawn.contains(name)))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Whatever can be seen or pressed, with its place: role and words, then its rectangle.
fn parts_of(harness: &Harness<'_, Window>) -> Vec<(String, egui::Rect)> {
    use egui::accesskit::Role;
    let shown = |role| {
        matches!(
            role,
            Role::Button
                | Role::CheckBox
                | Role::ComboBox
                | Role::Label
                | Role::Slider
                | Role::SpinButton
                | Role::TextInput
        )
    };
    let nodes = harness.root().children_recursive();
    let nodes = nodes.filter(|node| shown(node.accesskit_node().role()));
    nodes
        .map(|node| {
            let node_ = node.accesskit_node();
            let words = node_.label().or(node_.value()).unwrap_or_default();
            (format!("{:?} {words:?}", node_.role()), node.rect())
        })
        .collect()
}

#[test]
fn nothing_overlaps_or_leaves_the_window_at_any_size_and_scale() {
    let smallest = vec2(shape::SMALLEST.0, shape::SMALLEST.1);
    let mut faults = Vec::new();
    // In one that is too small, what is cut off is scrolled to.
    let too_small = vec2(500.0, 400.0);
    for size in [
        too_small,
        smallest,
        vec2(SIZE.0, SIZE.1),
        vec2(1_920.0, 1_080.0),
    ] {
        for page in [Page::Tracks, Page::Voice, Page::Time, Page::Help] {
            for pixels in [1.0, 1.5, 2.0] {
                let mut harness = open(size);
                harness.set_pixels_per_point(pixels);
                sing(&mut harness);
                harness.state_mut().editor.page = page;
                harness.run_steps(5);
                let parts = parts_of(&harness);
                assert!(parts.len() > 20, "{parts:?}");
                let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
                for (at, (name, rect)) in parts.iter().enumerate() {
                    let told = format!("{name} {rect:?} on {page:?} in {size:?} times {pixels}");
                    if size != too_small && !window.contains_rect(*rect) {
                        faults.push(format!("cut off: {told}"));
                    }
                    for (other, its) in &parts[at + 1..] {
                        let common = rect.shrink(1.0).intersect(*its);
                        if common.width() > 0.0 && common.height() > 0.0 {
                            faults.push(format!("{other} {its:?} lies on {told}"));
                        }
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
