"""Renders the sound sets: ``python -m vocalise_timbre.render DATA [--fonts fluid musescore ...]``.

Writes DATA/FONT.frames.npy, [frames, 128] float16 log-mel frames in which something sounds, and DATA/FONT.clips.npy, one
row a phrase (the columns of CLIP). Half of the phrases are dry, half went through a room and a microphone. What is there
already is kept. About a minute and 150 MB a set on one core.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from vocalise_training.augment import augment
from vocalise_training.features import frames, log_mel

from .phrases import line, pattern
from .play import player
from .programs import DRUMS, TABLE
from .soundfonts import FONTS

PHRASES_OWN, PHRASES_RELATIVE = 48, 20
"""How many phrases each program gets."""
ANEW, TIMES = ("recordings", "mda", "additive"), 3
"""Families in which every phrase has an instrument of its own, and how many times as many phrases they get."""
BENT, ASIDE = ("fluid", "sonivox", "freepats"), (-5, -4, -3, -2, 2, 3, 4, 5)
"""Families that play as many phrases again on keys this far from what sounds, with the pitch wheel: other bodies."""
LEFT_OUT = {"opl3": (32, 33, 34, 35, 36, 37), "mda": (32, 33, 35), "sonivox": (2, 84, 90, 94)}
"""Programs that would contradict others, by set. Operators and oscillators that stand for a bass are what a sub bass is (of OPL-3, 33
and 39 are one sound); Sonivox has one sound for 2 and the electric piano, for 84 and distorted guitars, for 90 and brass, for 94 and choir."""
PEAK = (-36.0, -3.0)
"""Range of the peak of dry phrases, dB below full scale."""
SOUNDING_DB = 35.0
"""Frames further than this below the phrase's loud ones count as silence."""
CLIP = np.dtype([("start", "i8"), ("stop", "i8"), ("instrument", "i2"), ("program", "i2"), ("own", "?"), ("wet", "?"), ("key", "f4")])
"""Rows of the frames' table, which instrument and program, whether it is the instrument's own, whether room and
microphone are in it, and the mean MIDI key."""


def sounding(audio: np.ndarray) -> np.ndarray:
    """[frames, 128] log-mel frames of ``audio`` in which something sounds."""
    framed = frames(audio)
    level = 10 * np.log10((framed**2).mean(axis=1) + 1e-12)
    return log_mel(framed[level > np.quantile(level, 0.95) - SOUNDING_DB])


def finish(rng: np.random.Generator, audio: np.ndarray, wet: bool) -> np.ndarray:
    """``audio`` at some level; ``wet``: as a microphone in a room has it."""
    if wet:
        return augment(rng, audio)
    return audio * 10 ** (rng.uniform(*PEAK) / 20) / (np.abs(audio).max() + 1e-9)


def render(name: str, draw: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Frames and clips of one sound set, the same every time for the same ``draw`` of phrases."""
    band, tables, rows, at = player(FONTS[name]), [], [], 0
    times = TIMES if FONTS[name].family in ANEW else 1
    for instrument, played in enumerate(TABLE):
        drums = instrument == DRUMS
        for program in (played.own, *played.relatives):
            if not band.has(program, drums) or not drums and program in LEFT_OUT.get(name, ()):
                continue
            rng = np.random.default_rng([list(FONTS).index(name), instrument, program, *([draw] if draw else [])])
            own = program == played.own
            count = times * (PHRASES_OWN if own else PHRASES_RELATIVE)
            phrases = [pattern(rng) if drums else line(rng, played) for _ in range(count)]
            played_as = band.play(phrases, program, drums)
            if FONTS[name].family in BENT and not drums:
                more = [line(rng, played) for _ in range(count)]
                bent = band.play(more, program, drums, [int(by) for by in rng.choice(ASIDE, count)])
                phrases, played_as = phrases + more, np.concatenate([played_as, bent])
            for i, (phrase, audio) in enumerate(zip(phrases, played_as)):
                if np.abs(audio).max() < 1e-3:
                    continue
                wet = i % 2 == 1
                table = sounding(finish(rng, audio, wet)).astype(np.float16)
                key = float(np.mean([note.key for note in phrase]))
                rows.append((at, at + len(table), instrument, program, own, wet, key))
                tables.append(table)
                at += len(table)
    return np.concatenate(tables), np.array(rows, CLIP)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fonts", nargs="+", choices=FONTS, default=list(FONTS))
    parser.add_argument("--draw", type=int, default=0, help="other phrases: a test that no choice was made by")
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    for name in args.fonts:
        target = args.data / f"{name}.clips.npy"
        if target.exists():
            continue
        if not FONTS[name].available:
            raise SystemExit(f"render: {FONTS[name].path} is missing; install {FONTS[name].package}")
        started = time.time()
        table, clips = render(name, args.draw)
        np.save(args.data / f"{name}.frames.npy", table)
        np.save(target, clips)  # last: its presence means that the set is complete
        print(f"{name}: {len(clips)} phrases, {len(table)} frames, {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
