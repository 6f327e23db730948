"""The reference note decoder: network outputs per frame to notes, by a fixed-lag Viterbi search.

States are silence and half-semitone note pitches. Staying in a note is free, entering one must be paid for, and the
onset head sets the price: re-articulations on one pitch and slides are new notes where it says so. The state of a
frame is final ``lag`` frames later, and nothing that was emitted is taken back.
"""

from dataclasses import dataclass

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
    enter: float = 8.0
    """Cost of a note out of silence where the onset head is silent."""
    change: float = 14.0
    """Cost of a note out of a note where the onset head is silent."""
    repeat: float = 12.0
    """Cost of a new note on the same pitch where the onset head is silent."""
    onset_gain: float = 12.0
    """How much of those costs a certain onset takes away."""
    leave: float = 6.0
    """Cost of silence out of a note where the offset head is silent."""
    offset_gain: float = 5.0
    """How much of that a certain offset takes away."""
    shift: float = 0.0
    """Seconds added to onsets: the constant difference between the network's onsets and annotators'."""
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


def peaks(onset: np.ndarray) -> np.ndarray:
    """[N] onset probability kept at local maxima over one frame to either side, 0 elsewhere."""
    padded = np.pad(onset, 1)
    local = (onset >= padded[:-2]) & (onset > padded[2:])
    return np.where(local, onset, 0.0)


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
    """Seconds of audio consumed when the note's existence and first pitch were final."""


def decode(outputs: dict[str, np.ndarray], settings: Settings = Settings()) -> list[Decoded]:
    """Notes from {head: [N, size]} probabilities."""
    states, entered = _search(outputs, settings)
    sung, centre = midi(outputs), note_centre(outputs)
    loudness = outputs["velocity"] @ np.arange(128) / 127
    share = settings.note_share
    lag = settings.lag if settings.lag is not None else 0
    notes, start = [], None

    def close(stop: int) -> None:
        body = slice(start, stop)
        onset, offset = _seconds(start) + settings.shift, _seconds(stop) + settings.offset_shift
        if offset - onset < settings.shortest:
            return
        pitch = (1 - share) * np.median(sung[body]) + share * np.median(centre[body])
        decided = (start + lag + 1) * TICK
        notes.append(Decoded(onset, max(offset, onset + 0.03), float(pitch), float(np.median(loudness[body])), decided))

    for k in range(len(states)):
        if start is not None and (states[k] == 0 or entered[k]):
            close(k)
            start = None
        if states[k] > 0 and start is None:
            start = k
    if start is not None:
        close(len(states))
    return notes


def _seconds(frame: int) -> float:
    """The moment that the outputs at ``frame`` describe."""
    return (frame + 1 - DELAY_FRAMES) * TICK


def _search(outputs, s: Settings):
    """(state per frame with 0 = silence, whether a note was entered there)."""
    voicing = np.clip(outputs["voicing"][:, 0], s.floor, 1 - s.floor)
    onset, offset = outputs["onset"][:, 0], outputs["offset"][:, 0]
    sung, centre = midi(outputs), note_centre(outputs)
    count, size = len(voicing), len(GRID) + 1
    cost = np.full(size, 1e9)
    cost[0] = 0.0
    back = np.zeros((count, size), np.int32)
    fresh = np.zeros((count, size), bool)
    states, entered = np.zeros(count, np.int32), np.zeros(count, bool)
    same = np.arange(1, size)
    discount = s.onset_gain * onset
    for k in range(count):
        distance = (1 - s.note_share) * np.minimum(((sung[k] - GRID) / s.width) ** 2 / 2, s.cap)
        distance += s.note_share * np.minimum(((centre[k] - GRID) / s.width) ** 2 / 2, s.cap)
        evidence = np.empty(size)
        evidence[0] = -s.voicing_power * np.log(1 - voicing[k])
        evidence[1:] = -s.voicing_power * np.log(voicing[k]) + distance
        best = 1 + int(cost[1:].argmin())
        options = np.stack([
            cost[1:],
            np.full(size - 1, cost[0] + max(s.enter - discount[k], 0.0)),
            np.full(size - 1, cost[best] + max(s.change - discount[k], 0.0)),
            cost[1:] + max(s.repeat - discount[k], 0.05),
        ])  # fmt: skip
        options[2, best - 1] = np.inf  # onto itself is a repeat, with its own price
        choice = options.argmin(axis=0)
        quiet = cost[best] + max(s.leave - s.offset_gain * offset[k], 0.0)
        back[k, 0] = 0 if cost[0] <= quiet else best
        back[k, 1:] = np.where((choice == 0) | (choice == 3), same, np.where(choice == 1, 0, best))
        fresh[k, 1:] = choice > 0
        cost = np.concatenate([[min(cost[0], quiet)], options[choice, same - 1]]) + evidence
        cost -= cost.min()
        if s.lag is not None and k >= s.lag:
            state = int(cost.argmin())
            for j in range(k, k - s.lag, -1):
                state = back[j, state]
            states[k - s.lag], entered[k - s.lag] = state, fresh[k - s.lag, state]
    state = int(cost.argmin()) if count else 0
    first = 0 if s.lag is None else max(count - s.lag, 0)
    for j in range(count - 1, first - 1, -1):
        states[j], entered[j] = state, fresh[j, state]
        state = back[j, state]
    for k in range(1, count):  # hindsight may change its mind about the pitch: that is a new note too
        entered[k] |= states[k] > 0 and states[k - 1] > 0 and abs(int(states[k]) - int(states[k - 1])) > 1
    return states, entered
