"""How the pitch model misses what was sung: ``python -m vocalise_symbolic.sung ../pitch.onnx DATA [--clips 40]``.

Synthetic singers, whose notes are known, are heard through random rooms and microphones; each onset that the live decoder
states is paired with the one it stands for. Writes DATA/sung.pkl, sequences like those of ``deviations``, which
``prepare.load`` adds to people's. A singer in training is a person's timing with the model's on top.
"""

import argparse
import pickle
from pathlib import Path

import mir_eval
import numpy as np
from vocalise_training import voice_types
from vocalise_training.decoder import Decoded, decode
from vocalise_training.evaluate import listener, outputs_of
from vocalise_training.notes import Note
from vocalise_training.presets import PRESETS

from . import prepare
from .deviations import MIN_HITS, Sequence

WINDOW = 0.12
"""Seconds by which a stated onset is off at most; what is further is another note."""


def heard_late(truth: list[Note], heard: list[Decoded]) -> np.ndarray:
    """Seconds by which the onsets in ``heard`` come after those that they stand for, in order."""
    if not truth or not heard:
        return np.zeros(0)
    spans = lambda notes: np.array([[max(n.onset, 0), max(n.offset, n.onset + 0.03)] for n in notes])
    sung, said = spans(truth), spans(heard)
    pairs = mir_eval.transcription.match_note_onsets(sung, said, onset_tolerance=WINDOW)
    return np.array([heard[j].onset - truth[i].onset for i, j in sorted(pairs)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--clips", type=int, default=40, help="of each kind of voice")
    args = parser.parse_args()
    listen, found = listener(args.model), []
    for number, kind in enumerate(k for k in voice_types.TYPES if k not in voice_types.PROGRAMS):
        for clip in range(args.clips):
            audio, performance = voice_types.sing(kind, 1_000_000 + 10_000 * number + clip)
            outputs = outputs_of(listen, audio)
            for response in ("fast", "sure"):
                late = heard_late(performance.notes, decode(outputs, PRESETS[response]))
                if len(late) >= MIN_HITS:
                    found.append(Sequence("sung", f"{kind} {clip}", clip % 5 == 0, late))
        ours = np.concatenate([q.seconds for q in found if q.player.startswith(kind)] or [np.zeros(1)])
        print(f"{kind}: {len(ours)} notes, {1000 * np.median(ours):+.0f} ms, deviation {1000 * ours.std():.0f} ms", flush=True)
    (args.data / prepare.SUNG).write_bytes(pickle.dumps(found))
    print(f"{len(found)} sequences, {sum(q.held_out for q in found)} of them held out")


if __name__ == "__main__":
    main()
