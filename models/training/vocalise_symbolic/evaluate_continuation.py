"""The continuation model against its baselines on held-out pieces, used as the plugin uses it; see ``evaluate``."""

from pathlib import Path

import numpy as np
import torch

from . import baselines, genres, readers, step_features
from .continuation_batches import CONTEXT, melodies
from .continuation_model import STATES
from .corpus import Line
from .evaluate_context import Table, group
from .step_features import Steps


class Predictor:
    """Probabilities of note, velocity and length after eight steps from a fresh state."""

    def __init__(self, path: Path) -> None:
        self.net = readers.load_continuation(path)[0] if path.suffix == ".pt" else None
        self.session = None if self.net else readers.session(path)

    @torch.no_grad()
    def __call__(self, contexts: np.ndarray) -> list[np.ndarray]:
        """[B, 8, 128] to [B, 128], [B, 128], [B, 16]."""
        if self.net:
            zeros = torch.zeros(2, 2, len(contexts), self.net.lstm.hidden_size)
            heads = self.net(torch.from_numpy(contexts), zeros[0], zeros[1])[:3]
            return [torch.softmax(head[:, -1], -1).numpy() for head in heads]
        rows = []
        for context in contexts:
            state = {name: np.zeros(shape, np.float32) for name, shape in STATES.items()}
            for step in context:
                *heads, h, c = self.session.run(None, {"step": step[None, None]} | state)
                state = {"lstm_h": h, "lstm_c": c}
            rows.append([head[0, 0] for head in heads])
        return [np.array(column) for column in zip(*rows)]


def context_of(found: Steps, end: int, genre: int) -> np.ndarray:
    """Features of the eight steps before ``end``; the first begins a phrase, as far as anybody knows."""
    part = slice(end - CONTEXT, end)
    phrase = found.phrase[part].copy()
    phrase[0] = True
    cut = Steps(found.pitch[part], found.length[part], found.place[part], found.velocity[part], phrase, found.bar)
    return step_features.features(cut, genre)


def bar_before(found: Steps, end: int, reach: int) -> int:
    """Index of the step that began a bar before step ``end`` begins, among the last ``reach``; -1 if there is none."""
    first = max(0, end - reach)
    back = np.cumsum(found.length[first:end][::-1])[::-1]  # sixteenths from each beginning to the new step
    hits = np.flatnonzero(back == round(found.bar * 4))
    return first + int(hits[0]) if len(hits) else -1


class Baseline:
    """Trigrams of notes and of lengths, and the bar before on top of bigrams of both."""

    def __init__(self, training: list[Steps]) -> None:
        pitches = [list(map(int, found.pitch)) for found in training]
        lengths = [list(map(int, found.length)) for found in training]
        self.note = baselines.NoteTrigram(pitches)
        self.length = baselines.WittenBell(lengths, step_features.LONGEST)
        self.length_two = baselines.WittenBell(lengths, step_features.LONGEST, orders=2)
        rows = []
        for found in training[::10]:
            for end in range(CONTEXT, len(found)):
                if (guess := bar_before(found, end, CONTEXT)) >= 0:
                    same = found.pitch[guess] == found.pitch[end], found.length[guess] == found.length[end]
                    rows.append((*same, *self.two(found, end)))
        hits = np.array(rows)
        self.shares = [baselines.repeat_share(hits[:, k], hits[:, 2 + k]) for k in (0, 1)]

    def three(self, found: Steps, end: int) -> tuple[float, float]:
        note = self.note.chance(tuple(map(int, found.pitch[end - CONTEXT : end])), int(found.pitch[end]))
        return note, self.length.chance(tuple(map(int, found.length[end - 2 : end])), int(found.length[end]))

    def two(self, found: Steps, end: int) -> tuple[float, float]:
        note = self.note.chance(tuple(map(int, found.pitch[end - CONTEXT : end])), int(found.pitch[end]), orders=2)
        return note, self.length_two.chance((int(found.length[end - 1]),), int(found.length[end]))

    def bar(self, found: Steps, end: int, reach: int) -> tuple[float, float]:
        chances = self.two(found, end)
        guess = bar_before(found, end, reach)
        if guess < 0:
            return chances
        same = found.pitch[guess] == found.pitch[end], found.length[guess] == found.length[end]
        return tuple(s * hit + (1 - s) * c for s, hit, c in zip(self.shares, same, chances))


def steps(path: Path, training: list[Line], lines: list[Line], thin: int) -> None:
    predict = Predictor(path)
    baseline = Baseline([found for _, found in melodies(training)])
    surprise = lambda pair: -np.log(np.maximum(pair, 1e-9))
    table, loud = Table(), Table()
    real = [found.velocity[found.pitch != 0] for line, found in melodies(training) if line.real_velocity]
    mean = np.concatenate(real).mean()
    for line, found in melodies(lines):
        ends = np.arange(CONTEXT, len(found))[::thin]
        if not len(ends):
            continue
        genre = genres.measured_genre(line.label)
        note, velocity, length = predict(np.stack([context_of(found, end, genre) for end in ends]))
        for k, end in enumerate(ends):
            pair = note[k, found.pitch[end]], length[k, found.length[end] - 1]
            ours, three = surprise(pair), surprise(baseline.three(found, end))
            short, whole = surprise(baseline.bar(found, end, CONTEXT)), surprise(baseline.bar(found, end, len(found)))
            table.add(
                group(line), 1, model=ours.sum(), model_note=ours[0], model_length=ours[1], trigram=three.sum(),
                trigram_note=three[0], trigram_length=three[1], bar=short.sum(), bar_whole=whole.sum(),
            )  # fmt: skip
            if line.real_velocity and found.pitch[end]:
                guess = velocity[k] @ np.arange(128)
                loud.add(group(line), 1, model=abs(guess - found.velocity[end]), mean=abs(mean - found.velocity[end]))
    columns = {
        "model": "model", "trigram": "trigram", "bar": "bar before or bigram", "bar_whole": "same, all known",
        "model_note": "model: note", "trigram_note": "trigram: note", "model_length": "model: length",
        "trigram_length": "trigram: length",
    }  # fmt: skip
    trusted = " and ".join(f"{share:.2f}" for share in baseline.shares)
    title = f"Next step after {CONTEXT}: surprise in nats, note and length (bar before trusted {trusted})"
    table.show(title, columns, ("below trigram", "model", "trigram"))
    title = f"Velocity: mean absolute error (training mean {mean:.1f})"
    loud.show(title, {"model": "model", "mean": "mean"}, ("below mean", "model", "mean"))
