"""Decoder settings by response: found by search on real amateur singing, see ``pitch.card.md``.

The same numbers stand in src/voice/tuning.rs.
"""

import dataclasses

from .decoder import Settings

FAST = Settings(
    lag=2, voicing_floor=0.03, voicing_power=0.35, width=0.6, cap=4.0, note_share=0.3, centre_share=0.15, enter=6.5,
    change=12.0, repeat=12.0, onset_gain=12.0, leave=5.0, offset_gain=8.0, patience=8, steadiness=0.2, calm=0.15,
    certainty=0.9, memory=1, young=8, shortest=9, says_overtaken=False, offset_late=3, onset_shift=1.0,
)  # fmt: skip
SURE = Settings(
    lag=6, voicing_floor=0.03, voicing_power=0.35, width=0.6, cap=6.0, note_share=0.15, centre_share=0.7, enter=8.0,
    change=17.0, repeat=10.0, onset_gain=12.0, leave=9.0, offset_gain=10.0, patience=8, steadiness=0.3, calm=0.3,
    certainty=0.9, memory=0, young=10, shortest=9, says_overtaken=True, offset_late=2, onset_shift=1.0,
)  # fmt: skip
PRESETS = {"fast": FAST, "sure": SURE, "refined": dataclasses.replace(SURE, lag=None, repeat=6.0, shortest=8)}
"""fast decides half of the notes within 60 ms of their onset, sure within 100 ms; refined sees the whole take."""
