"""Training that goes on from an exported model: its weights as a PitchNet's."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .dataset import Shards
from .model import HEADS, LSTM_LAYERS, PitchNet, zero_states

CALIBRATION_BATCHES = 12
"""Batches over which the folded normalisations are measured again."""


class _Graph:
    """Initialisers of an exported graph, dequantised where they are 8-bit."""

    def __init__(self, path: Path):
        graph = onnx.load(path).graph
        self.values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.nodes = list(graph.node)
        for node in self.nodes:  # the exporter stores equal tensors once and gives the others their names like this
            if node.op_type == "Identity" and node.input[0] in self.values:
                self.values[node.output[0]] = self.values[node.input[0]]

    def weight(self, name: str) -> torch.Tensor:
        """Float values of the initialiser ``name``, or of ``name`` without _quantized times its scale."""
        value = self.values[name]
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            value = (value.astype(np.float32) - self.values[f"{stem}_zero_point"].astype(np.float32)) * self.values[f"{stem}_scale"]
        return torch.from_numpy(np.array(value, np.float32))

    def inputs(self, kinds: tuple[str, ...], part: str = "") -> list[list[str]]:
        """Initialisers that feed each node of these kinds, in graph order, of nodes with ``part`` in their name."""
        found = (n for n in self.nodes if n.op_type in kinds and part in n.name)
        return [[name for name in node.input if name in self.values] for node in found]


def load(path: Path) -> PitchNet:
    """The exported network in evaluation mode. Its convolutions carry their normalisation; see ``calibrate``."""
    graph, net = _Graph(path), PitchNet().eval()
    with torch.no_grad():
        for name in ("weight", "bias", "running_mean", "running_var"):
            getattr(net.input_norm, name).copy_(graph.weight(f"net.input_norm.{name}"))
        for conv, norm, (weight, bias) in zip(net.convs, net.norms, graph.inputs(("Conv",)), strict=True):
            conv.weight.copy_(graph.weight(weight))
            norm.bias.copy_(graph.weight(bias))
            norm.running_var.fill_(1 - norm.eps)
        linear = {"bottleneck": net.bottleneck} | {name: net.heads[name] for name in HEADS}
        for name, layer in linear.items():
            [[weight, *_]] = graph.inputs(("MatMulInteger", "MatMul"), f"/{name}/")
            layer.weight.copy_(graph.weight(weight).T)
            layer.bias.copy_(graph.weight(f"net.{name}.bias" if name == "bottleneck" else f"net.heads.{name}.bias"))
        for layer, (w, r, b, *_) in enumerate(graph.inputs(("DynamicQuantizeLSTM", "LSTM"))):
            turn = w.endswith("_quantized")  # the quantised operator wants its matrices transposed
            for name, weight in (("weight_ih", w), ("weight_hh", r)):
                value = graph.weight(weight)[0]
                getattr(net.lstm, f"{name}_l{layer}").copy_(_gates(value.T if turn else value))
            for name, half in zip(("bias_ih", "bias_hh"), graph.weight(b)[0].chunk(2)):
                getattr(net.lstm, f"{name}_l{layer}").copy_(_gates(half))
        assert layer + 1 == LSTM_LAYERS
    return net


def _gates(rows: torch.Tensor) -> torch.Tensor:
    """Gates in ONNX's order (input, output, forget, cell) -> PyTorch's (input, forget, cell, output)."""
    i, o, f, c = rows.chunk(4)
    return torch.cat([i, f, c, o])


def calibrate(net: PitchNet, shards: Shards, rng: np.random.Generator, batch: int = 16) -> None:
    """Gives every normalisation its true statistics back without changing what the network computes."""
    moments: dict = {norm: [] for norm in net.norms}

    def note(norm, inputs):
        x = inputs[0]
        moments[norm].append(torch.stack([x.mean((0, 2, 3)), (x**2).mean((0, 2, 3))]))

    hooks = [norm.register_forward_pre_hook(note) for norm in net.norms]
    with torch.no_grad():
        for _ in range(CALIBRATION_BATCHES):
            net(shards.random_batch(rng, batch).features, zero_states(batch))
        for norm, seen in moments.items():
            mean, square = torch.stack(seen).mean(0)
            variance = square - mean**2
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.add_(mean)
    for hook in hooks:
        hook.remove()
