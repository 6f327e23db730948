//! The command line.

use clap::Parser;
use std::path::PathBuf;
use vocalise::music::Meter;

use crate::clock::TEMPOS;

/// Sing or hum, and MIDI goes out: Vocalise without a DAW.
///
/// Devices, tempo and all else that is set in the window are remembered; what is said here holds
/// for this run only.
#[derive(Clone, Debug, Parser)]
#[command(name = "vocalise-app", version)]
pub struct Arguments {
    /// Say which devices and ports there are, and end.
    #[arg(long)]
    pub list: bool,

    /// Sound system: auto (JACK where a server runs), jack, or system (ALSA).
    #[arg(long, value_name = "SYSTEM", value_parser = ["auto", "jack", "system"])]
    pub system: Option<String>,

    /// Microphone: its name or a part of it, or "default".
    #[arg(long, value_name = "NAME")]
    pub input: Option<String>,

    /// Loudspeaker, for the click and, if wanted, the voice: its name or a part of it, "default" or
    /// "none".
    #[arg(long, value_name = "NAME")]
    pub output: Option<String>,

    /// MIDI port that the notes go to: its name or a part of it, "virtual" for a port that other
    /// programs connect to, or "none".
    #[arg(long, value_name = "NAME")]
    pub midi: Option<String>,

    /// Samples a block to ask for; 0 leaves it to the system.
    #[arg(long, value_name = "SAMPLES", value_parser = clap::value_parser!(u32).range(0..=8192))]
    pub buffer: Option<u32>,

    /// Tempo in BPM; the song plays from the start.
    #[arg(long, value_name = "BPM", value_parser = tempo)]
    pub tempo: Option<f64>,

    /// Meter, such as 4/4, 3/4 or 6/8.
    #[arg(long)]
    pub meter: Option<Meter>,

    /// Run without a window until interrupted.
    #[arg(long)]
    pub no_window: bool,

    /// End after this many seconds.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: Option<u32>,

    /// Play a recording (WAV, FLAC or MP3) in place of the microphone.
    #[arg(long, value_name = "FILE")]
    pub play: Option<PathBuf>,

    /// Play the recording as fast as it goes, without a window; the notes come out complete.
    #[arg(long, requires = "play", requires = "no_window")]
    pub fast: bool,

    /// Write what was sent to a MIDI file at the end.
    #[arg(long, value_name = "OUT.mid")]
    pub midi_file: Option<PathBuf>,

    /// Use this file of settings in place of the user's own.
    #[arg(long, value_name = "FILE.toml")]
    pub settings: Option<PathBuf>,
}

fn tempo(text: &str) -> Result<f64, String> {
    let tempo: Option<f64> = text.parse().ok();
    tempo.filter(|bpm| TEMPOS.contains(bpm)).ok_or_else(|| {
        let (low, high) = (TEMPOS.start(), TEMPOS.end());
        format!("a tempo is a number of beats a minute, {low} to {high}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
        let parsed = |words: &[&str]| Arguments::try_parse_from(words);
        assert!(parsed(&["vocalise-app", "--tempo", "93.5", "--meter", "6/8"]).is_ok());
        assert!(parsed(&["vocalise-app", "--tempo", "5000"]).is_err());
        assert!(parsed(&["vocalise-app", "--meter", "4/5"]).is_err());
        assert!(parsed(&["vocalise-app", "--fast"]).is_err());
    }
}
