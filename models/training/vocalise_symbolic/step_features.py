"""The 128 numbers that say one step of a melody to the continuation model; the plugin computes the same.

A step is a note or a rest. Notes are legato: a note lasts to the next onset unless at least an eighth of silence
follows, which is a rest of its own. All times are on the sixteenth grid (quantised before).

=========  =========================================================================================================
0          rest
1..12      pitch class, one-hot: of the note, or while resting of the note before the rest; all zero before any note
13..21     octave, likewise: MIDI pitch // 12, 1 to 9 (outside MIDI 21..108: the nearest octave within)
22..70     interval from the note before (rests between do not count): semitones + 24, clamped to 0..48, one-hot;
           all zero for rests and the first note
71..82     what has sounded: share of the notes so far (this one counts) whose pitch class lies so many semitones above
           that of 1..12
83..88     nothing, zero
89..104    length in sixteenths, 1..16, one-hot; longer counts as 16
105..120   place in the bar of its beginning, in sixteenths modulo 16, one-hot
121..124   velocity in four bins, bin b stands for 127 b / 3, linear between two; all zero where unknown and for rests
125        genre / 9
126        quarters in the bar / 8
127        begins a phrase: the first step of all, or a note after a rest of at least a quarter
=========  =========================================================================================================

"So far" and "before" begin with the first step that is put in, not with the song: eight steps know of eight steps.

Outputs: ``note`` class 0 is a rest, class p MIDI pitch p; ``timing`` class k is a length of k + 1 sixteenths;
``velocity`` class v is MIDI velocity v. All three describe the step after the one put in. That step begins where the
one put in ends.
"""

from dataclasses import dataclass

import numpy as np

from .corpus import Line

SIZE = 128
PITCH_CLASS, OCTAVE, INTERVAL, SOUNDED = 1, 13, 22, 71
WIDEST = 24
LENGTH, PLACE, VELOCITY, GENRE, BAR, PHRASE = 89, 105, 121, 125, 126, 127
LOWEST, HIGHEST = 21, 108
LONGEST = 16
SILENCE = 2
"""Sixteenths of silence that make a rest."""
PHRASE_REST = 4
REST = 0


@dataclass
class Steps:
    """A melody; [N] each. Velocity of rests is 0, of notes without one NaN."""

    pitch: np.ndarray
    length: np.ndarray
    place: np.ndarray
    velocity: np.ndarray
    phrase: np.ndarray
    bar: float

    def __len__(self) -> int:
        return len(self.pitch)


def within_range(pitch: np.ndarray) -> np.ndarray:
    """Sounding pitches by octaves into the piano's range; rests stay."""
    up = np.ceil(np.maximum(0, LOWEST - pitch) / 12) * 12
    down = np.ceil(np.maximum(0, pitch - HIGHEST) / 12) * 12
    return np.where(pitch == REST, REST, pitch + up - down).astype(int)


def steps_of(line: Line) -> Steps:
    """A line as steps; onsets are rounded to sixteenths, of two in one place the first counts."""
    onset = np.round(line.onset * 4).astype(int)
    keep = np.concatenate([[True], np.diff(onset) > 0])
    onset, pitch = onset[keep], line.pitch[keep]
    velocity = line.velocity[keep] if line.real_velocity else np.full(len(onset), np.nan)
    duration = np.maximum(1, np.round(line.duration[keep] * 4)).astype(int)
    rows, rested = [], LONGEST
    for i, begin in enumerate(onset):
        following = onset[i + 1] if i + 1 < len(onset) else begin + duration[i]
        silence = following - begin - duration[i]
        end = begin + duration[i] if silence >= SILENCE else following
        rows.append((pitch[i], min(end - begin, LONGEST), begin, velocity[i], i == 0 or rested >= PHRASE_REST))
        rested = following - end
        if rested > 0:
            rows.append((REST, min(rested, LONGEST), end, 0.0, False))
    pitch, length, place, velocity, phrase = (np.array(column) for column in zip(*rows))
    place = (place % max(1, round(line.bar * 4))) % 16
    return Steps(within_range(pitch), length, place, velocity, phrase, line.bar)


def features(steps: Steps, genre: int) -> np.ndarray:
    """[N, 128] float32, of steps put in from a fresh state on."""
    count = np.arange(len(steps))
    table = np.zeros((len(steps), SIZE), np.float32)
    table[:, 0] = steps.pitch == REST
    sounding = np.flatnonzero(steps.pitch != REST)
    before = np.cumsum(steps.pitch != REST) - 1  # which of the notes sounds or sounded last
    heard = np.flatnonzero(before >= 0)
    if len(heard):
        pitch = steps.pitch[sounding]
        last = pitch[before[heard]]
        table[heard, PITCH_CLASS + last % 12] = 1
        table[heard, OCTAVE + last // 12 - 1] = 1
        table[sounding[1:], INTERVAL + WIDEST + np.clip(np.diff(pitch), -WIDEST, WIDEST)] = 1
        so_far = np.cumsum(np.eye(12, dtype=np.float32)[pitch % 12], 0)[before[heard]]
        turn = (last[:, None] + np.arange(12)) % 12
        table[heard, SOUNDED : SOUNDED + 12] = np.take_along_axis(so_far, turn, 1) / so_far.sum(1, keepdims=True)
    table[count, LENGTH + np.clip(steps.length, 1, LONGEST) - 1] = 1
    table[count, PLACE + steps.place] = 1
    loud = sounding[~np.isnan(steps.velocity[sounding])]
    axis = np.clip(steps.velocity[loud], 0, 127) / 127 * 3
    low = np.floor(axis).astype(int)
    table[loud, VELOCITY + low] = 1 - (axis - low)
    inside = low < 3
    table[loud[inside], VELOCITY + low[inside] + 1] = (axis - low)[inside]
    table[:, GENRE] = genre / 9
    table[:, BAR] = steps.bar / 8
    table[:, PHRASE] = steps.phrase
    return table
