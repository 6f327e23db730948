import numpy as np

from vocalise_training.placement import errors


def test_late_notes_are_late_and_other_notes_do_not_count():
    ref = np.array([[0.0, 0.5, 60.0], [1.0, np.nan, 62.0], [2.0, 2.5, 64.0], [3.0, 3.5, 65.0]])
    est = np.array([[0.01, 0.5, 60.2], [0.98, 1.4, 62.0], [2.0, 2.4, 66.0], [3.2, 3.5, 65.0]])
    assert np.allclose(sorted(errors(ref, est)), [-0.02, 0.01])
    assert len(errors(ref, np.zeros((0, 3)))) == 0
