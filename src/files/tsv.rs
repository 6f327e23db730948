//! Tables for people and evaluation programs: tab-separated, a `#` header line, one row a thing.

use std::io::{self, Write};

use crate::music::SungNote;

/// Writes the sung notes: `onset_s offset_s midi_pitch velocity decided_s`.
///
/// `decided_s` is rounded up, so that a recording cut off at the printed time still holds all the
/// audio that the decision took.
pub fn write_notes(out: &mut impl Write, notes: &[SungNote]) -> io::Result<()> {
    writeln!(out, "# onset_s\toffset_s\tmidi_pitch\tvelocity\tdecided_s")?;
    for note in notes {
        let decided_s = (note.decided_s * 1e6).ceil() / 1e6;
        writeln!(
            out,
            "{:.6}\t{:.6}\t{:.4}\t{:.4}\t{decided_s:.6}",
            note.onset_s, note.offset_s, note.pitch, note.velocity
        )?;
    }
    Ok(())
}

/// Writes a pitch track: `time_s f0_hz`. A frequency of 0 is unvoiced, a negative one is unvoiced
/// with the best guess at what it would be, as `mir_eval` reads it.
pub fn write_f0(
    out: &mut impl Write,
    frames: impl IntoIterator<Item = (f64, f32)>,
) -> io::Result<()> {
    writeln!(out, "# time_s\tf0_hz")?;
    for (time_s, hz) in frames {
        writeln!(out, "{time_s:.6}\t{hz:.3}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_the_promised_ones() {
        let note = SungNote {
            onset_s: 0.5,
            offset_s: 1.25,
            pitch: 60.123_45,
            velocity: 0.75,
            decided_s: 0.580_000_2,
        };
        let mut table = Vec::new();
        write_notes(&mut table, &[note]).unwrap();
        let expected = "# onset_s\toffset_s\tmidi_pitch\tvelocity\tdecided_s\n\
                        0.500000\t1.250000\t60.1235\t0.7500\t0.580001\n";
        assert_eq!(String::from_utf8(table).unwrap(), expected);
    }

    #[test]
    fn unvoiced_frames_keep_their_sign() {
        let mut table = Vec::new();
        write_f0(&mut table, [(0.0, 0.0), (0.01, -220.5), (0.02, 440.0)]).unwrap();
        let expected = "# time_s\tf0_hz\n0.000000\t0.000\n0.010000\t-220.500\n0.020000\t440.000\n";
        assert_eq!(String::from_utf8(table).unwrap(), expected);
    }
}
