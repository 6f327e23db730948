//! Filters: one that serves as lowpass, bandpass and highpass, and a body made of resonances.

use std::f32::consts::PI;

/// Highest corner as a share of the sample rate.
const HIGHEST: f32 = 0.45;
/// Fainter states (−400 dB) become 0, so that no denormal number slows the processor.
const NOTHING: f32 = 1e-20;

/// Anything too small to matter becomes 0.
pub fn flushed(value: f32) -> f32 {
    if value.abs() < NOTHING { 0.0 } else { value }
}

/// Two poles by trapezoidal integration (a "state-variable filter"): stable while its corner moves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    damping: f32,
    a: [f32; 3],
    state: [f32; 2],
}

impl Filter {
    /// With its corner at `hertz`; `q` of 0.7 is flat.
    pub fn new(hertz: f32, q: f32, rate: f32) -> Self {
        let mut filter = Self::default();
        filter.set(hertz, q, rate);
        filter
    }

    /// Moves the corner.
    pub fn set(&mut self, hertz: f32, q: f32, rate: f32) {
        let g = (PI * (hertz / rate).clamp(1e-6, HIGHEST)).tan();
        self.damping = 1.0 / q.max(0.3);
        self.a[0] = 1.0 / (1.0 + g * (g + self.damping));
        self.a[1] = g * self.a[0];
        self.a[2] = g * self.a[1];
    }

    /// Keeps denormal numbers out; once a tick is enough.
    pub fn flush(&mut self) {
        self.state = self.state.map(flushed);
    }

    fn step(&mut self, input: f32) -> [f32; 2] {
        let [first, second] = self.state;
        let rest = input - second;
        let band = self.a[0] * first + self.a[1] * rest;
        let low = second + self.a[1] * first + self.a[2] * rest;
        self.state = [2.0 * band - first, 2.0 * low - second];
        [band, low]
    }

    /// What lies below the corner.
    pub fn low(&mut self, input: f32) -> f32 {
        self.step(input)[1]
    }

    /// What lies around the corner, which passes unchanged.
    pub fn band(&mut self, input: f32) -> f32 {
        self.step(input)[0] * self.damping
    }

    /// What lies above the corner.
    pub fn high(&mut self, input: f32) -> f32 {
        let [band, low] = self.step(input);
        input - self.damping * band - low
    }
}

/// A resonance: its centre in Hz, its sharpness and its gain. Gain 0 is none.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    pub hertz: f32,
    pub q: f32,
    pub gain: f32,
}

/// What an instrument's body or a singer's throat does to the sound.
#[derive(Clone, Copy, Debug)]
pub struct BodyShape {
    /// Gain of the sound that passes unchanged.
    pub direct: f32,
    /// The resonances; those in use come first.
    pub bands: [Band; 4],
}

/// A body at work.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    direct: f32,
    count: usize,
    bands: [(Filter, f32); 4],
}

impl Body {
    /// At rest.
    pub fn new(shape: &BodyShape, rate: f32) -> Self {
        Self {
            direct: shape.direct,
            count: shape.bands.iter().take_while(|b| b.gain != 0.0).count(),
            bands: shape
                .bands
                .map(|b| (Filter::new(b.hertz, b.q, rate), b.gain)),
        }
    }

    /// Colours the sound in place.
    pub fn render(&mut self, sound: &mut [f32]) {
        match self.count {
            0 => {}
            1 => self.pass::<1>(sound),
            2 => self.pass::<2>(sound),
            3 => self.pass::<3>(sound),
            _ => self.pass::<4>(sound),
        }
        for (filter, _) in &mut self.bands {
            filter.flush();
        }
    }

    fn pass<const COUNT: usize>(&mut self, sound: &mut [f32]) {
        for sample in sound {
            let mut sum = self.direct * *sample;
            for (filter, gain) in &mut self.bands[..COUNT] {
                sum += *gain * filter.band(*sample);
            }
            *sample = sum;
        }
    }
}
