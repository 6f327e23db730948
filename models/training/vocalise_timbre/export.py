"""Exports a trained timbre model: ``python -m vocalise_timbre.export RUN/model.pt MODELS_DIR``.

Writes MODELS_DIR/timbre.onnx after checking that PyTorch and ONNX Runtime agree, and its table in pack.toml. The graph
takes the front end's numbers as they are: loudness and noise floor are taken off inside it, and the places of the
instruments are in it as ``embeddings``.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from vocalise_training import pack
from vocalise_training.export import OPSET, checked
from vocalise_training.features import BANDS, LOG_FLOOR

from .model import FRAMES, TimbreNet

OUTPUTS = ("latent", "scores", "reconstruction")
TOLERANCE = 1e-4
"""Largest difference allowed between PyTorch and ONNX Runtime."""


def to_onnx(net: TimbreNet, path: Path) -> None:
    torch.onnx.export(
        net,
        (torch.zeros(1, FRAMES, BANDS),),
        str(path),
        input_names=["mel"],
        output_names=list(OUTPUTS),
        opset_version=OPSET,
        do_constant_folding=False,  # so that the places of the instruments keep their name
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(path))


def parity(net: TimbreNet, path: Path) -> float:
    """Largest difference between PyTorch and ONNX Runtime on spectra of all levels, silence among them."""
    rng = np.random.default_rng(0)
    mel = np.log(np.exp(rng.uniform(-12, 0, (50, 1, 1)) + rng.normal(0, 2, (50, FRAMES, BANDS))) + LOG_FLOOR).astype(np.float32)
    mel[0] = np.log(LOG_FLOOR)
    session = onnxruntime.InferenceSession(path)
    with torch.no_grad():
        ours = [out.numpy() for out in net(torch.from_numpy(mel))]
    theirs = [np.concatenate(out) for out in zip(*(session.run(OUTPUTS, {"mel": row[None]}) for row in mel))]
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs))


def load(checkpoint: Path) -> tuple[TimbreNet, str]:
    """(network, training commit)."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = TimbreNet().eval()
    net.load_state_dict(saved["net"])
    return net, saved["commit"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path, help="folder that gets timbre.onnx and its table in pack.toml")
    parser.add_argument("--table", type=Path, help="writes the table to this file instead of pack.toml")
    args = parser.parse_args()
    net, commit = load(args.checkpoint)
    target = args.models / "timbre.onnx"
    checked(target, partial(to_onnx, net), partial(parity, net), (TOLERANCE, TOLERANCE))
    if args.table:
        args.table.write_text(pack.section("timbre", pack.describe("timbre", target, commit)))
    else:
        print(pack.write(args.models, "timbre", target, commit))


if __name__ == "__main__":
    main()
