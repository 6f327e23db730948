//! Both channels of one window.

use super::frame::{BANDS, WINDOW};
use super::mel::Mel;
use super::periodicity::Periodicity;
use super::spectrum::Spectrum;

/// Makes the features of a window of samples; see [`super::Frame::features`] for their order.
pub struct Features {
    spectrum: Spectrum,
    mel: Mel,
    periodicity: Periodicity,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            spectrum: Spectrum::new(),
            mel: Mel::new(),
            periodicity: Periodicity::new(),
        }
    }
}

impl Features {
    /// The features of `window`, whose newest sample is its last.
    pub fn process(&mut self, window: &[f32; WINDOW]) -> [f32; 2 * BANDS] {
        let mut features = [0.0; 2 * BANDS];
        let (mel, periodicity) = features.split_at_mut(BANDS);
        let spectrum = self.spectrum.process(window);
        self.mel.process(spectrum, mel);
        self.periodicity.process(window, spectrum, periodicity);
        features
    }
}
