"""Drum bars by genre.

A pattern is a row a drum: X accented, x played, o ghosted, ``.`` silence. Rows are chosen by what they are for (low
drum, back beat, time), each from sparse to busy, so that their combinations vary; fills end phrases.
"""

import numpy as np

from ..bars import Context
from .grammar import is_last_of_phrase, notes, velocity

KICK, STICK, SNARE, CLAP, LOW_TOM, HAT, PEDAL, MID_TOM, OPEN, HIGH_TOM, CRASH, RIDE, TAMBOURINE = (
    36, 37, 38, 39, 43, 42, 44, 45, 46, 48, 49, 51, 54,
)  # fmt: skip
DEEP, SHAKER, TRIANGLE = 35, 70, 81
"""35 is the orchestra's bass drum."""
Rows = tuple[tuple[int, str], ...]

LOW = {
    "Trap": {
        16: ("X...............", "X.........X.....", "X.....x...X.....", "X..x......X.....", "X.....x...X...x.", "X..x..x...X..x..", "X.xx..x.x.X..x.."),
        12: ("X...........", "X.....x.....", "X..x..x.....", "X..x..x..x.."),
    },
    "Pop": {
        16: ("X...............", "X.......X.......", "X.......X.x.....", "X......xX.......", "X.....x.X.......", "X..x....X.x.....", "X..x..x.X..x....", "X.x...xxX.x....."),
        12: ("X...........", "X.....X.....", "X....xX.....", "X..x.xX..x.."),
    },
    "Electronic": {
        16: ("X.......X.......", "X...X...X...X...", "X...X...X...X...", "X...X...X...X...", "X...X...X...X..x", "X...X..xX...X.x.", "X..x..x.X..x..x."),
        12: ("X.....X.....", "X...X...X...", "X...X...X...", "X...X...X.x."),
    },
    "Classical": {
        16: ("X...............", "X...............", "X.......X.......", "X.......X...x..."),
        12: ("X...........", "X...........", "X.....x.....", "X...x...x..."),
    },
    "Cinematic": {
        16: ("X...............", "X...............", "X.......X.......", "X.....X...X.....", "X..X..X.X..X..X.", "X.xxX.xxX.xxX.xx"),
        12: ("X...........", "X.....X.....", "X..X..X..X..", "X.xX.xX.xX.x"),
    },
    "Afrobeat": {12: ("X.....X.....", "X..x..X..x..", "X.x..xX.x..x")},
    "Hip Hop": {12: ("X...........", "X..x........", "X....xX..x..")},
    "R&B": {12: ("X...........", "X....x......", "X..x.xX..x..")},
    "Rock": {12: ("X.....X.....", "X....xX.....", "X..x.xX..x.x")},
    "Jazz": {12: ("x...........", "x.....o.....", "o...o...o...")},
}  # fmt: skip
BACK = {
    "Trap": {16: ("........X.......", "........X.......", "........X......o", "........X.....o.", "......o.X......x"), 12: ("......X.....", "......X....o")},
    "Pop": {
        16: ("....X.......X...", "....X.......X...", "....X.......X...", "....X..o....X...", "....X..o.o..X..o"),
        12: ("......X.....", "...X.....X..", "...X.o...X.o"),
    },
    "Electronic": {16: ("............X...", "....X.......X...", "....X.......X...", "....X.......X..x", "....X..x....X.x."), 12: ("......X.....", "....X...X...")},
    "Classical": {16: ("................", "................", "....o.......o...", "o.oooo..o.oooo.."), 12: ("............", "....o...o...", "o.ooo.o.ooo.")},
    "Cinematic": {16: ("................", "................", "........X.......", "....o.......X.oo", "o.ooo.ooo.ooX.oo"), 12: ("............", "......X.....", "o.oo.oX.oo.o")},
    "Afrobeat": {12: ("...x....x...", "...x..x..x..", ".o.x.o.o.x.o")},
    "Hip Hop": {12: ("......X.....", "...X.....X..", "...X.o..oX..")},
    "R&B": {12: ("......X.....", "......X..o..", "...X.o...X.o")},
    "Rock": {12: ("......X.....", "...X.....X..", "...X.....X.x")},
    "Jazz": {12: ("............", ".....o......", "...o.....o.o")},
}  # fmt: skip
TIME = {
    "Trap": {
        16: ("x...x...x...x...", "x.x.x.x.x.x.x.x.", "x.x.x.x.x.x.x.x.", "x.x.x.xxx.x.x.x.", "x.x.x.x.x.xxx.xx", "x.xxx.x.xxx.x.xx", "xxxxx.x.x.xxxxxx", "xxxxxxxxxxxxxxxx"),
        12: ("x...x...x...", "x.x.x.x.x.x.", "x.xxx.x.xxx.", "xxxxxxxxxxxx"),
    },
    "Pop": {
        16: ("x...x...x...x...", "x...x...x...x...", "x.o.x.o.x.o.x.o.", "x.o.x.o.x.o.x.o.", "x.x.x.x.x.x.x.x.", "x.o.x.oox.o.x.oo", "xoxoxoxoxoxoxoxo"),
        12: ("x...x...x...", "x.o.x.o.x.o.", "x.xx.xx.xx.x", "xoxxoxxoxxox"),
    },
    "Electronic": {
        16: ("..x...x...x...x.", "..x...x...x...x.", "..X...X...X...X.", "x.X.x.X.x.X.x.X.", "x.X.x.X.x.X.x.Xo", "xoXoxoXoxoXoxoXo"),
        12: ("..x...x...x.", "..X...X...X.", "xoXoxoXoxoXo"),
    },
    "Classical": {16: ("................", "................", "x.......x.......", "x...x...x...x..."), 12: ("............", "............", "x.....x.....", "x...x...x...")},
    "Cinematic": {16: ("................", "................", "x...x...x...x...", "o.o.x.o.o.o.x.o.", "oooxoooxoooxooox"), 12: ("............", "x..x..x..x..", "o.oo.oo.oo.o")},
    "Afrobeat": {12: ("x.x.xx.x.x.x", "x.x.xx.x.x.x", "x..x.x..x.x.", "xxxxxxxxxxxx")},
    "Hip Hop": {12: ("x...x...x...", "x.x.x.x.x.x.", "x.xx.xx.xx.x")},
    "R&B": {12: ("x..x..x..x..", "x.o.x.o.x.o.", "xoxxoxxoxxox")},
    "Rock": {12: ("x...x...x...", "x.x.x.x.x.x.", "x.xx.xx.xx.x")},
    "Jazz": {12: ("x...x...x...", "x...x.x.x...", "x...x.x.x.x.", "x.x.x.x.x.x.")},
}  # fmt: skip
KIT = {
    "Trap": (KICK, CLAP, HAT), "Electronic": (KICK, CLAP, OPEN), "Classical": (DEEP, SNARE, TRIANGLE),
    "Cinematic": (DEEP, LOW_TOM, SHAKER), "Afrobeat": (KICK, STICK, SHAKER), "Jazz": (KICK, SNARE, RIDE),
}  # fmt: skip
"""Low drum, back beat, time; elsewhere the plain kit."""
FILLS = (
    ((SNARE, "x.xx"),), ((SNARE, "xxxX"),), ((HIGH_TOM, "xx.."), (LOW_TOM, "..xX")), ((SNARE, "X..X"), (KICK, "..x.")),
    ((HIGH_TOM, "x..."), (MID_TOM, ".x.."), (LOW_TOM, "..xX")), ((SNARE, "oxxX"), (OPEN, "...X")),
)  # fmt: skip
FILL_OF = {
    "Trap": (((HAT, "xxxx"),), ((SNARE, "x.xx"), (HAT, "x...")), ((CLAP, "..xX"), (HAT, "xxxx"))),
    "Electronic": (((SNARE, "xxxx"),), ((CLAP, "X.XX"), (KICK, "x...")), ((OPEN, "..XX"),)),
    "Cinematic": (((DEEP, "X.XX"), (LOW_TOM, "xxxX")), ((LOW_TOM, "oxxX"),), ((CRASH, "...o"), (DEEP, "X..X"))),
    "Classical": (((SNARE, "oooo"),), ((DEEP, "x..."),), ((SNARE, "oxxX"), (CRASH, "...x"))),
}  # fmt: skip
CRASHES = {"Pop": 0.5, "Rock": 0.6, "Cinematic": 0.35, "Electronic": 0.4, "Trap": 0.25, "R&B": 0.3, "Hip Hop": 0.2}
"""How often a phrase begins with a crash."""
PAIRED = {"Trap": {CLAP: SNARE}, "Electronic": {CLAP: SNARE}, "Cinematic": {DEEP: KICK}}
"""A drum that often doubles another."""
SIGNS = {"X": 10, "x": 0, "o": -30}


def choose(rows: tuple[str, ...], busy: float, rng: np.random.Generator) -> str:
    return rows[int(np.clip(busy * len(rows) + rng.normal(0, 0.7), 0, len(rows) - 1))]


def rows_of(context: Context, genre: str, busy: float, rng: np.random.Generator) -> Rows:
    """The bar's drums before the fill; a busy bar may be a sparse row here and a crowded one there."""
    low, back, time = KIT.get(genre, (KICK, SNARE, HAT))
    if time == HAT and genre != "Trap" and rng.random() < 0.25:
        time = RIDE
    chosen = [(drum, choose(table[genre][context.steps], busy, rng)) for drum, table in ((low, LOW), (back, BACK), (time, TIME))]
    if genre in PAIRED and rng.random() < 0.4:
        chosen.extend((PAIRED[genre][drum], row) for drum, row in chosen[:2] if drum in PAIRED[genre])
    if genre == "Jazz" and context.steps == 12:
        chosen.append((PEDAL, "....x......."))
    if genre == "Electronic" and busy > 0.5:
        chosen.append((HAT, "xoxo" * 4 if rng.random() < 0.5 else "x.x." * 4))
    if genre == "Pop" and busy > 0.6 and rng.random() < 0.4:
        chosen.append((TAMBOURINE, "....x.......x..."))
    if genre == "Trap" and rng.random() < 0.35:
        chosen.append((OPEN, ("......x.........", "..............x.", "..........x.....")[rng.integers(3)]))
    return tuple(chosen)


def play(context: Context, genre: str, busy: float, loud: float, rng: np.random.Generator) -> np.ndarray:
    hits: dict[tuple[int, int], int] = {}
    rows = rows_of(context, genre, busy, rng)
    fills = FILL_OF.get(genre, FILLS)
    fill = fills[rng.integers(len(fills))] if is_last_of_phrase(context) and rng.random() < 0.2 + 0.5 * busy else ()
    ends = context.steps - (4 if fill else 0)
    for drum, row in rows:
        for step, sign in enumerate(row[:ends]):
            if sign != "." and not (sign == "o" and rng.random() < 0.15):
                hits[step, drum] = velocity(loud, step, context.steps, rng, SIGNS[sign])
    for drum, row in fill:
        for step, sign in enumerate(row, ends):
            if sign != ".":
                hits[step, drum] = velocity(loud, step, context.steps, rng, SIGNS[sign] + 3 * (step - ends))
    if context.number % 4 == 0 and rng.random() < CRASHES.get(genre, 0):
        hits[0, CRASH] = velocity(loud, 0, context.steps, rng, 6)
    if rng.random() < 0.15 and genre in ("Pop", "Rock", "R&B", "Hip Hop"):
        # the hat before a beat opens
        closed = [step for step, drum in hits if drum == HAT and step % 4 == 2]
        if closed:
            hits[closed[-1], OPEN] = hits.pop((closed[-1], HAT))
    return notes([(step, 1, drum, loudness) for (step, drum), loudness in hits.items() if step < context.steps])
