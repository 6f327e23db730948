"""Finished bars, as a decoder made them: one JSON object a line.

==============  ====================================================================================================
``track``       "drums", "bass", "chords" or "melody"
``genre``       index 0..9
``steps``       steps of the bar that were asked for, 1..16
``notes``       [[step, length in steps, pitch, velocity 1..127], ...]; pitches in the key's own frame (transposed so
                that the tonic's pitch class is 0), drums as keys of General MIDI
``condition``   the 64 numbers that the generator was asked with
==============  ====================================================================================================

A bar without notes has its line, too: bars left empty are counted. Further fields are passed over.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .condition import SIZE


@dataclass
class Finished:
    """``notes`` of N bars, each [M, 4]; ``genre`` [N], ``steps`` [N], ``condition`` [N, 64]."""

    track: str
    notes: list[np.ndarray]
    genre: np.ndarray
    steps: np.ndarray
    condition: np.ndarray

    def where(self, chosen: np.ndarray) -> "Finished":
        index = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Finished(
            self.track, [self.notes[i] for i in index], self.genre[index], self.steps[index], self.condition[index]
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.notes)


def read(path: Path, track: str) -> Finished:
    """The bars of one track in a file; a line that is not as described is an error."""
    rows = [bar for bar in map(json.loads, path.read_text().splitlines()) if bar["track"] == track]
    condition = np.array([bar["condition"] for bar in rows], np.float32).reshape(-1, SIZE)
    notes = [np.array(bar["notes"], int).reshape(-1, 4) for bar in rows]
    return Finished(track, notes, np.array([b["genre"] for b in rows], int), np.array([b["steps"] for b in rows], int), condition)


def write(path: Path, bars: Finished) -> None:
    """Adds bars to a file."""
    with path.open("a") as lines:
        for notes, genre, steps, condition in zip(bars.notes, bars.genre, bars.steps, bars.condition):
            row = {"track": bars.track, "genre": int(genre), "steps": int(steps), "notes": np.asarray(notes).tolist()}
            print(json.dumps(row | {"condition": [round(float(x), 6) for x in condition]}), file=lines)
