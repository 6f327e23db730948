"""Says which instruments voices are nearest to: ``python -m vocalise_timbre.sung MODELS_DIR [--voices FOLDER]``.

Synthetic singers of several kinds, through rooms and microphones, and the recordings in FOLDER. Voiced frames and pitch are
what MODELS_DIR/pitch.onnx finds, as in the plugin. Prints USUAL, the mean log score of the synthetic singers' kinds (the table of
``src/voice/timbre.rs``), and for every kind what is picked with it and without.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from vocalise_training import lf_voice, melody
from vocalise_training.augment import augment
from vocalise_training.features import DELAY_FRAMES, SAMPLE_RATE, features
from vocalise_training.performance import Singer, perform
from vocalise_training.streaming import StreamingSession

from .evaluate import listener
from .model import FRAMES
from .picker import beliefs, logarithms
from .programs import INSTRUMENTS

KINDS = {
    "low voice": ("low", (41, 57), False, 0.0),
    "middle voice": ("any", (50, 67), False, 0.0),
    "high voice": ("high", (57, 76), False, 0.0),
    "soprano": ("high", (67, 82), False, 0.0),
    "child": ("child", (60, 79), False, 0.0),
    "low hum": ("low", (41, 55), True, 0.0),
    "high hum": ("high", (55, 72), True, 0.0),
    "breathy low": ("low", (43, 57), False, 0.5),
    "breathy high": ("high", (57, 74), False, 0.5),
    "whistle": (None, (74, 91), False, 0.0),
}
"""Kind: vocal tract (None: whistled), MIDI range, whether it hums, breath against the voice."""
SECONDS = 6.0
QUERY = 25
"""Voiced frames between queries."""
VOICED = 0.5


def sing(kind: str, seed: int) -> np.ndarray:
    """[N] one singer of ``kind``."""
    tract, (low, high), hum, breath = KINDS[kind]
    rng = np.random.default_rng([list(KINDS).index(kind), seed])
    performance = perform(rng, melody.syllables(rng, SECONDS, low, high), SECONDS, Singer.random(rng))
    if tract is None:
        return augment(rng, lf_voice.whistle(rng, performance))
    performance.breath += breath * performance.voice
    return augment(rng, lf_voice.render(rng, performance, tract, hum=hum))


def recording(path: Path) -> np.ndarray:
    """[N] at SAMPLE_RATE, at most twenty seconds."""
    audio, rate = soundfile.read(path, always_2d=True)
    common = np.gcd(rate, SAMPLE_RATE)
    return scipy.signal.resample_poly(audio[: 20 * rate].mean(axis=1), SAMPLE_RATE // common, rate // common)


class Ear:
    """The plugin's way from sound to scores."""

    def __init__(self, models: Path) -> None:
        self.pitch, self.timbre = StreamingSession(models / "pitch.onnx"), listener(models / "timbre.onnx")

    def hear(self, audio: np.ndarray) -> tuple[np.ndarray, float | None]:
        """([queries, 20] scores, median MIDI pitch of the voiced frames)."""
        table = features(audio)
        said = self.pitch.run(table, hops=50)
        voiced = np.flatnonzero(said["voicing"][DELAY_FRAMES:, 0] > VOICED)
        if len(voiced) < FRAMES:
            return np.zeros((0, len(INSTRUMENTS))), None
        keys = said["pitch"][voiced + DELAY_FRAMES, 1:].argmax(axis=1) + 1
        mel = table[voiced, 0]
        seconds = [mel[end - FRAMES : end] for end in range(FRAMES, len(mel) + 1, QUERY)]
        return self.timbre(np.stack(seconds)), float(np.median(keys))


def picks(takes: list[tuple[np.ndarray, float | None]], usual: np.ndarray) -> str:
    """How many takes each instrument gets, the most first."""
    chosen = Counter(INSTRUMENTS[int(np.argmax(beliefs(scores, register, usual)))] for scores, register in takes)
    return ", ".join(f"{name} {count}" for name, count in chosen.most_common(4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("--takes", type=int, default=6, help="of each kind")
    parser.add_argument("--voices", type=Path, help="folder of recordings")
    args = parser.parse_args()
    ear = Ear(args.models)
    takes = {kind: [ear.hear(sing(kind, seed)) for seed in range(args.takes)] for kind in KINDS}
    takes = {kind: [take for take in heard if len(take[0])] for kind, heard in takes.items()}
    usual = np.mean([np.mean([logarithms(s).mean(axis=0) for s, _ in heard], axis=0) for heard in takes.values()], axis=0)
    print("USUAL: " + ", ".join(f"{value:.2f}" for value in usual))
    for path in sorted(args.voices.rglob("*.*")) if args.voices else []:
        if path.suffix in (".wav", ".flac", ".ogg"):
            takes[path.stem] = [ear.hear(recording(path))]
    print("| voice | register | picked | without USUAL |\n|---|---|---|---|")
    everything = []
    for kind, heard in takes.items():
        heard = [take for take in heard if len(take[0])]
        if heard:
            everything += heard if kind in KINDS else []
            register = np.median([register for _, register in heard])
            print(f"| {kind} | {register:.0f} | {picks(heard, usual)} | {picks(heard, 0 * usual)} |")
    print(f"| all synthetic | | {picks(everything, usual)} | {picks(everything, 0 * usual)} |")


if __name__ == "__main__":
    main()
