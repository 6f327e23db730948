"""Leaves every recorded sound set out once: ``python -m vocalise_timbre.leave_out DATA [--steps 600]``.

Two figures for each: trained on all the others, and on all the others that share no recordings with it. Few steps each:
compare the rows with each other, not with the shipped weights.
"""

import argparse
from functools import cache
from pathlib import Path

import torch

from .evaluate import HEAD, guesses, net_listener, row
from .model import TimbreNet
from .soundfonts import FONTS
from .train import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=600)
    args = parser.parse_args()
    torch.set_num_threads(1)

    @cache
    def trained(fonts: tuple[str, ...]) -> TimbreNet:
        return train(args.data, list(fonts), args.steps)

    def report(tested: str, fonts: tuple[str, ...], note: str) -> None:
        print(row(f"{tested}, {note}", guesses(net_listener(trained(fonts)), args.data, tested)), flush=True)

    print(HEAD)
    recorded = {name: font for name, font in FONTS.items() if font.recorded}
    for tested, font in recorded.items():
        others = tuple(name for name in FONTS if name != tested)
        strangers = tuple(name for name in others if FONTS[name].family != font.family)
        report(tested, others, "itself left out")
        if strangers != others:
            report(tested, strangers, "its family left out")
    for tested in recorded:
        report(tested, tuple(FONTS), "nothing left out")


if __name__ == "__main__":
    main()
