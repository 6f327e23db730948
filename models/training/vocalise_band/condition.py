"""The 64 numbers that every generator is asked with. The plugin computes the same; ``golden_condition`` holds both to it.

=======  =============================================================================================================
0..11    sung pitch classes relative to the tonic, share of the sung duration in the described bar
12..23   chord at the bar's beginning relative to the tonic: root 1, its other tones .5
24..35   chord at half the bar's steps, likewise
36..51   velocity 0..1 of the sung note that begins at each step of the described bar
52       register: mean sung pitch / 127, weighted by duration
53       sung density: steps with an onset / 16
54       sung loudness: mean velocity 0..1 of the onsets
55       steps in this call / 16
56..59   bar number modulo 4, one-hot
60       wanted density of the track: steps with an onset / 16
61       wanted intensity of the track: mean velocity of the onsets / 127
62       1: minor
63       1: the described bar is the bar itself; 0: the one before
=======  =============================================================================================================
"""

from dataclasses import dataclass

import numpy as np

from .harmony import Chord, tones
from .rolls import STEPS

SIZE = 64
SUNG, CHORD, SECOND_CHORD, ONSETS, REGISTER, SUNG_DENSITY, LOUDNESS = 0, 12, 24, 36, 52, 53, 54
BAR, PHRASE, DENSITY, INTENSITY, MINOR, HINDSIGHT = 55, 56, 60, 61, 62, 63


@dataclass
class Description:
    """What a call says. ``sung`` are notes [N, 4] as sung (step, length, pitch, velocity 1..127): a note that was held
    into the described bar begins at a negative step. Chords are relative to the tonic."""

    tonic: int
    minor: bool
    steps: int
    number: int
    sung: np.ndarray
    chords: tuple[Chord | None, Chord | None]
    density: float
    intensity: float
    hindsight: bool


def condition(about: Description) -> np.ndarray:
    """[64] float32."""
    found = np.zeros(SIZE, np.float32)
    step, length, pitch, velocity = about.sung.T
    inside = np.clip(step + length, 0, about.steps) - np.clip(step, 0, about.steps)
    if inside.sum() > 0:
        np.add.at(found, (pitch - about.tonic) % 12, inside / inside.sum())
        found[REGISTER] = (pitch * inside).sum() / inside.sum() / 127
    for first, chord in zip((CHORD, SECOND_CHORD), about.chords):
        if chord:
            found[first + np.array(tones(chord))] = 0.5
            found[first + chord[0]] = 1
    begins = (step >= 0) & (step < about.steps)
    np.maximum.at(found, ONSETS + step[begins], velocity[begins] / 127)
    struck = found[ONSETS : ONSETS + STEPS]
    found[SUNG_DENSITY] = (struck > 0).mean()
    found[LOUDNESS] = struck[struck > 0].mean() if struck.any() else 0
    found[BAR] = about.steps / STEPS
    found[PHRASE + about.number % 4] = 1
    found[DENSITY], found[INTENSITY] = about.density, about.intensity
    found[MINOR], found[HINDSIGHT] = about.minor, about.hindsight
    return found
