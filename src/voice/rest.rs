//! What a voice's pitch must be like to be taken for its note's.

use super::evidence::Evidence;

/// How still pitch and note head must have been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rest {
    /// Frames back that are compared with now, and half of them.
    pub over: usize,
    /// Semitones that the pitch may have moved since.
    pub pitch: f32,
    /// Semitones that the note head may have moved over half of them.
    pub centre: f32,
    /// The certainty of the note head that is needed, 0 – 1.
    pub certainty: f32,
    /// Semitones that the pitch may lie from the note head's.
    pub apart: f32,
}

impl Rest {
    /// Whether the voice rests, where `back` gives the frame so many frames before the newest.
    pub fn holds<'a>(&self, back: impl Fn(usize) -> &'a Evidence) -> bool {
        let [now, half, whole] = [0, self.over / 2, self.over].map(back);
        (now.pitch - whole.pitch).abs() <= self.pitch
            && (now.pitch - half.pitch).abs() <= self.pitch
            && (now.centre - half.centre).abs() <= self.centre
            && (now.pitch - now.centre).abs() <= self.apart
            && now.certainty >= self.certainty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Rest = Rest {
        over: 4,
        pitch: 0.2,
        centre: 0.1,
        certainty: 0.9,
        apart: 0.3,
    };

    fn heard(pitch: f32) -> Evidence {
        Evidence {
            pitch,
            centre: pitch,
            certainty: 0.95,
            ..Evidence::default()
        }
    }

    #[test]
    fn a_pitch_rests_when_neither_it_nor_its_note_moves() {
        let still = heard(60.0);
        assert!(REST.holds(|_| &still));
        let slide = [60.0, 60.1, 60.2, 60.3, 60.4].map(heard);
        assert!(!REST.holds(|back| &slide[back]), "on its way");
        let turn = [60.0, 60.2, 60.5, 60.2, 60.0].map(heard);
        assert!(!REST.holds(|back| &turn[back]), "back where it was");
        let doubtful = Evidence {
            certainty: 0.5,
            ..still
        };
        assert!(!REST.holds(|_| &doubtful));
        let elsewhere = Evidence {
            centre: 60.5,
            ..still
        };
        assert!(
            !REST.holds(|_| &elsewhere),
            "the network hears another note"
        );
    }
}
