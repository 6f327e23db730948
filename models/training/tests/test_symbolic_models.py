"""The symbolic networks: what may be seen, that batch and shipped form agree, and their exports."""

import numpy as np
import onnxruntime
import pytest
import torch

from vocalise_symbolic import export, readers, train
from vocalise_symbolic import note_features as nf
from vocalise_symbolic.context_batches import NOTHING, Sampler
from vocalise_symbolic.context_model import ContextNet, ShippedContext, look_back
from vocalise_symbolic.continuation_batches import Sampler as StepSampler
from vocalise_symbolic.continuation_model import ContinuationNet
from vocalise_symbolic.corpus import Line
from vocalise_symbolic.deviations import Sequence


@pytest.fixture(scope="module")
def lines():
    """A scale up and down, in eighths, again and again."""
    onset = np.arange(80) / 2
    pitch = 60 + np.abs(np.arange(80) % 14 - 7)
    velocity = np.linspace(40, 120, 80)
    return [Line("made/up", "pop909", "pop", "melody", onset, np.full(80, 0.5), pitch, velocity, 4.0, True, 100, True)]


@pytest.fixture(scope="module")
def bank():
    rng = np.random.default_rng(1)
    return [Sequence(source, "somebody", False, rng.normal(0, 0.02, 30)) for source in ("groove", "elbongosero")]


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    net = ContextNet(layers=2)
    for block in net.blocks:
        torch.nn.init.normal_(block.distance)
    return net.eval()


def test_a_query_in_training_is_a_query_as_shipped(net, lines, bank):
    batch = Sampler(lines, bank, 0).foresight(2, 12)
    notes, genre, instrument = (torch.from_numpy(a) for a in (batch.notes, batch.genre, batch.instrument))
    with torch.no_grad():
        both = net(notes, genre, instrument, torch.arange(12).repeat(2), look_back(12))
        for i in (1, 5, 11):
            given = torch.cat([notes[:1, :i], notes[:1, 12 + i : 13 + i]], 1)
            alone = ShippedContext(net)(given, genre[:1], instrument[:1])
            for ours, theirs in zip(both, alone):
                assert torch.allclose(torch.softmax(ours[0, 12 + i], -1), theirs[0, -1], atol=1e-5)


def test_a_query_does_not_see_what_comes_after(net, lines, bank):
    batch = Sampler(lines, bank, 0).foresight(1, 12)
    notes = torch.from_numpy(batch.notes)
    ask = lambda table: net(table, torch.tensor([1]), torch.tensor([0]), torch.arange(12).repeat(2), look_back(12))[0]
    with torch.no_grad():
        before = ask(notes)
        changed = notes.clone()
        changed[:, 6:12] = 0.5
        after = ask(changed)
    assert torch.allclose(before[:, 12:19], after[:, 12:19]) and not torch.allclose(before[:, 19:], after[:, 19:])


def test_a_tune_is_the_same_tune_in_every_key(net, lines, bank):
    batch = Sampler(lines, bank, 0).hindsight(1, 16)
    notes = torch.from_numpy(batch.notes)
    higher = torch.cat([notes[..., :128].roll(5, -1), notes[..., 128:]], -1)
    ask = lambda table, instrument: ShippedContext(net)(table, torch.tensor([1]), torch.tensor([instrument]))
    with torch.no_grad():
        assert torch.allclose(ask(notes, 0)[0].roll(5, -1), ask(higher, 0)[0], atol=1e-6)
        assert not torch.allclose(ask(notes, 19)[0].roll(5, -1), ask(higher, 19)[0], atol=1e-6)


def test_batches_hide_what_they_ask_for(lines, bank):
    sampler = Sampler(lines, bank, 3)
    batch = sampler.hindsight(4, 32)
    asked = batch.note != NOTHING
    assert asked.any() and (batch.notes[..., :128].sum(-1) == ~asked).all()
    unheard = batch.dynamics != NOTHING
    assert (batch.notes[..., nf.VELOCITY_UNKNOWN] == unheard).all()
    batch = sampler.foresight(4, 32)
    assert (batch.notes[:, 32:, :128] == 0).all() and (batch.notes[:, 32:, nf.QUERY] == 1).all()
    assert (batch.timing != NOTHING).all()


@pytest.mark.parametrize("query", [True, False])
def test_context_export_agrees_at_every_length(net, tmp_path, query):
    export.context_to_onnx(net, tmp_path / "context.onnx")
    assert export.context_parity(net, tmp_path / "context.onnx") < export.TOLERANCE
    export.to_int8(tmp_path / "context.onnx", tmp_path / "small.onnx")
    assert export.context_parity(net, tmp_path / "small.onnx") < export.INT8_TOLERANCE
    ids = {"genre": np.array([0], np.int64), "instrument": np.array([19], np.int64)}
    heads = readers.session(tmp_path / "small.onnx").run(None, {"notes": export.random_notes(65, query)} | ids)
    assert [head.shape for head in heads] == [(1, 65, size) for size in export.CONTEXT_HEADS.values()]
    assert all(np.allclose(head.sum(-1), 1, atol=1e-5) for head in heads)


def test_continuation_export_carries_its_state(tmp_path):
    torch.manual_seed(0)
    net = ContinuationNet().eval()
    export.continuation_to_onnx(net, tmp_path / "c.onnx")
    assert export.continuation_parity(net, tmp_path / "c.onnx") < export.TOLERANCE
    names = [v.name for v in onnxruntime.InferenceSession(tmp_path / "c.onnx").get_outputs()]
    assert names == ["note", "velocity", "timing", "lstm_h_next", "lstm_c_next"]


def test_both_learn_a_tune_they_hear_again_and_again(lines, bank):
    torch.manual_seed(0)
    for net, sampler, step in (
        (ContextNet(layers=1), Sampler(lines, bank, 0), train.context_step),
        (ContinuationNet(), StepSampler(lines, 0), train.continuation_step),
    ):
        optimizer = torch.optim.AdamW(net.parameters(), lr=0.003)
        history = []
        for i in range(24):
            losses = step(net, sampler, 2 * i, None)
            optimizer.zero_grad()
            sum(losses.values()).backward()
            optimizer.step()
            history.append(float(sum(losses.values()).detach()))
        assert np.mean(history[-4:]) < 0.75 * history[0]
