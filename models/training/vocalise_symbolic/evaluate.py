"""Prints the tables of the model cards: ``python -m vocalise_symbolic.evaluate context|continuation MODEL DATA``.

MODEL is an exported file or a checkpoint of ``train``; DATA is what ``prepare`` wrote. Only held-out pieces and players
are measured. ``--every 2`` takes one line in two, ``--thin 4`` one stretch (or step) in four of what it is made of.
"""

import argparse
from pathlib import Path

import torch

from . import evaluate_context, evaluate_continuation, prepare, readers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=("context", "continuation"))
    parser.add_argument("path", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--thin", type=int, default=1)
    parser.add_argument("--parts", default="timing,notes,dynamics", help="context only")
    args = parser.parse_args()
    torch.set_num_threads(1)
    training, lines, bank = prepare.load(args.data)
    lines = lines[:: args.every]
    if args.model == "continuation":
        evaluate_continuation.steps(args.path, training, lines, args.thin)
        return
    reader = readers.context_reader(args.path)
    if "timing" in args.parts:
        evaluate_context.timing(reader, lines, bank, args.thin)
    if "notes" in args.parts:
        evaluate_context.notes(reader, training, lines, args.thin)
    if "dynamics" in args.parts:
        evaluate_context.dynamics(reader, training, lines, args.thin)


if __name__ == "__main__":
    main()
