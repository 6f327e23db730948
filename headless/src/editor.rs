//! A VST3 plugin's editor in a window of its own.

use crate::vst3_host::Vst3Host;
use anyhow::{Context, Result, ensure};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vst3_host::{Plugin, PluginWindow};

/// How often the plugin's window is served, as a host's main loop would.
const FRAME: Duration = Duration::from_millis(10);

/// An open editor. It lives as long as this does, and moves while served.
pub struct Editor {
    window: PluginWindow,
    plugin: Arc<Mutex<Plugin>>,
}

impl Editor {
    /// Opens the editor on the display that the environment names.
    pub fn open(host: &Vst3Host) -> Result<Self> {
        let plugin = host.plugin();
        let mut window = PluginWindow::new(plugin.clone());
        window.open().context("the editor does not open")?;
        ensure!(window.is_open(), "the editor does not open");
        Ok(Self { window, plugin })
    }

    /// Serves the editor for a while.
    pub fn serve(&self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.plugin
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .service_run_loop();
            self.window.service_platform_events()?;
            std::thread::sleep(FRAME);
        }
        Ok(())
    }

    /// Width and height in pixels.
    pub fn size(&self) -> Result<(i32, i32)> {
        let plugin = self.plugin.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(plugin.get_editor_size()?)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.window.close();
    }
}
