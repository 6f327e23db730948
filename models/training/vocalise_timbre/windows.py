"""Seconds of sound as the network hears them: log-mel frames, with other microphones drawn anew each time."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vocalise_training.features import BANDS, LOG_FLOOR

from .model import FRAMES, INSTRUMENTS

NATS = np.log(10) / 20
"""Of a decibel."""


OWN = 0.5
"""How often the own program is drawn, where there are relatives."""
STRETCH = 1.15
"""How much faster or slower half of the seconds are played, at most."""
HELD = 0.3
"""How often a note of a bowed, blown, sung or electronic instrument stands still, as where a sampler loops a few periods of it."""
SUSTAINED = ("Organ", "Synth Lead", "Strings", "Solo Violin", "Choir", "Brass", "Trumpet", "Saxophone", "Woodwinds", "Flute")


@dataclass(frozen=True)
class Sounds:
    """The phrases of a sound set."""

    frames: np.ndarray
    """[frames, BANDS] float16 log-mel."""
    clips: np.ndarray
    """Rows of ``render.CLIP``."""


def load(data: Path, name: str) -> Sounds:
    """The set ``name`` that ``render`` wrote to ``data``, phrases of a second and more."""
    clips = np.load(data / f"{name}.clips.npy")
    return Sounds(np.load(data / f"{name}.frames.npy"), clips[clips["stop"] - clips["start"] >= FRAMES])


def seconds(sounds: Sounds) -> tuple[np.ndarray, np.ndarray]:
    """([N, FRAMES, BANDS] float16 every whole second of every phrase as it is, [N] index of its phrase)."""
    heard, owner = [], []
    for i, clip in enumerate(sounds.clips):
        for start in range(clip["start"], clip["stop"] - FRAMES + 1, FRAMES):
            heard.append(sounds.frames[start : start + FRAMES])
            owner.append(i)
    return np.stack(heard), np.array(owner)


class Sampler:
    """Draws seconds of a sound set: an instrument's own program as often as all its relatives together."""

    def __init__(self, sounds: Sounds, seed: int) -> None:
        self.sounds, self.rng = sounds, np.random.default_rng(seed)
        self.phrases: dict[int, tuple[np.ndarray, ...]] = {}
        """By instrument: the indices of phrases of each of its programs, the own one first."""
        instrument, program, own = (sounds.clips[field] for field in ("instrument", "program", "own"))
        for label in np.unique(instrument):
            these = instrument == label
            programs = sorted({*zip(~own[these], program[these])})
            self.phrases[int(label)] = tuple(np.flatnonzero(these & (program == one)) for _, one in programs)

    def draw(self, instrument: int) -> np.ndarray:
        """[FRAMES, BANDS] log-mel of a second of the instrument."""
        first, *relatives = self.phrases[instrument]
        of = first if not relatives or self.rng.random() < OWN else relatives[self.rng.integers(len(relatives))]
        clip = self.sounds.clips[self.rng.choice(of)]
        length = int(self.rng.uniform(1 / STRETCH, STRETCH) * FRAMES) if self.rng.random() < 0.5 else FRAMES
        length = min(length, int(clip["stop"] - clip["start"]))
        start = int(self.rng.integers(clip["start"], clip["stop"] - length + 1))
        frames = self.sounds.frames[start : start + length].astype(np.float32)
        if INSTRUMENTS[instrument] in SUSTAINED and self.rng.random() < HELD:
            frames = held(self.rng, frames)
        return microphone(self.rng, paced(frames))


def held(rng: np.random.Generator, frames: np.ndarray) -> np.ndarray:
    """``frames`` of which a few come again and again, forth and back, for at least a third of a second."""
    length, few = len(frames), int(rng.integers(1, 9))
    lasting = int(rng.integers(length // 3, length))
    start = int(rng.integers(0, length - lasting + 1))
    turn = np.concatenate([np.arange(few), np.arange(few)[::-1]])
    loop = np.minimum(start + np.resize(turn, lasting), length - 1)
    return np.concatenate([frames[:start], frames[loop], frames[start + lasting :]])


def paced(frames: np.ndarray) -> np.ndarray:
    """[FRAMES, BANDS] of any number of ``frames``: played faster or slower."""
    if len(frames) == FRAMES:
        return frames
    place = np.linspace(0, len(frames) - 1, FRAMES, dtype=np.float32)
    before = np.minimum(place.astype(int), len(frames) - 2)
    part = (place - before)[:, None]
    return frames[before] * (1 - part) + frames[before + 1] * part


def colour(rng: np.random.Generator) -> np.ndarray:
    """[BANDS] nats: what a microphone, a room and a distance do to a spectrum. Tilt, slopes at both ends, broad bumps."""
    place = np.linspace(-1, 1, BANDS, dtype=np.float32)
    curve = rng.normal(0, 4) * place
    if rng.random() < 0.5:
        curve += -rng.uniform(0, 18) * np.clip((-0.8 - place + rng.uniform(0, 0.15)) / 0.2, 0, None)
    if rng.random() < 0.4:
        curve += -rng.uniform(0, 40) * np.clip(place - rng.uniform(0.1, 0.9), 0, None)
    for _ in range(rng.integers(0, 5)):
        curve += rng.normal(0, 4) * np.exp(-0.5 * ((place - rng.uniform(-1, 1)) / rng.uniform(0.06, 0.35)) ** 2)
    return curve * NATS


def microphone(rng: np.random.Generator, frames: np.ndarray) -> np.ndarray:
    """[N, BANDS] log-mel ``frames`` as another microphone at another level would have given them."""
    magnitude = (np.exp(frames) - LOG_FLOOR).clip(0) * np.exp(colour(rng))
    loudest = magnitude.max() + 1e-9
    noise = np.exp(rng.normal(0, 4) * NATS * np.linspace(1, -1, BANDS, dtype=np.float32))
    noise *= loudest * 10 ** (-rng.uniform(35, 90) / 20)
    power = magnitude**2 + noise**2 * rng.exponential(1, magnitude.shape).astype(np.float32)
    level = 10 ** (rng.uniform(-50, -8) / 20) / loudest
    return np.log(np.sqrt(power) * level + LOG_FLOOR).astype(np.float32)
