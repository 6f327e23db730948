//! One hop of features, and the numbers that define them.

/// Rate at which features are made, in Hz.
pub const SAMPLE_RATE: f64 = 22_050.0;
/// Samples from one frame to the next at [`SAMPLE_RATE`]: 9.98 ms.
pub const HOP: usize = 220;
/// Samples that a frame looks at: 46 ms.
pub const WINDOW: usize = 1_024;
/// Length that a window is zero-padded to before its transform.
pub const TRANSFORM: usize = 2_048;
/// Values of each of the two channels.
pub const BANDS: usize = 128;
/// Added to the magnitude of each mel band before its logarithm: −100 dB.
pub const MEL_FLOOR: f64 = 1e-5;

/// What one step of [`Frame::audio`] is worth: 16 bits with the 18 dB of headroom that the front end
/// lets in.
pub const AUDIO_STEP: f32 = 8.0 / 32_768.0;

/// What the front end makes of one hop of audio.
///
/// Frame `index` looks at the samples `[(index + 1) · HOP − WINDOW, (index + 1) · HOP)` of the
/// stream at [`SAMPLE_RATE`], with zeros before its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Frames since the front end was reset; gaps show as jumps.
    pub index: u64,
    /// [`BANDS`] log-mel values (natural logarithm of magnitude), then [`BANDS`] values of the
    /// normalised autocorrelation.
    pub features: [f32; 2 * BANDS],
    /// Level of the hop after the input gain, in dB below full scale (RMS); −120 for silence.
    pub level_db: f32,
    /// Whether the gate lets the frame count as voice.
    pub gate_open: bool,
    /// The hop's own audio in steps of [`AUDIO_STEP`], to be heard a second time.
    pub audio: [i16; HOP],
}
