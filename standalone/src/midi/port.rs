//! MIDI output ports.

use midir::{MidiOutput, MidiOutputConnection};

/// What ports and clients of this program are called.
const NAME: &str = "Vocalise";
/// The choice of a port of our own that other programs connect to.
pub const VIRTUAL: &str = "Vocalise (other programs connect to it)";

/// Where bytes go.
pub trait Out: Send {
    /// Sends one message; an error is a sentence.
    fn send(&mut self, bytes: &[u8]) -> Result<(), String>;
}

impl Out for MidiOutputConnection {
    fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        MidiOutputConnection::send(self, bytes).map_err(|_| {
            "the MIDI port takes nothing any more: choose another, or press Look again".to_owned()
        })
    }
}

/// Which port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A port of our own.
    #[default]
    Virtual,
    /// Another program's or device's, by its name.
    Named(String),
    /// None at all.
    None,
}

impl Choice {
    /// The choice that settings and the command line call `id`.
    pub fn from_id(id: &str) -> Self {
        match id {
            "virtual" => Self::Virtual,
            "none" => Self::None,
            name => Self::Named(name.to_owned()),
        }
    }

    /// Opens the port; an error is a sentence.
    pub fn open(&self) -> Result<Option<Box<dyn Out>>, String> {
        match self {
            Self::None => Ok(None),
            Self::Virtual => open_virtual().map(Some),
            Self::Named(name) => {
                let midi = midi()?;
                let ports = midi.ports();
                let wanted = ports.into_iter().find(|port| {
                    midi.port_name(port)
                        .is_ok_and(|n| stable(&n) == stable(name))
                });
                let Some(port) = wanted else {
                    return Err(format!("the MIDI port `{name}` is not there"));
                };
                match midi.connect(&port, NAME) {
                    Ok(connection) => Ok(Some(Box::new(connection))),
                    Err(error) => Err(format!("the MIDI port `{name}` does not open: {error}")),
                }
            }
        }
    }
}

/// The names of the ports of others, by which they are known again at the next start; an error is
/// a sentence.
pub fn ports() -> Result<Vec<String>, String> {
    let midi = midi()?;
    let ports = midi.ports();
    let names = ports.iter().filter_map(|port| midi.port_name(port).ok());
    let others = names.filter(|name| !name.starts_with(NAME));
    Ok(others.map(|name| stable(&name).to_owned()).collect())
}

fn midi() -> Result<MidiOutput, String> {
    crate::audio::quiet();
    MidiOutput::new(NAME).map_err(|_| no_midi())
}

#[cfg(unix)]
fn open_virtual() -> Result<Box<dyn Out>, String> {
    use midir::os::unix::VirtualOutput;

    match midi()?.create_virtual(NAME) {
        Ok(connection) => Ok(Box::new(connection)),
        Err(_) => Err(no_midi()),
    }
}

#[cfg(not(unix))]
fn open_virtual() -> Result<Box<dyn Out>, String> {
    Err(
        "Windows has no MIDI ports of a program's own: install a loopback MIDI cable and \
         choose it"
            .to_owned(),
    )
}

fn no_midi() -> String {
    if cfg!(target_os = "linux") {
        "there is no ALSA MIDI on this machine: load it with `sudo modprobe snd-seq`".to_owned()
    } else {
        "the system gives no access to MIDI".to_owned()
    }
}

/// A port's name without the numbers that ALSA adds, which change with every start.
fn stable(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((stable, numbers))
            if numbers.contains(':') && numbers.chars().all(|c| c.is_ascii_digit() || c == ':') =>
        {
            stable
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_known_again_under_other_numbers() {
        assert_eq!(
            stable("FLUID Synth (1234):Synth input port 128:0"),
            stable("FLUID Synth (1234):Synth input port 130:0")
        );
        assert_eq!(stable("MPK mini"), "MPK mini");
    }
}
