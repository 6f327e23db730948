"""Decoder settings by response: found by search on real amateur singing, see ``pitch.card.md``.

The same numbers stand in src/voice/tuning.rs.
"""

import dataclasses

from .decoder import Rest, Settings

FAST = Settings(
    lag=2, voicing_floor=0.024, voicing_power=0.51, width=0.555, cap=7.85, note_share=0.28, centre_share=0.38,
    enter=10.8, change=14.9, repeat=9.25, onset_gain=14.2, leave=5.73, offset_gain=6.97, soon=2.6, latest=7.2,
    standing=Rest(over=2, pitch=0.4, centre=0.165, certainty=0.9, apart=0.2),
    settled=Rest(over=4, pitch=0.155, centre=0.215, certainty=0.95, apart=9.0),
    ahead=0.94, young=6, shortest=10, says_overtaken=True, doubt=10, offset_late=3, onset_shift=1.5,
)  # fmt: skip
SURE = Settings(
    lag=5, voicing_floor=0.034, voicing_power=0.325, width=0.575, cap=8.0, note_share=0.155, centre_share=0.42,
    enter=8.57, change=20.0, repeat=6.5, onset_gain=10.85, leave=8.05, offset_gain=10.0, soon=6.3, latest=10.4,
    standing=Rest(over=2, pitch=0.087, centre=0.097, certainty=0.91, apart=0.15),
    settled=Rest(over=4, pitch=0.18, centre=0.086, certainty=0.973, apart=0.64),
    ahead=1.15, young=6, shortest=11, says_overtaken=True, doubt=10, offset_late=3, onset_shift=1.5,
)  # fmt: skip
REFINED = dataclasses.replace(
    SURE, lag=None, voicing_floor=0.1, voicing_power=0.35, young=10, width=0.8, cap=3.0, note_share=0.5, centre_share=0.7, enter=10.0, change=20.0,
    repeat=10.0, onset_gain=12.0, leave=12.0, offset_gain=8.0, shortest=10,
)  # fmt: skip
PRESETS = {"fast": FAST, "sure": SURE, "refined": REFINED}
"""fast decides half of the notes within 60 ms of their onset, sure within 100 ms; refined sees the whole take."""
