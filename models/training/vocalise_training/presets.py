"""Decoder settings by response: found by search on real amateur singing, see ``pitch.card.md``."""

from .decoder import Settings

PRESETS = {
    "fast": Settings(lag=3),
    "sure": Settings(lag=7),
    "offline": Settings(lag=None, shortest=0.08),
}
"""fast and sure emit notes for good ``lag`` frames after they begin; offline sees the whole file."""
