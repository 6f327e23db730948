"""The decoder on outputs that a perfect network would give, and the measures on known answers."""

import numpy as np
import pytest

from vocalise_training import evaluate
from vocalise_training.decoder import Decoded, decode
from vocalise_training.features import DELAY_FRAMES
from vocalise_training.labels import TICK
from vocalise_training.presets import PRESETS


def perfect(notes, frames=300):
    """Outputs for (onset frame, offset frame, MIDI) triples."""
    out = {
        "pitch": np.full((frames, 128), 1e-6),
        "velocity": np.eye(128)[np.full(frames, 90)],
        "onset": np.full((frames, 1), 0.01),
        "offset": np.full((frames, 1), 0.01),
        "voicing": np.full((frames, 1), 0.01),
        "fine": np.full((frames, 420), 1e-6),
    }
    for start, stop, midi in notes:
        out["pitch"][start:stop, midi] = 1
        out["fine"][start:stop, (midi - 24) * 5] = 1
        out["voicing"][start:stop] = 0.99
        out["onset"][start - 1 : start + 2, 0] = (0.7, 0.98, 0.7)
        out["offset"][stop - 1 : stop + 2, 0] = (0.7, 0.98, 0.7)
    return out


@pytest.mark.parametrize("preset", PRESETS)
def test_separate_repeated_and_tied_notes(preset):
    truth = [(30, 60, 60), (60, 90, 60), (90, 130, 64), (160, 200, 57)]
    notes = decode(perfect(truth), PRESETS[preset])
    assert [round(n.pitch) for n in notes] == [60, 60, 64, 57]
    for note, (start, stop, _) in zip(notes, truth):
        expected = (start + 1 - DELAY_FRAMES) * TICK + (PRESETS[preset].onset_shift - 1) * TICK
        assert note.onset == pytest.approx(expected, abs=2.5 * TICK)
        assert note.velocity == pytest.approx(90 / 127, abs=0.01)


def test_silence_gives_nothing():
    assert decode(perfect([]), PRESETS["fast"]) == []


def test_live_notes_do_not_depend_on_what_follows():
    truth = [(30, 60, 60), (60, 90, 62), (120, 170, 64)]
    whole = perfect(truth)
    first = decode(whole, PRESETS["sure"])[0]
    consumed = int(round(first.decided / TICK))
    cut = {name: values[:consumed] for name, values in whole.items()}
    assert decode(cut, PRESETS["sure"])[0].onset == first.onset


def test_note_counts_on_a_known_case():
    reference = np.array([[1.0, 1.5, 60.0], [2.0, 2.5, 62.0]])
    notes = [Decoded(1.02, 1.5, 60.1, 0.5, 1.06), Decoded(2.0, 2.1, 62.9, 0.5, 2.05)]
    counts = evaluate.note_counts(reference, notes)
    assert list(counts["COn"]) == [2, 2, 2]
    assert list(counts["COnP"]) == [1, 2, 2]
    assert list(counts["COnPOff"]) == [1, 2, 2]


def test_bootstrap_holds_the_estimate():
    rows = np.array([[1, 2, 2], [2, 2, 2], [0, 2, 2]], float)
    value, low, high = evaluate.bootstrap(rows, evaluate.f1)
    assert low <= value <= high and value == pytest.approx(0.5)
