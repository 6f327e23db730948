"""Writes the golden pairs of the timbre model: ``python -m vocalise_timbre.golden MODELS_DIR``.

MODELS_DIR/golden gets timbre_mel.npy [21, 100, 128]: one made-up second for each instrument (see ``additive``; of the drums a noise)
and the demonstration phrase's first second of voice; what ONNX Runtime answers to each; and timbre_embeddings.npy [20, 64], the
places of the instruments. ``--check`` compares instead, and the file's hash and shapes with pack.toml.
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from vocalise_training import pack
from vocalise_training.features import SAMPLE_RATE

from .additive import TONES, sound
from .export import OUTPUTS
from .model import FRAMES
from .phrases import Struck
from .programs import DRUMS, TABLE
from .render import sounding

TOLERANCE = 1e-4
KEPT = ("latent", "scores")
"""The reconstruction is for training; nobody reads it."""


def seconds(golden: Path) -> np.ndarray:
    """[21, FRAMES, BANDS] float32: what is put in."""
    rows = []
    for instrument, played in enumerate(TABLE):
        rng = np.random.default_rng(instrument)
        note = Struck(0.0, 1.8, int(np.clip(57, played.lowest, played.highest)), 90)
        audio = rng.normal(0, 1, 2 * SAMPLE_RATE) if instrument == DRUMS else sound(rng, TONES[played.own](rng, 0.7), note)
        frames = sounding(0.2 * audio / np.abs(audio).max())
        rows.append(np.resize(frames, (FRAMES, frames.shape[1])))  # what dies away sooner, again
    voiced = np.load(golden / "voicing.npy")[:, 0] > 0.5
    rows.append(np.load(golden / "features.npy")[voiced, 0][:FRAMES])
    return np.array(rows, np.float32)


def answers(models: Path, mel: np.ndarray) -> dict[str, np.ndarray]:
    """By the name of the file."""
    session = onnxruntime.InferenceSession(models / "timbre.onnx")
    rows = [session.run(OUTPUTS, {"mel": row[None]}) for row in mel]
    found = {f"timbre_{name}": np.concatenate(out) for name, out in zip(OUTPUTS, zip(*rows)) if name in KEPT}
    tensors = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(models / "timbre.onnx").graph.initializer}
    return found | {"timbre_embeddings": tensors["embeddings"]}


def problems(models: Path) -> list[str]:
    """One sentence per thing that is wrong."""
    path, found = models / "timbre.onnx", []
    table, graph = tomllib.loads((models / "pack.toml").read_text())["timbre"], onnx.load(path).graph
    if pack.sha256(path) != table["sha256"]:
        found.append("the SHA-256 is not the one in pack.toml")
    if (pack.shapes(graph.input), pack.shapes(graph.output)) != (table["inputs"], table["outputs"]):
        found.append("tensors are not those in pack.toml")
    for name, values in answers(models, np.load(models / "golden/timbre_mel.npy")).items():
        if (difference := np.abs(values - np.load(models / "golden" / f"{name}.npy")).max()) > TOLERANCE:
            found.append(f"golden {name} differs by {difference:.1e}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    golden = args.models / "golden"
    if args.check:
        if found := problems(args.models):
            raise SystemExit("golden: timbre: " + "; ".join(found))
        print(f"{args.models}: hash, shapes and golden pairs of timbre are right")
        return
    mel = seconds(golden)
    for name, values in (answers(args.models, mel) | {"timbre_mel": mel}).items():
        np.save(golden / f"{name}.npy", values)
    print(f"{golden}: timbre pairs of {len(mel)} seconds")


if __name__ == "__main__":
    main()
