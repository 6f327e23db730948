//! The parameters: what the host automates and the editor shows, from one source.

use crate::music::{Genre, Instrument};
use crate::voice::Response;
use crate::voice::offline::Settings;
use nih_plug::prelude::*;

/// Range of the input gain in dB: a phone's recording may be 30 dB off another's.
const GAIN_DB: FloatRange = FloatRange::Linear {
    min: -30.0,
    max: 30.0,
};
/// Range of the gate in dB below full scale; the lowest is as good as off.
const GATE_DB: FloatRange = FloatRange::Linear {
    min: -90.0,
    max: -20.0,
};

/// Every parameter of the plugin. Ids and their values' ids are in saved projects: they stay.
#[derive(Params)]
pub struct VocaliseParams {
    /// The style of what is played along. Default: Pop, the style with the most to learn from.
    #[id = "genre"]
    pub genre: EnumParam<Genre>,
    /// What the melody is meant for; it sets the program and the range. Default: Piano.
    #[id = "instrument"]
    pub instrument: EnumParam<Instrument>,
    /// How early a sung note is decided. Default: Sure, since a wrong note is worse than 40 ms.
    #[id = "response"]
    pub response: EnumParam<Response>,
    /// Gain before the features, in dB; the audio that passes is not touched. Default: 0.
    #[id = "gain"]
    pub gain: FloatParam,
    /// Level under which nothing counts as voice, in dB below full scale. Default: −70, which
    /// shuts out only what is below any usable recording.
    #[id = "gate"]
    pub gate: FloatParam,
    /// Sends no MIDI while on; what sounds is released. Audio passes either way.
    #[id = "bypass"]
    pub bypass: BoolParam,
}

impl Default for VocaliseParams {
    fn default() -> Self {
        let decibels = formatters::v2s_f32_rounded(1);
        let defaults = Settings::default();
        Self {
            genre: EnumParam::new("Genre", defaults.genre),
            instrument: EnumParam::new("Instrument", defaults.instrument),
            response: EnumParam::new("Response", defaults.response),
            gain: FloatParam::new("Input Gain", defaults.gain_db, GAIN_DB)
                .with_unit(" dB")
                .with_value_to_string(decibels.clone()),
            gate: FloatParam::new("Gate", defaults.gate_db, GATE_DB)
                .with_unit(" dB")
                .with_value_to_string(decibels),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
        }
    }
}

/// Makes a musical noun a parameter's value: the nouns themselves know no framework.
macro_rules! parameter_values {
    ($noun:ty) => {
        impl Enum for $noun {
            fn variants() -> &'static [&'static str] {
                const NAMES: [&str; <$noun>::ALL.len()] = {
                    let mut names = [""; <$noun>::ALL.len()];
                    let mut i = 0;
                    while i < names.len() {
                        names[i] = <$noun>::ALL[i].name();
                        i += 1;
                    }
                    names
                };
                &NAMES
            }

            fn ids() -> Option<&'static [&'static str]> {
                const IDS: [&str; <$noun>::ALL.len()] = {
                    let mut ids = [""; <$noun>::ALL.len()];
                    let mut i = 0;
                    while i < ids.len() {
                        ids[i] = <$noun>::ALL[i].id();
                        i += 1;
                    }
                    ids
                };
                Some(&IDS)
            }

            fn to_index(self) -> usize {
                self.index()
            }

            fn from_index(index: usize) -> Self {
                Self::from_index(index).unwrap_or(Self::ALL[0])
            }
        }
    };
}

parameter_values!(Genre);
parameter_values!(Instrument);
parameter_values!(Response);
