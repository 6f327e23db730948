"""Random excerpts from rendered shards, as training batches."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .features import BANDS
from .labels import FIELDS
from .model import FINE_CLASSES, FINE_LOWEST_MIDI, FINE_STEP

EXCERPT = 600
"""Frames per training excerpt: 6 s."""


@dataclass
class Batch:
    """[B, N] float32 targets (nan = does not apply) and [B, N, 2, BANDS] features."""

    features: torch.Tensor
    targets: dict[str, torch.Tensor]
    """By name in labels.FIELDS."""


class Shards:
    """All complete shards of one split, mapped into memory. Shards may be added while training runs."""

    def __init__(self, folder: Path, split: str):
        self.folder, self.split = Path(folder), split
        self.arrays: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.rescan()

    def rescan(self) -> None:
        """Takes in shards that have appeared since."""
        for path in sorted(self.folder.glob(f"{self.split}-*.features.npy")):
            if path.name not in self.arrays:
                labels = path.with_name(path.name.replace("features", "labels"))
                self.arrays[path.name] = np.load(path, mmap_mode="r"), np.load(labels, mmap_mode="r")
        self.clips = [(name, i) for name in self.arrays for i in range(len(self.arrays[name][0]))]
        if not self.clips:
            raise SystemExit(f"dataset: no {self.split} shards in {self.folder}; run vocalise_training.render first")

    def excerpt(self, clip: int, start: int, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """([frames, 2, BANDS], [frames, fields]) float32 of one clip."""
        name, row = self.clips[clip]
        features, labels = self.arrays[name]
        part = slice(start, start + frames)
        return features[row, part].astype(np.float32), labels[row, part].astype(np.float32)

    def random_batch(self, rng: np.random.Generator, size: int) -> Batch:
        """``size`` excerpts with a random equaliser and gain each."""
        parts = []
        for clip in rng.integers(len(self.clips), size=size):
            start = rng.integers(self.arrays[self.clips[clip][0]][0].shape[1] - EXCERPT + 1)
            features, labels = self.excerpt(int(clip), int(start), EXCERPT)
            features[:, 0] += equaliser(rng)
            parts.append((features, labels))
        return batch(parts)

    def whole_clips(self, size: int):
        """Batches of ``size`` entire clips in order, for validation."""
        for first in range(0, len(self.clips), size):
            chosen = range(first, min(first + size, len(self.clips)))
            yield batch([self.excerpt(i, 0, 1 << 30) for i in chosen])


def equaliser(rng: np.random.Generator) -> np.ndarray:
    """[BANDS] a smooth random change of the log-mel channel: gain and tilt of another microphone."""
    knots = rng.normal(0, 0.4, 6)
    return rng.normal(0, 0.6) + np.interp(np.linspace(0, 5, BANDS), np.arange(6), knots).astype(np.float32)


def batch(parts: list[tuple[np.ndarray, np.ndarray]]) -> Batch:
    features = torch.from_numpy(np.stack([p[0] for p in parts]).astype(np.float32))
    table = torch.from_numpy(np.stack([p[1] for p in parts]))
    return Batch(features, {name: table[..., i] for i, name in enumerate(FIELDS)})


def soft_classes(position: torch.Tensor, classes: int, width: float) -> torch.Tensor:
    """[..., classes] Gaussian targets around fractional class ``position`` [...]; rows sum to 1."""
    distance = (torch.arange(classes) - position.unsqueeze(-1)) / width
    weight = torch.exp(-0.5 * distance**2)
    return weight / weight.sum(-1, keepdim=True).clamp(min=1e-9)


def fine_target(midi: torch.Tensor) -> torch.Tensor:
    """[..., FINE_CLASSES]: 25-cent Gaussian around the sung pitch."""
    return soft_classes((midi - FINE_LOWEST_MIDI) / FINE_STEP, FINE_CLASSES, 1.25)


def note_target(note: torch.Tensor) -> torch.Tensor:
    """[..., 128]: the two nearest semitones in proportion, so that the expected class is the note's centre; class 0,
    which nobody sings, where there is no note (nan)."""
    classes = torch.arange(128)
    return (1 - (classes - note.nan_to_num(0.0).unsqueeze(-1)).abs()).clamp(min=0)
