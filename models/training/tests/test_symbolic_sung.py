"""Deviations of what the pitch model hears from what was sung."""

import pickle

import numpy as np
from vocalise_symbolic import prepare, sung
from vocalise_symbolic.context_batches import Sampler
from vocalise_symbolic.corpus import Line
from vocalise_symbolic.deviations import Sequence
from vocalise_training.decoder import Decoded
from vocalise_training.notes import Note


def test_each_onset_is_held_against_the_one_it_stands_for():
    truth = [Note(1.0, 1.4, 60, 0.5), Note(1.5, 1.9, 62, 0.5), Note(3.0, 3.5, 64, 0.5)]
    heard = [Decoded(at, at + 0.2, 60, 0.5, at + 0.1) for at in (1.02, 1.49, 2.2, 3.03)]
    assert np.allclose(sung.heard_late(truth, heard), [0.02, -0.01, 0.03])
    assert len(sung.heard_late(truth, [])) == len(sung.heard_late([], heard)) == 0


def test_sung_sequences_join_those_of_people(tmp_path):
    sequence = lambda source: Sequence(source, "somebody", False, np.full(20, 0.01))
    (tmp_path / "lines.pkl").write_bytes(pickle.dumps(([], [])))
    (tmp_path / "bank.pkl").write_bytes(pickle.dumps([sequence("groove")]))
    assert [q.source for q in prepare.load(tmp_path)[2]] == ["groove"]
    (tmp_path / prepare.SUNG).write_bytes(pickle.dumps([sequence("sung")]))
    assert [q.source for q in prepare.load(tmp_path)[2]] == ["groove", "sung"]


def test_a_heard_singer_has_a_person_s_timing_and_the_model_s_on_top():
    onset = np.arange(40) / 2
    line = Line("made/up", "pop909", "pop", "melody", onset, np.full(40, 0.5), np.full(40, 60), np.full(40, 90), 4.0, True, 100, True)
    bank = [Sequence(source, "somebody", False, np.full(20, at)) for source, at in (("groove", 1), ("elbongosero", 2), ("sung", 10))]
    drawn = {int(np.round(late.mean())) for late in (Sampler([line], bank, seed).late(12) for seed in range(60)) if late is not None}
    assert {1, 2, 11, 12} <= drawn and 10 not in drawn
