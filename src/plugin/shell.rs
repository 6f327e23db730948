//! A whole plugin around somebody's own stages: MIDI in, MIDI out, audio passes.
//!
//! Who has a symbolic-music network writes a [`MidiModel`] and exports `Shell<TheirModel>`; see
//! `examples/echo.rs`.

use super::played::PlayedNotes;
use super::starter::Starter;
use super::{midi, transport};
use crate::stages::port::HeldNotes;
use crate::stages::{Engine, EngineState, HostEvent, Line, Never, OffAudio, Port, Stages};
use nih_plug::prelude::*;
use parking_lot::Mutex;
use std::sync::Arc;

/// Parameters that a model may have.
const MOST_PARAMETERS: usize = 64;

/// What makes a plugin of a line of stages.
pub trait MidiModel: Send + 'static {
    /// The name that hosts show.
    const NAME: &'static str;
    /// Whose it is.
    const VENDOR: &'static str;
    /// The CLAP id, in reverse domain order.
    const CLAP_ID: &'static str;
    /// The VST3 class id; any 16 bytes that nobody else uses.
    const VST3_CLASS_ID: [u8; 16];
    /// The stages' types.
    type Line: Line<Frame = Never>;
    /// The parameters; `()` stands for none.
    type Params: Params + Default + Send + Sync;

    /// Makes the stages for a stream at `rate` Hz; runs on a thread of its own, may take its time.
    ///
    /// # Errors
    /// One sentence for the user; audio passes all the same.
    fn stages(rate: f64, off_audio: &OffAudio) -> Result<Stages<Self::Line>, String>;

    /// The plain value of the parameter that host events call `index`; `None` past the last one.
    fn parameter(params: &Self::Params, index: u32) -> Option<f32> {
        let _ = (params, index);
        None
    }
}

/// The plugin made of `M`.
pub struct Shell<M: MidiModel> {
    params: Arc<M::Params>,
    state: Arc<Mutex<EngineState>>,
    line: Starter<M::Line>,
    port: Option<Port<Never>>,
    start_asked: bool,
    /// Parameter values that the stages were last told.
    told: [Option<f32>; MOST_PARAMETERS],
    /// What an earlier activation left sounding.
    held: HeldNotes,
    /// What the host plays into the plugin.
    played: PlayedNotes,
}

impl<M: MidiModel> Default for Shell<M> {
    fn default() -> Self {
        Self {
            params: Arc::default(),
            state: Arc::default(),
            line: Starter::default(),
            port: None,
            start_asked: false,
            told: [None; MOST_PARAMETERS],
            held: HeldNotes::default(),
            played: PlayedNotes::default(),
        }
    }
}

/// What the audio thread asks of the background thread.
pub enum Start {
    /// Start the line that is parked.
    Line,
}

impl<M: MidiModel> Plugin for Shell<M> {
    const NAME: &'static str = M::NAME;
    const VENDOR: &'static str = M::VENDOR;
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    // Some hosts refuse effects without audio, so audio passes through.
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = super::LAYOUTS;
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::MidiCCs;

    type Editor = ();
    type SysExMessage = ();
    type BackgroundTask = Start;

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let line = self.line.clone();
        Box::new(move |Start::Line| line.start())
    }

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn activate(
        &mut self,
        _: &AudioIOLayout,
        config: &BufferConfig,
        _: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.deactivate();
        let rate = f64::from(config.sample_rate);
        let build = Box::new(move |off_audio: &_| M::stages(rate, off_audio));
        let offline = config.process_mode == ProcessMode::Offline;
        let (mut port, parked) = Engine::lay(rate, offline, true, self.state.clone(), build);
        port.adopt(self.held);
        self.line.park(parked);
        self.port = Some(port);
        true
    }

    fn deactivate(&mut self) {
        if let Some(port) = self.port.take() {
            self.held = port.held();
        }
        self.line.stop();
        self.start_asked = false;
        self.told = [None; MOST_PARAMETERS];
        self.played.clear();
    }

    fn reset(&mut self) {
        self.played.clear();
        if let Some(port) = &mut self.port {
            port.reset();
        }
    }

    fn stop_processing(&mut self) {
        self.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let len = buffer.samples();
        let Some(port) = self.port.as_mut().filter(|_| len > 0) else {
            return ProcessStatus::KeepAlive;
        };
        if !self.start_asked {
            context.execute_background(Start::Line);
            self.start_asked = true;
        }
        let start = port.position();
        port.begin(len);
        port.transport(transport::snapshot(context.transport()));
        for (index, told) in (0u32..).zip(&mut self.told) {
            let Some(value) = M::parameter(&self.params, index) else {
                break;
            };
            if *told != Some(value) && port.event(start, HostEvent::Parameter { index, value }) {
                *told = Some(value);
            }
        }
        while let Some(event) = context.next_event() {
            let position = start + i64::from(event.timing());
            self.played.hear(&event, |message| {
                port.tick_to(position);
                port.event(position, HostEvent::Midi(message));
            });
        }
        port.tick_to(start + len as i64);
        port.finish(len, |offset, message| {
            context
                .try_send_event(midi::note_event(offset, message))
                .is_ok()
        });
        ProcessStatus::KeepAlive
    }
}

impl<M: MidiModel> ClapPlugin for Shell<M> {
    const CLAP_ID: &'static str = M::CLAP_ID;
    const CLAP_DESCRIPTION: Option<&'static str> = None;
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::NoteEffect, ClapFeature::AudioEffect];
}

impl<M: MidiModel> Vst3Plugin for Shell<M> {
    const VST3_CLASS_ID: [u8; 16] = M::VST3_CLASS_ID;
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx];
}

/// No parameters at all.
#[derive(Params, Default)]
pub struct NoParams {}

/// Exports `Shell<$model>` as CLAP and VST3; to be used once, in a library of crate type `cdylib`
/// that depends on `vocalise` without its default features.
#[macro_export]
macro_rules! export_midi_plugin {
    ($model:ty) => {
        mod exported {
            use super::*;
            use $crate::framework::prelude::*;

            type ExportedShell = $crate::plugin::shell::Shell<$model>;
            $crate::framework::nice_export_clap!(ExportedShell);
            $crate::framework::nice_export_vst3!(ExportedShell);
        }
    };
}

#[cfg(test)]
mod tests;
