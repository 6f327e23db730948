"""Writes the golden pairs of the symbolic models: ``python -m vocalise_symbolic.golden MODELS_DIR``.

A made-up tune, sung a little off the grid. Its events (what the plugin knows), its features (what it has to make of
them) and what ONNX Runtime answers go to MODELS_DIR/golden as context_*.npy and continuation_*.npy, beside the tables
of ``feature_tables``. ``--check`` compares instead: features within 1e-5, outputs within 1e-3 (another CPU may round
8-bit products differently), hashes and shapes against pack.toml.
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import onnx

from vocalise_training import pack

from . import feature_tables, genres, note_features, readers, step_features
from .continuation_model import STATES

NOTE_COLUMNS = ("pitch", "place", "gap", "duration", "velocity", "query", "bar_known", "bar", "bpm")
"""Columns of context_events.npy; NaN (pitch: -1) where unknown."""
STEP_COLUMNS = ("pitch", "length", "place", "velocity", "phrase")
"""Columns of continuation_events.npy; pitch 0 is a rest. The bar has four quarters."""
GENRE, INSTRUMENT = genres.GENRES.index("Jazz"), genres.INSTRUMENTS.index("Saxophone")
FEATURE_TOLERANCE, OUTPUT_TOLERANCE = 1e-5, 1e-3


def tune() -> np.ndarray:
    """[26, 9]: two phrases as events in the columns of NOTE_COLUMNS, the last a query without a place."""
    rng = np.random.default_rng(4)
    first = [0, 1, 1.5, 2, 3, 4, 4.75, 5, 5.5, 6, 8]
    score = np.array([*first, 9, 9 + 1 / 3, 9 + 2 / 3, 10, 11, 12, 13, 13.5, 14, 14.25, 14.5, 15, 16, 19])
    pitch = [60, 62, 64, 67, 64, 65, 64, 62, 60, 62, 60, 67, 65, 64, 62, 64, 60, 69, 67, 65, 64, 62, 60, 72, 55]
    place = score + rng.normal(0.03, 0.04, len(score))
    table = np.full((len(score) + 1, len(NOTE_COLUMNS)), np.nan)
    table[:-1, 0], table[:-1, 1] = pitch, place
    table[1:-1, 2] = np.diff(place)
    table[:-1, 3] = np.minimum(np.diff(score, append=20) * 0.9, 17)
    table[:-1, 4] = rng.integers(40, 120, len(score))
    table[3, 0], table[7, 4], table[24, 3] = -1, np.nan, np.nan
    table[-1, 0] = -1
    table[:, 5] = np.arange(len(table)) == len(score)
    table[:, 6:] = 1, 4, 96
    return table


def note_features_of(events: np.ndarray) -> np.ndarray:
    pitch, *times, query, bar_known, bar, bpm = events.T
    return note_features.features(
        note_features.Notes(pitch.astype(int), *times, query.astype(bool), bar_known[0], bar[0], bpm[0])
    )


def melody() -> np.ndarray:
    """[12, 5]: eight steps to put in and four to go on with, in the columns of STEP_COLUMNS."""
    pitch = np.array([60, 62, 0, 64, 67, 110, 0, 60, 62, 64, 65, 18])
    length = np.array([4, 2, 2, 3, 1, 6, 14, 20, 4, 4, 1, 3])
    place = (np.cumsum(length) - length) % 16
    velocity = np.array([90, 64, 0, 127, np.nan, 33, 0, 84, 85, 100, 20, 60])
    return np.stack([pitch, length, place, velocity, np.isin(np.arange(12), (0, 7))], 1).astype(float)


def step_features_of(events: np.ndarray) -> np.ndarray:
    pitch, length, place, velocity, phrase = events.T
    found = step_features.Steps(
        step_features.within_range(pitch), length.astype(int), place.astype(int), velocity, phrase.astype(bool), 4.0
    )
    return step_features.features(found, GENRE)


def answers(models: Path) -> dict[str, np.ndarray]:
    """Everything that is kept, by name. The context model is asked twice: about the coming note, and with hindsight."""
    events, steps = tune(), melody()
    notes, table = note_features_of(events), step_features_of(steps)
    kept = {"context_events": events, "context_notes": notes, "continuation_events": steps, "continuation_steps": table}
    session = readers.session(models / "context.onnx")
    ids = {"genre": np.array([GENRE], np.int64), "instrument": np.array([INSTRUMENT], np.int64)}
    for name, given in (("query", notes), ("hindsight", notes[:-1])):
        for head, values in zip(("note", "timing", "dynamics"), session.run(None, {"notes": given[None]} | ids)):
            kept[f"context_{name}_{head}"] = values[0]
    session = readers.session(models / "continuation.onnx")
    state, rows = {name: np.zeros(shape, np.float32) for name, shape in STATES.items()}, []
    for step in table:
        *heads, h, c = session.run(None, {"step": step[None, None]} | state)
        state = {"lstm_h": h, "lstm_c": c}
        rows.append([head[0, 0] for head in heads])
    kept |= {f"continuation_{head}": np.array(v) for head, v in zip(("note", "velocity", "timing"), zip(*rows))}
    return kept | {"continuation_lstm_h": state["lstm_h"], "continuation_lstm_c": state["lstm_c"]}


def problems(models: Path) -> list[str]:
    """One sentence per thing that is wrong."""
    found, manifest = [], tomllib.loads((models / "pack.toml").read_text())
    for role in ("context", "continuation"):
        path, table = models / f"{role}.onnx", manifest[role]
        graph = onnx.load(path).graph
        if pack.sha256(path) != table["sha256"]:
            found.append(f"{path.name}: the SHA-256 is not the one in pack.toml")
        if (pack.shapes(graph.input), pack.shapes(graph.output)) != (table["inputs"], table["outputs"]):
            found.append(f"{path.name}: tensors are not those in pack.toml")
    for name, values in answers(models).items():
        made = name.endswith(("_events", "_notes", "_steps"))
        difference = np.nanmax(np.abs(values - np.load(models / "golden" / f"{name}.npy")))
        if difference > (FEATURE_TOLERANCE if made else OUTPUT_TOLERANCE):
            found.append(f"golden {name} differs by {difference:.1e}")
    return found + feature_tables.problems(models)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.check:
        if found := problems(args.models):
            raise SystemExit("golden: " + "; ".join(found))
        print(f"{args.models}: hashes, shapes and golden pairs of context and continuation are right")
        return
    feature_tables.write(args.models)
    for name, values in answers(args.models).items():
        np.save(args.models / "golden" / f"{name}.npy", values)
    print(f"{args.models / 'golden'}: {len(answers(args.models))} files")


if __name__ == "__main__":
    main()
