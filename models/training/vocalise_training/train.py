"""Trains the pitch network: ``python -m vocalise_training.train DATA_DIR RUN_DIR [--minutes M]``.

RUN_DIR gets ``last.pt`` (resume by running the same command again) and ``log.tsv``. The learning rate follows a
cosine over the budget of wall-clock minutes, or over ``--steps`` where a run must be repeatable to the bit. With
torchrun, every process draws its own excerpts and gradients are averaged (gloo on CPU); RUN_DIR is then on a disk that
all share, the first process writes to it and validates, and the statistics of its norms are the ones kept.
"""

import argparse
import copy
import math
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads cost a shared machine most of its time

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.distributed as dist  # noqa: E402
from torch.nn.parallel import DistributedDataParallel  # noqa: E402

from . import pack, warm_start  # noqa: E402
from .dataset import Shards  # noqa: E402
from .loss import WEIGHTS, losses, total  # noqa: E402
from .model import PitchNet, RefinedPitchNet, zero_states  # noqa: E402

PEAK_RATE = 1.5e-3
"""Learning rate at its highest, from random weights."""
GOING_ON_RATE = 7e-4
"""The same with --from."""
FINAL_RATE = 1e-5
WARM_UP = 100
"""Steps of linear growth to PEAK_RATE."""
WEIGHT_DECAY = 1e-3
CLIP_NORM = 2.0
AVERAGING = 0.998
"""Decay per step of the exponential moving average of the weights, which is what gets exported."""


class Run:
    """Everything that a checkpoint must bring back."""

    def __init__(self, args):
        self.args = args
        torch.manual_seed(args.seed)
        self.net = RefinedPitchNet() if args.refined else PitchNet()
        self.net.to(memory_format=torch.channels_last)
        self.peak = GOING_ON_RATE if args.start and not args.refined else PEAK_RATE
        self.average = copy.deepcopy(self.net).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), self.peak, weight_decay=WEIGHT_DECAY)
        self.step, self.elapsed = 0, 0.0
        """Optimiser steps and seconds of training so far."""

    def go_on_from(self, exported: Path, shards: Shards) -> None:
        """Starts with the weights of an exported model, or listens through them."""
        net = warm_start.load(exported)
        if isinstance(self.net, RefinedPitchNet):
            self.net.listen_through(net)
            self.average.listen_through(net)
            return
        warm_start.calibrate(net, shards, np.random.default_rng(self.args.seed))
        self.net.load_state_dict(net.state_dict())
        self.average.load_state_dict(net.state_dict())

    def load(self, path: Path) -> None:
        """Brings back what ``save`` has written."""
        saved = torch.load(path, map_location="cpu", weights_only=True)
        self.net.load_state_dict(saved["net"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.elapsed = saved["step"], saved["elapsed"]

    def save(self, path: Path) -> None:
        state = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")}
        state |= {"step": self.step, "elapsed": self.elapsed, "commit": pack.repository_commit()}
        torch.save(state, path.with_suffix(".tmp"))
        os.replace(path.with_suffix(".tmp"), path)

    @property
    def progress(self) -> float:
        """0 at the start, 1 when the budget is spent."""
        return self.step / self.args.steps if self.args.steps else self.elapsed / (60 * self.args.minutes)

    def rate(self) -> float:
        """Learning rate of the next step."""
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(self.progress, 1.0))
        return min(1.0, (self.step + 1) / WARM_UP) * (FINAL_RATE + (self.peak - FINAL_RATE) * cosine)

    def update_average(self) -> None:
        """Averages weights; running statistics of the norms are averages already and are copied."""
        decay = min(AVERAGING, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.net.parameters()):
                kept.lerp_(new, 1 - decay)
            for kept, new in zip(self.average.buffers(), self.net.buffers()):
                kept.copy_(new)


def validate(net: PitchNet, shards: Shards, clips: int = 60) -> dict[str, float]:
    """Losses, and RPA (share of voiced frames within 50 cents by the fine head), over the first ``clips`` clips."""
    sums, hit, voiced, seen = dict.fromkeys(WEIGHTS, 0.0), 0.0, 0.0, 0
    with torch.no_grad():
        for batch in shards.whole_clips(6):
            logits, _ = net(batch.features, zero_states(len(batch.features)))
            for name, value in losses(logits, batch).items():
                sums[name] += value.item() * len(batch.features)
            midi = batch.targets["midi"]
            sung = midi > 0
            error = (24 + 0.2 * logits["fine"].argmax(-1) - midi).abs()
            hit, voiced = hit + (error[sung] < 0.5).sum().item(), voiced + sung.sum().item()
            seen += len(batch.features)
            if seen >= clips:
                break
    return {**{name: value / seen for name, value in sums.items()}, "RPA": hit / max(voiced, 1)}


def train(args) -> Run:
    """Trains to the end of the budget; every process returns the same weights."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        if not args.steps:
            raise SystemExit("train: several processes need --steps, their clocks would not agree on the end")
        dist.init_process_group("gloo")
    rank = dist.get_rank() if world > 1 else 0
    torch.set_num_threads(args.threads)
    args.run.mkdir(parents=True, exist_ok=True)
    checkpoint, log = args.run / "last.pt", args.run / "log.tsv"
    shards, valid = Shards(args.data, "train"), Shards(args.data, "valid")
    run = Run(args)
    if checkpoint.exists():
        run.load(checkpoint)
        if rank == 0:
            print(f"resumed at step {run.step}, {run.elapsed / 60:.1f} min", flush=True)
    elif args.start:
        run.go_on_from(args.start, shards)
    if world > 1:  # unequal numbers of steps would leave some processes waiting for the others
        steps = [0] * world
        dist.all_gather_object(steps, run.step)
        if len(set(steps)) > 1:
            raise SystemExit(f"train: the processes see different checkpoints in {args.run}; they must share its disk")
    forward = DistributedDataParallel(run.net) if world > 1 else run.net
    rng = np.random.default_rng([args.seed, rank, run.step])
    running: dict[str, float] = {}
    run.net.train()
    while run.progress < 1:
        started = time.time()
        for group in run.optimiser.param_groups:
            group["lr"] = run.rate()
        batch = shards.random_batch(rng, args.batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=not args.float32):
            logits, _ = forward(batch.features, zero_states(args.batch))
        parts = losses(logits, batch)
        run.optimiser.zero_grad(set_to_none=True)
        total(parts).backward()
        torch.nn.utils.clip_grad_norm_(run.net.parameters(), CLIP_NORM)
        run.optimiser.step()
        run.step += 1
        run.update_average()
        for name, value in parts.items():
            running[name] = 0.95 * running.get(name, value.item()) + 0.05 * value.item()
        run.elapsed += time.time() - started
        if rank == 0 and run.step % 50 == 0:
            report(log, run, "train", running)
        if run.step % args.every == 0 or run.progress >= 1:
            shards.rescan()
            if rank == 0:
                run.save(checkpoint)
                report(log, run, "valid", validate(run.average, valid))
    if world > 1:
        dist.barrier()  # the first process is still validating; nobody tears the group down under it
        dist.destroy_process_group()
    return run


def report(log: Path, run: Run, split: str, values: dict[str, float]) -> None:
    """One line to the log and to the terminal."""
    line = f"{split}\t{run.step}\t{run.elapsed / 60:.1f} min\t" + "\t".join(f"{k} {v:.4f}" for k, v in values.items())
    with open(log, "a") as file:
        file.write(line + "\n")
    print(line, flush=True)


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line, or ``argv`` in its place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, default=70, help="wall-clock budget, over all resumptions")
    parser.add_argument("--steps", type=int, help="budget in steps instead")
    parser.add_argument("--from", dest="start", type=Path, help="an exported pitch.onnx to go on from")
    parser.add_argument("--refined", action="store_true", help="the bidirectional network, through the ears of --from")
    parser.add_argument("--batch", type=int, default=16, help="excerpts per step and process")
    parser.add_argument("--every", type=int, default=400, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--float32", action="store_true", help="no bfloat16 (CPUs without it are slower with it)")
    return parser.parse_args(argv)


def main() -> None:
    train(arguments())


if __name__ == "__main__":
    main()
