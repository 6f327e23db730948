"""Decoder settings by response: found by search on real amateur singing, see ``pitch.card.md``."""

import dataclasses

from .decoder import Settings

FAST = Settings(
    lag=3, floor=0.1, voicing_power=0.35, width=0.6, cap=6.0, note_share=0.3, centre_share=0.5, patience=3,
    steadiness=0.2, memory=0, enter=8.0, change=14.0, repeat=10.0, onset_gain=15.0, leave=9.0, offset_gain=10.0,
    shift=0.01, offset_shift=-0.04,
)  # fmt: skip
SURE = Settings(
    lag=5, floor=0.1, voicing_power=0.35, width=0.6, cap=4.0, note_share=0.3, centre_share=0.7, patience=8,
    steadiness=0.06, memory=0, enter=8.0, change=14.0, repeat=10.0, onset_gain=12.0, leave=9.0, offset_gain=8.0,
    shift=0.01, offset_shift=-0.04,
)  # fmt: skip
PRESETS = {"fast": FAST, "sure": SURE, "offline": dataclasses.replace(SURE, lag=None, repeat=6.0, shortest=0.08)}
"""fast decides half of the notes within 60-65 ms of their onset, sure within 95 ms; offline sees the whole file."""
