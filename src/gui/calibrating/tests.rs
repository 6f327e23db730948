//! The button in a window that nobody sees, and what the host gets of it.

use super::*;
use crate::gui::test_host::Host;
use crate::voice::F0Point;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

struct Window {
    params: Arc<VocaliseParams>,
    host: Host,
    calibrating: Calibrating,
}

fn open() -> Harness<'static, Window> {
    let window = Window {
        params: Arc::default(),
        host: Host::default(),
        calibrating: Calibrating::default(),
    };
    let show = |ui: &mut Ui, window: &mut Window| {
        let setter = ParamSetter::new(&window.host);
        window.calibrating.settle(&window.params, &setter);
        window.calibrating.show(ui, &window.params, &setter);
    };
    Harness::new_ui_state(show, window)
}

fn hear(harness: &mut Harness<'_, Window>, frames: usize, level_db: f32, voicing: f32) {
    let f0 = F0Point {
        time_s: 0.0,
        hz: 0.0,
    };
    for _ in 0..frames {
        harness.state_mut().calibrating.take(&Report::Frame {
            f0,
            level_db,
            voicing,
        });
    }
    harness.run();
}

fn click(harness: &mut Harness<'_, Window>, button: &str) {
    harness.get_by_label(button).click();
    harness.run();
}

/// Gain and gate.
fn levels(harness: &Harness<'_, Window>) -> (f32, f32) {
    let params = &harness.state().params;
    (params.gain.value(), params.gate.value())
}

#[test]
fn the_button_leads_through_a_calibration_that_the_host_sees_and_undo_takes_back() {
    let mut harness = open();
    let before = levels(&harness);
    click(&mut harness, "Calibrate");
    assert!(harness.query_by_label_contains("Be quiet").is_some());
    hear(&mut harness, 300, -60.0, 0.0);
    assert!(harness.query_by_label_contains("sing one note").is_some());
    hear(&mut harness, 120, -35.0, 0.9);
    assert!(harness.query_by_label_contains("are set").is_some());
    let (gain, gate) = levels(&harness);
    assert!((gain - 15.0).abs() < 0.1, "{gain}");
    assert!((gate + 39.0).abs() < 0.1, "{gate}");
    let gestures = harness.state().host.gestures.lock().unwrap().clone();
    assert_eq!(gestures, ["begin", "set", "end", "begin", "set", "end"]);

    click(&mut harness, "Undo");
    let (gain, gate) = levels(&harness);
    assert!((gain - before.0).abs() < 0.01 && (gate - before.1).abs() < 0.01);
    assert!(harness.query_by_label("Undo").is_none());
}

#[test]
fn a_cancelled_calibration_changes_nothing() {
    let mut harness = open();
    let before = levels(&harness);
    click(&mut harness, "Calibrate");
    hear(&mut harness, 300, -60.0, 0.0);
    click(&mut harness, "Cancel");
    hear(&mut harness, 300, -35.0, 0.9);
    assert_eq!(levels(&harness), before);
    assert!(harness.state().host.gestures.lock().unwrap().is_empty());
    assert!(harness.query_by_label("Calibrate").is_some());
}
