//! A VST3 plugin's editor in a window of its own.

use crate::vst3_host::{SharedPlugin, Vst3Host};
use anyhow::{Context, Result, ensure};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use vst3_host::{Plugin, PluginWindow};

/// How often the plugin's window is served, as a host's main loop would.
const FRAME: Duration = Duration::from_millis(10);

/// An open editor. It lives as long as this does, and moves while served.
pub struct Editor {
    window: PluginWindow,
    plugin: SharedPlugin,
}

impl Editor {
    /// Opens the editor on the display that the environment names.
    pub fn open(host: &Vst3Host) -> Result<Self> {
        Self::of(host.plugin())
    }

    /// See [`Editor::open`].
    pub fn of(plugin: SharedPlugin) -> Result<Self> {
        let mut window = PluginWindow::new(plugin.clone());
        window.open().context("the editor does not open")?;
        ensure!(window.is_open(), "the editor does not open");
        Ok(Self { window, plugin })
    }

    /// Serves the editor for a while.
    pub fn serve(&self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.serve_once()?;
            std::thread::sleep(FRAME);
        }
        Ok(())
    }

    /// Serves the editor as one round of a host's main loop does.
    pub fn serve_once(&self) -> Result<()> {
        self.plugin().service_run_loop();
        Ok(self.window.service_platform_events()?)
    }

    /// Gives the editor another size, as a host does whose window is dragged; the size it took.
    pub fn resize(&self, width: i32, height: i32) -> Result<(i32, i32)> {
        Ok(self.plugin().resize_editor(width, height)?)
    }

    /// Tells the editor how many pixels a point has; whether it takes that.
    pub fn scale(&self, factor: f32) -> Result<bool> {
        Ok(self.plugin().set_editor_scale_factor(factor)?)
    }

    /// Width and height in pixels.
    pub fn size(&self) -> Result<(i32, i32)> {
        Ok(self.plugin().get_editor_size()?)
    }

    fn plugin(&self) -> MutexGuard<'_, Plugin> {
        self.plugin.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.window.close();
    }
}
