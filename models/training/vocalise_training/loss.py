"""What the network is punished for, head by head."""

import torch
from torch.nn import functional as F

from .dataset import Batch, fine_target, note_target

WEIGHTS = {"fine": 1.0, "pitch": 0.6, "velocity": 0.05, "onset": 3.0, "offset": 1.5, "voicing": 1.5}
"""Relative weight of each head's mean loss."""
EVENT_EMPHASIS = 2.0
"""Frames near a note's edge are rare: their positive term counts this much more."""
EARLY_EMPHASIS = 3.0
"""How much more a note's pitch counts at its onset, where it is decided,"""
EARLY_FRAMES = 8.0
"""fading by a factor of e over this many frames."""


EDGE_EMPHASIS = 2.0
"""How much more the fine pitch counts at the edges of a voiced run, where speech bends,"""
EDGE_FRAMES = 2
"""and how many frames from them."""


def masked_mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return (values * mask).sum() / mask.sum().clamp(min=1)


def cross_entropy(logits: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over masked frames of the cross entropy with soft targets [..., classes]."""
    return masked_mean(-(target * logits.log_softmax(-1)).sum(-1), mask)


def frames_into_note(note: torch.Tensor) -> torch.Tensor:
    """[B, N] frames since the current note (or the current absence of notes) began; ``note`` [B, N], nan = none."""
    held = note.nan_to_num(0.0)
    index = torch.arange(note.shape[1], device=note.device).expand_as(held)
    begins = torch.zeros_like(index)
    begins[:, 1:] = torch.where(held[:, 1:] != held[:, :-1], index[:, 1:], 0)
    return (index - begins.cummax(dim=1).values).float()


def near_edge(voiced: torch.Tensor) -> torch.Tensor:
    """[B, N] 1.0 within EDGE_FRAMES of a frame without a voice; ``voiced`` [B, N] bool."""
    reach = 2 * EDGE_FRAMES + 1
    return F.max_pool1d((~voiced).float().unsqueeze(1), reach, stride=1, padding=EDGE_FRAMES).squeeze(1)


def losses(logits: dict[str, torch.Tensor], batch: Batch) -> dict[str, torch.Tensor]:
    """Unweighted mean loss per head."""
    t = batch.targets
    sung, in_note = t["midi"] > 0, ~t["note"].isnan()  # comparisons with nan are false
    known = t["known"]
    early = 1 + EARLY_EMPHASIS * torch.exp(-frames_into_note(t["note"]) / EARLY_FRAMES) * in_note
    logits = {name: z.float() for name, z in logits.items()}
    velocity = F.one_hot((t["velocity"].nan_to_num(0) * 127).round().long().clamp(0, 127), 128).float()
    emphasis = torch.tensor(EVENT_EMPHASIS)
    event = lambda name: masked_mean(
        F.binary_cross_entropy_with_logits(logits[name][..., 0], t[name], pos_weight=emphasis, reduction="none"), known
    )
    return {
        "fine": cross_entropy(logits["fine"], fine_target(t["midi"].nan_to_num(60)), sung * (1 + EDGE_EMPHASIS * near_edge(sung))),
        "pitch": cross_entropy(logits["pitch"], note_target(t["note"]), early * (known > 0)),
        "velocity": cross_entropy(logits["velocity"], velocity, in_note * known),
        "onset": event("onset"),
        "offset": event("offset"),
        "voicing": masked_mean(
            F.binary_cross_entropy_with_logits(logits["voicing"][..., 0], sung.float(), reduction="none"), t["midi"] != 0
        ),
    }


def total(parts: dict[str, torch.Tensor]) -> torch.Tensor:
    return sum(WEIGHTS[name] * value for name, value in parts.items())
