"""The band's networks, losses, batches, export and measures, on made-up bars."""

import json

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from vocalise_band import batches, evaluate, export, finished, losses, measures, recognition, rolls, styles, train, validation
from vocalise_band import condition as c
from vocalise_band.finished import Finished
from vocalise_band.gan import NOISE, Discriminator, Generator, levelled
from vocalise_symbolic import readers

torch.set_num_threads(1)  # small networks; more threads only wait for one another


def some_bars(track="bass", count=240):
    """Bars of two genres, each with a rhythm and a register of its own; every sixth held out."""
    rng = np.random.default_rng(0)
    genre = np.arange(count) // 2 % 2 * 7
    roll, conditions = [], []
    for g in genre:
        step = np.sort(rng.choice(16, rng.integers(3, 6), replace=False)) if g else np.arange(0, 16, rng.choice([2, 4]))
        pitch = rng.choice([36, 38, 42] if g else [48, 52, 55], len(step))
        notes = np.stack([step, np.ones_like(step), pitch, rng.integers(40, 120, len(step))], 1)
        about = np.zeros((2, c.SIZE), np.float32)
        about[:, c.CHORD], about[:, c.SECOND_CHORD], about[:, c.BAR], about[1, c.HINDSIGHT] = 1, 1, 1, 1
        about[:, c.ONSETS], about[:, c.LOUDNESS], about[:, c.SUNG_DENSITY] = 0.7, 0.7, 1 / 16
        about[:, [c.DENSITY, c.INTENSITY]] = rolls.density(notes), rolls.intensity(notes)
        roll.append(np.rint(255 * rolls.encode(notes, track)))
        conditions.append(about)
    out = np.arange(count) % 6 == 0
    full = np.full(count, 16)
    return batches.Bars(
        track, np.array(roll, np.uint8), np.array(conditions), genre, full, np.ones(count, bool), out, np.full(count, "groove")
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    trainer = train.Trainer("bass", 1.0, 0.001, [])
    sampler = batches.Sampler(some_bars(), 0)
    return trainer, [trainer.one_step(*sampler.draw(48)) for _ in range(24)]


@pytest.mark.parametrize("track", ["bass", "drums"])
def test_batches_say_what_their_bars_are(track):
    sampler = batches.Sampler(some_bars(track), 3)
    for roll, genre, about in (sampler.draw(64) for _ in range(4)):
        assert set(genre) <= {0, 7} and about.shape == (64, c.SIZE) and np.isfinite(about).all()
        begins = roll >= rolls.ONSET[track]
        assert np.allclose(begins.any(2).mean(1), about[:, c.DENSITY])
        for bar, numbers in zip(roll, about):
            notes = rolls.decode(bar, track)
            assert abs(rolls.intensity(notes) - numbers[c.INTENSITY]) < 0.02
            assert not bar[round(16 * numbers[c.BAR]) :].any()


def test_only_training_bars_are_drawn():
    bars = some_bars()
    assert len(batches.Sampler(bars, 0).bars) == (~bars.held_out).sum()


def test_shapes_are_those_of_the_contract():
    noise, genre, about = torch.randn(3, NOISE), F.one_hot(torch.tensor([0, 4, 9]), 10).float(), torch.rand(3, c.SIZE)
    roll = Generator().eval()(noise, genre, about)
    assert roll.shape == (3, 16, 128) and roll.min() >= 0 and roll.max() <= 1
    score, bar, which = Discriminator()(roll, torch.tensor([0, 4, 9]), about)
    assert score.shape == (3,) and bar.shape == (3, 1024) and which.shape == (3, 10)


def test_training_lowers_what_a_bar_costs_and_resumes(trained):
    trainer, steps = trained
    assert steps[-1]["remember"] < 0.8 * steps[0]["remember"]
    assert all(np.isfinite(value) for losses_ in steps for value in losses_.values())
    again = train.Trainer("bass", 1.0, 0.001, [])
    again.resume(trainer.state())
    ours, theirs = trainer.averaged().state_dict(), again.averaged().state_dict()
    assert again.step == 24 and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_right_bars_cost_nothing():
    bars = some_bars()
    roll, about = torch.from_numpy(validation.real_bars(bars)), torch.from_numpy(bars.condition[:, 1])
    assert losses.wanted(roll, roll, about, "bass") < 0.03
    assert losses.blur(roll, "bass") == 0
    assert losses.chord(roll, roll, about, "bass") < losses.chord(roll.roll(1, 2), roll, about, "bass")
    strange, outside = losses.strangers(roll.roll(1, 2), about, "bass")
    assert strange.min() > 0.9 and outside.mean() > 0.5
    assert losses.blur(torch.full((1, 16, 128), 0.4), "bass") > 1000


@pytest.mark.parametrize("quantised", [False, True])
def test_the_exported_file_answers_like_the_network(trained, tmp_path, quantised):
    net = trained[0].averaged()
    plain, path = tmp_path / "float.onnx", tmp_path / "bass.onnx"
    export.to_onnx(net, "bass", plain)
    assert export.parity(net, "bass", plain) < export.TOLERANCE
    if quantised:
        export.to_int8(plain, path, export.IN_FLOAT)
        assert export.parity(net, "bass", path) < export.INT8_TOLERANCE and path.stat().st_size < 3.5e6
    session = readers.session(path if quantised else plain)
    assert {x.name: x.shape for x in session.get_inputs()} == {"noise": [1, 100], "genre": [1, 10], "condition": [1, 64]}
    assert [(x.name, x.shape) for x in session.get_outputs()] == [("roll", [1, 16, 128])]


@pytest.mark.parametrize("track", ["bass", "drums"])
def test_velocities_are_levelled_to_the_wanted_intensity_and_nothing_else_changes(track):
    roll, about = torch.rand(4, 16, 128) ** 4, torch.zeros(4, c.SIZE)
    about[:, c.INTENSITY] = torch.tensor([0.3, 0.5, 0.6, 0.7])
    found = levelled(roll, about, track)
    begins = roll >= rolls.ONSET[track]
    assert torch.equal(found >= rolls.ONSET[track], begins) and torch.equal(found[~begins], roll[~begins])
    for bar, numbers in zip(found.numpy(), about):
        assert abs(rolls.intensity(rolls.decode(bar, track)) - numbers[c.INTENSITY]) < 0.08
    assert not levelled(torch.zeros(1, 16, 128), about[:1], track).any()


def test_distances_and_likeness():
    begins = validation.onsets(validation.real_bars(some_bars()), "bass")
    assert validation.distance(begins[[0] * 8]) == 0 < validation.distance(begins[:8])
    assert np.allclose(validation.nearest_f1(begins[:5], begins), 1)


def test_the_judge_of_genre_tells_two_rhythms_apart():
    bars = evaluate.stored(some_bars())
    roll = measures.onset_rolls(bars)
    net = recognition.trained(roll, bars.genre // 7, steps=60)
    assert (recognition.recognised(net, roll) == bars.genre // 7).mean() > 0.95


def test_overlap_is_high_for_one_source_and_low_for_two():
    rng = np.random.default_rng(0)
    one, same, other = rng.normal(0, 1, 300), rng.normal(0, 1, 300), rng.normal(6, 1, 300)
    assert measures.overlap(one, same, rng) > 0.85 > 0.4 > measures.overlap(one, other, rng)


def test_retrieval_shuffling_and_holding_out():
    bars = some_bars(count=600)
    real, people = evaluate.held_out(bars)
    assert len(real) == 100 and people[0] and not people[1]
    assert [len(n) for n in evaluate.shuffled(real).notes] == [len(n) for n in real.notes]
    found = evaluate.retrieved(bars, real)
    assert np.mean([rolls.density(a) == rolls.density(b) for a, b in zip(found.notes, real.notes)]) > 0.8


def test_finished_bars_are_read_as_written(tmp_path):
    bars = evaluate.stored(some_bars(count=12))
    bars.notes[3] = rolls.NO_NOTES
    finished.write(tmp_path / "bars.jsonl", bars)
    again = finished.read(tmp_path / "bars.jsonl", "bass")
    assert isinstance(again, Finished) and len(again) == 12 and not len(again.notes[3])
    assert all((a == b).all() for a, b in zip(bars.notes, again.notes)) and np.allclose(bars.condition, again.condition)
    assert len(finished.read(tmp_path / "bars.jsonl", "drums")) == 0


def test_styles_say_quantiles_and_sources():
    about = styles.style(some_bars(), 7)
    assert about["density"] == sorted(about["density"]) and about["source"] == "real" and about["bars"] == 100
    assert json.loads(json.dumps(about)) == about


def test_features_of_a_bar():
    pytest.importorskip("muspy")
    about = np.zeros(c.SIZE, np.float32)
    about[c.CHORD : c.CHORD + 8 : 4], about[c.BAR] = 0.5, 1
    found = measures.features(np.array([[0, 4, 60, 80], [0, 4, 64, 80], [4, 1, 61, 80]]), "chords", about)
    assert (found["onset steps"], found["pitch classes"], found["polyphony"]) == (2, 3, pytest.approx(9 / 5))
    assert found["in scale"] == pytest.approx(2 / 3) == found["in chord"] == found["qualified"]
