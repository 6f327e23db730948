//! What can be done with the take: undo, quantise, refine, clear, listen and save.

use super::refining::Refining;
use super::roll::Marks;
use super::saving::Saving;
use super::theme;
use super::viewport::Viewport;
use crate::music::{Division, Grid, Instrument, Message, Track};
use crate::plugin::audition::Audition;
use crate::plugin::{View, VocaliseParams};
use crate::voice::recording::{Selection, Take};
use egui::{RichText, Ui};

/// The grid that takes are drawn to where none is chosen for playing.
const USUAL_GRID: Division = Division::Sixteenth;

/// How much is listened to where nothing is in sight, in seconds.
const STRETCH_S: f64 = 20.0;

/// Shows the bar.
#[expect(clippy::too_many_arguments, reason = "the parts of one editor")]
pub fn show(
    ui: &mut Ui,
    params: &VocaliseParams,
    shared: &View,
    take: &mut Take,
    view: &mut Viewport,
    marks: &mut Marks,
    refining: &mut Refining,
    saving: &mut Saving,
) {
    let selection = selection(marks);
    ui.horizontal_wrapped(|ui| {
        let help = "The roll moves along with what is sung.";
        ui.toggle_value(&mut view.follows, "Follow").on_hover_text(help);
        let undo = take.undo_name().map(|name| format!("Takes back: {name}. Ctrl+Z"));
        let redo = take.redo_name().map(|name| format!("Does again: {name}. Ctrl+Shift+Z"));
        let button = |ui: &mut Ui, label: &str, help: Option<String>| {
            let response = ui.add_enabled(help.is_some(), egui::Button::new(label));
            response.on_hover_text(help.unwrap_or_default()).clicked()
        };
        if button(ui, "Undo", undo) {
            take.undo();
        }
        if button(ui, "Redo", redo) {
            take.redo();
        }
        ui.separator();
        let help = "Draws the selected bars' notes to the grid, early ones and late ones: the grid \
                    under Time and key, or sixteenths.";
        if ui.button("Quantise").on_hover_text(help).clicked() {
            let division = match params.quantise.value() {
                Division::Off => USUAL_GRID,
                chosen => chosen,
            };
            let swing = f64::from(params.swing.value());
            let strength = f64::from(params.strength.value());
            take.quantise(selection, Grid { division, swing }, strength);
        }
        let help = "Hears the selected bars a second time, with hindsight: fewer mistakes, and each \
                    note on its onset. Without a selection, the last two minutes.";
        let refine = egui::Button::new(refining.label());
        let response = ui.add_enabled(refining.is_idle(), refine);
        if response.on_hover_text(help).clicked() {
            refining.start(params, shared, take, selection);
        }
        let help = "Removes what is selected, or everything. Undo brings it back.";
        if ui.button("Clear").on_hover_text(help).clicked() {
            take.clear(selection);
            marks.notes.clear();
        }
        ui.separator();
        audition(ui, params, shared, take, view, marks);
        ui.separator();
        saving.button(ui);
        let words = match (marks.bars, marks.track) {
            (None, None) => "everything".to_owned(),
            (bars, track) => {
                let bars = bars.map_or("all bars".to_owned(), |(from_s, to_s)| {
                    let number = |at_s: f64| take.bar_at(at_s).map_or(0, |bar| bar.number + 1);
                    format!("bars {} – {}", number(from_s), number(to_s - 1e-3))
                });
                track.map_or(bars.clone(), |track| format!("{bars}, {track}"))
            }
        };
        let help = "Drag along the top of the roll to select bars; press a track's name to mean it \
                    alone.";
        ui.label(RichText::new(format!("Works on {words}")).small().color(theme::DIM))
            .on_hover_text(help);
    });
    if let Some(error) = refining.error() {
        ui.label(RichText::new(error).small().color(theme::WARN));
    }
}

/// The button that plays the take with the built-in synthesiser.
fn audition(
    ui: &mut Ui,
    params: &VocaliseParams,
    shared: &View,
    take: &Take,
    view: &Viewport,
    marks: &mut Marks,
) {
    let desk = shared.audition();
    marks.playhead_s = desk.at_s();
    if marks.playhead_s.is_some() {
        if ui
            .button("Stop")
            .on_hover_text("Stops listening.")
            .clicked()
        {
            desk.stop();
        }
        return;
    }
    let help = "Plays the selected bars with the built-in synthesiser; without a selection, from the \
                left edge of the roll on.";
    if ui.button("Listen").on_hover_text(help).clicked() {
        let mut selection = selection(marks);
        if marks.bars.is_none() {
            selection.from_s = listens_from(take, view.from_s);
        }
        desk.play(to_listen(params, take, selection));
    }
}

/// Where to listen from if the roll's left edge is at `edge_s`: from there, or from the last stretch that
/// has notes where there are none behind it.
fn listens_from(take: &Take, edge_s: f64) -> f64 {
    match take
        .notes()
        .iter()
        .map(|note| note.start_s)
        .reduce(f64::max)
    {
        Some(last_s) if last_s < edge_s => {
            let near = take.notes().iter().map(|note| note.start_s);
            let near = near.filter(|start_s| *start_s >= last_s - STRETCH_S);
            near.fold(last_s, f64::min)
        }
        _ => edge_s,
    }
}

/// What is selected, as messages.
fn to_listen(params: &VocaliseParams, take: &Take, selection: Selection) -> Audition {
    let from_s = selection.from_s.max(0.0);
    let (tracks, genre) = (params.tracks(), params.genre.value());
    let mut messages: Vec<(f64, Message)> = Track::ALL
        .into_iter()
        .map(|track| {
            let instrument = tracks.instrument(track, genre, Instrument::default());
            let program = Message::program_change(track.channel(), instrument.program());
            (from_s, program)
        })
        .collect();
    for note in take.notes().iter().filter(|note| selection.holds(note)) {
        let channel = note.track.channel();
        let end_s = note.end_s.unwrap_or(take.now_s());
        let on = Message::note_on(channel, note.key, note.velocity);
        messages.push((note.start_s, on));
        messages.push((end_s, Message::note_off(channel, note.key, 0.0)));
    }
    messages
        .sort_by(|(a_s, a), (b_s, b)| a_s.total_cmp(b_s).then(a.is_note_on().cmp(&b.is_note_on())));
    let last_s = messages.last().map_or(from_s, |(at_s, _)| *at_s);
    Audition {
        from_s,
        to_s: selection.to_s.min(last_s + 0.5),
        messages,
    }
}

/// What work is done on.
pub fn selection(marks: &Marks) -> Selection {
    let (from_s, to_s) = marks
        .bars
        .unwrap_or((Selection::ALL.from_s, Selection::ALL.to_s));
    Selection {
        from_s,
        to_s,
        track: marks.track,
    }
}
