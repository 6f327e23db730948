"""What lies between a mouth and a recording: room, microphone, noise, mains hum, saturation, codec, level."""

import numpy as np
import scipy.signal

from .features import SAMPLE_RATE


def room(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """Adds exponentially decaying diffuse reverberation, RT60 0.08 - 0.9 s."""
    decay = np.exp(rng.uniform(np.log(0.08), np.log(0.9)))
    time = np.arange(int(min(1.1 * decay, 0.8) * SAMPLE_RATE)) / SAMPLE_RATE
    response = rng.normal(0, 1, len(time)) * 10 ** (-3 * time / decay) * (time > rng.uniform(0.001, 0.02))
    if rng.random() < 0.7:
        response = scipy.signal.lfilter([0.4], [1, -0.6], response)
    response /= np.sqrt((response**2).sum()) + 1e-9
    wet = scipy.signal.oaconvolve(audio, response)[: len(audio)]
    return audio + wet * rng.uniform(0.02, 0.45)


def peaking(hz: float, decibels: float, q: float) -> np.ndarray:
    """[1, 6] second-order section of a peaking equaliser (Bristow-Johnson, Audio EQ cookbook)."""
    gain = 10 ** (decibels / 40)
    w = 2 * np.pi * hz / SAMPLE_RATE
    alpha, c = np.sin(w) / (2 * q), np.cos(w)
    section = [1 + alpha * gain, -2 * c, 1 - alpha * gain, 1 + alpha / gain, -2 * c, 1 - alpha / gain]
    return np.array([section]) / section[3]


def microphone(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """Low cut, high cut and up to three resonances."""
    sections = []
    if rng.random() < 0.6:
        sections.append(scipy.signal.butter(2, rng.uniform(50, 250), "hp", fs=SAMPLE_RATE, output="sos"))
    if rng.random() < 0.4:
        order = int(rng.choice([2, 6]))
        sections.append(scipy.signal.butter(order, rng.uniform(2800, 9500), "lp", fs=SAMPLE_RATE, output="sos"))
    for _ in range(rng.integers(0, 4)):
        hz = np.exp(rng.uniform(np.log(100), np.log(7000)))
        sections.append(peaking(hz, rng.uniform(-8, 8), rng.uniform(0.5, 2)))
    return scipy.signal.sosfilt(np.concatenate(sections), audio) if sections else audio


def coloured_noise(rng: np.random.Generator, length: int) -> np.ndarray:
    """White, brown-ish or low-passed noise of unit deviation, sometimes swelling slowly."""
    kind = rng.integers(3)
    noise = rng.normal(0, 1, length)
    if kind == 1:
        noise = scipy.signal.lfilter([1], [1, -0.97], noise)
    elif kind == 2:
        noise = scipy.signal.lfilter([1, 0.4], [1, -0.6], noise)
    if rng.random() < 0.3:
        knots = rng.uniform(0.3, 1.5, max(length // SAMPLE_RATE, 1) + 2)
        noise *= np.interp(np.linspace(0, len(knots) - 1, length), np.arange(len(knots)), knots)
    return noise / (noise.std() + 1e-9)


def mains(rng: np.random.Generator, length: int) -> np.ndarray:
    """50 or 60 Hz hum with harmonics, about unit amplitude."""
    hz = rng.choice([50, 60])
    time = np.arange(length) / SAMPLE_RATE
    return sum(np.sin(2 * np.pi * hz * k * time + rng.uniform(0, 6)) / k for k in (1, 2, 3, 5))


def knocks(rng: np.random.Generator, length: int, rate: float) -> np.ndarray:
    """Bumps, clicks and taps of about unit peak, ``rate`` a second."""
    out = np.zeros(length)
    for _ in range(rng.poisson(rate * length / SAMPLE_RATE)):
        start = int(rng.integers(length))
        time = np.arange(min(int(0.12 * SAMPLE_RATE), length - start)) / SAMPLE_RATE
        body = np.sin(2 * np.pi * rng.uniform(60, 900) * time * np.exp(-time * rng.uniform(0, 20)))
        hit = (body * rng.uniform(0, 1) + rng.normal(0, 1, len(time)) * rng.uniform(0.1, 1)) * np.exp(-time / rng.uniform(0.002, 0.03))
        out[start : start + len(time)] += hit * rng.uniform(0.2, 1.0)
    return out


def level(audio: np.ndarray) -> float:
    """Root mean square; never 0."""
    return float(np.sqrt(np.mean(np.asarray(audio, np.float64) ** 2))) + 1e-9


def bleed(rng: np.random.Generator, audio: np.ndarray, band: np.ndarray) -> np.ndarray:
    """[N] ``audio`` with ``band`` leaking into its microphone, 8 to 34 dB below it."""
    leak = np.pad(band, (0, max(len(audio) - len(band), 0)))[: len(audio)]
    return audio + leak * (level(audio) / level(leak) * 10 ** (-rng.uniform(8, 34) / 20))


def augment(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """[N] float32 of ``audio`` as some microphone in some room would give it, at a random level.

    Peaks end between -42 and 0 dBFS; signal-to-noise ratios run from 5 to 75 dB.
    """
    length = len(audio)
    y = np.asarray(audio, np.float64)
    rms = np.sqrt(np.mean(y**2)) + 1e-9
    if rng.random() < 0.6:
        y = room(rng, y)
    if rng.random() < 0.8:
        y = microphone(rng, y)
    if rng.random() < 0.12:
        drive = rng.uniform(1, 8)
        y = np.tanh(y * drive) / drive
    low, high = ((5, 20), (20, 40), (40, 75))[rng.choice(3, p=[0.15, 0.4, 0.45])]
    y = y + coloured_noise(rng, length) * rms * 10 ** (-rng.uniform(low, high) / 20)
    if rng.random() < 0.2:
        y = y + mains(rng, length) * rms * 10 ** (-rng.uniform(18, 45) / 20)
    if rng.random() < 0.2:
        y = y + knocks(rng, length, 0.5) * rms * 10 ** (-rng.uniform(-6, 20) / 20)
    if rng.random() < 0.15:  # lossy codecs and phone lines cut everything above their band
        y = scipy.signal.sosfilt(scipy.signal.butter(8, rng.choice([3400, 4500, 7000]), "lp", fs=SAMPLE_RATE, output="sos"), y)
    peak = 10 ** (rng.uniform(-42, 0) / 20)
    y = y * peak / (np.abs(y).max() + 1e-9)
    if rng.random() < 0.5:
        y = np.round(y * 32767) / 32767
    return y.astype(np.float32)
