//! The plugin: the only code, with the editor, that knows the framework.

pub mod audition;
mod midi;
pub mod params;
mod played;
pub mod preset_values;
pub mod shell;
mod starter;
mod state;
pub mod track_params;
mod transport;
mod view;

pub use midi::message;
pub use params::VocaliseParams;
pub use track_params::TrackParams;
pub use view::View;

use crate::audio::{DelayLine, Frame, FrontEnd};
use crate::nn::Pack;
use crate::stages::port::HeldNotes;
use crate::stages::{Engine, HostEvent, Port};
use crate::voice::{self, Setup, TimingMode, VoiceLine, parameter};
use audition::{AuditionPlayer, Monitor};
use nih_plug::prelude::*;
use nih_plug_egui::EguiEditor;
use starter::Starter;
use std::sync::Arc;

/// Reports that may wait for an open editor; 10 s of frames.
const REPORTS: usize = 1_024;

/// Stereo and mono, in and out: some hosts refuse plugins without audio.
const LAYOUTS: &[AudioIOLayout] = &[
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(2),
        main_output_channels: NonZeroU32::new(2),
        ..AudioIOLayout::const_default()
    },
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(1),
        main_output_channels: NonZeroU32::new(1),
        ..AudioIOLayout::const_default()
    },
];

/// One instance of the plugin.
pub struct Vocalise {
    params: Arc<VocaliseParams>,
    view: Arc<View>,
    /// The line on its way to run.
    line: Starter<VoiceLine>,
    active: Option<Active>,
    /// What an earlier activation left sounding.
    held: HeldNotes,
    /// The audio thread's end of auditions.
    player: Option<AuditionPlayer>,
    /// Whether the audio passes; where not, only the built-in synthesiser is heard.
    passes: bool,
}

/// What the audio thread works with between activation and deactivation.
struct Active {
    front_end: FrontEnd,
    port: Port<Frame>,
    /// How late everything is in each timing mode, the audio too, in samples.
    latencies: [u32; TimingMode::ALL.len()],
    /// The timing mode whose latency the host was told last; it counts from the activation on that
    /// a changed latency makes the host ask for.
    announced: TimingMode,
    /// The audio on its way through.
    passing: DelayLine,
    /// What is heard of what is sent, and of auditions.
    monitor: Monitor,
    /// Whether the line's start was asked for.
    start_asked: bool,
    /// The parameters that the stages were last told, by their indices.
    told: [f32; parameter::COUNT],
}

/// What the audio thread asks of the background thread.
pub enum Task {
    /// Start the line that is parked.
    StartLine,
}

impl Default for Vocalise {
    fn default() -> Self {
        let view = Arc::new(View::new(REPORTS));
        Self {
            player: view.take_player(),
            params: Arc::new(VocaliseParams::default()),
            view,
            line: Starter::default(),
            active: None,
            held: HeldNotes::default(),
            passes: true,
        }
    }
}

impl Vocalise {
    /// The parameters, for hosts that are Rust themselves.
    pub fn values(&self) -> &VocaliseParams {
        &self.params
    }

    /// What the editor would see.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Whether the audio is to pass, for a program that lets nobody hear it: what the built-in
    /// synthesiser plays is heard all the same.
    pub fn set_passing(&mut self, passes: bool) {
        self.passes = passes;
    }

    /// The editor without a window, for a program that has one of its own.
    pub fn panel(&self) -> crate::gui::Editor {
        crate::gui::Editor::new(self.params.clone(), self.view.clone())
    }

    /// Lays a new line for `config`; an error is one sentence.
    fn lay(&mut self, config: &BufferConfig) -> Result<Active, String> {
        let rate = f64::from(config.sample_rate);
        let front_end = FrontEnd::new(rate).map_err(|error| error.to_string())?;
        let timing = self.params.timing();
        let setup = Setup {
            response: self.params.response.value(),
            performance: self.params.performance(),
            timing,
            tuneful: self.params.tuneful(),
            answers: self.params.answers(),
            tracks: self.params.tracks(),
            front_end_delay_s: front_end.delay_s(),
            rate,
        };
        let watch = self.view.watch();
        let build = Box::new(move |off_audio: &_| {
            let stages = Pack::factory()
                .map_err(|error| error.to_string())
                .and_then(|pack| voice::stages(&pack, setup, watch, off_audio));
            stages.inspect_err(|reason| nice_error!("{reason}"))
        });
        let offline = config.process_mode == ProcessMode::Offline;
        let (mut port, parked) = Engine::lay(rate, offline, false, self.view.state(), build);
        port.adopt(self.held);
        self.line.park(parked);
        let mut told = [0.0; parameter::COUNT];
        for (index, value) in self.params.told() {
            told[index as usize] = value;
        }
        // The set-up says nothing of it.
        told[parameter::BYPASS as usize] = 0.0;
        let largest = config.max_buffer_size as usize;
        let latencies = TimingMode::ALL.map(|mode| match mode {
            TimingMode::Live => 0,
            TimingMode::Aligned => port.latency(mode.hold(rate), largest) as u32,
        });
        let latency = latencies[timing.mode.index()];
        if timing.mode == TimingMode::Aligned {
            port.fix_delay(i64::from(latency));
        }
        Ok(Active {
            front_end,
            port,
            latencies,
            announced: timing.mode,
            passing: DelayLine::new(latency as usize),
            monitor: Monitor::new(rate),
            start_asked: false,
            told,
        })
    }
}

impl Plugin for Vocalise {
    const NAME: &'static str = "Vocalise";
    const VENDOR: &'static str = "Vocalise";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = LAYOUTS;
    const MIDI_INPUT: MidiConfig = MidiConfig::None;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::MidiCCs;

    type Editor = EguiEditor<crate::gui::Editor>;
    type SysExMessage = ();
    type BackgroundTask = Task;

    fn filter_state(state: &mut PluginState) {
        state::complete(state);
    }

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let line = self.line.clone();
        Box::new(move |Task::StartLine| line.start())
    }

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn editor(&mut self, _: AsyncExecutor<Self>) -> Option<Self::Editor> {
        crate::gui::editor(self.params.clone(), self.view.clone())
    }

    fn activate(
        &mut self,
        _: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.deactivate();
        match self.lay(config) {
            Ok(active) => self.active = Some(active),
            // Audio passes all the same; the editor shows the sentence.
            Err(reason) => self.view.fail(reason),
        }
        let latency = |active: &Active| active.latencies[active.announced.index()];
        context.set_latency_samples(self.active.as_ref().map_or(0, latency));
        true
    }

    fn deactivate(&mut self) {
        if let Some(active) = self.active.take() {
            self.held = active.port.held();
        }
        self.line.stop();
    }

    fn reset(&mut self) {
        if let Some(active) = &mut self.active {
            active.front_end.reset();
            active.port.reset();
            active.passing.reset();
            active.monitor.reset();
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
        let Some(active) = self.active.as_mut().filter(|_| len > 0) else {
            return ProcessStatus::KeepAlive;
        };
        if !active.start_asked {
            context.execute_background(Task::StartLine);
            active.start_asked = true;
        }
        active.listen(buffer, &self.params, context.transport());
        for (channel, samples) in buffer.as_slice().iter_mut().enumerate() {
            active.passing.process(channel, samples);
            if !self.passes {
                samples.fill(0.0);
            }
        }
        let wanted = self.params.timing_mode.value();
        if wanted != active.announced {
            active.announced = wanted;
            context.set_latency_samples(active.latencies[wanted.index()]);
        }
        let Active { port, monitor, .. } = active;
        let listens = self.params.monitor.value();
        if listens {
            monitor.listen(&self.params.tracks(), self.params.genre.value());
        } else {
            monitor.leave();
        }
        port.finish(len, |offset, message| {
            let sent = context
                .try_send_event(midi::note_event(offset, message))
                .is_ok();
            if sent && listens {
                monitor.hear(offset as usize, message);
            }
            sent
        });
        if let Some(player) = &mut self.player {
            let level = util::db_to_gain(self.params.monitor_level.value());
            monitor.process(player, level, buffer.as_slice());
        }
        self.view.update(active.port.counters());
        ProcessStatus::KeepAlive
    }
}

impl Active {
    /// Takes a block in: everything but sending what is due.
    fn listen(&mut self, buffer: &mut Buffer, params: &VocaliseParams, now: &Transport) {
        self.port.begin(buffer.samples());
        self.port.set_muted(params.bypass.value());
        self.port.transport(transport::snapshot(now));
        self.tell_parameters(params);
        let gain = util::db_to_gain(params.gain.value());
        let start = self.port.position();
        let port = &mut self.port;
        self.front_end.process(
            buffer.as_slice(),
            gain,
            params.gate.value(),
            |offset, frame| {
                port.frame(start + offset as i64, frame);
            },
        );
    }

    /// Tells the stages which parameters moved since the last block.
    fn tell_parameters(&mut self, params: &VocaliseParams) {
        let position = self.port.position();
        for (index, value) in params.told() {
            let told = &mut self.told[index as usize];
            // What found no room is told again with the next block.
            if value != *told
                && self
                    .port
                    .event(position, HostEvent::Parameter { index, value })
            {
                *told = value;
            }
        }
    }
}

impl ClapPlugin for Vocalise {
    const CLAP_ID: &'static str = "org.vocalise.vocalise";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Sing or hum and get a playable multi-track MIDI arrangement, live");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::NoteDetector,
        ClapFeature::Analyzer,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];
}

impl Vst3Plugin for Vocalise {
    const VST3_CLASS_ID: [u8; 16] = *b"VocaliseVoiceMid";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Analyzer];
}
