"""Runs exported pitch networks with ONNX Runtime the way the plugin does: hop by hop, or a take in chunks."""

from pathlib import Path

import numpy as np
import onnxruntime

from .features import BANDS
from .model import HEADS, STATES

CHUNK = 1000
"""Frames that one run of a refined network takes."""
OVERLAP = 100
"""Frames at either edge of a chunk whose answers are left to its neighbours."""
SILENT_MEL = np.log(1e-5)
"""Mel values of silence; its periodicity is 0."""


def _session(onnx_path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(onnx_path), options, providers=["CPUExecutionProvider"])


def take_outputs(onnx_path: Path, features: np.ndarray) -> dict[str, np.ndarray]:
    """What a refined network says of a take [N, 2, BANDS], by overlapping chunks -> {head: [N, size]}."""
    session, parts, start = _session(onnx_path), [], 0
    while start < len(features):
        heard = features[start : start + CHUNK]
        chunk = np.zeros((1, CHUNK, 2, BANDS), np.float32)
        chunk[:, :, 0] = SILENT_MEL
        chunk[0, : len(heard)] = heard
        values = session.run(list(HEADS), {"features": chunk})
        last = start + len(heard) == len(features)
        kept = slice(OVERLAP if start else 0, len(heard) if last else CHUNK - OVERLAP)
        parts.append([value[0, kept] for value in values])
        if last:
            break
        start += CHUNK - 2 * OVERLAP
    return {name: np.concatenate([part[i] for part in parts]) for i, name in enumerate(HEADS)}


class StreamingSession:
    """One stream of one network: carries the states between calls."""

    def __init__(self, onnx_path: Path):
        self.session = _session(onnx_path)
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
