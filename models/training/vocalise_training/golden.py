"""Writes the golden pairs that hold Python and Rust together: ``python -m vocalise_training.golden MODELS_DIR``.

MODELS_DIR/golden gets audio.npy (3 s of the demonstration phrase, float32 at 22 050 Hz), features.npy and, per head
of MODELS_DIR/pitch.onnx, what ONNX Runtime answers hop by hop; of refined.onnx (refined_HEAD.npy), to the take.
"""

import argparse
from pathlib import Path

import numpy as np

from . import phrase
from .features import SAMPLE_RATE, features
from .streaming import StreamingSession, take_outputs

SECONDS = 3
REFINED_HEADS = ("pitch", "onset", "voicing")
"""Heads of the refined network that are kept: the others run through the same code."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    models = parser.parse_args().models
    golden = models / "golden"
    golden.mkdir(parents=True, exist_ok=True)
    audio = phrase.sing()[0][: SECONDS * SAMPLE_RATE]
    table = features(audio)
    np.save(golden / "audio.npy", audio)
    np.save(golden / "features.npy", table)
    for name, values in StreamingSession(models / "pitch.onnx").run(table).items():
        np.save(golden / f"{name}.npy", values)
    if (refined := models / "refined.onnx").exists():
        for name, values in take_outputs(refined, table).items():
            if name in REFINED_HEADS:
                np.save(golden / f"refined_{name}.npy", values)
    print(f"{golden}: {len(table)} frames")


if __name__ == "__main__":
    main()
