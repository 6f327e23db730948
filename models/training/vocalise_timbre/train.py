"""Trains the timbre model: ``python -m vocalise_timbre.train DATA RUN [--without emu ...] [--steps 5500]``.

DATA is what ``render`` wrote. All sets train but those of the families in ``--without``. RUN gets model.pt, the moving average of
the weights.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from vocalise_training import pack

from .model import INSTRUMENTS, LATENT, TimbreNet, shape
from .soundfonts import FONTS, HELD_OUT_FAMILY
from .windows import Sampler, load

BATCH = 64
TOLD = 100
"""Steps from one line of progress to the next."""
RATE, WARM_UP = 0.003, 0.05
"""Usual peak of the learning rate, and the share of the steps that it rises in; then it falls as a cosine."""
CONTRAST_TEMPERATURE = 0.5
PLACE_TEMPERATURE = 0.1
"""Of the cosines between a latent and the instruments' places, in training and in the exported scores."""
MEAN = 0.998
"""Of the moving average of the weights, which is what is kept."""
COMPUTED = ("Synth Lead", "Pad", "Plucked Synth", "Sub Bass")
"""Instruments of which what is computed is no imitation: it trains them as often as what was recorded."""
CONTRAST, RECONSTRUCTION, SMOOTHING, DROPOUT, DECAY = 0.3, 0.1, 0.1, 0.15, 1e-3
"""Weights of the losses beside the classification, label smoothing, dropout, weight decay."""


def contrast(latent: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Supervised contrastive loss of [B, 64] unit latents (Khosla and others, NeurIPS 2020)."""
    itself = torch.eye(len(label), dtype=torch.bool)
    near = (latent @ latent.T / CONTRAST_TEMPERATURE).masked_fill(itself, -1e9)
    share = near - torch.logsumexp(near, 1, keepdim=True)
    same = (label[:, None] == label[None]) & ~itself
    return -((share * same).sum(1) / same.sum(1).clamp(min=1)).mean()


def batch(samplers: dict[str, Sampler], rng: np.random.Generator, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """([size, FRAMES, BANDS], [size] instruments): every instrument as often, and of each every set of recordings."""
    played, heard = np.resize(rng.permutation(len(INSTRUMENTS)), size), []
    for instrument in played:
        able = [name for name in samplers if instrument in samplers[name].phrases]
        weight = np.array([1.0 if FONTS[name].recorded or INSTRUMENTS[instrument] in COMPUTED else 0.5 for name in able])
        heard.append(samplers[able[rng.choice(len(able), p=weight / weight.sum())]].draw(int(instrument)))
    return torch.from_numpy(np.stack(heard)), torch.from_numpy(played)


def named(net: TimbreNet, places: nn.Parameter) -> list[tuple[str, torch.Tensor]]:
    """All that training moves: weights, running statistics, places."""
    return [*((name, value) for name, value in net.state_dict(keep_vars=True).items() if value.is_floating_point()), ("places", places)]


def train(
    data: Path, fonts: list[str], steps: int, seed: int = 0, begun: dict | None = None, dropout: float = DROPOUT, peak: float = RATE,
    until: int | None = None,
) -> TimbreNet:
    """``begun``: the weights to go on from. ``peak``: of the learning rate. ``until``: a step to stop at, before it has fallen."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    samplers = {font: Sampler(load(data, font), seed + 1 + i) for i, font in enumerate(fonts)}
    net = TimbreNet(dropout).train()
    net.ear.to(memory_format=torch.channels_last)
    places = nn.Parameter(F.normalize(torch.randn(len(INSTRUMENTS), LATENT), dim=-1))
    if begun:
        net.load_state_dict(begun)
        places.data.copy_(net.embeddings)
    mean = {name: value.detach().clone() for name, value in named(net, places)}
    optimizer = torch.optim.AdamW([*net.parameters(), places], peak, weight_decay=DECAY)
    for step in range(min(steps, until or steps)):
        done = step / steps
        rate = min(done / WARM_UP, 0.5 + 0.5 * np.cos(np.pi * max(done - WARM_UP, 0) / (1 - WARM_UP)))
        optimizer.param_groups[0]["lr"] = peak * max(rate, 0.01)
        heard, played = batch(samplers, rng, BATCH)
        with torch.autocast("cpu", torch.bfloat16):
            latent = F.normalize(net.encode(heard).float(), dim=-1)
        said = F.cross_entropy(latent @ F.normalize(places, dim=-1).T / PLACE_TEMPERATURE, played, label_smoothing=SMOOTHING)
        rebuilt = F.mse_loss(net.decode(latent), shape(heard).mean(1))
        loss = said + CONTRAST * contrast(latent, played) + RECONSTRUCTION * rebuilt
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for name, value in named(net, places):
            mean[name].lerp_(value.detach(), 1 - min(MEAN, (step + 1) / (step + 10)))
        if step % TOLD == 0:
            print(f"step {step} of {steps}: cross-entropy {said.item():.3f}, reconstruction {rebuilt.item():.3f}", flush=True)
    for name, value in named(net, places):
        value.data.copy_(mean[name])
    net.embeddings.copy_(F.normalize(places.detach(), dim=-1))
    net.temperature.fill_(PLACE_TEMPERATURE)
    return net.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--without", nargs="*", default=[HELD_OUT_FAMILY], help="families of sound sets (see soundfonts)")
    parser.add_argument("--steps", type=int, default=5500)
    parser.add_argument("--from", type=Path, dest="begun", help="a model.pt to go on from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dropout", type=float, default=DROPOUT)
    parser.add_argument("--rate", type=float, default=RATE, help="peak of the learning rate")
    parser.add_argument("--until", type=int, help="stops at this one of the steps")
    args = parser.parse_args()
    fonts = [name for name, font in FONTS.items() if font.family not in args.without]
    begun = torch.load(args.begun, weights_only=True)["net"] if args.begun else None
    net = train(args.data, fonts, args.steps, args.seed, begun, args.dropout, args.rate, args.until)
    args.run.mkdir(parents=True, exist_ok=True)
    torch.save({"net": net.state_dict(), "fonts": fonts, "commit": pack.repository_commit()}, args.run / "model.pt")
    print(f"{args.run / 'model.pt'}: trained on {', '.join(fonts)}")


if __name__ == "__main__":
    main()
