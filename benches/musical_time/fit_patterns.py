"""Fits the constant of src/music/rhythm_patterns.rs: mixtures of Poisson rates of onsets.

    python fit_patterns.py CORPUS.jsonl.gz drums=6 taps=2 voice=2

Needs numpy. The held-out part (see corpus.rs) is left out, and so is everything not in 4/4.
"""

import collections
import gzip
import json
import math
import sys

import numpy as np

PLACES = np.array([0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1])
SOFT, LOUD, MEMORY = 0.75, 1.2, 8  # as in beat_tracker.rs
BONGOSERO_LEAD = 0.125  # as in beats.rs
LONGEST_BARS = 16  # a long piece counts no more than one of so many bars


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & (2**64 - 1)
    return value


def held_out(piece):
    parts = piece["id"].split("/")
    group = {"groove": parts[1], "elbongosero": "/".join(parts[1:3])}
    return fnv(group.get(piece["src"], piece["id"])) % 5 == 0


def onsets(piece, role):
    """Onsets in beats with strengths: hits within 30 ms are one."""
    notes = (note for t in piece["tracks"] if t["role"] == role for note in t["notes"])
    merged = []
    for at, velocity in sorted((n[0] * 60 / piece["bpm"], n[3] / 127) for n in notes):
        if merged and at - merged[-1][0] < 0.03:
            merged[-1][1] += velocity**2
        else:
            merged.append([at, velocity**2])
    return [(at * piece["bpm"] / 60, min(1, math.sqrt(e) / 2)) for at, e in merged]


def counts(hits, lead):
    """Onsets by accent, beat of the bar and place in the beat."""
    table, usual = np.zeros((3, 4, 6)), hits[0][1]
    for beat, strength in hits:
        share = strength / max(usual, 1e-6)
        usual += (strength - usual) / MEMORY
        accent = 0 if share < SOFT else 2 if share > LOUD else 1
        whole = math.floor(beat - lead)
        place = int(np.argmin(abs(PLACES - (beat - lead - whole))))
        if beat >= lead - 0.5:
            table[accent, (whole + place // 6) % 4, place % 6] += 1
    return table


def read(path):
    """Per kind of player: counts, bars and weight of each piece."""
    data = collections.defaultdict(list)

    def add(kind, hits, bars, lead):
        data[kind].append((counts(hits, lead), bars, min(bars, LONGEST_BARS) / bars))

    for line in gzip.open(path):
        piece = json.loads(line)
        if held_out(piece):
            continue
        if piece["src"] == "groove" and piece["ts"] == "4/4":
            hits = onsets(piece, "drums")
            if len(hits) >= 6:
                add("drums", hits, max(1, round(hits[-1][0] / 4 + 0.2)), 0)
        elif piece["src"] == "elbongosero":
            hits = onsets(piece, "hand-percussion-tapped")
            if len(hits) >= 4:
                add("taps", hits, 2, BONGOSERO_LEAD)
        elif piece["src"] in ("nottingham", "openewld", "pop909"):
            hits = onsets(piece, "melody")
            starts = [c[0] for c in piece.get("chords", [])] or sorted(
                {n[0] for t in piece["tracks"] if t["role"] == "chords" for n in t["notes"]}
            )
            if piece["ts"] not in ("4/4", "1/4", "2/2", "2/4") or len(hits) < 16 or not starts:
                continue
            # Bars begin where most chords do.
            bar = collections.Counter(round(c % 4 * 24) / 24 % 4 for c in starts)
            lead = bar.most_common(1)[0][0] - 32
            add("voice", hits, max(1, round((hits[-1][0] - hits[0][0]) / 4)), lead)
    return data


def mixture(pieces, size):
    """Rates a bar of `size` kinds, the most usual first, by expectation-maximisation."""
    seen = np.array([piece[0].ravel() for piece in pieces])
    bars, weight = (np.array([piece[i] for piece in pieces], float) for i in (1, 2))
    best = (-np.inf,)
    for seed in range(4):
        chance = bars * weight / (bars * weight).sum()
        first = np.random.default_rng(seed).choice(len(pieces), size, replace=False, p=chance)
        rates, share = (seen[first] + 0.3) / (bars[first, None] + 2), np.ones(size) / size
        for _ in range(60):
            fit = (seen @ np.log(rates.T) - bars[:, None] * rates.sum(1)) * weight[:, None] / 2
            fit += np.log(share)
            top = fit.max(1, keepdims=True)
            belongs = np.exp(fit - top)
            total = (top[:, 0] + np.log(belongs.sum(1))).sum()
            belongs /= belongs.sum(1, keepdims=True)
            weighed = belongs * weight[:, None]
            rates = (weighed.T @ seen + 0.04) / (weighed.T @ bars + 2)[:, None]
            share = belongs.sum(0) / len(pieces)
        if total > best[0]:
            best = (total, rates, share)
    _, rates, share = best
    return [(share[k], rates[k].reshape(3, 4, 6)) for k in np.argsort(-share)]


def main():
    data = read(sys.argv[1])
    print("#[rustfmt::skip]")
    sizes = [argument.split("=") for argument in sys.argv[2:]]
    print(f"pub(super) const PATTERNS: [Pattern; {sum(int(s) for _, s in sizes)}] = [")
    for kind, size in sizes:
        for share, rates in mixture(data[kind], int(size)):
            if kind == "voice":
                # A score's velocities are not a singer's.
                rates = np.multiply.outer([0.25, 0.5, 0.25], rates.sum(0))
            percent = np.clip(np.round(rates * 100), 0, 255).astype(int).tolist()
            print(f"    // {kind}, share {share:.2f}")
            print("    [" + ",\n     ".join(map(str, percent)) + "],")
    print("];")


main()
