"""Bass lines by genre.

Signs: R root, 8 its octave, 5 fifth, 3 third, 7 seventh or octave, A a step that leads to the next chord's root,
r a ghosted root, ``-`` held, ``.`` silence. Patterns stand from sparse to busy.
"""

import numpy as np

from ..bars import Context
from ..harmony import scale
from .grammar import chord_at, fifth, is_last_of_phrase, nearest, notes, pick, place, seventh, spans, third, velocity

PATTERNS = {
    # long 808 notes between the kicks, an octave or fifth to slide to
    "Trap": {
        16: ("R---------------", "R---------R-----", "R-----R---------", "R-----R---R-----", "R--R------R---5-", "R-----R-..R-R---",
             "R--R--R---R-----", "R-..R-R---R--R--", "R--R--8---R-5-A-", "R-R---R-R-R--R8-", "R--R--R-RRR-R-A-"),
        12: ("R-----------", "R-----R-----", "R---R---R---", "R--R--R-R---", "R--R-RR--R8-"),
    },
    "Pop": {
        16: ("R---------------", "R-------R-------", "R-----R-R-------", "R-------R-----A-", "R-----5-R-----R-", "R-----R-R---5---",
             "R---R---R---R---", "R-R-..R-R-..R-5-", "R-..R-R-R-..R-A-", "R-R-R-R-R-R-R-R-", "R-R-R-R-R-R-5-A-", "R-R-8-R-R-R-8-5-"),
        12: ("R-----------", "R-----5-----", "R---5---5---", "R---R---R-A-", "R-5-8-R-5-8-", "R-R-R-R-R-A-"),
    },
    # answers the bell: off the beat, short, always the same turn
    "Afrobeat": {
        16: ("R-..........5-..", "R-....5-........", "R-....5-....8-..", "..R-..5-....R-..", "R-....R-..5-8-..", "...R-.5-...R-.5.",
             "R-.R-.5-..R-5-..", "R-..5-8-..R-..5-", "R.RR..5-R.R...8.", "R-.R..5.R-.R..8.", "R.R5..8.R.R5..A."),
        12: ("R-....5-....", "R-...5-.R-..", "R-.5-.R-.8-.", "R.R5..R.R8..", "R.5R.8R.5R.A"),
    },
    "Hip Hop": {
        16: ("R-------........", "R-----....R-....", "R--.....R--.....", "R--R....R-......", "R-.....RR-......", "R--R....R-..5-..",
             "R-.R..R-..R-....", "R-.R...r..R-..7-", "R-.R..5-..R-7-A.", "R-rR..R-.rR-..8-", "R.rR.r5-R.rR.7A."),
        12: ("R-----......", "R-...R-.....", "R--R..R-..A-", "R.rR..R-r7A."),
    },
    "R&B": {
        16: ("R-----------....", "R-----....R-----", "R-----..5-..R-..", "R--R....R--5....", "R--R..8-....7-5-", "R-.R..R-..5-7-8-",
             "R--r.R..5-.7..8-", "R-r8..R-.rR-.57A", "R.rR.8r.5-r7.8A-", "R.rR8.rR.5r7.8rA"),
        12: ("R-----------", "R-----5-7-..", "R--R..5-..A-", "R-r8..R-.57A"),
    },
    # between the kicks
    "Electronic": {
        16: ("R---------------", "R-------R-------", "..R-......R-....", "..R-..R-..R-..R-", "..R...R...R...R.", "R--R--R-R--R--R-",
             "..R-..R-..R-..8-", "R-R-R-R-R-R-R-R-", "R.8.R.8.R.8.R.8.", "..RR..RR..RR..RR", ".RRR.RRR.RRR.RRR", "R.RR8.RRR.RR8.R8"),
        12: ("R-----------", "..R-..R-..R-", "..R-..R-..8-", "R-R-R-R-R-R-", ".RRR.RRR.RR8"),
    },
    "Rock": {
        16: ("R---------------", "R-------R-------", "R---R---R---R---", "R-R-....R-R-....", "R--R--R-R--R--R-", "R-..R-R-R-..R-R-",
             "R-R-R-R-R-R-R-R-", "R-R-R-R-R-R-R-5-", "R-R-R-R-R-R-5-A-", "R-R-R-8-R-R-8-A-", "R-RRR-RRR-RRR-RR"),
        12: ("R-----------", "R-----R-----", "R---R---R---", "R-R-R-R-R-R-", "R-R-R-R-5-A-", "R-RRR-RRR-RR"),
    },
    "Cinematic": {
        16: ("R---------------", "R---------------", "R-------R-------", "R-----------5---", "R-------5-------", "R-----R-R-----R-",
             "R-..R-..R-..R-..", "R-R-R-R-R-R-R-R-", "R.RRR.RRR.RRR.RR", "R.RRR.RR5.558.55"),
        12: ("R-----------", "R-----------", "R-----5-----", "R---R---R---", "R.R.R.R.R.R.", "R.RRR.RRR.RR"),
    },
    # walking is spelled below; these are its two-feel and its turns
    "Jazz": {
        16: ("R-------5-------", "R-------R-----A-", "R-----5-R---A---"),
        12: ("R-----------", "R-------5---", "R---5---A---"),
    },
    "Classical": {
        16: ("R---------------", "R-------R-------", "R-------5-------", "R---3---5---A---", "R---R---5---5---", "R-3-5-3-R-3-5-A-"),
        12: ("R-----------", "R-----------", "R-------5---", "R---3---5---", "R-5-3-5-R-A-"),
    },
}  # fmt: skip
LOW = {"Trap": 29, "Hip Hop": 31, "Electronic": 30, "Cinematic": 29, "Classical": 36}
"""Lowest note in the key's own frame; elsewhere LOWEST. A line spans an octave and a half from there."""
LOWEST, SPAN = 33, 19
FILLS = ("5-A-", "R.5A", "8-5A", "7-5-", "R-A-", "RR5A")


def approach(target: int, genre: str, minor: bool, rng: np.random.Generator) -> int:
    """A pitch class a step from ``target``: of the key, or a half-step where the genre likes it."""
    if genre in ("Jazz", "R&B", "Hip Hop") and rng.random() < 0.55:
        return (target + (1 if rng.random() < 0.5 else -1)) % 12
    inside = scale(minor)
    return (target + next(d for d in rng.permutation([-2, -1, 1, 2]) if (target + d) % 12 in inside)) % 12


def walk(context: Context, busy: float, rng: np.random.Generator) -> list[tuple[int, int, int | None]]:
    """(step, length, pitch class) of a walking bar: roots where chords begin, chord tones and scale between, a step into
    the next root; None marks the approach."""
    beats, found = context.steps // 4, []
    for beat in range(beats):
        chord = chord_at(context, 4 * beat)
        changes = beat == 0 or chord != chord_at(context, 4 * beat - 4)
        if beat == beats - 1:
            what = None
        elif changes:
            what = chord[0]
        else:
            what = int(rng.choice([third(chord), fifth(chord), seventh(chord), *scale(context.minor, chord)]))
        skip = busy > 0.6 and rng.random() < 0.25
        found.append((4 * beat, 2 if skip else 4, what))
        if skip:
            found.append((4 * beat + 2, 2, chord[0] if what is None else what))
    return found


def play(context: Context, genre: str, busy: float, loud: float, rng: np.random.Generator) -> np.ndarray:
    low = LOW.get(genre, LOWEST)
    following = (context.following or chord_at(context, context.steps - 1))[0]
    leading = approach(following, genre, context.minor, rng)
    rows, last = [], float(place(chord_at(context, 0)[0], low))
    if genre == "Jazz" and busy > 0.25:
        for step, length, what in walk(context, busy, rng):
            pitch = nearest(leading if what is None else what, last + rng.normal(0, 2), low, low + SPAN)
            rows.append((step, length, pitch, velocity(loud, step, context.steps, rng)))
            last = pitch
        return notes(rows)
    pattern = pick(PATTERNS[genre], context, busy, rng)
    if is_last_of_phrase(context) and busy > 0.4 and rng.random() < 0.5 and genre not in ("Cinematic", "Electronic"):
        pattern = pattern[:-4] + str(rng.choice(FILLS))
    for step, length, sign in spans(pattern):
        chord = chord_at(context, step)
        root = place(chord[0], low)
        if sign == "A":
            pitch = nearest(leading, last, low, low + SPAN)
        elif sign in "Rr8":
            pitch = root + (12 if sign == "8" and root + 12 <= low + SPAN else 0)
        else:
            tone = {"5": fifth, "3": third, "7": seventh}[sign](chord)
            pitch = nearest(tone, root + 5, low, low + SPAN)
        if sign in "r58" and len(rows) > 2 and rng.random() < 0.12:
            continue
        rows.append((step, length, pitch, velocity(loud, step, context.steps, rng, -22 if sign == "r" else 0)))
        last = pitch
    return notes(rows)
