"""Sounds that are not singing: nothing in them may become a note."""

import numpy as np
import scipy.signal

from .augment import coloured_noise, knocks, mains
from .features import SAMPLE_RATE


def whispering(rng: np.random.Generator, length: int) -> np.ndarray:
    """Speech-like bursts of noise through moving formants, without voice: whisper, breath, lip and tongue noise."""
    out = np.zeros(length)
    position = 0
    while position < length:
        size = min(int(rng.uniform(0.05, 0.6) * SAMPLE_RATE), length - position)
        noise = rng.normal(0, 1, size)
        for hz in rng.uniform((300, 900, 2200), (900, 2500, 6000)):
            section = scipy.signal.iirpeak(hz, rng.uniform(2, 8), fs=SAMPLE_RATE)
            noise = noise * 0.2 + scipy.signal.lfilter(*section, noise)
        out[position : position + size] = noise / (noise.std() + 1e-9) * np.hanning(size) * rng.uniform(0.1, 1.0)
        position += size + int(rng.choice([0.0, rng.uniform(0, 0.6)]) * SAMPLE_RATE)
    return out


def percussion(rng: np.random.Generator, length: int) -> np.ndarray:
    """A drum pattern: kicks that sweep down, snares, hats."""
    out = np.zeros(length)
    step = int(rng.uniform(0.1, 0.25) * SAMPLE_RATE)
    for start in range(0, length - step, step):
        time = np.arange(min(int(0.3 * SAMPLE_RATE), length - start)) / SAMPLE_RATE
        kind = rng.choice(4, p=[0.25, 0.2, 0.35, 0.2])
        if kind == 0:
            hit = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-time / 0.03)))) * np.exp(-time / 0.08)
        elif kind == 1:
            hit = (0.4 * np.sin(2 * np.pi * 190 * time) + 0.5 * rng.normal(0, 1, len(time))) * np.exp(-time / 0.06)
        elif kind == 2:
            hit = np.diff(rng.normal(0, 0.3, len(time) + 1)) * np.exp(-time / rng.uniform(0.01, 0.08))
        else:
            continue
        out[start : start + len(time)] += hit * rng.uniform(0.3, 1.0)
    return out


def negative(rng: np.random.Generator, length: int) -> np.ndarray:
    """[length] float32 of one or two kinds of non-singing at a random level, down to near silence."""
    makers = (coloured_noise, mains, lambda r, n: knocks(r, n, r.uniform(0.5, 5)), whispering, percussion)
    audio = np.zeros(length)
    for i in rng.choice(len(makers), size=rng.integers(1, 3), replace=False, p=[0.2, 0.1, 0.2, 0.3, 0.2]):
        part = makers[i](rng, length)
        audio += part / (np.abs(part).max() + 1e-9) * 10 ** (rng.uniform(-20, 0) / 20)
    audio += rng.normal(0, 1, length) * 10 ** (rng.uniform(-80, -40) / 20)
    return (audio * 10 ** (rng.uniform(-50, 0) / 20) / np.abs(audio).max()).astype(np.float32)
