"""What the plugin has to compute the same: the features of notes and of steps, on values worked out by hand."""

import numpy as np

from vocalise_symbolic import golden, step_features
from vocalise_symbolic import note_features as nf
from vocalise_symbolic.corpus import Line


def one_note(**changes):
    fields = {"pitch": 60, "place": 5.25, "gap": 1.0, "duration": np.nan, "velocity": 127.0, "query": False}
    arrays = {name: np.array([value]) for name, value in (fields | changes).items()}
    return nf.features(nf.Notes(**arrays, bar_known=np.array(True), bar=np.array(4.0), bpm=np.array(120.0)))[0]


def test_a_note_lies_where_the_table_says():
    row = one_note()
    assert row[60] == 1 and row[:128].sum() == 1
    assert row[nf.PLACE + 12] == 1  # a quarter of 48
    assert row[nf.QUARTER + 1] == 1  # bar two, second quarter
    assert np.isclose(row[nf.GAP + 11], 0.5) and np.isclose(row[nf.GAP + 12], 0.5)  # half way on the log axis
    assert row[nf.VELOCITY + 15] == 1
    assert list(row[nf.FLAGS :]) == [0, 0, 1, 0, 0, 1, 0.5, 0.5]


def test_the_circle_closes():
    row = one_note(place=0.995)
    assert np.isclose(row[nf.PLACE], 0.76) and np.isclose(row[nf.PLACE + 47], 0.24)
    assert one_note(place=-0.25)[nf.QUARTER + 3] == 1  # a hair early is the bar before


def test_what_is_unknown_is_empty_and_flagged():
    row = one_note(pitch=-1, place=np.nan, velocity=np.nan, query=True)
    assert row[: nf.FLAGS].sum() == 0
    assert list(row[nf.FLAGS : nf.BAR_LENGTH]) == [1, 1, 1, 1, 1, 1]


def test_timing_classes_reach_both_neighbours():
    place = np.array([0.98, 1.02, 0.7, np.nan, 5.0])
    score = np.array([1.0, 1.0, 0.75, 3.25, 0.0])
    assert list(nf.timing_class(score, place)) == [18, 6, 15, 9, -1]


def test_dynamics_bins_expect_their_middle():
    assert nf.dynamics_bin(np.array([0, 3, 4, 127])).tolist() == [0, 0, 1, 31]
    assert np.allclose(nf.expected_velocity(np.eye(32)), np.arange(32) * 4 + 2)


def line(onset, duration, pitch=None):
    onset = np.array(onset, float)
    pitch = np.full(len(onset), 60) if pitch is None else np.array(pitch)
    duration, velocity = np.array(duration, float), np.full(len(onset), 90.0)
    return Line("made/up", "pop909", "pop", "melody", onset, duration, pitch, velocity, 4.0, True, 120, True)


def test_short_silence_is_legato_and_long_silence_a_rest():
    steps = step_features.steps_of(line([0, 1, 3], [0.8, 0.5, 1.0], [60, 62, 64]))
    assert steps.pitch.tolist() == [60, 62, 0, 64]
    assert steps.length.tolist() == [4, 2, 6, 4]
    assert steps.place.tolist() == [0, 4, 6, 12]
    assert steps.phrase.tolist() == [True, False, False, True]


def test_steps_say_what_they_say():
    steps = step_features.steps_of(line([0, 5], [1.0, 30.0], [60, 62]))
    table = step_features.features(steps, genre=9)
    where = (1, step_features.OCTAVE + 4, step_features.LENGTH + 3, step_features.PLACE)
    assert (table[0, list(where)] == 1).all()
    assert table[1, 0] == 1 and table[1, step_features.VELOCITY : step_features.GENRE].sum() == 0
    assert table[1, 1] == 1 and table[1, step_features.INTERVAL : step_features.SOUNDED].sum() == 0
    assert table[2, step_features.LENGTH + 15] == table[2, step_features.INTERVAL + 26] == 1
    assert table[2, step_features.SOUNDED] == table[2, step_features.SOUNDED + 10] == 0.5
    assert np.isclose(table[0, step_features.VELOCITY : step_features.GENRE].sum(), 1)
    assert (table[:, step_features.GENRE] == 1).all() and (table[:, step_features.BAR] == 0.5).all()


def test_pitches_fold_into_range_and_rests_stay():
    assert step_features.within_range(np.array([0, 12, 60, 120])).tolist() == [0, 24, 60, 108]


def test_golden_events_cover_every_flag():
    table = golden.note_features_of(golden.tune())
    assert ((table[:, nf.FLAGS :] != 0).any(0)).all()
    assert table.shape == (26, nf.SIZE) and golden.step_features_of(golden.melody()).shape == (12, step_features.SIZE)
