"""PitchNet: frames of features to pitch, onset, offset, velocity, voicing and fine pitch, causally.

One implementation serves training (whole excerpts, zero states) and streaming (any number of hops a call, states
carried by the caller), so that what is exported is what was trained.
"""

import torch
from torch import nn

from .features import BANDS

CHANNELS = (64, 128, 256)
POOLS = (4, 2, 2)
"""Max-pooling over frequency only; time is never pooled, a frame in is a frame out."""
WIDTH = 256
LSTM_LAYERS = 2
CONTEXT = 2
"""Past input frames that each 3-frame kernel needs."""

FINE_CLASSES = 420
FINE_LOWEST_MIDI = 24.0
FINE_STEP = 0.2
"""Fine class i has its centre at MIDI pitch FINE_LOWEST_MIDI + FINE_STEP * i."""

STATES = {
    "conv0": (1, 2, CONTEXT, BANDS),
    "conv1": (1, CHANNELS[0], CONTEXT, BANDS // 4),
    "conv2": (1, CHANNELS[1], CONTEXT, BANDS // 8),
    "lstm_h": (LSTM_LAYERS, 1, WIDTH),
    "lstm_c": (LSTM_LAYERS, 1, WIDTH),
}
"""State tensors for one stream, all zeros at its start. Order is that of the ONNX inputs."""

HEADS = {"pitch": 128, "velocity": 128, "onset": 1, "offset": 1, "voicing": 1, "fine": FINE_CLASSES}
"""Outputs per frame. Order is that of the ONNX outputs."""

SOFTMAX_HEADS = ("pitch", "velocity", "fine")


def zero_states(batch: int = 1, device=None) -> list[torch.Tensor]:
    """States at the start of ``batch`` streams."""
    conv = [torch.zeros(batch, *STATES[f"conv{i}"][1:], device=device) for i in range(3)]
    return conv + [torch.zeros(LSTM_LAYERS, batch, WIDTH, device=device) for _ in range(2)]


class PitchNet(nn.Module):
    """Three causal convolution blocks, a linear layer, an LSTM, and heads that see both of the latter.

    The heads' view of the linear layer lets frame evidence reach them without passing through the recurrence.
    """

    def __init__(self):
        super().__init__()
        self.input_norm = nn.BatchNorm2d(2)
        sizes = (2, *CHANNELS)
        self.convs = nn.ModuleList(
            nn.Conv2d(sizes[i], sizes[i + 1], 3, padding=(0, 1), bias=False) for i in range(3)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(c) for c in CHANNELS)
        self.bottleneck = nn.Linear(CHANNELS[-1] * BANDS // 16, WIDTH)
        self.lstm = nn.LSTM(WIDTH, WIDTH, LSTM_LAYERS, batch_first=True)
        self.heads = nn.ModuleDict({name: nn.Linear(2 * WIDTH, size) for name, size in HEADS.items()})

    def forward(self, features: torch.Tensor, states: list[torch.Tensor]):
        """[B, N, 2, BANDS] and states -> ({head: logits [B, N, size]}, next states).

        The convolution context is cached after the input normalisation, so a zero cache is exactly the zero
        padding that training starts an excerpt with.
        """
        x, following = self.trunk(features, states)
        y, (h, c) = self.lstm(x, (states[3].to(x.dtype), states[4].to(x.dtype)))
        y = torch.cat([y, x], dim=-1)
        return {name: head(y) for name, head in self.heads.items()}, [*following, h, c]

    def trunk(self, features: torch.Tensor, states: list[torch.Tensor]):
        """What the recurrence hears, [B, N, WIDTH], and the next convolution states."""
        layout = {"memory_format": torch.channels_last}
        x = self.input_norm(features.permute(0, 2, 1, 3).contiguous(**layout))
        following = []
        for conv, norm, pool, cache in zip(self.convs, self.norms, POOLS, states):
            x = torch.cat([cache.to(x.dtype).contiguous(**layout), x], dim=2)
            following.append(x[:, :, -CONTEXT:])
            # pooling before the ReLU gives the same values and leaves it a quarter of the work
            x = torch.relu(nn.functional.max_pool2d(norm(conv(x)), (1, pool)))
        return torch.relu(self.bottleneck(x.permute(0, 2, 1, 3).flatten(2))), following


class RefinedPitchNet(PitchNet):
    """PitchNet with hindsight: a bidirectional LSTM over a whole excerpt, for takes. Outputs and delay are the same.

    It listens through the convolutions of a trained PitchNet, which stay as they are.
    """

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(WIDTH, WIDTH, LSTM_LAYERS, batch_first=True, bidirectional=True)
        self.heads = nn.ModuleDict({name: nn.Linear(3 * WIDTH, size) for name, size in HEADS.items()})

    def listen_through(self, trained: PitchNet) -> None:
        """Takes over everything before the recurrence, for good."""
        weights = trained.state_dict()
        own = {name: value for name, value in weights.items() if not name.startswith(("lstm.", "heads."))}
        self.load_state_dict(own, strict=False)
        for part in (self.input_norm, self.convs, self.norms, self.bottleneck):
            part.requires_grad_(False)

    def train(self, mode: bool = True):
        """Training mode, except for the parts that stay as they are."""
        super().train(mode)
        for part in (self.input_norm, self.norms):
            part.eval()
        return self

    def forward(self, features: torch.Tensor, states: list[torch.Tensor]):
        """[B, N, 2, BANDS] -> ({head: logits [B, N, size]}, []); ``states`` are a beginning's, all zeros."""
        with torch.no_grad():
            x, _ = self.trunk(features, states)
        y, _ = self.lstm(x)
        y = torch.cat([y, x], dim=-1)
        return {name: head(y) for name, head in self.heads.items()}, []


def probabilities(logits: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    """One tensor a head, in the order of HEADS."""
    return [torch.softmax(z, dim=-1) if name in SOFTMAX_HEADS else torch.sigmoid(z) for name, z in logits.items()]


class WholePitchNet(nn.Module):
    """RefinedPitchNet with probabilities out: the form that is exported."""

    def __init__(self, net: RefinedPitchNet):
        super().__init__()
        self.net = net

    def forward(self, features):
        logits, _ = self.net(features, zero_states())
        return tuple(probabilities(logits))


class StreamingPitchNet(nn.Module):
    """PitchNet with probabilities out and flat tensors in and out: the form that is exported."""

    def __init__(self, net: PitchNet):
        super().__init__()
        self.net = net

    def forward(self, features, conv0, conv1, conv2, lstm_h, lstm_c):
        logits, following = self.net(features, [conv0, conv1, conv2, lstm_h, lstm_c])
        return (*probabilities(logits), *following)
