"""The reference note decoder: network outputs per frame to notes, live or with hindsight.

A Viterbi search over silence and half-semitone notes. Staying in a note is free, entering one must be paid for, and a
peak of the onset head pays: re-articulations on one pitch and slides are new notes where it says so. Live, the state of
a frame is final ``lag`` frames later, a note is said once the network is sure of its pitch or patience ends, and nothing
that was emitted is taken back. The plugin's decoder (src/voice) is the same, field by field.
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
PEAKS_APART = 5
"""Onset peaks closer than this many frames share their weight."""
ONSET_REACH = (3, 1)
"""Frames before and after a note's entry among which its onset's peak is looked for."""
ONSET_AROUND = 2
"""Frames on either side of that peak that tell its place."""
ONSET_HEARD = 0.15
"""Onset probability that makes a peak."""
SUNG_ACTIVITY, SUNG_STEADINESS = 0.7, 0.6
"""A note is speech where both its mean activity and the steadiness of the voice are less."""
STEADY = 0.2
"""Semitones over two frames that count as steady."""
FASTEST = 0.3
"""Semitones a frame that a pitch on its way to a note's is believed to move at most."""
STEADINESS_FRAMES, FIRST_STEADINESS = 80, 0.7
"""Voiced frames over which steadiness is averaged, and where it begins."""


@dataclass(frozen=True)
class Rest:
    """What a pitch must be like to be taken for its note's."""

    over: int
    """Frames back that are compared with now, and half of them."""
    pitch: float
    """Semitones that the pitch may have moved since."""
    centre: float
    """Semitones that the note head may have moved over half of them."""
    certainty: float
    """Share of the note head's belief in notes, on the two semitones around its pitch, that is needed."""
    apart: float
    """Semitones that the pitch may lie from the note head's."""


@dataclass(frozen=True)
class Settings:
    """Costs are negative log-probabilities (nats), times are frames unless said otherwise."""

    lag: int | None = 3
    """Hindsight before a state is final; None = the whole file."""
    voicing_floor: float = 0.03
    """Voicing probabilities are kept this far from 0 and 1."""
    voicing_power: float = 0.35
    """Weight of voicing evidence."""
    width: float = 0.6
    """Standard deviation of sung pitch around its note state, semitones."""
    cap: float = 4.0
    """Largest cost of one frame's pitch."""
    note_share: float = 0.3
    """Share of the note head in the pitch evidence; the rest is the fine head."""
    centre_share: float = 0.5
    """Share of the note head in a note's reported pitch; the rest is the fine head."""
    enter: float = 8.0
    """Cost of a note out of silence without an onset."""
    change: float = 14.0
    """Cost of a note out of a note without an onset."""
    repeat: float = 10.0
    """Cost of a new note on the same pitch without an onset."""
    onset_gain: float = 12.0
    """What the peak of a certain onset takes off those costs."""
    leave: float = 9.0
    """Cost of silence out of a note where the offset head is silent."""
    offset_gain: float = 8.0
    """How much of that a certain offset takes away."""
    soon: float = 3.2
    """Age of a note in frames up to which it is said as soon as its pitch stands, ``standing``; after that it has
    missed its chance to be early, and waits for its pitch to settle."""
    latest: float = 7.2
    """Age at which it is said in any case."""
    standing: Rest = Rest(over=2, pitch=0.3, centre=0.11, certainty=0.9, apart=0.2)
    settled: Rest = Rest(over=4, pitch=0.15, centre=0.13, certainty=0.95, apart=9.0)
    ahead: float = 1.0
    """Frames by which a live note's pitch is drawn on the way that it moves."""
    young: int = 8
    """Within this time an unsaid note may still change its pitch, and no note begins again."""
    shortest: int = 9
    """What a note must last to be said when it ends before its pitch was sure; with hindsight, to be said at all."""
    says_overtaken: bool = False
    """Whether such a note is said when another one follows without a break."""
    doubt: int = 10
    """How much later than ``latest`` a note that seems to be speech may turn out sung."""
    offset_late: int = 3
    """How late the end of a note is heard: the voice is gone before its echo is."""
    onset_shift: float = 1.0
    """Added to the onset head's peak to meet where annotators hear a note begin."""


def midi(outputs: dict[str, np.ndarray], reach: int = 4) -> np.ndarray:
    """[N] fractional MIDI pitch: centroid of the fine head within ``reach`` classes of its peak."""
    fine = outputs["fine"]
    peak = fine.argmax(axis=1)
    index = np.clip(peak[:, None] + np.arange(-reach, reach + 1), 0, FINE_CLASSES - 1)
    weight = np.take_along_axis(fine, index, axis=1)
    return (FINE_MIDI[index] * weight).sum(axis=1) / weight.sum(axis=1)


def clarity(outputs: dict[str, np.ndarray], reach: int = 4) -> np.ndarray:
    """[N] how much of the fine head's belief lies within ``reach`` classes of its peak."""
    fine = outputs["fine"]
    index = np.clip(fine.argmax(axis=1)[:, None] + np.arange(-reach, reach + 1), 0, FINE_CLASSES - 1)
    return np.take_along_axis(fine, index, axis=1).sum(axis=1)


def clear_midi(outputs: dict[str, np.ndarray], clear: float) -> np.ndarray:
    """[N] fractional MIDI pitch where it is at least ``clear``, elsewhere that of the last frame where it was."""
    index = np.where(clarity(outputs) >= clear, np.arange(len(outputs["fine"])), -1)
    last = np.maximum.accumulate(index)
    return midi(outputs)[np.where(last >= 0, last, np.arange(len(last)))]


def note_centre(outputs: dict[str, np.ndarray]) -> np.ndarray:
    """[N] fractional MIDI pitch of the current note: centroid of the note head around its peak, class 0 left out."""
    notes = outputs["pitch"][:, 1:]
    index = np.clip(notes.argmax(axis=1)[:, None] + np.arange(-1, 2), 0, notes.shape[1] - 1)
    weight = np.take_along_axis(notes, index, axis=1)
    return ((index + 1) * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)


def certainty(outputs: dict[str, np.ndarray], centre: np.ndarray) -> np.ndarray:
    """[N] share of the note head's belief in notes that lies on the two semitones around ``centre`` [N]."""
    below = np.clip(centre.astype(int), 0, 126)
    around = np.take_along_axis(outputs["pitch"], below[:, None] + np.arange(2), axis=1).sum(axis=1)
    return np.clip(around / np.maximum(1 - outputs["pitch"][:, 0], 1e-3), 0, 1)


def steadiness(pitch: np.ndarray, voicing: np.ndarray) -> np.ndarray:
    """[N] how steady the voice's pitch has been of late, 0 to 1, from ``pitch`` and ``voicing`` [N]."""
    voiced, out, value = voicing > 0.5, np.empty(len(pitch)), FIRST_STEADINESS
    for k in range(len(pitch)):
        if k >= 2 and voiced[k] and voiced[k - 2]:
            value += (float(abs(pitch[k] - pitch[k - 2]) < STEADY) - value) / STEADINESS_FRAMES
        out[k] = value
    return out


def events(onset: np.ndarray) -> np.ndarray:
    """[N] causal onset events: at the frame after a local maximum of the onset probability, that maximum.

    Of two maxima less than PEAKS_APART frames apart, the later counts for what it exceeds the earlier by.
    """
    out = np.zeros(len(onset))
    for k in range(2, len(onset)):
        if onset[k - 1] >= onset[k] and onset[k - 1] > onset[k - 2]:
            out[k] = max(onset[k - 1] - out[max(k - PEAKS_APART, 0) : k].max(), 0.0)
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


class _Heard:
    """What the outputs say, frame by frame."""

    def __init__(self, outputs: dict[str, np.ndarray], settings: Settings):
        self.settings = settings
        self.onset = outputs["onset"][:, 0].astype(float)
        self.pitch, self.centre = midi(outputs), note_centre(outputs)
        self.certainty = certainty(outputs, self.centre)
        self.reported = self.pitch + settings.centre_share * (self.centre - self.pitch)
        self.steadiness = steadiness(self.pitch, outputs["voicing"][:, 0])
        self.active = np.concatenate([[0], np.cumsum(1 - outputs["pitch"][:, 0])])
        self.velocity = outputs["velocity"] @ np.arange(128) / 127
        self.states, self.entered = _search(outputs, self.pitch, self.centre, settings)

    def note(self, start: int, end: int | None, now: int, late: int = 0) -> Decoded:
        """The note entered at ``start``, said at ``now``; of one whose ``end`` is known, heard ``late``, all frames tell
        the pitch."""
        if end is None:
            pitch = self.reported[now] + self.settings.ahead * self.drift(now)
        else:
            pitch = np.median(self.reported[start : max(end, start + 1)])
        velocity = float(np.median(self.velocity[start : now + 1]))
        onset = max(_seconds(self.onset_of(start, now)), 0.0)
        offset = onset if end is None else max(_seconds(end - late), onset + 0.03)
        return Decoded(onset, offset, float(pitch), velocity, (now + 1) * TICK)

    def drift(self, now: int) -> float:
        """Semitones that the pitch moved over the last frame, as far as a voice can."""
        return float(np.clip(self.pitch[now] - self.pitch[max(now - 1, 0)], -FASTEST, FASTEST))

    def onset_of(self, start: int, now: int) -> float:
        """Where the note entered at ``start`` began, in frames, as far as frames up to ``now`` tell."""
        first, last = max(start - ONSET_REACH[0], 0), min(start + ONSET_REACH[1], now)
        peak = first + int(self.onset[first : last + 1].argmax())
        if self.onset[peak] < ONSET_HEARD:
            return start - 1 + self.settings.onset_shift
        around = np.arange(max(peak - ONSET_AROUND, 0), min(peak + ONSET_AROUND, now) + 1)
        weight = self.onset[around] ** 2
        return float((weight * around).sum() / weight.sum()) + self.settings.onset_shift

    def is_sung(self, start: int, end: int) -> bool:
        """Whether the frames start..end were sung and not said."""
        activity = (self.active[end] - self.active[start]) / (end - start)
        return self.steadiness[end - 1] >= SUNG_STEADINESS or activity >= SUNG_ACTIVITY

    def rests(self, k: int, rest: Rest) -> bool:
        """Whether a note's pitch may be said at frame ``k``."""
        half = rest.over // 2
        return (
            k >= rest.over
            and abs(self.pitch[k] - self.pitch[k - rest.over]) <= rest.pitch
            and abs(self.pitch[k] - self.pitch[k - half]) <= rest.pitch
            and abs(self.centre[k] - self.centre[k - half]) <= rest.centre
            and abs(self.pitch[k] - self.centre[k]) <= rest.apart
            and self.certainty[k] >= rest.certainty
        )

    def may_say(self, start: int, now: int) -> bool:
        """Whether the note entered at ``start`` is to be said at ``now``."""
        s, age = self.settings, now - self.onset_of(start, now)
        ready = age >= s.latest or self.rests(now, s.standing if age <= s.soon else s.settled)
        return ready and age <= s.latest + s.doubt and self.is_sung(start, now + 1)


def decode(outputs: dict[str, np.ndarray], settings: Settings = Settings()) -> list[Decoded]:
    """Notes from {head: [N, size]} probabilities."""
    if not len(outputs["onset"]):
        return []
    heard = _Heard(outputs, settings)
    return _with_hindsight(heard) if settings.lag is None else _live(heard)


def _live(heard: _Heard) -> list[Decoded]:
    s, states = heard.settings, heard.states
    notes: list[tuple[Decoded, int]] = []
    said: Decoded | None = None
    start, last = -1, 0  # entry and newest state of the note that is on; start < 0: none is
    for k in range(len(states) - s.lag):
        now, state = k + s.lag, int(states[k])
        if start >= 0:
            young, moved = k - start < s.young, abs(state - last) > 1
            if state == 0 or (moved and (said is not None or not young)) or (not moved and heard.entered[k] and not young):
                lasted = k - start >= s.shortest and heard.is_sung(start, k)
                if said is None and lasted and (state == 0 or s.says_overtaken):
                    said = heard.note(start, k, now)
                if said is not None:
                    notes.append((said, k - (min(s.offset_late, k - start) if state == 0 else 0)))
                start, said = -1, None
        if state > 0:
            start, last = (k if start < 0 else start), state
            if said is None and heard.may_say(start, now):
                said = heard.note(start, None, now)
    if said is not None:
        notes.append((said, len(states) - s.lag))
    return [Decoded(n.onset, max(_seconds(end), n.onset + 0.03), n.pitch, n.velocity, n.decided) for n, end in notes]


def _with_hindsight(heard: _Heard) -> list[Decoded]:
    s, states = heard.settings, heard.states
    goes_on = (states[1:] > 0) & ~heard.entered[1:] & (np.abs(np.diff(states)) <= 1)
    begins = np.flatnonzero((states > 0) & ~np.concatenate([[False], goes_on]))
    notes = []
    for start in begins:
        stops = np.flatnonzero(~goes_on[start:])
        end = start + 1 + (stops[0] if len(stops) else len(states) - start - 1)
        quiet = end >= len(states) or states[end] == 0
        if end - start >= s.shortest and heard.is_sung(start, end):
            late = min(s.offset_late, end - start - 1) if quiet else 0
            notes.append(heard.note(start, end, len(states) - 1, late))
    return notes


def _seconds(frame: float) -> float:
    """The moment that the outputs at ``frame`` describe."""
    return (frame + 1 - DELAY_FRAMES) * TICK


def _search(outputs, pitch, centre, s: Settings):
    """(state per frame with 0 = silence, whether a note was entered there)."""
    voicing = np.clip(outputs["voicing"][:, 0].astype(float), s.voicing_floor, 1 - s.voicing_floor)
    onset, offset = (outputs[name][:, 0].astype(float) for name in ("onset", "offset"))
    discount = s.onset_gain * events(onset)
    distance = lambda p: np.minimum(((p[:, None] - GRID) / s.width) ** 2 / 2, s.cap)
    evidence = np.empty((len(voicing), len(GRID) + 1))
    evidence[:, 0] = -s.voicing_power * np.log(1 - voicing)
    evidence[:, 1:] = -s.voicing_power * np.log(voicing)[:, None]
    evidence[:, 1:] += (1 - s.note_share) * distance(pitch) + s.note_share * distance(centre)
    return _viterbi(
        evidence,
        s.enter - discount,
        s.change - discount,
        s.repeat - discount,
        np.maximum(s.leave - s.offset_gain * offset, 0.0),
        s.lag if s.lag is not None else len(voicing) - 1,
    )


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
