"""The timbre model: loudness is left out, the exported file agrees, it learns, and the shipped one is the golden one."""

import re
import tomllib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from vocalise_timbre import export, golden, picker, train
from vocalise_timbre.evaluate import Guesses, net_listener
from vocalise_timbre.model import FRAMES, LATENT, TimbreNet
from vocalise_timbre.programs import DRUMS, INSTRUMENTS
from vocalise_timbre.render import CLIP
from vocalise_training.features import BANDS

MODELS = Path(__file__).parents[2]


@pytest.fixture
def net():
    torch.manual_seed(0)
    return TimbreNet().eval()


def test_shapes_and_that_loudness_does_not_count(net):
    mel = torch.randn(5, FRAMES, BANDS) - 4
    with torch.no_grad():
        latent, scores, reconstruction = net(mel)
        louder = net(mel + 2.5)
    assert latent.shape == (5, LATENT) and scores.shape == (5, 20) and reconstruction.shape == (5, BANDS)
    assert torch.allclose(latent.norm(dim=-1), torch.ones(5)) and torch.allclose(scores.sum(-1), torch.ones(5))
    assert torch.allclose(latent, louder[0], atol=1e-5)


def test_export_agrees_and_holds_the_places(net, tmp_path):
    export.to_onnx(net, tmp_path / "timbre.onnx")
    assert export.parity(net, tmp_path / "timbre.onnx") < export.TOLERANCE
    session = onnxruntime.InferenceSession(tmp_path / "timbre.onnx")
    assert [(v.name, v.shape) for v in session.get_outputs()] == [("latent", [1, 64]), ("scores", [1, 20]), ("reconstruction", [1, 128])]
    found = golden.answers(tmp_path, np.zeros((1, FRAMES, BANDS), np.float32) - 4)["timbre_embeddings"]
    assert np.array_equal(found, net.embeddings.numpy())


def test_it_learns_what_differs_in_time_alone(monkeypatch):
    rng = np.random.default_rng(0)
    rising = np.linspace(-3, 3, FRAMES)[:, None]

    def second(instrument: int) -> np.ndarray:
        course = (rising, -rising, np.abs(rising), 0 * rising)[instrument]
        return (-5 + course + rng.normal(0, 0.5, (FRAMES, BANDS))).astype(np.float32)

    def batch(samplers, rng, size):
        label = rng.integers(0, 4, size)
        return torch.from_numpy(np.stack([second(i) for i in label])), torch.from_numpy(label)

    monkeypatch.setattr(train, "batch", batch)
    net = train.train(Path(), [], steps=60)
    label = rng.integers(0, 4, 80)
    scores = net_listener(net)(np.stack([second(i) for i in label]))
    assert (scores.argmax(axis=1) == label).mean() > 0.9


def test_a_batch_has_every_instrument_and_whoever_plays_it():
    class Set:
        def __init__(self, value, *instruments):
            self.value, self.phrases = value, dict.fromkeys(instruments)

        def draw(self, instrument):
            return np.full((FRAMES, BANDS), self.value, np.float32)

    samplers = {"fluid": Set(0.0, *range(20)), "musescore": Set(1.0, *range(20)), "sonivox": Set(2.0, *range(20)), "opl3": Set(3.0, 5)}
    rng = np.random.default_rng(0)
    heard, played = (torch.cat(parts) for parts in zip(*(train.batch(samplers, rng, 80) for _ in range(100))))
    assert (torch.bincount(played) == 400).all()
    whose = heard[:, 0, 0]
    assert abs((whose[played == 0] == 2).float().mean() - 1 / 3) < 0.1, "sets alike"
    assert abs((whose[played == 5] == 3).float().mean() - 1 / 7) < 0.08, "what is computed half as often"
    assert (played[whose == 3] == 5).all()
    samplers["opl3"] = Set(3.0, INSTRUMENTS.index("Sub Bass"))
    heard, played = (torch.cat(parts) for parts in zip(*(train.batch(samplers, rng, 80) for _ in range(100))))
    share = (heard[:, 0, 0][played == INSTRUMENTS.index("Sub Bass")] == 3).float().mean()
    assert abs(share - 1 / 4) < 0.08, "a synthesiser's own sounds as often"


def test_guesses_are_counted_by_instrument_and_by_phrase():
    clips = np.zeros(4, CLIP)
    scores = np.full((4, 20), 0.01)
    scores[[0, 1, 2, 3], [3, 5, 3, 7]] = (0.9, 0.4, 0.9, 0.9)
    scores[1, 3] = 0.3
    guesses = Guesses(scores, np.array([3, 3, 3, 7]), clips, np.array([0, 0, 1, 2]))
    assert guesses.right() == {INSTRUMENTS[3]: 2 / 3, INSTRUMENTS[7]: 1.0}
    assert guesses.mean(3) == 1.0 and guesses.of_phrases().mean() == 1.0
    assert guesses.confusion()[3, 5] == pytest.approx(1 / 3)


def test_the_register_counts():
    high, low = picker.misfit(80.0), picker.misfit(45.0)
    place = INSTRUMENTS.index
    assert high[place("Flute")] == 0 and low[place("Flute")] == 5 and high[place("Bass")] > 10 and low[place("Bass")] == 0
    assert picker.misfit(60.0)[DRUMS] == picker.NO_PITCH and picker.misfit(None)[DRUMS] == 0


def test_the_picker_weighs_as_the_plugin_does():
    source = (MODELS.parent / "src/voice/timbre.rs").read_text()
    constant = lambda name: float(re.search(rf"const {name}: f32 = ([\d.e-]+);", source)[1])
    assert constant("LOWEST_SCORE") == picker.LOWEST_SCORE and constant("NO_PITCH") == picker.NO_PITCH
    assert constant("SEMITONES_A_NAT") == picker.SEMITONES_A_NAT
    assert (constant("BASS_BELOW"), constant("SUB_BASS_BELOW")) == tuple(picker.HIGHEST.values())


def test_what_is_shipped_is_golden():
    if "timbre" not in tomllib.loads((MODELS / "pack.toml").read_text()):
        pytest.skip("the pack has no timbre model")
    assert golden.problems(MODELS) == []
