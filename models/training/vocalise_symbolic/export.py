"""Exports a symbolic model: ``python -m vocalise_symbolic.export context|continuation CHECKPOINT MODELS_DIR --int8``.

Writes MODELS_DIR/context.onnx or continuation.onnx and its table in pack.toml, after checking that PyTorch and ONNX
Runtime agree. ``--int8`` stores the matrices of the layers as 8-bit integers, one scale a column; the first layer and
the heads of the context model stay in floating point.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from vocalise_training import pack
from vocalise_training.export import checked

from . import note_features as nf
from . import readers, step_features
from .context_model import ContextNet, ShippedContext
from .continuation_model import HEADS, STATES, ContinuationNet, ShippedContinuation

OPSET = 17
TOLERANCE = 2e-5
INT8_TOLERANCE = 0.25
"""Gross-error bound for 8-bit weights on random input; what they cost is decided by ``evaluate``."""
CONTEXT_HEADS = {"note": 128, "timing": nf.TIMING_CLASSES, "dynamics": nf.DYNAMICS_BINS}
IN_FLOAT = ("/net/join/", "/net/note/", "/net/from_", "/net/timing/", "/net/dynamics/")


def random_notes(length: int, query: bool) -> np.ndarray:
    """[1, T, 256]: like notes in what is one-hot, without being anybody's."""
    rng = np.random.default_rng(length)
    table = np.zeros((1, length, nf.SIZE), np.float32)
    for first, bins in ((0, 128), (nf.PLACE, 48), (nf.QUARTER, 4), (nf.GAP, 24), (nf.DURATION, 24), (nf.VELOCITY, 16)):
        table[0, np.arange(length), first + rng.integers(bins, size=length)] = 1
    table[..., nf.BAR_KNOWN], table[..., nf.BAR_LENGTH], table[..., nf.TEMPO] = 1, 0.5, 0.5
    if query:
        table[0, -1, : nf.FLAGS] = 0
        table[0, -1, nf.PITCH_UNKNOWN : nf.QUERY + 1] = 1
    return table


def context_to_onnx(net: ContextNet, path: Path) -> None:
    torch.backends.mha.set_fastpath_enabled(False)
    inputs = (torch.from_numpy(random_notes(9, True)), torch.tensor([1]), torch.tensor([0]))
    names = ["notes", "genre", "instrument"]
    axes = {name: {1: "T"} for name in ("notes", *CONTEXT_HEADS)}
    torch.onnx.export(
        ShippedContext(net).eval(), inputs, str(path), input_names=names, output_names=list(CONTEXT_HEADS),
        dynamic_axes=axes, opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    declare(path, {name: (1, None, size) for name, size in CONTEXT_HEADS.items()})


def continuation_to_onnx(net: ContinuationNet, path: Path) -> None:
    inputs = (torch.zeros(1, 1, step_features.SIZE), *(torch.zeros(shape) for shape in STATES.values()))
    outputs = [*HEADS, *(f"{name}_next" for name in STATES)]
    torch.onnx.export(
        ShippedContinuation(net).eval(), inputs, str(path), input_names=["step", *STATES], output_names=outputs,
        opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    heads, states = {name: (1, 1, size) for name, size in HEADS.items()}, {f"{n}_next": s for n, s in STATES.items()}
    declare(path, heads | states)


def declare(path: Path, outputs: dict[str, tuple]) -> None:
    """Writes down the sizes that tracing leaves symbolic although they are always the same."""
    model = onnx.load(path)
    for value in model.graph.output:
        for dim, size in zip(value.type.tensor_type.shape.dim, outputs[value.name]):
            if size is not None:
                dim.dim_value = size
    onnx.checker.check_model(model)
    onnx.save(model, path)


def to_int8(source: Path, target: Path, in_float: tuple[str, ...] = IN_FLOAT) -> None:
    """Dynamic 8-bit weights, but for nodes whose names begin as ``in_float`` says.

    7 bits are used, so that CPUs without VNNI cannot saturate.
    """
    nodes = [n.name for n in onnx.load(source).graph.node if n.name.startswith(in_float)]
    quantize_dynamic(
        source, target, op_types_to_quantize=["LSTM", "MatMul", "Gemm"], weight_type=QuantType.QInt8,
        reduce_range=True, per_channel=True, nodes_to_exclude=nodes,
    )  # fmt: skip


def context_parity(net: ContextNet, path: Path) -> float:
    """Largest difference of a probability between PyTorch and ONNX Runtime, with and without a query."""
    session, worst = readers.session(path), 0.0
    for length, query in ((1, True), (7, False), (65, True), (64, False)):
        notes = random_notes(length, query)
        with torch.no_grad():
            expected = ShippedContext(net)(torch.from_numpy(notes), torch.tensor([7]), torch.tensor([13]))
        ids = {"genre": np.array([7], np.int64), "instrument": np.array([13], np.int64)}
        found = session.run(None, {"notes": notes} | ids)
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(found, expected)))
    return worst


def continuation_parity(net: ContinuationNet, path: Path) -> float:
    """The same over twelve steps with the state carried on."""
    session, rng, worst = readers.session(path), np.random.default_rng(0), 0.0
    ours = [torch.zeros(shape) for shape in STATES.values()]
    theirs = {name: np.zeros(shape, np.float32) for name, shape in STATES.items()}
    for _ in range(12):
        step = (rng.random((1, 1, step_features.SIZE)) < 0.04).astype(np.float32)
        with torch.no_grad():
            *expected, h, c = ShippedContinuation(net)(torch.from_numpy(step), *ours)
        *found, theirs["lstm_h"], theirs["lstm_c"] = session.run(None, {"step": step} | theirs)
        ours = [h, c]
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(found, expected)))
    return worst


MODELS = {
    "context": (readers.load_context, context_to_onnx, context_parity),
    "continuation": (readers.load_continuation, continuation_to_onnx, continuation_parity),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("models", type=Path, help="folder that gets the .onnx file and pack.toml")
    parser.add_argument("--int8", action="store_true")
    args = parser.parse_args()
    load, to_onnx, parity = MODELS[args.model]
    net, commit = load(args.checkpoint)
    args.models.mkdir(parents=True, exist_ok=True)
    target = args.models / f"{args.model}.onnx"
    quantise = to_int8 if args.int8 else None
    checked(target, partial(to_onnx, net), partial(parity, net), (TOLERANCE, INT8_TOLERANCE), quantise)
    print(pack.write(args.models, args.model, target, commit))


if __name__ == "__main__":
    main()
