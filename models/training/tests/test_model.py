"""What is exported is what was trained: causal, streaming, the contract's shapes, and a training run that resumes."""

import tomllib

import numpy as np
import pytest
import torch

from vocalise_training import export, pack, render, train
from vocalise_training.model import HEADS, STATES, PitchNet, StreamingPitchNet, zero_states
from vocalise_training.streaming import StreamingSession


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    net, _ = export.load("untrained")
    for norm in (net.input_norm, *net.norms):  # random statistics, so that a misplaced normalisation shows
        norm.running_mean.normal_(0, 0.3)
        norm.running_var.uniform_(0.5, 2)
    export.to_onnx(net, folder / "pitch.onnx")
    return net, folder


def test_streaming_equals_batch(exported):
    net, _ = exported
    x = torch.randn(1, 40, 2, 128)
    stream = StreamingPitchNet(net).eval()
    with torch.no_grad():
        whole = stream(x, *zero_states())
        states, parts = zero_states(), []
        for k in range(40):
            out = stream(x[:, k : k + 1], *states)
            parts.append(out[: len(HEADS)])
            states = out[len(HEADS) :]
    for i in range(len(HEADS)):
        torch.testing.assert_close(torch.cat([p[i] for p in parts], 1), whole[i], atol=1e-5, rtol=0)


def test_onnx_equals_torch(exported):
    net, folder = exported
    assert export.parity(net, folder / "pitch.onnx") < export.TOLERANCE


def test_int8_runs_and_is_small(exported):
    net, folder = exported
    export.to_int8(folder / "pitch.onnx", folder / "int8.onnx")
    assert export.parity(net, folder / "int8.onnx") < export.INT8_TOLERANCE
    assert (folder / "int8.onnx").stat().st_size < 5e6


def test_onnx_has_the_contract(exported):
    _, folder = exported
    session = StreamingSession(folder / "pitch.onnx").session
    shapes = {v.name: list(v.shape) for v in (*session.get_inputs(), *session.get_outputs())}
    for name, dims in STATES.items():
        assert shapes[name] == list(dims) and shapes[f"{name}_next"] == list(dims)
    assert shapes["features"] == [1, "N", 2, 128]
    for name, size in HEADS.items():
        assert shapes[name] == [1, "N", size]


def test_pack_manifest_matches_the_file(exported):
    _, folder = exported
    manifest = tomllib.loads(pack.write(folder, "pitch", folder / "pitch.onnx", "abc").read_text())
    assert manifest["pitch"]["sha256"] == pack.sha256(folder / "pitch.onnx")
    assert manifest["pitch"]["inputs"]["features"] == [1, -1, 2, 128]
    assert set(manifest["pitch"]["outputs"]) == {*HEADS, *(f"{name}_next" for name in STATES)}


def test_outputs_are_probabilities(exported):
    _, folder = exported
    out = StreamingSession(folder / "pitch.onnx").run(np.zeros((5, 2, 128), np.float32))
    for name in ("pitch", "velocity", "fine"):
        np.testing.assert_allclose(out[name].sum(axis=1), 1, atol=1e-5)
    for name in ("onset", "offset", "voicing"):
        assert ((out[name] >= 0) & (out[name] <= 1)).all()


def test_training_learns_saves_and_resumes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(render, "CLIPS_PER_SHARD", 2)
    monkeypatch.setattr(render, "_voices", [])
    for name, number in (("train-0000", 0), ("valid-0000", 9)):
        render.shard((tmp_path / name, number))
    argv = ["train", str(tmp_path), str(tmp_path / "run"), "--batch", "2", "--every", "2", "--threads", "1", "--float32"]
    for steps in ("2", "4"):
        monkeypatch.setattr("sys.argv", [*argv, "--steps", steps])
        train.main()
    printed = capsys.readouterr().out
    assert "resumed at step 2" in printed and "valid\t4" in printed
    net, _ = export.load(str(tmp_path / "run" / "last.pt"))
    assert isinstance(net, PitchNet)
