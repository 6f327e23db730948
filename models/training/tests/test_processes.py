"""Training by two processes over gloo: both end, both hold the same weights, a checkpoint resumes."""

import os
import socket

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch to train")
if not (torch.distributed.is_available() and torch.distributed.is_gloo_available()):
    pytest.skip("needs PyTorch with gloo for several processes", allow_module_level=True)
from vocalise_training import export, render, train, warm_start  # noqa: E402

PATIENCE = 300
"""Seconds after which two processes that have not ended are taken for stuck."""


def process(rank, port, argv, out):
    """What torchrun would start: one of two processes; leaves its weights in ``out``."""
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    warm_start.CALIBRATION_BATCHES = 1
    run = train.train(train.arguments(argv))
    torch.save({"net": dict(run.net.named_parameters()), "step": run.step}, out / f"rank{rank}.pt")


def run_two(argv, out):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = torch.multiprocessing.spawn(process, (port, argv, out), nprocs=2, join=False)
    try:
        assert context.join(timeout=PATIENCE) or context.join(timeout=PATIENCE), "the processes are stuck"
    finally:
        for child in context.processes:
            child.kill()
    return [torch.load(out / f"rank{rank}.pt", weights_only=True) for rank in range(2)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two clips to train on, one to validate with, and an exported random network to start from."""
    folder = tmp_path_factory.mktemp("two")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "_voices", [])
        for name, number, clips in (("train-0000", 0, 2), ("valid-0000", 9, 1)):
            patch.setattr(render, "CLIPS_PER_SHARD", clips)
            render.shard((folder / name, number))
    export.to_onnx(export.load("untrained")[0], folder / "start.onnx")
    return folder


def test_two_processes_start_end_and_resume_alike(folder):
    run = folder / "run"
    argv = [str(folder), str(run), "--batch", "1", "--every", "2", "--threads", "1", "--float32"]
    argv += ["--from", str(folder / "start.onnx")]
    for steps in (2, 3):
        first, second = run_two([*argv, "--steps", str(steps)], folder)
        assert first["step"] == second["step"] == steps
        for name, weights in first["net"].items():
            assert torch.isfinite(weights).all(), name
            torch.testing.assert_close(second["net"][name], weights, atol=0, rtol=0, msg=name)
        saved = torch.load(run / "last.pt", weights_only=True)
        assert saved["step"] == steps
        np.testing.assert_array_equal(saved["net"]["bottleneck.weight"], first["net"]["bottleneck.weight"].detach())
    assert [line.split("\t")[:2] for line in (run / "log.tsv").read_text().splitlines()] == [["valid", "2"], ["valid", "3"]]


def test_several_processes_want_steps(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SystemExit, match="--steps"):
        train.train(train.arguments([str(tmp_path), str(tmp_path)]))
