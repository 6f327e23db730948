"""Decoder settings by response: found by search on real amateur singing, see ``pitch.card.md``.

The same numbers stand in src/voice/tuning.rs.
"""

import dataclasses

from .decoder import Rest, Settings

FAST = Settings(
    lag=2, voicing_floor=0.03, voicing_power=0.5, width=0.6, cap=6.5, note_share=0.3, centre_share=0.15,
    enter=10.3, change=15.5, repeat=8.0, onset_gain=12.0, leave=5.7, offset_gain=6.2, soon=3.2, latest=7.2,
    standing=Rest(over=2, pitch=0.3, centre=0.11, certainty=0.9, apart=0.2),
    settled=Rest(over=4, pitch=0.15, centre=0.13, certainty=0.95, apart=9.0),
    ahead=1.0, young=6, shortest=9, says_overtaken=True, doubt=10, offset_late=3, onset_shift=1.5,
)  # fmt: skip
SURE = Settings(
    lag=5, voicing_floor=0.03, voicing_power=0.35, width=0.6, cap=6.0, note_share=0.15, centre_share=0.3,
    enter=8.0, change=17.0, repeat=6.5, onset_gain=9.0, leave=9.0, offset_gain=10.0, soon=7.0, latest=11.0,
    standing=Rest(over=2, pitch=0.1, centre=0.1, certainty=0.9, apart=0.3),
    settled=Rest(over=4, pitch=0.1, centre=0.1, certainty=0.95, apart=9.0),
    ahead=1.0, young=10, shortest=9, says_overtaken=False, doubt=10, offset_late=3, onset_shift=1.5,
)  # fmt: skip
REFINED = dataclasses.replace(
    SURE, lag=None, voicing_floor=0.1, width=0.8, cap=3.0, note_share=0.5, centre_share=0.7, enter=10.0, change=20.0,
    repeat=10.0, onset_gain=12.0, leave=12.0, offset_gain=8.0, shortest=10,
)  # fmt: skip
PRESETS = {"fast": FAST, "sure": SURE, "refined": REFINED}
"""fast decides half of the notes within 60 ms of their onset, sure within 100 ms; refined sees the whole take."""
