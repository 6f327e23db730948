"""Training bars: what an accompanist knows of a bar (its context), and what one track played in it.

Contexts come from every melodic piece of the corpus. Real targets of pitched tracks come from POP909 (piano, its left
hand, the second melody) and the chorales' lower voices; ``drumming`` reads drums and ``rules`` fills the gaps.
"""

from dataclasses import dataclass

import numpy as np

from vocalise_symbolic import genres

from .condition import Description
from .harmony import Chord
from .pieces import Piece
from .rolls import NO_NOTES, density, frame_shift, intensity


@dataclass
class Context:
    """A bar before the band plays. ``sung`` and ``before`` (the bar before) are notes as sung; chords, of the bar's
    halves and of the next bar's beginning (``following``), are relative to the tonic."""

    piece: str
    source: str
    label: str
    held_out: bool
    steps: int
    number: int
    tonic: int
    minor: bool
    sung: np.ndarray
    before: np.ndarray
    chords: tuple[Chord | None, Chord | None]
    following: Chord | None

    def described(self, hindsight: bool, wanted: tuple[float, float]) -> Description:
        sung = self.sung if hindsight else self.before
        return Description(self.tonic, self.minor, self.steps, self.number, sung, self.chords, *wanted, hindsight)


@dataclass
class Bar:
    """``notes`` of one track; pitches in the key's own frame (drums: keys of General MIDI)."""

    context: Context
    track: str
    genre: int
    real: bool
    """People made it; otherwise a grammar of rules did."""
    origin: str
    """The corpus it is from, or "rules"."""
    notes: np.ndarray

    @property
    def wanted(self) -> tuple[float, float]:
        """Numbers 60 and 61 of the condition: the bar's own density and intensity."""
        return density(self.notes), intensity(self.notes)


def contexts(piece: Piece) -> list[Context]:
    """One a bar; bars whose tune lies on no grid are None, so that positions stay bar numbers."""
    found, melody, steps = [], piece.voices["melody"], piece.steps
    if not len(melody.notes):
        return []
    # phrases are counted from the bar in which the singer begins
    first = int(melody.notes[0, 0]) // steps
    for number in range(piece.bars):
        begin = number * steps
        on_grid = melody.within(begin, steps)[1] and (not number or melody.within(begin - steps, steps)[1])
        before = melody.heard(begin - steps, steps) if number else NO_NOTES
        chords = (piece.chord_at(begin), piece.chord_at(begin + steps // 2))
        context = Context(
            piece.id, piece.source, piece.label, piece.held_out, steps, number - first, piece.tonic, piece.minor,
            melody.heard(begin, steps), before, chords, piece.chord_at(begin + steps),
        )  # fmt: skip
        found.append(context if on_grid else None)
    return found


TARGETS = {
    "pop909": {"bass": ("bass",), "chords": ("chords",), "melody": ("bridge",)},
    "jsb": {"bass": ("bass",), "chords": ("alto", "tenor"), "melody": ("alto", "tenor")},
}
"""Which voices of a source are whose targets. The chorales' alto and tenor together are chords, each alone a second
melody."""
RANGE = {"bass": (24, 55), "chords": (40, 90), "melody": (43, 96)}
"""In the key's own frame."""


def real_bars(piece: Piece, around: list[Context | None]) -> list[Bar]:
    """What people play in the bars of a piece, with its contexts; bars off the grid or without a note are left out."""
    found = []
    for track, roles in TARGETS.get(piece.source, {}).items():
        together = [roles] if track == "chords" else [(role,) for role in roles]
        for group in together:
            for number, context in enumerate(around):
                if context is None:
                    continue
                parts = [piece.voices[role].within(number * piece.steps, piece.steps) for role in group]
                notes = np.concatenate([part for part, _ in parts])
                if not len(notes) or not all(on_grid for _, on_grid in parts):
                    continue
                notes[:, 2] -= frame_shift(piece.tonic)
                low, high = RANGE[track]
                notes = notes[(notes[:, 2] >= low) & (notes[:, 2] <= high)]
                if len(notes):
                    genre = genres.measured_genre(piece.label)
                    found.append(Bar(context, track, genre, True, piece.source, notes))
    return found
