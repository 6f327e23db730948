"""Trains one track's generator: ``python -m vocalise_band.train drums|bass|chords|melody DATA RUN --minutes 9``.

DATA is what ``prepare`` wrote. RUN/last.pt is written every minute; the same command goes on from there. The learning
rate falls over the minutes given, so give the number you mean. RUN/log.jsonl gets a line of losses and of figures on
held-out bars every minute. ``--without`` leaves a part of the loss out: the ablations of the model cards.

A step: of several noises under a real bar's condition, the one whose bar is nearest to it learns to make it (implicit
maximum likelihood: no bar is left out, and what the noise means is found on the way). Bars from further noise are
judged: the judge sees real bars, made bars, and real bars with another bar's condition (hinge loss).
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from vocalise_symbolic.genres import GENRES
from vocalise_training import pack

from . import batches, losses, validation
from .gan import NOISE, Discriminator, Generator
from .rolls import ONSET, TRACKS

AVERAGE = 0.996
"""Weight of the past in the running average of the generator's weights, which is what is exported."""
BATCH = 64
JUDGED_EVERY, JUDGED = 4, 32
"""The judge takes part in one step of so many, with so many bars: it is most of the work of a step, and remembering
goes on without it."""
STRIKE = 6.0
JUDGE_RATE = 0.5
"""The judge's learning rate as a share of the generator's."""
CHOICES = 8
"""Noises of which the nearest learns a bar."""
SHARE = {
    "remember": 1.0, "judge": 16.0, "feature": 15.0, "genre": 2.0, "wanted": 3.0, "chord": 8.0, "same": 5.0, "blur": 0.25,
}  # fmt: skip
"""What each part of the generator's loss counts; a remembered bar costs some ten nats."""
PARTS = tuple(name for name in SHARE if name != "remember")


def remembered(logits: torch.Tensor, roll: torch.Tensor, track: str) -> torch.Tensor:
    """Cross-entropy of a bar's cells in nats above what soft values cost anyway. What sounds counts double, and its
    miss is squared besides: cross-entropy alone says too little about velocity and about notes that go on."""
    entropy = F.binary_cross_entropy(roll, roll, reduction="none")
    cells = F.binary_cross_entropy_with_logits(logits, roll, reduction="none") - entropy
    sounds, begins = (roll > 0).float(), (roll >= ONSET[track]).float()
    missed = STRIKE * (2 * sounds - begins) * (torch.sigmoid(logits) - roll) ** 2
    return (cells * (1 + sounds) + missed).sum((1, 2)).mean()


def nearness(logits: torch.Tensor, roll: torch.Tensor) -> torch.Tensor:
    """[K, B]: log likelihood of the bars ``roll`` [B, 16, 128] under each of ``logits`` [K, B, 16, 128]."""
    return (logits * roll).sum((2, 3)) - F.softplus(logits).sum((2, 3))


class Trainer:
    def __init__(self, track: str, minutes: float, rate: float, without: list[str]) -> None:
        self.track, self.minutes, self.rate, self.without = track, minutes, rate, without
        self.generator, self.judge = Generator(), Discriminator()
        self.makers = torch.optim.Adam(self.generator.parameters(), lr=rate, betas=(0.5, 0.99), fused=True)
        self.judges = torch.optim.Adam(self.judge.parameters(), lr=rate * JUDGE_RATE, betas=(0.5, 0.99), fused=True)
        self.average = {name: value.clone() for name, value in self.generator.state_dict().items()}
        self.step, self.spent = 0, 0.0

    def one_step(self, roll: np.ndarray, genre: np.ndarray, condition: np.ndarray) -> dict[str, float]:
        """One turn of the judge and one of the generator, on the same bars."""
        real, which, about = torch.from_numpy(roll), torch.from_numpy(genre), torch.from_numpy(condition)
        one_hot, rate = F.one_hot(which, len(GENRES)).float(), self.rate * self.falling()
        for optimizer, share in ((self.makers, 1.0), (self.judges, JUDGE_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = rate * share
        judged = "judge" not in self.without and self.step % JUDGED_EVERY == 0
        noise, shown = torch.randn(2 if judged else 1, len(real), NOISE), {}
        with torch.autocast("cpu", torch.bfloat16):
            nearest = self.nearest(real, one_hot, about)
            # one pass, so that batch norm sees remembered and new bars alike
            times = 1 + len(noise)
            logits = self.generator.logits(
                torch.cat([nearest, *noise]), one_hot.repeat(times, 1), about.repeat(times, 1)
            ).float()  # fmt: skip
            again, *new = logits.chunk(times)
            made, *other = map(torch.sigmoid, new)
            parts = {"remember": remembered(again, real, self.track)}
            parts["wanted"] = losses.wanted(made, real, about, self.track)
            parts["blur"] = losses.blur(made, self.track)
            if self.track != "drums":
                parts["chord"] = losses.chord(made, real, about, self.track)
            if judged:
                parts["same"] = losses.sameness(made, *other, *noise)
                seen, which, about = made[:JUDGED], which[:JUDGED], about[:JUDGED]
                shown["judged"] = self.judge_step(real[:JUDGED], seen.detach(), which, about)
                score, bar, said = self.judge(seen, which, about)
                with torch.no_grad():
                    theirs = self.judge.bar(real[:JUDGED]).float()
                parts["judge"] = -score.float().mean()
                means, spreads = bar.float().mean(0) - theirs.mean(0), bar.float().std(0) - theirs.std(0)
                parts["feature"] = means.abs().mean() + spreads.abs().mean()
                parts["genre"] = F.cross_entropy(said.float(), which)
        share = SHARE | {"blur": SHARE["blur"] * min(1, (self.step + 1) / 600)}
        total = sum(share[name] * value for name, value in parts.items() if name not in self.without)
        self.makers.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 50.0)
        self.makers.step()
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 9))
        with torch.no_grad():
            for name, value in self.generator.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - keep)
        return shown | {name: float(value.detach()) for name, value in parts.items()}

    @torch.no_grad()
    def nearest(self, real: torch.Tensor, one_hot: torch.Tensor, about: torch.Tensor) -> torch.Tensor:
        """[B, 100]: of CHOICES noises for each bar, the one that makes the bar most like it."""
        noise = torch.randn(CHOICES, len(real), NOISE)
        logits = self.generator.logits(noise.flatten(0, 1), one_hot.repeat(CHOICES, 1), about.repeat(CHOICES, 1))
        chosen = nearness(logits.unflatten(0, (CHOICES, -1)), real.to(logits.dtype)).argmax(0)
        return noise[chosen, torch.arange(len(real))]

    def judge_step(self, real: torch.Tensor, made: torch.Tensor, which: torch.Tensor, about: torch.Tensor) -> float:
        """Hinge loss; real bars with the condition of their neighbour in the batch count as made."""
        bar = self.judge.bar(real)
        right = self.judge.judge(bar, which, about).float()
        wrong = self.judge.judge(bar, which, about.roll(1, 0)).float()
        new = self.judge(made, which, about)[0].float()
        loss = F.relu(1 - right).mean() + 0.7 * F.relu(1 + new).mean() + 0.3 * F.relu(1 + wrong).mean()
        total = loss + 0.3 * F.cross_entropy(self.judge.which(bar).float(), which)
        self.judges.zero_grad()
        total.backward()
        self.judges.step()
        return float(loss.detach())

    def falling(self) -> float:
        progress = self.spent / (self.minutes * 60)
        return min(1, (self.step + 1) / 100) * (0.03 + 0.485 * (1 + math.cos(math.pi * progress)))

    def averaged(self) -> Generator:
        net = Generator()
        net.load_state_dict(self.average)
        return net.eval()

    def state(self) -> dict:
        networks = {name: getattr(self, name).state_dict() for name in ("generator", "judge", "makers", "judges")}
        about = {"track": self.track, "step": self.step, "spent": self.spent, "commit": pack.repository_commit()}
        return networks | about | {"average": self.average}

    def resume(self, saved: dict) -> None:
        for name in ("generator", "judge", "makers", "judges"):
            getattr(self, name).load_state_dict(saved[name])
        self.average, self.step, self.spent = saved["average"], saved["step"], saved["spent"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("track", choices=TRACKS)
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--rate", type=float, default=0.002)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without", choices=PARTS, action="append", default=[])
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.run.mkdir(parents=True, exist_ok=True)
    bars, last = batches.load(args.data, args.track), args.run / "last.pt"
    sampler = batches.Sampler(bars, args.seed + 1000 * os.getpid())  # a resumed run must not see the same bars again
    checks = validation.Checks(bars)
    trainer = Trainer(args.track, args.minutes, args.rate, args.without)
    if last.exists():
        trainer.resume(torch.load(last, weights_only=True))
    before, saved_at, shown = time.monotonic() - trainer.spent, trainer.spent, {}
    while trainer.spent < args.minutes * 60:
        for name, value in trainer.one_step(*sampler.draw(BATCH)).items():
            shown[name] = 0.98 * shown.get(name, value) + 0.02 * value
        trainer.spent = time.monotonic() - before
        if trainer.spent - saved_at > 60 or trainer.spent >= args.minutes * 60:
            saved_at = trainer.spent
            torch.save(trainer.state(), args.run / "new.pt")
            (args.run / "new.pt").replace(last)
            line = {"minutes": trainer.spent / 60, "step": trainer.step} | shown | checks.figures(trainer.averaged())
            line = {name: round(float(value), 4) for name, value in line.items()}
            with (args.run / "log.jsonl").open("a") as log:
                print(json.dumps(line), file=log)
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
