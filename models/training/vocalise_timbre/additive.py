"""Instruments from a rule each: partials whose strengths, tunings and decays are drawn anew for every phrase.

No recording and no soundfont is in them. What a rule says is what makes the instrument that instrument (the odd harmonics of
a clarinet, the place at which a string is plucked, the drawbars of an organ); all else is left to chance, so that the
network cannot hold on to it.
"""

from dataclasses import dataclass, replace

import numpy as np

from vocalise_training.features import SAMPLE_RATE

from .phrases import LENGTH, SECONDS, Struck
from .soundfonts import SoundFont

MOST = 48
"""Partials of a note, at most."""
HIGHEST = 10_000.0
"""Hz; partials above are left out."""
FREE_DECAY = 0.12
"""Seconds in which a damped string or bar dies away."""


@dataclass
class Tone:
    """How one phrase's instrument sounds. Curves are functions of partial numbers and of their Hz."""

    strength: callable
    """(numbers [K], hz [K], f0) -> amplitudes [K]."""
    ratios: np.ndarray
    """[K] frequencies over the fundamental's."""
    decay: callable
    """hz [K] -> decays [K] in nepers a second; 0 is sustained."""
    attack: float = 0.01
    """Seconds."""
    detune: tuple[float, ...] = (0.0,)
    """Semitones of the players who play together."""
    vibrato: float = 0.0
    """Semitones."""
    noise: float = 0.0
    """Breath or bow, against the tone."""
    drive: float = 0.0
    """How hard an amplifier is driven."""
    still: float = 0.0
    """Seconds before the vibrato grows."""
    bloom: float = 0.0
    """Seconds that a partial takes to come, by its number: brightness that grows."""
    sweep: callable = None
    """(hz of a partial, time [N]) -> gain [N]: a filter that moves."""


def harmonics(count: int = MOST) -> np.ndarray:
    return np.arange(1, count + 1, dtype=float)


def hills(rng: np.random.Generator, count: int, low: float, high: float, decibels: float) -> callable:
    """hz -> gain of ``count`` random resonances between ``low`` and ``high`` Hz, each up to ``decibels`` high."""
    at, width = np.exp(rng.uniform(np.log(low), np.log(high), count)), rng.uniform(0.1, 0.5, count)
    height = rng.uniform(-0.3, 1.0, count) * decibels
    return lambda hz: 10 ** (sum(h * np.exp(-0.5 * (np.log(hz / c) / w) ** 2) for c, w, h in zip(at, width, height)) / 20)


def low_pass(hz: np.ndarray, cutoff: float, order: float) -> np.ndarray:
    return 1 / np.sqrt(1 + (hz / cutoff) ** (2 * order))


def plucked_at(n: np.ndarray, place: float) -> np.ndarray:
    """Strengths of a string's harmonics by the place it is plucked or listened to, as part of its length."""
    return np.abs(np.sin(np.pi * n * place)) + 0.02


def group(rng: np.random.Generator, most: int, spread: float) -> tuple[float, ...]:
    return tuple(rng.normal(0, spread, rng.integers(2, most + 1)))


def piano(rng, velocity):
    slope, hammer, stiff = rng.uniform(0.9, 2.0) - 0.5 * velocity, rng.uniform(1 / 10, 1 / 7), np.exp(rng.uniform(-9.5, -7))
    n, body = harmonics(), hills(rng, 6, 80, 4000, 5)
    sink, high = rng.uniform(0.3, 1.5), rng.uniform(0.0003, 0.0015)
    return Tone(lambda n, hz, f0: n**-slope * plucked_at(n, hammer) * body(hz) * low_pass(hz, rng.uniform(1500, 5000), 1),
                n * np.sqrt(1 + stiff * n**2), lambda hz: sink + high * hz, 0.004, (0.0, 0.01), noise=0.002)


def electric_piano(rng, velocity):
    n = np.concatenate([harmonics(8), [rng.uniform(6, 8), rng.uniform(13, 16)]])
    falls, bell, even = rng.uniform(1.2, 3.0) - velocity, rng.uniform(0, 0.25), rng.uniform(0.3, 1.2)
    weight = n**-falls * np.where(np.round(n) % 2 == 0, even, 1)
    weight[-2:] = bell * rng.uniform(0, 1, 2)
    quick = np.where(np.arange(10) >= 8, 12.0, 0.0)
    return Tone(lambda *_: weight, n, lambda hz: rng.uniform(0.5, 1.5) + quick[: len(hz)], 0.003)


def organ(rng, velocity):
    ratios = np.array([0.5, 1.5, 1, 2, 3, 4, 5, 6, 8])
    bars = rng.uniform(0, 1, 9) * (rng.random(9) < 0.6)
    bars[2] = max(bars[2], 0.5)
    return Tone(lambda *_: bars, ratios, lambda hz: 0 * hz, 0.004, group(rng, 3, 0.03) if rng.random() < 0.5 else (0.0,))


def synth_lead(rng, velocity):
    wave = rng.choice(["saw", "square", "pulse"], p=[0.6, 0.25, 0.15])
    width, cutoff, order = rng.uniform(0.1, 0.4), np.exp(rng.uniform(np.log(2000), np.log(12000))), rng.uniform(1, 3)
    shape = {"saw": lambda n: 1 / n, "square": lambda n: (n % 2) / n, "pulse": lambda n: plucked_at(n, width) / n}[wave]
    return Tone(lambda n, hz, f0: shape(n) * low_pass(hz, cutoff, order), harmonics(), lambda hz: 0 * hz, 0.005,
                group(rng, 3, 0.06) if rng.random() < 0.4 else (0.0,))


def pad(rng, velocity):
    cutoff, order = np.exp(rng.uniform(np.log(300), np.log(1800))), rng.uniform(1, 3)
    return Tone(lambda n, hz, f0: low_pass(hz, cutoff, order) / n, harmonics(), lambda hz: 0 * hz, rng.uniform(0.15, 0.8), group(rng, 5, 0.1))


def acoustic_guitar(rng, velocity):
    place, slope, body = rng.uniform(0.1, 0.35), rng.uniform(0.7, 1.5) - 0.3 * velocity, hills(rng, 8, 90, 3500, 10)
    sink, high = rng.uniform(0.6, 2.5), rng.uniform(0.0005, 0.003)
    return Tone(lambda n, hz, f0: n**-slope * plucked_at(n, place) * body(hz), harmonics(), lambda hz: sink + high * hz, 0.003, noise=0.004)


def electric_guitar(rng, velocity):
    """The string alone, under a pickup with a resonance of its own; no body. Amplifier and chorus as people set them."""
    place, pickup, resonance = rng.uniform(0.08, 0.3), rng.uniform(0.06, 0.25), rng.uniform(2000, 5000)
    height, slope = rng.uniform(0, 8), rng.uniform(0.2, 1.1) - 0.2 * velocity
    coil = lambda hz: low_pass(hz, resonance, 2) * 10 ** (height * np.exp(-0.5 * (np.log(hz / resonance) / 0.25) ** 2) / 20)
    sink, high = rng.uniform(0.15, 1.0), rng.uniform(0.0002, 0.002)
    return Tone(lambda n, hz, f0: plucked_at(n, place) * plucked_at(n, pickup * f0 / 110) * n**-slope * coil(hz),
                harmonics(), lambda hz: sink + high * hz, 0.003, (-0.05, 0.06) if rng.random() < 0.3 else (0.0,),
                drive=rng.choice([0, 0, 0, 0.5, rng.uniform(1, 4)]))


def bass(rng, velocity):
    place, cutoff, slope = rng.uniform(0.1, 0.3), np.exp(rng.uniform(np.log(500), np.log(3500))), rng.uniform(0.3, 1.2)
    sink, high = rng.uniform(0.3, 1.5), rng.uniform(0.0003, 0.003)
    return Tone(lambda n, hz, f0: plucked_at(n, place) * n**-slope * low_pass(hz, cutoff, 1.5), harmonics(), lambda hz: sink + high * hz, 0.005)


def bowed(rng, count, spread, attack):
    body, slope, cutoff = hills(rng, 14, 200, 6000, 13), rng.uniform(0.5, 1.2), rng.uniform(3500, 9000)
    return Tone(lambda n, hz, f0: n**-slope * body(hz) * low_pass(hz, cutoff, 2), harmonics(), lambda hz: 0 * hz, attack,
                group(rng, count, spread) if count > 1 else (0.0,), rng.uniform(0.1, 0.45) if count == 1 else 0.1, rng.uniform(0.002, 0.03),
                still=rng.uniform(0, 0.5) if count == 1 else 0.0, bloom=rng.uniform(0, 0.004))


def strings(rng, velocity):
    return bowed(rng, 6, 0.12, rng.uniform(0.06, 0.35))


def solo_violin(rng, velocity):
    """Bowed, over a box that hardly sounds below its air resonance and loudest where the bridge rocks."""
    tone, air = bowed(rng, 1, 0, rng.uniform(0.03, 0.1)), rng.uniform(200, 320)
    bridge, high, wide = rng.uniform(1900, 3300), rng.uniform(4, 14), rng.uniform(0.2, 0.45)
    box = lambda hz: (hz / air) ** 2 / (1 + (hz / air) ** 2) * 10 ** (high * np.exp(-0.5 * (np.log(hz / bridge) / wide) ** 2) / 20)
    return replace(tone, strength=lambda n, hz, f0: tone.strength(n, hz, f0) * box(hz))


def choir(rng, velocity):
    first, second = rng.choice([(700, 1100), (500, 900), (350, 750), (600, 1000)]) * rng.uniform(0.85, 1.2)
    slope, wide = rng.uniform(1.0, 1.8), rng.uniform(0.12, 0.3)
    peak = lambda hz, at, high: high * np.exp(-0.5 * (np.log(hz / at) / wide) ** 2)
    gain = lambda hz: 10 ** ((peak(hz, first, 18) + peak(hz, second, 14) + peak(hz, 2900, 10)) / 20)
    return Tone(lambda n, hz, f0: n**-slope * gain(hz), harmonics(), lambda hz: 0 * hz, rng.uniform(0.08, 0.3),
                group(rng, 6, 0.15), 0.15, rng.uniform(0, 0.02))


def blown(rng, velocity, low, high, players):
    """Brass: up to a cutoff that rises with loudness the harmonics are as strong as each other, above they fall steeply."""
    cutoff, order = np.exp(rng.uniform(np.log(low), np.log(high))) * (0.6 + 0.8 * velocity), rng.uniform(1.5, 3)
    rise = rng.uniform(0, 0.6)
    return Tone(lambda n, hz, f0: (hz / cutoff) ** rise * low_pass(hz, cutoff, order), harmonics(), lambda hz: 0 * hz, rng.uniform(0.02, 0.07),
                group(rng, players, 0.08) if players > 1 else (0.0,), rng.uniform(0, 0.2), rng.uniform(0, 0.006),
                still=rng.uniform(0, 0.5), bloom=rng.uniform(0.0005, 0.006))


def brass(rng, velocity):
    return blown(rng, velocity, 500, 1600, 5)


def trumpet(rng, velocity):
    return blown(rng, velocity, 1100, 2600, 1)


def saxophone(rng, velocity):
    body, cutoff = hills(rng, 6, 300, 4000, 10), rng.uniform(900, 2500)
    return Tone(lambda n, hz, f0: body(hz) * low_pass(hz, cutoff, 1.5), harmonics(), lambda hz: 0 * hz, 0.03,
                vibrato=rng.uniform(0, 0.35), noise=rng.uniform(0.005, 0.03), still=rng.uniform(0, 0.5), bloom=rng.uniform(0, 0.003),
                drive=rng.choice([0, 0, rng.uniform(0.3, 1.5)]))  # reeds growl


def woodwinds(rng, velocity):
    if rng.random() < 0.6:  # a clarinet
        even, cutoff, up = rng.uniform(0.01, 0.15), rng.uniform(1000, 2500), rng.uniform(800, 1600)
        shape = lambda n, hz, f0: np.where((n % 2 == 0) & (hz < up), even, 1) * n**-0.5 * low_pass(hz, cutoff, 2)
    else:  # double reeds
        first, second = rng.choice([(1100, 2900), (950, 2000), (480, 1200)]) * rng.uniform(0.9, 1.1)
        peak = lambda hz, at, high: high * np.exp(-0.5 * (np.log(hz / at) / 0.25) ** 2)
        shape = lambda n, hz, f0: 10 ** ((peak(hz, first, 18) + peak(hz, second, 10)) / 20) * low_pass(hz, 1800, 1.5)
    return Tone(shape, harmonics(), lambda hz: 0 * hz, 0.03, noise=rng.uniform(0, 0.01))


def flute(rng, velocity):
    weight = np.array([1, rng.uniform(0.1, 0.9), rng.uniform(0.02, 0.3), *(0.08 * rng.random(5) * 0.5 ** np.arange(5))])
    return Tone(lambda *_: weight, harmonics(8), lambda hz: 0 * hz, 0.04, vibrato=0.15, noise=rng.uniform(0.01, 0.08))


def mallets(rng, velocity):
    ratios = np.array(((1, 4, 9.2, 16), (1, 3, 6.1, 11), (1, 2.76, 5.4, 8.9))[rng.integers(3)])
    weight = np.array([1, *(rng.uniform(0, 0.5, 3) * 0.5 ** np.arange(3))])
    sink, high = rng.uniform(1, 8), rng.uniform(0.001, 0.01)
    return Tone(lambda *_: weight, ratios, lambda hz: sink + high * hz, 0.002, noise=0.001)


def plucked_synth(rng, velocity):
    """A bell of glass over a soft tone that stays longer."""
    bell, tone = rng.uniform(2, 12, 8), np.array([1.0, 2, 3, 4])
    weight = np.concatenate([rng.uniform(0.05, 1, 8) * bell**-0.5, rng.uniform(0.2, 1) * tone ** -rng.uniform(0.5, 2)])
    sink = np.concatenate([rng.uniform(1, 6, 8), np.full(4, rng.uniform(0.2, 2))])
    ratios = np.concatenate([bell, tone])
    order = np.argsort(ratios)
    weight, sink = weight[order], sink[order]
    return Tone(lambda *_: weight, ratios[order], lambda hz: sink[: len(hz)] + 0.0003 * hz, 0.003, group(rng, 3, 0.08))


def sub_bass(rng, velocity):
    """Oscillators through a low-pass: one that stays, or one that opens at every stroke and closes, as basses of synthesisers have it; or
    operators that modulate each other's frequency, whose partials are uneven. What a note loses, it loses as a whole: no string is in it."""
    width = rng.uniform(0.1, 0.4)
    shape = (lambda n: (n == 1) + 0.02 / n, lambda n: (n % 2) / n**2, lambda n: 1 / n, lambda n: (n % 2) / n, lambda n: plucked_at(n, width) / n)
    uneven = 10 ** (rng.normal(0, 6, MOST) / 20) if rng.random() < 0.4 else np.ones(MOST)
    wave, sink, drive = shape[rng.integers(5)], rng.choice([0.0, 0.0, rng.uniform(0.2, 2.5)]), rng.choice([0, 0, 0, rng.uniform(0.3, 2)])
    if rng.random() < 0.4:
        cutoff, order, sweep = np.exp(rng.uniform(np.log(120), np.log(700))), 2.0, None
    else:
        cutoff, order = np.exp(rng.uniform(np.log(150), np.log(2500))), rng.choice([1.0, 2.0, 4.0])
        opened, closing, peak = np.exp(rng.uniform(0, np.log(10))), rng.uniform(0.03, 0.5), 10 ** (rng.uniform(0, 12) / 20) - 1

        def sweep(hz: float, time: np.ndarray) -> np.ndarray:
            over = hz / (cutoff * opened ** np.exp(-time / closing))
            return 1 / np.sqrt(1 + over ** (2 * order)) + peak * np.exp(-18 * np.log(over) ** 2)

    fixed = (lambda hz: low_pass(hz, cutoff, order)) if sweep is None else (lambda hz: 1)
    return Tone(lambda n, hz, f0: wave(n) * uneven[: len(n)] * fixed(hz), harmonics(), lambda hz: sink + 0 * hz, 0.006,
                group(rng, 3, 0.06) if rng.random() < 0.3 else (0.0,), drive=drive, sweep=sweep)


TONES = {
    0: piano, 4: electric_piano, 16: organ, 81: synth_lead, 89: pad, 25: acoustic_guitar, 27: electric_guitar, 33: bass, 48: strings,
    40: solo_violin, 52: choir, 61: brass, 56: trumpet, 65: saxophone, 71: woodwinds, 73: flute, 11: mallets, 98: plucked_synth, 39: sub_bass,
}  # fmt: skip
"""By the General MIDI program that each stands for."""


def sound(rng: np.random.Generator, tone: Tone, note: Struck) -> np.ndarray:
    """One note from its beginning to its end and FREE_DECAY after it."""
    f0 = 440 * 2 ** ((note.key - 69) / 12)
    time = np.arange(int((note.end - note.start + FREE_DECAY) * SAMPLE_RATE)) / SAMPLE_RATE
    hz = tone.ratios * f0
    heard = hz < HIGHEST
    numbers, hz = np.arange(1, len(hz) + 1, dtype=float)[heard], hz[heard]
    strength, decay = np.broadcast_to(tone.strength(numbers, hz, f0)[: len(hz)], hz.shape), tone.decay(hz)
    out = np.zeros(len(time))
    whole = (tone.ratios == np.round(tone.ratios)).all()
    single = time.astype(np.float32)  # four times as fast as double
    for cents in tone.detune:
        shake = tone.vibrato * rng.uniform(0.3, 1) / 12 * np.log(2) * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * time + rng.uniform(0, 6))
        shake *= np.clip((time - tone.still) / 0.25, 0, 1)
        phase = 2 * np.pi * f0 * 2 ** (cents / 12) * np.cumsum(1 + shake) / SAMPLE_RATE
        if whole:  # full turns of the fundamental are full turns of every partial
            phase = (phase % (2 * np.pi)).astype(np.float32)
        for number, ratio, amplitude, sink in zip(numbers, tone.ratios[heard], strength, decay):
            if amplitude > 1e-4:
                wave = float(amplitude) * np.sin(float(ratio) * phase + float(rng.uniform(0, 6)))
                if tone.bloom:
                    wave *= 1 - np.exp(single * float(-1 / (tone.bloom * number)))
                if tone.sweep:
                    wave *= tone.sweep(ratio * f0, single)
                out += wave * np.exp(single * float(-sink)) if sink > 0 else wave
    level = np.sqrt(np.mean(out**2)) + 1e-9
    out = out / level + tone.noise * rng.normal(0, 1, len(out))
    if tone.drive:
        out = np.tanh(out * tone.drive) / tone.drive
    envelope = np.clip(time / tone.attack, 0, 1) * np.clip((note.end - note.start + FREE_DECAY - time) / FREE_DECAY, 0, 1)
    return out * envelope * note.velocity / 127


class AdditivePlayer:
    """All of them, as a sound set."""

    def __init__(self, font: SoundFont) -> None:
        self.font = font

    def has(self, program: int, drums: bool) -> bool:
        return program in TONES and not drums

    def play(self, phrases: list[list[Struck]], program: int, drums: bool) -> np.ndarray:
        """[phrases, LENGTH] mono, another instrument of the kind for each."""
        return np.stack([self._phrase(np.random.default_rng([program, i]), phrase, TONES[program]) for i, phrase in enumerate(phrases)])

    def _phrase(self, rng: np.random.Generator, phrase: list[Struck], tone: callable) -> np.ndarray:
        instrument = tone(rng, phrase[0].velocity / 127)
        out = np.zeros(LENGTH + int((SECONDS + 1) * SAMPLE_RATE))
        for note in phrase:
            wave, start = sound(rng, instrument, note), int(note.start * SAMPLE_RATE)
            out[start : start + len(wave)] += wave
        return out[:LENGTH]
