"""The truth per frame: what the network is to say about each moment of a clip.

Tick j stands for sample j * HOP. The network's outputs at frame k describe tick k + 1 - DELAY_FRAMES; ``shift`` does
that alignment, so everything before it is free of delays.
"""

from dataclasses import dataclass

import numpy as np

from .features import DELAY_FRAMES, HOP, SAMPLE_RATE
from .notes import Note
from .performance import CONTROL, Performance

VOICED_LEVEL = 0.04
"""Voice amplitude, relative to the take's loudest, under which a tick counts as unvoiced (-28 dB)."""
SPEECH_KNOWN = 0.35
"""How much speech teaches onsets and offsets that it has none of: words are half sung at times. The note head learns in
full that there are no notes in it."""
TICK = HOP / SAMPLE_RATE
"""Seconds."""
EDGE = 3
"""Onset and offset targets reach this many ticks to either side: 1 at +-1, then soft edges."""
EDGE_SHAPE = (1.0, 1.0, 0.5, 0.2)
"""Target at distance 0, 1, 2, 3 ticks."""

FIELDS = ("midi", "note", "velocity", "onset", "offset", "known")


@dataclass
class Labels:
    """Arrays of one value per tick, float32."""

    midi: np.ndarray
    """Sung pitch, fractional MIDI; nan where unvoiced; 0, which nobody sings, where neither pitch nor voicing is known."""
    note: np.ndarray
    """Centre of the current note, fractional MIDI; nan outside notes."""
    velocity: np.ndarray
    """Of the current note, 0-1; nan outside notes."""
    onset: np.ndarray
    """1 where a note begins, soft edges."""
    offset: np.ndarray
    """1 where a note ends, soft edges."""
    known: np.ndarray
    """How much onset and offset are to be believed: 1, or less in speech; 0 where note is not known either."""

    def table(self) -> np.ndarray:
        """[ticks, len(FIELDS)] float32."""
        return np.stack([getattr(self, name) for name in FIELDS], axis=1).astype(np.float32)


def mark(target: np.ndarray, seconds: float) -> None:
    """Raises ``target`` to an edge at ``seconds``, keeping the larger value where edges meet."""
    centre = seconds / TICK
    nearest = int(round(centre))
    for tick in range(nearest - EDGE - 1, nearest + EDGE + 2):
        if 0 <= tick < len(target):
            value = np.interp(abs(tick - centre), range(len(EDGE_SHAPE) + 1), (*EDGE_SHAPE, 0.0))
            target[tick] = max(target[tick], value)


def of_performance(performance: Performance, ticks: int) -> Labels:
    """Labels of a performance for ``ticks`` ticks."""
    control = np.arange(ticks) * HOP / CONTROL
    at = lambda curve: np.interp(control, np.arange(len(curve)), curve)
    level = at(performance.voice)
    voiced = level > max(VOICED_LEVEL * performance.voice.max(), 1e-4)
    out = silence(ticks)
    out.midi = np.where(voiced, at(performance.midi), np.nan)
    out.known[:] = 1.0 if performance.notes_known else SPEECH_KNOWN
    place(out, performance.notes)
    return out


def place(out: Labels, notes: list[Note]) -> None:
    """Writes notes into ``out``; those that begin before it or end after it are cut."""
    for note in notes:
        body = slice(max(int(np.ceil(note.onset / TICK)), 0), max(int(note.offset / TICK) + 1, 0))
        out.note[body], out.velocity[body] = note.pitch, note.velocity
        mark(out.onset, note.onset)
        mark(out.offset, note.offset)


def silence(ticks: int) -> Labels:
    """Nothing sung, and known to be so."""
    nan, zero = np.full(ticks, np.nan), np.zeros(ticks)
    return Labels(nan.copy(), nan.copy(), nan.copy(), zero.copy(), zero.copy(), np.ones(ticks))


def shift(table: np.ndarray) -> np.ndarray:
    """Tick-aligned rows -> frame-aligned rows: frame k gets tick k + 1 - DELAY_FRAMES, silence before tick 0."""
    lead = silence(DELAY_FRAMES - 1).table()
    return np.concatenate([lead, table])[: len(table)]
