"""Golden tables of the features: musical notes and steps, and the numbers they become, one line each.

``golden`` writes them; ``python -m vocalise_symbolic.feature_tables MODELS_DIR`` does so alone, which needs no model.

=======================  ===========================================================================================
note_features.tsv        a note in the columns of golden.NOTE_COLUMNS, then its 256 numbers
melody_steps.tsv         melodies as performed: number of the melody, bar, key, onset, offset (quarters), velocity
step_features.tsv        their steps: number of the melody, genre, bar, key (0: a rest), sixteenths, place in the bar,
                         velocity, then the 128 numbers
=======================  ===========================================================================================

``-`` says unknown. Numbers are written as place:value, those that are 0 are left out.
"""

import argparse
from pathlib import Path

import numpy as np

from . import note_features as nf
from . import step_features as sf
from .corpus import Line

NOTES = (
    # pitch, place, gap, duration, velocity, query, bar_known, bar, bpm
    (60, 0.0, None, 1.0, 100, 0, 1, 4.0, 120.0),
    (62, 1.03, 1.03, 0.47, 64, 0, 1, 4.0, 120.0),
    (0, -0.02, None, 0.04, 0, 0, 1, 3.0, 61.5),
    (127, 7.999, 20.0, 40.0, 127, 0, 1, 4.5, 240.0),
    (64, 9.49, 0.0625, 16.0, 33.3, 0, 1, 12.0, 90.0),
    (65, 3.98, 0.01, None, None, 0, 0, 4.0, 90.0),
    (None, 2.5, 0.5, 0.25, 80, 0, 1, 3.0, 100.0),
    (None, None, None, None, None, 1, 1, 4.0, 120.0),
    (None, 5.25, 1.25, None, None, 1, 1, 4.0, 120.0),
    (67, 123.456, 2.345, 0.678, 91, 0, 1, 1.75, 133.0),
)
MELODIES = (
    # genre, quarters in the bar, (key, onset, offset, velocity)
    (7, 4.0, ((60, -0.03, 0.8, 90), (62, 1.02, 1.4, 64), (64, 1.98, 2.6, 127), (67, 2.74, 3.0, 1), (67, 2.76, 3.1, 70),
              (110, 3.13, 5.0, 33), (18, 9.6, 9.62, 60), (20, 10.0, 17.0, 84), (60, 30.0, 31.0, 85))),
    (0, 3.0, ((72, 0.375, 0.9, 100), (48, 1.0, 1.24, 20), (80, 1.26, 1.5, 45), (79, 3.0, 3.5, 99), (79, 4.0, 4.5, 98),
              (79, 5.75, 6.5, 97), (81, 8.5, 9.0, 96))),
    (9, 5.25, ((55, 2.0, 4.0, 12), (57, 4.0, 7.9, 11), (59, 8.4, 8.5, 10))),
)  # fmt: skip


def note_rows() -> list[str]:
    rows = []
    for pitch, *times, query, bar_known, bar, bpm in NOTES:
        found = nf.features(
            nf.Notes(
                np.array([-1 if pitch is None else pitch]),
                *(np.array([np.nan if value is None else value], float) for value in times),
                np.array([bool(query)]), bool(bar_known), bar, bpm,
            )  # fmt: skip
        )
        rows.append(row((pitch, *times, query, bar_known, bar, bpm), found[0]))
    return rows


def melody_rows() -> tuple[list[str], list[str]]:
    """(notes as performed, steps and their features)"""
    performed, heard = [], []
    for number, (genre, bar, notes) in enumerate(MELODIES):
        performed.extend(row((number, bar, *note)) for note in notes)
        pitch, onset, offset, velocity = np.array(notes, float).T
        steps = sf.steps_of(
            Line(
                "", "pop909", "pop", "melody", onset, offset - onset, pitch.astype(int), velocity, bar, True, 120.0, True
            )  # fmt: skip
        )
        for i, numbers in enumerate(sf.features(steps, genre)):
            loud = steps.velocity[i] if steps.pitch[i] else None
            heard.append(row((number, genre, bar, steps.pitch[i], steps.length[i], steps.place[i], loud), numbers))
    return performed, heard


def row(columns: tuple, numbers: np.ndarray = np.zeros(0)) -> str:
    said = ["-" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in columns]
    return "\t".join([*said, *(f"{place}:{numbers[place]:.9g}" for place in np.flatnonzero(numbers))])


def tables() -> dict[str, str]:
    """The files by name."""
    performed, heard = melody_rows()
    found = {"note_features": note_rows(), "melody_steps": performed, "step_features": heard}
    return {f"{name}.tsv": "\n".join(rows) + "\n" for name, rows in found.items()}


def write(models: Path) -> None:
    (models / "golden").mkdir(parents=True, exist_ok=True)
    for name, text in tables().items():
        (models / "golden" / name).write_text(text)


def problems(models: Path) -> list[str]:
    """One sentence per table that is another."""
    golden = models / "golden"
    return [f"golden {name} is another" for name, text in tables().items() if (golden / name).read_text() != text]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    write(parser.parse_args().models)


if __name__ == "__main__":
    main()
