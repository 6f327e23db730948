"""Exports a trained pitch network: ``python -m vocalise_training.export CHECKPOINT MODELS_DIR``.

Writes MODELS_DIR/pitch.onnx, or refined.onnx for a network of that form, and pack.toml after checking that PyTorch and ONNX Runtime agree, batch and hop by
hop. ``--int8`` stores the matrices of the linear layers and the LSTM as 8-bit integers (dynamic quantisation); the
convolutions stay in floating point, where 8 bits cost accuracy and win nothing.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from . import pack
from .features import BANDS
from .model import HEADS, STATES, PitchNet, RefinedPitchNet, StreamingPitchNet, WholePitchNet, zero_states
from .streaming import CHUNK, StreamingSession, take_outputs

OPSET = 17
TOLERANCE = 2e-5
"""Largest difference allowed between PyTorch and ONNX Runtime probabilities, float weights."""
INT8_TOLERANCE = 0.25
"""Gross-error bound for 8-bit weights; how much they cost is decided by ``evaluate``, not here."""


def to_onnx(net: PitchNet, path: Path) -> None:
    """Float export with a free number of frames per call."""
    whole = isinstance(net, RefinedPitchNet)
    states = {} if whole else STATES
    frames = 32 if whole else 1
    net = (WholePitchNet if whole else StreamingPitchNet)(net).eval()
    inputs = (torch.zeros(1, frames, 2, BANDS), *([] if whole else zero_states()))
    torch.onnx.export(
        net,
        inputs,
        str(path),
        input_names=["features", *states],
        output_names=[*HEADS, *(f"{name}_next" for name in states)],
        dynamic_axes={"features": {1: "N"}, **{name: {1: "N"} for name in HEADS}},
        opset_version=OPSET,
        dynamo=False,
    )
    graph = onnx.load(path)
    fixed = {f"{name}_next": dims for name, dims in states.items()} | {name: (1, None, size) for name, size in HEADS.items()}
    for value in graph.graph.output:
        for dim, size in zip(value.type.tensor_type.shape.dim, fixed[value.name]):
            if size is not None:
                dim.dim_value = size  # tracing leaves it symbolic although it is always the same
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def to_int8(source: Path, target: Path) -> None:
    """Dynamic 8-bit weights. ``reduce_range`` keeps 7 bits, so that CPUs without VNNI cannot saturate."""
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["LSTM", "MatMul", "Gemm"],
        weight_type=QuantType.QInt8,
        reduce_range=True,
        per_channel=False,
    )


def parity(net: PitchNet, path: Path) -> float:
    """Largest difference between PyTorch over a whole excerpt and ONNX Runtime, hop by hop if the network streams."""
    whole = isinstance(net, RefinedPitchNet)
    generator = torch.Generator().manual_seed(0)
    excerpt = torch.randn(1, CHUNK if whole else 200, 2, BANDS, generator=generator)
    with torch.no_grad():
        outputs = WholePitchNet(net.eval())(excerpt) if whole else StreamingPitchNet(net.eval())(excerpt, *zero_states())
    run = take_outputs(path, excerpt[0].numpy()) if whole else StreamingSession(path).run(excerpt[0].numpy())
    return max(float(np.abs(run[name] - out[0].numpy()).max()) for name, out in zip(HEADS, outputs))


def load(checkpoint: str) -> tuple[PitchNet, str]:
    """(network, training commit) from a checkpoint; "untrained" gives random weights from seed 0."""
    torch.manual_seed(0)
    if checkpoint == "untrained":
        return PitchNet().eval(), "untrained"
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = RefinedPitchNet() if "lstm.weight_ih_l0_reverse" in saved["average"] else PitchNet()
    net.load_state_dict(saved["average"])
    return net.eval(), saved["commit"]


def checked(target: Path, convert, parity, tolerances: tuple[float, float], quantise=None) -> None:
    """Writes a model that agrees with PyTorch: ``convert(path)`` makes it, ``parity(path)`` measures it, and
    ``quantise(source, target)`` makes 8-bit weights. ``tolerances`` of float weights and of 8-bit ones."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "float.onnx"
        convert(plain)
        difference = parity(plain)
        if difference > tolerances[0]:
            raise SystemExit(f"export: ONNX Runtime differs from PyTorch by {difference:.2e}")
        print(f"float: largest difference from PyTorch {difference:.1e}")
        if quantise:
            quantise(plain, target)
            difference = parity(target)
            if difference > tolerances[1]:
                raise SystemExit(f"export: 8-bit weights differ by {difference:.2f}")
            print(f"int8: largest difference from PyTorch {difference:.3f}")
        else:
            target.write_bytes(plain.read_bytes())
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help='a checkpoint of train, or "untrained" for random weights')
    parser.add_argument("models", type=Path, help="folder that gets the .onnx file and pack.toml")
    parser.add_argument("--int8", action="store_true", help="8-bit weights for LSTM and linear layers")
    parser.add_argument("--name", help="file name (pack.toml is written for this name) [pitch.onnx or refined.onnx]")
    args = parser.parse_args()
    net, commit = load(args.checkpoint)
    args.models.mkdir(parents=True, exist_ok=True)
    role = "refined" if isinstance(net, RefinedPitchNet) else "pitch"
    target = args.models / (args.name or f"{role}.onnx")
    checked(target, partial(to_onnx, net), partial(parity, net), (TOLERANCE, INT8_TOLERANCE), to_int8 if args.int8 else None)
    print(pack.write(args.models, role, target, commit))


if __name__ == "__main__":
    main()
