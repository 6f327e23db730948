import json
from pathlib import Path

import numpy as np

from vocalise_symbolic import evaluate_harmony, harmony

MODELS = Path(__file__).parents[2]


def song() -> harmony.Song:
    bars = [[62, 66], [71, 67], [69, 73], [74, 62]] * 2
    notes = [[(key, 2.0 * i, 2.0, 0.7) for i, key in enumerate(keys)] for keys in bars]
    chords = [(2, 0), (7, 0), (9, 2), (2, 0)] * 2
    found = harmony.Song("", "openewld", "rock", 4.0, "4/4", notes, [c for c in chords for _ in (0, 1)])
    found.own = [[c] * 2 for c in chords]
    found.keys = harmony.keys_of(found)
    return found


def test_labels_read_and_sevenths_keep_their_family():
    assert harmony.chord_of("F#:min7/b3") == (6, harmony.QUALITIES.index("min7"))
    assert harmony.chord_of("Bb:dominant-ninth") == (10, harmony.QUALITIES.index("dom7"))
    assert harmony.chord_of("N") is None
    assert harmony.tones((9, 4)) == {9, 0, 4, 7}
    assert harmony.state_of((7, 2), 0) == 31


def test_a_plain_tune_is_in_its_key_and_its_own_chords_hold_it():
    found = song()
    assert found.keys == [(2, 0)] * 8
    assert evaluate_harmony.share(evaluate_harmony.own_hits(found)) == 1
    assert evaluate_harmony.share(evaluate_harmony.hits(found, found.halves)) == 1
    assert np.mean(evaluate_harmony.agreement(found, found.halves)) == 1


def test_tables_of_every_genre_are_written(tmp_path):
    harmony.write([song()] * 3, tmp_path / "harmony.json", harmony.WEIGHTS)
    ours, shipped = (json.loads((p / "harmony.json").read_text()) for p in (tmp_path, MODELS))
    assert ours.keys() == shipped.keys() and ours["genres"].keys() == shipped["genres"].keys()
    assert shipped["weights"] == harmony.WEIGHTS
    assert sum("rules" in genre["source"] for genre in shipped["genres"].values()) == len(harmony.RULES)
