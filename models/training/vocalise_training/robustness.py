"""What else a microphone hears: ``python -m vocalise_training.robustness MODEL.onnx REF_DIR [--speech DIR]``.

Every clip of REF_DIR (as for ``evaluate``) again with a soundfont band bleeding in at -15 dB, and what is no singing at
all: a band, breathing, knocks and, where given, recorded speech alone. Printed: note F1 without and with the band, and
notes a minute. Needs what ``instruments`` needs.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np

from . import instruments
from .augment import knocks, level
from .decoder import decode
from .evaluate import bootstrap, f1, listener, note_counts, outputs_of, read_audio, read_table
from .features import SAMPLE_RATE
from .negatives import whispering
from .presets import PRESETS

BLEED_DB = -15.0
"""Level of the band against the voice, RMS over RMS."""
SECONDS = 60.0
"""Length of what is played alone."""
ALONE_PEAK = 0.2
"""Peak of what is played alone."""


def with_band(rng: np.random.Generator, audio: np.ndarray) -> np.ndarray:
    """[N] ``audio`` with a band at BLEED_DB."""
    band = instruments.band(rng, len(audio) / SAMPLE_RATE + 1)[: len(audio)]
    return (audio + band * level(audio) / level(band) * 10 ** (BLEED_DB / 20)).astype(np.float32)


def alone(rng: np.random.Generator, speech: Path | None) -> dict[str, np.ndarray]:
    """Sounds without a note, by name."""
    length = int(SECONDS * SAMPLE_RATE)
    bands = [instruments.band(rng, SECONDS / 4) for _ in range(4)]
    sounds = {"band": np.concatenate(bands), "breath": whispering(rng, length), "knocks": knocks(rng, length, 1.5)}
    if speech:
        parts = [read_audio(path) for path in sorted(speech.rglob("*")) if path.suffix in (".wav", ".flac", ".ogg")]
        sounds["speech"] = np.concatenate([part / (np.abs(part).max() + 1e-9) for part in parts])
    quiet = rng.normal(0, 1e-4, max(map(len, sounds.values())))
    return {
        name: (ALONE_PEAK * sound / (np.abs(sound).max() + 1e-9) + quiet[: len(sound)]).astype(np.float32)
        for name, sound in sounds.items()
    }


def main() -> None:
    warnings.filterwarnings("ignore", module="mir_eval")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--speech", type=Path, help="folder of recorded speech")
    parser.add_argument("--decoder", choices=PRESETS, default="sure")
    args = parser.parse_args()
    if not instruments.available():
        raise SystemExit("robustness: FluidSynth or its soundfont is missing; see vocalise_training.instruments")
    listen, settings, rng = listener(args.model), PRESETS[args.decoder], np.random.default_rng(0)
    notes = lambda audio: decode(outputs_of(listen, audio), settings)
    for folder in sorted(p for p in args.reference.iterdir() if p.is_dir()):
        paths = [p for p in sorted(folder.iterdir()) if p.suffix in (".flac", ".wav")]
        tables = [(p, folder / f"{p.stem}.notes.tsv") for p in paths]
        tables = [(read_audio(p), read_table(table, 3)) for p, table in tables if table.exists()]
        for label, change in (("alone", lambda a: a), (f"band at {BLEED_DB:.0f} dB", lambda a: with_band(rng, a))):
            counts = [note_counts(table, notes(change(audio))) for audio, table in tables]
            if counts:
                scores = ("{} {:.3f} [{:.3f} {:.3f}]".format(m, *bootstrap(np.array([c[m] for c in counts]), f1)) for m in ("COn", "COnP"))
                print(f"{folder.name + ', ' + label:28s} " + "  ".join(scores), flush=True)
    for name, sound in alone(rng, args.speech).items():
        print(f"{name + ' alone':28s} {60 * len(notes(sound)) / (len(sound) / SAMPLE_RATE):.1f} notes a minute", flush=True)


if __name__ == "__main__":
    main()
