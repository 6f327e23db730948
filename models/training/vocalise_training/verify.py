"""Checks a model folder as a user would receive it: ``python -m vocalise_training.verify MODELS_DIR``.

Hash and tensor shapes against pack.toml, then the golden pairs: features within 1e-4, outputs within 1e-3 (another CPU
may round 8-bit products differently).
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np

from . import pack
from .features import features
from .model import HEADS
from .streaming import StreamingSession

FEATURE_TOLERANCE = 1e-4
OUTPUT_TOLERANCE = 1e-3


def problems(models: Path) -> list[str]:
    """One sentence per thing that is wrong."""
    manifest = tomllib.loads((models / "pack.toml").read_text())["pitch"]
    path = models / manifest["file"]
    found = []
    if pack.sha256(path) != manifest["sha256"]:
        found.append(f"{path.name}: the SHA-256 is not the one in pack.toml")
    stream = StreamingSession(path)
    for kind, values in (("inputs", stream.session.get_inputs()), ("outputs", stream.session.get_outputs())):
        shapes = {v.name: [d if isinstance(d, int) else -1 for d in v.shape] for v in values}
        if shapes != manifest[kind]:
            found.append(f"{path.name}: {kind} are not those in pack.toml")
    load = lambda name: np.load(models / "golden" / f"{name}.npy")
    table = load("features")
    difference = np.abs(features(load("audio")) - table).max()
    if difference > FEATURE_TOLERANCE:
        found.append(f"golden features differ by {difference:.1e}")
    for name, values in stream.run(table).items():
        difference = np.abs(values - load(name)).max()
        if difference > OUTPUT_TOLERANCE:
            found.append(f"golden {name} differs by {difference:.1e}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    models = parser.parse_args().models
    if found := problems(models):
        raise SystemExit("verify: " + "; ".join(found))
    print(f"{models}: hash, shapes and golden pairs ({', '.join(HEADS)}) are right")


if __name__ == "__main__":
    main()
