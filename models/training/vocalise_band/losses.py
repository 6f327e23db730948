"""What the generator is held to besides the judge: the wanted density and intensity, chord and scale, difference.

Rolls are [B, 16, 128] with values 0..1; every loss is a scalar that is 0 at best.
"""

import torch
from torch.nn import functional as F

from . import condition as c
from .rolls import ONSET, PITCHES

SHARP = {"drums": 48.0, "bass": 24.0, "chords": 24.0, "melody": 24.0}
"""Slope of the soft threshold that stands for "a note begins here"; steeper where the threshold is near silence."""
SINGLE = ("bass", "melody")
"""Tracks that play one note at a time."""
SCALES = torch.tensor([[1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1]], dtype=torch.float32)
"""Pitch classes of major and of minor with both sevenths."""
CLASS_OF_PITCH = F.one_hot(torch.arange(PITCHES) % 12, 12).float()


def onsets(roll: torch.Tensor, track: str) -> torch.Tensor:
    return torch.sigmoid(SHARP[track] * (roll - ONSET[track]))


def wanted(roll: torch.Tensor, real: torch.Tensor, condition: torch.Tensor, track: str) -> torch.Tensor:
    """Squared misses of density (in steps) and of intensity; of single lines also notes struck beside another, of drums
    and chords the difference in notes from the real bar of that condition."""
    begins = onsets(roll, track)
    # a floor of nothing: 128 silent cells of .0001 each are no onset
    struck = (begins - 0.02).clamp(min=0)
    steps = 1 - torch.prod(1 - struck.clamp(max=0.999), 2)
    density = ((16 * (steps.mean(1) - condition[:, c.DENSITY])) ** 2).mean()
    velocity = roll if track == "drums" else 2 * roll - 1
    mean = (velocity * struck).sum((1, 2)) / (struck.sum((1, 2)) + 0.05)
    sounding = condition[:, c.DENSITY] > 0
    intensity = ((mean - condition[:, c.INTENSITY])[sounding] ** 2).mean()
    if track in SINGLE:
        crowd = F.relu(struck.sum(2) - 1).sum(1).mean()
    else:
        crowd = F.smooth_l1_loss(struck.sum((1, 2)), (real >= ONSET[track]).float().sum((1, 2)))
    return 0.15 * density + 20 * intensity + 0.3 * crowd


def strangers(roll: torch.Tensor, condition: torch.Tensor, track: str) -> tuple[torch.Tensor, torch.Tensor]:
    """([B] share of onsets outside the chord of their half bar, [B] outside chord and scale)."""
    begins = (onsets(roll, track) - 0.02).clamp(min=0)
    classes = begins @ CLASS_OF_PITCH
    half = (torch.arange(16)[None] >= 8 * condition[:, c.BAR, None]).float()[..., None]
    first, second = condition[:, None, c.CHORD : c.SECOND_CHORD], condition[:, None, c.SECOND_CHORD : c.ONSETS]
    inside = ((first * (1 - half) + second * half) > 0).float()
    scale = torch.maximum(inside, SCALES[condition[:, c.MINOR].long()][:, None])
    total = classes.sum((1, 2)) + 0.05
    return (classes * (1 - inside)).sum((1, 2)) / total, (classes * (1 - scale)).sum((1, 2)) / total


def chord(roll: torch.Tensor, real: torch.Tensor, condition: torch.Tensor, track: str) -> torch.Tensor:
    """More strangers to chord and scale than people (or rules) play in these bars."""
    planned = condition[:, c.CHORD : c.ONSETS].any(1)
    ours, theirs = strangers(roll, condition, track), strangers(real, condition, track)
    return sum(F.relu(a - b.mean())[planned].mean() for a, b in zip(ours, theirs))


def blur(roll: torch.Tensor, track: str) -> torch.Tensor:
    """Cells that are neither a silence nor a held note nor an onset, summed over the bar: 1 in the middle of a gap."""
    gaps = ((0.09, 0.08),) if track == "drums" else ((0.125, 0.1), (0.4, 0.13))
    return sum(F.relu(1 - (roll - middle).abs() / reach).sum((1, 2)).mean() for middle, reach in gaps)


def sameness(one: torch.Tensor, other: torch.Tensor, noise: torch.Tensor, other_noise: torch.Tensor) -> torch.Tensor:
    """Mode seeking: two noises under one condition shall not make one bar. Cells that differ per unit of noise."""
    apart = (one - other).abs().sum((1, 2)) / (noise - other_noise).pow(2).mean(1).sqrt()
    return (1 / (apart + 0.5)).mean()
