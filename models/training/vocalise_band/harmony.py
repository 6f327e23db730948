"""Chords and keys: the chord vocabulary, what labels of the corpus mean in it, and which key a piece is in.

A chord is (root, quality): a pitch class, absolute or relative to the tonic as the place says, and an index of
QUALITIES; None is no chord.
"""

import numpy as np

Chord = tuple[int, int]
QUALITIES = (
    "maj", "min", "dom7", "maj7", "min7", "dim", "hdim7", "dim7", "aug", "sus4", "sus2", "maj6", "min6", "minmaj7", "power",
)  # fmt: skip
INTERVALS = (
    (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 3, 6), (0, 3, 6, 10), (0, 3, 6, 9), (0, 4, 8),
    (0, 5, 7), (0, 2, 7), (0, 4, 7, 9), (0, 3, 7, 9), (0, 3, 7, 11), (0, 7),
)  # fmt: skip
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FROM_LABEL = {
    "7": "dom7", "sus4(b7)": "sus4", "major": "maj", "minor": "min", "dominant": "dom7", "minor-seventh": "min7",
    "major-seventh": "maj7", "diminished": "dim", "major-sixth": "maj6", "dominant-ninth": "dom7", "minor-sixth": "min6",
    "diminished-seventh": "dim7", "augmented-seventh": "aug", "augmented": "aug", "half-diminished": "hdim7",
    "suspended-fourth": "sus4", "suspended-second": "sus2", "dominant-13th": "dom7", "minor-ninth": "min7",
    "augmented-ninth": "aug", "major-ninth": "maj7", "dominant-11th": "dom7", "major-minor": "minmaj7", "maj69": "maj6",
    "minor-major": "minmaj7", "minor-11th": "min7", "minor-13th": "min7",
} | {name: name for name in QUALITIES}  # fmt: skip
"""A ninth and more counts as its seventh chord; the bass of an inversion is dropped."""
LIKELY = [QUALITIES.index(name) for name in ("maj", "min", "dom7", "maj7", "min7", "dim", "hdim7", "dim7", "aug", "sus4")]
RARITY = dict(zip(LIKELY, (0, 0, 0.1, 0.18, 0.14, 0.08, 0.14, 0.14, 0.15, 0.2)))
INSIDE = np.array([[[(p - root) % 12 in INTERVALS[q] for p in range(12)] for q in LIKELY] for root in range(12)], float)
INSIDE = INSIDE.reshape(-1, 12)
MAJOR_PROFILE = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR_PROFILE = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
"""Krumhansl and Kessler's probe-tone ratings."""
MINOR_QUALITIES = {i for i, intervals in enumerate(INTERVALS) if 3 in intervals}


def from_label(label: str) -> Chord | None:
    """``A#:min7/b7`` or ``Bb:dominant`` to a chord; None for "N" and what the vocabulary cannot say."""
    root, _, quality = label.partition(":")
    name = FROM_LABEL.get(quality.partition("/")[0])
    if not name or root[:1] not in LETTERS:
        return None
    return (LETTERS[root[0]] + root.count("#") - root[1:].count("b")) % 12, QUALITIES.index(name)


def tones(chord: Chord) -> tuple[int, ...]:
    """Pitch classes, the root first."""
    return tuple((chord[0] + interval) % 12 for interval in INTERVALS[chord[1]])


def relative(chord: Chord | None, tonic: int) -> Chord | None:
    return chord and ((chord[0] - tonic) % 12, chord[1])


def from_weights(weights: np.ndarray, bass: int | None) -> Chord | None:
    """The chord that explains best how long each pitch class sounds (``weights`` [12]) over the pitch class ``bass``."""
    total = weights.sum()
    if total <= 0:
        return None
    share = weights / total
    fit = INSIDE @ share - 0.08 * (INSIDE @ (share < 0.03)) - np.tile(list(RARITY.values()), 12)
    fit += np.repeat(0.05 * share + 0.15 * (np.arange(12) == bass), len(LIKELY))
    root, quality = divmod(int(fit.argmax()), len(LIKELY))
    return root, LIKELY[quality]


def key(weights: np.ndarray, chords: list[tuple[Chord, float]]) -> tuple[int, bool]:
    """(tonic, minor) of a piece: how long each pitch class is sung (``weights`` [12]), and its chords with durations.

    Correlation with the probe-tone profiles, of melody and chord tones together; the tonic's own chord speaks for its
    key by the time it takes, and as the first and last chord.
    """
    weights = weights / max(weights.sum(), 1e-9)
    time = sum(duration for _, duration in chords)
    for chord, duration in chords:
        for tone in tones(chord):
            weights[tone] += 0.35 * duration / time
    best, chosen = -np.inf, (0, False)
    for tonic in range(12):
        for minor in (False, True):
            profile = np.roll(MINOR_PROFILE if minor else MAJOR_PROFILE, tonic)
            home = [c[0] == tonic and (c[1] in MINOR_QUALITIES) == minor for c, _ in chords]
            score = np.corrcoef(weights, profile)[0, 1]
            if chords:
                score += 0.6 * sum(d for (_, d), at in zip(chords, home) if at) / time + 0.12 * home[-1] + 0.06 * home[0]
            if score > best:
                best, chosen = score, (tonic, minor)
    return chosen


def scale(minor: bool, chord: Chord | None = None) -> tuple[int, ...]:
    """Pitch classes relative to the tonic; in minor the seventh follows the chord (raised where the chord has it)."""
    if not minor:
        return (0, 2, 4, 5, 7, 9, 11)
    return (0, 2, 3, 5, 7, 8, 11 if chord and 11 in tones(chord) else 10)
