"""CPU time of a run of the exported models, one thread: ``python -m vocalise_symbolic.speed MODELS_DIR``."""

import argparse
import time
from pathlib import Path

import numpy as np

from . import export, readers, step_features
from .continuation_model import STATES


def milliseconds(session, inputs: dict, runs: int) -> tuple[float, float]:
    """(median, 99th percentile) of CPU time, which a busy machine stretches less than wall time."""
    times = []
    for _ in range(runs):
        before = time.process_time()
        session.run(None, inputs)
        times.append(time.process_time() - before)
    return tuple(1000 * np.quantile(times[runs // 10 :], (0.5, 0.99)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    models = parser.parse_args().models
    ids = {"genre": np.array([1], np.int64), "instrument": np.array([0], np.int64)}
    session = readers.session(models / "context.onnx")
    for length in (16, 64, 65):
        median, late = milliseconds(session, {"notes": export.random_notes(length, True)} | ids, 300)
        print(f"context, T = {length}: {median:.2f} ms (99 %: {late:.2f})")
    state = {name: np.zeros(shape, np.float32) for name, shape in STATES.items()}
    step = {"step": np.zeros((1, 1, step_features.SIZE), np.float32)}
    median, late = milliseconds(readers.session(models / "continuation.onnx"), step | state, 2000)
    print(f"continuation, one step: {median:.3f} ms (99 %: {late:.3f})")


if __name__ == "__main__":
    main()
