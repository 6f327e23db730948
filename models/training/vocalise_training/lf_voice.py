"""A synthetic singer: random vocal tracts that articulate and sound a performance."""

import numpy as np

from . import vocal_tract
from .performance import RATE, Performance, hann_smooth, unsteady

VOWELS = np.array(
    [
        [730, 1090, 2440, 3400, 4300],
        [530, 1840, 2480, 3500, 4400],
        [270, 2290, 3010, 3600, 4500],
        [570, 840, 2410, 3300, 4200],
        [300, 870, 2240, 3200, 4100],
        [660, 1720, 2410, 3450, 4300],
        [500, 1500, 2500, 3500, 4500],
        [390, 1990, 2550, 3400, 4300],
        [440, 1020, 2240, 3200, 4200],
        [640, 1190, 2390, 3300, 4200],
    ],
    float,
)
"""Hz: men's averages after Peterson and Barney, JASA 24 (1952), completed with usual F4 and F5."""
HUMS = np.array([[250, 1000, 2200, 3000, 4000], [280, 1600, 2400, 3300, 4200]], float)
"""Closed mouth, m and n."""
LATERAL = np.array([360, 1150, 2650, 3300, 4200], float)
BANDWIDTHS = np.array([80, 90, 120, 170, 220], float)
FRICATIVES = ((6500, 2500, 0.5), (4200, 1800, 0.6), (8000, 4000, 0.25), (1500, 3000, 0.2), (2500, 2000, 0.4))
"""Centre Hz, bandwidth Hz, loudness of s, sh, f, h and ch-like noise."""

RANGES = {"low": (36, 66), "high": (52, 80), "child": (57, 84), "any": (36, 86)}
"""MIDI pitches that a kind of voice sings."""
TRACTS = {"low": 1.0, "high": 1.15, "child": 1.27, "any": 1.1}
"""Formant scale against the vowel table: shorter vocal tracts are higher."""


def _articulate(rng, performance, mouth):
    """Formants [steps, 5], frication amplitude [steps], its band [steps, 2] and extra aspiration [steps]."""
    steps = len(performance.midi)
    formants = np.zeros((steps, 5))
    frication, aspiration = np.zeros(steps), np.zeros(steps)
    band = np.tile([4000.0, 2000.0], (steps, 1))
    level = max(performance.voice.max(), 1e-3)
    variety = rng.choice([0.0, 0.3, 0.9])
    vowel = mouth[rng.integers(len(mouth))]
    fricative = FRICATIVES[rng.integers(len(FRICATIVES))]
    burst = rng.uniform(0.2, 1.0)
    formants[:] = vowel
    for span in performance.spans:
        if rng.random() < variety:
            vowel = mouth[rng.integers(len(mouth))]
            fricative = FRICATIVES[rng.integers(len(FRICATIVES))]
        formants[span.vowel :] = vowel
        attack, start = span.attack, span.vowel
        if start - attack < 2 or len(mouth) < 3:
            continue
        loud = level * rng.uniform(0.3, 1.2)
        if span.consonant == "fricative":
            frication[attack:start] += np.hanning(start - attack) * fricative[2] * loud
            band[attack:start] = fricative[:2]
        elif span.consonant in ("stop", "voiced_stop"):
            release = start - max(int((start - attack) * rng.uniform(0.15, 0.5)), 2)
            peak = burst * loud * (1.0 if span.consonant == "stop" else 0.35)
            frication[release : release + 3] += peak
            band[release : release + 3] = rng.uniform(800, 5000), 2500
            if span.consonant == "stop":
                aspiration[release:start] += 0.15 * peak
            formants[attack:release] = HUMS[0]
        elif span.consonant == "nasal":
            formants[attack:start] = HUMS[rng.integers(2)]
        elif span.consonant == "lateral":
            formants[attack:start] = LATERAL * rng.uniform(0.9, 1.1)
    return formants, frication, band, aspiration


def render(rng: np.random.Generator, performance: Performance, kind: str = "any", hum: bool = False) -> np.ndarray:
    """[steps * CONTROL] float32, RMS 1/6 over the take: ``performance`` sung by a random voice of ``kind``."""
    mouth = HUMS if hum else VOWELS
    formants, frication, band, aspiration = _articulate(rng, performance, mouth)
    hz = 440 * 2 ** ((performance.midi - 69) / 12)
    formants = np.stack([hann_smooth(f, rng.uniform(0.02, 0.07)) for f in formants.T], axis=1)
    formants *= TRACTS[kind] * rng.uniform(0.9, 1.1)
    if rng.random() < 0.6:  # singers tune the first formant to stay above the fundamental
        formants[:, 0] = np.maximum(formants[:, 0], 0.95 * hz)
    if not hum and rng.random() < 0.2:  # singer's formant: F3 to F5 gather near 3 kHz
        centre = 2900 * TRACTS[kind] * rng.uniform(0.93, 1.07)
        pull = np.array([0, 0, 0.6, 0.7, 0.5])
        formants = formants * (1 - pull) + pull * centre * np.array([1, 1, 0.93, 1, 1.12])
    formants = np.minimum(formants, [3000, 4500, 6000, 8000, 9500])
    bandwidths = BANDWIDTHS * rng.uniform(0.7, 1.6) * (1 + 0.3 * (formants / 4000) ** 2)
    if hum:
        bandwidths = bandwidths * [1, 3, 4, 5, 6]
    voice = performance.voice
    effort = hann_smooth(voice / max(voice.max(), 1e-3), 0.02)
    shape = rng.uniform(0.6, 2.2) + (0.5 - effort) * rng.uniform(0, 1.2) + unsteady(rng, len(voice), 0.06, 0.08)
    breathy = np.exp(rng.uniform(np.log(0.002), np.log(0.12)))
    rough = rng.uniform(0, 0.25) if rng.random() < 0.1 else 0.0
    audio = vocal_tract.synthesise(
        hz,
        np.clip(shape, 0.4, 2.69),
        voice,
        0.3 * breathy * np.sqrt(np.maximum(voice, 1e-4)) * (voice > 0) + performance.breath + aspiration,
        0.35 * frication,
        band,
        formants,
        bandwidths,
        np.clip(performance.creak + rough, 0, 1),
        tilt=np.clip(rng.normal(0.15, 0.25), 0, 0.8),
        jitter=np.exp(rng.uniform(np.log(0.0005), np.log(0.01))),
        shimmer=rng.uniform(0.005, 0.06),
        seed=rng.integers(1 << 30),
    )
    return (audio / (6 * np.sqrt(np.mean(audio**2)) + 1e-9)).astype(np.float32)


def whistle(rng: np.random.Generator, performance: Performance) -> np.ndarray:
    """[steps * CONTROL] float32: ``performance`` whistled, a nearly pure tone with air around it."""
    steps = len(performance.midi)
    samples = np.arange(steps * vocal_tract.CONTROL) / vocal_tract.CONTROL
    at = lambda curve: np.interp(samples, np.arange(steps), curve)
    hz = at(440 * 2 ** ((performance.midi - 69) / 12))
    phase = 2 * np.pi * np.cumsum(hz) / (RATE * vocal_tract.CONTROL)
    tone = np.sin(phase) + rng.uniform(0, 0.08) * np.sin(2 * phase) + rng.uniform(0, 0.03) * np.sin(3 * phase)
    air = hann_smooth(rng.normal(0, 1, len(samples)), 0.05) * rng.uniform(0.05, 1.0)
    audio = at(performance.voice) * (tone + air) + at(performance.breath) * rng.normal(0, 1, len(samples))
    return (audio / (6 * np.sqrt(np.mean(audio**2)) + 1e-9)).astype(np.float32)
