"""The network: 128 -> 256 -> 128 -> 64 -> 128 -> 256 -> 128, on a spectrum without its loudness."""

import torch
from torch import nn
from torch.nn import functional as F

from vocalise_training.features import BANDS

from .programs import INSTRUMENTS

LATENT = 64
"""Numbers of the latent; its length is 1."""
RANGE = 0.003
"""What is this far below the loudest band (-50 dB) is taken for noise: another room has another floor there."""
SCALE = 2.0
"""Nats to a unit of the encoder's input."""


def shape(mel: torch.Tensor) -> torch.Tensor:
    """[..., BANDS] log-mel means to nats below the loudest band, floored softly at log RANGE: no loudness is left."""
    return torch.log(torch.exp(mel - mel.amax(-1, keepdim=True)) + RANGE)


class TimbreNet(nn.Module):
    """Autoencoder, and the place of each instrument in its latent space."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        layers = (nn.Linear(BANDS, 256), nn.ReLU(), nn.Dropout(dropout), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(dropout))
        self.encoder = nn.Sequential(*layers, nn.Linear(128, LATENT))
        self.decoder = nn.Sequential(nn.Linear(LATENT, 128), nn.ReLU(), nn.Linear(128, 256), nn.ReLU(), nn.Linear(256, BANDS))
        self.register_buffer("centre", torch.zeros(BANDS))
        self.register_buffer("embeddings", F.normalize(torch.randn(len(INSTRUMENTS), LATENT), dim=-1))
        self.register_buffer("temperature", torch.tensor(0.1))

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """[B, BANDS] log-mel means to latents [B, LATENT] of length 1."""
        return F.normalize(self.encoder((shape(mel) - self.centre) / SCALE), dim=-1)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """[B, BANDS]: ``shape`` of what was heard, as far as the latent holds it."""
        return self.decoder(latent) * SCALE + self.centre

    def scores(self, latent: torch.Tensor) -> torch.Tensor:
        """[B, 20]: how near each instrument is, adding up to 1."""
        return torch.softmax(latent @ self.embeddings.T / self.temperature, dim=-1)

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Latent, scores and reconstruction of [B, BANDS] log-mel means."""
        latent = self.encode(mel)
        return latent, self.scores(latent), self.decode(latent)
