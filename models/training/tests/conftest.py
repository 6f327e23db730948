"""Shared pieces: one short take, and where optional recordings would be."""

import os
from pathlib import Path

import numpy as np
import pytest

from vocalise_training import lf_voice, melody
from vocalise_training.performance import Singer, perform


@pytest.fixture(scope="session")
def take():
    """(audio at 22 050 Hz, performance): five seconds of a steady synthetic singer, no augmentation."""
    rng = np.random.default_rng(3)
    performance = perform(rng, melody.syllables(rng, 5.0, 55, 67, "sight"), 5.0, Singer())
    return lf_voice.render(rng, performance, "high"), performance


@pytest.fixture(scope="session")
def voices_folder():
    """Recorded voices named by VOCALISE_VOICES; tests that need them skip without."""
    folder = os.environ.get("VOCALISE_VOICES")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs recorded voices: set VOCALISE_VOICES to a folder of them")
    return Path(folder)
