"""The continuation model: an LSTM that says what comes next in a melody, step by step with explicit state.

It answers in intervals from the note that sounds or sounded last, so a tune is nearly the same tune in every key; what
is left of absolute pitch is a second, additive answer.
"""

import torch
from torch import Tensor, nn

from .step_features import INTERVAL, LONGEST, OCTAVE, PITCH_CLASS, SIZE

HIDDEN, LAYERS = 256, 2
STATES = {"lstm_h": (LAYERS, 1, HIDDEN), "lstm_c": (LAYERS, 1, HIDDEN)}
HEADS = {"note": 128, "velocity": 128, "timing": LONGEST}


class ContinuationNet(nn.Module):
    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.lstm = nn.LSTM(SIZE, HIDDEN, LAYERS, batch_first=True, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
        self.note, self.velocity, self.timing = (nn.Linear(HIDDEN, size) for size in HEADS.values())
        self.interval = nn.Linear(HIDDEN, 256)
        """Class 0 is a rest, class 128 + i the note i semitones higher."""

    def forward(self, steps: Tensor, lstm_h: Tensor, lstm_c: Tensor) -> tuple:
        """Logits (note, velocity, timing) after each of ``steps`` [B, N, 128], and both states."""
        found, (lstm_h, lstm_c) = self.lstm(steps, (lstm_h, lstm_c))
        found = self.dropout(found)
        octave, pitch_class = steps[..., OCTAVE:INTERVAL], steps[..., PITCH_CLASS:OCTAVE]
        # before any note there is no last one; then it is MIDI 12, which training knows, too
        last = 12 * (octave.argmax(-1, keepdim=True) + 1) + pitch_class.argmax(-1, keepdim=True)
        pitches = torch.arange(128, device=steps.device)
        index = torch.where(pitches == 0, torch.zeros_like(pitches), 128 + pitches - last).clamp(0, 255)
        note = self.note(found) + torch.gather(self.interval(found), -1, index)
        return note, self.velocity(found), self.timing(found), lstm_h, lstm_c


class ShippedContinuation(nn.Module):
    """What is exported: probabilities."""

    def __init__(self, net: ContinuationNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, step: Tensor, lstm_h: Tensor, lstm_c: Tensor) -> tuple:
        *heads, lstm_h, lstm_c = self.net(step, lstm_h, lstm_c)
        return *(torch.softmax(head, -1) for head in heads), lstm_h, lstm_c
