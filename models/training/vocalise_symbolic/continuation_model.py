"""The continuation model: an LSTM that says what comes next in a melody, step by step with explicit state."""

import torch
from torch import Tensor, nn

from .step_features import LONGEST, SIZE

HIDDEN, LAYERS = 256, 2
STATES = {"lstm_h": (LAYERS, 1, HIDDEN), "lstm_c": (LAYERS, 1, HIDDEN)}
HEADS = {"note": 128, "velocity": 128, "timing": LONGEST}


class ContinuationNet(nn.Module):
    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.lstm = nn.LSTM(SIZE, HIDDEN, LAYERS, batch_first=True, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
        self.note, self.velocity, self.timing = (nn.Linear(HIDDEN, size) for size in HEADS.values())

    def forward(self, steps: Tensor, lstm_h: Tensor, lstm_c: Tensor) -> tuple:
        """Logits (note, velocity, timing) after each of ``steps`` [B, N, 128], and both states."""
        found, (lstm_h, lstm_c) = self.lstm(steps, (lstm_h, lstm_c))
        found = self.dropout(found)
        return self.note(found), self.velocity(found), self.timing(found), lstm_h, lstm_c


class ShippedContinuation(nn.Module):
    """What is exported: probabilities."""

    def __init__(self, net: ContinuationNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, step: Tensor, lstm_h: Tensor, lstm_c: Tensor) -> tuple:
        *heads, lstm_h, lstm_c = self.net(step, lstm_h, lstm_c)
        return *(torch.softmax(head, -1) for head in heads), lstm_h, lstm_c
