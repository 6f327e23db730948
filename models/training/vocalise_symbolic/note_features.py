"""The 256 numbers that say one note to the context model. The plugin computes the same; this file is the definition.

=========  =========================================================================================================
0..127     pitch, one-hot; all zero where it is unknown
128..175   performed place within its quarter: 48 bins around the circle, linear between two
176..183   which quarter of the bar the note was performed in, counted from 0, 7 for all later ones, one-hot
184..207   quarters since the onset before: 24 bins, even in log2 from 1/16 to 16, linear between two, ends clamped;
           all zero for the first note
208..231   duration in quarters, likewise
232..247   velocity: 16 bins, bin b stands for 127 b / 15, linear between two
248        pitch is unknown
249        place is unknown (then 128..207 are zero)
250        duration is unknown (of a note that still sounds)
251        velocity is unknown
252        note to come: a query, only ever the last
253        the bar's beginning is known (else 176..183 are zero)
254        quarters in the bar / 8
255        quarters a minute / 240
=========  =========================================================================================================

"Linear between two": a value that lies at x on the axis of bin numbers puts 1 - frac(x) into bin floor(x) and frac(x)
into the next. Times are musical (quarters by the host's or the tracker's clock); places are as performed, not
quantised, and counted from the beginning of the bar that the first of the notes given belongs to (by its score position in
training; a note sung a little early is at -0.02, in the last quarter of the bar before).

The timing head's class c means: this note belongs c - 6 twelfths of a quarter after the beginning of the quarter it was
performed in. Of a query without a place it means the place in whatever quarter the note will fall into (classes 6..17).
The dynamics head's bin b stands for velocity 4 b + 2.
"""

from dataclasses import dataclass

import numpy as np

SIZE = 256
PLACE, QUARTER, GAP, DURATION, VELOCITY, FLAGS = 128, 176, 184, 208, 232, 248
PLACE_BINS, LOG_BINS, VELOCITY_BINS = 48, 24, 16
PITCH_UNKNOWN, PLACE_UNKNOWN, DURATION_UNKNOWN, VELOCITY_UNKNOWN, QUERY, BAR_KNOWN, BAR_LENGTH, TEMPO = range(248, 256)
MAX_NOTES = 64
"""Notes that the model looks back on; a query may follow."""
TIMING_CLASSES, TIMING_ZERO = 25, 6
DYNAMICS_BINS, DYNAMICS_WIDTH = 32, 4


@dataclass
class Notes:
    """Arrays of one shape, [..., T]; NaN (pitch: -1) says unknown. ``bar_known`` and below: [...]."""

    pitch: np.ndarray
    place: np.ndarray
    """Performed onset, in quarters from some bar's beginning."""
    gap: np.ndarray
    """Quarters since the onset before; NaN for the first note."""
    duration: np.ndarray
    velocity: np.ndarray
    query: np.ndarray
    bar_known: np.ndarray
    bar: np.ndarray
    bpm: np.ndarray


def log_axis(quarters: np.ndarray) -> np.ndarray:
    """1/16 to 16 quarters on the axis 0 to 23."""
    return (np.log2(np.clip(quarters, 1 / 16, 16)) + 4) / 8 * (LOG_BINS - 1)


def put(table: np.ndarray, first: int, bins: int, axis: np.ndarray, known: np.ndarray, circle: bool = False) -> None:
    """Two-bin interpolation of ``axis`` into ``table[..., first : first + bins]``."""
    x = np.where(known, axis, 0.0)
    low = np.floor(x).astype(int)
    share = x - low
    high = (low + 1) % bins if circle else np.minimum(low + 1, bins - 1)
    low = low % bins
    flat = table.reshape(-1, SIZE)
    rows = np.flatnonzero(known)
    np.add.at(flat, (rows, first + low.reshape(-1)[rows]), (1 - share).reshape(-1)[rows])
    np.add.at(flat, (rows, first + high.reshape(-1)[rows]), share.reshape(-1)[rows])


def features(notes: Notes) -> np.ndarray:
    """[..., T, 256] float32."""
    table = np.zeros((*notes.pitch.shape, SIZE), np.float32)
    flat, pitch = table.reshape(-1, SIZE), notes.pitch.reshape(-1)
    rows = np.flatnonzero(pitch >= 0)
    flat[rows, pitch[rows]] = 1
    per_note = lambda value: np.broadcast_to(np.asarray(value)[..., None], notes.pitch.shape)
    placed, bar_known, bar = ~np.isnan(notes.place), per_note(notes.bar_known).astype(bool), per_note(notes.bar)
    put(table, PLACE, PLACE_BINS, (notes.place % 1) * PLACE_BINS, placed, circle=True)
    quarter = np.minimum(np.floor(np.mod(np.where(placed, notes.place, 0), bar)), 7).astype(int)
    rows = np.flatnonzero(placed & bar_known)
    flat[rows, QUARTER + quarter.reshape(-1)[rows]] = 1
    put(table, GAP, LOG_BINS, log_axis(np.where(np.isnan(notes.gap), 1, notes.gap)), placed & ~np.isnan(notes.gap))
    timed = ~np.isnan(notes.duration)
    put(table, DURATION, LOG_BINS, log_axis(np.where(timed, notes.duration, 1)), timed)
    loud = ~np.isnan(notes.velocity)
    put(table, VELOCITY, VELOCITY_BINS, np.clip(notes.velocity, 0, 127) / 127 * (VELOCITY_BINS - 1), loud)
    table[..., PITCH_UNKNOWN] = notes.pitch < 0
    table[..., PLACE_UNKNOWN] = ~placed
    table[..., DURATION_UNKNOWN] = ~timed
    table[..., VELOCITY_UNKNOWN] = ~loud
    table[..., QUERY] = notes.query
    table[..., BAR_KNOWN] = bar_known
    table[..., BAR_LENGTH] = bar / 8
    table[..., TEMPO] = per_note(notes.bpm) / 240
    return table


def timing_class(score: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Class of notes that belong at ``score`` and were performed at ``place`` (NaN: unknown); -1 out of reach."""
    whole = np.floor(np.where(np.isnan(place), score + 1e-6, place))
    found = np.round((score - whole) * 12).astype(int) + TIMING_ZERO
    return np.where((found >= 0) & (found < TIMING_CLASSES), found, -1)


def dynamics_bin(velocity: np.ndarray) -> np.ndarray:
    return np.clip(velocity // DYNAMICS_WIDTH, 0, DYNAMICS_BINS - 1).astype(int)


def expected_velocity(probabilities: np.ndarray) -> np.ndarray:
    """[..., 32] to [...]."""
    return probabilities @ (np.arange(DYNAMICS_BINS) * DYNAMICS_WIDTH + DYNAMICS_WIDTH / 2)
