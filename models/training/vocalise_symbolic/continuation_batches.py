"""Training batches of the continuation model: stretches of melodies from anywhere, with nothing remembered from before.

The model is used on exactly eight steps and then on its own four, so most stretches are twelve long and every position
is asked for; some are longer, because a plugin that carries the state on should not fall off a cliff.
"""

from dataclasses import dataclass

import numpy as np

from . import genres, step_features
from .context_batches import NOTHING
from .corpus import Line

CONTEXT, AHEAD = 8, 4


@dataclass
class Batch:
    """[B, N, ...]; position i of the targets is the step after position i of ``steps``."""

    steps: np.ndarray
    note: np.ndarray
    timing: np.ndarray
    velocity: np.ndarray


def melodies(lines: list[Line]) -> list[tuple[Line, step_features.Steps]]:
    """Every melodic line that can be put on the sixteenth grid."""
    return [(line, step_features.steps_of(line)) for line in lines if line.scored]


class Sampler:
    WEIGHTS = {"pop909": 0.42, "nottingham": 0.2, "openewld": 0.22, "jsb": 0.16}

    def __init__(self, lines: list[Line], seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.lines = {s: [m for m in melodies(lines) if m[0].source == s] for s in self.WEIGHTS}
        self.lines = {s: found for s, found in self.lines.items() if found}
        self.chances = np.array([self.WEIGHTS[s] for s in self.lines])
        self.chances /= self.chances.sum()

    def stretch(self, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """(features [length, 128], next notes, next timing classes, next velocities)."""
        rng = self.rng
        found = self.lines[list(self.lines)[rng.choice(len(self.chances), p=self.chances)]]
        while True:
            line, steps = found[rng.integers(len(found))]
            if len(steps) > length and rng.random() < len(steps) / 400 + 0.2:
                break
        start = rng.integers(len(steps) - length)
        part = slice(start, start + length + 1)
        pitch, velocity = steps.pitch[part], steps.velocity[part]
        sounding = pitch != step_features.REST
        low, high = (-6, 6) if not sounding.any() else (
            max(-6, step_features.LOWEST - pitch[sounding].min()), min(6, step_features.HIGHEST - pitch.max())
        )  # fmt: skip
        pitch = np.where(sounding, pitch + rng.integers(low, high + 1), pitch)
        velocity = np.where(sounding, np.clip(velocity + rng.normal(0, 6), 1, 127), velocity)
        phrase = steps.phrase[part].copy()
        phrase[0] = True
        cut = step_features.Steps(pitch, steps.length[part], steps.place[part], velocity, phrase, steps.bar)
        if rng.random() < 0.15:
            cut.velocity = np.full(len(pitch), np.nan)
        genre = int(rng.choice(genres.genre_weights(line.label)[0], p=genres.genre_weights(line.label)[1]))
        loud = np.where(sounding & ~np.isnan(cut.velocity), np.nan_to_num(cut.velocity), NOTHING).astype(int)
        return step_features.features(cut, genre)[:-1], pitch[1:], cut.length[1:] - 1, loud[1:]

    def draw(self, size: int) -> Batch:
        length = int(self.rng.choice([CONTEXT + AHEAD - 1, 16, 32], p=(0.7, 0.2, 0.1)))
        size = max(8, size * (CONTEXT + AHEAD) // length)
        return Batch(*(np.stack(column) for column in zip(*(self.stretch(length) for _ in range(size)))))
