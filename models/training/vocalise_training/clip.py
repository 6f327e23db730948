"""One training clip: something sung, said or hit, as a recording with the truth about it."""

from dataclasses import dataclass

import numpy as np

from . import instruments, labels, lf_voice, melody, speech
from .augment import augment, bleed
from .features import HOP, SAMPLE_RATE, features
from .negatives import negative
from .performance import Singer, perform

SECONDS = 10.0
KINDS = {
    "lf": 0.34, "world": 0.27, "lf_speech": 0.08, "world_speech": 0.12, "hum": 0.03, "whistle": 0.02, "instrument": 0.06,
    "negative": 0.04, "band": 0.04,
}  # fmt: skip
"""What clips are made of. Without recorded voices or a soundfont their kinds become synthetic singers."""
BLEED_ODDS = 0.12
"""Chance that a band is heard behind a sung clip."""


@dataclass
class Clip:
    """Audio with frame-aligned features and labels."""

    audio: np.ndarray
    """[N] float32 at SAMPLE_RATE."""
    features: np.ndarray
    """[N // HOP, 2, BANDS] float16."""
    labels: np.ndarray
    """[N // HOP, len(labels.FIELDS)] float32 rows, delayed to match the features."""


def _range(rng, kind):
    """A comfortable MIDI range inside what a kind of voice can sing."""
    low, high = lf_voice.RANGES[kind]
    bottom = int(rng.integers(low, high - 10))
    return bottom, min(bottom + int(rng.integers(8, 20)), high)


def make(seed: int, voices: list) -> Clip:
    """The clip of ``seed``; ``voices`` are ``world_voice.Voice`` objects, possibly none."""
    rng = np.random.default_rng(seed)
    ticks = int(SECONDS * SAMPLE_RATE) // HOP
    length = ticks * HOP
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    if not voices:
        kind = kind.replace("world", "lf")
    if not instruments.available():
        kind = {"instrument": "lf", "band": "negative"}.get(kind, kind)
    throat = str(rng.choice(list(lf_voice.RANGES), p=[0.4, 0.36, 0.12, 0.12]))
    if kind == "negative":
        return _clip(negative(rng, length), labels.silence(ticks))
    if kind == "band":
        audio = instruments.band(rng, SECONDS) * 10 ** (rng.uniform(-20, 0) / 20)
        return _clip(augment(rng, np.pad(audio, (0, length))[:length]), labels.silence(ticks))
    voice = voices[rng.integers(len(voices))] if voices else None
    if kind == "world_speech":
        audio, performance = _world().say(rng, voice, SECONDS)
    elif kind == "lf_speech":
        low, high = _range(rng, "low" if throat in ("low", "any") else "high")
        performance = speech.speak(rng, SECONDS, low - 3, low + 12)
        audio = lf_voice.render(rng, performance, throat)
    elif kind == "instrument":
        program = int(rng.choice(list(instruments.LINES)))
        audio, performance = instruments.line(rng, melody.syllables(rng, SECONDS, *instruments.LINES[program]), program, SECONDS)
    else:
        low, high = _range(rng, throat)
        if kind == "whistle":
            low, high = low % 12 + 72, low % 12 + 86
        performance = perform(rng, melody.syllables(rng, SECONDS, low, high), SECONDS, Singer.random(rng))
        if kind == "whistle":
            audio = lf_voice.whistle(rng, performance)
        elif kind == "world":
            audio = _world().sing(rng, voice, performance)
        else:
            audio = lf_voice.render(rng, performance, throat, hum=kind == "hum")
    audio = np.pad(audio, (0, max(length - len(audio), 0)))[:length]
    if kind != "instrument" and rng.random() < BLEED_ODDS and instruments.available():
        audio = bleed(rng, audio, instruments.band(rng, SECONDS))
    return _clip(augment(rng, audio), labels.of_performance(performance, ticks))


def _world():
    from . import world_voice  # needs pyworld, which the synthetic kinds do not

    return world_voice


def _clip(audio, truth):
    table = labels.shift(truth.table())
    return Clip(audio, features(audio).astype(np.float16), table)
