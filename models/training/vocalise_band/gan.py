"""The networks of one track: generator (exported) and discriminator (training only)."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from vocalise_symbolic.genres import GENRES

from .condition import INTENSITY, SIZE
from .rolls import ONSET, PITCHES, STEPS

NOISE = 100
SLOPE = 0.2
LOUDNESS = (0.2, 3.0, 2.0)
"""Of noise, genre and condition in the first layer, before training, against the usual."""


def halved(x: torch.Tensor) -> torch.Tensor:
    """Max pooling over pairs of steps, [B, C, 2 T] to [B, C, T]; faster on a CPU than ``max_pool1d``."""
    return x.unflatten(2, (-1, 2)).amax(3)


class Generator(nn.Module):
    """noise [B, 100], genre [B, 10] one-hot, condition [B, 64] to rolls [B, 16, 128] (as logits in ``logits``)."""

    def __init__(self, dropout: float = 0.05) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for size, wide, drop in ((NOISE + len(GENRES) + SIZE, 256, dropout), (256, 512, dropout), (512, 1024, 0.0)):
            layers += [nn.Linear(size, wide), nn.BatchNorm1d(wide), nn.LeakyReLU(SLOPE), nn.Dropout(drop)]
        self.layers = nn.Sequential(*layers)
        self.roll = nn.Linear(1024, STEPS * PITCHES)
        # a hundred noises shall not drown the one genre and the few numbers that are not 0
        with torch.no_grad():
            for part, share in zip(layers[0].weight.split((NOISE, len(GENRES), SIZE), 1), LOUDNESS):
                part *= share
        # nearly all cells are silent
        nn.init.constant_(self.roll.bias, -4.0)

    def logits(self, noise: torch.Tensor, genre: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        hidden = self.layers(torch.cat([noise, genre, condition], 1))
        return self.roll(hidden).unflatten(1, (STEPS, PITCHES))

    def forward(self, noise: torch.Tensor, genre: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.logits(noise, genre, condition))


LEEWAY = {"drums": 0.8, "bass": 0.3, "chords": 0.3, "melody": 0.3}
"""How much of the roll's own differences in velocity is kept."""


def levelled(roll: torch.Tensor, condition: torch.Tensor, track: str) -> torch.Tensor:
    """The roll [B, 16, 128] with velocities that average to the wanted intensity.

    Cells say two things at once, whether and how loud; a doubtful onset would be a soft one. Onsets keep LEEWAY of their
    differences and are moved to number 61 of the condition; all other cells stay, below the threshold.
    """
    begins = roll >= ONSET[track]
    velocity = roll if track == "drums" else 2 * roll - 1
    mean = (velocity * begins).sum((1, 2), keepdim=True) / begins.sum((1, 2), keepdim=True).clamp(min=1)
    wanted = condition[:, INTENSITY, None, None]
    level = (wanted + LEEWAY[track] * (velocity - mean)).clamp(0.16, 1)
    return torch.where(begins, level if track == "drums" else 0.5 + 0.5 * level, roll)


class Discriminator(nn.Module):
    """A roll with its genre and condition to (score [B], features of the bar [B, 1024], genre logits [B, 10]).

    Convolutions over the steps, the pitches as channels; spectral norm throughout. The spread within the batch is shown
    to the judge, so that a generator of always the same bar is found out.
    """

    def __init__(self) -> None:
        super().__init__()
        conv = lambda a, b: spectral_norm(nn.Conv1d(a, b, 3, padding=1))
        self.first, self.second, self.third = conv(PITCHES, 256), conv(256, 512), conv(512, 256)
        flat = 256 * STEPS // 4
        self.genre = nn.Embedding(len(GENRES), 16)
        self.join = spectral_norm(nn.Linear(flat + 1 + 16 + SIZE, 256))
        self.hidden = spectral_norm(nn.Linear(256, 64))
        self.score = spectral_norm(nn.Linear(64, 1))
        self.which = nn.Linear(flat, len(GENRES))

    def bar(self, roll: torch.Tensor) -> torch.Tensor:
        x = halved(F.leaky_relu(self.first(roll.transpose(1, 2)), SLOPE))
        x = halved(F.leaky_relu(self.second(x), SLOPE))
        return F.leaky_relu(self.third(x), SLOPE).flatten(1)

    def judge(self, bar: torch.Tensor, genre: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        spread = bar.std(0).mean().expand(len(bar), 1)
        joined = torch.cat([bar, spread, self.genre(genre), condition], 1)
        hidden = F.dropout(F.leaky_relu(self.join(joined), SLOPE), 0.1, self.training)
        hidden = F.dropout(F.leaky_relu(self.hidden(hidden), SLOPE), 0.1, self.training)
        return self.score(hidden)[:, 0]

    def forward(self, roll: torch.Tensor, genre: torch.Tensor, condition: torch.Tensor) -> tuple[torch.Tensor, ...]:
        bar = self.bar(roll)
        return self.judge(bar, genre, condition), bar, self.which(bar)
