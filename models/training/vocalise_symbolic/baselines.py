"""What the symbolic models have to beat: trigrams, the bar before, and the nearest grid line."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

import numpy as np


class WittenBell:
    """Symbol after the last two symbols; orders backed off by Witten and Bell's rule, down to equal chances."""

    def __init__(self, sequences: Sequence[Sequence[Hashable]], vocabulary: int, orders: int = 3) -> None:
        self.vocabulary, self.orders = vocabulary, orders
        self.counts: list[dict] = [defaultdict(Counter) for _ in range(orders)]
        for sequence in sequences:
            sequence = tuple(sequence)
            for i, symbol in enumerate(sequence):
                for order in range(min(orders, i + 1)):
                    self.counts[order][sequence[i - order : i]][symbol] += 1
        self.totals = [{c: n.total() for c, n in counts.items()} for counts in self.counts]

    def chance(self, context: tuple, symbol: Hashable) -> float:
        found = 1 / self.vocabulary
        for order in range(min(self.orders, len(context) + 1)):
            last = context[len(context) - order :]
            if counts := self.counts[order].get(last):
                total, kinds = self.totals[order][last], len(counts)
                found = (counts.get(symbol, 0) + kinds * found) / (total + kinds)
        return found


def intervals(notes: Sequence[int]) -> list[int]:
    """Each note but the first as an interval from the last that sounded; a rest (0) is 999."""
    found, last = [], next((n for n in notes if n), 60)
    for note in notes[1:]:
        found.append(note - last if note else 999)
        last = note or last
    return found


class NoteTrigram:
    """A trigram of notes: absolute pitches and, what transposition leaves alone, intervals, mixed as fits best."""

    SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

    def __init__(self, lines: Sequence[Sequence[int]], tune_on: int = 10) -> None:
        """One line in ``tune_on`` is kept back to fit the share of the two."""
        self._count([line for i, line in enumerate(lines) if i % tune_on or len(lines) == 1])
        fit = lines[::tune_on]
        pairs = [self._both(tuple(line[max(0, i - 3) : i]), line[i]) for line in fit for i in range(3, len(line), 3)]
        absolute, relative = np.array(pairs).T
        self.share = min(self.SHARES, key=lambda s: -np.log(s * absolute + (1 - s) * relative).mean())
        self._count(lines)

    def _count(self, lines: Sequence[Sequence[int]]) -> None:
        self.absolute = WittenBell(lines, 128)
        # one interval is two notes
        self.relative = WittenBell([intervals(line) for line in lines], 128, orders=2)

    def _both(self, past: tuple, note: int, orders: int = 3) -> tuple[float, float]:
        past = past[-3:]
        steps = intervals((*past, note))
        known = tuple(steps[:-1][-1:]) if orders == 3 else ()
        return self.absolute.chance(past[1 - orders :], note), self.relative.chance(known, steps[-1])

    def chance(self, past: Sequence[int], note: int, orders: int = 3) -> float:
        """Of ``note`` after ``past``; with two ``orders`` as a bigram."""
        absolute, relative = self._both(tuple(past), note, orders)
        return self.share * absolute + (1 - self.share) * relative

    def best_between(self, left: Sequence[int], right: Sequence[int]) -> int:
        """The most likely note between two on its left and up to two on its right: the trigram read from both sides."""

        def score(note: int) -> float:
            past, total = list(left), np.log(self.chance(left, note))
            for following in right:
                past.append(note)
                total += np.log(self.chance(past, following))
                note = following
            return total

        around = [n for n in (*left, *right) if n]
        return max(range(max(0, min(around) - 9), min(127, max(around) + 9) + 1), key=score)


def a_bar_ago(starts: np.ndarray, now: float, bar: float) -> int:
    """Index of what began one bar before ``now`` (within a hundredth of a quarter), -1 if nothing did."""
    found = np.flatnonzero(np.abs(starts - (now - bar)) < 0.01)
    return int(found[0]) if len(found) else -1


def repeat_share(hits: np.ndarray, chances: np.ndarray) -> float:
    """How much to trust the bar before: the share that gives training data the least surprise."""
    return min(np.arange(0, 0.96, 0.05), key=lambda s: -np.log(s * hits + (1 - s) * chances).mean())


def nearest_line(place: np.ndarray, lines: int | Sequence[float]) -> np.ndarray:
    """Nearest of so many even lines a quarter, or of the given places within a quarter."""
    if isinstance(lines, int):
        return np.round(place * lines) / lines
    whole = np.floor(place)
    options = whole[..., None] + np.array([*lines, 1 + lines[0]])
    return np.take_along_axis(options, np.abs(options - place[..., None]).argmin(-1)[..., None], -1)[..., 0]


BOTH_GRIDS = (0.0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)


def mean_lag(place: np.ndarray) -> float:
    """Mean deviation from the sixteenths, in quarters, of a performance whose truth is not known."""
    return float(np.angle(np.exp(8j * np.pi * place).mean()) / (8 * np.pi))
