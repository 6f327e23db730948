"""What is played: a few seconds of one line, as key, velocity, beginning and end of its notes."""

from dataclasses import dataclass, replace

import numpy as np

from vocalise_training.features import SAMPLE_RATE

from .programs import Played

SECONDS = 3.2
"""Length of a phrase."""
LENGTH = int(SECONDS * SAMPLE_RATE)
"""The same in samples."""
SILENCE = 0.8
"""Seconds after it in which the last note dies away, heard by nobody."""
BEND = 12
"""Semitones that the pitch wheel reaches."""
SUNG = (45, 79)
"""MIDI keys within which people sing: most phrases lie here, where the instrument reaches it."""
KINDS = ("long", "legato", "staccato", "repeated")
KITS = (35, 36, 36, 38, 38, 40, 37, 39, 42, 42, 42, 44, 46, 49, 51, 41, 43, 45, 47, 48, 50, 54, 56, 60, 61, 62, 63, 64, 69, 70, 75, 76)
"""General MIDI percussion keys, the usual ones more often."""


@dataclass(frozen=True)
class Struck:
    """One note."""

    start: float
    """Seconds."""
    end: float
    """Seconds."""
    key: int
    """MIDI."""
    velocity: int
    """1 to 127."""


def aside(phrase: list[Struck], by: int) -> list[Struck]:
    """``phrase`` on keys ``by`` semitones higher. Bent back as far, it is played by an instrument with a smaller body."""
    return [replace(note, key=note.key + by) for note in phrase]


def line(rng: np.random.Generator, played: Played) -> list[Struck]:
    """One phrase within the instrument's range."""
    low, high = played.lowest, played.highest
    if rng.random() < 0.75 and high - SUNG[0] > 8 and SUNG[1] - low > 8:
        low, high = max(low, SUNG[0]), min(high, SUNG[1])
    key = int(rng.integers(low, high + 1))
    kind = rng.choice(KINDS, p=(0.3, 0.4, 0.15, 0.15))
    beat = np.exp(rng.uniform(np.log(0.14), np.log(0.6))) if kind != "long" else rng.uniform(0.9, SECONDS)
    loudness = rng.uniform(45, 118)
    notes, time = [], 0.0
    while time < SECONDS - 0.08:
        length = beat * (rng.choice([1, 1, 2, 1.5]) if kind == "legato" else 1)
        heard = length * (0.45 if kind == "staccato" else 0.98)
        velocity = int(np.clip(loudness + rng.normal(0, 8), 20, 127))
        notes.append(Struck(time, min(time + heard, SECONDS), key, velocity))
        time += length
        if kind != "repeated":
            key += int(rng.choice([-7, -5, -4, -3, -2, -2, -1, 1, 2, 2, 3, 4, 5, 7]))
            key = low + (low - key) if key < low else high - (key - high) if key > high else key
    return notes


def pattern(rng: np.random.Generator) -> list[Struck]:
    """One phrase on a drum kit: a few of its pieces, each on some of the sixteenths."""
    step = rng.uniform(0.09, 0.19)
    notes = []
    for key in rng.choice(KITS, size=rng.integers(1, 5)):
        density, loudness = rng.choice([0.15, 0.25, 0.5, 1.0]), rng.uniform(60, 120)
        for i in range(int(SECONDS / step)):
            if rng.random() < density or i == 0:
                notes.append(Struck(i * step, i * step + 0.1, int(key), int(np.clip(loudness + rng.normal(0, 10), 20, 127))))
    return sorted(notes, key=lambda note: note.start)
