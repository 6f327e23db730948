"""Reads the corpus once: ``python -m vocalise_symbolic.prepare CORPUS DATA`` writes DATA/lines.pkl and DATA/bank.pkl.

CORPUS is corpus.jsonl.gz. ``--split`` writes the list of held-out pieces anew (it should not change).
"""

import argparse
import pickle
from pathlib import Path

from . import corpus, deviations

SUNG = "sung.pkl"
"""What ``sung`` writes beside the two."""


def load(data: Path) -> tuple[list[corpus.Line], list[corpus.Line], list[deviations.Sequence]]:
    """(training lines, held-out lines, deviation sequences of both, with those of ``sung`` where it was run)."""
    training, validation = pickle.loads((data / "lines.pkl").read_bytes())
    files = [data / "bank.pkl", *data.glob(SUNG)]
    return training, validation, [sequence for file in files for sequence in pickle.loads(file.read_bytes())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", action="store_true")
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    if args.split:
        melodic = (p for p in corpus.pieces(args.corpus) if p["src"] in (*corpus.MELODIC_SOURCES, "groove"))
        corpus.VALIDATION.write_text("".join(f"{p['id']}\n" for p in melodic if corpus.is_held_out(p)))
    sides = corpus.load(args.corpus)
    (args.data / "lines.pkl").write_bytes(pickle.dumps(sides))
    sequences = deviations.bank(list(corpus.pieces(args.corpus)))
    (args.data / "bank.pkl").write_bytes(pickle.dumps(sequences))
    for side, lines in zip(("training", "held out"), sides):
        print(f"{side}: {len(lines)} lines, {sum(map(len, lines))} notes")
    print(f"{len(sequences)} sequences of deviations, {sum(s.held_out for s in sequences)} of them held out")


if __name__ == "__main__":
    main()
