"""Clips of every kind: finite, aligned, determined by their seed."""

import numpy as np
import pytest

from vocalise_training import clip, labels, render
from vocalise_training.dataset import EXCERPT, Shards, fine_target, note_target


@pytest.mark.parametrize("kind", clip.KINDS)
def test_clip_is_sound(kind, monkeypatch):
    monkeypatch.setattr(clip, "KINDS", {kind: 1.0})
    made, again = clip.make(5, []), clip.make(5, [])
    np.testing.assert_array_equal(made.audio, again.audio)
    assert len(made.features) == len(made.labels) == len(made.audio) // 220
    assert np.isfinite(made.features).all() and np.abs(made.audio).max() <= 1
    sung = ~np.isnan(made.labels[:, labels.FIELDS.index("midi")])
    assert sung.any() == (kind not in ("negative", "band"))


def test_recorded_voices_sing(voices_folder, monkeypatch):
    world_voice = pytest.importorskip("vocalise_training.world_voice")
    path = sorted(p for p in voices_folder.rglob("*") if p.suffix in world_voice.SUFFIXES)[0]
    voice = world_voice.analyse(path)
    for kind in ("world", "world_speech"):
        monkeypatch.setattr(clip, "KINDS", {kind: 1.0})
        assert np.isfinite(clip.make(1, [voice]).features).all()


def test_shards_round_trip(tmp_path, monkeypatch):
    monkeypatch.setattr(render, "CLIPS_PER_SHARD", 2)
    monkeypatch.setattr(render, "_voices", [])
    render.shard((tmp_path / "train-0000", 0))
    shards = Shards(tmp_path, "train")
    batch = shards.random_batch(np.random.default_rng(0), 3)
    assert batch.features.shape == (3, EXCERPT, 2, 128)
    assert set(batch.targets) == set(labels.FIELDS)


def test_missing_shards_say_what_to_do(tmp_path):
    with pytest.raises(SystemExit, match="render"):
        Shards(tmp_path, "train")


def test_targets_keep_fractional_pitch():
    import torch

    note = note_target(torch.tensor([60.3]))[0]
    assert (note * torch.arange(128)).sum().item() == pytest.approx(60.3, abs=1e-4)
    fine = fine_target(torch.tensor([60.13]))[0]
    centre = (fine * (24 + 0.2 * torch.arange(420))).sum().item()
    assert centre == pytest.approx(60.13, abs=0.01)
