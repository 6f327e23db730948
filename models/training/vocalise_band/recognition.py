"""A judge of genre that has seen real bars only: whom does a made bar sound like?

A small network over onsets with velocities [16, 128]; it knows neither condition nor generator.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Recogniser(nn.Module):
    def __init__(self, genres: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(4096, 192), nn.ReLU(), nn.Dropout(0.4), nn.Linear(192, genres)
        )  # fmt: skip

    def forward(self, roll: torch.Tensor) -> torch.Tensor:
        return self.layers(torch.cat([roll, (roll > 0).float()], 1).flatten(1))


def trained(roll: np.ndarray, genre: np.ndarray, steps: int = 1500, seed: int = 0) -> Recogniser:
    """``roll`` [N, 16, 128] of training bars, ``genre`` [N]; genres are drawn alike."""
    torch.manual_seed(seed)
    rng, net = np.random.default_rng(seed), Recogniser(int(genre.max()) + 1)
    by_genre = {g: np.flatnonzero(genre == g) for g in np.unique(genre)}
    optimizer = torch.optim.AdamW(net.parameters(), 0.001, weight_decay=0.05)
    for _ in range(steps):
        index = np.concatenate([rng.choice(found, 128 // len(by_genre)) for found in by_genre.values()])
        # louder or softer is no genre
        loud = rng.uniform(0.7, 1.2, (len(index), 1, 1)).astype(np.float32)
        loss = F.cross_entropy(net(torch.from_numpy((roll[index] * loud).clip(0, 1))), torch.from_numpy(genre[index]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval()


@torch.no_grad()
def recognised(net: Recogniser, roll: np.ndarray) -> np.ndarray:
    """[N] genre."""
    return net(torch.from_numpy(roll)).argmax(1).numpy()
