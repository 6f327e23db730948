//! The editor's colours and spacing: dark, calm, one accent.

use crate::music::Track;
use egui::{Color32, Context, CornerRadius, Stroke, Visuals};

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(20, 22, 28);
/// Behind a group of controls.
pub const PANEL: Color32 = Color32::from_rgb(29, 32, 40);
/// Lines that should hardly be seen.
pub const FAINT: Color32 = Color32::from_rgb(52, 57, 70);
/// Text.
pub const TEXT: Color32 = Color32::from_rgb(222, 226, 235);
/// Text that explains.
pub const DIM: Color32 = Color32::from_rgb(142, 150, 168);
/// What is sung.
pub const VOICE: Color32 = Color32::from_rgb(255, 158, 84);
/// What is chosen.
pub const ACCENT: Color32 = Color32::from_rgb(255, 158, 84);
/// What is well.
pub const GOOD: Color32 = Color32::from_rgb(108, 208, 150);
/// What wants attention.
pub const WARN: Color32 = Color32::from_rgb(247, 118, 118);

/// The colour of a track's notes.
pub const fn track(track: Track) -> Color32 {
    match track {
        Track::Melody => VOICE,
        Track::Chords => Color32::from_rgb(110, 162, 255),
        Track::Bass => Color32::from_rgb(170, 124, 245),
        Track::Answer => Color32::from_rgb(112, 214, 206),
        Track::Counter => Color32::from_rgb(236, 134, 190),
        Track::Drums => Color32::from_rgb(206, 200, 150),
    }
}

/// Dresses `context` in the theme.
pub fn apply(context: &Context) {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = PANEL;
    visuals.extreme_bg_color = Color32::from_rgb(14, 15, 20);
    visuals.override_text_color = Some(TEXT);
    visuals.selection.bg_fill = VOICE.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, VOICE);
    for widget in [
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(5);
    }
    visuals.widgets.inactive.weak_bg_fill = FAINT.gamma_multiply(0.7);
    visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, VOICE.gamma_multiply(0.6));
    context.set_visuals(visuals);
    // A slip of the hand is not to end a session.
    context.options_mut(|options| options.quit_shortcuts.clear());
}
