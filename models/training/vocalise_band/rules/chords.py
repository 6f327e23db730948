"""Chord playing by genre.

Signs: C the whole chord, c the same softer, T its upper tones, L its lowest tone, 1 2 3 4 its tones from below (5 the
lowest an octave up), ``-`` held, ``.`` silence. Patterns stand from sparse to busy.
"""

import numpy as np

from ..bars import Context
from ..harmony import Chord, scale, tones
from .grammar import chord_at, fifth, notes, pick, place, seventh, spans, third, velocity

PATTERNS = {
    "Trap": {
        16: ("C---------------", "C-------C-------", "1-----2-----3---", "C-----------T---", "1---2---3---2---", "1-2-3-2-1-2-3-5-",
             "1..2..3.1..2..3.", "3.2.1.2.3.2.1.2.", "5.3.2.3.5.3.2.1."),
        12: ("C-----------", "C-----T-----", "1---2---3---", "1-2-3-5-3-2-"),
    },
    "Pop": {
        16: ("C---------------", "C-------C-------", "C---C---C---C---", "C-----C-C-----C-", "L-T-T-T-L-T-T-T-", "1-2-3-2-1-2-3-2-",
             "C-..C-..C-.CC-..", "L-T-C-T-L-T-C-T-"),
        12: ("C-----------", "C-----T-----", "L---T---T---", "L-T-T-L-T-T-", "1-2-3-5-3-2-"),
    },
    # the guitar's short chords between the beats
    "Afrobeat": {
        16: ("....T-......T-..", "..T-......T-....", "..T-..T-..T-..T-", "..T..T....T..T..", "T..T..T...T.T...", "..TT..T...TT..T.",
             "T..T..T.T..T..T.", "..T.TT.T..T.TT.T", "T.TT.T.TT.TT.T.T"),
        12: ("..T-....T-..", "..T..T..T..T", "T..T.T.T..T.", ".TT.TT.TT.TT"),
    },
    "Hip Hop": {
        16: ("C-------........", "C---------------", "C-----....C-----", "C--.....C--.....", "C--C............", "C-....T-........",
             "C--C....C--.....", "C-.C..T-....C-..", "C..C..C...T-..C."),
        12: ("C-----......", "C-----T-----", "C--C..T-....", "C..C..C.T-.."),
    },
    "R&B": {
        16: ("C---------------", "C-------C-----T-", "C-----T---------", "C-----C---T-----", "C--C----..T-....", "1-2-3-4---------",
             "C-..T-.c..T-..c-", "C-.T..c-.T..T-c-", "C.cT.cT.C.cT..T."),
        12: ("C-----------", "C-----T-----", "1-2-3-4-----", "C-.T..c-T-.."),
    },
    "Electronic": {
        16: ("C---------------", "C-------C-------", "C-----C---------", "..C-..C-..C-..C-", "C--C--C-C--C--C-", "C..C..C...C..C..",
             "C-.C-.C-.C-.C-C-", "1-2-3-5-1-2-3-5-", "1.2.3.5.3.2.1.2.", "1235123512351235"),
        12: ("C-----------", "..C-..C-..C-", "C--C--C--C--", "1-2-3-5-3-2-", "123512351235"),
    },
    "Rock": {
        16: ("C---------------", "C-------C-------", "C-----C-C-------", "C---C---C---C---", "C--C--C-C--C--C-", "C-..C-C-..C-C-..",
             "C-CCC-CC..CCC-CC", "C-C-C-C-C-C-C-C-", "C-CCC-CCC-CCC-CC"),
        12: ("C-----------", "C-----C-----", "C---C---C---", "C-C-C-C-C-C-", "C-CCC-CCC-CC"),
    },
    # the Charleston and its neighbours; anticipations of the third beat
    "Jazz": {
        16: ("C-----------....", "C-....C-........", "....C-......C-..", "C---..C---......", "......C-........", "..C-......C-....", "C-....C-....c-..",
             "..C-..C-....C-..", "C-..c-....C-..C-", "..C-c-..C-..c-C-"),
        12: ("C-----------", "....C-..C-..", "C---..C-....", "..C-..C-..c-"),
    },
    "Classical": {
        16: ("C---------------", "C-------C-------", "C---C---C---C---", "L---T---L---T---", "1-3-2-3-1-3-2-3-", "1-2-3-5-3-2-1-2-", "1323132313231323"),
        12: ("C-----------", "L---T---T---", "L---C---C---", "1-2-3-5-3-2-", "132313231323"),
    },
    "Cinematic": {
        16: ("C---------------", "C---------------", "C-------C-------", "C-----------T---", "1-------3---5---", "1---2---3---5---",
             "1-2-3-2-1-2-3-2-", "C.CCC.CCC.CCC.CC", "1.2.3.5.3.2.1.2."),
        12: ("C-----------", "C-----------", "C-----T-----", "1---2---3---", "1-2-3-5-3-2-", "C.CCC.CCC.CC"),
    },
}  # fmt: skip
CENTRE = {"Trap": 64, "Rock": 53, "Jazz": 60, "R&B": 61, "Electronic": 62, "Classical": 60, "Cinematic": 57, "Afrobeat": 67}
"""Mean pitch of the voicing in the key's own frame; elsewhere 61."""


def voicing(chord: Chord, genre: str, minor: bool, centre: float, rng: np.random.Generator) -> list[int]:
    """The chord's pitches from below, about ``centre``, as the genre spreads them."""
    inside = list(tones(chord))
    if genre == "Rock" and rng.random() < 0.6:
        root = place(chord[0], round(centre) - 7)
        return [root, place(fifth(chord), root), root + 12]
    if genre == "Cinematic":
        root = place(chord[0], round(centre) - 11)
        fifth_above = place(fifth(chord), root)
        return [root, fifth_above, place(third(chord), fifth_above), *([root + 24] if rng.random() < 0.5 else [])]
    if genre in ("Jazz", "R&B") and len(inside) > 3:
        # the bass has the root: third, seventh, fifth, and a ninth that the scale allows
        ninth = (chord[0] + 2) % 12
        rest = ninth if ninth in scale(minor, chord) and rng.random() < 0.6 else chord[0]
        inside = [third(chord), fifth(chord), seventh(chord), rest]
        if genre == "Jazz" and rng.random() < 0.35:
            inside.pop(1)
    best: list[int] = []
    for first in range(len(inside)):
        pitches, low = [], round(centre) - 8
        for tone in inside[first:] + inside[:first]:
            low = place(tone, low)
            pitches.append(low)
        if not best or abs(np.mean(pitches) - centre) < abs(np.mean(best) - centre):
            best = pitches
    return sorted(best)


def sounding(sign: str, chord: list[int]) -> list[int]:
    if sign in "Cc":
        return chord
    if sign == "T":
        return chord[1:]
    if sign == "L":
        return chord[:1]
    number = int(sign) - 1
    return [chord[number]] if number < len(chord) and number < 4 else [chord[0] + 12]


def play(context: Context, genre: str, busy: float, loud: float, rng: np.random.Generator) -> np.ndarray:
    pattern = pick(PATTERNS[genre], context, busy, rng)
    centre = CENTRE.get(genre, 61) + rng.normal(0, 2.5)
    # one hand's way with a chord lasts a bar
    played: dict[Chord, list[int]] = {}
    rows, last = [], centre
    for step, length, sign in spans(pattern):
        chord = chord_at(context, step)
        if chord not in played:
            played[chord] = voicing(chord, genre, context.minor, 0.6 * last + 0.4 * centre, rng)
            last = float(np.mean(played[chord]))
        half = context.steps // 2
        if step < half < step + length and chord_at(context, half) != chord:
            # a held chord moves with the harmony
            other = chord_at(context, half)
            played[other] = voicing(other, genre, context.minor, last, rng)
            rest, softer = step + length - half, velocity(loud, half, context.steps, rng, -6)
            rows.extend((half, rest, pitch, softer) for pitch in sounding(sign, played[other]))
            length = half - step
        if sign == "c" and rng.random() < 0.2:
            continue
        loudness = velocity(loud, step, context.steps, rng, -16 if sign == "c" else 0)
        for pitch in sounding(sign, played[chord]):
            rows.append((step, length, pitch, int(np.clip(loudness + rng.normal(0, 3), 1, 127))))
    return notes(rows)
