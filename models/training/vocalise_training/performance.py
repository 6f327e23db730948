"""How it is sung: pitch, loudness and consonants over time, with what real and amateur singers do, and exact labels.

A performance knows nothing of timbre: ``lf_voice`` and ``world_voice`` give it a sound. Curves are sampled at the
control rate, one value per CONTROL samples.
"""

from dataclasses import dataclass, field

import numpy as np

from .features import SAMPLE_RATE
from .melody import Syllable
from .notes import Note

CONTROL = 64
"""Samples between control values: 2.9 ms."""
RATE = SAMPLE_RATE / CONTROL
"""Control values per second."""

CONSONANT_SECONDS = {
    "none": (0.0, 0.0),
    "stop": (0.04, 0.12),
    "fricative": (0.06, 0.17),
    "voiced_stop": (0.035, 0.09),
    "nasal": (0.04, 0.12),
    "lateral": (0.035, 0.1),
    "glottal": (0.025, 0.09),
}
CONSONANT_VOICE = {
    "none": 0.0,
    "stop": 0.0,
    "fricative": 0.0,
    "voiced_stop": 0.1,
    "nasal": 0.4,
    "lateral": 0.55,
    "glottal": 0.12,
}
"""Voice amplitude during the consonant, relative to its vowel."""
VOICED_CONSONANTS = ("voiced_stop", "nasal", "lateral", "glottal")
TIED_ONSET = 0.02
"""Seconds after the middle of a slide where listeners hear the new note begin."""
ONSET_LEAD = 0.15
"""A voiced consonant's note begins this share of the consonant before the vowel: listeners hear it there."""
OFFSET_LEVEL = 0.2
"""A note ends when its amplitude has fallen to this share of its body (-14 dB)."""


@dataclass
class Singer:
    """Habits of one singer on one take. Pitches in semitones, times in seconds."""

    tuning: float = 0.0
    """Constant mistuning of everything."""
    scatter: float = 0.1
    """Standard deviation of each note's own mistuning."""
    wander: float = 0.1
    """How far the reference strays over ten seconds (standard deviation)."""
    drift: float = 0.06
    """Slow unsteadiness inside notes (standard deviation)."""
    tremor: float = 0.01
    """Fast unsteadiness (standard deviation)."""
    vibrato_rate: float = 5.5
    """Hz."""
    vibrato_depth: float = 0.3
    """Peak deviation where vibrato is full."""
    vibrato_delay: float = 0.2
    """Time into a note before vibrato grows."""
    glide: float = 0.07
    """Time from one pitch to the next."""
    scoop: float = 0.3
    """Chance to slide up into a note after silence."""
    scoop_depth: float = 1.5
    """Largest scoop."""
    settle: float = 0.3
    """Chance to begin a note off its centre and correct it while singing."""
    settle_depth: float = 0.4
    """How far off (standard deviation), to either side: amateurs overshoot as often as they fall short."""
    fall: float = 0.15
    """Chance to let the pitch drop at the end of a phrase."""
    overshoot: float = 0.1
    """Share of an interval by which a slide overshoots."""
    creak: float = 0.05
    """Chance of creak at the end of a phrase."""
    breath: float = 0.4
    """Chance of an audible breath in a rest."""
    swell: float = 3.0
    """Loudness movement inside a note, dB."""

    @staticmethod
    def random(rng: np.random.Generator) -> "Singer":
        """Anybody, amateurs mostly."""
        log = lambda low, high: float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return Singer(
            tuning=rng.uniform(-0.5, 0.5),
            scatter=rng.uniform(0.0, 0.35),
            wander=rng.uniform(0.0, 0.4),
            drift=log(0.02, 0.22),
            tremor=log(0.004, 0.04),
            vibrato_rate=rng.uniform(4.2, 7.3),
            vibrato_depth=float(rng.choice([0.0, rng.uniform(0.05, 0.4), rng.uniform(0.3, 1.3)], p=[0.35, 0.4, 0.25])),
            vibrato_delay=rng.uniform(0.05, 0.5),
            glide=log(0.02, 0.16),
            scoop=rng.uniform(0.0, 0.7),
            scoop_depth=rng.uniform(0.4, 4.0),
            settle=rng.uniform(0.0, 0.9),
            settle_depth=log(0.15, 0.8),
            fall=rng.uniform(0.0, 0.5),
            overshoot=rng.choice([0.0, rng.uniform(0.0, 0.25)]),
            creak=rng.choice([0.0, 0.4], p=[0.8, 0.2]),
            breath=rng.uniform(0.0, 0.8),
            swell=rng.uniform(0.5, 6.0),
        )


@dataclass
class Span:
    """Where one syllable's parts fall, as control indices."""

    consonant: str
    """One of melody.CONSONANTS."""
    attack: int
    """The consonant begins."""
    vowel: int
    """The vowel begins."""
    end: int
    """The vowel ends."""
    tied: bool
    """Slides out of the note before, without a gap."""


@dataclass
class Performance:
    """Everything a voice needs, and the truth about it. Arrays hold one value per control step."""

    midi: np.ndarray
    """Pitch, defined in silence too."""
    voice: np.ndarray
    """Amplitude of voiced sound; 0 = none."""
    breath: np.ndarray
    """Amplitude of breaths taken in rests."""
    creak: np.ndarray
    """0 = clear, 1 = every second glottal pulse is missing."""
    spans: list[Span] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    notes_known: bool = True
    """False where there is pitch but nothing that a musician would call notes (speech)."""

    @property
    def seconds(self) -> float:
        return len(self.midi) / RATE


def hann_smooth(curve: np.ndarray, seconds: float) -> np.ndarray:
    """Running Hann-weighted mean over about ``seconds``."""
    size = max(int(seconds * RATE), 1)
    window = np.hanning(size + 2)[1:-1]
    return np.convolve(np.pad(curve, (size // 2, size - 1 - size // 2), mode="edge"), window / window.sum(), "valid")


def unsteady(rng: np.random.Generator, length: int, seconds: float, deviation: float) -> np.ndarray:
    """Smooth noise of ``length`` control steps with the given correlation time and standard deviation."""
    noise = hann_smooth(rng.normal(0, 1, length), seconds)
    return noise * deviation / (noise.std() + 1e-9)


def perform(rng: np.random.Generator, syllables: list[Syllable], seconds: float, singer: Singer) -> Performance:
    """Sings ``syllables``; later parts of a syllable give way to the next one's consonant."""
    length = int(seconds * RATE)
    spans, consonant_seconds = _lay_out(rng, syllables, length)
    out = Performance(*(np.zeros(length) for _ in range(4)), spans=spans)
    wander = unsteady(rng, length, 8.0, singer.wander) if singer.wander > 0 else np.zeros(length)
    centres = [
        s.pitch + singer.tuning + rng.normal(0, singer.scatter) + wander[min(span.vowel, length - 1)]
        for s, span in zip(syllables, spans)
    ]
    _pitch(rng, out, centres, singer)
    _loudness(rng, out, syllables, singer)
    for syllable, span, centre, consonant in zip(syllables, spans, centres, consonant_seconds):
        lead = ONSET_LEAD * consonant if span.consonant in VOICED_CONSONANTS else -TIED_ONSET * span.tied
        body = out.voice[span.vowel : span.end]
        loud = np.flatnonzero(body > OFFSET_LEVEL * np.quantile(body, 0.8))
        offset = (span.vowel + (loud[-1] + 1 if len(loud) else len(body))) / RATE
        out.notes.append(Note(span.vowel / RATE - lead, offset, float(centre), syllable.velocity))
    return out


def _lay_out(rng, syllables, length):
    """Spans with consonants taken from the time before each vowel; (spans, consonant seconds)."""
    spans, taken = [], []
    for i, s in enumerate(syllables):
        previous = spans[-1] if spans else None
        vowel = int(s.start * RATE)
        tied = s.consonant == "none" and previous is not None and s.start - syllables[i - 1].end < 1e-6
        seconds = rng.uniform(*CONSONANT_SECONDS[s.consonant])
        room = vowel - (previous.vowel if previous else 0)
        steps = min(int(seconds * RATE), max(int(0.4 * room), 0))
        if previous is not None:
            previous.end = min(previous.end, vowel - steps)
        spans.append(Span(s.consonant, vowel - steps, vowel, min(int(s.end * RATE), length), tied))
        taken.append(steps / RATE)
    return spans, taken


def _pitch(rng, out, centres, singer):
    """Fills ``midi``: centres joined by slides, then everything that makes it human."""
    midi, length = out.midi, len(out.midi)
    for i, (span, centre) in enumerate(zip(out.spans, centres)):
        turn = span.vowel if span.tied else (span.attack + span.vowel) // 2
        midi[(turn if i else 0) :] = centre
    for i, (span, centre) in enumerate(zip(out.spans, centres)):
        time = np.arange(span.end - span.vowel) / RATE
        previous = out.spans[i - 1] if i else None
        joined = previous is not None and span.attack - previous.end < 0.03 * RATE
        last = i + 1 == len(out.spans) or out.spans[i + 1].attack - span.end > 0.08 * RATE
        if joined:
            step = centre - centres[i - 1]
            glide = max(int(singer.glide * rng.uniform(0.5, 1.6) * (1 + abs(step) / 12) * RATE), 3)
            glide = min(glide, int(0.7 * (span.end - span.vowel)) + 3, 2 * (span.vowel - previous.vowel) // 3 + 3)
            turn = span.vowel if span.tied else (span.attack + span.vowel) // 2
            start = turn - glide // 2 if span.tied else span.vowel - int(glide * rng.uniform(0.7, 1.4))
            start, stop = max(start, previous.vowel), min(start + glide, length)
            ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(glide) / (glide - 1))
            midi[start:stop] = (centres[i - 1] + step * ramp)[-(stop - start) :]
            midi[stop : max(turn, stop)] = centre
            after = np.arange(max(span.end - stop, 0)) / RATE
            midi[stop : stop + len(after)] += (
                singer.overshoot * np.clip(step, -4, 4) * rng.uniform(0, 1) * np.sin(np.pi * after / 0.09) * np.exp(-after / 0.05)
            )
        elif rng.random() < singer.scoop:
            depth = singer.scoop_depth * rng.uniform(0.2, 1.0)
            scoop = depth * np.exp(-time / np.exp(rng.uniform(np.log(0.02), np.log(0.08))))
            midi[span.vowel : span.end] -= scoop
            midi[span.attack : span.vowel] -= depth
        if rng.random() < singer.settle:
            off = rng.normal(0, singer.settle_depth)
            midi[span.vowel : span.end] += off * np.exp(-time / np.exp(rng.uniform(np.log(0.04), np.log(0.25))))
        if last and rng.random() < singer.fall and len(time):
            drop = np.clip((time - time[-1] + rng.uniform(0.05, 0.2)) / 0.15, 0, None)
            midi[span.vowel : span.end] -= rng.uniform(0.3, 3.0) * drop**2
        if singer.vibrato_depth > 0 and len(time) and time[-1] > 0.2:
            grown = np.clip((time - singer.vibrato_delay) / 0.25, 0, 1)
            rate = singer.vibrato_rate * rng.uniform(0.93, 1.07)
            phase = 2 * np.pi * rate * time + rng.uniform(0, 2 * np.pi)
            midi[span.vowel : span.end] += singer.vibrato_depth * rng.uniform(0.4, 1.0) * grown * np.sin(phase)
        if span.consonant in ("voiced_stop", "nasal", "lateral") and span.vowel - span.attack > 3:
            dip = np.hanning(2 * (span.vowel - span.attack))
            stop = min(span.attack + len(dip), length)
            midi[span.attack : stop] -= rng.uniform(0, 0.8) * dip[: stop - span.attack]
        if last and rng.random() < singer.creak:
            steps = min(int(rng.uniform(0.04, 0.18) * RATE), len(time))
            out.creak[span.end - steps : span.end] = np.linspace(0, 1, steps)
    midi[:] = hann_smooth(midi, 0.012)
    midi += unsteady(rng, length, 0.25, singer.drift) + unsteady(rng, length, 0.03, singer.tremor)


def _loudness(rng, out, syllables, singer):
    """Fills ``voice`` and ``breath``."""
    voice, spans = out.voice, out.spans
    for i, (syllable, span) in enumerate(zip(syllables, spans)):
        time = np.arange(span.end - span.vowel) / RATE
        if not len(time):
            continue
        level = 10 ** (26 * (syllable.velocity - 1) / 20)
        following = spans[i + 1] if i + 1 < len(spans) else None
        shape = np.ones(len(time))
        if not span.tied:
            start = CONSONANT_VOICE[span.consonant]
            attack = rng.uniform(0.006, 0.03 if span.consonant in ("stop", "voiced_stop") else 0.08)
            shape = start + (1 - start) * np.clip(time / attack, 0, 1) ** rng.uniform(0.6, 1.5)
        gap = following.attack - span.end if following else int(0.5 * RATE)
        if not (following and following.tied):
            longest = 0.25 if gap > 0.06 * RATE else 0.05
            release = min(np.exp(rng.uniform(np.log(0.012), np.log(longest))), 0.5 * time[-1] + 0.003)
            floor = 0.0 if gap > 2 or following is None else CONSONANT_VOICE[following.consonant]
            shape = shape * (floor + (1 - floor) * np.clip((time[-1] - time) / release, 0, 1) ** rng.uniform(0.6, 1.5))
        movement = unsteady(rng, len(time), 0.4, 1.0) * singer.swell / 3 + rng.uniform(-1, 0.5) * singer.swell * time / max(time[-1], 0.1)
        shape = shape * 10 ** (np.clip(movement, -12, 6) / 20)
        if span.tied:
            dip = min(int(rng.uniform(0.02, 0.1) * RATE), len(time))
            shape[:dip] *= 1 - rng.uniform(0, 0.35) * np.hanning(dip + 2)[1:-1]
        voice[span.vowel : span.end] = level * shape
        held = CONSONANT_VOICE[span.consonant] * rng.uniform(0.6, 1.3)
        consonant = span.vowel - span.attack
        if held > 0 and consonant > 0:
            rise = np.ones(consonant)
            joined = i > 0 and span.attack - spans[i - 1].end < 3
            if not joined:
                rise = np.clip(np.arange(consonant) / max(consonant * 0.4, 1), 0, 1)
            voice[span.attack : span.vowel] = level * held * rise
    voice[:] = hann_smooth(voice, 0.009)
    edges = [0, *(span.end for span in spans)], [*(span.attack for span in spans), len(voice)]
    for start, stop in zip(*edges):
        if stop - start > 0.22 * RATE and rng.random() < singer.breath:
            stop -= int(rng.uniform(0.0, 0.05) * RATE)
            steps = min(stop - start, int(rng.uniform(0.15, 0.5) * RATE))
            out.breath[stop - steps : stop] += np.hanning(steps) * np.exp(rng.uniform(np.log(0.005), np.log(0.12)))
