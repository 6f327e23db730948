//! What a valve does to a sound.

/// Amplifies a sound and bends it softly to within −1 – 1.
pub fn drive(gain: f32, sound: &mut [f32]) {
    for sample in sound {
        let x = (gain * *sample).clamp(-3.0, 3.0);
        *sample = x * (27.0 + x * x) / (27.0 + 9.0 * x * x);
    }
}
