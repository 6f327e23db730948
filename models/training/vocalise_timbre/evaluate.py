"""Measures a timbre model on sound sets: ``python -m vocalise_timbre.evaluate MODEL DATA [--fonts timgm csound]``.

MODEL is timbre.onnx or a model.pt. One guess for every whole second of every phrase; every instrument counts as much. *Own*
is the instrument's own General MIDI program, dry; *room* the same through rooms and microphones; *relatives* all
programs of the kind; *phrase* the mean of a phrase's scores (about three seconds).
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from .model import INSTRUMENTS, TimbreNet
from .soundfonts import FONTS
from .windows import load, seconds


@dataclass(frozen=True)
class Guesses:
    """What was said about the seconds of a sound set."""

    scores: np.ndarray
    """[N, 20]."""
    label: np.ndarray
    """[N] the instrument that played."""
    clips: np.ndarray
    """[N] rows of ``render.CLIP``."""
    phrase: np.ndarray
    """[N] which phrase each second is of."""

    def kept(self, rows: np.ndarray) -> "Guesses":
        return Guesses(self.scores[rows], self.label[rows], self.clips[rows], self.phrase[rows])

    def of_phrases(self) -> "Guesses":
        """One guess a phrase, from the mean of its seconds' logarithms."""
        phrases, first, number = np.unique(self.phrase, return_index=True, return_inverse=True)
        sums = np.zeros((len(phrases), self.scores.shape[1]))
        np.add.at(sums, number, np.log(self.scores + 1e-6))
        return Guesses(sums, self.label[first], self.clips[first], phrases)

    def right(self, most: int = 1) -> dict[str, float]:
        """By instrument: the share of guesses whose best ``most`` hold the one that played."""
        best = np.argsort(-self.scores, axis=1)[:, :most]
        hit = (best == self.label[:, None]).any(axis=1)
        return {INSTRUMENTS[i]: float(hit[self.label == i].mean()) for i in np.unique(self.label)}

    def mean(self, most: int = 1) -> float:
        return float(np.mean(list(self.right(most).values())))

    def confusion(self) -> np.ndarray:
        """[20, 20] share of each instrument's guesses (rows) that fell on each (columns)."""
        table = np.zeros((len(INSTRUMENTS),) * 2)
        np.add.at(table, (self.label, self.scores.argmax(axis=1)), 1)
        return table / table.sum(axis=1, keepdims=True).clip(1)


def listener(path: Path) -> callable:
    """[N, FRAMES, BANDS] log-mel to [N, 20] scores."""
    if path.suffix == ".pt":
        net = TimbreNet().eval()
        net.load_state_dict(torch.load(path, weights_only=True)["net"])
        return net_listener(net)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options)
    return lambda mel: np.concatenate([session.run(["scores"], {"mel": row[None].astype(np.float32)})[0] for row in mel])


def net_listener(net: TimbreNet) -> callable:
    def listen(mel: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            parts = np.array_split(mel, max(len(mel) // 128, 1))
            return np.concatenate([net(torch.from_numpy(part.astype(np.float32)))[1].numpy() for part in parts])

    return listen


def guesses(listen: callable, data: Path, font: str) -> Guesses:
    sounds = load(data, font)
    mel, owner = seconds(sounds)
    clips = sounds.clips[owner]
    return Guesses(listen(mel), clips["instrument"].astype(int), clips, owner)


def row(name: str, all_of_it: Guesses) -> str:
    """One line of the table of sound sets."""
    own = all_of_it.kept(all_of_it.clips["own"] & ~all_of_it.clips["wet"])
    room = all_of_it.kept(all_of_it.clips["own"] & all_of_it.clips["wet"])
    cells = (own.mean(), own.mean(3), own.of_phrases().mean(), room.mean(), all_of_it.mean(), all_of_it.mean(3))
    return f"| {name} | {len(own.right())} | {len(own.label)} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


HEAD = "| sound set | instruments | seconds | own | own, top 3 | own, phrase | own, room | relatives too | the same, top 3 |\n" + "|---" * 9 + "|"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fonts", nargs="+", choices=FONTS, default=["timgm", "csound"])
    args = parser.parse_args()
    listen = listener(args.model)
    found = {name: guesses(listen, args.data, name) for name in args.fonts}
    print(HEAD)
    for name, all_of_it in found.items():
        print(row(name, all_of_it))
    for name, all_of_it in found.items():
        own = all_of_it.kept(all_of_it.clips["own"] & ~all_of_it.clips["wet"])
        one, three, phrase = own.right(), own.right(3), own.of_phrases().right()
        print(f"\n{name}, own program, dry\n\n| instrument | seconds | top 1 | top 3 | phrase | taken for |\n" + "|---" * 6 + "|")
        for i, shares in enumerate(own.confusion()):
            if (instrument := INSTRUMENTS[i]) in one:
                others = [k for k in np.argsort(-shares) if k != i and shares[k] >= 0.05][:3]
                taken = ", ".join(f"{INSTRUMENTS[k]} {shares[k]:.2f}" for k in others)
                figures = " | ".join(f"{right[instrument]:.2f}" for right in (one, three, phrase))
                print(f"| {instrument} | {(own.label == i).sum()} | {figures} | {taken} |")
        print(f"\n{name}: confusion in per cent, rows played, columns heard\n")
        for i, shares in enumerate(own.confusion()):
            print(f"{INSTRUMENTS[i]:16s}" + "".join(f"{100 * share:4.0f}" if share >= 0.005 else "   ." for share in shares))


if __name__ == "__main__":
    main()
