"""Prints the tables of the band's cards: ``python -m vocalise_band.evaluate TRACK DATA --model MODEL``.

MODEL is an exported file or a checkpoint of ``train``: it is asked with the conditions of held-out bars, and its rolls
are read by thresholds. ``--bars FILE`` measures finished bars instead (see ``finished``), against held-out bars of the
same genres. ``--keep FILE`` adds the bars made from MODEL to a file of that form. Beside the made bars stand held-out
bars of people (of rules, and said so, where nobody's are), those bars shuffled, and retrieval: the training bar of the
genre whose condition is nearest.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from vocalise_symbolic import readers
from vocalise_symbolic.genres import GENRES

from . import batches, export, finished, measures, recognition, rolls
from . import condition as c
from .finished import Finished
from .gan import levelled
from .validation import distance, real_bars

MOST = 240
"""Held-out bars of a genre that are measured."""
RICH = 40
"""A genre is recognised if so many bars of people are held out (and trained on)."""


def stored(bars: batches.Bars, hindsight: np.ndarray | int = 1) -> Finished:
    """Bars of ``prepare`` as finished ones."""
    notes = [rolls.decode(roll, bars.track, n) for roll, n in zip(real_bars(bars), bars.steps)]
    return Finished(bars.track, notes, bars.genre, bars.steps, bars.condition[np.arange(len(bars)), hindsight])


def held_out(bars: batches.Bars, seed: int = 1) -> tuple[Finished, dict[int, bool]]:
    """(held-out bars of every genre: people's where there are enough; whether a genre's are people's)."""
    rng, chosen, people = np.random.default_rng(seed), [], {}
    for genre in range(len(GENRES)):
        ours = bars.held_out & (bars.genre == genre)
        people[genre] = bool((ours & bars.real).sum() >= RICH)
        chosen.extend(rng.permutation(np.flatnonzero(ours & (bars.real == people[genre])))[:MOST])
    index = np.array(chosen, int)
    return stored(bars.where(index), np.arange(len(index)) % 2), people


def answered(path: Path, asked: Finished, seed: int = 0) -> Finished:
    """The bars that a model makes of the conditions of ``asked``."""
    noise = np.random.default_rng(seed).normal(size=(len(asked), 100)).astype(np.float32)
    one_hot = np.eye(len(GENRES), dtype=np.float32)[asked.genre]
    if path.suffix == ".pt":
        net, _ = export.load(path)
        with torch.no_grad():
            about = torch.from_numpy(asked.condition)
            roll = levelled(net(torch.from_numpy(noise), torch.from_numpy(one_hot), about), about, asked.track).numpy()
    else:
        session = readers.session(path)
        ask = lambda i: session.run(None, {"noise": noise[[i]], "genre": one_hot[[i]], "condition": asked.condition[[i]]})
        roll = np.concatenate([ask(i)[0] for i in range(len(asked))])
    notes = [rolls.decode(r, asked.track, n) for r, n in zip(roll, asked.steps)]
    return Finished(asked.track, notes, asked.genre, asked.steps, asked.condition)


def shuffled(bars: Finished, seed: int = 2) -> Finished:
    """The same notes at other steps: as many, as long, as loud, and no rhythm; pitches move an octave at random."""
    rng, found = np.random.default_rng(seed), []
    for notes, steps in zip(bars.notes, bars.steps):
        notes = notes.copy()
        notes[:, 0] = rng.permutation(steps)[notes[:, 0]]
        if bars.track != "drums":
            notes[:, 2] = np.clip(notes[:, 2] + rng.integers(-6, 7, len(notes)), 0, 127)
        found.append(notes)
    return Finished(bars.track, found, bars.genre, bars.steps, bars.condition)


def retrieved(bars: batches.Bars, asked: Finished) -> Finished:
    """For each condition the training bar of its genre with the nearest one."""
    training, notes = bars.where(~bars.held_out), []
    for genre, about in zip(asked.genre, asked.condition):
        own = np.flatnonzero(training.genre == genre)
        there = training.condition[own, int(about[c.HINDSIGHT])]
        nearest = own[((there - about) ** 2).sum(1).argmin()]
        notes.append(rolls.decode(training.roll[nearest].astype(np.float32) / 255, bars.track, int(training.steps[nearest])))
    return Finished(asked.track, notes, asked.genre, asked.steps, asked.condition)


def print_table(title: str, columns: list[str], rows: list[list]) -> None:
    said = lambda x: x if isinstance(x, str) else "" if x is None or np.isnan(x) else f"{x:.3g}" if abs(x) >= 10 else f"{x:.2f}"
    print(f"\n{title}\n\n| " + " | ".join(["", *columns]) + " |\n" + "|---" * (len(columns) + 1) + "|")
    for row in rows:
        print("| " + " | ".join(map(said, row)) + " |")


def asked_and_played(real: Finished, made: Finished, people: dict[int, bool]) -> None:
    """How the made bars follow numbers 60 and 61, and how different they are from one another."""
    rows = []
    for genre in np.unique(made.genre):
        ours, theirs = made.where(made.genre == genre), real.where(real.genre == genre)
        wanted = ours.condition[:, [c.DENSITY, c.INTENSITY]]
        played = np.array([(rolls.density(n), rolls.intensity(n)) for n in ours.notes])
        sounding = np.array([len(n) > 0 for n in ours.notes])
        miss = np.abs(played - wanted)
        together = lambda bars: distance(measures.onset_rolls(bars.where(np.arange(min(64, len(bars))))) > 0)
        rows.append([
            GENRES[genre], "people" if people[int(genre)] else "rules", str(len(ours)), 16 * miss[:, 0].mean(),
            127 * miss[sounding, 1].mean(), 1 - sounding.mean(), together(ours) / together(theirs) if len(theirs) > 1 else np.nan,
        ])  # fmt: skip
    missed = ["density, mean miss in steps", "intensity, mean miss in velocity"]
    columns = ["held-out bars of", "bars", *missed, "empty", "distance of 64 bars / theirs"]
    print_table("Asked and played", columns, rows)


def features(real: Finished, sets: dict[str, Finished], people: dict[int, bool]) -> None:
    """Means, then overlap areas, of bars in genres where people's are held out; the rules' genres apart."""
    rng = np.random.default_rng(3)
    for side, title in ((True, "people's genres"), (False, "rules' genres")):
        named = [g for g, theirs in people.items() if theirs == side]
        chosen = {name: bars.where(np.isin(bars.genre, named)) for name, bars in ({"held out": real} | sets).items()}
        if not len(chosen["held out"]):
            continue
        tables = {name: measures.table(bars) for name, bars in chosen.items()}
        rows = [["empty", *(t["empty"].mean() for t in tables.values()), *[None] * len(sets)]]
        total = np.zeros(len(sets))
        wanted = measures.FEATURES[real.track]
        for feature in wanted:
            means = [np.nanmean(t.get(feature, np.array([np.nan]))) for t in tables.values()]
            areas = [measures.overlap(tables["held out"][feature], tables[name].get(feature, np.zeros(0)), rng) for name in sets]
            total += np.array(areas) / len(wanted)
            rows.append([feature + (" (MusPy)" if feature in measures.MUSPY else ""), *means, *areas])
        rows.append(["mean overlap", *[None] * (1 + len(sets)), *total])
        columns = ["held out", *sets, *(f"overlap, {name}" for name in sets)]
        print_table(f"Features of {real.track}, {title}: means and overlap areas with the held-out bars", columns, rows)


def genre_recognition(bars: batches.Bars, real: Finished, made: Finished, people: dict[int, bool]) -> None:
    """Accuracy of a judge trained on people's training bars of whole 4/4 bars, genre by genre."""
    training = bars.where(~bars.held_out & bars.real & (bars.steps == 16))
    rich = [g for g in range(len(GENRES)) if people[g] and (training.genre == g).sum() >= 100]
    if len(rich) < 2:
        return
    training = training.where(np.isin(training.genre, rich))
    notes = measures.onset_rolls(stored(training))
    net = recognition.trained(notes, np.searchsorted(rich, training.genre))
    rows, hits = [], []
    for at, genre in enumerate(rich):
        row = []
        for source in (real, made):
            own = source.where((source.genre == genre) & (source.steps == 16))
            said = recognition.recognised(net, measures.onset_rolls(own))
            row.append((said == at).mean() if len(own) else np.nan)
        rows.append([GENRES[genre], *row])
        hits.append(row)
    rows.append(["mean", *np.nanmean(np.array(hits), 0)])
    print_table(f"Genre recognised ({len(rich)} genres; chance {1 / len(rich):.2f})", ["held-out bars", "made bars"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("track", choices=rolls.TRACKS)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--bars", type=Path)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    if (args.model is None) == (args.bars is None):
        parser.error("give --model or --bars")
    torch.set_num_threads(1)
    bars = batches.load(args.data, args.track)
    real, people = held_out(bars)
    made = answered(args.model, real) if args.model else finished.read(args.bars, args.track)
    if args.keep:
        finished.write(args.keep, made)
    asked_and_played(real, made, people)
    features(real, {"made": made, "retrieval": retrieved(bars, made), "shuffled": shuffled(real)}, people)
    genre_recognition(bars, real, made, people)


if __name__ == "__main__":
    main()
