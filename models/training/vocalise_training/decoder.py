"""The reference note decoder: network outputs per frame to notes, by a fixed-lag Viterbi search.

States are silence and half-semitone note pitches. Staying in a note is free, entering one must be paid for, and a
peak of the onset head pays: re-articulations on one pitch and slides are new notes where it says so. The state of a
frame is final ``lag`` frames later, and nothing that was emitted is taken back.
"""

from dataclasses import dataclass

import numba
import numpy as np

from .features import DELAY_FRAMES, HOP, SAMPLE_RATE
from .model import FINE_CLASSES, FINE_LOWEST_MIDI, FINE_STEP

TICK = HOP / SAMPLE_RATE
"""Seconds per frame."""
FINE_MIDI = FINE_LOWEST_MIDI + FINE_STEP * np.arange(FINE_CLASSES)
GRID = np.arange(33.0, 97.0, 0.5)
"""MIDI pitches of the note states."""


@dataclass(frozen=True)
class Settings:
    """Costs are negative log-probabilities (nats)."""

    lag: int | None = 3
    """Frames of hindsight before a state is final; None = the whole file."""
    floor: float = 0.03
    """Voicing probabilities are kept this far from 0 and 1."""
    voicing_power: float = 1.0
    """Weight of voicing evidence."""
    width: float = 0.6
    """Standard deviation of sung pitch around its note state, semitones."""
    cap: float = 6.0
    """Largest cost of one frame's pitch."""
    note_share: float = 0.5
    """Share of the note head in the pitch evidence; the rest is the fine head."""
    centre_share: float = 0.5
    """Share of the note head in a note's reported pitch; the rest is the fine head."""
    patience: int = 6
    """Frames to wait beyond ``lag`` for the pitch to hold still, when live."""
    steadiness: float = 0.12
    """Semitones over two frames that count as holding still."""
    memory: int = 2
    """Frames before the decision that vote on a live note's pitch with it."""
    enter: float = 8.0
    """Cost of a note out of silence without an onset."""
    change: float = 14.0
    """Cost of a note out of a note without an onset."""
    repeat: float = 6.0
    """Cost of a new note on the same pitch: with ``onset_gain`` twice that, onsets above one half are notes."""
    onset_gain: float = 12.0
    """What the peak of a certain onset takes off those costs; below 0 it rewards."""
    leave: float = 6.0
    """Cost of silence out of a note where the offset head is silent."""
    offset_gain: float = 5.0
    """How much of that a certain offset takes away."""
    shift: float = -0.01
    """Seconds added to onsets: the constant difference between decoded onsets (one frame after the peak) and annotators'."""
    offset_shift: float = 0.0
    """Seconds added to offsets."""
    shortest: float = 0.0
    """Seconds: shorter notes are dropped (costs delay when live, so 0 there)."""


def midi(outputs: dict[str, np.ndarray], reach: int = 4) -> np.ndarray:
    """[N] fractional MIDI pitch: centroid of the fine head within ``reach`` classes of its peak."""
    fine = outputs["fine"]
    peak = fine.argmax(axis=1)
    index = np.clip(peak[:, None] + np.arange(-reach, reach + 1), 0, FINE_CLASSES - 1)
    weight = np.take_along_axis(fine, index, axis=1)
    return (FINE_MIDI[index] * weight).sum(axis=1) / weight.sum(axis=1)


def note_centre(outputs: dict[str, np.ndarray]) -> np.ndarray:
    """[N] fractional MIDI pitch of the current note: centroid of the note head around its peak."""
    pitch = outputs["pitch"]
    index = np.clip(pitch.argmax(axis=1)[:, None] + np.arange(-1, 2), 0, 127)
    weight = np.take_along_axis(pitch, index, axis=1)
    return (index * weight).sum(axis=1) / weight.sum(axis=1)


def events(onset: np.ndarray, apart: int = 5) -> np.ndarray:
    """[N] causal onset events: at the frame after a local maximum of the onset probability, that maximum.

    Of two maxima less than ``apart`` frames apart, the later counts for what it exceeds the earlier by.
    """
    out = np.zeros(len(onset))
    for k in range(2, len(onset)):
        if onset[k - 1] >= onset[k] and onset[k - 1] > onset[k - 2]:
            out[k] = max(onset[k - 1] - out[max(k - apart, 0) : k].max(), 0.0)
    return out


@dataclass(frozen=True)
class Decoded:
    """One decoded note."""

    onset: float
    """Seconds."""
    offset: float
    """Seconds."""
    pitch: float
    """Fractional MIDI."""
    velocity: float
    """0 to 1."""
    decided: float
    """Seconds of audio consumed when the note, its pitch and its velocity were final."""


def decode(outputs: dict[str, np.ndarray], settings: Settings = Settings()) -> list[Decoded]:
    """Notes from {head: [N, size]} probabilities."""
    states, entered = _search(outputs, settings)
    sung, centre = midi(outputs), note_centre(outputs)
    reported = (1 - settings.centre_share) * sung + settings.centre_share * centre
    loudness = outputs["velocity"] @ np.arange(128) / 127
    starts = np.flatnonzero((states > 0) & (entered | (np.concatenate([[0], states[:-1]]) == 0)))
    notes = []
    for start, limit in zip(starts, [*starts[1:], len(states)]):
        quiet = np.flatnonzero(states[start:limit] == 0)
        stop = start + quiet[0] if len(quiet) else limit
        onset, offset = _seconds(start) + settings.shift, _seconds(stop) + settings.offset_shift
        if offset - onset < settings.shortest:
            continue
        if settings.lag is None:
            decided, heard = stop, slice(start, stop)
        else:
            decided = _settled(sung, start, stop, settings)
            heard = slice(max(start, decided - settings.memory), decided + 1)
        pitch, velocity = float(np.median(reported[heard])), float(np.median(loudness[heard]))
        notes.append(Decoded(onset, max(offset, onset + 0.03), pitch, velocity, (decided + 1) * TICK))
    return notes


def _settled(sung: np.ndarray, start: int, stop: int, s: Settings) -> int:
    """The frame at which a live note's pitch is final: it holds still, or patience ends, or the note does."""
    first = min(start + s.lag, len(sung) - 1)
    last = max(first, min(first + s.patience, stop - 1))
    for k in range(first, last):
        if abs(sung[k] - sung[k - 2]) <= s.steadiness:
            return k
    return last


def _seconds(frame: int) -> float:
    """The moment that the outputs at ``frame`` describe."""
    return (int(frame) + 1 - DELAY_FRAMES) * TICK


def _search(outputs, s: Settings):
    """(state per frame with 0 = silence, whether a note was entered there)."""
    voicing = np.clip(outputs["voicing"][:, 0].astype(float), s.floor, 1 - s.floor)
    onset, offset = (outputs[name][:, 0].astype(float) for name in ("onset", "offset"))
    discount = s.onset_gain * events(onset)
    distance = lambda pitch: np.minimum(((pitch[:, None] - GRID) / s.width) ** 2 / 2, s.cap)
    evidence = np.empty((len(voicing), len(GRID) + 1))
    evidence[:, 0] = -s.voicing_power * np.log(1 - voicing)
    evidence[:, 1:] = -s.voicing_power * np.log(voicing)[:, None]
    evidence[:, 1:] += (1 - s.note_share) * distance(midi(outputs)) + s.note_share * distance(note_centre(outputs))
    states, entered = _viterbi(
        evidence,
        s.enter - discount,
        s.change - discount,
        s.repeat - discount,
        np.maximum(s.leave - s.offset_gain * offset, 0.0),
        s.lag if s.lag is not None else max(len(voicing) - 1, 0),
    )
    moved = np.abs(np.diff(states, prepend=0)) > 1  # hindsight changed its mind about the pitch: a new note too
    return states, (entered | moved) & (states > 0)


@numba.njit(cache=True)
def _viterbi(evidence, enter, change, repeat, leave, lag):
    """Cheapest path through [N, 1 + notes] ``evidence``, each frame read off ``lag`` frames later.

    The costs [N] of entering a note from silence, of changing to another note, of repeating a note and of leaving
    it for silence apply at the frame where the new state begins.
    """
    count, size = evidence.shape
    cost = np.full(size, 1e9)
    cost[0] = 0.0
    following = np.empty(size)
    back = np.zeros((count, size), np.int32)
    fresh = np.zeros((count, size), np.bool_)
    states, entered = np.zeros(count, np.int32), np.zeros(count, np.bool_)
    for k in range(count):
        best = 1
        for i in range(2, size):
            if cost[i] < cost[best]:
                best = i
        quiet = cost[best] + leave[k]
        back[k, 0] = 0 if cost[0] <= quiet else best
        following[0] = min(cost[0], quiet) + evidence[k, 0]
        for i in range(1, size):
            lowest, source, new = cost[i], i, False
            if cost[i] + repeat[k] < lowest:
                lowest, source, new = cost[i] + repeat[k], i, True
            if cost[0] + enter[k] < lowest:
                lowest, source, new = cost[0] + enter[k], 0, True
            if i != best and cost[best] + change[k] < lowest:
                lowest, source, new = cost[best] + change[k], best, True
            back[k, i], fresh[k, i] = source, new
            following[i] = lowest + evidence[k, i]
        cost[:] = following - following.min()
        if k >= lag or k == count - 1:
            state = int(np.argmin(cost))
            last = k - lag if k < count - 1 else count - 1
            first = max(k - lag, 0)
            for j in range(k, first - 1, -1):
                if j <= last:
                    states[j], entered[j] = state, fresh[j, state]
                state = back[j, state]
    return states, entered
