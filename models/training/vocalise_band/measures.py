"""What a bar is like, in numbers, and how alike two sets of bars are.

MusPy's own functions give pitch classes used, polyphony, pitch-in-scale rate and drum-in-pattern rate; the others,
which MusPy does not have, are here. Sets are compared as mgeval does (Yang and Lerch, 2020): distances within the real
set against distances between the sets, and how far the two densities overlap.
"""

import numpy as np
from scipy.stats import gaussian_kde

from . import condition as c
from .finished import Finished
from .harmony import scale

MUSPY = ("pitch classes", "polyphony", "in scale", "drums in pattern")
FEATURES = {
    "drums": ("onset steps", "hits", "drums used", "drums in pattern", "velocity", "velocity spread", "off-beat share"),
    "bass": ("onset steps", "pitch classes", "mean pitch", "range", "length", "qualified", "in scale", "in chord", "velocity"),
    "chords": ("onset steps", "notes", "pitch classes", "polyphony", "mean pitch", "range", "length", "qualified", "in scale", "in chord", "velocity"),
    "melody": ("onset steps", "pitch classes", "mean pitch", "range", "length", "qualified", "in scale", "in chord", "velocity"),
}  # fmt: skip
"""Qualified: share of notes of at least two steps; an onset step is a sixteenth with an onset; velocity: mean."""
PAIRS = 3000
"""Pairs that a density of distances is estimated from."""


def muspy_features(notes: np.ndarray, drums: bool, minor: bool) -> dict[str, float]:
    """MusPy's metrics of one bar, four ticks a beat."""
    import muspy

    played = [muspy.Note(int(step), int(pitch), int(length), int(velocity)) for step, length, pitch, velocity in notes]
    music = muspy.Music(resolution=4, tracks=[muspy.Track(is_drum=drums, notes=played)])
    if drums:
        return {"drums in pattern": muspy.drum_in_pattern_rate(music, "duple")}
    return {
        "pitch classes": muspy.n_pitch_classes_used(music),
        "polyphony": muspy.polyphony(music),
        "in scale": muspy.pitch_in_scale_rate(music, 0, "minor" if minor else "major"),
    }


def features(notes: np.ndarray, track: str, about: np.ndarray) -> dict[str, float]:
    """Numbers of one bar that is not empty; ``about`` is its condition [64]."""
    step, length, pitch, velocity = notes.T
    found = {
        "onset steps": len(np.unique(step)), "velocity": velocity.mean(), "velocity spread": velocity.std(),
        "off-beat share": (step % 4 > 0).mean(), "hits": len(notes), "notes": len(notes),
        "drums used": len(np.unique(pitch)), "mean pitch": pitch.mean(), "range": np.ptp(pitch), "length": length.mean(),
        "qualified": (length >= 2).mean(),
    }  # fmt: skip
    if track != "drums":
        halves = about[c.CHORD : c.ONSETS].reshape(2, 12) > 0
        inside = halves[(step >= 8 * about[c.BAR]).astype(int), pitch % 12]
        found["in chord"] = inside.mean() if halves.any() else np.nan
        found["in chord or scale"] = (inside | np.isin(pitch % 12, scale(about[c.MINOR] > 0))).mean()
    found |= muspy_features(notes, track == "drums", about[c.MINOR] > 0)
    return {name: float(value) for name, value in found.items()}


def table(bars: Finished) -> dict[str, np.ndarray]:
    """Every feature over the bars that have notes; "empty" over all."""
    rows = [features(notes, bars.track, about) for notes, about in zip(bars.notes, bars.condition) if len(notes)]
    found = {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}
    return found | {"empty": np.array([len(notes) == 0 for notes in bars.notes], float)}


def overlap(real: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> float:
    """Overlap area, 0..1, of the distances within ``real`` and those between ``real`` and ``other`` (a feature each)."""
    real, other = (x[np.isfinite(x)] for x in (real, other))
    if len(real) < 8 or len(other) < 8:
        return np.nan
    spread = max(real.std(), 1e-3)
    draw = lambda x: x[rng.integers(len(x), size=PAIRS)]
    # a little noise, so that whole numbers have a density
    noise = lambda: rng.normal(0, 0.1 * spread, PAIRS)
    within = np.abs(draw(real) - draw(real) + noise())
    between = np.abs(draw(real) - draw(other) + noise())
    grid = np.linspace(0, max(within.max(), between.max()), 400)
    low = np.minimum(gaussian_kde(within)(grid), gaussian_kde(between)(grid))
    return float(np.clip(np.trapezoid(low, grid) / np.trapezoid(gaussian_kde(within)(grid), grid), 0, 1))


def onset_rolls(bars: Finished) -> np.ndarray:
    """[N, 16, 128] velocity 0..1 where a note begins."""
    found = np.zeros((len(bars), 16, 128), np.float32)
    for roll, notes in zip(found, bars.notes):
        np.maximum.at(roll, (notes[:, 0], notes[:, 2]), notes[:, 3] / 127)
    return found
