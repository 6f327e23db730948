"""Real drum bars: Groove (people at an electronic kit, to a click) and the loops of El Bongosero.

Keys of the kit become the General MIDI keys that sound alike. Swung bars are written straight: a hit on the last third
of a beat is its second eighth, because feel is put on when the bar is played. Neither source has a tune, so each bar
is paired with the context of another piece of the same side of the split; that pairing is made up.
"""

from hashlib import sha256

import numpy as np

from vocalise_symbolic import corpus, genres
from vocalise_symbolic.deviations import BONGO_LINE, ON_LINE

from .pieces import FAR_OFF, FAR_SHARE, MEAN_OFF, WHOLE_BARS

KIT = {22: 42, 26: 46, 40: 38, 52: 49, 57: 49, 55: 49, 58: 43, 59: 51}
"""Electronic kit to General MIDI: rims and edges, second cymbals."""
QUIETEST = 20
"""Softer hits are the kit hearing its neighbours."""
CLEARLY = 0.6
"""A bar is swung if triplets miss its hits by this share of what sixteenths miss."""
GENRE_OF_STYLE = {
    "afrobeat": "Afrobeat", "highlife": "Afrobeat", "Afrobeat": "Afrobeat", "Afrocuban": "Afrobeat",
    "Bossanova": "Afrobeat", "Disco": "Electronic", "dance/disco": "Electronic",
}  # fmt: skip
"""Styles that say more than the corpus' label does."""


def genre_of(piece: dict) -> int:
    style = piece["raw"].split("|")[0]
    named = GENRE_OF_STYLE.get(style)
    return genres.GENRES.index(named) if named else genres.measured_genre(piece["genre"])


def steps_of(onset: np.ndarray) -> np.ndarray | None:
    """Sixteenths (from the bar's beginning) of hits in one bar, in quarters; None where they lie on no such grid."""
    off = [np.abs(onset - np.rint(onset * lines) / lines) for lines in (4, 3)]
    swung = int(off[1].mean() < CLEARLY * off[0].mean())
    if off[swung].mean() >= MEAN_OFF or (off[swung] > FAR_OFF).mean() >= FAR_SHARE:
        return None
    if not swung:
        return np.rint(onset * 4).astype(int)
    third = np.rint(onset * 3).astype(int)
    if (third % 3 == 1).mean() > 0.08:
        return None
    return third // 3 * 4 + np.array([0, 1, 2])[third % 3]


def hits(step: np.ndarray, key: np.ndarray, velocity: np.ndarray, steps: int) -> np.ndarray:
    """Notes [N, 4] of a bar: one hit a key and step, the loudest."""
    loudest: dict[tuple[int, int], int] = {}
    for s, k, v in zip(step, key, velocity):
        place = int(s), KIT.get(int(k), int(k))
        if s < steps and v >= QUIETEST:
            loudest[place] = max(loudest.get(place, 0), int(v))
    return np.array([[s, 1, k, v] for (s, k), v in sorted(loudest.items())], int).reshape(-1, 4)


def groove_bars(piece: dict) -> list[tuple[int, np.ndarray]]:
    """(bar number, notes); a fill's bar counts as the last of four."""
    quarters = corpus.bar_quarters(piece["ts"])
    steps = round(4 * quarters)
    if steps not in WHOLE_BARS:
        return []
    table = np.array([n for n in piece["tracks"][0]["notes"] if n[3] >= QUIETEST], float).reshape(-1, 4)
    # a hit a little before the bar line belongs to the bar
    number = np.floor((table[:, 0] + 0.12) / quarters).astype(int)
    found = []
    for bar in np.unique(number):
        here = table[number == bar]
        at = steps_of(np.maximum(0, here[:, 0] - bar * quarters))
        if at is not None and len(here) >= 2:
            position = 3 if "|fill|" in piece["raw"] else int(bar)
            found.append((position, hits(at, here[:, 2], here[:, 3], steps)))
    return [(position, notes) for position, notes in found if len(notes)]


def loop_bars(piece: dict) -> list[tuple[int, np.ndarray]]:
    """The bars of the loop that somebody tapped to; early hits belong to the line that follows."""
    table = np.array(piece["tracks"][0]["notes"], float).reshape(-1, 4)
    onset = table[:, 0] - BONGO_LINE
    step = np.ceil((onset - ON_LINE) * 4).astype(int)
    late = np.abs(step / 4 - onset)
    found = []
    for bar in range(step.max() // 16 + 1):
        here = step // 16 == bar
        if here.sum() >= 2 and late[here].mean() < 1.4 * MEAN_OFF:
            found.append((bar, hits(step[here] % 16, table[here, 2], table[here, 3], 16)))
    return [(position, notes) for position, notes in found if len(notes)]


def read(pieces: list[dict]) -> list[tuple[str, bool, int, int, int, np.ndarray]]:
    """(id, held out, genre, steps of the bar, bar number, notes) of all distinct drum bars.

    Loops are tapped to by many; each counts once. A fifth of the loops is held out, as in ``vocalise_symbolic``.
    """
    found, known = [], set()
    for piece in pieces:
        if piece["src"] == "groove":
            held_out, bars = piece["id"] in corpus.validation_ids(), groove_bars(piece)
            steps = round(4 * corpus.bar_quarters(piece["ts"]))
        elif piece["src"] == "elbongosero":
            loop = "/".join(piece["id"].split("/")[1:3])
            held_out, steps = int(sha256(loop.encode()).hexdigest(), 16) % 5 == 0, 16
            bars = [(at, notes) for at, notes in loop_bars(piece) if (loop, notes.tobytes()) not in known]
            known.update((loop, notes.tobytes()) for _, notes in bars)
        else:
            continue
        found.extend((piece["id"], held_out, genre_of(piece), steps, at, notes) for at, notes in bars)
    return found
