"""Measures the harmony planner: ``python -m vocalise_symbolic.evaluate_harmony CORPUS PROGRAM``.

PROGRAM reads a tune a line (JSON: genre, quarters, bars of [key, start, length, velocity]) and writes what the planner
gave: ``live`` a plan or null for each bar, made before the bar was heard, and ``back``, the same with hindsight; a plan is
[tonic, minor, root, quality, root, quality, confidence]. Pieces are the held-out ones; none of them made the tables.

The measure is the share of melody notes beginning on strong beats (1 and 3 of 4/4, 1 of 3/4, 1 and 4 of 6/8) that are
tones of the chord planned there, from the second bar of song on: nothing is planned before anything was sung.
"""

import argparse
import json
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from . import genres
from .harmony import INTERVALS, QUALITIES, Song, family_of, songs, tones

MOVES = (1, 2, 3, 4, 5, 6, -5)
"""Transpositions tried for recovery, in semitones."""


def moved(song: Song, by: int, since: int) -> list:
    return [[(n[0] + by * (b >= since), *n[1:]) for n in notes] for b, notes in enumerate(song.notes)]


def ask(program: Path, rows: list[dict]) -> list[dict]:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run([str(program)], input=text, capture_output=True, text=True, check=True)
    print(done.stderr.strip())
    return [json.loads(line) for line in done.stdout.splitlines()]


def request(song: Song, bars: list | None = None, **more) -> dict:
    return {"genre": song.genre, "quarters": song.bar, "bars": bars or song.notes} | more


def halves_of(plans: list) -> list:
    """Plans as chords per half bar, None where there is none."""
    return [c for p in plans for c in (((int(p[2]), int(p[3])), (int(p[4]), int(p[5]))) if p else (None, None))]


def hits(song: Song, halves: list, bars: list | None = None) -> list[tuple[int, bool]]:
    """(bar, whether the planned chord holds it) of each note on a strong beat."""
    found = []
    for b, notes in enumerate(bars or song.notes):
        for note in notes:
            if song.strong(note[1]):
                chord = halves[2 * b + (note[1] > song.bar / 2 - 0.13)]
                found.append((b, chord is not None and note[0] % 12 in tones(chord)))
    return found


def share(found: list) -> float:
    return float(np.mean([hit for _, hit in found])) if found else np.nan


def own_hits(song: Song) -> list[tuple[int, bool]]:
    pairs = [
        (b, note, chord) for b, (notes, own) in enumerate(zip(song.notes, song.own)) for note, chord in zip(notes, own)
    ]
    return [(b, n[0] % 12 in tones(c)) for b, n, c in pairs if c is not None and song.strong(n[1])]


def short(chord: tuple | None) -> tuple | None:
    """Root and major or minor (sevenths, suspensions and the rest folded)."""
    return None if chord is None else (chord[0], family_of(chord[1]) % 2 if family_of(chord[1]) < 3 else 2)


def agreement(song: Song, halves: list) -> list[bool]:
    return [short(a) == short(b) for a, b in zip(halves, song.halves) if b is not None]


def changes(halves: list) -> float:
    return sum(a != b for a, b in zip(halves, halves[1:])) / max(1, len(halves) / 2)


def distinct(halves: list, fold=lambda chord: chord) -> int:
    return len({fold(h) for h in halves if h is not None})


def tonic_always(song: Song) -> list:
    """The triad of the tonic that the piece's own chords tell: a baseline that knows the key."""
    return [(song.keys[i // 2][0], song.keys[i // 2][1]) for i in range(len(song.halves))]


def commonest(song: Song) -> list:
    """The piece's own most frequent chord throughout: a baseline that knows the piece."""
    chord = Counter(h for h in song.halves if h is not None).most_common(1)[0][0]
    return [chord] * len(song.halves)


def retrieval(song: Song) -> list:
    """The own chords of the bar after the most alike earlier bar: a baseline that is told the chords of the past."""
    slots = np.full((len(song.notes), 16), -1)
    for b, notes in enumerate(song.notes):
        for key, start, length, _ in notes:
            at = (np.arange(16) + 0.5) * song.bar / 16
            slots[b, (at >= start) & (at < start + length)] = key % 12
    found: list = [None, None]
    for b in range(1, len(song.notes)):
        alike = [(np.mean(slots[e] == slots[b - 1]), e) for e in range(b - 1)]
        best = max(alike)[1] + 1 if alike else b - 1
        found.extend(song.halves[2 * best : 2 * best + 2])
    return found


def group(song: Song) -> str:
    if song.source == "nottingham":
        return "folk (tune books)"
    return genres.GENRES[song.genre] + {"pop909": " (POP909)", "openewld": " (lead sheets)", "jsb": " (chorales)"}[song.source]


def table(held_out: list[Song], answers: list[dict]) -> tuple[list[str], dict]:
    sums: dict = defaultdict(lambda: defaultdict(list))
    for song, answer in zip(held_out, answers):
        live, back = halves_of(answer["live"]), halves_of(answer["back"])
        for name in (group(song), "all"):
            cell = sums[name]
            cell["pieces"].append(1)
            for column, halves in (
                ("live", live), ("back", back), ("tonic", tonic_always(song)), ("commonest", commonest(song)),
                ("retrieval", retrieval(song)),
            ):  # fmt: skip
                cell[column].extend(hit for bar, hit in hits(song, halves) if bar)
            cell["with first"].extend(hit for _, hit in hits(song, live))
            cell["own"].extend(hit for bar, hit in own_hits(song) if bar)
            for column, halves in (("live", live), ("back", back)):
                cell[f"{column} label"].extend(agreement(song, halves))
            for column, halves in (("live", live[2:]), ("back", back), ("own", song.halves)):
                cell[f"{column} changes"].append(changes(halves))
                cell[f"{column} distinct"].append(distinct(halves))
                cell[f"{column} roots"].append(distinct(halves, short))
    means = {name: {c: float(np.mean(v)) if c != "pieces" else len(v) for c, v in cell.items()} for name, cell in sums.items()}
    rows = [
        "| pieces | n | own chords | live | live / own | with the first bar as missed | hindsight | tonic | commonest chord | retrieval | same as label, live "
        "(hindsight) | changes a bar: own, live, hindsight | different chords a piece: own, live, hindsight |",
        "|" + "---|" * 13,
    ]
    for name, m in sorted(means.items()):
        rows.append(
            f"| {name} | {m['pieces']} | {m['own']:.3f} | {m['live']:.3f} | {m['live'] / m['own']:.3f} | {m['with first']:.3f} | {m['back']:.3f} | "
            f"{m['tonic']:.3f} | {m['commonest']:.3f} | {m['retrieval']:.3f} | {m['live label']:.3f} ({m['back label']:.3f}) | "
            f"{m['own changes']:.2f}, {m['live changes']:.2f}, {m['back changes']:.2f} | "
            f"{m['own distinct']:.1f}, {m['live distinct']:.1f}, {m['back distinct']:.1f} |"
        )
    return rows, means


def recovery(program: Path, held_out: list[Song]) -> dict[str, tuple[list, np.ndarray]]:
    """Per transposition, made in the middle of tunes of at least 16 bars: the bars until each tune's plan is back, and the
    share of strong notes held in the bar moved first and the seven after it, relative to that of the tune as it was.
    """
    long = [s for s in held_out if len(s.notes) >= 16]
    plain = ask(program, [request(s, live_only=True) for s in long])
    found: dict[str, tuple[list, np.ndarray]] = {}
    for by in MOVES:
        bars = [moved(s, by, len(s.notes) // 2) for s in long]
        answers = ask(program, [request(s, b, live_only=True) for s, b in zip(long, bars)])
        waits, curve = [], np.zeros((2, 8))
        for song, b, answer, usual in zip(long, bars, answers, plain):
            at = len(song.notes) // 2
            both = hits(song, halves_of(answer["live"]), b), hits(song, halves_of(usual["live"]))
            for i, found_hits in enumerate(both):
                for bar, hit in found_hits:
                    if at <= bar < at + 8:
                        curve[i, bar - at] += hit
            waits.append(bars_until(*both, at, len(song.notes)))
        found[f"{by:+d}"] = waits, curve[0] / curve[1]
    return found


def bars_until(now: list, usual: list, at: int, end: int) -> int | None:
    """Bars from ``at`` to the first whose plan is back within the usual; 0 if the bar moved first already was.

    Back: the share over that bar and the three after it is at least .9 of what it was in the same bars of the tune as it
    was, and so is the bar's own.
    """
    by_bar = [defaultdict(list), defaultdict(list)]
    for side, found in zip(by_bar, (now, usual)):
        for bar, hit in found:
            side[bar].append(hit)
    mean = lambda side, bars: np.mean([h for b in bars for h in side[b]] or [0])
    for bar in range(at, end):
        if not by_bar[0][bar]:
            continue
        fine = [mean(by_bar[0], w) >= 0.9 * mean(by_bar[1], w) for w in (range(bar, min(bar + 4, end)), (bar,))]
        if all(fine):
            return bar - at
    return None


def as_genres(program: Path, held_out: list[Song]) -> list[str]:
    """The same tunes planned in every genre: what a genre without pieces of its own does, it can be seen by."""
    rows = [
        "| planned as | live | hindsight | changes a bar, live | four-note chords, live | power chords, live |",
        "|" + "---|" * 6,
    ]
    tunes = [s for s in held_out if s.source in ("pop909", "openewld")]
    for genre, name in enumerate(genres.GENRES):
        answers = ask(program, [request(s) | {"genre": genre} for s in tunes])
        live = [halves_of(a["live"]) for a in answers]
        cells = [share([h for s, p in zip(tunes, side) for h in hits(s, p) if h[0]])
                 for side in (live, [halves_of(a["back"]) for a in answers])]
        chords = [c for p in live for c in p if c]
        four = np.mean([len(INTERVALS[c[1]]) == 4 for c in chords])
        power = np.mean([QUALITIES[c[1]] == "power" for c in chords])
        rows.append(f"| {name} | {cells[0]:.3f} | {cells[1]:.3f} | {np.mean([changes(p[2:]) for p in live]):.2f} | {four:.2f} | {power:.2f} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("program", type=Path)
    args = parser.parse_args()
    _, held_out = songs(args.corpus)
    rows, _ = table(held_out, ask(args.program, [request(s) for s in held_out]))
    print("\n".join([*rows, "", *as_genres(args.program, held_out), "", *recovery_rows(args.program, held_out)]))


def recovery_rows(program: Path, held_out: list[Song]) -> list[str]:
    rows = [
        "| moved by | tunes | median bars | 0 | 1 | 2 | 3 | 4 or more | never | share against the usual in bars 0, 1, 2, 3, 4 – 7 |",
        "|" + "---|" * 10,
    ]
    for by, (waits, curve) in recovery(program, held_out).items():
        late = [len(held_out) if w is None else w for w in waits]
        of = [np.mean([w == k for w in waits]) for k in range(4)]
        more, never = np.mean([w is not None and w >= 4 for w in waits]), np.mean([w is None for w in waits])
        rows.append(
            f"| {by} | {len(waits)} | {np.median(late):.0f} | " + " | ".join(f"{x:.2f}" for x in (*of, more, never))
            + " | " + ", ".join(f"{x:.2f}" for x in (*curve[:4], curve[4:].mean())) + " |"
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
