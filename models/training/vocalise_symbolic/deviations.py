"""How people miss the grid: real sequences of deviations to replay onto scores, and a singer who misses it by more.

Two sources. *Groove*: drummers with a click, each hit against the nearest sixteenth or, where they fit better, triplet.
*El Bongosero*: visitors tapping to a drum loop, each tap paired with a hit of the loop by dynamic programming. The
corpus' El Bongosero files cut off whatever is late: a late hit stands exactly on its line, an early one where it was
played. The late half is therefore drawn from the censored normal distribution that fits the player's early half.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

from .corpus import is_held_out

BONGO_LINE = 0.125
"""El Bongosero's sixteenths lie this many quarters behind the file's; no hit lies behind its line."""
ON_LINE = 0.006
"""One tick of those files, in quarters, and a bit."""
MIN_HITS = 10
SHORTEST = 0.19
"""Hits of a drummer closer than this, in quarters, are not sixteenths."""
REACH = 0.2
"""Longest way, in quarters, between a tap and the hit it can be paired with."""


@dataclass
class Sequence:
    """Consecutive deviations of one performance, in seconds, late is positive."""

    source: str
    player: str
    held_out: bool
    seconds: np.ndarray


def together(onsets: np.ndarray, gap: float = 0.06) -> np.ndarray:
    """One onset for hits that are meant as one: the first of each cluster."""
    onsets = np.sort(onsets)
    return onsets[np.concatenate([[True], np.diff(onsets) > gap])]


def groove_sequence(piece: dict, held_out: bool) -> Sequence | None:
    """Deviations from the nearest sixteenth, or in bars that fit them clearly better, from (swung) triplets.

    Rolls and grace notes, which lie between sixteenths on purpose, are left out.
    """
    onsets = together(np.array([n[0] for n in piece["tracks"][0]["notes"]]))
    gaps = np.diff(onsets, prepend=-9, append=onsets[-1] + 9)
    onsets = onsets[(gaps[:-1] > SHORTEST) & (gaps[1:] > SHORTEST)]
    if len(onsets) < MIN_HITS:
        return None
    off = lambda lines: onsets - np.round(onsets * lines) / lines
    bars = np.floor(onsets / 4).astype(int)
    deviation = off(4)
    for bar in np.unique(bars):
        here = bars == bar
        error = np.abs(deviation[here]).mean()
        for lines, clearly in ((3, 0.6), (6, 0.45)):
            if np.abs(off(lines)[here]).mean() < clearly * error:
                deviation[here] = off(lines)[here]
                break
    return Sequence("groove", piece["id"].split("/")[1], held_out, deviation * 60 / piece["bpm"])


def pair(taps: np.ndarray, hits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(tap indices, hit indices): in order, none twice, least squared distance; a pair costs less than two strays.

    A change of lag from pair to pair costs, too, so a hurried player is not paired with the hit behind.
    """
    stray, smooth = 0.5 * REACH**2, 0.5
    # each state: cost, index of the last paired hit, lag there, pairs so far
    states = [(0.0, -1, None, ())]
    for index, tap in enumerate(taps):
        options = [(cost + stray, last, lag, pairs) for cost, last, lag, pairs in states]
        near = np.flatnonzero(np.abs(hits - tap) <= REACH)
        for cost, last, lag, pairs in states:
            for hit in near[near > last]:
                deviation = tap - hits[hit]
                step = 0.0 if lag is None else smooth * (deviation - lag) ** 2
                options.append((cost + deviation**2 + step, int(hit), deviation, (*pairs, (index, int(hit)))))
        best: dict[int, tuple] = {}
        for option in options:
            if option[1] not in best or option[0] < best[option[1]][0]:
                best[option[1]] = option
        states = sorted(best.values(), key=lambda s: s[0])[:8]
    found = np.array(states[0][3], dtype=int).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def uncensored(deviation: np.ndarray, censored: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``deviation`` with the censored ones (known to be late only) drawn from the normal that fits the player.

    The draw leans on the neighbours: the same player's lag moves slowly (correlation 0.5 from hit to hit).
    """

    def surprise(parameters: np.ndarray) -> float:
        mean, spread = parameters[0], np.exp(parameters[1])
        seen = norm.logpdf(deviation[~censored], mean, spread).sum()
        # a prior worth a few hits keeps players who are never early from an endless lag
        prior = norm.logpdf(mean, 0.01, 0.03) + norm.logpdf(parameters[1], np.log(0.045), 0.35)
        return -(seen + censored.sum() * norm.logsf(0, mean, spread) + prior)

    fit = minimize(surprise, [0.01, np.log(0.045)], method="Nelder-Mead", options={"maxiter": 120})
    mean, spread = fit.x[0], float(np.exp(fit.x[1]))
    out, previous = deviation.copy(), mean
    for i in range(len(out)):
        if censored[i]:
            centre, width = mean + 0.5 * (previous - mean), spread * np.sqrt(0.75)
            low = norm.cdf(0, centre, width)
            out[i] = max(0.0, norm.ppf(low + (1 - low) * rng.uniform(0.001, 0.999), centre, width))
        previous = out[i]
    return out


def bongo_sequence(piece: dict, held_out: bool, rng: np.random.Generator) -> Sequence | None:
    """A tapped performance against the loop it was tapped to: their pairing is the truth."""
    drums, taps = (np.array([n[0] for n in track["notes"]]) - BONGO_LINE for track in piece["tracks"][:2])
    lines = np.unique(np.ceil((drums - ON_LINE) * 4) / 4)  # what is early belongs to the line that follows
    taps = together(taps)
    if len(taps) < MIN_HITS:
        return None
    paired, hits = pair(taps, lines)
    if len(paired) < MIN_HITS:
        return None
    deviation = taps[paired] - lines[hits]
    nearest = np.round(taps[paired] * 4) / 4
    censored = np.abs(taps[paired] - nearest) <= ON_LINE
    # a tap on some line is at least that late; the draw below is about what lies behind the line
    beyond = uncensored(np.where(censored, 0.0, deviation), censored, rng) * 60 / piece["bpm"]
    base = np.where(censored, deviation, 0.0) * 60 / piece["bpm"]
    return Sequence("elbongosero", "/".join(piece["id"].split("/")[1:3]), held_out, base + beyond)


def bank(pieces: list[dict], seed: int = 0) -> list[Sequence]:
    """All sequences of the corpus. El Bongosero names no players: its loops are split, a fifth of them held out."""
    rng = np.random.default_rng(seed)
    found = []
    for piece in pieces:
        if piece["src"] == "groove":
            found.append(groove_sequence(piece, is_held_out(piece)))
        elif piece["src"] == "elbongosero":
            loop = "/".join(piece["id"].split("/")[1:3])
            found.append(bongo_sequence(piece, int(sha256(loop.encode()).hexdigest(), 16) % 5 == 0, rng))
    return [sequence for sequence in found if sequence is not None]


def replay(sequence: Sequence, notes: int, rng: np.random.Generator) -> np.ndarray:
    """Deviations for ``notes`` notes in a row: from a random place on, to and fro where the performance is shorter."""
    there_and_back = np.concatenate([sequence.seconds, sequence.seconds[-2:0:-1]])
    start = rng.integers(len(there_and_back))
    return there_and_back[(start + np.arange(notes)) % len(there_and_back)]


def singer(notes: int, rng: np.random.Generator) -> np.ndarray:
    """A made-up singer: a lag that stays, a drift that wanders, jitter on every note; larger than a drummer's."""
    lag = rng.normal(0.015, 0.03)
    drift = np.cumsum(rng.normal(0, rng.uniform(0, 0.008), notes))
    drift -= drift.mean()
    return lag + np.clip(drift, -0.05, 0.05) + rng.normal(0, rng.uniform(0.008, 0.035), notes)
