"""Counter-melodies by genre: a second voice that moves where the singer rests and keeps out of the way elsewhere.

Three ways: ``line`` (long tones, one or two a bar: the chord's third, seventh or fifth), ``answer`` (a run in the gap
behind the sung phrase, ending on a chord tone) and ``riff`` (the genre's own rhythm on chord and scale tones). In a riff
c is a chord tone, s a scale step on from the note before, b the chord's own tone again, ``-`` held, ``.`` silence.
"""

import numpy as np

from ..bars import Context
from ..harmony import scale, tones
from ..rolls import frame_shift
from .grammar import chord_at, nearest, notes, pick, seventh, spans, third, velocity

RIFFS = {
    "Trap": {16: ("c-----c---------", "c--c--c---------", "c-....c-..s-....", "c.b.c.s.c.......", "c..s..c.c..s..c."), 12: ("c-----s-----", "c..s..c.....", "c..s..c..s..")},
    "Pop": {16: ("c-------s-------", "c---s---c-------", "..c-s-c---......", "c-s-c-..c-s-c-..", "c-s-c-s-c-s-c-s-"), 12: ("c-----s-----", "c---s---c---", "c-s-c-s-c-s-")},
    "Afrobeat": {16: ("..c-..c.........", "c..c..s-........", "..c.s.c...c.s.c.", "c.cs..c.c.cs..c.", ".cs.c.s..cs.c.s."), 12: ("..c..s..c...", "c.s..c.c.s..", "c.sc.sc.sc.s")},
    "Hip Hop": {16: ("c---............", "c-....c-........", "c--c..s-........", "..c-..c-....s-..", "c..c..s...c..s.."), 12: ("c-----......", "c..c..s-....", "c..s..c..s..")},
    "R&B": {16: ("c-------....c-s-", "......c-s-c-----", "c-s-c---........", "..cs.c-...cs.c-.", "c-s.cs-.c.s-c-s-"), 12: ("c-----..c-s-", "..cs.c-.....", "c-s.cs-.c-s-")},
    "Electronic": {16: ("c---------------", "c--c--c-c--c--c-", "c.c.c.c.c.c.c.c.", "c-s-c-c-s-c-c-s-", "c.cs.cs.c.cs.cs.", "cscbcscbcscbcscb"), 12: ("c-----------", "c--c--c--c--", "c.c.s.c.c.s.", "cscbcscbcscb")},
    "Rock": {16: ("c-------------s-", "c---s---c---....", "c-b-s-b-c-------", "c-c-s-c-c-c-s-c-", "c-bbs-bbc-bbs-bb"), 12: ("c-----s-----", "c-b-s-b-c---", "c-c-s-c-c-s-")},
    "Jazz": {16: ("....c-s-c---....", "..c-s-c-s---....", "c-s-c-s-c---....", "..c-s-s-c-s-s-c-", "c-s-s-s-c-s-s-s-"), 12: ("....c-s-c---", "c-s-c-s-c-..", "c-s-s-c-s-s-")},
    "Classical": {16: ("c-------s-------", "c---s---s---c---", "c-s-s-s-c---s---", "c-s-s-s-c-s-s-s-"), 12: ("c-------s---", "c---s---c---", "c-s-s-s-c-s-")},
    "Cinematic": {16: ("c---------------", "c-------s-------", "c-----s-c-------", "c-----------s---", "c-s-c-s-c-s-c-s-", "c.cbc.cbs.sbc.cb"), 12: ("c-----------", "c-----s-----", "c-----c---s-", "c-s-c-s-c-s-", "c.cbc.sbc.cb")},
}  # fmt: skip
WAYS = {
    "Trap": (0.2, 0.15, 0.65), "Afrobeat": (0.1, 0.3, 0.6), "Hip Hop": (0.25, 0.25, 0.5), "R&B": (0.3, 0.4, 0.3),
    "Electronic": (0.2, 0.1, 0.7), "Rock": (0.3, 0.3, 0.4), "Jazz": (0.25, 0.5, 0.25), "Cinematic": (0.6, 0.1, 0.3),
}  # fmt: skip
"""Shares of line, answer, riff; elsewhere even."""
LOWEST, HIGHEST = 52, 88


def centre(context: Context, rng: np.random.Generator) -> float:
    """A sixth above a low singer, a sixth below a high one, in the key's own frame."""
    if not len(context.sung):
        return float(rng.choice([62, 72]))
    sung = context.sung[:, 2].mean() - frame_shift(context.tonic)
    return float(np.clip(sung + (9 if sung < 66 else -9) + rng.normal(0, 2), LOWEST + 4, HIGHEST - 8))


def gap(context: Context) -> int:
    """The step from which on nothing new is sung; the bar's length if that is too late to answer."""
    onsets = [step for step, length, *_ in context.sung if step >= 0]
    last = max(onsets, default=-1) + 2
    return last if last <= context.steps - 4 else context.steps


def clashes(pitch: int, step: int, context: Context) -> bool:
    """A half-step against what is sung at that moment."""
    for begin, length, sung, _ in context.sung:
        if begin <= step < begin + length and (sung - frame_shift(context.tonic) - pitch) % 12 in (1, 11):
            return True
    return False


def chord_tone(context: Context, step: int, about: float, rng: np.random.Generator) -> int:
    """The chord's tone near ``about`` that does not rub against the tune."""
    inside = [nearest(tone, about + rng.normal(0, 2.5), LOWEST, HIGHEST) for tone in tones(chord_at(context, step))]
    inside.sort(key=lambda pitch: abs(pitch - about) + 20 * clashes(pitch, step, context))
    return inside[0] if rng.random() < 0.7 or len(inside) < 2 or clashes(inside[1], step, context) else inside[1]


def scale_step(context: Context, step: int, before: int, way: int) -> int:
    """The next note of the scale above (1) or below (-1) ``before`` that does not rub."""
    inside = set(scale(context.minor, chord_at(context, step))) | set(tones(chord_at(context, step)))
    pitch = before + way
    while pitch % 12 not in inside or (clashes(pitch, step, context) and abs(pitch - before) < 4):
        pitch += way
    return pitch


def follow(pattern: str, start: int, context: Context, loud: float, about: float, rng: np.random.Generator) -> np.ndarray:
    rows, last, way = [], round(about), int(rng.choice([-1, 1]))
    for offset, length, sign in spans(pattern):
        step = start + offset
        if step >= context.steps:
            break
        if sign == "c" or not rows:
            last = chord_tone(context, step, 0.5 * last + 0.5 * about, rng)
        elif sign == "s":
            way = -way if abs(last + way - about) > 7 else way
            last = scale_step(context, step, last, way)
        rows.append((step, min(length, context.steps - step), last, velocity(loud, step, context.steps, rng)))
    return notes(rows)


def line(context: Context, busy: float, loud: float, about: float, rng: np.random.Generator) -> np.ndarray:
    """One or two long tones: guide tones of the two chords, which move by step if they can."""
    rows, half, last = [], context.steps // 2, about
    moves = busy > 0.3 or chord_at(context, 0) != chord_at(context, half)
    start = 0 if rng.random() < 0.7 else min(4, half - 2)
    for step, end in ((start, half), (half, context.steps)) if moves else ((start, context.steps),):
        chord = chord_at(context, step)
        guides = [nearest(tone, last, LOWEST, HIGHEST) for tone in {third(chord), seventh(chord), tones(chord)[-1]}]
        guides.sort(key=lambda pitch: abs(pitch - last) + 20 * clashes(pitch, step, context))
        rows.append((step, end - step, guides[0], velocity(loud, step, context.steps, rng, -6)))
        last = guides[0]
    return notes(rows)


def play(context: Context, genre: str, busy: float, loud: float, rng: np.random.Generator) -> np.ndarray:
    about = centre(context, rng)
    way = rng.choice(3, p=WAYS.get(genre, (1 / 3, 1 / 3, 1 / 3)))
    start = gap(context)
    if way == 0 or (way == 1 and start >= context.steps):
        return line(context, busy, loud, about, rng)
    if way == 1:
        runs = ("c-s-s-c-", "c-s-c---", "csss" + "c---", "s-c-----", "c-----s-", "c.s.c.s.", "cs.sc-..")
        return follow(str(rng.choice(runs)) * 2, start, context, loud, about, rng)
    return follow(pick(RIFFS[genre], context, busy, rng), 0, context, loud, about, rng)
