"""Where notes are put: ``python -m vocalise_training.placement PRED REF [REF ...]``.

For every set REF (a folder of NAME.notes.tsv: onset_s, offset_s, midi_pitch) the distance between onsets of notes that
mir_eval matches within 100 ms and 50 cents with those of PRED/NAME.notes.tsv, as ``vocalise render --notes`` writes them:
median, 90th percentile, bias (+ is late) and the share within 25 ms.
"""

import argparse
from pathlib import Path

import mir_eval
import numpy as np

from . import notes

WITHIN = 0.1
"""Seconds between the onsets of notes that are the same."""
CENTS = 50.0
"""Cents between their pitches."""


def table(path: Path) -> np.ndarray:
    """[N, 3] onset, offset and pitch of the notes in a file; none where there is no file."""
    found = notes.read(path) if path.exists() else []
    return np.array([(n.onset, n.offset, n.pitch) for n in found]).reshape(-1, 3)


def errors(ref: np.ndarray, est: np.ndarray) -> np.ndarray:
    """Seconds by which the notes [M, 3] ``est`` are late against those that they match of ``ref`` [N, 3]."""
    if not len(ref) or not len(est):
        return np.zeros(0)
    spans, hz = [], []
    for found in (ref, est):
        onset = found[:, 0]
        offset = np.where(np.isnan(found[:, 1]), onset + 0.1, found[:, 1])
        spans.append(np.stack([onset, np.maximum(offset, onset + 0.01)], axis=1))
        hz.append(mir_eval.util.midi_to_hz(found[:, 2]))
    match = mir_eval.transcription.match_notes
    pairs = match(spans[0], hz[0], spans[1], hz[1], onset_tolerance=WITHIN, pitch_tolerance=CENTS, offset_ratio=None)
    return np.array([est[j, 0] - ref[i, 0] for i, j in pairs])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pred", type=Path)
    parser.add_argument("ref", type=Path, nargs="+")
    args = parser.parse_args()
    print("| set | notes | matched | median | 90 % | bias | within 25 ms |")
    print("|---|---|---|---|---|---|---|")
    for folder in args.ref:
        paths = sorted(folder.glob("*.notes.tsv"))
        if not paths:
            parser.error(f"{folder} has no *.notes.tsv")
        count, late = 0, []
        for path in paths:
            ref, est = table(path), table(args.pred / path.name)
            count += len(ref)
            late.append(errors(ref, est))
        ms = 1e3 * np.concatenate(late)
        if not len(ms):
            parser.error(f"no note of {folder} is in {args.pred}")
        far = np.abs(ms)
        print(
            f"| {folder.name} | {count} | {len(ms)} | {np.median(far):.1f} ms | {np.percentile(far, 90):.1f} ms"
            f" | {np.median(ms):+.1f} ms | {np.mean(far <= 25):.0%} |"
        )


if __name__ == "__main__":
    main()
