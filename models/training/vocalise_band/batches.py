"""Training batches: bars drawn by genre, the condition as it may be met, velocities shaken. Pitches are left as they are."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vocalise_symbolic import genres

from . import condition as c
from .rolls import ONSET, STEPS

EVEN = 0.4
"""Genres are drawn by the number of their bars to this power: 1 as they come, 0 all alike."""
CUT_SHORT, EMPTY, UNSUNG, NO_CHORDS = 0.05, 0.02, 0.1, 0.04
"""Shares of bars cut to fewer steps, left empty, and met without a sung note or without chords."""


@dataclass
class Bars:
    """What ``prepare`` wrote of one track; arrays begin with N."""

    track: str
    roll: np.ndarray
    condition: np.ndarray
    genre: np.ndarray
    steps: np.ndarray
    real: np.ndarray
    held_out: np.ndarray
    origin: np.ndarray

    def where(self, chosen: np.ndarray) -> "Bars":
        arrays = (self.roll, self.condition, self.genre, self.steps, self.real, self.held_out, self.origin)
        return Bars(self.track, *(a[chosen] for a in arrays))

    def __len__(self) -> int:
        return len(self.genre)


def load(data: Path, track: str) -> Bars:
    saved = np.load(data / f"{track}.npz")
    names = ("roll", "condition", "genre", "steps", "real", "held_out", "origin")
    return Bars(track, *(saved[name] for name in names))


def onset_velocity(roll: np.ndarray, track: str) -> tuple[np.ndarray, np.ndarray]:
    """([..., 16, 128] whether a note begins, its velocity 0..1)."""
    begins = roll >= ONSET[track] if track != "drums" else roll > 0
    return begins, roll if track == "drums" else 2 * roll - 1


class Sampler:
    """Draws batches of the training side: (roll [B, 16, 128], genre [B], condition [B, 64])."""

    def __init__(self, bars: Bars, seed: int) -> None:
        self.bars, self.rng = bars.where(~bars.held_out), np.random.default_rng(seed)
        self.by_genre = [np.flatnonzero(self.bars.genre == g) for g in range(len(genres.GENRES))]
        self.by_steps = {n: np.flatnonzero(self.bars.steps == n) for n in np.unique(self.bars.steps)}
        chance = np.array([len(found) ** EVEN if len(found) else 0 for found in self.by_genre])
        self.chance = chance / chance.sum()

    def draw(self, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng, bars = self.rng, self.bars
        genre = rng.choice(len(self.chance), size, p=self.chance)
        index = np.array([self.by_genre[g][rng.integers(len(self.by_genre[g]))] for g in genre])
        roll = bars.roll[index].astype(np.float32) / 255
        found = bars.condition[index, rng.integers(2, size=size)].copy()
        if bars.track == "drums":
            # nothing was sung to these drums: whatever tune and chords, as long as the bar is as long
            other = np.array([self.by_steps[n][rng.integers(len(self.by_steps[n]))] for n in bars.steps[index]])
            tune = bars.condition[other, found[:, c.HINDSIGHT].astype(int)]
            found[:, : c.BAR], found[:, c.MINOR] = tune[:, : c.BAR], tune[:, c.MINOR]
        self._shorten(roll, found, bars.steps[index])
        roll *= rng.random((size, 1, 1)) >= EMPTY
        self._shake(roll, found)
        found[rng.random(size) < NO_CHORDS, c.CHORD : c.ONSETS] = 0
        unsung = rng.random(size) < UNSUNG
        found[unsung, : c.CHORD] = 0
        found[unsung, c.ONSETS : c.BAR] = 0
        return roll, genre, found

    def _shorten(self, roll: np.ndarray, found: np.ndarray, steps: np.ndarray) -> None:
        for i in np.flatnonzero(self.rng.random(len(roll)) < CUT_SHORT):
            n = int(self.rng.choice([n for n in (4, 6, 8, 10, 12, 14) if n < steps[i]]))
            roll[i, n:] = 0
            found[i, c.ONSETS + n : c.ONSETS + STEPS] = 0
            struck = found[i, c.ONSETS : c.ONSETS + n]
            found[i, c.SUNG_DENSITY] = (struck > 0).sum() / STEPS
            found[i, c.LOUDNESS] = struck[struck > 0].mean() if struck.any() else 0
            found[i, c.BAR] = n / STEPS

    def _shake(self, roll: np.ndarray, found: np.ndarray) -> None:
        """Other velocities, of the singer and of the bar; numbers 60 and 61 say what the bar became."""
        rng, size, track = self.rng, len(roll), self.bars.track
        sung = rng.uniform(0.5, 1.15, size).astype(np.float32)[:, None]
        found[:, c.ONSETS : c.REGISTER] = np.minimum(1, found[:, c.ONSETS : c.REGISTER] * sung)
        found[:, c.LOUDNESS] = np.minimum(1, found[:, c.LOUDNESS] * sung[:, 0])
        begins, velocity = onset_velocity(roll, track)
        velocity = velocity * rng.uniform(0.7, 1.2, (size, 1, 1)) + rng.normal(0, 0.02, roll.shape)
        velocity = np.clip(velocity, 0.16 if track == "drums" else 0.08, 1)
        roll[begins] = (velocity if track == "drums" else 0.5 + 0.5 * velocity)[begins]
        number = begins.sum((1, 2))
        found[:, c.DENSITY] = begins.any(2).mean(1)
        found[:, c.INTENSITY] = np.where(number, (velocity * begins).sum((1, 2)) / np.maximum(1, number), 0)
