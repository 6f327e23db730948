"""What the plugin makes of the scores: ``src/voice/timbre.rs`` over a whole take, for measuring.

Belief in an instrument = log score - what voices get on average (USUAL) - what its range loses to the register. The plugin
smooths it and changes at rests only; here the whole take is one belief.
"""

import numpy as np

from .programs import DRUMS, INSTRUMENTS, TABLE

LOWEST_SCORE = 1e-3
SEMITONES_A_NAT = 3.0
NO_PITCH = 4.0
HIGHEST = {INSTRUMENTS.index("Bass"): 48.0, INSTRUMENTS.index("Sub Bass"): 42.0}
"""MIDI pitch above which no voice is a bass, in place of the top of the instrument's range."""


def misfit(register: float | None) -> np.ndarray:
    """[20] nats that each instrument loses by playing at MIDI pitch ``register``; None has no pitch."""
    if register is None:
        return np.where(np.arange(len(TABLE)) == DRUMS, 0.0, NO_PITCH)
    low = np.array([played.lowest for played in TABLE])
    high = np.array([HIGHEST.get(i, played.highest) for i, played in enumerate(TABLE)])
    out = np.maximum(np.maximum(low - register, register - high), 0) / SEMITONES_A_NAT
    out[DRUMS] = NO_PITCH
    return out


def logarithms(scores: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(scores, LOWEST_SCORE))


def beliefs(scores: np.ndarray, register: float | None, usual: np.ndarray) -> np.ndarray:
    """[20] nats from [N, 20] scores of a take."""
    return logarithms(scores).mean(axis=0) - usual - misfit(register)
