//! The host's transport in the engine's words.

use crate::stages::Transport;

/// What the host says now; what it leaves out stays unknown, nonsense included.
pub fn snapshot(host: &nih_plug::prelude::Transport) -> Transport {
    let finite = |value: Option<f64>| value.filter(|v| v.is_finite());
    let small = |value: Option<i32>| value.and_then(|v| u8::try_from(v).ok()).filter(|v| *v > 0);
    Transport {
        playing: host.playing,
        tempo: finite(host.tempo),
        numerator: small(host.time_sig_numerator),
        denominator: small(host.time_sig_denominator),
        quarters: finite(host.pos_beats()),
        bar_start: finite(host.bar_start_pos_beats()),
        bar: host.bar_number(),
        loop_range: host
            .loop_range_beats()
            .filter(|(a, b)| a.is_finite() && b.is_finite()),
    }
}
