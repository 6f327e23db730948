"""The network: a second of frames -> 128 -> 256 -> 128 -> 64 -> 128 -> 256 -> 128, without its loudness.

The mean of a second tells too little: brass and trumpet, pad and flute differ in how a note begins, moves and ends. So four
convolutions over time and bands make the encoder's 128 numbers; what is reconstructed is the mean.
"""

import torch
from torch import nn
from torch.nn import functional as F

from vocalise_training.features import BANDS

from .programs import INSTRUMENTS

FRAMES = 100
"""Frames of a question: a second to a quarter of a per cent."""
LATENT = 64
"""Numbers of the latent; its length is 1."""
HEARD = 80
"""Channels of the last convolution."""
RANGE = 0.003
"""What is this far below the loudest band (-50 dB) is taken for noise: another room has another floor there."""
CENTRE, SCALE = -3.0, 1.5
"""Nats that are taken for zero, and nats to a unit of the network's input."""


def shape(mel: torch.Tensor) -> torch.Tensor:
    """[B, FRAMES, BANDS] log-mel to nats below the loudest cell, floored softly at log RANGE: no loudness is left."""
    return torch.log(torch.exp(mel - mel.amax((1, 2), keepdim=True)) + RANGE)


def _layer(inputs: int, outputs: int, kernel: tuple[int, int], stride: tuple[int, int]) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


class TimbreNet(nn.Module):
    """Ear, autoencoder, and the place of each instrument in its latent space."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.ear = nn.Sequential(
            _layer(1, 32, (4, 4), (2, 2)), _layer(32, 48, (3, 3), (2, 2)), _layer(48, 64, (3, 3), (2, 1)), _layer(64, HEARD, (3, 3), (1, 2))
        )
        self.heard = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * HEARD * BANDS // 8, BANDS), nn.ReLU())
        layers = (nn.Linear(BANDS, 256), nn.ReLU(), nn.Dropout(dropout), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(dropout))
        self.encoder = nn.Sequential(*layers, nn.Linear(128, LATENT))
        self.decoder = nn.Sequential(nn.Linear(LATENT, 128), nn.ReLU(), nn.Linear(128, 256), nn.ReLU(), nn.Linear(256, BANDS))
        self.register_buffer("embeddings", F.normalize(torch.randn(len(INSTRUMENTS), LATENT), dim=-1))
        self.register_buffer("temperature", torch.tensor(0.1))

    def encode(self, mel: torch.Tensor) -> torch.Tensor:
        """[B, FRAMES, BANDS] log-mel to latents [B, LATENT] of length 1."""
        seen = self.ear((shape(mel)[:, None] - CENTRE) / SCALE)
        over_time = torch.cat([seen.mean(2), seen.amax(2)], 1)
        return F.normalize(self.encoder(self.heard(over_time.flatten(1))), dim=-1)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """[B, BANDS]: the mean over time of ``shape`` of what was heard, as far as the latent holds it."""
        return self.decoder(latent) * SCALE + CENTRE

    def scores(self, latent: torch.Tensor) -> torch.Tensor:
        """[B, 20]: how near each instrument is, adding up to 1."""
        return torch.softmax(latent @ self.embeddings.T / self.temperature, dim=-1)

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Latent, scores and reconstruction of [B, FRAMES, BANDS] log-mel."""
        latent = self.encode(mel)
        return latent, self.scores(latent), self.decode(latent)
