"""Instruments by soundfont: single lines to transcribe, and a band that must not be.

Needs FluidSynth (Debian: libfluidsynth3), the package ``pyfluidsynth`` and a General MIDI soundfont (Debian:
fluid-soundfont-gm, MIT licence).
"""

from functools import cache
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d

from .features import SAMPLE_RATE
from .melody import Syllable
from .notes import Note
from .performance import CONTROL, OFFSET_LEVEL, Performance, Singer

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
"""Where Debian's fluid-soundfont-gm puts it."""
LINES = {
    0: (40, 88), 4: (40, 84), 11: (53, 89), 12: (48, 84), 21: (48, 80), 24: (40, 79), 25: (40, 79), 26: (40, 79),
    27: (40, 79), 30: (40, 79), 32: (36, 60), 33: (36, 60), 40: (55, 90), 41: (48, 80), 42: (36, 72), 52: (48, 79),
    53: (48, 79), 54: (48, 79), 56: (54, 84), 57: (40, 72), 60: (41, 77), 64: (56, 86), 65: (49, 80), 66: (44, 75),
    68: (58, 88), 71: (50, 88), 73: (60, 93), 75: (60, 93), 78: (66, 93), 79: (60, 88), 80: (48, 84), 81: (48, 84),
}  # fmt: skip
"""General MIDI programs (from 0) that play lines, with their MIDI ranges."""
SUSTAINED = {21, *range(40, 44), *range(52, 55), *range(56, 80)}
"""Programs whose players bend and shake their notes."""
CHORD_PROGRAMS = (0, 1, 4, 16, 24, 25, 27, 29, 48, 50, 61, 88, 89, 90)
BASS_PROGRAMS = (32, 33, 34, 36, 38, 39)
PATIENCE = 0.08
"""Seconds in which a slow attack may reach ATTACK_LEVEL: there the note begins."""
ATTACK_LEVEL = 0.3


def available() -> bool:
    """Whether soundfont instruments can be rendered here."""
    try:
        import fluidsynth  # noqa: F401
    except (ImportError, OSError):
        return False
    return SOUNDFONT.exists()


def _synth() -> tuple:
    """(new synthesiser, soundfont id)."""
    import fluidsynth

    synth = fluidsynth.Synth(gain=0.5, samplerate=float(SAMPLE_RATE))
    return synth, synth.sfload(str(SOUNDFONT))


@cache
def _samples_in_memory() -> tuple:
    """A synthesiser that only lives on, so that FluidSynth reads the soundfont's samples once a process."""
    return _synth()


def _play(events: list[tuple[float, callable]], programs: dict[int, int], seconds: float, wet: bool) -> np.ndarray:
    """[N] mono of timed calls on a synthesiser; ``programs`` by channel."""
    _samples_in_memory()
    synth, font = _synth()  # a used one keeps the phase of its blocks, chorus and dither: a clip would depend on the last
    synth.setting("synth.reverb.active", int(wet))
    synth.setting("synth.chorus.active", int(wet))
    for channel, program in programs.items():
        synth.program_select(channel, font, 128 if channel == 9 else 0, program)
    parts, position = [], 0
    for time, call in sorted(events, key=lambda event: event[0]):
        sample = min(int(time * SAMPLE_RATE), int(seconds * SAMPLE_RATE))
        if sample > position:
            parts.append(synth.get_samples(sample - position))
            position = sample
        call(synth)
    parts.append(synth.get_samples(int(seconds * SAMPLE_RATE) - position))
    synth.delete()
    return np.concatenate(parts).reshape(-1, 2).mean(axis=1) / 32768


def line(rng: np.random.Generator, syllables: list[Syllable], program: int, seconds: float) -> tuple[np.ndarray, Performance]:
    """One instrument plays a tune: audio, RMS 1/6, and the truth about it."""
    steps = int(seconds * SAMPLE_RATE / CONTROL)
    time = np.arange(steps) * CONTROL / SAMPLE_RATE
    tuning = float(rng.normal(0, 0.12))
    singer = Singer.random(rng)
    shaken = program in SUSTAINED and singer.vibrato_depth > 0 and rng.random() < 0.6
    midi, events, cuts = np.zeros(steps), [], []
    for i, s in enumerate(syllables):
        following = syllables[i + 1].start if i + 1 < len(syllables) else seconds
        end = min(s.end, following)
        cuts.append(end)
        bend = np.full(steps, tuning)
        if shaken:
            grown = np.clip((time - s.start - singer.vibrato_delay) / 0.25, 0, 1)
            bend = bend + 0.5 * singer.vibrato_depth * grown * np.sin(2 * np.pi * singer.vibrato_rate * (time - s.start))
        body = (time >= s.start) & (time < following)
        midi[body] = s.pitch + bend[body]
        for step in np.flatnonzero((time >= s.start) & (time < end))[:: 4 if shaken else steps]:
            value = int(np.clip(bend[step] / 2, -1, 0.999) * 8192)
            events.append((time[step], lambda synth, value=value: synth.pitch_bend(0, value)))
        velocity = int(np.clip(25 + 100 * s.velocity, 1, 127))
        events.append((s.start, lambda synth, s=s, velocity=velocity: synth.noteon(0, s.pitch, velocity)))
        events.append((end - 1e-3, lambda synth, s=s: synth.noteoff(0, s.pitch)))
    audio = _play(events, {0: program}, seconds, wet=False)
    level = np.sqrt(uniform_filter1d(audio**2, 441)[: steps * CONTROL : CONTROL])
    out = Performance(midi, level / max(level.max(), 1e-6), np.zeros(steps), np.zeros(steps))
    for s, end in zip(syllables, cuts):
        first, last = int(s.start * SAMPLE_RATE / CONTROL), int(end * SAMPLE_RATE / CONTROL)
        body = out.voice[first:last]
        if not len(body) or body.max() < 0.01:
            continue
        risen = int(np.argmax(body > ATTACK_LEVEL * body.max()))
        loud = np.flatnonzero(body > OFFSET_LEVEL * np.quantile(body, 0.8))
        onset = s.start + min(risen * CONTROL / SAMPLE_RATE, PATIENCE)
        out.notes.append(Note(onset, s.start + (loud[-1] + 1) * CONTROL / SAMPLE_RATE, s.pitch + tuning, s.velocity))
    return (audio / (6 * np.sqrt(np.mean(audio**2)) + 1e-9)).astype(np.float32), out


def band(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """[N] float64, peak 1: drums, bass and chords at a random tempo in a random key, any of them missing at times."""
    beat = 60 / rng.uniform(65, 160)
    root, minor = int(rng.integers(12)), rng.random() < 0.4
    scale = (0, 2, 3, 5, 7, 8, 10) if minor else (0, 2, 4, 5, 7, 9, 11)
    tone = lambda degree: root + scale[degree % 7] + 12 * (degree // 7)
    progression = rng.choice([0, 3, 4, 5, 1, 2], size=4)
    players = rng.random(3) < (0.75, 0.75, 0.8)
    if not players.any():
        players[2] = True
    drums, bass, chords = players
    events: list = []

    def note(channel, time, length, pitch, velocity):
        if 0 <= time < seconds and 0 <= pitch < 128:
            velocity = int(np.clip(velocity + rng.normal(0, 6), 1, 127))
            events.append((time, lambda synth: synth.noteon(channel, int(pitch), velocity)))
            events.append((time + length, lambda synth: synth.noteoff(channel, int(pitch))))

    busy, comp, voices = int(rng.choice([1, 2, 2, 4])), int(rng.choice([1, 2, 4, 8])), int(rng.integers(3, 5))
    kicks, snares = rng.random(16) < 0.2, np.isin(np.arange(16), (4, 12))
    kicks[[0, 8]] = True
    bar = -rng.uniform(0, 4) * beat
    index = 0
    while bar < seconds:
        degree = int(progression[index % 4])
        if bass:
            for i in range(4 * busy // 2 or 1):
                step = 4 * beat / (4 * busy // 2 or 1)
                pitch = 36 + (tone(degree) - 36) % 12 + rng.choice([0, 0, 0, 7, 12])
                note(0, bar + i * step, 0.9 * step, pitch - 12 * (pitch > 50), 95)
        if chords:
            step = 4 * beat / comp
            for i in range(comp):
                if comp < 4 or rng.random() < 0.7:
                    for voice in range(voices):
                        pitch = 54 + (tone(degree + 2 * voice) - 54) % 12 + 12 * (voice == 3)
                        note(1, bar + i * step + rng.uniform(0, 0.015), 0.85 * step, pitch, 75)
        if drums:
            for i in range(16):
                for pitch, hit in ((36, kicks[i]), (38, snares[i]), (42, i % 2 == 0 or rng.random() < 0.2)):
                    if hit:
                        note(9, bar + i * beat / 4, 0.1, pitch, 100 if pitch != 42 else 70)
        bar, index = bar + 4 * beat, index + 1
    programs = {0: int(rng.choice(BASS_PROGRAMS)), 1: int(rng.choice(CHORD_PROGRAMS)), 9: 0}
    audio = _play(events, programs, seconds, wet=True)
    return audio / (np.abs(audio).max() + 1e-9)
