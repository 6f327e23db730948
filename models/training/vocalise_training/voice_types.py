"""Measures an exported network by kind of voice: ``python -m vocalise_training.voice_types MODEL.onnx [--clips 12]``.

Synthetic singers of one kind each, held out from training by their seeds, through random rooms and microphones, so
that every note is known exactly. Easier than real singing: compare the rows, not the figures with those of ``evaluate``.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np

from . import instruments, lf_voice, melody
from .augment import augment
from .clip import SECONDS
from .decoder import decode
from .evaluate import bootstrap, f1, listener, note_counts, outputs_of
from .performance import Performance, Singer, perform
from .presets import PRESETS

TYPES = {
    "low voice": ("low", (41, 60)),
    "high voice": ("high", (55, 76)),
    "child": ("child", (60, 81)),
    "hum, low": ("low", (43, 60)),
    "hum, high": ("high", (55, 74)),
    "whistle": ("any", (74, 92)),
    "plucked": ("guitar, bass", (40, 72)),
    "sustained": ("violin, flute, saxophone", (58, 84)),
}
"""Name: (vocal tract or instruments, MIDI range)."""
PROGRAMS = {"plucked": (24, 25, 26, 33), "sustained": (40, 65, 71, 73)}
HELD_OUT = 20_000_000
"""Seeds from here on; training and validation use smaller ones."""


def sing(kind: str, seed: int) -> tuple[np.ndarray, Performance]:
    """One clip of SECONDS: audio and the truth."""
    rng = np.random.default_rng(HELD_OUT + seed)
    tract, (low, high) = TYPES[kind]
    tune = melody.syllables(rng, SECONDS, low, high)
    if kind in PROGRAMS:
        audio, performance = instruments.line(rng, tune, int(rng.choice(PROGRAMS[kind])), SECONDS)
    else:
        performance = perform(rng, tune, SECONDS, Singer.random(rng))
        if kind == "whistle":
            audio = lf_voice.whistle(rng, performance)
        else:
            audio = lf_voice.render(rng, performance, tract, hum=kind.startswith("hum"))
    return augment(rng, audio), performance


def main() -> None:
    warnings.filterwarnings("ignore", module="mir_eval")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--clips", type=int, default=12, help="of each kind")
    parser.add_argument("--decoder", choices=PRESETS, default="sure")
    args = parser.parse_args()
    listen, settings = listener(args.model), PRESETS[args.decoder]
    for number, kind in enumerate(TYPES):
        if kind in PROGRAMS and not instruments.available():
            print(f"{kind:12s} skipped: FluidSynth or its soundfont is missing")
            continue
        counts = []
        for i in range(args.clips):
            audio, performance = sing(kind, 1000 * number + i)
            truth = np.array([[n.onset, n.offset, n.pitch] for n in performance.notes]).reshape(-1, 3)
            counts.append(note_counts(truth, decode(outputs_of(listen, audio), settings)))
        scores = ("{} {:.3f} [{:.3f} {:.3f}]".format(m, *bootstrap(np.array([c[m] for c in counts]), f1)) for m in ("COn", "COnP", "COnPOff"))
        print(f"{kind:12s} " + "  ".join(scores), flush=True)


if __name__ == "__main__":
    main()
