"""The network for takes: it hears what follows, leaves the live one's ears alone, and is exported as it is."""

import tomllib

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch")

from vocalise_training import average, export, pack  # noqa: E402
from vocalise_training.model import PitchNet, RefinedPitchNet, zero_states  # noqa: E402
from vocalise_training.streaming import CHUNK, OVERLAP, take_outputs  # noqa: E402


@pytest.fixture(scope="module")
def refined():
    torch.manual_seed(1)
    net = RefinedPitchNet()
    net.listen_through(PitchNet())
    return net


def test_only_what_is_new_learns(refined):
    before = {name: value.clone() for name, value in refined.state_dict().items()}
    optimiser = torch.optim.SGD((p for p in refined.parameters() if p.requires_grad), 0.1)
    logits, _ = refined.train()(torch.randn(2, 30, 2, 128), zero_states(2))
    logits["pitch"].square().mean().backward()
    optimiser.step()
    changed = {name for name, value in refined.state_dict().items() if not torch.equal(value, before[name])}
    assert changed and all(name.startswith(("lstm.", "heads.")) for name in changed)


def test_it_hears_what_follows(refined):
    x = torch.randn(1, 60, 2, 128)
    later = x.clone()
    later[:, 50:] += 1
    with torch.no_grad():
        outputs = [refined.eval()(each, zero_states())[0]["pitch"][0, 40] for each in (x, later)]
    assert (outputs[0] - outputs[1]).abs().max() > 1e-6


def test_export_is_the_network_and_the_pack_keeps_both(refined, tmp_path):
    export.to_onnx(refined, tmp_path / "refined.onnx")
    assert export.parity(refined, tmp_path / "refined.onnx") <= export.TOLERANCE
    live, _ = export.load("untrained")
    export.to_onnx(live, tmp_path / "pitch.onnx")
    pack.write(tmp_path, "pitch", tmp_path / "pitch.onnx", "abc")
    manifest = tomllib.loads(pack.write(tmp_path, "refined", tmp_path / "refined.onnx", "def").read_text())
    assert (manifest["pitch"]["training_commit"], manifest["refined"]["training_commit"]) == ("abc", "def")
    assert list(manifest["refined"]["inputs"]) == ["features"]
    rng = np.random.default_rng(0)
    features = rng.normal(0, 1, (2 * CHUNK, 2, 128)).astype(np.float32)
    whole = take_outputs(tmp_path / "refined.onnx", features)
    assert all(len(values) == len(features) for values in whole.values())
    second = take_outputs(tmp_path / "refined.onnx", features[CHUNK - 2 * OVERLAP :])
    middle = slice(CHUNK - OVERLAP, CHUNK)  # answered by the second chunk, which is the first of ``second``
    np.testing.assert_allclose(whole["pitch"][middle], second["pitch"][OVERLAP : 2 * OVERLAP], atol=1e-5)


def test_average_is_the_mean_and_refuses_other_networks():
    net = PitchNet()
    checkpoints = [{"average": {k: v + i for k, v in net.state_dict().items()}, "step": i} for i in (0, 2)]
    mean = average.average(checkpoints)
    assert mean["step"] == 2
    torch.testing.assert_close(mean["average"]["bottleneck.bias"], net.state_dict()["bottleneck.bias"] + 1)
    with pytest.raises(SystemExit):
        average.average([checkpoints[0], {"average": RefinedPitchNet().state_dict()}])
