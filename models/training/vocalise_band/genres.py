"""The same singing in several genres: ``python -m vocalise_band.genres VOCALISE CLIP [CLIP ...] [--genres pop jazz]``.

VOCALISE is the project's command line. Every CLIP goes through the whole engine (``vocalise render --genre``, live, tempo found);
printed are means over clips of what was played.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np

CHORDS, BASS, DRUMS = 1, 2, 9
"""MIDI channels from 0."""
TOGETHER = 0.05
"""Quarters within which chord notes are one strike."""
OFF_BEAT = (0.4, 0.72)
"""Places in a quarter at which a drum's second eighth may lie."""
SEVENTHS = (1, 2, 10, 11)
"""Semitones from one pitch class to another that make a seventh or, turned over, a second."""


def onsets(path: Path) -> tuple[dict[int, np.ndarray], float]:
    """[N, 2] quarters and key of the note-ons by channel, and the bars (of four quarters) from the first note to the last."""
    midi = mido.MidiFile(path)
    found: dict[int, list[tuple[float, int]]] = {}
    for track in midi.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity > 0:
                found.setdefault(message.channel, []).append((tick / midi.ticks_per_beat, message.note))
    notes = {channel: np.array(sorted(rows)) for channel, rows in found.items()}
    places = np.concatenate([rows[:, 0] for rows in notes.values()]) if notes else np.zeros(1)
    return notes, max(float(np.ptp(places)) / 4, 1.0)


def strikes(chords: np.ndarray) -> list[np.ndarray]:
    """The keys of each strike."""
    breaks = np.flatnonzero(np.diff(chords[:, 0]) > TOGETHER) + 1
    return [part[:, 1].astype(int) for part in np.split(chords, breaks)]


def has_seventh(keys: np.ndarray) -> bool:
    return any((a - b) % 12 in SEVENTHS for a in keys for b in keys)


def measures(path: Path) -> dict[str, float]:
    """What one file holds; nan where it holds nothing of the kind."""
    notes, bars = onsets(path)
    none = np.zeros((0, 2))
    chords, bass, drums = (notes.get(channel, none) for channel in (CHORDS, BASS, DRUMS))
    place = drums[:, 0] % 1
    second = place[(place > OFF_BEAT[0]) & (place < OFF_BEAT[1])]
    struck = strikes(chords) if len(chords) else []
    full = [keys for keys in struck if len(set(keys % 12)) >= 3]
    mean = lambda values: float(np.mean(values)) if len(values) else np.nan
    return {
        "long to short of the drums' eighths": mean(second / (1 - second)),
        "tones of a chord's strike": mean([len(keys) for keys in struck]),
        "strikes of three tones or more that hold a seventh, %": 100 * mean([has_seventh(keys) for keys in full]),
        "chord notes a bar": len(chords) / bars,
        "bass notes a bar": len(bass) / bars,
        "different bass pitch classes a clip": float(len(set(bass[:, 1].astype(int) % 12))),
        "drum hits a bar": len(drums) / bars,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vocalise", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--genres", nargs="+", default=["pop", "jazz"])
    args = parser.parse_args()
    table: dict[str, dict[str, float]] = {}
    for genre in args.genres:
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for clip in args.clips:
                out = Path(folder) / f"{clip.stem}.mid"
                subprocess.run([args.vocalise, "render", clip, "-o", out, "--genre", genre], check=True, capture_output=True)
                rows.append(measures(out))
        table[genre] = {name: float(np.nanmean([row[name] for row in rows])) for name in rows[0]}
    print("| | " + " | ".join(args.genres) + " |")
    print("|---|" + "---|" * len(args.genres))
    for name in table[args.genres[0]]:
        print(f"| {name} | " + " | ".join(f"{table[genre][name]:.2f}" for genre in args.genres) + " |")


if __name__ == "__main__":
    main()
