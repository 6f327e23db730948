"""Soundfont instruments: their pitch labels are the pitch that sounds, and a band has no notes."""

import numpy as np
import pytest

from vocalise_training import clip, instruments, labels, melody
from vocalise_training.features import SAMPLE_RATE
from vocalise_training.labels import TICK

pyworld = pytest.importorskip("pyworld", reason="needs pyworld to hear pitch")
if not instruments.available():
    pytest.skip("needs FluidSynth, pyfluidsynth and fluid-soundfont-gm", allow_module_level=True)


@pytest.mark.parametrize("program", [40, 56, 71, 73])
def test_the_pitch_label_is_the_pitch_that_sounds(program):
    rng = np.random.default_rng(program)
    tune = melody.syllables(rng, 5.0, *instruments.LINES[program], "sight")
    audio, performance = instruments.line(rng, tune, program, 5.0)
    truth = labels.of_performance(performance, int(5.0 / TICK))
    hz, _ = pyworld.harvest(audio.astype(np.float64), SAMPLE_RATE, f0_floor=60, f0_ceil=1800, frame_period=1000 * TICK)
    heard = 69 + 12 * np.log2(np.maximum(hz[: len(truth.midi)], 1) / 440)
    both = (hz[: len(truth.midi)] > 0) & ~np.isnan(truth.midi) & ~np.isnan(truth.note)
    assert both.mean() > 0.3
    assert np.median(np.abs(heard - truth.midi)[both]) < 0.15
    assert len(performance.notes) >= 0.8 * len(tune)


def test_a_band_has_no_notes(monkeypatch):
    monkeypatch.setattr(clip, "KINDS", {"band": 1.0})
    made = clip.make(3, [])
    table = dict(zip(labels.FIELDS, made.labels.T))
    assert np.abs(made.audio).max() > 0.001
    assert np.isnan(table["midi"]).all() and np.isnan(table["note"]).all()
    assert not table["onset"].any() and not table["offset"].any() and (table["known"] == 1).all()
