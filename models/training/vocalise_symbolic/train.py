"""Trains a symbolic model: ``python -m vocalise_symbolic.train context|continuation DATA RUN --minutes 30``.

DATA is what ``prepare`` wrote. RUN/last.pt is written every minute; the same command goes on from there. The learning
rate falls over the minutes given, so give the number you mean. ``--straight`` leaves the human timing out, ``--only``
trains one kind of batch, ``--layers`` another depth: the ablations of the model cards.
"""

import argparse
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from vocalise_training import pack

from . import context_batches, continuation_batches, prepare
from .context_model import LAYERS, ContextNet, look_back
from .continuation_model import ContinuationNet

AVERAGE = 0.998
"""Weight of the past in the running average of the weights, which is what is exported."""


def cross_entropy(logits: torch.Tensor, classes: np.ndarray) -> torch.Tensor:
    """Mean over what is asked for; 0 where nothing is."""
    target = torch.from_numpy(classes).long()
    nothing = context_batches.NOTHING
    total = F.cross_entropy(logits.flatten(0, 1).float(), target.flatten(), ignore_index=nothing, reduction="sum")
    return total / max(1, int((target != nothing).sum()))


def context_step(net: ContextNet, sampler: context_batches.Sampler, step: int, only: str | None) -> dict:
    """Losses of one batch; foresight has twice the turns, as less can be read from it."""
    kind = only or ("hindsight", "foresight", "foresight")[step % 3]
    length = int(sampler.rng.choice([16, 32, 48, 64], p=(0.1, 0.3, 0.3, 0.3)))
    batch = getattr(sampler, kind)(512 // length, length)
    if kind == "hindsight":
        position, mask = torch.arange(length), torch.zeros(1, 1, 1, 1)
    else:
        position, mask = torch.arange(length).repeat(2), look_back(length)
    tensors = (torch.from_numpy(a) for a in (batch.notes, batch.genre, batch.instrument))
    with torch.autocast("cpu", torch.bfloat16):
        note, timing, dynamics = net(*tensors, position, mask)
    losses = {
        "note": cross_entropy(note, batch.note),
        "timing": cross_entropy(timing, batch.timing),
        "dynamics": 0.4 * cross_entropy(dynamics, batch.dynamics),
    }
    return {f"{kind} {name}": loss for name, loss in losses.items()}


def continuation_step(net: ContinuationNet, sampler: continuation_batches.Sampler, step: int, only: str | None) -> dict:
    batch = sampler.draw(48)
    steps = torch.from_numpy(batch.steps)
    states = torch.zeros(2, 2, len(steps), net.lstm.hidden_size)
    with torch.autocast("cpu", torch.bfloat16):
        note, velocity, timing, _, _ = net(steps, states[0], states[1])
    return {
        "note": cross_entropy(note, batch.note),
        "timing": cross_entropy(timing, batch.timing),
        "velocity": 0.15 * cross_entropy(velocity, batch.velocity),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=("context", "continuation"))
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--steps", type=int, help="budget in optimiser steps instead")
    parser.add_argument("--rate", type=float, help="highest learning rate [0.001; continuation: 0.002]")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layers", type=int, default=LAYERS, help="context only")
    parser.add_argument("--only", choices=("hindsight", "foresight"), help="context only")
    parser.add_argument("--straight", action="store_true", help="context only")
    args = parser.parse_args()
    if args.steps is not None and args.steps < 1:
        parser.error("--steps must be at least 1")
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.run.mkdir(parents=True, exist_ok=True)
    lines, _, bank = prepare.load(args.data)
    seed = args.seed + 1000 * os.getpid()  # a resumed run must not see the same excerpts again
    if args.model == "context":
        net, one_step = ContextNet(args.layers), context_step
        bank = [sequence for sequence in bank if not sequence.held_out]
        sampler = context_batches.Sampler(lines, bank, seed, human=not args.straight)
    else:
        net, one_step = ContinuationNet(), continuation_step
        sampler = continuation_batches.Sampler(lines, seed)
    top = args.rate or (0.001 if args.model == "context" else 0.002)
    optimizer = torch.optim.AdamW(net.parameters(), lr=top, weight_decay=0.01, betas=(0.9, 0.98))
    average = {name: value.clone() for name, value in net.state_dict().items()}
    step, spent, last = 0, 0.0, args.run / "last.pt"
    if last.exists():
        saved = torch.load(last, weights_only=True)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step, spent = saved["average"], saved["step"], saved["spent"]
    before, saved_at, shown = time.monotonic() - spent, spent, {}
    progress = lambda: step / args.steps if args.steps else spent / (args.minutes * 60)
    while progress() < 1:
        for group in optimizer.param_groups:
            group["lr"] = top * min(1, (step + 1) / 200) * (0.02 + 0.49 * (1 + math.cos(math.pi * progress())))
        losses = one_step(net, sampler, step, args.only)
        optimizer.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        keep = min(AVERAGE, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in net.state_dict().items():
                average[name].lerp_(value, 1 - keep)
        for name, loss in losses.items():
            shown[name] = 0.98 * shown.get(name, float(loss.detach())) + 0.02 * float(loss.detach())
        step += 1
        spent = time.monotonic() - before
        if step % 100 == 0:
            losses = ", ".join(f"{name} {value:.3f}" for name, value in shown.items())
            print(f"{spent / 60:.1f} min, step {step}: {losses}", flush=True)
        if spent - saved_at > 60 or progress() >= 1:
            saved_at = spent
            state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "average": average}
            torch.save(state | {"step": step, "spent": spent, "commit": pack.repository_commit()}, args.run / "new.pt")
            (args.run / "new.pt").replace(last)


if __name__ == "__main__":
    main()
