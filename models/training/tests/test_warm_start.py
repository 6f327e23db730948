"""An exported network loads back as what it was, and calibration changes nothing that it computes."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch to load networks")
from vocalise_training import dataset, export, loss, render, warm_start  # noqa: E402
from vocalise_training.dataset import Shards, note_target  # noqa: E402
from vocalise_training.model import StreamingPitchNet, zero_states  # noqa: E402


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """(random network with random statistics, folder with its float.onnx and int8.onnx)."""
    folder = tmp_path_factory.mktemp("warm")
    net, _ = export.load("untrained")
    for norm in (net.input_norm, *net.norms):
        norm.running_mean.normal_(0, 0.3)
        norm.running_var.uniform_(0.5, 2)
    export.to_onnx(net, folder / "float.onnx")
    export.to_int8(folder / "float.onnx", folder / "int8.onnx")
    return net, folder


def probabilities(net):
    """Outputs over 40 random frames."""
    frames = torch.randn(1, 40, 2, 128, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return StreamingPitchNet(net.eval())(frames, *zero_states())


@pytest.mark.parametrize("name, tolerance", [("float", 1e-5), ("int8", export.INT8_TOLERANCE)])
def test_an_exported_network_loads_back(exported, name, tolerance):
    net, folder = exported
    for back, original in zip(probabilities(warm_start.load(folder / f"{name}.onnx")), probabilities(net), strict=True):
        torch.testing.assert_close(back, original, atol=tolerance, rtol=0)


def test_a_network_with_equal_tensors_loads_back(tmp_path):
    net, _ = export.load("untrained")  # its normalisation holds the same zeros and ones twice
    export.to_onnx(net, tmp_path / "pitch.onnx")
    for back, original in zip(probabilities(warm_start.load(tmp_path / "pitch.onnx")), probabilities(net), strict=True):
        torch.testing.assert_close(back, original, atol=1e-5, rtol=0)


def test_calibration_changes_no_output(exported, tmp_path, monkeypatch):
    monkeypatch.setattr(render, "CLIPS_PER_SHARD", 1)
    monkeypatch.setattr(render, "_voices", [])
    monkeypatch.setattr(warm_start, "CALIBRATION_BATCHES", 2)
    render.shard((tmp_path / "train-0000", 0))
    net = warm_start.load(exported[1] / "float.onnx")
    before = probabilities(net)
    warm_start.calibrate(net, Shards(tmp_path, "train"), np.random.default_rng(0), batch=2)
    for after, original in zip(probabilities(net), before, strict=True):
        torch.testing.assert_close(after, original, atol=1e-5, rtol=0)
    assert all(norm.running_mean.abs().max() > 0 for norm in net.norms)


def test_frames_into_note_count_from_each_change():
    nan = float("nan")
    note = torch.tensor([[nan, nan, 60.2, 60.2, 60.2, 62.0, 62.0, nan, 62.0], [60.0] * 9])
    expected = torch.tensor([[0, 1, 0, 1, 2, 0, 1, 0, 0], list(range(9))]).float()
    torch.testing.assert_close(loss.frames_into_note(note), expected)


def test_no_note_is_class_zero():
    target = note_target(torch.tensor([float("nan"), 60.25]))
    assert target[0, 0] == 1 and target[0].sum() == 1
    assert target[1, 60] == pytest.approx(0.75) and target[1, 61] == pytest.approx(0.25) and target[1].sum() == 1


def test_unknown_pitch_teaches_neither_pitch_nor_voicing():
    nan = float("nan")
    midi = torch.tensor([[60.0, nan, 0.0]])
    zero, one = torch.zeros(1, 3), torch.ones(1, 3)
    targets = {"midi": midi, "note": midi * nan, "velocity": zero, "onset": zero, "offset": zero, "known": one}
    batch = dataset.Batch(torch.zeros(1, 3, 2, 128), targets)
    sizes = {"pitch": 128, "velocity": 128, "onset": 1, "offset": 1, "voicing": 1, "fine": 420}
    logits = {name: torch.zeros(1, 3, size, requires_grad=True) for name, size in sizes.items()}
    parts = loss.losses(logits, batch)
    (parts["fine"] + parts["voicing"]).backward()
    taught = {name: logits[name].grad[0].abs().sum(-1) > 0 for name in ("fine", "voicing")}
    assert taught["fine"].tolist() == [True, False, False]
    assert taught["voicing"].tolist() == [True, True, False]
