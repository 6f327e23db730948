"""Makes the training bars: ``python -m vocalise_band.prepare CORPUS DATA`` writes DATA/{drums,bass,chords,melody}.npz.

CORPUS is corpus.jsonl.gz. A track's file holds, for N bars: ``roll`` [N, 16, 128] (0..255), ``condition`` [N, 2, 64]
(the bar before described, the bar itself described), ``genre``, ``steps``, ``real``, ``held_out`` and ``origin`` [N].
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from vocalise_symbolic import corpus, genres

from . import drumming, pieces, rolls
from .bars import Bar, Context, contexts, real_bars
from .condition import condition
from .rules import GRAMMARS
from .rules.grammar import coloured

BY_RULES = {
    "drums": {12: genres.GENRES, 16: ("Trap", "Pop", "Electronic", "Classical", "Cinematic")},
    **dict.fromkeys(
        ("bass", "chords", "melody"),
        {12: genres.GENRES, 16: tuple(g for g in genres.GENRES if g not in ("Pop", "Classical"))},
    ),
}
"""Which genres rules play for, by steps of the bar: those without people's bars of that length, or with very few."""
RULE_BARS = {16: 2600, 12: 700}
"""Bars that rules make for a genre, a tenth of them (of held-out pieces) held out."""
POP909_SHARE = 0.4
"""Share of POP909's bars that is kept: it has ten times what the others have."""
LIKED_SOURCES = {"Jazz": "openewld", "Classical": "jsb", "Cinematic": "jsb"}
MINOR_GENRES = ("Trap", "Cinematic", "Hip Hop", "Electronic")
"""Where three bars in four are in minor, although two in three pieces are in major."""


class Pool:
    """Contexts to play to, by side of the split and steps of the bar; drawn anew with each ``rng`` that is set."""

    rng: np.random.Generator

    def __init__(self, found: list[Context]) -> None:
        self.sides: dict[tuple[bool, int], list[Context]] = {}
        for context in found:
            self.sides.setdefault((context.held_out, context.steps), []).append(context)

    def draw(self, held_out: bool, steps: int, genre: str) -> Context:
        """A context as the genre likes it: key, source, chords coloured."""
        side = self.sides[held_out, steps]
        for _ in range(12):
            context = side[self.rng.integers(len(side))]
            liked = context.source == LIKED_SOURCES.get(genre, context.source)
            minor = genre not in MINOR_GENRES or context.minor or self.rng.random() < 0.15
            if liked and minor and len(context.sung) + len(context.before):
                break
        # what the planner changes, it changes for the bar: the same chord stays the same chord
        first = coloured(context.chords[0], genre, self.rng)
        second = first if context.chords[1] == context.chords[0] else coloured(context.chords[1], genre, self.rng)
        return replace(context, chords=(first, second), following=coloured(context.following, genre, self.rng))


def rule_bars(track: str, pool: Pool) -> list[Bar]:
    found, rng = [], pool.rng
    for steps, names in BY_RULES[track].items():
        for genre in names:
            for number in range(RULE_BARS[steps]):
                context = pool.draw(number % 10 == 0, steps, genre)
                notes = GRAMMARS[track](context, genre, rng.uniform(), rng.beta(2, 2), rng)
                if len(notes):
                    found.append(Bar(context, track, genres.GENRES.index(genre), False, "rules", notes))
    return found


def drum_bars(raw: list[dict], pool: Pool) -> list[Bar]:
    """People's drum bars, each with a context of the same length from the same side of the split."""
    found = []
    for id_, held_out, genre, steps, number, notes in drumming.read(raw):
        context = replace(pool.draw(held_out, steps, genres.GENRES[genre]), number=number)
        found.append(Bar(context, "drums", genre, True, id_.split("/")[0], notes))
    return found


def save(path: Path, bars: list[Bar]) -> None:
    roll = np.stack([np.rint(255 * rolls.encode(bar.notes, bar.track)).astype(np.uint8) for bar in bars])
    conditions = [[condition(bar.context.described(own, bar.wanted)) for own in (False, True)] for bar in bars]
    np.savez(
        path, roll=roll, condition=np.array(conditions, np.float32), genre=np.array([bar.genre for bar in bars]),
        steps=np.array([bar.context.steps for bar in bars]), real=np.array([bar.real for bar in bars]),
        held_out=np.array([bar.context.held_out for bar in bars]), origin=np.array([bar.origin for bar in bars]),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(args.seed)  # thins out POP909
    raw, around, bars = list(corpus.pieces(args.corpus)), [], []
    for piece in filter(None, (pieces.read(p) for p in raw if p["src"] in pieces.MELODIC)):
        found = contexts(piece)
        around.extend(filter(None, found))
        played = real_bars(piece, found)
        kept = piece.source != "pop909" or piece.held_out
        bars.extend(bar for bar in played if kept or rng.random() < POP909_SHARE)
    pool = Pool(around)
    for number, track in enumerate(rolls.TRACKS):
        pool.rng = np.random.default_rng([args.seed, number])
        own = [bar for bar in bars if bar.track == track] + (drum_bars(raw, pool) if track == "drums" else [])
        own += rule_bars(track, pool)
        save(args.data / f"{track}.npz", own)
        people = sum(bar.real for bar in own)
        print(f"{track}: {len(own)} bars, {people} of people, {sum(bar.context.held_out for bar in own)} held out", flush=True)


if __name__ == "__main__":
    main()
