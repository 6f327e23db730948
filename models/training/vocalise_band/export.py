"""Exports the generators: ``python -m vocalise_band.export TRACK CHECKPOINT MODELS_DIR --int8``.

Writes MODELS_DIR/TRACK.onnx and its table in pack.toml, after checking that PyTorch and ONNX Runtime agree. Batch norm is
folded into the layers and dropout is gone; velocities are levelled to the wanted intensity (``gan.levelled``); ``--int8``
stores the matrices of all layers but the first as 8-bit integers, one scale a column. Inputs are clamped to where they
can lie, so that every finite input has a finite answer.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from vocalise_symbolic import readers
from vocalise_symbolic.export import OPSET, declare, to_int8
from vocalise_symbolic.genres import GENRES
from vocalise_training import pack
from vocalise_training.export import checked

from . import golden
from .condition import SIZE, condition
from .gan import NOISE, SLOPE, Generator, levelled
from .rolls import ONSET, PITCHES, STEPS, TRACKS

FARTHEST = 6.0
"""Noise is clamped to this; normal noise never gets there."""
IN_FLOAT = ("/layers.0/",)
"""The first layer: 8 bits over the span of the noise are too few for a wanted density."""
EDGE = 0.1
TOLERANCE, INT8_TOLERANCE = 2e-5, 0.5
"""Gross-error bound for 8-bit weights; what they cost is decided by ``evaluate``."""


def folded(linear: nn.Linear, norm: nn.BatchNorm1d) -> nn.Linear:
    """One layer for a linear layer and the batch norm behind it."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    one = nn.Linear(linear.in_features, linear.out_features)
    one.weight.data = linear.weight.data * scale[:, None].data
    one.bias.data = ((linear.bias - norm.running_mean) * scale + norm.bias).data
    return one


class ShippedGenerator(nn.Module):
    """noise [1, 100], genre [1, 10], condition [1, 64] to roll [1, 16, 128], velocities levelled."""

    def __init__(self, net: Generator, track: str) -> None:
        super().__init__()
        self.track = track
        linear = [layer for layer in net.layers if isinstance(layer, nn.Linear)]
        norms = [layer for layer in net.layers if isinstance(layer, nn.BatchNorm1d)]
        self.layers = nn.ModuleList(folded(*pair) for pair in zip(linear, norms))
        self.roll = net.roll

    def forward(self, noise: torch.Tensor, genre: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        condition = condition.clamp(0, 1)
        x = torch.cat([noise.clamp(-FARTHEST, FARTHEST), genre.clamp(0, 1), condition], 1)
        for layer in self.layers:
            x = nn.functional.leaky_relu(layer(x), SLOPE)
        return levelled(torch.sigmoid(self.roll(x)).reshape(1, STEPS, PITCHES), condition, self.track)


def load(checkpoint: Path) -> tuple[Generator, str]:
    """(generator with averaged weights, training commit)."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = Generator()
    net.load_state_dict(saved["average"])
    return net.eval(), saved["commit"]


def to_onnx(net: Generator, track: str, path: Path) -> None:
    inputs = tuple(torch.zeros(1, size) for size in (NOISE, len(GENRES), SIZE))
    torch.onnx.export(
        ShippedGenerator(net, track).eval(), inputs, str(path), input_names=["noise", "genre", "condition"],
        output_names=["roll"], opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    declare(path, {"roll": (1, STEPS, PITCHES)})


def questions(count: int) -> list[dict[str, np.ndarray]]:
    """The bars of the golden table with random noise in every genre, and a few inputs that nobody should send."""
    rng, found = np.random.default_rng(0), []
    for number in range(count):
        about = condition(golden.described(golden.DESCRIPTIONS[number % len(golden.DESCRIPTIONS)]))[None]
        genre = np.eye(len(GENRES), dtype=np.float32)[None, number % len(GENRES)]
        found.append({"noise": rng.normal(size=(1, NOISE)).astype(np.float32), "genre": genre, "condition": about})
    for value in (0.0, -1e30, 3e38):
        found.append({name: np.full_like(array, value) for name, array in found[0].items()})
    return found


def parity(net: Generator, track: str, path: Path) -> float:
    """Largest difference of a cell between PyTorch (batch norm unfolded) and ONNX Runtime.

    Cells so near the threshold that rounding could decide about an onset are left out.
    """
    session, worst = readers.session(path), 0.0
    for asked in questions(32):
        (found,) = session.run(None, asked)
        if not (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1):
            raise SystemExit(f"export: {path.name} answers outside 0..1")
        with torch.no_grad():
            noise, genre, about = (torch.from_numpy(asked[name]) for name in ("noise", "genre", "condition"))
            roll = net(noise.clamp(-FARTHEST, FARTHEST), genre.clamp(0, 1), about.clamp(0, 1))
            expected = levelled(roll, about.clamp(0, 1), track).numpy()
        sure = np.abs(roll.numpy() - ONSET[track]) > EDGE
        worst = max(worst, float(np.abs(found - expected)[sure].max()))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("track", choices=TRACKS)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path, help="folder that gets the .onnx file and pack.toml")
    parser.add_argument("--int8", action="store_true")
    args = parser.parse_args()
    net, commit = load(args.checkpoint)
    args.models.mkdir(parents=True, exist_ok=True)
    target = args.models / f"{args.track}.onnx"
    quantise = partial(to_int8, in_float=IN_FLOAT) if args.int8 else None
    checked(target, partial(to_onnx, net, args.track), partial(parity, net, args.track), (TOLERANCE, INT8_TOLERANCE), quantise)
    print(pack.write(args.models, args.track, target, commit))


if __name__ == "__main__":
    main()
