"""The context model: a Transformer encoder over the last notes, with heads for note, timing and dynamics.

Positions are learned as a bias on the attention by distance, so a phrase that returns looks the same wherever it
stands. Where the last element is a query, notes attend to what came before them only: then what the model computes for
a note is what it computed when the note was new, every note of a training line can be asked for at once, and no answer
leans on what was not yet sung. Without a query all notes attend to all: hindsight.

Pitches are read, and notes answered, relative to the first note whose pitch is known, so a tune is the same tune in
every key; drums keep theirs. Besides, every note is told its interval from the known note before it, and answered as an
interval from that; with hindsight from the one after it, too. Some heads begin by looking at the next neighbours: left
to find them by themselves, the network spent its time predicting no better than from the key.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import note_features as nf
from .genres import DRUMS, GENRES, INSTRUMENTS

WIDTH, HEADS, LAYERS, FEED_FORWARD, EMBEDDING = 256, 8, 6, 512, 10
REACH = 64
"""Distances are told apart up to this many notes."""
HIDDEN = -1e4
"""Added to the attention on what may not be seen; finite, so that 8-bit exports stay sane."""
CENTRE = 64
"""Where the note that the others are heard against comes to lie."""


WIDEST = 24
"""Widest interval told apart at the input; one more class says that there is none."""


def neighbours() -> Tensor:
    """The attention's bias by distance to begin with: six heads look one, two or three notes back or ahead."""
    bias = torch.zeros(HEADS, 2 * REACH + 1)
    for head, distance in enumerate((1, -1, 2, -2, 3, -3)):
        bias[head, REACH + distance] = 5.0
    return bias


class Block(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before_attention, self.before_forward = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.mix = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.distance = nn.Parameter(neighbours())
        self.forward_in, self.forward_out = nn.Linear(WIDTH, FEED_FORWARD), nn.Linear(FEED_FORWARD, WIDTH)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """``bias`` [B or 1, heads, T, T] is added to the attention."""
        batch, length, _ = x.shape
        heads = self.mix(self.before_attention(x)).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = heads[0], heads[1], heads[2]
        weights = query @ key.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + bias
        mixed = (torch.softmax(weights, -1) @ value).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + self.dropout(self.out(mixed))
        return x + self.dropout(self.forward_out(F.gelu(self.forward_in(self.before_forward(x)))))


class ContextNet(nn.Module):
    def __init__(self, layers: int = LAYERS, dropout: float = 0.0) -> None:
        super().__init__()
        self.genre, self.instrument = nn.Embedding(len(GENRES), EMBEDDING), nn.Embedding(len(INSTRUMENTS), EMBEDDING)
        self.join = nn.Linear(nf.SIZE + 2 * EMBEDDING, WIDTH)
        self.rise, self.fall = (nn.Embedding(2 * WIDEST + 2, WIDTH) for _ in range(2))
        self.blocks = nn.ModuleList(Block(dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(WIDTH)
        self.note = nn.Linear(WIDTH, 128)
        self.from_before, self.from_after = nn.Linear(WIDTH, 256), nn.Linear(WIDTH, 256)
        for layer in (self.rise, self.fall, self.from_before, self.from_after):
            nn.init.zeros_(layer.weight)
        self.timing = nn.Linear(WIDTH, nf.TIMING_CLASSES)
        self.dynamics = nn.Linear(WIDTH, nf.DYNAMICS_BINS)

    def forward(self, notes: Tensor, genre: Tensor, instrument: Tensor, position: Tensor, mask: Tensor) -> tuple:
        """Logits of the three heads. ``position`` [T] places the elements, ``mask`` is added to the attention."""
        distance = (position[:, None] - position[None, :]).clamp(-REACH, REACH) + REACH
        biases = [block.distance[:, distance] + mask for block in self.blocks]
        return self.encode(notes, genre, instrument, position, biases)

    def encode(self, notes: Tensor, genre: Tensor, instrument: Tensor, position: Tensor, biases: list[Tensor]) -> tuple:
        """``biases``: for each block what is added to its attention."""
        hindsight = 1 - notes[:, -1:, nf.QUERY : nf.QUERY + 1]
        turn, back = self.turns(notes[..., :128], instrument)
        pitches = torch.gather(notes[..., :128], 2, turn[:, None].expand(-1, notes.shape[1], -1))
        notes = torch.cat([pitches, notes[..., 128:]], -1)
        joined = torch.cat([self.genre(genre), self.instrument(instrument)], -1)
        x = self.join(torch.cat([notes, joined[:, None].expand(-1, notes.shape[1], -1)], -1))
        before, after = (self.neighbour(pitches, where) for where in (position, -position))
        x = x + self.rise(self.interval(pitches, before)) + hindsight * self.fall(self.interval(pitches, after))
        for block, bias in zip(self.blocks, biases):
            x = block(x, bias)
        x = self.norm(x)
        answer = lambda head, of: torch.gather(head(x), 2, (128 + torch.arange(128) - of.clamp(0)[..., None]))
        note = self.note(x) + answer(self.from_before, before) + hindsight * answer(self.from_after, after)
        note = torch.gather(note, 2, back[:, None].expand(-1, notes.shape[1], -1))
        return note, self.timing(x), self.dynamics(x)

    @staticmethod
    def neighbour(pitches: Tensor, position: Tensor) -> Tensor:
        """Pitch of the nearest known note at a lower ``position``, for every element; -1 where there is none."""
        known = pitches.sum(-1)
        rank = (position - position.min() + 1).to(pitches.dtype)
        lower = (position[None, :] < position[:, None]).to(pitches.dtype)
        nearness, where = (lower * (rank * known)[:, None, :]).max(-1)
        pitch = torch.gather(pitches.argmax(-1), 1, where)
        return torch.where(nearness > 0, pitch, torch.full_like(pitch, -1))

    @staticmethod
    def interval(pitches: Tensor, neighbour: Tensor) -> Tensor:
        """Class of each known note's interval from ``neighbour``; the last class where one of the two is unknown."""
        found = (pitches.argmax(-1) - neighbour).clamp(-WIDEST, WIDEST) + WIDEST
        unknown = (pitches.sum(-1) == 0) | (neighbour < 0)
        return torch.where(unknown, torch.full_like(found, 2 * WIDEST + 1), found)

    @staticmethod
    def turns(pitches: Tensor, instrument: Tensor) -> tuple[Tensor, Tensor]:
        """Indices [B, 128] that turn the circle of pitches so that the first known one is at the centre, and back."""
        known = pitches.sum(-1)
        first = (torch.cumsum(known, 1) * known == 1).to(pitches.dtype)  # the first known note of each line
        pitch = (pitches * first[..., None]).sum(1).argmax(-1)
        fixed = (known.sum(1) == 0) | (instrument == DRUMS)
        shift = torch.where(fixed, torch.zeros_like(pitch), pitch - CENTRE)[:, None]
        every = torch.arange(128, device=pitches.device)[None]
        return torch.remainder(every + shift, 128), torch.remainder(every - shift, 128)


def look_back(length: int) -> Tensor:
    """Mask for ``length`` notes and then as many queries, one for each: [1, 1, 2 length, 2 length]."""
    earlier = torch.tril(torch.ones(length, length), -1)
    seen = torch.cat(
        [
            torch.cat([earlier + torch.eye(length), torch.zeros(length, length)], 1),
            torch.cat([earlier, torch.eye(length)], 1),
        ]
    )
    return ((1 - seen) * HIDDEN)[None, None]


class ShippedContext(nn.Module):
    """What is exported: probabilities, the mask that a query asks for, and the learned distances written out."""

    def __init__(self, net: ContextNet) -> None:
        super().__init__()
        self.net = net
        place = torch.arange(nf.MAX_NOTES + 1)
        distance = place[:, None] - place[None, :] + REACH
        self.register_buffer("place", place)
        self.register_buffer("later", (distance < REACH).float()[None, None] * HIDDEN)
        for i, block in enumerate(net.blocks):
            self.register_buffer(f"distance{i}", block.distance.detach()[None, :, distance].clone())

    def forward(self, notes: Tensor, genre: Tensor, instrument: Tensor) -> tuple:
        length = notes.shape[1]
        mask = self.later[:, :, :length, :length] * notes[:, -1, nf.QUERY].view(-1, 1, 1, 1)
        whole = (getattr(self, f"distance{i}") for i in range(len(self.net.blocks)))
        biases = [bias[:, :, :length, :length] + mask for bias in whole]
        heads = self.net.encode(notes, genre, instrument, self.place[:length], biases)
        return tuple(torch.softmax(head, -1) for head in heads)
