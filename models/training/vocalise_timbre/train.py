"""Trains the timbre model: ``python -m vocalise_timbre.train DATA RUN [--without emu ...] [--epochs 30]``.

DATA is what ``render`` wrote. All sets train but those of the families in ``--without``. RUN gets model.pt. Several
networks learn side by side from different beginnings (``--teachers``); the one that is kept learns from the labels and from
what they agree on.
"""

import argparse
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from vocalise_training import pack

from .model import INSTRUMENTS, LATENT, TimbreNet, shape
from .soundfonts import FONTS, HELD_OUT_FAMILY
from .windows import Sampler, load

DRAWN = 8000
"""Stretches drawn from each sound set; every epoch goes over as many as were drawn in all."""
BATCH = 256
RATE = 0.002
"""Peak of the learning rate."""
CONTRAST_TEMPERATURE = 0.5
PLACE_TEMPERATURE = 0.1
"""Of the cosines between a latent and the instruments' places, in training and in the exported scores."""
CONTRAST, RECONSTRUCTION, SMOOTHING, DROPOUT, DECAY = 0.3, 0.3, 0.1, 0.3, 1e-4
"""Weights of the losses beside the classification, label smoothing, dropout, weight decay."""
TEACHING = 0.6
"""Share of the teachers' opinion in what the kept network learns."""


def contrast(latent: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Supervised contrastive loss of [B, 64] unit latents (Khosla and others, NeurIPS 2020)."""
    itself = torch.eye(len(label), dtype=torch.bool)
    near = (latent @ latent.T / CONTRAST_TEMPERATURE).masked_fill(itself, -1e9)
    share = near - torch.logsumexp(near, 1, keepdim=True)
    same = (label[:, None] == label[None]) & ~itself
    return -((share * same).sum(1) / same.sum(1).clamp(min=1)).mean()


def learn(mel: np.ndarray, label: np.ndarray, epochs: float, seed: int, teachers: list[TimbreNet]) -> TimbreNet:
    """A network from [N, BANDS] means and their [N] instruments; every instrument counts as much."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.from_numpy(mel), torch.from_numpy(label)
    net = TimbreNet(DROPOUT)
    net.centre.copy_(shape(x).mean(0))
    places = nn.Parameter(F.normalize(torch.randn(len(INSTRUMENTS), LATENT), dim=-1))
    optimizer = torch.optim.AdamW([*net.parameters(), places], RATE, weight_decay=DECAY)
    steps = int(epochs * len(x) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1)
    weight = 1 / torch.bincount(y, minlength=len(INSTRUMENTS)).clamp(min=1)[y]
    for _ in range(steps):
        drawn = torch.multinomial(weight, BATCH, replacement=True, generator=generator)
        heard, played = x[drawn], y[drawn]
        target = F.one_hot(played, len(INSTRUMENTS)) * (1 - SMOOTHING) + SMOOTHING / len(INSTRUMENTS)
        if teachers:
            with torch.no_grad():
                target = (1 - TEACHING) * target + TEACHING * sum(t(heard)[1] for t in teachers) / len(teachers)
        latent = net.encode(heard)
        loss = F.cross_entropy(latent @ F.normalize(places, dim=-1).T / PLACE_TEMPERATURE, target)
        loss = loss + CONTRAST * contrast(latent, played) + RECONSTRUCTION * F.mse_loss(net.decode(latent), shape(heard))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    net.embeddings.copy_(F.normalize(places.detach(), dim=-1))
    net.temperature.fill_(PLACE_TEMPERATURE)
    return net.eval()


@cache
def drawn(data: Path, font: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """([DRAWN, BANDS] means, [DRAWN] instruments) of one sound set."""
    return Sampler(load(data, font), seed).draw(DRAWN)


def train(data: Path, fonts: list[str], epochs: float, teachers: int, seed: int = 0) -> TimbreNet:
    mel, label = (np.concatenate(parts) for parts in zip(*(drawn(data, font, seed + 1) for font in fonts)))
    board = [learn(mel, label, epochs, seed + 1 + i, []) for i in range(teachers)]
    return learn(mel, label, epochs, seed, board)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--without", nargs="*", default=[HELD_OUT_FAMILY], help="families of sound sets (see soundfonts)")
    parser.add_argument("--epochs", type=float, default=20)
    parser.add_argument("--teachers", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    fonts = [name for name, font in FONTS.items() if font.family not in args.without]
    started = time.time()
    net = train(args.data, fonts, args.epochs, args.teachers)
    args.run.mkdir(parents=True, exist_ok=True)
    torch.save({"net": net.state_dict(), "fonts": fonts, "commit": pack.repository_commit()}, args.run / "model.pt")
    print(f"{args.run / 'model.pt'}: trained on {', '.join(fonts)} in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
