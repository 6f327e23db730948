"""Pieces of the corpus on the sixteenth grid: voices, chords, key and bars, whatever the source calls them."""

from dataclasses import dataclass, field

import numpy as np

from vocalise_symbolic import corpus

from . import harmony
from .harmony import Chord
from .rolls import NO_NOTES

MELODIC = ("pop909", "openewld", "nottingham", "jsb")
WHOLE_BARS = (12, 16)
"""Steps of the bars that are read: 3/4 and 6/8, 4/4 and 2/2."""
MEAN_OFF, FAR_OFF, FAR_SHARE = 0.05, 0.09, 0.2
"""In quarters: a bar whose notes lie further from the grid on average, or too many of them far off, has no sixteenths."""


@dataclass
class Voice:
    """``notes`` [N, 4] by step from the first bar's beginning, pitches as they sound; ``off`` [N] quarters off the grid."""

    notes: np.ndarray
    off: np.ndarray

    def within(self, begin: int, steps: int) -> tuple[np.ndarray, bool]:
        """(notes that begin in the bar, steps counted from ``begin``; whether they lie on the grid)."""
        low, high = np.searchsorted(self.notes[:, 0], (begin, begin + steps))
        found = self.notes[low:high] - [begin, 0, 0, 0]
        found[:, 1] = np.minimum(found[:, 1], steps - found[:, 0])
        off = self.off[low:high]
        on_grid = not len(off) or (off.mean() < MEAN_OFF and (off > FAR_OFF).mean() < FAR_SHARE)
        return found, bool(on_grid)

    def heard(self, begin: int, steps: int) -> np.ndarray:
        """Like ``within``, with the note that is held into the bar; its step is negative."""
        low, high = np.searchsorted(self.notes[:, 0], (begin, begin + steps))
        low = max(0, low - 1)
        found = self.notes[low:high] - [begin, 0, 0, 0]
        found = found[found[:, 0] + found[:, 1] > 0]
        found[:, 1] = np.minimum(found[:, 1], steps - found[:, 0])
        return found


@dataclass
class Piece:
    id: str
    source: str
    label: str
    held_out: bool
    steps: int
    """Steps of a bar."""
    tonic: int
    minor: bool
    voices: dict[str, Voice]
    chords: list[tuple[int, int, Chord | None]] = field(default_factory=list)
    """(step, length, chord with absolute root), in order."""

    @property
    def bars(self) -> int:
        return 1 + max(int(v.notes[-1, 0]) for v in self.voices.values() if len(v.notes)) // self.steps

    def chord_at(self, step: int) -> Chord | None:
        """The chord that sounds at a step, relative to the tonic."""
        for begin, length, chord in self.chords:
            if begin <= step < begin + length:
                return harmony.relative(chord, self.tonic)
        return None


def voice(notes: list, begin: float) -> Voice:
    """``begin``: where the first bar begins, in quarters of the file."""
    table = np.array(sorted(notes), float).reshape(-1, 4)
    if not len(table):
        return Voice(NO_NOTES, np.zeros(0))
    onset, end = 4 * (table[:, 0] - begin), 4 * (table[:, 0] + table[:, 1] - begin)
    step = np.rint(onset)
    length = np.maximum(1, np.rint(end) - step)
    found = np.stack([step, length, table[:, 2], np.clip(table[:, 3], 1, 127)], 1).astype(int)
    order = np.lexsort((found[:, 2], found[:, 0]))
    return Voice(found[order], np.abs(onset - step)[order] / 4)


def single(notes: list, lowest: bool = False) -> list:
    """One note at a time: the highest (or lowest) of those that begin together, until the next begins."""
    table = sorted(notes, key=lambda n: (round(4 * n[0]), n[2] if lowest else -n[2]))
    kept = [n for i, n in enumerate(table) if not i or round(4 * n[0]) > round(4 * table[i - 1][0])]
    ends = [n[0] for n in kept[1:]] + [np.inf]
    return [[n[0], min(n[1], end - n[0]), n[2], n[3]] for n, end in zip(kept, ends)]


def sounding(voices: list[Voice], begin: int, end: int) -> tuple[np.ndarray, int | None]:
    """([12] steps that each pitch class sounds between two steps, pitch class of the lowest note at the first)."""
    weights, lowest = np.zeros(12), None
    for part in voices:
        inside = np.clip(part.notes[:, :2].sum(1), begin, end) - np.clip(part.notes[:, 0], begin, end)
        np.add.at(weights, part.notes[:, 2] % 12, inside)
        now = part.notes[(part.notes[:, 0] <= begin) & (part.notes[:, :2].sum(1) > begin), 2]
        lowest = min([*now, *([] if lowest is None else [lowest])], default=None)
    return weights, None if lowest is None else int(lowest) % 12


def heard_chords(voices: list[Voice], steps: int, span: int) -> list[tuple[int, int, Chord | None]]:
    """Chords of voices that carry no labels, one every ``span`` steps."""
    last = max(int(v.notes[-1, :2].sum()) for v in voices if len(v.notes))
    return [(s, span, harmony.from_weights(*sounding(voices, s, s + span))) for s in range(0, last + steps, span)]


def chorale_pickup(tracks: list[dict]) -> float:
    """Quarters before the first whole bar of a chorale: the beat on which most long notes of all voices begin."""
    votes = np.zeros(4)
    for track in tracks:
        for onset, duration, *_ in track["notes"]:
            votes[int(onset) % 4] += max(0, duration - 1) * (onset == int(onset)) + 0.1 * (onset == int(onset))
    return float(votes.argmax())


def read(piece: dict) -> Piece | None:
    """A melodic piece of the corpus, or None where its bars are none of ours."""
    source = piece["src"]
    steps, begin = round(4 * corpus.bar_quarters(piece["ts"])), 0.0
    tracks = {track["role"]: track["notes"] for track in piece["tracks"]}
    if source == "pop909":
        if piece["ts"] in ("3/4", "6/8"):
            return None
        steps = 16
        begin = corpus.pop909_bar(piece, corpus.grid_offset(np.array([n[0] for n in tracks["melody"]])))
    if source == "jsb":
        begin = chorale_pickup(piece["tracks"]) - 4
    if steps not in WHOLE_BARS:
        return None
    earliest = min(n[0] for notes in tracks.values() for n in notes)
    begin -= steps / 4 * max(0, np.ceil((begin - earliest) * 4 / steps))
    poly = ("chords",)
    voices = {role: voice(notes if role in poly else single(notes), begin) for role, notes in tracks.items()}
    if source == "pop909":
        low = [n for n in tracks["chords"] if n[2] < 50]
        voices["bass"] = voice(single(low, lowest=True), begin)
        voices["chords"] = voice([n for n in tracks["chords"] if n[2] >= 48], begin)
    if piece.get("chords"):
        at = lambda x: round(4 * (x - begin))
        chords = [(at(o), at(o + d) - at(o), harmony.from_label(label)) for o, d, label in piece["chords"]]
    elif source == "jsb":
        chords = heard_chords(list(voices.values()), steps, 8)
    else:
        chords = heard_chords([voices["chords"]], steps, steps // 2) if "chords" in voices else []
    weights, _ = sounding(list(voices.values()) if source == "jsb" else [voices["melody"]], 0, 1 << 20)
    tonic, minor = harmony.key(weights, [(c, float(d)) for _, d, c in chords if c])
    held_out = piece["id"] in corpus.validation_ids()
    return Piece(piece["id"], source, piece["genre"], held_out, steps, tonic, minor, voices, chords)
