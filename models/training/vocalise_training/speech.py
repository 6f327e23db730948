"""Speech-like performances: pitch that never rests on a note, for a tracker that must follow it all the same."""

import numpy as np

from .performance import RATE, Performance, Span, hann_smooth, unsteady


def speak(rng: np.random.Generator, seconds: float, low: float, high: float) -> Performance:
    """Phrases of short syllables under a falling, accented intonation between MIDI pitches ``low`` and ``high``."""
    length = int(seconds * RATE)
    out = Performance(*(np.zeros(length) for _ in range(4)), notes_known=False)
    out.midi[:] = (low + high) / 2
    centre = rng.uniform(low + 3, high - 3)
    time = int(rng.uniform(0.05, 0.4) * RATE)
    while time < length - 40:
        phrase = min(int(rng.uniform(0.6, 3.0) * RATE), length - time)
        fall = rng.uniform(0, 6) * np.linspace(0.5, -0.5, phrase)
        accents = unsteady(rng, phrase, rng.uniform(0.12, 0.4), rng.uniform(0.8, 3.5))
        if rng.random() < 0.25:
            accents += np.linspace(0, 1, phrase) ** 6 * rng.uniform(2, 8)  # a question
        out.midi[time : time + phrase] = centre + fall + accents
        stop = time + phrase
        while time < stop - 12:
            consonant = str(rng.choice(["stop", "fricative", "voiced_stop", "nasal", "lateral", "none"]))
            attack = time
            vowel = min(attack + (0 if consonant == "none" else int(rng.uniform(0.03, 0.12) * RATE)), stop - 6)
            end = min(vowel + int(np.exp(rng.uniform(np.log(0.05), np.log(0.3))) * RATE), stop)
            out.spans.append(Span(consonant, attack, vowel, end, False))
            level = rng.uniform(0.25, 1.0)
            body = np.clip(np.minimum(np.arange(end - vowel) + 1, np.arange(end - vowel)[::-1] + 1) / rng.uniform(3, 12), 0, 1)
            out.voice[vowel:end] = level * body
            bend_edges(rng, out.midi[vowel:end])
            if consonant in ("nasal", "lateral"):
                out.voice[attack:vowel] = level * rng.uniform(0.2, 0.7)
            if consonant == "voiced_stop":
                out.voice[attack:vowel] = level * 0.1
            time = end
        if rng.random() < 0.4:
            steps = min(int(rng.uniform(0.05, 0.25) * RATE), stop)
            out.creak[stop - steps : stop] = np.linspace(0, rng.uniform(0.3, 1), steps)
        time = stop + int(rng.choice([rng.uniform(0.02, 0.15), rng.uniform(0.2, 0.8)]) * RATE)
    out.voice[:] = hann_smooth(out.voice, rng.uniform(0.009, 0.03))
    out.midi[:] = hann_smooth(out.midi, rng.uniform(0.008, 0.03)) + unsteady(rng, length, 0.02, rng.uniform(0.02, 0.2))
    return out


def bend_edges(rng: np.random.Generator, midi: np.ndarray, rate: float = RATE) -> None:
    """Bends both ends of one voiced run's pitch, ``rate`` values a second: voicing starts with a few irregular periods
    and mostly stops in a fall, while the folds part."""
    time = np.arange(len(midi)) / rate
    midi += rng.normal(0, 1.3) * np.exp(-time / rng.uniform(0.008, 0.035))
    falls = rng.random() < 0.6
    depth, reach = (-abs(rng.normal(0, 3.0)), rng.uniform(0.012, 0.06)) if falls else (rng.normal(0, 1.3), rng.uniform(0.008, 0.035))
    midi += depth * np.exp(-time[::-1] / reach)
