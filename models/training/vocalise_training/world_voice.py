"""Recorded voices sing new performances: WORLD analysis once, re-synthesis with the performance's pitch and loudness.

WORLD: Morise, Yokomori and Ozawa, IEICE Trans. Inf. Syst. E99-D (2016). The recording gives timbre and consonants,
the performance gives pitch, timing and labels.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyworld
import scipy.signal
import soundfile

from . import speech
from .features import SAMPLE_RATE
from .performance import RATE, Performance

PERIOD = 5.0
"""Milliseconds between WORLD frames."""
FRAME_RATE = 1000 / PERIOD
SUFFIXES = (".wav", ".flac", ".ogg")
SHORTEST = 12
"""Frames: voiced runs shorter than this make no vowel."""
SILENT = 1e-12
"""Spectral envelope power of nothing."""


@dataclass
class Segment:
    """A voiced run and the unvoiced frames that led into it. Spectra are power envelopes."""

    spectrum: np.ndarray
    aperiodicity: np.ndarray
    lead_spectrum: np.ndarray
    midi: float
    """Median pitch of the run."""


@dataclass
class Voice:
    """One analysed recording."""

    name: str
    midi: np.ndarray
    """[frames] pitch of the recording; nan = unvoiced."""
    spectrum: np.ndarray
    aperiodicity: np.ndarray
    segments: list[Segment]


def analyse(path: Path) -> Voice:
    """Pitch, envelope and segments of one recording."""
    audio, rate = soundfile.read(path, dtype="float64", always_2d=True)
    audio = audio.mean(axis=1)
    if rate != SAMPLE_RATE:
        common = np.gcd(rate, SAMPLE_RATE)
        audio = scipy.signal.resample_poly(audio, SAMPLE_RATE // common, rate // common)
    audio = 0.5 * audio / (np.abs(audio).max() + 1e-9)
    hz, times = pyworld.harvest(audio, SAMPLE_RATE, f0_floor=60, f0_ceil=1000, frame_period=PERIOD)
    spectrum = pyworld.cheaptrick(audio, hz, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(audio, hz, times, SAMPLE_RATE)
    level = 10 * np.log10(spectrum.mean(axis=1) + 1e-12)
    threshold = np.percentile(level, 95) - 30
    voiced = (hz > 0) & (level > threshold)
    midi = np.where(voiced, 69 + 12 * np.log2(np.maximum(hz, 1) / 440), np.nan)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(int), [0]])))
    segments = []
    for start, stop in zip(edges[::2], edges[1::2]):
        if stop - start >= SHORTEST:
            lead = start
            while lead > 0 and not voiced[lead - 1] and start - lead < 24 and level[lead - 1] > threshold - 15:
                lead -= 1
            run = slice(start, stop)
            segments.append(
                Segment(
                    spectrum[run].astype(np.float32),
                    aperiodicity[run].astype(np.float32),
                    spectrum[lead:start].astype(np.float32),
                    float(np.median(midi[run])),
                )
            )
    return Voice(path.stem, midi, spectrum.astype(np.float32), aperiodicity.astype(np.float32), segments)


def load(folder: Path) -> list[Voice]:
    """All recordings below ``folder`` that contain voice, in a fixed order."""
    paths = sorted(p for p in Path(folder).rglob("*") if p.suffix in SUFFIXES)
    return [voice for voice in map(analyse, paths) if voice.segments]


def stretch(rows: np.ndarray, size: int) -> np.ndarray:
    """[size, bins] from [n, bins]: first quarter and end keep their speed, the middle is drawn out or squeezed."""
    n = len(rows)
    head, tail = n // 4, max(n // 7, 1)
    if size > n and size > head + tail:
        middle = np.linspace(head, n - 1 - tail, size - head - tail)
        index = np.concatenate([np.arange(head), middle, np.arange(n - tail, n)])
    else:
        index = np.linspace(0, n - 1, size)
    below = np.floor(index).astype(int)
    above = np.minimum(below + 1, n - 1)
    weight = (index - below)[:, None]
    log = np.log(np.maximum(rows, 1e-16))
    return np.exp(log[below] * (1 - weight) + log[above] * weight)


def warp(spectrum: np.ndarray, factor: float) -> np.ndarray:
    """Moves formants by ``factor``: another length of vocal tract."""
    bins = spectrum.shape[1]
    source = np.minimum(np.arange(bins) / factor, bins - 1)
    below = np.minimum(source.astype(int), bins - 2)
    weight = source - below
    return spectrum[:, below] * (1 - weight) + spectrum[:, below + 1] * weight


def sing(rng: np.random.Generator, voice: Voice, performance: Performance) -> np.ndarray:
    """[N] float32, RMS 1/6: ``performance`` in the timbre of ``voice``, its own formants moved a little."""
    frames = int(performance.seconds * FRAME_RATE) + 1
    bins = voice.spectrum.shape[1]
    at = lambda curve: np.interp(np.arange(frames) / FRAME_RATE * RATE, np.arange(len(curve)), curve)
    index = lambda control: min(int(round(control / RATE * FRAME_RATE)), frames)
    spectrum, aperiodicity = np.full((frames, bins), SILENT), np.ones((frames, bins))
    gain = at(performance.voice)
    factor = rng.uniform(0.87, 1.2)
    variety = rng.choice([0.15, 0.6, 1.0])
    segment = None
    for span, note in zip(performance.spans, performance.notes):
        start, stop = index(span.attack), index(span.end)
        if stop - start < 3:
            continue
        if segment is None or rng.random() < variety:
            near = np.array([np.exp(-abs(s.midi - note.pitch) / 6) for s in voice.segments])
            segment = voice.segments[rng.choice(len(near), p=near / near.sum())]
        body = stretch(segment.spectrum, stop - start)
        spectrum[start:stop] = body / body.mean() * 1e-3
        aperiodicity[start:stop] = stretch(segment.aperiodicity, stop - start)
        vowel = index(span.vowel)
        lead = segment.lead_spectrum[-(vowel - start) :] if vowel > start else segment.lead_spectrum[:0]
        if span.consonant in ("stop", "fricative") and len(lead) > 1:
            loud = gain[vowel : vowel + 20].max(initial=0.0) * 10 ** (-rng.uniform(4, 12) / 20)
            spectrum[vowel - len(lead) : vowel] = lead / lead.mean() * 1e-3
            aperiodicity[vowel - len(lead) : vowel] = 1
            gain[vowel - len(lead) : vowel] = np.maximum(gain[vowel - len(lead) : vowel], loud)
    breath = at(performance.breath)
    quiet = (gain < 1e-4) & (breath > 1e-5)
    spectrum[quiet] = 1e-3 * (0.2 + np.exp(-(((np.linspace(0, 1, bins) - 0.25) / 0.25) ** 2)))
    gain = np.where(quiet, breath, gain)
    return _synthesise(rng, at(performance.midi), at(performance.voice), warp(spectrum, factor) * gain[:, None] ** 2, aperiodicity)


def say(rng: np.random.Generator, voice: Voice, seconds: float) -> tuple[np.ndarray, Performance]:
    """The recording itself with its intonation moved, stretched and made livelier, as (audio, performance)."""
    frames = int(seconds * FRAME_RATE) + 1
    speed = rng.uniform(0.75, 1.3)
    start = rng.uniform(0, max(len(voice.midi) - frames * speed, 0) + 1)
    index = ((start + np.arange(frames) * speed) % len(voice.midi)).astype(int)
    midi = voice.midi[index]
    voiced = ~np.isnan(midi)
    centre = np.nanmedian(voice.midi)
    filled = np.interp(np.arange(frames), np.flatnonzero(voiced), midi[voiced]) if voiced.any() else np.full(frames, centre)
    moved = max(centre + rng.uniform(-7, 7), 41.0) + (filled - centre) * rng.uniform(0.6, 1.8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(int), [0]])))
    for first, last in zip(edges[::2], edges[1::2]):
        speech.bend_edges(rng, moved[first:last], FRAME_RATE)
    moved = np.clip(moved, 36, 84)
    spectrum = warp(voice.spectrum[index].astype(float), rng.uniform(0.85, 1.2))
    audio = _synthesise(rng, moved, voiced.astype(float), spectrum, voice.aperiodicity[index].astype(float))
    steps = int(seconds * RATE)
    at = lambda curve: np.interp(np.arange(steps) / RATE * FRAME_RATE, np.arange(frames), curve)
    power = spectrum.mean(axis=1)
    loud = np.sqrt(power / (np.quantile(power, 0.95) + 1e-16)) * voiced
    performance = Performance(at(moved), at(loud), np.zeros(steps), np.zeros(steps), notes_known=False)
    return audio, performance


def _synthesise(rng, midi, voice, spectrum, aperiodicity):
    hz = 440 * 2 ** ((midi - 69) / 12) * (1 + rng.normal(0, 0.0015, len(midi)))
    hz = np.where(voice > 1e-3 * max(voice.max(), 1e-6), hz, 0.0)
    audio = pyworld.synthesize(
        hz,
        np.ascontiguousarray(spectrum, dtype=np.float64) + SILENT,
        np.clip(np.ascontiguousarray(aperiodicity, dtype=np.float64), 1e-3, 1 - 1e-3),
        SAMPLE_RATE,
        PERIOD,
    )
    return (audio / (6 * np.sqrt(np.mean(audio**2)) + 1e-9)).astype(np.float32)
