"""How busy and how loud each track plays in each genre: ``python -m vocalise_band.styles DATA MODELS_DIR``.

Writes MODELS_DIR/styles.json: for each track and genre the .05 .25 .5 .75 .95 quantiles of numbers 60 (``density``) and
61 (``intensity``) of the condition over the training bars, the number of ``bars``, and their ``source``: "real",
"rules" or "both".
"""

import argparse
import json
from pathlib import Path

import numpy as np

from vocalise_symbolic.genres import GENRES

from . import batches
from . import condition as c
from .rolls import TRACKS

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEW = 0.02
"""A share of real (or rules') bars below this is not worth a "both"."""


def style(bars: batches.Bars, genre: int) -> dict:
    own = bars.where((bars.genre == genre) & ~bars.held_out)
    real = own.real.mean()
    quantiles = lambda number: [round(float(q), 4) for q in np.quantile(own.condition[:, 0, number], QUANTILES)]
    return {
        "density": quantiles(c.DENSITY),
        "intensity": quantiles(c.INTENSITY),
        "source": "real" if real > 1 - FEW else "rules" if real < FEW else "both",
        "bars": len(own),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path)
    args = parser.parse_args()
    rows = []
    for track in TRACKS:
        bars = batches.load(args.data, track)
        lines = [f"    {json.dumps(name)}: {json.dumps(style(bars, genre))}" for genre, name in enumerate(GENRES)]
        rows.append(f"  {json.dumps(track)}: {{\n" + ",\n".join(lines) + "\n  }")
    (args.models / "styles.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
    print(args.models / "styles.json")


if __name__ == "__main__":
    main()
