"""What the grammars share: choosing and varying patterns, chords as a genre colours them, pitches in a register."""

import numpy as np

from ..bars import Context
from ..harmony import QUALITIES, Chord, tones

HOME: Chord = (0, QUALITIES.index("power"))
"""What is played where no chord is planned: the tonic and its fifth."""
SEVENTHS = {"maj": "maj7", "min": "min7", "maj6": "maj7", "power": "min7", "sus2": "maj7", "dim": "hdim7"}
COLOURED = {"Jazz": 0.85, "R&B": 0.7, "Hip Hop": 0.5, "Afrobeat": 0.15, "Electronic": 0.12}
"""Share of plain chords that a genre plays as sevenths."""


def coloured(chord: Chord | None, genre: str, rng: np.random.Generator) -> Chord | None:
    """A plain chord as the genre would have it: sevenths, the dominant's among them; rock drops thirds now and then."""
    if chord is None:
        return None
    name = QUALITIES[chord[1]]
    if rng.random() < COLOURED.get(genre, 0) and name in SEVENTHS:
        name = "dom7" if chord[0] == 7 and name in ("maj", "power") else SEVENTHS[name]
    elif genre == "Rock" and name in ("maj", "min") and rng.random() < 0.25:
        name = "power"
    return chord[0], QUALITIES.index(name)


def chord_at(context: Context, step: int) -> Chord:
    return context.chords[int(step >= context.steps // 2)] or context.chords[0] or HOME


def pick(patterns: dict, context: Context, busy: float, rng: np.random.Generator):
    """One of the patterns for this length of bar, ordered from sparse to busy, about where ``busy`` points."""
    fitting = patterns[context.steps]
    place = busy * len(fitting) + rng.normal(0, 0.12 * len(fitting))
    return fitting[int(np.clip(place, 0, len(fitting) - 1))]


def is_last_of_phrase(context: Context) -> bool:
    return context.number % 4 == 3


def place(pitch_class: int, low: int) -> int:
    """The lowest pitch from ``low`` on of a pitch class."""
    return low + (pitch_class - low) % 12


def nearest(pitch_class: int, to: float, low: int, high: int) -> int:
    """The pitch of a class nearest to ``to`` within low..high."""
    found = [p for p in range(low, high + 1) if p % 12 == pitch_class % 12]
    return min(found, key=lambda p: abs(p - to))


def third(chord: Chord) -> int:
    """The tone that says major or minor; of chords without one, the second tone."""
    return tones(chord)[1]


def fifth(chord: Chord) -> int:
    inside = tones(chord)
    return next((t for t in inside if (t - chord[0]) % 12 in (6, 7, 8)), inside[-1])


def seventh(chord: Chord) -> int:
    """The seventh or sixth of chords that have one, else the octave."""
    return tones(chord)[3] if len(tones(chord)) > 3 else chord[0]


def spans(pattern: str) -> list[tuple[int, int, str]]:
    """(step, length, sign) of a pattern: ``-`` goes on with the sign before, ``.`` is silence."""
    found: list[tuple[int, int, str]] = []
    for step, sign in enumerate(pattern):
        if sign == "-":
            at, length, what = found[-1]
            found[-1] = (at, length + 1, what)
        elif sign != ".":
            found.append((step, 1, sign))
    return found


def accent(step: int, steps: int) -> float:
    """How much louder a place in the bar is, in velocity: beats, then eighths."""
    return 9.0 if step == 0 else 4.0 if step % 4 == 0 else 0.0 if step % 2 == 0 else -5.0


def velocity(loud: float, step: int, steps: int, rng: np.random.Generator, extra: float = 0.0) -> int:
    """1..127: 45 (quiet) to 115 (loud), accents, a hand's unevenness."""
    return int(np.clip(45 + 70 * loud + accent(step, steps) + extra + rng.normal(0, 4), 8, 127))


def notes(rows: list[tuple[int, int, int, int]]) -> np.ndarray:
    return np.array(sorted(set(rows)), int).reshape(-1, 4)
