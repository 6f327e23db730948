"""Runs an exported pitch network hop by hop with ONNX Runtime, the way the plugin does."""

from pathlib import Path

import numpy as np
import onnxruntime

from .model import HEADS, STATES


class StreamingSession:
    """One stream of one network: carries the states between calls."""

    def __init__(self, onnx_path: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(onnx_path), options, providers=["CPUExecutionProvider"])
        self.reset()

    def reset(self):
        """Back to the start of a stream."""
        self.states = {name: np.zeros(dims, np.float32) for name, dims in STATES.items()}

    def step(self, features: np.ndarray) -> dict[str, np.ndarray]:
        """[N, 2, BANDS] new frames -> {head: [N, size]}; N = 1 in the plugin."""
        names = [*HEADS, *(f"{name}_next" for name in STATES)]
        values = dict(zip(names, self.session.run(names, {"features": features[None], **self.states})))
        self.states = {name: values[f"{name}_next"] for name in STATES}
        return {name: values[name][0] for name in HEADS}

    def run(self, features: np.ndarray, hops: int = 1) -> dict[str, np.ndarray]:
        """The whole of [N, 2, BANDS] from a fresh state, ``hops`` frames a call -> {head: [N, size]}."""
        self.reset()
        parts = [self.step(features[start : start + hops]) for start in range(0, len(features), hops)]
        return {name: np.concatenate([part[name] for part in parts]) for name in HEADS}
