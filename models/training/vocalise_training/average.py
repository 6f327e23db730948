"""Averages the weights of checkpoints of one run: ``python -m vocalise_training.average OUT.pt A.pt B.pt ...``.

Stochastic weight averaging after Izmailov et al., UAI 2018, over the averages that each checkpoint keeps: steadier on
voices that training has not heard than any one of them. OUT.pt is for ``export``, not for resuming.
"""

import argparse
from pathlib import Path

import torch


def average(checkpoints: list[dict]) -> dict:
    """The last checkpoint with the mean of all kept weights; counters stay its own."""
    out = dict(checkpoints[-1])
    weights = [checkpoint["average"] for checkpoint in checkpoints]
    if any(w.keys() != weights[0].keys() for w in weights):
        raise SystemExit("average: the checkpoints are of different networks")
    floating = {name for name, value in weights[-1].items() if value.is_floating_point()}
    out["average"] = {
        name: torch.stack([w[name] for w in weights]).mean(0) if name in floating else value
        for name, value in weights[-1].items()
    }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="in the order of training")
    args = parser.parse_args()
    torch.save(average([torch.load(path, map_location="cpu", weights_only=True) for path in args.checkpoints]), args.out)


if __name__ == "__main__":
    main()
