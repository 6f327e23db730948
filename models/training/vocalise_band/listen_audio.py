"""Sound for the listening page: parts by FluidSynth, the band as loud as the melody, all versions as loud as one another."""

import io
import wave
from functools import cache
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from .listen_versions import Part

RATE = 44_100
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
"""Where Debian's fluid-soundfont-gm puts it."""
TARGET, PEAK = -20.0, 0.89
"""LUFS of a version, and the peak that none of a clip's versions goes above."""
BAND = -1.0
"""LU of the band over the melody, the same in all versions: whose mix is better is not asked."""
FADE_IN, FADE_OUT, WARM_UP = 0.02, 1.2, 1.5
"""Seconds; notes that begin so long before the excerpt still sound in it."""


class Missing(Exception):
    """Something that is not installed; the message says what to install."""


@cache
def _fluidsynth(soundfont: Path):
    """The module of that name, once a synthesiser has read the samples, which FluidSynth then keeps for the next ones."""
    try:
        import fluidsynth
    except ModuleNotFoundError:
        raise Missing("pyfluidsynth is missing: pip install '.[listen]' in models/training") from None
    except (ImportError, OSError):
        raise Missing("the FluidSynth library is missing: install libfluidsynth3 (Debian's name)") from None
    if not soundfont.is_file():
        raise Missing(f"{soundfont}: no such soundfont; install fluid-soundfont-gm (Debian's name) or name one by --soundfont")
    keeper = fluidsynth.Synth(samplerate=float(RATE))
    if keeper.sfload(str(soundfont)) < 0:
        raise Missing(f"{soundfont}: FluidSynth cannot read it as a soundfont")
    return fluidsynth, keeper


def check(soundfont: Path) -> None:
    """Raises Missing where nothing can be rendered."""
    _fluidsynth(soundfont)


def play(parts: list[Part], begin: float, seconds: float, soundfont: Path) -> np.ndarray:
    """[N, 2] float64: an excerpt of parts in seconds."""
    module, _ = _fluidsynth(soundfont)
    synth = module.Synth(gain=0.25, samplerate=float(RATE))
    font = synth.sfload(str(soundfont))
    channels = iter([c for c in range(16) if c != 9] * 8)
    early, events = begin - WARM_UP, []
    for part in parts:
        channel = 9 if part.drums else next(channels)
        synth.program_select(channel, font, 128 if part.drums else 0, part.program)
        for at, message in part.controls:
            if message.type == "pitchwheel":
                events.append((at, 1, synth.pitch_bend, (channel, message.pitch)))
            else:
                events.append((at, 1, synth.cc, (channel, message.control, message.value)))
        for onset, end, pitch, velocity in part.notes:
            if onset >= early:
                events.append((onset, 2, synth.noteon, (channel, int(pitch), int(velocity))))
                events.append((end, 0, synth.noteoff, (channel, int(pitch))))
    made, position, last = [], 0, int((WARM_UP + seconds) * RATE)
    for at, _, call, arguments in sorted(events, key=lambda event: event[:2]):
        sample = min(max(0, int((at - early) * RATE)), last)
        if sample > position:
            made.append(synth.get_samples(sample - position))
            position = sample
        if position < last:
            call(*arguments)
    if last > position:
        made.append(synth.get_samples(last - position))
    synth.delete()
    return np.concatenate(made).reshape(-1, 2)[int(WARM_UP * RATE) :] / 32768


def _k_weighted(audio: np.ndarray) -> np.ndarray:
    """ITU-R BS.1770: a high shelf of 4 dB, then a high-pass, made for this rate from the standard's analogue prototypes."""
    k, q, high = np.tan(np.pi * 1681.974450955533 / RATE), 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    b = [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]
    audio = lfilter(b, [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k], audio, axis=0)
    k, q = np.tan(np.pi * 38.13547087602444 / RATE), 0.5003270373238773
    a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    return lfilter([1, -2, 1], a / a[0], audio, axis=0)


def loudness(audio: np.ndarray) -> float:
    """Integrated loudness of [N, 2] in LUFS, silence and quiet parts gated; -inf for silence."""
    power, block, hop = (_k_weighted(audio) ** 2).sum(1), int(0.4 * RATE), int(0.1 * RATE)
    total = np.concatenate([[0], np.cumsum(power)])
    begins = np.arange(0, max(1, len(power) - block + 1), hop)
    blocks = (total[np.minimum(begins + block, len(power))] - total[begins]) / block
    level = lambda x: -0.691 + 10 * np.log10(np.maximum(x, 1e-30))
    blocks = blocks[level(blocks) > -70]
    if not len(blocks):
        return -np.inf
    return float(level(blocks[level(blocks) > level(blocks.mean()) - 10].mean()))


def at_loudness(audio: np.ndarray, wanted: float) -> np.ndarray:
    return audio * 10 ** ((wanted - loudness(audio)) / 20)


def faded(audio: np.ndarray) -> np.ndarray:
    time, end = np.arange(len(audio)) / RATE, len(audio) / RATE
    shape = np.clip(np.minimum(time / FADE_IN, (end - time) / min(FADE_OUT, end / 4)), 0, 1)
    return audio * np.sin(np.pi / 2 * shape)[:, None] ** 2


def mixes(melody: np.ndarray, bands: dict[str, np.ndarray | None]) -> dict[str, np.ndarray]:
    """The melody with each band (None: alone), all of the same length and loudness, none above the peak."""
    melody = at_loudness(melody, TARGET)
    made = {name: melody if band is None else melody + at_loudness(band, TARGET + BAND) for name, band in bands.items()}
    made = {name: at_loudness(faded(audio), TARGET) for name, audio in made.items()}
    highest = max(np.abs(audio).max() for audio in made.values())
    return {name: audio * min(1, PEAK / highest) for name, audio in made.items()}


def encoded(audio: np.ndarray, kind: str) -> bytes:
    """An OGG or WAV file; ``kind`` is "ogg" or "wav"."""
    file = io.BytesIO()
    if kind == "ogg":
        import soundfile

        with soundfile.SoundFile(file, "w", RATE, 2, format="OGG", subtype="VORBIS") as out:
            for at in range(0, len(audio), 4096):  # libsndfile's Vorbis overflows its stack on long writes
                out.write(audio[at : at + 4096])
    else:
        with wave.open(file, "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(np.rint(32767 * np.clip(audio, -1, 1)).astype("<i2").tobytes())
    return file.getvalue()


def best_kind() -> str:
    """OGG where soundfile and its Vorbis are there, else WAV, seven times as large."""
    try:
        import soundfile

        return "ogg" if "OGG" in soundfile.available_formats() else "wav"
    except (ImportError, OSError):
        return "wav"
