"""Checks a model folder as a user would receive it: ``python -m vocalise_training.verify MODELS_DIR``.

Hash and tensor shapes against pack.toml, then the golden pairs: features within 1e-4, outputs within 1e-3 (another CPU
may round 8-bit products differently).
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import onnxruntime

from . import pack
from .features import features
from .golden import REFINED_HEADS
from .model import HEADS
from .streaming import StreamingSession, take_outputs

FEATURE_TOLERANCE = 1e-4
OUTPUT_TOLERANCE = 1e-3


def problems(models: Path) -> list[str]:
    """One sentence per thing that is wrong."""
    load = lambda name: np.load(models / "golden" / f"{name}.npy")
    table = load("features")
    found = []
    difference = np.abs(features(load("audio")) - table).max()
    if difference > FEATURE_TOLERANCE:
        found.append(f"golden features differ by {difference:.1e}")
    for role, manifest in tomllib.loads((models / "pack.toml").read_text()).items():
        if role not in pack.ROLES:
            continue
        path = models / manifest["file"]
        if pack.sha256(path) != manifest["sha256"]:
            found.append(f"{path.name}: the SHA-256 is not the one in pack.toml")
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        for kind, values in (("inputs", session.get_inputs()), ("outputs", session.get_outputs())):
            shapes = {v.name: [d if isinstance(d, int) else -1 for d in v.shape] for v in values}
            if shapes != manifest[kind]:
                found.append(f"{path.name}: {kind} are not those in pack.toml")
        answers = StreamingSession(path).run(table) if role == "pitch" else take_outputs(path, table)
        for name, values in answers.items():
            golden = name if role == "pitch" else f"{role}_{name}"
            if role == "pitch" or name in REFINED_HEADS:
                difference = np.abs(values - load(golden)).max()
                if difference > OUTPUT_TOLERANCE:
                    found.append(f"golden {golden} differs by {difference:.1e}")
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
