"""Where the notes of a melody lie in a recording of it: dynamic time warping, coarse first, then to the tick.

A recording is described once per tick of ``labels`` by pitch (WORLD's harvest), level and the rise of voiced sound (from
the front end's mel bands). A melody becomes a row of ticks too, each a pitch class, a rest or the moment of an onset.
The coarse pass compares everything with everything at COARSE ticks a step; the fine pass corrects its answer inside BAND
and puts onsets where sound rises or pitch arrives. Octaves are ignored while matching: men and women share a score.
"""

from dataclasses import dataclass

import numba
import numpy as np
import pyworld
from scipy.ndimage import uniform_filter1d

from .features import BANDS, HOP, MEL_RANGE_HZ, SAMPLE_RATE, WINDOW, features
from .labels import TICK
from .notes import Note
from .performance import OFFSET_LEVEL

COARSE = 8
"""Ticks a step of the coarse pass: 80 ms."""
BAND = 60
"""Ticks by which the fine pass may depart from the coarse one, to either side."""
COARSE_TURN, FINE_TURN = 0.05, 0.3
"""Cost of a step on which only one of recording and melody advances; cheap where whole tempi differ."""
REST_TURN = 0.02
"""The same while the recording waits in a rest: rests are as long as the singer makes them."""
SEMITONES_AWAY = 1.5
"""A pitch this far off costs 1, which is the most."""
UNVOICED_COST, QUIET_COST, SOUNDING_REST_COST = 0.35, 0.7, 0.6
"""Inside a note: unvoiced sound (consonants) and silence; inside a rest: voiced sound."""
ONSET_COST = 2.0
"""Of an onset where nothing rises."""
QUIET = 0.03
"""Level relative to the recording's loud parts under which nothing is heard (-30 dB)."""
PERIODIC = 0.5
"""Normalised autocorrelation above which a pitch is believed."""
RISE_TICKS = 2
"""Rising sound is the difference of bands this many ticks to either side."""
RISE_HZ = (400.0, 3000.0)
"""Where to look for it: below, closed mouths sound before the note begins; above, fricatives do."""
SMOOTHING = 15
"""Coarse steps (1.2 s) over which the coarse path is straightened."""
RELEASE = 0.12
"""Seconds that a note may ring on after its written end."""
BENT = 1.6
"""A change of tempo from one note to the next that musicians rarely make, and a search in the wrong recording does."""


@dataclass(frozen=True)
class Heard:
    """One recording, tick by tick."""

    audio: np.ndarray
    """[N] float64 mono at SAMPLE_RATE, peak 0.5."""
    hz: np.ndarray
    """[2 * ticks] pitch as WORLD takes it back, one value per half tick; 0 = unvoiced."""
    midi: np.ndarray
    """[ticks] fractional MIDI pitch; nan where there is none, or none to be believed."""
    periodic: np.ndarray
    """[ticks] whether the front end finds a period, with a pitch or without."""
    level: np.ndarray
    """[ticks] RMS amplitude over 20 ms relative to the recording's loud parts."""
    rise: np.ndarray
    """[ticks] 0-1: how much voiced sound rises here."""


@dataclass(frozen=True)
class Alignment:
    """A melody in the time and tuning of a recording."""

    notes: list[Note]
    """Pitch as sung: the median of the pitch near the written one; the written one, tuned, where none is heard."""
    heard: np.ndarray
    """[notes] share of each note's ticks whose pitch, octaves aside, lies within a semitone of its own."""
    explained: float
    """Share of the recording's voiced ticks that lie inside notes."""
    irregular: float
    """Share of notes that last, against the written ones, BENT times longer or shorter than most."""


def listen(audio: np.ndarray) -> Heard:
    """Describes mono ``audio`` [N] at SAMPLE_RATE."""
    audio = 0.5 * np.asarray(audio, np.float64) / (np.abs(audio).max() + 1e-9)
    ticks = len(audio) // HOP
    hz, _ = pyworld.harvest(audio, SAMPLE_RATE, f0_floor=60, f0_ceil=1200, frame_period=500 * TICK)
    hz = hz[: 2 * ticks]
    level = np.sqrt(np.maximum(uniform_filter1d(audio**2, 2 * HOP)[: ticks * HOP : HOP], 0))
    level = level / (np.quantile(level, 0.95) + 1e-9)
    # the front end's frame k is centred WINDOW / 2 - HOP before tick k; without those samples it is centred on it
    late = WINDOW // 2 - HOP
    mel, periodicity = features(np.pad(audio[late:], (0, late)))[:ticks].transpose(1, 0, 2)
    periodic = (level > QUIET) & (periodicity.max(axis=1) > PERIODIC)
    midi = np.where((hz[::2] > 0) & periodic, 69 + 12 * np.log2(np.maximum(hz[::2], 1) / 440), np.nan)
    centres = 700 * (10 ** (np.linspace(*(2595 * np.log10(1 + f / 700) for f in MEL_RANGE_HZ), BANDS + 2)[1:-1] / 2595) - 1)
    vowel = np.exp(mel[:, (centres >= RISE_HZ[0]) & (centres < RISE_HZ[1])])
    vowel = np.log(vowel + 0.02 * np.quantile(vowel.max(axis=1), 0.9))
    padded = np.pad(vowel, ((RISE_TICKS, RISE_TICKS), (0, 0)), mode="edge")
    flux = np.maximum(padded[2 * RISE_TICKS :] - padded[: -2 * RISE_TICKS], 0).mean(axis=1)
    return Heard(audio, hz, midi, periodic, level, np.clip(flux / (np.quantile(flux, 0.97) + 1e-9), 0, 1))


def align(heard: Heard, melody: list[Note]) -> Alignment:
    """``melody`` (in its own time, sorted, not overlapping) as it lies in the recording."""
    rough = _coarse(heard, melody)
    away = _wrapped(heard.midi - pitch_at(rough, len(heard.midi)))
    tuning = float(np.nanmedian(away)) if np.isfinite(away).any() else 0.0
    onsets, offsets = _fine(heard, rough, tuning)
    octave = _octave(heard, melody, onsets, offsets, tuning)
    voiced = ~np.isnan(heard.midi)
    inside = np.zeros(len(voiced), bool)
    notes, shares = [], []
    for i, note in enumerate(melody):
        limit = onsets[i + 1] if i + 1 < len(melody) else len(voiced)
        stop = _release(heard, onsets[i], offsets[i], limit)
        body = heard.midi[onsets[i] : stop]
        pitch = note.pitch + octave + tuning
        near = np.abs(body - pitch) < 1
        shares.append(float((np.abs(_wrapped(body - pitch)) < 1).mean()))
        centre = float(np.median(body[near])) if near.any() else pitch
        notes.append(Note(onsets[i] * TICK, stop * TICK, centre, note.velocity))
        inside[onsets[i] : stop] = True
    explained = float(inside[voiced].mean()) if voiced.any() else 0.0
    return Alignment(notes, np.array(shares), explained, _irregular(melody, notes))


def _wrapped(interval: np.ndarray) -> np.ndarray:
    """Intervals in semitones, octaves removed: -6 to 6."""
    return (interval + 6) % 12 - 6


def pitch_at(notes: list[Note], ticks: int) -> np.ndarray:
    """[ticks] pitch of the note at each tick; nan in rests."""
    out = np.full(ticks, np.nan)
    for note in notes:
        out[int(note.onset / TICK) : int(note.offset / TICK)] = note.pitch
    return out


def _costs(heard: Heard, tuning: float) -> np.ndarray:
    """[ticks, 13] cost of each pitch class, and last of a rest, at each tick."""
    voiced, quiet = ~np.isnan(heard.midi), heard.level < QUIET
    away = np.abs(_wrapped(np.nan_to_num(heard.midi)[:, None] - tuning - np.arange(12)))
    out = np.empty((len(voiced), 13), np.float32)
    pitchless = np.where(quiet, QUIET_COST, UNVOICED_COST)[:, None]
    out[:, :12] = np.where(voiced[:, None], np.minimum(away / SEMITONES_AWAY, 1), pitchless)
    out[:, 12] = np.where(voiced, SOUNDING_REST_COST, 0.0)
    return out


def _template(notes: list[Note], ticks: int) -> tuple[np.ndarray, np.ndarray]:
    """([ticks] column of ``_costs``, [notes] tick of each onset): a melody as a row of ticks."""
    columns, onsets = np.full(ticks, 12, np.int32), np.empty(len(notes), int)
    for i, note in enumerate(notes):
        onsets[i] = int(round(note.onset / TICK))
        columns[onsets[i] : max(int(round(note.offset / TICK)), onsets[i] + 1)] = round(note.pitch) % 12
    return columns, onsets


def _coarse(heard: Heard, melody: list[Note]) -> list[Note]:
    """The melody bent to the recording's time, within some 100 ms."""
    ticks = len(heard.midi) // COARSE * COARSE
    costs = _costs(heard, 0.0)[:ticks].reshape(-1, COARSE, 13).mean(axis=1)
    start = melody[0].onset - 2 * COARSE * TICK  # a rest before and after takes up what is not sung
    shifted = [Note(n.onset - start, n.offset - start, n.pitch, n.velocity) for n in melody]
    columns, _ = _template(shifted, int(shifted[-1].offset / TICK) + 3 * COARSE)
    columns = columns[COARSE // 2 :: COARSE]
    size = len(columns)
    path = _path(costs, columns, np.zeros(len(costs)), np.zeros(size), np.zeros(len(costs), np.int64), size, COARSE_TURN)
    where = np.bincount(path, np.arange(len(path)), size) / np.maximum(np.bincount(path, minlength=size), 1)
    visited = np.bincount(path, minlength=size) > 0
    where = np.interp(np.arange(size), np.flatnonzero(visited), where[visited])
    known = np.arange(size)
    smooth = uniform_filter1d(where - known * (where[-2] - where[1]) / max(size - 3, 1), SMOOTHING, mode="nearest")
    smooth = np.maximum.accumulate(smooth + known * (where[-2] - where[1]) / max(size - 3, 1))
    bent = lambda seconds: float(np.interp(seconds / TICK / COARSE - 0.5, known, smooth) + 0.5) * COARSE * TICK
    out = []
    for note in shifted:
        onset = max(bent(note.onset), out[-1].onset + 2 * TICK if out else 0.0)
        out.append(Note(onset, max(bent(note.offset), onset + 2 * TICK), note.pitch, note.velocity))
    return out


def _fine(heard: Heard, rough: list[Note], tuning: float) -> tuple[np.ndarray, np.ndarray]:
    """([notes] onset ticks, [notes] offset ticks) of a melody that is nearly where it belongs."""
    ticks = len(heard.midi)
    columns, onsets = _template(rough, max(ticks, int(rough[-1].offset / TICK) + 2))
    rises = np.zeros(len(columns))
    rises[onsets] = 1
    first = np.clip(np.arange(ticks) - BAND, 0, len(columns) - 2 * BAND - 1)
    path = _path(_costs(heard, tuning), columns, 1 - heard.rise, rises, first, min(2 * BAND + 1, len(columns)), FINE_TURN)
    begins = np.searchsorted(path, onsets)
    ends = [np.searchsorted(path, max(int(round(n.offset / TICK)), o + 1)) for n, o in zip(rough, onsets)]
    for i in range(1, len(begins)):
        begins[i] = max(begins[i], begins[i - 1] + 1)
    return begins, np.maximum(ends, begins + 1)


@numba.njit(cache=True)
def _path(costs, columns, miss, rises, first, width, turn):
    """[N] position in the melody at each step of the recording, on the cheapest path from corner to corner.

    ``costs`` [N, 13] by ``columns`` [M]; ``rises`` [M] marks onsets, each of which costs ``miss`` [N] where it is put.
    Row i of the search covers ``width`` positions from ``first`` [N] on.
    """
    count, size = len(costs), len(columns)
    back = np.zeros((count, width), np.int8)
    previous, current = np.full(width, 1e18), np.full(width, 1e18)
    for i in range(count):
        moved = first[i] - first[i - 1] if i else 0
        for b in range(width):
            j = first[i] + b
            if j >= size:
                current[b] = 1e18
                continue
            local = costs[i, columns[j]] + rises[j] * miss[i] * ONSET_COST
            best, step = 1e18, 0
            if i == 0 and j == 0:
                best = 0.0
            if i > 0:
                a = b + moved
                if 0 <= a - 1 < width and previous[a - 1] < best:
                    best, step = previous[a - 1], 0
                if a < width:
                    wait = REST_TURN if columns[j] == 12 else turn
                    if previous[a] + wait < best:
                        best, step = previous[a] + wait, 1
            if b > 0 and current[b - 1] + turn < best:
                best, step = current[b - 1] + turn, 2
            current[b], back[i, b] = best + local, step
        previous, current = current, previous
    path = np.empty(count, np.int64)
    j = min(size - 1, first[count - 1] + width - 1)
    for i in range(count - 1, -1, -1):
        path[i] = j
        while i > 0 and back[i, j - first[i]] == 2:
            j -= 1
        path[i] = j if i > 0 else path[i]
        if i > 0 and back[i, j - first[i]] == 0:
            j -= 1
    return path


def _octave(heard, melody, onsets, offsets, tuning) -> int:
    """Semitones, whole octaves, from the written to the sung melody."""
    away = [heard.midi[a:b] - tuning - n.pitch for n, a, b in zip(melody, onsets, offsets)]
    away = np.concatenate(away)
    near = np.abs(_wrapped(away)) < 1
    return 12 * int(np.round(np.median(away[near]) / 12)) if near.any() else 0


def _irregular(melody: list[Note], notes: list[Note]) -> float:
    """``Alignment.irregular`` of ``notes`` against the ``melody`` that they are."""
    lengths = lambda line: np.maximum(np.diff([n.onset for n in line]), TICK)
    ratio = np.log(lengths(notes) / lengths(melody))
    return float((np.abs(ratio - np.median(ratio)) > np.log(BENT)).mean())


def _release(heard: Heard, onset: int, offset: int, limit: int) -> int:
    """The tick at which a note has died away: at most RELEASE after its written end, not after the next onset."""
    stop = max(min(offset + int(RELEASE / TICK), limit), onset + 1)
    body = heard.level[onset:stop] * ~np.isnan(heard.midi[onset:stop])
    loud = np.flatnonzero(body > OFFSET_LEVEL * np.quantile(body, 0.8)) if body.any() else []
    return onset + int(loud[-1]) + 1 if len(loud) else max(min(offset, limit), onset + 1)
