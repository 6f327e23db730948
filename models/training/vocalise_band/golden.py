"""Writes the golden data of the band: ``python -m vocalise_band.golden MODELS_DIR``; ``--check`` compares instead.

==================  =============================================================================================
band_condition.tsv  descriptions of bars and the 64 numbers they become, one a line: tonic, minor (0 or 1), steps,
                    bar number, sung notes (step:length:pitch:velocity, joined by ``;``), chord of the first and of
                    the second half (root:quality, relative to the tonic), density, intensity, hindsight (0 or 1);
                    then the numbers as place:value, those that are 0 left out. ``-`` says none.
band_noise.npy      [4, 100], with band_genre.npy [4, 10] and band_condition.npy [4, 64] (the first four lines of
                    the table): what every generator is asked
band_TRACK.npy      [4, 16, 128]: what ONNX Runtime answers
==================  =============================================================================================
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import onnx

from vocalise_symbolic import genres, readers
from vocalise_symbolic.feature_tables import row
from vocalise_training import pack

from .condition import Description, condition
from .harmony import QUALITIES
from .rolls import NO_NOTES, TRACKS

MAJ, MIN, DOM7, MIN7, HDIM7, POWER = (QUALITIES.index(q) for q in ("maj", "min", "dom7", "min7", "hdim7", "power"))
DESCRIPTIONS = (
    # tonic, minor, steps, number, sung (step, length, pitch, velocity), chords, density, intensity, hindsight
    (0, False, 16, 0, ((0, 4, 64, 90), (4, 2, 67, 70), (6, 2, 69, 80), (12, 4, 72, 100)), ((0, MAJ), (5, MAJ)), 0.5, 0.7, True),
    (9, True, 16, 3, ((-2, 4, 69, 64), (3, 3, 72, 127), (8, 8, 76, 1)), ((0, MIN7), (7, DOM7)), 0.25, 0.55, False),
    (6, False, 12, 6, (), ((9, MIN), (9, MIN)), 0.3125, 0.6, False),
    (11, True, 16, -1, ((14, 2, 50, 33),), ((2, HDIM7), None), 0.75, 0.9, True),
    (5, False, 12, 1, ((0, 3, 60, 80), (3, 3, 60, 81), (6, 6, 77, 40)), (None, None), 0.0, 0.0, True),
    (2, True, 4, 9, ((1, 9, 127, 127), (2, 1, 0, 64)), ((11, POWER), (0, MIN)), 1.0, 1.0, False),
)
SEED = 7
ASKED = 4
ASKED_GENRES = ("Pop", "Jazz", "Rock", "Trap")
OUTPUT_TOLERANCE = 0.02
"""Another CPU may round 8-bit products differently."""


def described(line: tuple) -> Description:
    tonic, minor, steps, number, sung, chords, *wanted, hindsight = line
    return Description(tonic, minor, steps, number, np.array(sung or NO_NOTES, int).reshape(-1, 4), chords, *wanted, hindsight)


def table() -> str:
    rows = []
    for line in DESCRIPTIONS:
        tonic, minor, steps, number, sung, chords, *wanted, hindsight = line
        notes = ";".join(":".join(map(str, note)) for note in sung) or None
        named = [chord and f"{chord[0]}:{chord[1]}" for chord in chords]
        rows.append(row((tonic, int(minor), steps, number, notes, *named, *wanted, int(hindsight)), condition(described(line))))
    return "\n".join(rows) + "\n"


def asked() -> dict[str, np.ndarray]:
    noise = np.random.default_rng(SEED).normal(size=(ASKED, 100)).astype(np.float32)
    one_hot = np.eye(len(genres.GENRES), dtype=np.float32)[[genres.GENRES.index(g) for g in ASKED_GENRES]]
    return {"noise": noise, "genre": one_hot, "condition": np.stack([condition(described(line)) for line in DESCRIPTIONS[:ASKED]])}


def answers(models: Path) -> dict[str, np.ndarray]:
    """Everything that is kept, by name."""
    given = asked()
    kept = {f"band_{name}": values for name, values in given.items()}
    for track in TRACKS:
        session = readers.session(models / f"{track}.onnx")
        rolls = [session.run(None, {name: values[[i]] for name, values in given.items()})[0][0] for i in range(ASKED)]
        kept[f"band_{track}"] = np.stack(rolls)
    return kept


def problems(models: Path) -> list[str]:
    """One sentence per thing that is wrong."""
    found, manifest, golden = [], tomllib.loads((models / "pack.toml").read_text()), models / "golden"
    for track in TRACKS:
        path, about = models / f"{track}.onnx", manifest[track]
        graph = onnx.load(path).graph
        if pack.sha256(path) != about["sha256"]:
            found.append(f"{path.name}: the SHA-256 is not the one in pack.toml")
        if (pack.shapes(graph.input), pack.shapes(graph.output)) != (about["inputs"], about["outputs"]):
            found.append(f"{path.name}: tensors are not those in pack.toml")
    if (golden / "band_condition.tsv").read_text() != table():
        found.append("golden band_condition.tsv is another")
    for name, values in answers(models).items():
        difference = np.abs(values - np.load(golden / f"{name}.npy")).max()
        if difference > OUTPUT_TOLERANCE:
            found.append(f"golden {name} differs by {difference:.1e}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    if args.check:
        if found := problems(args.models):
            raise SystemExit("golden: " + "; ".join(found))
        print(f"{args.models}: hashes, shapes and golden data of the band are right")
        return
    golden = args.models / "golden"
    golden.mkdir(parents=True, exist_ok=True)
    (golden / "band_condition.tsv").write_text(table())
    for name, values in answers(args.models).items():
        np.save(golden / f"{name}.npy", values)
    print(f"{golden}: written")


if __name__ == "__main__":
    main()
