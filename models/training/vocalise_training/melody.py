"""What is to be sung: random tunes in the styles that people bring to a microphone, syllable by syllable."""

from dataclasses import dataclass

import numpy as np

CONSONANTS = ("none", "stop", "fricative", "voiced_stop", "nasal", "lateral", "glottal")
"""How a syllable starts. "none" directly after a note is a legato slide: nothing but the pitch says it is new."""

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), tuple(range(12)))


@dataclass(frozen=True)
class Syllable:
    """One intended note."""

    start: float
    """Seconds: where the vowel is meant to begin."""
    end: float
    """Seconds: where the vowel is meant to end, at the latest at the next syllable's consonant."""
    pitch: int
    """MIDI."""
    velocity: float
    """0 to 1."""
    consonant: str
    """One of CONSONANTS."""


@dataclass(frozen=True)
class Style:
    """How a tune moves."""

    beat: tuple[float, float]
    """Range of the beat in seconds, drawn log-uniformly."""
    lengths: tuple[float, ...]
    """Note lengths in beats, equally likely."""
    legato: float
    """Chance that a note is tied to the one before by a slide."""
    same: float
    """Chance that the pitch is repeated."""
    leap: float
    """Chance of a leap of up to an octave instead of a step."""
    rest: float
    """Chance of a rest after a note, on top of phrase ends."""
    gap: tuple[float, float]
    """Silence cut from the end of notes that are not tied, seconds."""
    phrase: tuple[int, int]
    """Notes between breaths."""


STYLES = {
    "sight": Style((0.25, 0.6), (1, 1, 1, 1, 2, 0.5), 0.12, 0.22, 0.2, 0.02, (0.0, 0.07), (4, 14)),
    "slurred": Style((0.22, 0.6), (1, 1, 1, 2, 0.5), 0.6, 0.12, 0.2, 0.03, (0.0, 0.05), (3, 12)),
    "free": Style((0.16, 0.8), (0.4, 0.7, 1, 1, 1.4, 2.2), 0.3, 0.15, 0.2, 0.15, (0.0, 0.15), (2, 9)),
    "fast": Style((0.11, 0.26), (1, 1, 1, 1, 2, 0.75), 0.35, 0.2, 0.15, 0.05, (0.0, 0.04), (4, 20)),
    "long": Style((0.8, 2.4), (1, 0.5, 0.7, 1.3), 0.3, 0.1, 0.35, 0.3, (0.0, 0.3), (1, 4)),
    "staccato": Style((0.2, 0.55), (1, 1, 1, 2), 0.03, 0.3, 0.25, 0.1, (0.05, 0.25), (4, 12)),
}
STYLE_ODDS = (0.36, 0.17, 0.17, 0.12, 0.08, 0.10)


def syllables(rng: np.random.Generator, seconds: float, low: int, high: int, style: str | None = None) -> list[Syllable]:
    """A tune of ``seconds`` between MIDI pitches ``low`` and ``high``."""
    kind = STYLES[style or rng.choice(list(STYLES), p=STYLE_ODDS)]
    root, scale = int(rng.integers(12)), SCALES[rng.choice(4, p=[0.5, 0.25, 0.15, 0.1])]
    ladder = [p for p in range(low, high + 1) if (p - root) % 12 in scale]
    rung = int(rng.integers(len(ladder)))
    beat = np.exp(rng.uniform(*np.log(kind.beat)))
    swing = rng.uniform(0, 0.12)
    favourite, loyalty = rng.choice(CONSONANTS[1:], p=[0.3, 0.12, 0.18, 0.18, 0.16, 0.06]), rng.uniform(0.3, 1.0)
    loudness = rng.uniform(0.3, 0.85)
    gap = rng.uniform(*kind.gap)

    out: list[Syllable] = []
    time, left = rng.uniform(0.1, 0.7), int(rng.integers(*kind.phrase)) + 1
    while time < seconds - 0.25:
        left -= 1
        last = left == 0
        length = beat * rng.choice(kind.lengths) * np.exp(rng.normal(0, swing))
        length = min(max(length * (rng.uniform(1.0, 2.5) if last else 1.0), 0.07), seconds - 0.12 - time)
        follows = bool(out) and time - out[-1].end < 0.3
        if rng.random() >= kind.same or not follows:
            step = int(rng.choice([-5, -4, -3, 3, 4, 5, 7, -7])) if rng.random() < kind.leap else int(rng.choice([-2, -1, -1, 1, 1, 2]))
            rung = rung + step if 0 <= rung + step < len(ladder) else rung - step
            rung = int(np.clip(rung, 0, len(ladder) - 1))
        pitch = ladder[rung]
        tied = follows and rng.random() < kind.legato and pitch != out[-1].pitch
        consonant = favourite if rng.random() < loyalty else rng.choice(CONSONANTS[1:])
        if not follows and rng.random() < 0.25:
            consonant = "none"
        cut = 0.0 if rng.random() < 0.3 else gap * rng.uniform(0.3, 1.5)
        velocity = float(np.clip(loudness + rng.normal(0, 0.09), 0.08, 1.0))
        if tied:  # nothing may separate it from the note before
            out[-1] = Syllable(out[-1].start, time, out[-1].pitch, out[-1].velocity, out[-1].consonant)
        end = time + max(length - cut, 0.06)
        out.append(Syllable(time, end, pitch, velocity, "none" if tied else str(consonant)))
        time += length
        if last:
            time += beat * rng.choice([0.5, 1, 1, 2]) + rng.uniform(0, 0.3)
            left = int(rng.integers(*kind.phrase)) + 1
            loudness = float(np.clip(loudness + rng.normal(0, 0.08), 0.25, 0.9))
        elif rng.random() < kind.rest:
            time += np.exp(rng.uniform(np.log(0.06), np.log(0.8)))
    return out
