"""Cheap figures on held-out bars while a generator trains, and what ``evaluate`` shares with them."""

import numpy as np
import torch
from torch.nn import functional as F

from vocalise_symbolic.genres import GENRES

from . import condition as c
from .batches import Bars
from .gan import NOISE, Generator
from .harmony import scale
from .rolls import ONSET, STEPS


def real_bars(bars: Bars) -> np.ndarray:
    """[N, 16, 128] float rolls of stored ones."""
    return bars.roll.astype(np.float32) / 255


def onsets(roll: np.ndarray, track: str) -> np.ndarray:
    """[..., 16, 128] bool."""
    return roll >= ONSET[track]


@torch.no_grad()
def make(net: Generator, genre: np.ndarray, condition: np.ndarray, seed: int = 0) -> np.ndarray:
    """[N, 16, 128]: a bar a condition, new noise for each; silent behind the bar's steps."""
    noise = torch.randn(len(genre), NOISE, generator=torch.Generator().manual_seed(seed))
    roll = net(noise, F.one_hot(torch.from_numpy(genre), len(GENRES)).float(), torch.from_numpy(condition)).numpy()
    return roll * (np.arange(STEPS)[None] < np.rint(STEPS * condition[:, c.BAR, None]))[..., None]


def in_chord(roll: np.ndarray, condition: np.ndarray, track: str) -> tuple[np.ndarray, np.ndarray]:
    """Per bar: (share of onsets in the chord of their half of the bar, in the scale or that chord); NaN for no onset."""
    found = []
    for begins, about in zip(onsets(roll, track), condition):
        step, pitch = np.nonzero(begins)
        chords = about[c.CHORD : c.ONSETS].reshape(2, 12) > 0
        inside = chords[(step >= 8 * about[c.BAR]).astype(int), pitch % 12]
        known = inside | np.isin(pitch % 12, [*scale(about[c.MINOR] > 0), *([11] if about[c.MINOR] else [])])
        found.append((inside.mean(), known.mean()) if len(step) else (np.nan, np.nan))
    return tuple(np.array(found).T)


def distance(begins: np.ndarray) -> float:
    """Mean over pairs of bars [N, 16, 128] of the cells in which just one has an onset."""
    flat = begins.reshape(len(begins), -1).astype(np.float32)
    size, both = flat.sum(1), flat @ flat.T
    apart = size[:, None] + size[None] - 2 * both
    return float(apart.sum() / max(1, len(flat) * (len(flat) - 1)))


def nearest_f1(begins: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Per bar of ``begins``: F1 of its onsets against the most alike of ``others``."""
    a, b = (x.reshape(len(x), -1).astype(np.float32) for x in (begins, others))
    return (2 * (a @ b.T) / np.maximum(1, a.sum(1)[:, None] + b.sum(1)[None])).max(1)


class Checks:
    """Held-out bars, a few hundred of each genre, half described by the bar before."""

    def __init__(self, bars: Bars, each: int = 48) -> None:
        rng, chosen = np.random.default_rng(5), []
        for genre in range(len(GENRES)):
            found = np.flatnonzero(bars.held_out & (bars.genre == genre))
            chosen.extend(rng.permutation(found)[:each])
        self.bars = bars.where(np.array(chosen))
        self.condition = self.bars.condition[np.arange(len(chosen)), np.arange(len(chosen)) % 2]
        self.begins = onsets(real_bars(self.bars), bars.track)
        training = np.flatnonzero(~bars.held_out)
        self.known = onsets(real_bars(bars.where(rng.permutation(training)[:3000])), bars.track)
        self.real_f1 = nearest_f1(self.begins, self.known).mean()

    def figures(self, net: Generator) -> dict[str, float]:
        """Misses of density and intensity, sharpness, harmony, distance and likeness, beside those of held-out bars."""
        track, about = self.bars.track, self.condition
        roll = make(net, self.bars.genre, about)
        begins = onsets(roll, track)
        velocity = roll if track == "drums" else 2 * roll - 1
        loud = (velocity * begins).sum((1, 2)) / np.maximum(1, begins.sum((1, 2)))
        unsure = ((roll > 0.3) & (roll < 0.49)) if track != "drums" else ((roll > 0.05) & (roll < ONSET[track]))
        found = {
            "density error": np.abs(begins.any(2).mean(1) - about[:, c.DENSITY]).mean(),
            "onsets": begins.sum((1, 2)).mean() / self.begins.sum((1, 2)).mean(),
            "intensity error": np.abs(loud - about[:, c.INTENSITY]).mean(),
            "unsure": unsure.sum((1, 2)).mean() / begins.sum((1, 2)).mean().clip(1),
            "empty": (~begins.any((1, 2))).mean(),
            "f1": nearest_f1(begins, self.known).mean(),
            "real f1": self.real_f1,
        }
        genres = [at for at in (self.bars.genre == g for g in range(len(GENRES))) if at.sum() > 8]
        apart = [(distance(begins[at]), distance(self.begins[at])) for at in genres]
        found["distance"] = np.mean([a / b for a, b in apart])
        one = [np.flatnonzero(at)[0] for at in genres]
        same = [make(net, self.bars.genre[[i] * 32], about[[i] * 32], seed=int(i)) for i in one]
        alone = np.mean([distance(onsets(roll, track)) for roll in same])
        found["distance, one condition"] = alone / np.mean([b for _, b in apart])
        if track != "drums":
            both = in_chord(roll, about, track), in_chord(self.begins * 1.0, about, track)
            for name, ours, theirs in zip(("in chord", "in scale"), *both):
                found |= {name: np.nanmean(ours), f"real {name}": np.nanmean(theirs)}
        return found
