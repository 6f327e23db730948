"""The context model against its baselines on held-out pieces and players; see ``evaluate``."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from . import baselines, genres
from . import note_features as nf
from .context_batches import Excerpt, perform, to_notes
from .corpus import REAL_VELOCITY, Line
from .deviations import Sequence, replay, singer
from .readers import OnnxReader, TorchReader

WINDOW = nf.MAX_NOTES
EVERY = 8
"""One note in so many is hidden, so that its neighbours are known to every contestant."""
SETTLED = 8
"""Notes of context before a next note counts."""


def group(line: Line) -> str:
    """The row of a table that a line belongs to."""
    if line.source == "groove":
        return f"drums, {genres.GENRES[genres.measured_genre(line.label)]}"
    return "folk (as Pop)" if line.label == "folk" else genres.GENRES[genres.measured_genre(line.label)]


def windows(line: Line, step: int) -> Iterator[tuple[int, int]]:
    """(start, length) of stretches of a line, the last of them flush with its end."""
    starts = list(range(0, max(1, len(line) - WINDOW + 1), step))
    if len(line) > WINDOW and starts[-1] + WINDOW < len(line):
        starts.append(len(line) - WINDOW)
    return ((start, min(WINDOW, len(line) - start)) for start in starts)


def ids(line: Line) -> tuple[int, int]:
    return genres.measured_genre(line.label), genres.instruments(line.role)[0]


def queries(excerpts: list[Excerpt], placed: bool) -> np.ndarray:
    shape = (len(excerpts), len(excerpts[0].pitch))
    nan = np.full(shape, np.nan)
    place = {} if placed else {"place": nan}
    unknown = {"pitch": np.full(shape, -1), "duration": nan, "velocity": nan, **place}
    return nf.features(to_notes(excerpts, query=np.ones(shape, bool), **unknown))


class Table:
    """Sums by row and column, printed as Markdown."""

    def __init__(self) -> None:
        self.sums: dict = defaultdict(lambda: defaultdict(float))

    def add(self, row: str, count: int, **sums: float) -> None:
        for where in (row, "drums" if row.startswith("drums") else "all melodies"):
            self.sums[where]["n"] += count
            for name, value in sums.items():
                self.sums[where][name] += float(value)

    def mean(self, row: str, name: str) -> float:
        return self.sums[row][name] / self.sums[row]["n"]

    def show(self, title: str, columns: dict[str, str], better: tuple[str, str, str], least: int = 100) -> None:
        """``better``: (heading, ours, theirs): by how much of theirs ours is smaller."""
        print(f"\n{title}\n\n| | notes | " + " | ".join(columns.values()) + f" | {better[0]} |")
        print("|---|" + "---|" * (len(columns) + 2))
        for row in sorted(self.sums, key=lambda r: (r in ("all melodies", "drums"), r)):
            if self.sums[row]["n"] >= least:
                gain = 1 - self.mean(row, better[1]) / max(1e-9, self.mean(row, better[2]))
                cells = " | ".join(f"{self.mean(row, c):.3f}" for c in columns)
                print(f"| {row} | {self.sums[row]['n']:.0f} | {cells} | {gain:+.0%} |")


def note_lines(lines: list[Line]) -> list[list[int]]:
    return [list(map(int, line.pitch)) for line in lines]


def bar_before(line: Line, i: int) -> int:
    """The note that followed, one bar ago, on what sounds now; -1 if nothing began there."""
    j = baselines.a_bar_ago(line.onset[:i], line.onset[i - 1], line.bar)
    return int(line.pitch[j + 1]) if 0 <= j < i - 1 else -1


def fit_repeat(lines: list[Line], trigram: baselines.NoteTrigram) -> float:
    hits, chances = [], []
    for line in lines[::10]:
        for i in range(SETTLED, len(line)):
            if (guess := bar_before(line, i)) >= 0:
                hits.append(guess == line.pitch[i])
                chances.append(trigram.chance(tuple(line.pitch[i - 2 : i]), line.pitch[i], orders=2))
    return baselines.repeat_share(np.array(hits), np.array(chances))


def notes(reader: TorchReader | OnnxReader, training: list[Line], lines: list[Line], thin: int) -> None:
    """Next notes and hidden notes, as the corpus writes them (nothing is re-timed)."""
    melodic = [line for line in training if line.source != "groove"]
    trigram = baselines.NoteTrigram(note_lines(melodic))
    share = fit_repeat(melodic, trigram)
    following, hidden = Table(), Table()
    for line in lines:
        if line.source == "groove":
            continue
        for start, length in windows(line, WINDOW // 2 * thin):
            excerpt = perform(line, start, length, None, line.bpm)
            asked = np.arange(SETTLED if start == 0 else WINDOW // 2, length)
            if len(asked):
                table = nf.features(to_notes([excerpt]))
                chance, _, _ = reader.foresight(table, queries([excerpt], False), *ids(line), asked)
                for k, i in enumerate(start + asked):
                    past, note = tuple(line.pitch[i - 3 : i]), int(line.pitch[i])
                    two = trigram.chance(past, note, orders=2)
                    guess = bar_before(line, i)
                    bar = two if guess < 0 else share * (guess == note) + (1 - share) * two
                    chances = chance[0, k, note], trigram.chance(past, note), bar
                    model, three, repeated = -np.log(np.maximum(chances, 1e-9))
                    right = chance[0, k].argmax() == note
                    following.add(group(line), 1, model=model, trigram=three, bar=repeated, right=right)
        for start, length in windows(line, WINDOW * thin):
            if length < 16:
                continue
            excerpt = perform(line, start, length, None, line.bpm)
            asked = np.arange(3 + start % 5, length - 2, EVERY)
            pitch = excerpt.pitch.copy()[None]
            pitch[0, asked] = -1
            chance, _, _ = reader.hindsight(nf.features(to_notes([excerpt], pitch=pitch)), *ids(line))
            for i in asked:
                here, note = start + i, int(excerpt.pitch[i])
                left, right = tuple(line.pitch[here - 2 : here]), tuple(line.pitch[here + 1 : here + 3])
                before = baselines.a_bar_ago(line.onset, line.onset[here], line.bar)
                repeated = int(line.pitch[before]) if before >= 0 else left[-1]
                hidden.add(
                    group(line), 1, model=chance[0, i].argmax() == note, bar=repeated == note,
                    two=trigram.best_between(left, right) == note, one=trigram.best_between(left, ()) == note,
                )  # fmt: skip
    for row in hidden.sums.values():
        row["wrong"], row["wrong_two"] = row["n"] - row["model"], row["n"] - row["two"]
    columns = {
        "model": "model", "trigram": "trigram", "bar": f"bar before (trusted {share:.2f}) or bigram",
        "right": "model's first guess right",
    }  # fmt: skip
    following.show("Next note, nothing known of it: surprise in nats", columns, ("below trigram", "model", "trigram"))
    columns = {"model": "model", "one": "trigram, from the left", "two": "trigram, both sides", "bar": "bar before"}
    better = ("fewer errors than both sides", "wrong", "wrong_two")
    hidden.show("Hidden note (1 in 8): share right", columns, better)


def timing(reader: TorchReader | OnnxReader, lines: list[Line], bank: list[Sequence], thin: int) -> None:
    """Held-out scores re-timed by held-out players; error rates."""
    drummers, voices = ([q for q in bank if q.held_out and q.source == source] for source in ("groove", "sung"))
    kinds = {
        "Groove, held-out drummers": drummers,
        "El Bongosero, held-out loops": [q for q in bank if q.held_out and q.source == "elbongosero"],
        "made-up singer": [],
    }
    if voices:
        kinds["voices as the pitch model hears them, sung with held-out drummers' timing"] = voices
    columns = {
        "model": "model, hindsight", "live": "model, at note-on", "nearest": "nearest 16th",
        "lag": "nearest 16th, mean lag off", "both": "nearest 16th or triplet",
    }  # fmt: skip
    for kind, players in kinds.items():
        rng = np.random.default_rng(7)
        straight, mixed = Table(), Table()
        for line in lines:
            if not line.scored:
                continue
            for start, length in windows(line, WINDOW * thin):
                if length < 16:
                    continue
                bpm = float(rng.uniform(70, 160))
                late = replay(players[rng.integers(len(players))], length, rng) if players else singer(length, rng)
                if players is voices:
                    late = late + replay(drummers[rng.integers(len(drummers))], length, rng)
                excerpt = perform(line, start, length, late, bpm)
                shape = (1, length)
                endless = excerpt.duration.copy()[None]
                endless[0, -1] = np.nan
                silent = {"velocity": np.full(shape, np.nan)}
                table = nf.features(to_notes([excerpt], duration=endless, **silent))
                truth = np.round(excerpt.score * 12)
                grid = np.floor(excerpt.place) * 12 - nf.TIMING_ZERO
                _, hindsight, _ = reader.hindsight(table, *ids(line))
                _, live, _ = reader.foresight(table, queries([excerpt], True), *ids(line), np.arange(length)[SETTLED:])
                lag = baselines.mean_lag(excerpt.place)
                guesses = {
                    "model": hindsight[0].argmax(-1) + grid,
                    "nearest": np.round(baselines.nearest_line(excerpt.place, 4) * 12),
                    "lag": np.round(baselines.nearest_line(excerpt.place - lag, 4) * 12),
                    "both": np.round(baselines.nearest_line(excerpt.place, baselines.BOTH_GRIDS) * 12),
                }
                wrong = {name: (guess != truth)[SETTLED:].sum() for name, guess in guesses.items()}
                wrong["live"] = (live[0].argmax(-1) + grid[SETTLED:] != truth[SETTLED:]).sum()
                (straight if (truth % 3 == 0).all() else mixed).add(group(line), length - SETTLED, **wrong)
        title = f"{kind}; scores in 16ths: share of notes on the wrong line"
        straight.show(title, columns, ("fewer than nearest 16th", "model", "nearest"))
        mixed.show(f"{kind}; scores with triplets", columns, ("fewer than nearest of both", "model", "both"))


def dynamics(reader: TorchReader | OnnxReader, training: list[Line], lines: list[Line], thin: int) -> None:
    """Where velocities are real: POP909 and Groove."""
    velocities = lambda source: np.concatenate([line.velocity for line in training if line.source == source])
    constant = {source: velocities(source).mean() for source in REAL_VELOCITY}
    table = Table()
    for line in lines:
        if not line.real_velocity:
            continue
        for start, length in windows(line, WINDOW * thin):
            if length < 16:
                continue
            excerpt = perform(line, start, length, None, line.bpm)
            asked = np.arange(SETTLED + start % 5, length, EVERY)
            velocity = excerpt.velocity.copy()[None]
            velocity[0, asked] = np.nan
            _, _, loud = reader.hindsight(nf.features(to_notes([excerpt], velocity=velocity)), *ids(line))
            heard = nf.features(to_notes([excerpt]))
            _, _, coming = reader.foresight(heard, queries([excerpt], False), *ids(line), asked)
            truth = excerpt.velocity[asked]
            miss = lambda guess: np.abs(guess - truth).sum()
            table.add(
                group(line), len(asked), model=miss(nf.expected_velocity(loud[0][asked])),
                mean=miss(constant[line.source]), coming=miss(nf.expected_velocity(coming[0])),
                before=miss(excerpt.velocity[asked - 1]),
            )  # fmt: skip
    columns = {
        "model": "model, hindsight", "coming": "model, before it is sung", "mean": "training mean of the source",
        "before": "as the note before",
    }  # fmt: skip
    means = ", ".join(f"{s} {value:.1f}" for s, value in constant.items())
    title = f"Velocity: mean absolute error (training means: {means})"
    table.show(title, columns, ("hindsight below mean", "model", "mean"))
