"""Asks a trained context model, a checkpoint of ``train`` or the exported file, as the plugin would."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch

from .context_model import ContextNet, look_back
from .continuation_model import ContinuationNet


def load_context(checkpoint: Path) -> tuple[ContextNet, str]:
    """(network with averaged weights, training commit)."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = ContextNet(layers=1 + max(int(name.split(".")[1]) for name in saved["average"] if name.startswith("blocks.")))
    net.load_state_dict(saved["average"])
    return net.eval(), saved["commit"]


def load_continuation(checkpoint: Path) -> tuple[ContinuationNet, str]:
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = ContinuationNet()
    net.load_state_dict(saved["average"])
    return net.eval(), saved["commit"]


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class TorchReader:
    def __init__(self, checkpoint: Path) -> None:
        self.net, _ = load_context(checkpoint)

    @torch.no_grad()
    def _run(self, notes: np.ndarray, genre: int, instrument: int, position: torch.Tensor, mask: torch.Tensor) -> list:
        ids = (torch.full((len(notes),), value) for value in (genre, instrument))
        return [torch.softmax(h, -1).numpy() for h in self.net(torch.from_numpy(notes), *ids, position, mask)]

    def hindsight(self, notes: np.ndarray, genre: int, instrument: int) -> list[np.ndarray]:
        """[B, T, 256] to the three heads, every note with all the others in view."""
        return self._run(notes, genre, instrument, torch.arange(notes.shape[1]), torch.zeros(1, 1, 1, 1))

    def foresight(self, notes: np.ndarray, queries: np.ndarray, genre: int, instrument: int, asked: np.ndarray) -> list:
        """The heads for the queries ``asked`` (indices), each with what came before in view: [B, len(asked), ...]."""
        length = notes.shape[1]
        both = np.concatenate([notes, queries], 1)
        heads = self._run(both, genre, instrument, torch.arange(length).repeat(2), look_back(length))
        return [head[:, length + asked] for head in heads]


class OnnxReader:
    """One run a window or a query: slow, and exactly what is shipped."""

    def __init__(self, path: Path) -> None:
        self.session = session(path)

    def _run(self, notes: np.ndarray, genre: int, instrument: int) -> list[np.ndarray]:
        ids = {"genre": np.array([genre], np.int64), "instrument": np.array([instrument], np.int64)}
        return self.session.run(None, {"notes": notes[None]} | ids)

    def hindsight(self, notes: np.ndarray, genre: int, instrument: int) -> list[np.ndarray]:
        return [np.concatenate(head) for head in zip(*(self._run(window, genre, instrument) for window in notes))]

    def foresight(self, notes: np.ndarray, queries: np.ndarray, genre: int, instrument: int, asked: np.ndarray) -> list:
        ask = lambda window, query, i: self._run(np.concatenate([window[:i], query[i : i + 1]]), genre, instrument)
        rows = [[[h[0, -1] for h in ask(*pair, i)] for i in asked] for pair in zip(notes, queries)]
        return [np.array([[heads[k] for heads in row] for row in rows]) for k in range(3)]


def context_reader(path: Path) -> TorchReader | OnnxReader:
    return TorchReader(path) if path.suffix == ".pt" else OnnxReader(path)
