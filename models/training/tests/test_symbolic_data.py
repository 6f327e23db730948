"""Lines, splits, deviations and baselines of the symbolic models."""

import os
from pathlib import Path

import numpy as np
import pytest

from vocalise_symbolic import baselines, corpus, deviations, genres


def piece(source="pop909", offset=0.1):
    """Four bars of eighths behind the grid by ``offset``, in a file that begins two quarters before a bar."""
    notes = [[2 + i / 2 + offset, 0.4, 60 + i % 5, 80] for i in range(32)]
    chords = [[2 + 4 * i + offset, 4.0, "C:maj"] for i in range(4)]
    track = {"role": "melody", "prog": 0, "notes": notes}
    about = {"id": f"{source}/1", "src": source, "genre": "pop", "ts": "4/4", "bpm": 90}
    return about | {"tracks": [track], "chords": chords}


@pytest.mark.parametrize("offset", [0.1, 0.35, -0.4])
def test_recordings_are_put_on_their_grid_and_bars(offset):
    (line,) = corpus.lines_of(piece(offset=offset))
    assert line.scored and np.allclose(line.onset, np.arange(32) / 2)


def test_a_line_off_every_grid_is_no_score():
    late = piece()
    rng = np.random.default_rng(0)
    for note in late["tracks"][0]["notes"]:
        note[0] += rng.uniform(-0.1, 0.1)
    assert not corpus.lines_of(late)[0].scored


def test_every_label_of_the_corpus_has_a_genre():
    for label in genres.FROM_CORPUS:
        found, chances = genres.genre_weights(label)
        assert np.isclose(sum(chances), 1) and genres.measured_genre(label) in found
    assert (len(genres.GENRES), len(genres.INSTRUMENTS)) == (10, 20)


def test_the_held_out_pieces_stand_in_the_repository():
    held_out = corpus.validation_ids()
    assert {name.split("/")[0] for name in held_out} == {"pop909", "nottingham", "openewld", "jsb", "groove"}
    assert {name.split("/")[1] for name in held_out if name.startswith("groove")} == set(corpus.HELD_OUT_DRUMMERS)


def test_the_split_is_the_one_that_the_rule_makes():
    path = Path(os.environ.get("VOCALISE_CORPUS", ""))
    if not path.is_file():
        pytest.skip("needs the corpus: set VOCALISE_CORPUS to corpus.jsonl.gz")
    melodic = [p for p in corpus.pieces(path) if p["src"] in (*corpus.MELODIC_SOURCES, "groove")]
    assert {p["id"] for p in melodic if corpus.is_held_out(p)} == corpus.validation_ids()


def test_taps_are_paired_in_order_and_strays_left_alone():
    hits = np.arange(12) / 2
    taps = np.sort(np.append(hits[[0, 1, 2, 4, 5, 6, 8]] + 0.07, 1.26))
    paired, found = deviations.pair(taps, hits)
    assert found.tolist() == [0, 1, 2, 4, 5, 6, 8] and 3 not in paired


def test_a_lag_is_kept_although_the_line_behind_is_nearer():
    hits = np.arange(16) / 4
    paired, found = deviations.pair(hits[:8] + 0.11, hits)
    assert found.tolist() == list(range(8))


def test_what_was_cut_off_is_drawn_late():
    rng = np.random.default_rng(2)
    true = rng.normal(0.02, 0.04, 4000)
    found = deviations.uncensored(np.minimum(true, 0), true > 0, rng)
    assert (found[true > 0] >= 0).all() and (found[true <= 0] == true[true <= 0]).all()
    assert abs(found.mean() - 0.02) < 0.006 and abs(found.std() - 0.04) < 0.006


def test_replayed_deviations_follow_one_another():
    sequence = deviations.Sequence("groove", "x", False, np.arange(5.0))
    found = deviations.replay(sequence, 20, np.random.default_rng(0))
    assert (np.abs(np.diff(found)) == 1).all()


def test_trigram_chances_sum_to_one_and_learn():
    lines = [[60, 62, 64, 62] * 10] * 20
    model = baselines.NoteTrigram(lines)
    assert np.isclose(sum(model.absolute.chance((60, 62), n) for n in range(128)), 1)
    assert model.chance((64, 62, 60), 62) > 0.9
    assert model.best_between((64, 62), (62, 64)) == 60


def test_nearest_lines():
    place = np.array([0.3, 0.34, 0.88, -0.1])
    assert np.allclose(baselines.nearest_line(place, 4), [0.25, 0.25, 1.0, 0.0])
    assert np.allclose(baselines.nearest_line(place, baselines.BOTH_GRIDS), [1 / 3, 1 / 3, 1.0, 0.0])
    assert np.isclose(baselines.mean_lag(np.arange(8) / 4 + 0.05), 0.05)
