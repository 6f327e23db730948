"""Sings the demonstration phrase: ``python -m vocalise_training.phrase OUT_DIR`` writes phrase.flac, phrase.notes.tsv.

The tune is the theme of the last movement of Beethoven's ninth symphony (1824, public domain): repeated notes on
one pitch, steps, held notes and a breath, sung by the synthesiser of ``lf_voice`` on "la" and "na".
"""

import argparse
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from . import lf_voice, notes
from .features import SAMPLE_RATE
from .melody import Syllable
from .performance import Performance, Singer, perform

BEAT = 0.42
"""Seconds: 143 beats a minute."""
TUNE = (
    (64, 1), (64, 1), (65, 1), (67, 1), (67, 1), (65, 1), (64, 1), (62, 1),
    (60, 1), (60, 1), (62, 1), (64, 1), (64, 1.5), (62, 0.5), (62, 2),
    (64, 1), (64, 1), (65, 1), (67, 1), (67, 1), (65, 1), (64, 1), (62, 1),
    (60, 1), (60, 1), (62, 1), (64, 1), (62, 1.5), (60, 0.5), (60, 2.5),
)  # fmt: skip
"""(MIDI pitch, beats)."""
BREATH_AFTER = 14
"""Index of the note that is cut short for a breath."""
LEAD_IN = 0.4
"""Seconds of silence before the first note."""


def sing(seed: int = 7) -> tuple[np.ndarray, Performance]:
    """([N] float32 at 22 050 Hz, its performance)."""
    rng = np.random.default_rng(seed)
    syllables, time = [], LEAD_IN
    for i, (pitch, beats) in enumerate(TUNE):
        length = beats * BEAT
        sounding = length - (0.45 if i == BREATH_AFTER else 0.02)
        accent = 0.78 if i % 4 == 0 else 0.7
        syllables.append(Syllable(time, time + sounding, pitch, accent, "nasal" if i % 2 else "lateral"))
        time += length
    singer = Singer(
        scatter=0.04, wander=0.0, drift=0.04, tremor=0.006, vibrato_rate=5.4, vibrato_depth=0.2, vibrato_delay=0.25,
        glide=0.06, scoop=0.3, scoop_depth=0.8, settle=0.1, fall=0.0, overshoot=0.05, creak=0.0, breath=1.0, swell=2.0,
    )  # fmt: skip
    performance = perform(rng, syllables, time + 0.5, singer)
    voice = lf_voice.render(rng, performance, "high")
    response = rng.normal(0, 1, SAMPLE_RATE // 3) * np.exp(-np.arange(SAMPLE_RATE // 3) / (0.07 * SAMPLE_RATE))
    wet = scipy.signal.oaconvolve(voice, response / np.sqrt((response**2).sum()))[: len(voice)]
    audio = voice + 0.12 * wet
    return (0.6 * audio / np.abs(audio).max()).astype(np.float32), performance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    audio, performance = sing()
    soundfile.write(out / "phrase.flac", scipy.signal.resample_poly(audio, 2, 1), 2 * SAMPLE_RATE, subtype="PCM_16")
    notes.write(out / "phrase.notes.tsv", performance.notes)
    print(f"{out / 'phrase.flac'}: {len(audio) / SAMPLE_RATE:.1f} s, {len(performance.notes)} notes")


if __name__ == "__main__":
    main()
