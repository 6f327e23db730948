"""Bars as notes and as rolls: the one place that knows how a note is written into 16 x 128 numbers, and read again.

Notes are integer arrays [N, 4]: step, length in steps, pitch, velocity 1..127. Pitches of drums are General MIDI keys;
those of pitched tracks lie in the key's own frame (transposed so that the tonic's pitch class is 0).
"""

import numpy as np

STEPS, PITCHES = 16, 128
"""A step is a sixteenth; a roll covers at most a bar of four quarters."""
TRACKS = ("drums", "bass", "chords", "melody")
GOES_ON = 0.25
"""What a note that goes on stands for in a pitched roll; an onset is .5 + .5 velocity / 127."""
ONSET = {"drums": 0.15, "bass": 0.45, "chords": 0.45, "melody": 0.45}
"""A cell from which on a hit or an onset is read. Quiet hits of drums lie low: a ghost note of velocity 20 is .16."""
HELD = {"bass": 0.07, "chords": 0.125, "melody": 0.07}
"""A cell below an onset from which on the note before it goes on. For single lines lower than half of GOES_ON: how long a
note is, is less certain than that it begins."""
NO_NOTES = np.zeros((0, 4), int)


def frame_shift(tonic: int) -> int:
    """Semitones, -5..6, from the key's own frame to sounding pitch."""
    return (tonic + 5) % 12 - 5


def encode(notes: np.ndarray, track: str) -> np.ndarray:
    """[N, 4] to [16, 128] float32 in 0..1; what lies behind the sixteenth step is cut off."""
    roll = np.zeros((STEPS, PITCHES), np.float32)
    notes = notes[(notes[:, 0] >= 0) & (notes[:, 0] < STEPS)]
    if track == "drums":
        np.maximum.at(roll, (notes[:, 0], notes[:, 2]), notes[:, 3] / 127)
        return roll
    for step, length, pitch, _ in notes:
        roll[step : step + length, pitch] = GOES_ON
    roll[notes[:, 0], notes[:, 2]] = 0.5 + 0.5 * notes[:, 3] / 127
    return roll


def decode(roll: np.ndarray, track: str, steps: int = STEPS) -> np.ndarray:
    """[16, 128] to the notes [N, 4] of its first ``steps`` steps, by thresholds alone."""
    roll = roll[:steps]
    at, pitch = np.nonzero(roll >= ONSET[track])
    value = roll[at, pitch]
    if track == "drums":
        return np.stack([at, np.ones_like(at), pitch, velocity_of(value)], 1)
    ends = np.concatenate([(roll < HELD[track]) | (roll >= ONSET[track]), np.ones((1, PITCHES), bool)])
    length = [1 + int(ends[step + 1 :, key].argmax()) for step, key in zip(at, pitch)]
    return np.stack([at, np.array(length, int).reshape(-1), pitch, velocity_of(2 * value - 1)], 1)


def velocity_of(share: np.ndarray) -> np.ndarray:
    """0..1 to 1..127."""
    return np.clip(np.rint(127 * share), 1, 127).astype(int)


def density(notes: np.ndarray) -> float:
    """Steps with an onset / 16."""
    return len(np.unique(notes[:, 0])) / STEPS


def intensity(notes: np.ndarray) -> float:
    """Mean velocity of the onsets / 127; 0 for none."""
    return float(notes[:, 3].mean() / 127) if len(notes) else 0.0
