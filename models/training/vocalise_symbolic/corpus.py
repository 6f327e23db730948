"""The corpus as single lines on a grid of twelfths of a quarter, and the fixed split by piece.

The corpus itself (one JSON piece a line) stays outside the repository; ``splits/validation.txt`` names the pieces that
never train.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

TICKS = 12
"""Grid lines in a quarter: sixteenths and triplets both fall on them."""
VALIDATION = Path(__file__).parent / "splits" / "validation.txt"
REAL_VELOCITY = ("pop909", "groove")
MELODIC_SOURCES = ("pop909", "nottingham", "openewld", "jsb")
MIN_NOTES = 12
OFF_GRID = 0.03
"""A note this far (in quarters) from every line does not say where it was meant; a line of many such is not a score."""


@dataclass
class Line:
    """One voice of one piece. Times are in quarters from the beginning of a bar."""

    piece: str
    source: str
    label: str
    role: str
    onset: np.ndarray
    duration: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    bar: float
    bar_known: bool
    bpm: float
    scored: bool
    """Whether onsets are score positions (whole ticks); otherwise they are as performed."""

    @property
    def real_velocity(self) -> bool:
        return self.source in REAL_VELOCITY

    def __len__(self) -> int:
        return len(self.onset)


def pieces(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt") as lines:
        yield from map(json.loads, lines)


def bar_quarters(signature: str) -> float:
    top, bottom = map(int, signature.split("/"))
    return 4 * top / bottom


def grid_offset(onsets: np.ndarray) -> float:
    """How far the sixteenths of a recording lie behind whole ones, in quarters (within half a sixteenth)."""
    return float(np.angle(np.exp(2j * np.pi * 4 * onsets).mean()) / (8 * np.pi))


def pop909_bar(piece: dict, offset: float) -> float:
    """Where bars of four begin, in quarters: the sixteenth of the bar on which most of the chords change."""
    votes = np.zeros(16)
    for onset, duration, label in piece["chords"]:
        if label != "N":
            votes[round(4 * (onset - offset)) % 16] += duration
    return offset + int(votes.argmax()) / 4


def monophonic(notes: list, role: str) -> np.ndarray:
    """[N, 4] onset, duration, pitch, velocity: one note at a time, the highest of those that begin together."""
    table = np.array(sorted(notes, key=lambda n: (n[0], -n[2])), dtype=float)
    if role == "drums":
        return table
    keep = np.concatenate([[True], np.diff(table[:, 0]) > 0.02])
    table = table[keep]
    table[:-1, 1] = np.minimum(table[:-1, 1], np.diff(table[:, 0]))
    return table


def lines_of(piece: dict) -> list[Line]:
    """The lines of a piece that hold enough notes; POP909 is put on its grid and its bars."""
    source, role_of = piece["src"], {"alto": "melody", "tenor": "melody", "bridge": "melody"}
    found = []
    bar, bar_known, begin = bar_quarters(piece["ts"]), source != "jsb", 0.0
    if source == "pop909":
        if piece["ts"] in ("3/4", "6/8"):
            return []
        begin = pop909_bar(piece, grid_offset(np.array([n[0] for n in piece["tracks"][0]["notes"]])))
        bar = 4.0
    for track in piece["tracks"]:
        wanted = track["role"] in ("melody", "bridge", "alto", "tenor", "bass") or source == "groove"
        if not wanted or len(track["notes"]) < MIN_NOTES:
            continue
        role = role_of.get(track["role"], track["role"])
        table = monophonic(track["notes"], role)
        onset = table[:, 0] - begin
        onset -= bar * min(0, np.floor(onset[0] / bar))
        nearest = np.round(onset * TICKS) / TICKS
        scored = source != "groove" and np.mean(np.abs(onset - nearest) > OFF_GRID) < 0.03
        if scored:
            fresh = np.concatenate([[True], np.diff(nearest) > 0])
            table, onset = table[fresh], nearest[fresh]
        found.append(
            Line(
                piece["id"], source, piece["genre"], role, onset, np.maximum(table[:, 1], 1 / TICKS),
                table[:, 2].astype(int), table[:, 3], bar, bar_known, float(piece["bpm"]), bool(scored),
            )  # fmt: skip
        )
    return [line for line in found if len(line) >= MIN_NOTES]


def family(piece: dict) -> str:
    """What decides a piece's side of the split: variants of a tune begin alike, so they stay together.

    Drum performances are split by their player.
    """
    if piece["src"] == "groove":
        return piece["id"].split("/")[1]
    pitches = [n[2] for n in sorted(piece["tracks"][0]["notes"])[:13]]
    return " ".join(map(str, np.diff(pitches)))


@cache
def validation_ids() -> frozenset[str]:
    return frozenset(VALIDATION.read_text().split())


HELD_OUT_DRUMMERS = ("drummer3", "drummer4", "drummer7", "drummer9")
ONE_IN = {"openewld": 5, "jsb": 5}
"""One family in so many is held out; the small sources give more, so that their genres can be measured."""


def is_held_out(piece: dict) -> bool:
    """The rule that made ``splits/validation.txt``."""
    if piece["src"] == "groove":
        return family(piece) in HELD_OUT_DRUMMERS
    return int(sha256(family(piece).encode()).hexdigest(), 16) % ONE_IN.get(piece["src"], 10) == 0


def load(path: Path) -> tuple[list[Line], list[Line]]:
    """(training lines, validation lines) of the melodic sources and Groove."""
    sides: tuple[list[Line], list[Line]] = ([], [])
    for piece in pieces(path):
        if piece["src"] in (*MELODIC_SOURCES, "groove"):
            sides[piece["id"] in validation_ids()].extend(lines_of(piece))
    return sides
